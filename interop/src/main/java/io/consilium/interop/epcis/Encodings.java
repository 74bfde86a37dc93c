package io.consilium.interop.epcis;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** In what characters a document is written: UTF-8, or for XML also ISO-8859-1. */
final class Encodings {
    private static final int DECODED_AT_ONCE = 8192;
    private static final int DECLARATION = 256;
    private static final Pattern XML_ENCODING =
            Pattern.compile("^\\s*<\\?xml\\s[^>]*?encoding\\s*=\\s*[\"']([A-Za-z0-9._-]+)[\"']");

    private Encodings() {}

    /** Refuses bytes that are not UTF-8; without zeros they are no UTF-16 or UTF-32 either. */
    static void requireUtf8(byte[] content) throws MalformedEpcis {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer bytes = ByteBuffer.wrap(content);
        CharBuffer characters = CharBuffer.allocate(DECODED_AT_ONCE);
        CoderResult result;
        do {
            result = decoder.decode(bytes, characters, true);
            for (int i = 0; i < characters.position(); i++) {
                if (characters.get(i) == 0) {
                    throw notUtf8();
                }
            }
            characters.clear();
        } while (result.isOverflow());
        if (result.isError()) {
            throw notUtf8();
        }
    }

    /** The characters of an XML document by its declaration; the bytes are tried here, the parser gets characters. */
    static Charset ofXml(byte[] content) throws MalformedEpcis {
        int start = markLength(content);
        int length = Math.min(DECLARATION, content.length - start);
        Matcher declared = XML_ENCODING.matcher(new String(content, start, length, StandardCharsets.ISO_8859_1));
        String name = declared.find() ? declared.group(1).toUpperCase(Locale.ROOT) : "UTF-8";
        if (name.equals("ISO-8859-1")) {
            return StandardCharsets.ISO_8859_1;
        }
        if (!name.equals("UTF-8") && !name.equals("US-ASCII")) {
            throw new MalformedEpcis("", "an XML document is read in UTF-8 or ISO-8859-1");
        }
        requireUtf8(content);
        return StandardCharsets.UTF_8;
    }

    /** Of the byte order mark of UTF-8. */
    static int markLength(byte[] content) {
        boolean mark = content.length > 2
                && content[0] == (byte) 0xEF
                && content[1] == (byte) 0xBB
                && content[2] == (byte) 0xBF;
        return mark ? 3 : 0;
    }

    private static MalformedEpcis notUtf8() {
        return new MalformedEpcis("", "the document is not in UTF-8");
    }
}
