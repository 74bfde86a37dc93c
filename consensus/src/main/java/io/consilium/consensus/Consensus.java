package io.consilium.consensus;

import io.consilium.crypto.Hash;
import java.util.List;
import java.util.Optional;

/** The agreement core of one node: events in, ordered effects out. */
public final class Consensus {
    public Consensus(ConsensusConfig config, RecoveredState recovered) {}

    public List<Effect> start(long nowMillis) {
        throw new UnsupportedOperationException();
    }

    public List<Effect> step(Event event) {
        throw new UnsupportedOperationException();
    }

    public ConsensusView view() {
        throw new UnsupportedOperationException();
    }
    /** A block of the current height that this validator holds, for peers that fetch it. */
    public Optional<ProposedBlock> heldBlock(Hash blockHash) {
        throw new UnsupportedOperationException();
    }
}
