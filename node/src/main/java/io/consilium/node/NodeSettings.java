package io.consilium.node;

import io.consilium.node.config.NodeConfig;
import io.consilium.node.replica.MempoolLimits;
import io.consilium.node.replica.StateDifference;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The parts of a node's configuration that its deciding core needs.
 *
 * @param peerAddresses host:port by institution, in place of the registry's
 * @param maxWaiters callers that may wait for transactions to become final at one time
 * @param maxIngressBytes what clients' transactions may take in memory between their arrival and the mempool
 * @param differences the file that takes what this node computes where results differ
 */
public record NodeSettings(
        String peerHost,
        int peerPort,
        Map<String, String> peerAddresses,
        int maxFrameBytes,
        int maxQueuedBytesPerPeer,
        NodeConfig.Timing timing,
        MempoolLimits mempool,
        int maxWaiters,
        int verifyThreads,
        long maxIngressBytes,
        int maxRememberedTransactions,
        Optional<Path> differences) {
    /** Two submissions of the largest size. */
    public static final long INGRESS_BYTES = 20L << 20;

    private static final int REMEMBERED_TRANSACTIONS = 32_768;

    public NodeSettings {
        peerAddresses = Map.copyOf(peerAddresses);
    }

    public static NodeSettings of(NodeConfig config) {
        return new NodeSettings(
                config.peers().host(),
                config.peers().port(),
                config.peers().addresses(),
                config.peers().maxFrameBytes(),
                (int) Math.min(Integer.MAX_VALUE, config.peers().maxQueuedBytes()),
                config.timing(),
                new MempoolLimits(
                        config.pending().maxTransactions(),
                        config.pending().maxBytes(),
                        MempoolLimits.DEFAULT.institutionPercent()),
                config.pending().maxWaiters(),
                config.pending().verifyThreads(),
                INGRESS_BYTES,
                REMEMBERED_TRANSACTIONS,
                Optional.of(config.directory().resolve(StateDifference.FILE)));
    }
}
