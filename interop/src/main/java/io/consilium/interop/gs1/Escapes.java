package io.consilium.interop.gs1;

import java.util.Locale;

/** Percent-encoding of serials and lots in Digital Links and in EPC URNs; only ASCII occurs in either. */
final class Escapes {
    /**
     * What a canonical Digital Link encodes: Digital Link URI syntax 1.2, table 7-1, and what a URI forbids. The
     * apostrophe, semicolon and equals sign stay, as in the published hashes of the CBV.
     */
    private static final String IN_LINKS = "!\"#%&()*+,/:<>? ";

    /** What an EPC URN encodes (Tag Data Standard, table A-1). */
    private static final String IN_URNS = "\"#%&/<>?";

    private Escapes() {}

    static String inLink(String text) {
        return encode(text, IN_LINKS);
    }

    static String inUrn(String text) {
        return encode(text, IN_URNS);
    }

    private static String encode(String text, String encoded) {
        if (text.chars().noneMatch(next -> encoded.indexOf(next) >= 0)) {
            return text;
        }
        StringBuilder escaped = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            if (encoded.indexOf(next) >= 0) {
                escaped.append('%').append(String.format(Locale.ROOT, "%02X", (int) next));
            } else {
                escaped.append(next);
            }
        }
        return escaped.toString();
    }

    /** Decodes what is encoded and leaves a percent sign that encodes nothing: partners send serials unencoded, too. */
    static String decode(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        StringBuilder decoded = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            if (isEscape(text, i)) {
                decoded.append((char) Integer.parseInt(text.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                decoded.append(text.charAt(i));
            }
        }
        return decoded.toString();
    }

    /** Whether a URI could stand so: no character that must be encoded, no percent sign that encodes nothing. */
    static boolean isWellEncoded(String uri) {
        for (int i = 0; i < uri.length(); i++) {
            char next = uri.charAt(i);
            if (next <= ' ' || next > '~' || "\"<>\\^`{|}".indexOf(next) >= 0 || next == '%' && !isEscape(uri, i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isEscape(String text, int at) {
        return text.charAt(at) == '%'
                && at + 2 < text.length()
                && Character.digit(text.charAt(at + 1), 16) >= 0
                && Character.digit(text.charAt(at + 2), 16) >= 0
                && text.charAt(at + 1) < 0x80
                && text.charAt(at + 2) < 0x80;
    }
}
