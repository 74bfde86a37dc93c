package io.consilium.consensus.model;

import java.util.Arrays;

/**
 * One height of the protocol in the abstract: four validators, one of them Byzantine, two values, a few rounds; every
 * message ever sent stays available for ever, and the Byzantine one has sent everything that it can sign. So a state is
 * what the three honest ones have signed, and a certificate of three exists as soon as two honest ones signed it.
 *
 * <p>A cell of seven bits holds one validator's round: which value it prepared (2 bits), which it committed (2 bits), and
 * its TIMEOUT (3 bits: 0 none, 1 without a prepare QC, else 2 + 2 × round + value of the QC that it reports). The cells
 * of a validator stand side by side. Validators and values can be renamed, so a state is stored as the least of its
 * renamings.
 */
final class AgreementModel {
    /** A rule left out. Each must break agreement, or the search proves nothing. */
    enum Fault {
        NONE,
        COMMIT_AFTER_TIMEOUT,
        UNDER_REPORTED_QC,
        LEADER_IGNORES_QC_OF_TC,
        AMNESIA,
        TC_QUORUM_ONE_TOO_SMALL
    }

    record Result(boolean safe, int states, int depth) {}

    private static final int HONEST = 3;
    private static final int CELL_BITS = 7;
    private static final int HONEST_OF_A_QUORUM = 2;

    private final int rounds;
    private final Fault fault;
    private final int groupBits;
    private final LongSet seen = new LongSet();
    private long[] frontier = new long[1 << 12];
    private long[] next = new long[1 << 12];
    private int nextSize;

    // the state under way, unpacked: by validator and round
    private final int[][] prepared;
    private final int[][] committed;
    private final int[][] timedOut;
    /** With amnesia: validator 0 has crashed, and the cells of what it knows of itself since. */
    private boolean crashed;

    private final int[][] remembered;

    AgreementModel(int rounds, Fault fault) {
        this.rounds = rounds;
        this.fault = fault;
        this.groupBits = CELL_BITS * rounds;
        prepared = new int[HONEST][rounds];
        committed = new int[HONEST][rounds];
        timedOut = new int[HONEST][rounds];
        remembered = new int[1][rounds];
    }

    /** Breadth first, until a state with two decided values or until there is no new state. */
    Result search() {
        frontier[0] = 0;
        int size = 1;
        seen.add(0);
        for (int depth = 0; ; depth++) {
            nextSize = 0;
            for (int i = 0; i < size; i++) {
                unpack(frontier[i]);
                if (decided() == 3) {
                    return new Result(false, seen.size(), depth);
                }
                expand(frontier[i]);
            }
            if (nextSize == 0) {
                return new Result(true, seen.size(), depth);
            }
            long[] reused = frontier;
            frontier = next;
            next = reused;
            size = nextSize;
        }
    }

    private void expand(long state) {
        for (int validator = 0; validator < HONEST; validator++) {
            for (int round = 0; round < rounds; round++) {
                boolean gaveUp = gaveUp(validator, round);
                if (knownPrepared(validator, round) == 0 && !gaveUp) {
                    prepare(state, validator, round);
                }
                if (knownCommitted(validator, round) == 0 && (!gaveUp || fault == Fault.COMMIT_AFTER_TIMEOUT)) {
                    commit(state, validator, round);
                }
                if (round < rounds - 1 && timedOut[validator][round] == 0 && !gaveUp && entered(round)) {
                    timeOut(state, validator, round);
                }
            }
        }
        if (fault == Fault.AMNESIA && !crashed) {
            push(state | crashedBit());
        }
    }

    private void prepare(long state, int validator, int round) {
        int allowed = allowed(round);
        for (int value = 0; value < 2; value++) {
            if ((allowed >> value & 1) == 1) {
                push(with(state, validator, round, 1 << value));
            }
        }
    }

    private void commit(long state, int validator, int round) {
        for (int value = 0; value < 2; value++) {
            if (certified(prepared, round, value)) {
                push(with(state, validator, round, 1 << value << 2));
            }
        }
    }

    private void timeOut(long state, int validator, int round) {
        int lowest = -1; // the last round that it knows to have committed in
        for (int earlier = 0; earlier < rounds && fault != Fault.UNDER_REPORTED_QC; earlier++) {
            if (knownCommitted(validator, earlier) != 0) {
                lowest = earlier;
            }
        }
        if (lowest > round) {
            return;
        }
        if (lowest < 0) {
            push(with(state, validator, round, 1 << 4));
        }
        for (int qcRound = Math.max(lowest, 0); qcRound <= round; qcRound++) {
            for (int value = 0; value < 2; value++) {
                boolean other = fault != Fault.UNDER_REPORTED_QC
                        && qcRound == lowest
                        && (knownCommitted(validator, qcRound) >> value & 1) == 0;
                if (certified(prepared, qcRound, value) && !other) {
                    push(with(state, validator, round, 2 + 2 * qcRound + value << 4));
                }
            }
        }
    }

    /** The values that some valid TC of the round before lets a leader propose, as two bits. */
    private int allowed(int round) {
        if (round == 0) {
            return 3;
        }
        int allowed = 0;
        for (int reporters = 1; reporters < 1 << HONEST; reporters++) {
            if (Integer.bitCount(reporters) >= honestOfATc() && allTimedOut(reporters, round - 1)) {
                allowed |= fault == Fault.LEADER_IGNORES_QC_OF_TC ? 3 : allowedBy(reporters, round - 1);
            }
        }
        return allowed;
    }

