package io.consilium.node.replica;

import io.consilium.consensus.ConsensusConfig;
import io.consilium.crypto.Hash;
import io.consilium.ledger.LedgerLimits;

/**
 * What a replica is started with.
 *
 * @param institution slug of the institution that runs this node
 * @param disseminationBytes of pending transactions sent again at one time (BFT-9), and to a peer that connects
 */
public record ReplicaConfig(
        Hash chainId,
        String institution,
        ConsensusConfig consensus,
        LedgerLimits ledgerLimits,
        MempoolLimits mempoolLimits,
        int disseminationBytes) {
    public static final int DISSEMINATION_BYTES = 1 << 20;

    /** Blocks with their results that are kept at one time: undecided siblings, and the one being made. */
    public static final int MAX_EXECUTED_BLOCKS = BlockExecutor.MAX_SIBLINGS + 1;

    /** Of blocks that were fetched and wait for their turn. */
    public static final long MAX_FETCHED_BYTES = BlockSync.MAX_BUFFERED_BYTES;

    public ReplicaConfig {
        if (disseminationBytes < ledgerLimits.maxTransactionBytes()) {
            throw new IllegalArgumentException("at least one transaction must fit into what is sent again");
        }
    }
}
