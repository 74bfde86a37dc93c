package io.consilium.bench.simulator;

import io.consilium.storage.VoteEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * The disk of one simulated node, which outlives its process: what is durable, and the writes since the last sync. A
 * crash keeps some prefix of those writes, each whole or not at all, because the log is a prefix and a batch has one
 * checksum (BFT-15).
 */
final class MemoryDisk {
    private static final int MAX_UNSYNCED = 10_000;

    private final ChainImage genesis;
    private final List<Consumer<ChainImage>> unsynced = new ArrayList<>();
    private ChainImage durable;
    private ChainImage written;
    private ChainImage backup;
    private long syncs;
    private int crashPointsLeft = -1;

    /** @param genesis with its vote record; it is copied */
    MemoryDisk(ChainImage genesis) {
        this.genesis = genesis.copy();
        this.durable = genesis.copy();
        this.written = genesis.copy();
        this.backup = genesis.copy();
    }

    ChainImage written() {
        return written;
    }

    ChainImage durable() {
        return durable;
    }

    long syncs() {
        return syncs;
    }

    void write(Consumer<ChainImage> change) {
        if (unsynced.size() >= MAX_UNSYNCED) {
            throw new Violation("BOUNDS", MAX_UNSYNCED + " writes wait for a sync");
        }
        change.accept(written);
        unsynced.add(change);
    }

    void sync() {
        unsynced.forEach(change -> change.accept(durable));
        unsynced.clear();
        durable.dropVotesThrough(durable.tip.height());
        written.dropVotesThrough(durable.tip.height());
        syncs++;
    }

    /** Lets the process die at the n-th point from now, 1 being the next. */
    void armCrash(int points) {
        crashPointsLeft = points;
    }

    void crashPoint(String where) {
        if (crashPointsLeft > 0 && --crashPointsLeft == 0) {
            throw new SimulatedCrash(where);
        }
    }

    /** The machine is off: of the unsynced writes only the first {@code kept} are there when it starts again. */
    void lose(int kept) {
        unsynced.subList(0, Math.min(kept, unsynced.size())).forEach(change -> change.accept(durable));
        unsynced.clear();
        written = durable.copy();
        crashPointsLeft = -1;
    }

    int unsyncedWrites() {
        return unsynced.size();
    }

    /** Somebody copies the disk away, to put it back one day. */
    void backUp() {
        backup = durable.copy();
    }

    /** An old copy is put back, vote record and all. */
    void restoreBackup() {
        replace(backup.copy());
    }

    /** The disk was replaced: only the genesis is on it, and no vote record (BFT-16). */
    void wipe() {
        ChainImage empty = genesis.copy();
        empty.voteRecord = false;
        empty.votes.clear();
        replace(empty);
    }

    private void replace(ChainImage by) {
        durable = by;
        written = by.copy();
        unsynced.clear();
    }

    /** Whether the durable vote record holds an entry with these bytes in its value, such as a signature. */
    boolean holdsDurably(byte[] signature) {
        for (VoteEntry entry : durable.votes.values()) {
            if (contains(entry.value(), signature)) {
                return true;
            }
        }
        return false;
    }

    static boolean contains(byte[] value, byte[] part) {
        for (int at = value.length - part.length; at >= 0; at--) {
            if (value[at] == part[0] && Arrays.equals(value, at, at + part.length, part, 0, part.length)) {
                return true;
            }
        }
        return false;
    }
}