    /** The honest part of a TC reports its highest QC; the Byzantine one may report any that exists. */
    private int allowedBy(int reporters, int timedOutRound) {
        int highest = -1;
        int values = 0;
        for (int validator = 0; validator < HONEST; validator++) {
            int report = timedOut[validator][timedOutRound];
            if ((reporters >> validator & 1) == 1 && report >= 2) {
                int qcRound = (report - 2) / 2;
                int value = 1 << (report & 1);
                values = qcRound > highest ? value : qcRound == highest ? values | value : values;
                highest = Math.max(highest, qcRound);
            }
        }
        int allowed = highest < 0 ? 3 : values;
        for (int qcRound = Math.max(highest, 0); qcRound <= timedOutRound; qcRound++) {
            for (int value = 0; value < 2; value++) {
                allowed |= certified(prepared, qcRound, value) ? 1 << value : 0;
            }
        }
        return allowed;
    }

    private boolean allTimedOut(int validators, int round) {
        for (int validator = 0; validator < HONEST; validator++) {
            if ((validators >> validator & 1) == 1 && timedOut[validator][round] == 0) {
                return false;
            }
        }
        return true;
    }

    private int honestOfATc() {
        return fault == Fault.TC_QUORUM_ONE_TOO_SMALL ? HONEST_OF_A_QUORUM - 1 : HONEST_OF_A_QUORUM;
    }

    private boolean entered(int round) {
        int reporters = 0;
        for (int validator = 0; validator < HONEST && round > 0; validator++) {
            reporters += timedOut[validator][round - 1] == 0 ? 0 : 1;
        }
        return round == 0 || reporters >= honestOfATc();
    }

    private static boolean certified(int[][] votes, int round, int value) {
        int count = 0;
        for (int[] ofValidator : votes) {
            count += ofValidator[round] >> value & 1;
        }
        return count >= HONEST_OF_A_QUORUM;
    }

    private int decided() {
        int values = 0;
        for (int round = 0; round < rounds; round++) {
            for (int value = 0; value < 2; value++) {
                values |= certified(committed, round, value) ? 1 << value : 0;
            }
        }
        return values;
    }

    // what a validator knows of itself; validator 0 only what it did since it crashed

    private boolean forgot(int validator) {
        return crashed && validator == 0;
    }

    private int knownPrepared(int validator, int round) {
        return forgot(validator) ? remembered[0][round] & 3 : prepared[validator][round];
    }

    private int knownCommitted(int validator, int round) {
        return forgot(validator) ? remembered[0][round] >> 2 & 3 : committed[validator][round];
    }

    private boolean gaveUp(int validator, int round) {
        for (int later = round; later < rounds; later++) {
            if (forgot(validator) ? remembered[0][later] >> 4 != 0 : timedOut[validator][later] != 0) {
                return true;
            }
        }
        return false;
    }

    // packing: the cells of validators 0, 1 and 2; with amnesia also the crash bit and five bits a round remembered

    private long with(long state, int validator, int round, int cellBits) {
        long changed = state | (long) cellBits << validator * groupBits + round * CELL_BITS;
        if (forgot(validator)) {
            int known = cellBits >> 4 == 0 ? cellBits : 1 << 4;
            changed |= (long) known << HONEST * groupBits + 1 + 5 * round;
        }
        return changed;
    }

    private long crashedBit() {
        return 1L << HONEST * groupBits;
    }

    private void unpack(long state) {
        for (int validator = 0; validator < HONEST; validator++) {
            for (int round = 0; round < rounds; round++) {
                int cell = (int) (state >>> validator * groupBits + round * CELL_BITS) & 127;
                prepared[validator][round] = cell & 3;
                committed[validator][round] = cell >> 2 & 3;
                timedOut[validator][round] = cell >> 4;
            }
        }
        crashed = fault == Fault.AMNESIA && (state & crashedBit()) != 0;
        for (int round = 0; round < rounds && fault == Fault.AMNESIA; round++) {
            remembered[0][round] = (int) (state >>> HONEST * groupBits + 1 + 5 * round) & 31;
        }
    }

    private void push(long state) {
        long canonical = Math.min(sorted(state), sorted(valuesSwapped(state)));
        if (seen.add(canonical)) {
            if (nextSize == next.length) {
                next = Arrays.copyOf(next, 2 * nextSize);
            }
            next[nextSize++] = canonical;
        }
    }

    /** Validators in the order of what they did; with amnesia validator 0 keeps its place, for it is special. */
    private long sorted(long state) {
        long mask = (1L << groupBits) - 1;
        long a = state & mask;
        long b = state >>> groupBits & mask;
        long c = state >>> 2 * groupBits & mask;
        long rest = state >>> HONEST * groupBits << HONEST * groupBits;
        if (fault != Fault.AMNESIA) {
            long low = Math.min(a, Math.min(b, c));
            long high = Math.max(a, Math.max(b, c));
            return low | a + b + c - low - high << groupBits | high << 2 * groupBits;
        }
        return rest | a | Math.min(b, c) << groupBits | Math.max(b, c) << 2 * groupBits;
    }

    private long valuesSwapped(long state) {
        long swapped = 0;
        for (int cell = 0; cell < HONEST * rounds; cell++) {
            swapped |= (long) swapCell((int) (state >>> cell * CELL_BITS) & 127) << cell * CELL_BITS;
        }
        if (fault == Fault.AMNESIA) {
            swapped |= state & crashedBit();
            for (int round = 0; round < rounds; round++) {
                int shift = HONEST * groupBits + 1 + 5 * round;
                int known = (int) (state >>> shift) & 31;
                swapped |= (long) (swapPairs(known & 15) | known & 16) << shift;
            }
        }
        return swapped;
    }

    private static int swapCell(int cell) {
        int report = cell >> 4;
        return swapPairs(cell & 15) | (report < 2 ? report : report ^ 1) << 4;
    }

    private static int swapPairs(int votes) {
        return (votes & 5) << 1 | (votes & 10) >> 1;
    }
}
