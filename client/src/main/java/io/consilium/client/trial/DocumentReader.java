package io.consilium.client.trial;

import io.consilium.client.DocumentFault;
import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonFields;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Reads a document of a trial field by field; every fault names its place (exit 6). */
final class DocumentReader {
    private final JsonFields fields;

    DocumentReader(Map<?, ?> object, String path) throws DocumentFault {
        try {
            this.fields = JsonFields.of(object, path);
        } catch (JsonException notAnObject) {
            throw fault(notAnObject);
        }
    }

    static DocumentReader of(Object tree) throws DocumentFault {
        if (tree instanceof Map<?, ?> object) {
            return new DocumentReader(object, "");
        }
        throw fault("", "an object expected");
    }

    static DocumentFault fault(String path, String cause) {
        return new DocumentFault(
                "DOCUMENT_INVALID",
                "TRI-1",
                path,
                cause,
                "Correct the document; consilium trial template prints a valid one");
    }

    static DocumentFault fault(JsonException invalid) {
        return fault(invalid.path(), invalid.getMessage());
    }

    DocumentFault at(String name, String cause) {
        return fault(fields.at(name), cause);
    }

    boolean has(String name) {
        return fields.has(name);
    }

    /** A text with something in it. */
    String text(String name, int max) throws DocumentFault {
        String text = optional(name, max);
        if (text.isBlank()) {
            throw at(name, has(name) ? "a text that is not empty expected" : "this field is missing");
        }
        return text;
    }

    /** A text, or the empty one where the field is not there. */
    String optional(String name, int max) throws DocumentFault {
        if (!has(name)) {
            return "";
        }
        try {
            return checked(fields.text(name), max, fields.at(name));
        } catch (JsonException invalid) {
            throw fault(invalid);
        }
    }

    List<String> texts(String name, int maxEntries, int max) throws DocumentFault {
        if (!has(name)) {
            return List.of();
        }
        try {
            List<String> texts = fields.texts(name);
            bounded(texts, name, maxEntries);
            for (int i = 0; i < texts.size(); i++) {
                String at = fields.at(name) + "[" + i + "]";
                if (checked(texts.get(i), max, at).isBlank()) {
                    throw fault(at, "a text that is not empty expected");
                }
            }
            return texts;
        } catch (JsonException invalid) {
            throw fault(invalid);
        }
    }

    /** Different words in ascending order. */
    List<String> words(String name, int maxEntries, int max) throws DocumentFault {
        List<String> words = texts(name, maxEntries, max);
        TreeSet<String> sorted = new TreeSet<>();
        for (int i = 0; i < words.size(); i++) {
            if (!sorted.add(words.get(i))) {
                throw fault(fields.at(name) + "[" + i + "]", "'" + words.get(i) + "' stands twice");
            }
        }
        return List.copyOf(sorted);
    }

    long whole(String name, long min, long max) throws DocumentFault {
        try {
            long number = fields.number(name);
            if (number < min || number > max) {
                throw at(name, "a whole number from " + min + " to " + max + " expected, not " + number);
            }
            return number;
        } catch (JsonException invalid) {
            throw fault(invalid);
        }
    }

    /** A number in millionths, exact. */
    long micros(String name, long maxMicros) throws DocumentFault {
        Object value = value(name);
        BigDecimal number;
        if (value instanceof Long whole) {
            number = BigDecimal.valueOf(whole);
        } else if (value instanceof BigDecimal decimal && decimal.scale() <= 40 && decimal.precision() <= 40) {
            number = decimal;
        } else {
            throw at(name, "a number expected");
        }
        BigDecimal micros = number.movePointRight(6);
        if (micros.signum() < 0
                || micros.compareTo(BigDecimal.valueOf(maxMicros)) > 0
                || micros.stripTrailingZeros().scale() > 0) {
            throw at(name, "a number from 0 to " + maxMicros / 1_000_000 + " with at most six decimals expected");
        }
        return micros.longValueExact();
    }

    Optional<DocumentReader> object(String name) throws DocumentFault {
        if (!has(name)) {
            return Optional.empty();
        }
        if (value(name) instanceof Map<?, ?> inner) {
            return Optional.of(new DocumentReader(inner, fields.at(name)));
        }
        throw at(name, "an object expected");
    }

    List<DocumentReader> objects(String name, int maxEntries) throws DocumentFault {
        if (!has(name)) {
            return List.of();
        }
        if (!(value(name) instanceof List<?> list)) {
            throw at(name, "a list expected");
        }
        bounded(list, name, maxEntries);
        List<DocumentReader> readers = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            String at = fields.at(name) + "[" + i + "]";
            if (!(list.get(i) instanceof Map<?, ?> inner)) {
                throw fault(at, "an object expected");
            }
            readers.add(new DocumentReader(inner, at));
        }
        return readers;
    }

    /** Refuses every field that nobody asked for. */
    void end() throws DocumentFault {
        try {
            fields.end();
        } catch (JsonException unknown) {
            throw fault(unknown);
        }
    }

    private Object value(String name) throws DocumentFault {
        try {
            return fields.value(name);
        } catch (JsonException missing) {
            throw fault(missing);
        }
    }

    private void bounded(List<?> list, String name, int maxEntries) throws DocumentFault {
        if (list.size() > maxEntries) {
            throw at(name, "at most " + maxEntries + " entries, not " + list.size());
        }
    }

    private static String checked(String text, int max, String path) throws DocumentFault {
        if (text.length() > max) {
            throw fault(path, "at most " + max + " characters, not " + text.length());
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' && c != '\n' || c == 0x7f) {
                throw fault(path, "a control character");
            }
        }
        return text;
    }
}
