package io.consilium.cli;

import io.consilium.client.json.JsonWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes results as YAML: block maps and lists, every text that could be anything else in double quotes. */
final class YamlWriter {
    private YamlWriter() {}

    static String write(Map<String, ?> object) {
        StringBuilder out = new StringBuilder();
        if (object.isEmpty()) {
            return "{}\n";
        }
        map(object, "", out);
        return out.toString();
    }

    private static void map(Map<?, ?> map, String indent, StringBuilder out) {
        map.forEach((name, value) -> {
            out.append(indent).append(scalar(String.valueOf(name))).append(':');
            nested(value, indent, out);
        });
    }

    private static void nested(Object value, String indent, StringBuilder out) {
        if (value instanceof Optional<?> optional && optional.isPresent()) {
            nested(optional.get(), indent, out);
        } else if (value instanceof Map<?, ?> inner && !inner.isEmpty()) {
            out.append('\n');
            map(inner, indent + "  ", out);
        } else if (value instanceof List<?> list && !list.isEmpty()) {
            out.append('\n');
            list(list, indent, out);
        } else {
            out.append(' ').append(plain(value)).append('\n');
        }
    }

    private static void list(List<?> list, String indent, StringBuilder out) {
        for (Object item : list) {
            if (item instanceof Map<?, ?> inner && !inner.isEmpty()) {
                StringBuilder block = new StringBuilder();
                map(inner, indent + "  ", block);
                out.append(indent).append("- ").append(block.substring(indent.length() + 2));
            } else if (item instanceof List<?> inner && !inner.isEmpty()) {
                out.append(indent).append("-\n");
                list(inner, indent + "  ", out);
            } else {
                out.append(indent).append("- ").append(plain(item)).append('\n');
            }
        }
    }

    private static String plain(Object value) {
        if (value instanceof Optional<?> optional) {
            return optional.isPresent() ? plain(optional.get()) : "null";
        }
        return value instanceof String text ? scalar(text) : JsonWriter.compact(value);
    }

    /** A word that no YAML reader takes for a number, a date, a truth value or null stands bare. */
    private static String scalar(String text) {
        boolean bare = text.matches("[A-Za-z][A-Za-z0-9_./-]*")
                && !text.matches("(?i)true|false|yes|no|on|off|null|y|n|nan|inf");
        return bare ? text : JsonWriter.compact(text);
    }
}
