package io.consilium.storage;

import java.util.Arrays;

/**
 * Checked bytes of a payload.
 *
 * @param data fresh array
 */
public record VaultChunk(byte[] data, long offset, long totalSize) {
    public boolean last() {
        return offset + data.length >= totalSize;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VaultChunk chunk
                && Arrays.equals(data, chunk.data)
                && offset == chunk.offset
                && totalSize == chunk.totalSize;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(data) + Long.hashCode(offset);
    }

    @Override
    public String toString() {
        return "VaultChunk[" + data.length + " bytes at " + offset + " of " + totalSize + "]";
    }
}
