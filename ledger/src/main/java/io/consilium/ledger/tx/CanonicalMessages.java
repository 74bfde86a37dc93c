package io.consilium.ledger.tx;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.consilium.crypto.MalformedException;
import java.util.Arrays;

/**
 * Protobuf read strictly: no unknown field at any depth, and the bytes are the ones that writing the message gives.
 * Without this, one message would have many spellings and could carry bytes that nobody looks at.
 */
public final class CanonicalMessages {
    private CanonicalMessages() {}

    /** Parses at most {@code maxBytes}; {@code what} names the message in errors. */
    public static <T extends Message> T parse(Parser<T> parser, byte[] bytes, int maxBytes, String what)
            throws MalformedException {
        if (bytes.length > maxBytes) {
            throw new MalformedException(what + ": " + bytes.length + " bytes, at most " + maxBytes + " are allowed");
        }
        try {
            // What is not known is left out, so that bytes with such a field are never the ones written anew.
            T message = DiscardUnknownFieldsParser.wrap(parser).parseFrom(bytes);
            if (message.getSerializedSize() != bytes.length || !Arrays.equals(message.toByteArray(), bytes)) {
                requireKnownFields(parser.parseFrom(bytes), what);
                throw new MalformedException(what + ": not in its canonical spelling");
            }
            return message;
        } catch (InvalidProtocolBufferException invalid) {
            throw new MalformedException(what + ": no such protobuf message (" + invalid.getMessage() + ")", invalid);
        }
    }

    /** Names the place of a field that this version does not know. */
    private static void requireKnownFields(Message message, String path) throws MalformedException {
        if (message.getUnknownFields().getSerializedSize() != 0) {
            throw new MalformedException(path + ": a field that this version does not know");
        }
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
                continue;
            }
            if (!field.isRepeated()) {
                if (message.hasField(field)) {
                    requireKnownFields((Message) message.getField(field), path + "." + field.getName());
                }
                continue;
            }
            int count = message.getRepeatedFieldCount(field);
            for (int i = 0; i < count; i++) {
                requireKnownFields((Message) message.getRepeatedField(field, i), path + "." + field.getName());
            }
        }
    }
}
