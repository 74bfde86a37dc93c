package io.consilium.bench.simulator;

import java.util.ArrayList;
import java.util.List;

/**
 * Which faults one seed has, and how often. Each seed draws a few kinds only: a world with every fault at once never
 * gets far enough to meet the rare orders of events.
 *
 * @param meanGapMicros between two faults
 * @param twins validators that run twice with one key (equivocation, amnesia)
 * @param traitors validators whose key also signs whatever they hear of
 */
record FaultMix(
        int validators,
        List<Kind> kinds,
        long meanGapMicros,
        long faultyMicros,
        int twins,
        int traitors,
        Weather weather,
        long syncMicros,
        int transactions) {

    /** The kinds of fault that strike a world from time to time. */
    enum Kind {
        CRASH,
        CRASH_AT_BARRIER,
        CRASH_ALL,
        PARTITION,
        ONE_WAY,
        ISOLATE,
        MEND,
        RECONNECT,
        PAUSE,
        CLOCK_JUMP,
        SLOW_DISK,
        WIPE_DISK,
        OLD_BACKUP
    }

    private static final int MAX_VALIDATORS = 7;
    private static final List<Integer> SIZES = List.of(4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 7, 7, 5, 6, 3, 2, 1, 4);

    static FaultMix of(Chance chance) {
        int validators = Math.min(MAX_VALIDATORS, chance.pick(SIZES));
        int faults = (validators - 1) / 3;
        int twins = 0;
        int traitors = 0;
        if (faults > 0 && chance.percent(35)) {
            int byzantine = 1 + chance.below(faults);
            twins = chance.below(byzantine + 1);
            traitors = byzantine - twins;
        }
        List<Kind> kinds = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            if (chance.percent(kind == Kind.WIPE_DISK || kind == Kind.OLD_BACKUP ? 15 : 45)) {
                kinds.add(kind);
            }
        }
        return new FaultMix(
                validators,
                List.copyOf(kinds),
                chance.between(50_000, 1_500_000),
                chance.between(2_000_000, 25_000_000),
                twins,
                traitors,
                Weather.of(chance),
                chance.pick(List.of(100L, 300L, 2_000L, 10_000L)),
                20 + chance.below(180));
    }

    int faults() {
        return (validators - 1) / 3;
    }

    int quorum() {
        return (validators + faults()) / 2 + 1;
    }
}
