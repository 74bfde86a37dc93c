package io.consilium.node;

import java.util.concurrent.atomic.LongAdder;

/** What a node has done since its start, for metrics. */
public final class NodeCounters {
    final LongAdder blocks = new LongAdder();
    final LongAdder transactions = new LongAdder();
    final LongAdder admitted = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder droppedFrames = new LongAdder();
    final LongAdder alarms = new LongAdder();
    final LongAdder evidence = new LongAdder();

    public long blocks() {
        return blocks.sum();
    }

    /** In final blocks. */
    public long transactions() {
        return transactions.sum();
    }

    /** Of clients, into the mempool. */
    public long admitted() {
        return admitted.sum();
    }

    /** Of clients, turned away for whatever reason. */
    public long refused() {
        return refused.sum();
    }

    /** Frames of peers that were not handled because a queue was full. */
    public long droppedFrames() {
        return droppedFrames.sum();
    }

    public long alarms() {
        return alarms.sum();
    }

    /** Proofs that a validator broke the protocol (BFT-19). */
    public long evidence() {
        return evidence.sum();
    }
}
