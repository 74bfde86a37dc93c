package io.consilium.bench.simulator;

import java.util.List;

/**
 * The only source of chance in a simulated world: SplitMix64, so that a seed means the same on every machine and JDK.
 *
 * <p>Each part of the world has its own stream, split off by name: one more draw in the network does not change what
 * the workload does.
 */
final class Chance {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private long state;

    Chance(long seed) {
        this.state = mix(seed ^ 0x5DEECE66DL);
    }

    Chance split(String name) {
        long folded = state;
        for (int i = 0; i < name.length(); i++) {
            folded = mix(folded + GOLDEN_GAMMA + name.charAt(i));
        }
        return new Chance(folded);
    }

    long nextLong() {
        state += GOLDEN_GAMMA;
        return mix(state);
    }

    /** 0 to {@code bound - 1}. */
    int below(int bound) {
        if (bound < 1) {
            throw new IllegalArgumentException("no number is below " + bound);
        }
        return (int) ((nextLong() >>> 33) % bound);
    }

    /** Both ends included. */
    long between(long least, long most) {
        return least + Long.remainderUnsigned(nextLong(), most - least + 1);
    }

    boolean percent(int share) {
        return below(100) < share;
    }

    boolean perMille(int share) {
        return below(1000) < share;
    }

    <T> T pick(List<T> from) {
        return from.get(below(from.size()));
    }

    byte[] bytes(int length) {
        byte[] drawn = new byte[length];
        for (int i = 0; i < length; i++) {
            drawn[i] = (byte) (nextLong() >>> 56);
        }
        return drawn;
    }

    private static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
