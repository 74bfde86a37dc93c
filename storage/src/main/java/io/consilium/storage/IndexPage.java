package io.consilium.storage;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Entries of a secondary index in the order of their keys, or in reverse.
 *
 * @param nextAfterKey the key to give as {@code afterKey} for the page that follows; absent on the last page
 */
public record IndexPage(List<Item> items, Optional<byte[]> nextAfterKey) {
    public IndexPage {
        items = List.copyOf(items);
    }

    /** One entry; the arrays are shared, nobody changes them. */
    public record Item(byte[] key, byte[] value) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Item item && Arrays.equals(key, item.key) && Arrays.equals(value, item.value);
        }

        @Override
        public int hashCode() {
            return 31 * Arrays.hashCode(key) + Arrays.hashCode(value);
        }

        @Override
        public String toString() {
            return "Item[" + HexFormat.of().formatHex(key) + ", " + value.length + " bytes]";
        }
    }
}
