package io.consilium.node.replica;

import io.consilium.consensus.ProposedBlock;
import io.consilium.consensus.RecoveredState;
import io.consilium.consensus.Tip;
import io.consilium.consensus.ValidatorSets;
import io.consilium.consensus.VoteEntry;
import io.consilium.consensus.VoteRecord;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.state.StateReader;
import io.consilium.storage.ChainReader;
import io.consilium.storage.ChainStore;
import io.consilium.storage.ChainTip;
import io.consilium.storage.StoredBlock;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a replica takes from its store when it starts: tip, validator sets, leader record and vote record (BFT-16). */
final class ReplicaRecovery {
    private static final byte[] NO_LEADER_RECORD = {};

    private ReplicaRecovery() {}

    static RecoveredState recover(ChainStore store, byte[] nonce) {
        return new RecoveredState(tip(store), validatorSets(store), leaderRecord(store), voteRecord(store), nonce);
    }

    /** Throws {@link IllegalStateException} if the stored tip does not decode: what is on disk is not what was written. */
    static Tip tip(ChainReader store) {
        ChainTip tip = store.tip();
        if (tip.height() == 0) {
            return Tip.genesis(tip.blockHash());
        }
        try {
            return new Tip(
                    tip.height(),
                    tip.blockHash(),
                    Optional.of(BlockHeader.decode(store.header(tip.height()).orElseThrow())),
                    Optional.of(QuorumCertificate.decode(
                            store.commitQc(tip.height()).orElseThrow())));
        } catch (MalformedException damaged) {
            throw new IllegalStateException("the stored block of height " + tip.height() + " is damaged", damaged);
        }
    }

    /** A decided block as peers exchange it. */
    static ProposedBlock block(ChainReader store, long height) {
        StoredBlock block = store.block(height).orElseThrow();
        try {
            return new ProposedBlock(BlockHeader.decode(block.header()), block.body());
        } catch (MalformedException damaged) {
            throw new IllegalStateException("the stored header of height " + height + " is damaged", damaged);
        }
    }

    /** The state after h names the set of h + 2 (BFT-18). */
    static ValidatorSets validatorSets(ChainReader store) {
        long height = store.tipHeight();
        return new ValidatorSets(
                named(store, Math.max(0, height - 2)), named(store, Math.max(0, height - 1)), named(store, height));
    }

    private static ValidatorSet named(ChainReader store, long height) {
        StateReader state = height == store.tipHeight()
                ? store.latest()
                : store.stateAt(height)
                        .orElseThrow(() -> new IllegalStateException("the state of height " + height
                                + " is pruned although the validator sets after the tip depend on it"));
        return new LedgerState(state).validators();
    }

    static byte[] leaderRecord(ChainReader store) {
        return store.latest().get(StateKeys.LEADER_RECORD).orElse(NO_LEADER_RECORD);
    }

    /** Absent where it is missing or does not decode: then this node observes before it votes (BFT-16). */
    private static Optional<VoteRecord> voteRecord(ChainStore store) {
        AtomicBoolean found = new AtomicBoolean();
        try {
            VoteRecord record = VoteRecord.of(entries ->
                    found.set(store.votes(entry -> entries.accept(new VoteEntry(entry.key(), entry.value())))));
            return found.get() ? Optional.of(record) : Optional.empty();
        } catch (MalformedException unreadable) {
            return Optional.empty();
        }
    }
}
