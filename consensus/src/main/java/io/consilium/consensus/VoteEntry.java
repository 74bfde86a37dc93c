package io.consilium.consensus;

import java.util.Arrays;

/**
 * One durable entry of the vote record, opaque to storage. The key starts with the height as 8 big-endian bytes, so
 * that the entries of heights at or below the synced tip can be dropped by range.
 */
public record VoteEntry(byte[] key, byte[] value) {
    @Override
    public boolean equals(Object other) {
        return other instanceof VoteEntry entry && Arrays.equals(key, entry.key) && Arrays.equals(value, entry.value);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(key);
    }

    @Override
    public String toString() {
        return "VoteEntry[" + key.length + " -> " + value.length + " bytes]";
    }
}
