package io.consilium.node.api;

import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The ids of tokens used, each kept until its token could no longer be accepted.
 *
 * <p>Ids stand in one set for each slice of time in which they lapse; a lapsed slice is dropped whole. The number kept is
 * bounded: when it is reached, new tokens are refused and none is forgotten early.
 */
final class UsedTokens {
    private static final long SLICE_MILLIS = 8_000;

    private record Id(long high, long low) {}

    enum Answer {
        FRESH,
        REPLAYED,
        FULL
    }

    private final int bound;
    private final TreeMap<Long, Set<Id>> slices = new TreeMap<>();
    private int count;

    UsedTokens(int bound) {
        this.bound = bound;
    }

    /** Remembers a token's id (32 hexadecimal digits) until {@code lapsesMillis}. */
    synchronized Answer use(String id, long lapsesMillis, long nowMillis) {
        dropLapsed(nowMillis);
        Id key = new Id(HexFormat.fromHexDigitsToLong(id, 0, 16), HexFormat.fromHexDigitsToLong(id, 16, 32));
        for (Set<Id> slice : slices.values()) {
            if (slice.contains(key)) {
                return Answer.REPLAYED;
            }
        }
        if (count >= bound) {
            return Answer.FULL;
        }
        slices.computeIfAbsent(lapsesMillis / SLICE_MILLIS, slice -> new HashSet<>())
                .add(key);
        count++;
        return Answer.FRESH;
    }

    synchronized int size() {
        return count;
    }

    private void dropLapsed(long nowMillis) {
        Iterator<Map.Entry<Long, Set<Id>>> oldest = slices.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<Long, Set<Id>> slice = oldest.next();
            if ((slice.getKey() + 1) * SLICE_MILLIS > nowMillis) {
                return;
            }
            count -= slice.getValue().size();
            oldest.remove();
        }
    }
}
