package io.consilium.bench.load;

import org.HdrHistogram.Histogram;

/**
 * What one rate of a sweep gave.
 *
 * @param offeredPerSecond the fixed schedule
 * @param committedPerSecond receipts verified within the measured seconds, per second
 * @param latencyMicros from the intended send time to the verified receipt, of everything intended in those seconds
 * @param failed transactions intended in those seconds without a verified receipt
 * @param firstFailure why, of the first one; empty if none failed
 * @param waitingAtStart sent and not answered when the measured seconds began
 * @param pendingAtEnd sent or due and not answered when the measured seconds ended
 */
public record Rung(
        int offeredPerSecond,
        double committedPerSecond,
        Histogram latencyMicros,
        long failed,
        String firstFailure,
        long waitingAtStart,
        long pendingAtEnd,
        long nodeCpuMicros,
        long driverCpuMicros,
        long committedInWindow,
        long blocks,
        long syncs) {
    private static final double LEAST_SHARE = 0.98;
    private static final long MAX_P99_MICROS = 2_000_000;

    /** Whether the cluster kept up: almost everything committed, nothing lost, and no queue that only grows. */
    public boolean sustained() {
        return failed == 0
                && committedPerSecond >= LEAST_SHARE * offeredPerSecond
                && latencyMicros.getValueAtPercentile(99) <= MAX_P99_MICROS
                && pendingAtEnd <= offeredPerSecond;
    }

    /** More waited at the start than half a second's worth: then the window measures that too. */
    public boolean beganBehind() {
        return waitingAtStart > offeredPerSecond / 2;
    }

    public double millis(double percentile) {
        return latencyMicros.getValueAtPercentile(percentile) / 1_000.0;
    }

    public double maxMillis() {
        return latencyMicros.getMaxValue() / 1_000.0;
    }

    public double cpuMicrosPerTransaction() {
        return committedInWindow == 0 ? 0 : (double) nodeCpuMicros / committedInWindow;
    }

    public double driverCpuMicrosPerTransaction() {
        return committedInWindow == 0 ? 0 : (double) driverCpuMicros / committedInWindow;
    }

    public double transactionsPerBlock() {
        return blocks == 0 ? 0 : (double) committedInWindow / blocks;
    }

    public double syncsPerBlock() {
        return blocks == 0 ? 0 : (double) syncs / blocks;
    }
}
