package io.consilium.ledger.tx;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import io.consilium.crypto.MalformedException;

/**
 * Protobuf read strictly: no unknown field at any depth, and the bytes are the ones that writing the message gives.
 * Without this, one message would have many spellings and could carry bytes that nobody looks at.
 */
public final class CanonicalMessages {
    private CanonicalMessages() {}

    /**
     * Parses at most {@code maxBytes}; {@code what} names the message in errors. The message shares the bytes, which must not
     * change afterwards.
     */
    public static <T extends Message> T parse(Parser<T> parser, byte[] bytes, int maxBytes, String what)
            throws MalformedException {
        return parse(parser, UnsafeByteOperations.unsafeWrap(bytes), maxBytes, what);
    }

    /** The same for bytes that are shared already. */
    public static <T extends Message> T parse(Parser<T> parser, ByteString bytes, int maxBytes, String what)
            throws MalformedException {
        if (bytes.size() > maxBytes) {
            throw new MalformedException(what + ": " + bytes.size() + " bytes, at most " + maxBytes + " are allowed");
        }
        try {
            // What is not known is left out, so that bytes with such a field are never the ones written anew.
            CodedInputStream shared = bytes.newCodedInput();
            shared.enableAliasing(true);
            T message = DiscardUnknownFieldsParser.wrap(parser).parseFrom(shared);
            shared.checkLastTagWas(0);
            if (message.getSerializedSize() != bytes.size()
                    || !message.toByteString().equals(bytes)) {
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
