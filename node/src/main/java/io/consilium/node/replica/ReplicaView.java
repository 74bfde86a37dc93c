package io.consilium.node.replica;

import io.consilium.consensus.ConsensusView;
import io.consilium.storage.ChainTip;
import java.util.Map;
import java.util.Optional;

/**
 * Where a replica stands, for status, health and metrics.
 *
 * @param peerHeights what peers last told of themselves, by institution
 */
public record ReplicaView(
        ConsensusView consensus,
        ChainTip tip,
        int pendingTransactions,
        long pendingBytes,
        Optional<Long> syncTarget,
        Map<String, Long> peerHeights) {
    public ReplicaView {
        peerHeights = Map.copyOf(peerHeights);
    }
}
