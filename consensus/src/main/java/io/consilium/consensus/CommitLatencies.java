package io.consilium.consensus;

import java.util.Arrays;

/**
 * The newest commit latencies, and the base timeout that follows from them (BFT-10). The median does not move when a
 * minority of leaders delays its blocks to just below the timeout.
 */
final class CommitLatencies {
    static final int WINDOW = 16;
    static final int MEASURED = 4;
    private static final int MULTIPLE = 8;

    private final ConsensusConfig config;
    private final long[] millis = new long[WINDOW];
    private int count;

    CommitLatencies(ConsensusConfig config) {
        this.config = config;
    }

    void add(long latencyMillis) {
        millis[count % WINDOW] = Math.min(Math.max(0, latencyMillis), config.maxTimeoutMillis());
        count = count + 1 == 2 * WINDOW ? WINDOW : count + 1; // stays small, keeps its place in the window
    }

    /** 8 × median, within the bounds; the initial timeout until {@value #MEASURED} commits were measured. */
    long baseTimeoutMillis() {
        int size = Math.min(count, WINDOW);
        if (size < MEASURED) {
            return config.initialTimeoutMillis();
        }
        long[] sorted = Arrays.copyOf(millis, size);
        Arrays.sort(sorted);
        return Math.min(Math.max(MULTIPLE * sorted[size / 2], config.minTimeoutMillis()), config.maxTimeoutMillis());
    }

    /** × 1.5 a round, capped. The cap is safe because certificates bring scattered rounds together (BFT-11). */
    long timeoutMillis(int round) {
        long timeout = baseTimeoutMillis();
        for (int r = 0; r < round && timeout < config.roundTimeoutCapMillis(); r++) {
            timeout += timeout / 2;
        }
        return Math.min(timeout, config.roundTimeoutCapMillis());
    }
}
