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

    public ReplicaConfig {
        if (disseminationBytes < ledgerLimits.maxTransactionBytes()) {
            throw new IllegalArgumentException("at least one transaction must fit into what is sent again");
        }
    }
}
