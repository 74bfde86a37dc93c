package io.consilium.client.json;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads one JSON object field by field and refuses what nobody asked for. */
public final class JsonFields {
    private final Map<?, ?> object;
    private final String path;
    private final Set<String> read = new HashSet<>();

    private JsonFields(Map<?, ?> object, String path) {
        this.object = object;
        this.path = path;
    }

    /** The object itself, which stands at {@code path} of its document; the root has the empty path. */
    public static JsonFields of(Object value, String path) throws JsonException {
        if (value instanceof Map<?, ?> object) {
            return new JsonFields(object, path);
        }
        throw new JsonException(path, "an object expected");
    }

    public boolean has(String name) {
        return object.containsKey(name);
    }

    public String text(String name) throws JsonException {
        if (required(name) instanceof String text) {
            return text;
        }
        throw new JsonException(at(name), "a text expected");
    }

    public Optional<String> optionalText(String name) throws JsonException {
        return has(name) ? Optional.of(text(name)) : Optional.empty();
    }

    public long number(String name) throws JsonException {
        if (required(name) instanceof Long number) {
            return number;
        }
        throw new JsonException(at(name), "a whole number expected");
    }

    public boolean flag(String name) throws JsonException {
        if (required(name) instanceof Boolean flag) {
            return flag;
        }
        throw new JsonException(at(name), "true or false expected");
    }

    /** Lowercase hexadecimal digits of any whole number of bytes. */
    public byte[] hex(String name) throws JsonException {
        String text = text(name);
        if (!text.matches("([0-9a-f]{2})*")) {
            throw new JsonException(at(name), "lowercase hexadecimal digits expected");
        }
        return HexFormat.of().parseHex(text);
    }

    /** Base64 with padding, in its one spelling. */
    public byte[] base64(String name) throws JsonException {
        String text = text(name);
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            if (Base64.getEncoder().encodeToString(bytes).equals(text)) {
                return bytes;
            }
        } catch (IllegalArgumentException invalid) {
            throw new JsonException(at(name), "base64 expected: " + invalid.getMessage());
        }
        throw new JsonException(at(name), "base64 that is not in its one spelling");
    }

    /** Whatever stands there, which the caller tells apart. */
    public Object value(String name) throws JsonException {
        return required(name);
    }

    public JsonFields object(String name) throws JsonException {
        return of(required(name), at(name));
    }

    public List<JsonFields> objects(String name) throws JsonException {
        if (!(required(name) instanceof List<?> list)) {
            throw new JsonException(at(name), "a list expected");
        }
        List<JsonFields> objects = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            objects.add(of(list.get(i), at(name) + "[" + i + "]"));
        }
        return objects;
    }

    public List<String> texts(String name) throws JsonException {
        if (!(required(name) instanceof List<?> list)) {
            throw new JsonException(at(name), "a list of texts expected");
        }
        List<String> texts = new ArrayList<>(list.size());
        for (Object item : list) {
            if (!(item instanceof String text)) {
                throw new JsonException(at(name), "a list of texts expected");
            }
            texts.add(text);
        }
        return texts;
    }

    /** Refuses every field that was not read. */
    public void end() throws JsonException {
        for (Object name : object.keySet()) {
            if (!read.contains(String.valueOf(name))) {
                throw new JsonException(at(String.valueOf(name)), "unknown field");
            }
        }
    }

    /** The path of a field, for messages. */
    public String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private Object required(String name) throws JsonException {
        Object value = object.get(name);
        read.add(name);
        if (value == null) {
            throw new JsonException(at(name), "this field is missing");
        }
        return value;
    }
}
