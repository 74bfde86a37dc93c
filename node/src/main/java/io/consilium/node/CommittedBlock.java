package io.consilium.node;

import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.ledger.block.LedgerEvent;
import java.util.List;

/** A block that has just become final and is in the store. */
public record CommittedBlock(
        BlockHeader header, Hash blockHash, List<CommittedTransaction> transactions, List<LedgerEvent> events) {
    public CommittedBlock {
        transactions = List.copyOf(transactions);
        events = List.copyOf(events);
    }

    public long height() {
        return header.height();
    }
}
