package io.consilium.storage;

import io.consilium.ledger.state.StateKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The chain, its state and this validator's vote record, in one store with one log (BFT-15).
 *
 * <p>{@link #commit} and {@link #appendVotes} are called by one thread at a time in the order of consensus' effects; reads
 * may come from every thread. A write or read that fails throws {@link StorageFailure}, on which the process stops
 * (BFT-16).
 */
public interface ChainStore extends ChainReader, AutoCloseable {
    /**
     * Appends a decided block: all of the batch or nothing. Not yet durable when it returns: the next
     * {@link #appendVotes} makes it so, since the log is a prefix. Vote entries stay until the block of their height is
     * durable.
     *
     * @throws IllegalArgumentException the block does not follow the tip: a broken invariant
     */
    void commit(DecidedBatch batch);

    /** Writes the entries, durable when it returns (BFT-6). An entry replaces an earlier one of the same key. */
    void appendVotes(List<VoteEntry> entries);

    /**
     * Keeps a proof, durable when it returns (BFT-19).
     *
     * @return false if one of the same fault is held already, or {@link HeldEvidence#MAX_A_CULPRIT} against the culprit
     */
    boolean keepEvidence(HeldEvidence found);

    /** Lets go of a proof that the chain has, or does not want. */
    void dropEvidence(HeldEvidence held);

    /**
     * The vote record in the order of its keys. Empty where there is none, which is something else than one without
     * entries: the node then starts as an observer (BFT-16), and its first {@link #appendVotes} starts a record.
     */
    default Optional<List<VoteEntry>> votes() {
        List<VoteEntry> entries = new ArrayList<>();
        return votes(entries::add) ? Optional.of(entries) : Optional.empty();
    }

    /** Hands over the same entries one by one; false where there is no record. */
    boolean votes(Consumer<VoteEntry> each);

    /** The newest values of several keys, in their order; cheaper than one by one. */
    List<Optional<byte[]>> getAll(List<StateKey> keys);

    /** @throws SnapshotLimitException too many are open */
    Snapshot snapshot();

    /**
     * Deletes tree nodes that only versions older than the retained ones reach. One step: it stops after the first height
     * that brings it to {@code maxNodes} or more.
     *
     * @return nodes deleted; 0 when nothing is left to prune now
     */
    int prune(int maxNodes);

    /** Small encrypted values of this institution, outside the chain. */
    SecretsStore secrets();

    /** Waits for reads under way, makes everything durable and lets go of the directory. */
    @Override
    void close();
}
