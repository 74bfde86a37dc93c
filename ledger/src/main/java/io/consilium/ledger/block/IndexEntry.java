package io.consilium.ledger.block;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * An entry of a secondary index, outside the authenticated tree; the arrays are shared, nobody changes them.
 *
 * @param index name of the index, ASCII, at most 64 characters, such as {@code patient-records}
 * @param key what its lists are ordered by, at most 1,024 bytes
 */
public record IndexEntry(String index, byte[] key, byte[] value) {
    @Override
    public boolean equals(Object other) {
        return other instanceof IndexEntry entry
                && index.equals(entry.index)
                && Arrays.equals(key, entry.key)
                && Arrays.equals(value, entry.value);
    }

    @Override
    public int hashCode() {
        return 31 * index.hashCode() + Arrays.hashCode(key);
    }

    @Override
    public String toString() {
        return "IndexEntry[" + index + ", " + HexFormat.of().formatHex(key) + ", " + value.length + " bytes]";
    }
}
