package io.consilium.node.api;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds fields that the schema does not know, which protobuf would carry along in silence. */
final class UnknownFields {
    private UnknownFields() {}

    /** Path and number of the first unknown field, e.g. {@code terms.rules[2].#99}. */
    static Optional<String> first(Message message) {
        return first(message, "");
    }

    private static Optional<String> first(Message message, String path) {
        if (!message.getUnknownFields().isEmpty()) {
            return Optional.of(path + "#"
                    + message.getUnknownFields().asMap().keySet().iterator().next());
        }
        for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
            if (field.getKey().getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
                continue;
            }
            String name = path + field.getKey().getJsonName();
            Optional<String> found =
                    field.getValue() instanceof List<?> list ? inList(list, name) : inValue(field.getValue(), name);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> inList(List<?> list, String name) {
        for (int i = 0; i < list.size(); i++) {
            Optional<String> found = inValue(list.get(i), name + "[" + i + "]");
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> inValue(Object value, String name) {
        return value instanceof Message message ? first(message, name + ".") : Optional.empty();
    }
}
