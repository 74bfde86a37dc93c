package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The ids of one commissioning, made to be compared with all ids of the product. A bit map of some sixty bits an id tells
 * by the first bits of nearly every other id that it is none of the set's; only the rest is searched for.
 */
final class SerialSet {
    private static final int BITS_AN_ID = 64;
    private static final int MIN_BITS = 1 << 10;
    private static final int MAX_BITS = 1 << 20;

    private final ByteString sorted;
    private final ByteBuffer sortedRow;
    private final long[] prefixes;
    private final int shift;

    /** @param sorted ascending */
    SerialSet(ByteString sorted) {
        this.sorted = sorted;
        this.sortedRow = ItemIds.row(sorted);
        int wanted = Math.max(MIN_BITS, Math.min(MAX_BITS, BITS_AN_ID * ItemIds.count(sorted)));
        int bits = Integer.highestOneBit(wanted);
        this.prefixes = new long[bits / Long.SIZE];
        this.shift = Integer.SIZE - Integer.numberOfTrailingZeros(bits);
        for (int offset = 0; offset < sorted.size(); offset += ItemIds.BYTES) {
            int prefix = sortedRow.getInt(offset) >>> shift;
            prefixes[prefix / Long.SIZE] |= 1L << prefix;
        }
    }

    /** An id that the set itself has twice. */
    Optional<ByteString> repeated() {
        for (int i = 1; i < ItemIds.count(sorted); i++) {
            if (ItemIds.compare(sortedRow, (i - 1) * ItemIds.BYTES, sortedRow, i * ItemIds.BYTES) == 0) {
                return Optional.of(ItemIds.at(sorted, i));
            }
        }
        return Optional.empty();
    }

    /** The first id of the row that is one of the set's. */
    Optional<ByteString> firstIn(ByteString ids) {
        return in(ItemIds.row(ids), 1).stream().findFirst();
    }

    /** Every id of the row that is one of the set's. */
    List<ByteString> allIn(ByteBuffer row) {
        return in(row, Integer.MAX_VALUE);
    }

    private List<ByteString> in(ByteBuffer row, int limit) {
        List<ByteString> found = new ArrayList<>();
        int end = row.limit();
        for (int offset = 0; offset < end && found.size() < limit; offset += ItemIds.BYTES) {
            int prefix = row.getInt(offset) >>> shift;
            boolean near = (prefixes[prefix / Long.SIZE] & 1L << prefix) != 0;
            if (near && ItemIds.find(sortedRow, row, offset) >= 0) {
                found.add(ByteString.copyFrom(row.slice(offset, ItemIds.BYTES)));
            }
        }
        return found;
    }
}
