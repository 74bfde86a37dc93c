package io.consilium.bench.simulator;

/**
 * How bad the network of one seed is.
 *
 * @param slowPerMille frames that take up to {@code slowMicros} more
 * @param inOrder frames of one sender to one receiver stay in order, as on one TCP connection
 */
record Weather(
        long baseMicros,
        long jitterMicros,
        int lossPerMille,
        int duplicatePerMille,
        int slowPerMille,
        long slowMicros,
        boolean inOrder) {

    /** What the end of every run has: nothing is lost and nothing is late. */
    static final Weather FAIR = new Weather(200, 300, 0, 0, 0, 0, true);

    /** Half of the seeds have an orderly network, so that the other faults are seen alone too. */
    static Weather of(Chance chance) {
        long base = chance.pick(BASES);
        if (chance.percent(50)) {
            return new Weather(base, base / 2 + 50, 0, 0, 0, 0, true);
        }
        return new Weather(
                base,
                chance.between(50, 4 * base + 1_000),
                chance.percent(50) ? chance.below(150) : 0,
                chance.percent(50) ? chance.below(100) : 0,
                chance.percent(50) ? chance.below(60) : 0,
                chance.between(10_000, 2_000_000),
                chance.percent(40));
    }

    private static final java.util.List<Long> BASES = java.util.List.of(50L, 200L, 1_000L, 10_000L, 40_000L);
}
