package io.consilium.node;

import io.consilium.crypto.Hash;
import io.consilium.ledger.state.LedgerState;
import io.consilium.node.vault.PayloadClaims;
import io.consilium.storage.ChainStore;
import io.consilium.storage.Snapshot;
import io.consilium.storage.SnapshotLimitException;
import java.util.function.BooleanSupplier;

/**
 * Who keeps a payload as of the newest block of this node.
 *
 * @param current whether this node knows the newest blocks: one that does not may have missed an erasure, so that for it
 *     nobody keeps anything (PRV-6)
 */
record StateHolders(ChainStore store, String institution, BooleanSupplier current) implements PayloadFetching.Holders {
    @Override
    public boolean keeps(String holder, Hash ciphertextHash) {
        try {
            return current.getAsBoolean() && standing(holder, ciphertextHash) == PayloadClaims.Standing.KEPT;
        } catch (SnapshotLimitException busy) {
            return false; // the asker tries again
        }
    }

    @Override
    public boolean isErased(Hash ciphertextHash) {
        try {
            return standing(institution, ciphertextHash) == PayloadClaims.Standing.ERASED;
        } catch (SnapshotLimitException busy) {
            return false; // the sweep throws out what came in so
        }
    }

    private PayloadClaims.Standing standing(String holder, Hash ciphertextHash) {
        try (Snapshot snapshot = store.snapshot()) {
            return new PayloadClaims(snapshot, new LedgerState(snapshot.latest())).standing(holder, ciphertextHash);
        }
    }
}
