package io.consilium.node;

import io.consilium.crypto.Hash;
import io.consilium.ledger.state.LedgerState;
import io.consilium.node.vault.PayloadClaims;
import io.consilium.storage.ChainStore;
import io.consilium.storage.Snapshot;
import io.consilium.storage.SnapshotLimitException;

/** Who keeps a payload as of the newest block of this node. */
record StateHolders(ChainStore store, String institution) implements PayloadFetching.Holders {
    @Override
    public boolean keeps(String holder, Hash ciphertextHash) {
        try {
            return standing(holder, ciphertextHash) == PayloadClaims.Standing.KEPT;
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
