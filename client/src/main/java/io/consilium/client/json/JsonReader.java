package io.consilium.client.json;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads JSON (RFC 8259) strictly: UTF-8, no duplicate names, no trailing text, bounded depth.
 *
 * <p>Objects become {@link LinkedHashMap}, arrays {@link List}, whole numbers {@link Long}, others {@link BigDecimal},
 * null {@link Optional#empty()}.
 */
public final class JsonReader {
    private static final int MAX_DEPTH = 64;

    /** As long as a number of EPCIS can be written: 64 digits with sign, point, zeros and power of ten. */
    static final int MAX_NUMBER_CHARACTERS = 80;

    private final String text;
    private int at;

    private JsonReader(String text) {
        this.text = text;
    }

    /** The caller bounds the bytes. */
    public static Object read(byte[] utf8) throws JsonException {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException invalid) {
            throw new JsonException("", "the text is not UTF-8");
        }
        return read(text);
    }

    public static Object read(String text) throws JsonException {
        JsonReader reader = new JsonReader(text);
        reader.skipSpace();
        Object value = reader.value(0);
        reader.skipSpace();
        if (reader.at < text.length()) {
            throw reader.fault("more text after the end of the document");
        }
        return value;
    }

    private Object value(int depth) throws JsonException {
        if (depth > MAX_DEPTH) {
            throw fault("nested deeper than " + MAX_DEPTH + " levels");
        }
        char next = peek();
        return switch (next) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", Optional.empty());
            default -> {
                if (next == '-' || (next >= '0' && next <= '9')) {
                    yield number();
                }
                throw fault("unexpected character '" + next + "'");
            }
        };
    }

    private Map<String, Object> object(int depth) throws JsonException {
        Map<String, Object> object = new LinkedHashMap<>();
        at++;
        skipSpace();
        if (peek() == '}') {
            at++;
            return object;
        }
        while (true) {
            skipSpace();
            if (peek() != '"') {
                throw fault("a name in double quotes expected");
            }
            int start = at;
            String name = string();
            skipSpace();
            expect(':');
            skipSpace();
            if (object.containsKey(name)) {
                at = start;
                throw fault("the name \"" + name + "\" stands twice");
            }
            object.put(name, value(depth + 1));
            skipSpace();
            if (peek() == '}') {
                at++;
                return object;
            }
            expect(',');
        }
    }

    private List<Object> array(int depth) throws JsonException {
        List<Object> array = new ArrayList<>();
        at++;
        skipSpace();
        if (peek() == ']') {
            at++;
            return array;
        }
        while (true) {
            skipSpace();
            array.add(value(depth + 1));
            skipSpace();
            if (peek() == ']') {
                at++;
                return array;
            }
            expect(',');
        }
    }

    private String string() throws JsonException {
        StringBuilder string = new StringBuilder();
        at++;
        while (true) {
            char next = peek();
            at++;
            if (next == '"') {
                return string.toString();
            }
            if (next < 0x20) {
                at--;
                throw fault("a control character inside a string");
            }
            string.append(next == '\\' ? escape() : next);
        }
    }

    private char escape() throws JsonException {
        char next = peek();
        at++;
        return switch (next) {
            case '"', '\\', '/' -> next;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> {
                at--;
                throw fault("unknown escape \\" + next);
            }
        };
    }

    private char unicode() throws JsonException {
        int code = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(peek(), 16);
            if (digit < 0) {
                throw fault("four hexadecimal digits expected after \\u");
            }
            code = code * 16 + digit;
            at++;
        }
        return (char) code;
    }

    private Object word(String word, Object value) throws JsonException {
        if (!text.startsWith(word, at)) {
            throw fault("unexpected character '" + peek() + "'");
        }
        at += word.length();
        return value;
    }

    private Object number() throws JsonException {
        int start = at;
        while (at < text.length() && "+-0123456789.eE".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String number = text.substring(start, at);
        if (number.length() > MAX_NUMBER_CHARACTERS
                || !number.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")) {
            at = start;
            throw fault("not a number of JSON");
        }
        try {
            return Long.valueOf(number);
        } catch (NumberFormatException notWhole) {
            return new BigDecimal(number);
        }
    }

    private void expect(char wanted) throws JsonException {
        if (peek() != wanted) {
            throw fault("'" + wanted + "' expected, not '" + peek() + "'");
        }
        at++;
    }

    private char peek() throws JsonException {
        if (at >= text.length()) {
            throw fault("the document ends too early");
        }
        return text.charAt(at);
    }

    private void skipSpace() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private JsonException fault(String message) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < Math.min(at, text.length()); i++) {
            column++;
            if (text.charAt(i) == '\n') {
                line++;
                column = 1;
            }
        }
        return new JsonException("line " + line + ", column " + column, message);
    }
}
