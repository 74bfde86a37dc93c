package io.consilium.storage;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * One durable entry of the vote record, opaque but for the height that its key starts with (8 bytes, big-endian).
 *
 * <p>The arrays are shared, not copied: nobody changes them.
 */
public record VoteEntry(byte[] key, byte[] value) {
    public static final int MAX_KEY_BYTES = 64;

    public VoteEntry {
        if (key.length < Long.BYTES || key.length > MAX_KEY_BYTES) {
            throw new IllegalArgumentException(
                    "the key of a vote entry has 8 to " + MAX_KEY_BYTES + " bytes, not " + key.length);
        }
        if (key[0] < 0) {
            throw new IllegalArgumentException("a vote entry of a negative height");
        }
    }

    public long height() {
        return ByteBuffer.wrap(key).getLong();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VoteEntry entry && Arrays.equals(key, entry.key) && Arrays.equals(value, entry.value);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(key) + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return "VoteEntry[" + HexFormat.of().formatHex(key) + ", " + value.length + " bytes]";
    }
}
