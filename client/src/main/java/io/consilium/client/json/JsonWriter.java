package io.consilium.client.json;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes maps, lists, texts, whole numbers, truth values and {@link Optional} (empty is null) as JSON. */
public final class JsonWriter {
    private final StringBuilder out = new StringBuilder();
    private final boolean indented;

    private JsonWriter(boolean indented) {
        this.indented = indented;
    }

    /** One line without spaces. */
    public static String compact(Object value) {
        JsonWriter writer = new JsonWriter(false);
        writer.value(value, 0);
        return writer.out.toString();
    }

    /** Two spaces a level; without a line end at the end. */
    public static String indented(Object value) {
        JsonWriter writer = new JsonWriter(true);
        writer.value(value, 0);
        return writer.out.toString();
    }

    private void value(Object value, int depth) {
        if (value instanceof Map<?, ?> object) {
            object(object, depth);
        } else if (value instanceof List<?> array) {
            array(array, depth);
        } else if (value instanceof Optional<?> optional) {
            optional.ifPresentOrElse(inner -> value(inner, depth), () -> out.append("null"));
        } else if (value instanceof Long || value instanceof Integer || value instanceof Boolean) {
            out.append(value);
        } else if (value instanceof BigDecimal decimal) {
            String plain = decimal.toPlainString();
            out.append(plain.length() <= JsonReader.MAX_NUMBER_CHARACTERS ? plain : decimal.toString());
        } else {
            text(value.toString());
        }
    }

    private void object(Map<?, ?> object, int depth) {
        if (object.isEmpty()) {
            out.append("{}");
            return;
        }
        char separator = '{';
        for (Map.Entry<?, ?> entry : object.entrySet()) {
            out.append(separator);
            line(depth + 1);
            text(String.valueOf(entry.getKey()));
            out.append(indented ? ": " : ":");
            value(entry.getValue(), depth + 1);
            separator = ',';
        }
        line(depth);
        out.append('}');
    }

    private void array(List<?> array, int depth) {
        if (array.isEmpty()) {
            out.append("[]");
            return;
        }
        char separator = '[';
        for (Object item : array) {
            out.append(separator);
            line(depth + 1);
            value(item, depth + 1);
            separator = ',';
        }
        line(depth);
        out.append(']');
    }

    private void line(int depth) {
        if (indented) {
            out.append('\n').append("  ".repeat(depth));
        }
    }

    private void text(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            switch (next) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (next < 0x20 || next == 0x7f || Character.isSurrogate(next) && !paired(text, i)) {
                        out.append(String.format("\\u%04x", (int) next));
                    } else {
                        out.append(next);
                    }
                }
            }
        }
        out.append('"');
    }

    /** A lone surrogate has no UTF-8. */
    private static boolean paired(String text, int at) {
        return Character.isHighSurrogate(text.charAt(at))
                ? at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))
                : at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
    }
}
