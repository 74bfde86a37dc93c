package io.consilium.interop.cdisc;

/** Texts of a protocol, which are XHTML, without their mark-up. */
final class UsdmText {
    private static final int LONGEST_NAME = 100;

    private UsdmText() {}

    /** A reference of the model is shown by its name in brackets. Each character is looked at a few times only. */
    static String plain(String text) {
        StringBuilder plain = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int end = tagEnd(text, at);
            plain.append(end < 0 ? String.valueOf(text.charAt(at)) : shown(text.substring(at, end)));
            at = end < 0 ? at + 1 : end + 1;
        }
        return plain.toString()
                .replace("&nbsp;", " ")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&")
                .replaceAll("[\\s\\p{Cntrl}]+", " ")
                .strip();
    }

    /** Where the tag ends that begins here; -1 where none does: a tag holds no other, and begins with a letter or sign. */
    private static int tagEnd(String text, int at) {
        if (text.charAt(at) != '<' || at + 1 == text.length() || !startsTag(text.charAt(at + 1))) {
            return -1;
        }
        int end = at + 1;
        while (end < text.length() && text.charAt(end) != '>' && text.charAt(end) != '<') {
            end++;
        }
        return end < text.length() && text.charAt(end) == '>' ? end : -1;
    }

    private static boolean startsTag(char next) {
        return Character.isLetter(next) || next == '/' || next == '!';
    }

    private static String shown(String tag) {
        int name = tag.indexOf("name=\"");
        boolean reference = tag.startsWith("<usdm:tag") || tag.startsWith("<usdm:ref");
        int begin = name + "name=\"".length();
        int end = tag.indexOf('"', begin);
        return reference && name >= 0 && end >= 0 && end - begin <= LONGEST_NAME
                ? "[" + tag.substring(begin, end) + "]"
                : " ";
    }
}
