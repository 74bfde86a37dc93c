package io.consilium.crypto;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * JSON objects (RFC 8259) of strings and 64-bit integers, one level deep: all that keystores and tokens need.
 *
 * <p>Strict: a repeated name, a fraction, a control character, half a surrogate pair or anything after the object is
 * refused. Values are {@link String} or {@link Long}.
 */
final class FlatJson {
    private static final int MAX_MEMBERS = 64;

    private final String text;
    private int at;

    private FlatJson(String text) {
        this.text = text;
    }

    /** The members in their order; the caller bounds the text. */
    static Map<String, Object> parse(String text) throws MalformedException {
        FlatJson json = new FlatJson(text);
        Map<String, Object> members = json.object();
        json.skipSpace();
        if (json.at != text.length()) {
            throw json.malformed("something follows the object");
        }
        return members;
    }

    /** One line without spaces, in the order of the map. */
    static String write(Map<String, ?> members) {
        return write(members, "", "");
    }

    /** One member a line. */
    static String writeLines(Map<String, ?> members) {
        return write(members, "\n  ", " ") + "\n";
    }

    private static String write(Map<String, ?> members, String before, String afterColon) {
        StringBuilder out = new StringBuilder("{");
        for (Map.Entry<String, ?> member : members.entrySet()) {
            out.append(out.length() > 1 ? "," : "").append(before);
            quote(out, member.getKey());
            out.append(':').append(afterColon);
            if (member.getValue() instanceof String string) {
                quote(out, string);
            } else if (member.getValue() instanceof Long number) {
                out.append(number);
            } else {
                throw new IllegalArgumentException("member " + member.getKey() + " is no string and no integer");
            }
        }
        return out.append(before.isEmpty() ? "" : "\n").append('}').toString();
    }

    private static void quote(StringBuilder out, String string) {
        out.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    private Map<String, Object> object() throws MalformedException {
        Map<String, Object> members = new LinkedHashMap<>();
        expect('{');
        if (peek() == '}') {
            at++;
            return members;
        }
        do {
            if (members.size() == MAX_MEMBERS) {
                throw malformed("more than " + MAX_MEMBERS + " members");
            }
            skipSpace();
            String name = string();
            expect(':');
            Object value = peek() == '"' ? string() : (Object) number();
            if (members.put(name, value) != null) {
                throw malformed("a member stands twice");
            }
        } while (separator() == ',');
        return members;
    }

    private char separator() throws MalformedException {
        char c = peek();
        if (c != ',' && c != '}') {
            throw malformed("a comma or the closing brace is missing");
        }
        at++;
        return c;
    }

    private String string() throws MalformedException {
        if (at >= text.length() || text.charAt(at) != '"') {
            throw malformed("a string is missing");
        }
        at++;
        StringBuilder out = new StringBuilder();
        for (char c = take(); c != '"'; c = take()) {
            if (c < 0x20) {
                throw malformed("a control character in a string");
            }
            out.append(c == '\\' ? escape() : c);
        }
        requirePairs(out);
        return out.toString();
    }

    private char escape() throws MalformedException {
        char c = take();
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> codeUnit();
            default -> throw malformed("an unknown escape in a string");
        };
    }

    private char codeUnit() throws MalformedException {
        int unit = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(take(), 16);
            if (digit < 0) {
                throw malformed("an escape without four hexadecimal digits");
            }
            unit = 16 * unit + digit;
        }
        return (char) unit;
    }

    private void requirePairs(CharSequence string) throws MalformedException {
        for (int i = 0; i < string.length(); i++) {
            boolean high = Character.isHighSurrogate(string.charAt(i));
            if (high && i + 1 < string.length() && Character.isLowSurrogate(string.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(string.charAt(i))) {
                throw malformed("half a surrogate pair in a string");
            }
        }
    }

    private Long number() throws MalformedException {
        int from = at;
        if (at < text.length() && text.charAt(at) == '-') {
            at++;
        }
        int digits = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        boolean leadingZero = at - digits > 1 && text.charAt(digits) == '0';
        boolean negativeZero = digits > from && at - digits == 1 && text.charAt(digits) == '0';
        if (at == digits || leadingZero || negativeZero) {
            throw malformed("a value that is no string and no integer");
        }
        try {
            return Long.valueOf(text.substring(from, at));
        } catch (NumberFormatException tooLarge) {
            throw malformed("an integer of more than 64 bits");
        }
    }

    private void expect(char wanted) throws MalformedException {
        if (peek() != wanted) {
            throw malformed("'" + wanted + "' is missing");
        }
        at++;
    }

    private char peek() throws MalformedException {
        skipSpace();
        if (at >= text.length()) {
            throw malformed("the text ends too early");
        }
        return text.charAt(at);
    }

    private char take() throws MalformedException {
        if (at >= text.length()) {
            throw malformed("the text ends within a string");
        }
        return text.charAt(at++);
    }

    private void skipSpace() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private MalformedException malformed(String reason) {
        return new MalformedException("JSON: " + reason + " (at character " + at + ")");
    }
}
