package io.consilium.node;

import io.consilium.crypto.Hash;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.storage.Snapshot;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** What the client API may ask of its node. Every method may be called from any thread and none blocks. */
public interface NodeGateway {
    /**
     * Checks the signatures, once, on the verification pool, and puts what is admissible into the mempool. The answers
     * come in the order of the transactions.
     */
    CompletableFuture<List<Admission>> submit(List<ParsedTransaction> transactions);

    /**
     * Completes when the transaction is final, at once if it is already. The caller bounds the wait and cancels the
     * future; fails with {@link NodeBusyException} when too many wait, and when the node stops.
     */
    CompletableFuture<CommittedTransaction> committed(Hash txId);

    /** A consistent view for queries; the caller closes it. */
    Snapshot snapshot();

    NodeStatus status();

    /** Height of the newest final block, 0 before the first; costs nothing. */
    long height();

    /** Whether the transaction waits for a block here. */
    boolean isPending(Hash txId);

    Hash chainId();

    /** Slug of the institution that runs this node. */
    String institution();

    /** The node's clock, milliseconds since 1970. */
    long nowMillis();

    /** The listener is called for each final block, in order, on one thread that is not the deciding one. */
    void onCommitted(Consumer<CommittedBlock> listener);

    /** A thread of its own for work beside deciding; an Error there stops the node. The caller closes it. */
    BackgroundWork background(String name);

    /** Sends a ciphertext that this node's vault holds whole to the vault of another institution's node (REC-2). */
    CompletionStage<PayloadForward> forwardPayload(String institution, Hash ciphertextHash);

    /** Draws a ciphertext that the ledger has both keep from the vault of another institution's node (REC-2). */
    CompletionStage<PayloadForward> fetchPayload(String institution, Hash ciphertextHash);
}
