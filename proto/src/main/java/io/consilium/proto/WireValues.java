package io.consilium.proto;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.Optional;

/**
 * Counts the values in a message's bytes without building it. Each becomes an object however few bytes it has, so a
 * message that fits in its bytes may still not fit in memory.
 */
public final class WireValues {
    /** What a value takes in memory beside its bytes, about: an object for it, one for its bytes, and its place in a list. */
    public static final int VALUE_BYTES = 64;

    private static final int MAX_DEPTH = 100;

    private WireValues() {}

    /**
     * How many values stand in the message, those in messages inside it too. Counting ends soon after {@code most}, so
     * a larger answer says only that there are more.
     */
    public static int count(byte[] message, Descriptor type, int most) throws InvalidProtocolBufferException {
        return count(UnsafeByteOperations.unsafeWrap(message), type, most);
    }

    /** The same for bytes that are shared. */
    public static int count(ByteString message, Descriptor type, int most) throws InvalidProtocolBufferException {
        try {
            return (int) count(message.newCodedInput(), type, most, 0);
        } catch (InvalidProtocolBufferException malformed) {
            throw malformed;
        } catch (IOException cut) {
            throw new InvalidProtocolBufferException(cut);
        }
    }

    private static long count(CodedInputStream in, Descriptor type, int most, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new InvalidProtocolBufferException("messages are nested deeper than " + MAX_DEPTH);
        }
        long seen = 0;
        while (seen <= most && !in.isAtEnd()) {
            int tag = in.readTag();
            seen++;
            switch (WireFormat.getTagWireType(tag)) {
                case WireFormat.WIRETYPE_LENGTH_DELIMITED -> {
                    int length = in.readRawVarint32();
                    Optional<FieldDescriptor> field =
                            Optional.ofNullable(type.findFieldByNumber(WireFormat.getTagFieldNumber(tag)));
                    seen += within(in, length, field, (int) (most - seen), depth);
                }
                case WireFormat.WIRETYPE_START_GROUP, WireFormat.WIRETYPE_END_GROUP ->
                    throw new InvalidProtocolBufferException("a group, which no message here has");
                default -> in.skipField(tag);
            }
        }
        return seen;
    }

    private static long within(CodedInputStream in, int length, Optional<FieldDescriptor> field, int most, int depth)
            throws IOException {
        Optional<Descriptor> inner = field.filter(known -> known.getType() == FieldDescriptor.Type.MESSAGE)
                .map(FieldDescriptor::getMessageType);
        if (inner.isEmpty()) {
            in.skipRawBytes(length);
            // Numbers in one run: each has a byte at least.
            return field.filter(FieldDescriptor::isPackable).isPresent() ? length : 0;
        }
        int outer = in.pushLimit(length);
        long seen = count(in, inner.get(), most, depth + 1);
        in.skipRawBytes(in.getBytesUntilLimit());
        in.popLimit(outer);
        return seen;
    }
}
