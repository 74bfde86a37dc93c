package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The ids of one commissioning, made to be compared with all ids of the product: most of those differ in their first 16
 * bits from every new one, which a bit map tells without a search.
 */
final class SerialSet {
    private static final int PREFIXES = 1 << 16;

    private final ByteString sorted;
    private final long[] prefixes = new long[PREFIXES / Long.SIZE];

    SerialSet(ByteString sorted) {
        this.sorted = sorted;
        for (int offset = 0; offset < sorted.size(); offset += ItemIds.BYTES) {
            int prefix = prefix(sorted, offset);
            prefixes[prefix / Long.SIZE] |= 1L << prefix % Long.SIZE;
        }
    }

    /** An id that the set itself has twice. */
    Optional<ByteString> repeated() {
        for (int i = 1; i < ItemIds.count(sorted); i++) {
            if (ItemIds.compare(sorted, (i - 1) * ItemIds.BYTES, sorted, i * ItemIds.BYTES) == 0) {
                return Optional.of(ItemIds.at(sorted, i));
            }
        }
        return Optional.empty();
    }

    /** The first id of the row that is one of the set's. */
    Optional<ByteString> firstIn(ByteString ids) {
        for (int offset = 0; offset < ids.size(); offset += ItemIds.BYTES) {
            if (near(ids, offset) && ItemIds.find(sorted, ids, offset) >= 0) {
                return Optional.of(ids.substring(offset, offset + ItemIds.BYTES));
            }
        }
        return Optional.empty();
    }

    /** Every id of the row that is one of the set's. */
    List<ByteString> allIn(ByteString ids) {
        List<ByteString> all = new ArrayList<>();
        for (int offset = 0; offset < ids.size(); offset += ItemIds.BYTES) {
            if (near(ids, offset) && ItemIds.find(sorted, ids, offset) >= 0) {
                all.add(ids.substring(offset, offset + ItemIds.BYTES));
            }
        }
        return all;
    }

    private boolean near(ByteString ids, int offset) {
        int prefix = prefix(ids, offset);
        return (prefixes[prefix / Long.SIZE] & 1L << prefix % Long.SIZE) != 0;
    }

    private static int prefix(ByteString ids, int offset) {
        return (ids.byteAt(offset) & 0xff) << 8 | ids.byteAt(offset + 1) & 0xff;
    }
}
