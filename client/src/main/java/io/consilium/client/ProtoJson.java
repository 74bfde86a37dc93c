package io.consilium.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Messages as JSON trees and back: names in camel case, bytes in hexadecimal, enums by name, times as numbers.
 *
 * <p>Reading is strict: unknown names, wrong types and repeated alternatives are refused with their path. Hexadecimal
 * rather than protobuf's own base64, because ids are written so everywhere else.
 */
public final class ProtoJson {
    private ProtoJson() {}

    /** Fields with their default value are left out. */
    public static Map<String, Object> write(Message message) {
        Map<String, Object> object = new LinkedHashMap<>();
        message.getAllFields().forEach((field, value) -> object.put(field.getJsonName(), value(field, value)));
        return object;
    }

    private static Object value(FieldDescriptor field, Object value) {
        if (field.isRepeated()) {
            List<Object> list = new ArrayList<>();
            for (Object item : (List<?>) value) {
                list.add(single(field, item));
            }
            return list;
        }
        return single(field, value);
    }

    private static Object single(FieldDescriptor field, Object value) {
        return switch (field.getJavaType()) {
            case MESSAGE -> write((Message) value);
            case BYTE_STRING -> HexFormat.of().formatHex(((ByteString) value).toByteArray());
            case ENUM -> ((EnumValueDescriptor) value).getName();
            case INT -> Integer.toUnsignedLong((Integer) value);
            default -> value;
        };
    }

    /** Fills a builder from a JSON tree. */
    public static void read(Object tree, Message.Builder into, String path) throws MalformedInput {
        if (!(tree instanceof Map<?, ?> object)) {
            throw malformed(path, "an object expected");
        }
        for (Map.Entry<?, ?> entry : object.entrySet()) {
            String name = String.valueOf(entry.getKey());
            String at = path.isEmpty() ? name : path + "." + name;
            FieldDescriptor field = field(into, name, at);
            if (field.getContainingOneof() != null && into.hasOneof(field.getContainingOneof())) {
                throw malformed(
                        at, "only one of " + names(field.getContainingOneof().getFields()) + " may stand here");
            }
            if (field.isRepeated()) {
                if (!(entry.getValue() instanceof List<?> list)) {
                    throw malformed(at, "a list expected");
                }
                for (int i = 0; i < list.size(); i++) {
                    into.addRepeatedField(field, parse(field, list.get(i), into, at + "[" + i + "]"));
                }
            } else {
                into.setField(field, parse(field, entry.getValue(), into, at));
            }
        }
    }

    private static FieldDescriptor field(Message.Builder into, String name, String at) throws MalformedInput {
        for (FieldDescriptor field : into.getDescriptorForType().getFields()) {
            if (field.getJsonName().equals(name)) {
                return field;
            }
        }
        throw malformed(
                at,
                into.getDescriptorForType().getFields().isEmpty()
                        ? "unknown field; none is known here"
                        : "unknown field; known are "
                                + names(into.getDescriptorForType().getFields()));
    }

    private static String names(List<FieldDescriptor> fields) {
        return String.join(
                ", ", fields.stream().map(FieldDescriptor::getJsonName).toList());
    }

    private static Object parse(FieldDescriptor field, Object value, Message.Builder into, String at)
            throws MalformedInput {
        switch (field.getJavaType()) {
            case MESSAGE -> {
                Message.Builder inner = into.newBuilderForField(field);
                read(value, inner, at);
                return inner.build();
            }
            case STRING -> {
                if (value instanceof String text) {
                    return text;
                }
                throw malformed(at, "a text expected");
            }
            case BYTE_STRING -> {
                if (value instanceof String text && text.matches("([0-9a-f]{2})*")) {
                    return ByteString.copyFrom(HexFormat.of().parseHex(text));
                }
                throw malformed(at, "bytes in lowercase hexadecimal digits expected");
            }
            case BOOLEAN -> {
                if (value instanceof Boolean) {
                    return value;
                }
                throw malformed(at, "true or false expected");
            }
            case LONG -> {
                if (value instanceof Long number) {
                    return number;
                }
                throw malformed(at, "a whole number expected");
            }
            case INT -> {
                if (value instanceof Long number && number >= 0 && number <= 0xffff_ffffL) {
                    return number.intValue();
                }
                throw malformed(at, "a whole number from 0 to 4294967295 expected");
            }
            case ENUM -> {
                EnumValueDescriptor word =
                        value instanceof String text ? field.getEnumType().findValueByName(text) : null;
                if (word != null) {
                    return word;
                }
                throw malformed(at, "one of " + field.getEnumType().getValues() + " expected");
            }
            default -> throw malformed(at, "a field of a type that no message here has");
        }
    }

    private static MalformedInput malformed(String path, String cause) {
        return MalformedInput.ofDocument(
                path, (path.isEmpty() ? "" : path + ": ") + cause, "Correct the document and try again");
    }
}
