package io.consilium.bench.load;

import java.util.OptionalInt;

/**
 * How to load a cluster.
 *
 * @param rate a fixed rate; absent to sweep for the highest sustained one
 * @param seconds measured at each rate
 * @param warmupSeconds of rising load before a fixed rate, which then settles; 0 for none
 * @param keys how many members sign
 * @param tenth whether a fixed rate is followed by a tenth of it on the same warm nodes; a sweep always is
 */
public record LoadOptions(OptionalInt rate, int seconds, int warmupSeconds, int keys, boolean tenth) {
    public static final int MAX_RATE = 100_000;
    public static final int MAX_SECONDS = 240;
    public static final int MAX_WARMUP_SECONDS = 900;
    public static final int MAX_KEYS = 1_000;

    public LoadOptions {
        require(rate.isEmpty() || rate.getAsInt() >= 1 && rate.getAsInt() <= MAX_RATE, "the rate", 1, MAX_RATE);
        require(seconds >= 1 && seconds <= MAX_SECONDS, "the measured seconds", 1, MAX_SECONDS);
        require(
                warmupSeconds >= 0 && warmupSeconds <= MAX_WARMUP_SECONDS,
                "the warm-up seconds",
                0,
                MAX_WARMUP_SECONDS);
        require(keys >= 1 && keys <= MAX_KEYS, "the number of keys", 1, MAX_KEYS);
    }

    private static void require(boolean holds, String what, int least, int most) {
        if (!holds) {
            throw new IllegalArgumentException(what + " must be " + least + " to " + most);
        }
    }
}
