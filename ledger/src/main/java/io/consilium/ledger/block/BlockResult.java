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
 * @param faults transactions on which a rule broke, for the operator's log; no part of the block's meaning
 */
public record BlockResult(
        List<Receipt> receipts,
        SortedMap<StateKey, Optional<byte[]>> changes,
        List<IndexEntry> index,
        List<LedgerEvent> events,
        ValidatorSet nextValidatorSet,
        Hash receiptsRoot,
        List<Fault> faults) {
    /** A rule threw on this transaction, which is refused with LEDGER_FAULT. */
    public record Fault(Hash txId, RuntimeException cause) {}

    public BlockResult {
        receipts = List.copyOf(receipts);
        index = List.copyOf(index);
        events = List.copyOf(events);
        faults = List.copyOf(faults);
    }
}
