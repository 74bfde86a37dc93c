package io.consilium.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;

/**
 * Where JSON is not the message that a method takes: an unknown name or another type. It tells names and types alone, never
 * what was sent as a value (PRV-1).
 *
 * @param path such as {@code terms.rules[2].purpose}
 */
record JsonFault(String path, String cause) {
    private static final int MAX_PATH = 200;

    /** The first fault, looked for once the message could not be read. */
    static Optional<JsonFault> find(JsonNode json, Descriptor message) {
        return inMessage(json, message, "");
    }

    private static Optional<JsonFault> inMessage(JsonNode json, Descriptor message, String path) {
        if (!json.isObject()) {
            return fault(path, "an object expected");
        }
        for (Iterator<Map.Entry<String, JsonNode>> entries = json.fields(); entries.hasNext(); ) {
            Map.Entry<String, JsonNode> entry = entries.next();
            String at = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
            Optional<FieldDescriptor> field = field(message, entry.getKey());
            Optional<JsonFault> fault =
                    field.isEmpty() ? fault(at, "unknown field") : inField(entry.getValue(), field.get(), at);
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }

    private static Optional<FieldDescriptor> field(Descriptor message, String name) {
        return message.getFields().stream()
                .filter(field ->
                        field.getJsonName().equals(name) || field.getName().equals(name))
                .findFirst();
    }

    private static Optional<JsonFault> inField(JsonNode json, FieldDescriptor field, String path) {
        if (json.isNull()) {
            return Optional.empty(); // as if it were not there
        }
        if (!field.isRepeated()) {
            return inValue(json, field, path);
        }
        if (!json.isArray()) {
            return fault(path, "a list expected");
        }
        for (int i = 0; i < json.size(); i++) {
            Optional<JsonFault> fault = inValue(json.get(i), field, path + "[" + i + "]");
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }

    private static Optional<JsonFault> inValue(JsonNode json, FieldDescriptor field, String path) {
        return switch (field.getJavaType()) {
            case MESSAGE -> inMessage(json, field.getMessageType(), path);
            case STRING -> expected(json.isTextual(), path, "a text");
            case BYTE_STRING ->
                expected(
                        json.isTextual() && json.textValue().matches("[A-Za-z0-9+/_-]*={0,2}"),
                        path,
                        "bytes in base64");
            case BOOLEAN -> expected(json.isBoolean(), path, "true or false");
            case INT, LONG ->
                expected(
                        json.isTextual() ? json.textValue().matches("-?[0-9]{1,20}") : json.isIntegralNumber(),
                        path,
                        "a whole number");
            case ENUM ->
                expected(
                        json.isTextual()
                                ? field.getEnumType().findValueByName(json.textValue()) != null
                                : json.isIntegralNumber(),
                        path,
                        "a word of " + field.getEnumType().getName());
            default -> expected(json.isNumber() || json.isTextual(), path, "a number");
        };
    }

    private static Optional<JsonFault> expected(boolean met, String path, String what) {
        return met ? Optional.empty() : fault(path, what + " expected");
    }

    private static Optional<JsonFault> fault(String path, String cause) {
        return Optional.of(new JsonFault(path.length() > MAX_PATH ? path.substring(0, MAX_PATH) + "..." : path, cause));
    }
}
