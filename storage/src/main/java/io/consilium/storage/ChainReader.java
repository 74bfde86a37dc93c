package io.consilium.storage;

import io.consilium.crypto.Hash;
import io.consilium.ledger.state.NodeReader;
import io.consilium.ledger.state.StateReader;
import java.util.List;
import java.util.Optional;

/** What can be read of a chain: blocks, state, indexes and events. */
public interface ChainReader {
    /** Entries of one page of an index or of the event log, at most. */
    int MAX_PAGE = 1_000;

    ChainTip tip();

    /** Height of the tip, 0 before the first block. */
    default long tipHeight() {
        return tip().height();
    }

    /** Empty for height 0, which has no block, and above the tip. */
    Optional<StoredBlock> block(long height);

    /** Canonical bytes of a header. */
    Optional<byte[]> header(long height);

    /** Canonical bytes of the commit certificate that decided a height here. */
    Optional<byte[]> commitQc(long height);

    Optional<TxLocation> transaction(Hash txId);

    /** State root after a block; of genesis at height 0. */
    Optional<Hash> stateRoot(long height);

    /** The newest value of each key. */
    StateReader latest();

    /** The values after the block of a height; empty where that is pruned or not yet there. */
    Optional<StateReader> stateAt(long height);

    /** Nodes of the state tree, of every version from {@link #oldestVersion()} on. */
    NodeReader nodes();

    /** The earliest height whose state can still be read and proven. */
    long oldestVersion();

    /**
     * Entries of an index whose keys start with the prefix, 1 to {@link #MAX_PAGE} of them.
     *
     * @param afterKey go on behind this key (before it, in reverse), which need not be there any more
     */
    IndexPage scan(String index, byte[] prefix, Optional<byte[]> afterKey, int limit, boolean reverse);

    /** Proofs of faults that this node found and the chain does not have yet, in the order of heights (BFT-19). */
    List<HeldEvidence> evidence();

    /** Events after the cursor, at most {@code limit} (1 to {@link #MAX_PAGE}). */
    EventPage events(EventCursor after, int limit);
}
