package io.consilium.node.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** A rate with a burst for each owner (token buckets); a bounded number of owners, the longest unused forgotten. */
final class TokenBuckets {
    private static final int MAX_OWNERS = 10_000;
    private static final long MILLI = 1_000;

    private static final class Bucket {
        /** Thousandths, so that whole numbers serve. */
        long level;

        long filledMillis;
    }

    private final long perSecond;
    private final long burst;
    private final LongSupplier clock;
    private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > MAX_OWNERS;
        }
    };

    /** {@code clock} in milliseconds, never going back. */
    TokenBuckets(long perSecond, long burst, LongSupplier clock) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.clock = clock;
    }

    /** Takes {@code amount} at once or nothing; false when the owner's bucket holds less. */
    synchronized boolean take(String owner, long amount) {
        return take(owner, amount, amount);
    }

    /** Takes {@code amount} wherever anything is left, and lets the owner wait until what is missing has flowed in. */
    synchronized boolean borrow(String owner, long amount) {
        return take(owner, amount, 1);
    }

    /** Gives back what was taken for nothing. */
    synchronized void giveBack(String owner, long amount) {
        Bucket bucket = buckets.get(owner);
        if (bucket != null) {
            bucket.level = Math.min(burst * MILLI, bucket.level + amount * MILLI);
        }
    }

    private boolean take(String owner, long amount, long needed) {
        long now = clock.getAsLong();
        Bucket bucket = buckets.computeIfAbsent(owner, o -> {
            Bucket fresh = new Bucket();
            fresh.level = burst * MILLI;
            fresh.filledMillis = now;
            return fresh;
        });
        long idle = Math.max(0, now - bucket.filledMillis);
        long missing = burst * MILLI - bucket.level;
        // A long pause fills any bucket; dividing first keeps the product in range.
        bucket.level =
                idle > missing / perSecond ? burst * MILLI : Math.min(burst * MILLI, bucket.level + idle * perSecond);
        bucket.filledMillis = now;
        if (bucket.level < needed * MILLI) {
            return false;
        }
        bucket.level -= amount * MILLI;
        return true;
    }
}
