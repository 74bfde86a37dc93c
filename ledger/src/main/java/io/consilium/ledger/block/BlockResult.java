package io.consilium.ledger.block;

import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.ledger.state.StateKey;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What a block means.
 *
 * @param changes new values of the authenticated state; absent = deleted
 * @param nextValidatorSet the set of the height after next (BFT-18)
 */
public record BlockResult(
        List<Receipt> receipts,
        SortedMap<StateKey, Optional<byte[]>> changes,
        List<IndexEntry> index,
        List<LedgerEvent> events,
        ValidatorSet nextValidatorSet,
        Hash receiptsRoot) {
    public BlockResult {
        receipts = List.copyOf(receipts);
        index = List.copyOf(index);
        events = List.copyOf(events);
    }
}
