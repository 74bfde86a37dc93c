package io.consilium.ledger.block;

import io.consilium.crypto.Hash;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The ids of the transactions in the blocks of the last 10 minutes of block time (TX-3).
 *
 * <p>Ids are kept by the minute of block time, and whole minutes are dropped, so between 10 and 11 minutes are
 * remembered. That is not too much: by TX-2 a transaction that was in a block more than 10 minutes ago has expired and
 * is refused for that. And it depends on the chain alone, so the window rebuilt after a restart answers the same.
 *
 * <p>Of each id 16 bytes are kept, as two longs in an open-addressed table: nobody can make two ids agree in 128 bits
 * without breaking SHA-256 to that length. A million ids take about 32 MB.
 *
 * <p>Not for several threads: the thread that decides owns it.
 */
public final class DuplicateWindow {
    public static final long SPAN_MILLIS = 10 * 60_000;
    public static final int DEFAULT_MAX_IDS = 4_000_000;

    private static final long BUCKET_MILLIS = 60_000;

    private final int maxIds;
    private final TreeMap<Long, IdTable> minutes = new TreeMap<>();
    private int size;

    public DuplicateWindow(int maxIds) {
        if (maxIds < 1) {
            throw new IllegalArgumentException("a duplicate window keeps at least one id, not " + maxIds);
        }
        this.maxIds = maxIds;
    }

    /** The block time from which on blocks must be added to rebuild the window of a chain with this tip. */
    public static long rebuildFromMillis(long tipMillis) {
        return Math.max(0, Math.floorDiv(tipMillis - SPAN_MILLIS, BUCKET_MILLIS) * BUCKET_MILLIS);
    }

    public boolean contains(Hash txId) {
        long high = high(txId);
        long low = low(txId);
        for (IdTable table : minutes.values()) {
            if (table.contains(high, low)) {
                return true;
            }
        }
        return false;
    }

    /** How many more ids fit. A block that brings more than that is not admissible. */
    public int room() {
        return maxIds - size;
    }

    /** Adds the next decided block; throws {@link IllegalStateException} beyond the bound, which admission checks. */
    public void add(long blockTimeMillis, List<Hash> txIds) {
        forgetBefore(rebuildFromMillis(blockTimeMillis));
        if (txIds.size() > room()) {
            throw new IllegalStateException("a block of " + txIds.size() + " transactions was decided although only "
                    + room() + " fit the duplicate window");
        }
        if (txIds.isEmpty()) {
            return;
        }
        IdTable table = minutes.computeIfAbsent(Math.floorDiv(blockTimeMillis, BUCKET_MILLIS), minute -> new IdTable());
        for (Hash txId : txIds) {
            if (table.add(high(txId), low(txId))) {
                size++;
            }
        }
    }

    private void forgetBefore(long timeMillis) {
        long firstKept = Math.floorDiv(timeMillis, BUCKET_MILLIS);
        List<Long> old = new ArrayList<>(minutes.headMap(firstKept).keySet());
        for (Map.Entry<Long, IdTable> entry : minutes.headMap(firstKept).entrySet()) {
            size -= entry.getValue().size();
        }
        old.forEach(minutes::remove);
    }

    public int size() {
        return size;
    }

    private static long high(Hash hash) {
        return number(hash, 0);
    }

    private static long low(Hash hash) {
        return number(hash, Long.BYTES);
    }

    private static long number(Hash hash, int from) {
        long number = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            number = number << 8 | (hash.at(from + i) & 0xff);
        }
        return number;
    }

    /** A set of pairs of longs; the pair (0, 0) marks a free place and is kept aside. */
    private static final class IdTable {
        private static final int FIRST_CAPACITY = 64;

        private long[] places = new long[2 * FIRST_CAPACITY];
        private int size;
        private boolean holdsZero;

        int size() {
            return size;
        }

        boolean contains(long high, long low) {
            if (high == 0 && low == 0) {
                return holdsZero;
            }
            int at = place(places, high, low);
            return places[at] != 0 || places[at + 1] != 0;
        }

        boolean add(long high, long low) {
            if (contains(high, low)) {
                return false;
            }
            size++;
            if (high == 0 && low == 0) {
                holdsZero = true;
                return true;
            }
            if (4L * size > places.length) {
                grow();
            }
            int at = place(places, high, low);
            places[at] = high;
            places[at + 1] = low;
            return true;
        }

        private void grow() {
            long[] larger = new long[2 * places.length];
            for (int i = 0; i < places.length; i += 2) {
                if (places[i] != 0 || places[i + 1] != 0) {
                    int at = place(larger, places[i], places[i + 1]);
                    larger[at] = places[i];
                    larger[at + 1] = places[i + 1];
                }
            }
            places = larger;
        }

        /** The place that holds the pair, or the free one where it belongs. Ids are hashes, so any bits spread well. */
        private static int place(long[] places, long high, long low) {
            int pairs = places.length / 2;
            int pair = (int) (high ^ low) & (pairs - 1);
            while (true) {
                int at = 2 * pair;
                boolean free = places[at] == 0 && places[at + 1] == 0;
                if (free || places[at] == high && places[at + 1] == low) {
                    return at;
                }
                pair = (pair + 1) & (pairs - 1);
            }
        }
    }
}
