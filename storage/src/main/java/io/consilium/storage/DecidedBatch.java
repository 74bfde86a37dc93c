package io.consilium.storage;

import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.VoteType;
import io.consilium.ledger.block.IndexEntry;
import io.consilium.ledger.block.LedgerEvent;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.TreeUpdate;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Everything that deciding one block writes, in one atomic batch (BFT-15).
 *
 * @param body bytes that the header's transactionsRoot commits to
 * @param txIds ids of the body's transactions, in order
 * @param receipts canonical bytes, one for each transaction
 * @param changes new value of each changed state key, absent for a deleted one
 * @param tree what the same changes do to the state tree; its root is the header's
 */
public record DecidedBatch(
        BlockHeader header,
        QuorumCertificate commitQc,
        byte[] body,
        List<Hash> txIds,
        List<byte[]> receipts,
        SortedMap<StateKey, Optional<byte[]>> changes,
        TreeUpdate tree,
        List<IndexEntry> index,
        List<LedgerEvent> events) {
    public DecidedBatch {
        txIds = List.copyOf(txIds);
        receipts = List.copyOf(receipts);
        index = List.copyOf(index);
        events = List.copyOf(events);
        require(commitQc.type() == VoteType.COMMIT, header, "is decided by a " + commitQc.type() + " certificate");
        require(commitQc.height() == header.height(), header, "has a certificate of height " + commitQc.height());
        require(commitQc.blockHash().equals(header.hash()), header, "has a certificate of another block");
        require(txIds.size() == receipts.size(), header, "has not one receipt for each transaction");
        require(tree.root().equals(header.stateRoot()), header, "has another state root than its changes");
    }

    private static void require(boolean holds, BlockHeader header, String fault) {
        if (!holds) {
            throw new IllegalArgumentException("block " + header.height() + " " + fault);
        }
    }

    public long height() {
        return header.height();
    }

    /** Hash of the block, which the certificate names and the constructor has checked. */
    public Hash blockHash() {
        return commitQc.blockHash();
    }
}
