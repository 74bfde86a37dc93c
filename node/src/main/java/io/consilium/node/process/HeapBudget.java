package io.consilium.node.process;

import io.consilium.node.Node;
import io.consilium.node.NodeSettings;
import io.consilium.node.config.NodeConfig;
import io.consilium.node.net.PeerNetworkConfig;
import io.consilium.node.replica.ReplicaConfig;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a node may hold in its heap at once, by its bounds, held against the heap that it has: a node within every bound
 * must not run out of memory.
 */
final class HeapBudget {
    private static final long MIB = 1 << 20;

    /** What a node takes at rest: its code's own, and small caches of proofs. */
    private static final long AT_REST = 24 * MIB;

    /** Keys that were parsed, signatures and transactions that were verified. */
    private static final long REMEMBERED = 8 * MIB;

    /** Blocks of which callers and readers were not told yet: 20,000 transactions with their events. */
    private static final long UNTOLD = 8 * MIB;

    /** What an executed block takes for each byte of its body: the body, its transactions and what they write. */
    private static final int EXECUTED = 2;

    /**
     * Peers that the launcher's heap carries with the default bounds. Those that the registry brings later must not keep
     * a node from starting that started before.
     */
    static final int CARRIED_PEERS = 12;

    private static final long TOKEN_BYTES = 96;
    private static final long WAITER_BYTES = 200;

    private final Map<String, Long> bySetting = new LinkedHashMap<>();
    private final long fixed;

    /**
     * @param peers institutions that this one may be connected to
     * @param maxBlockBytes of the chain
     */
    HeapBudget(NodeConfig config, int peers, int maxBlockBytes) {
        long frame = Math.max(config.peers().maxFrameBytes(), (long) maxBlockBytes + Node.FRAME_OVERHEAD_BYTES);
        bySetting.put("mempool.max-bytes", config.pending().maxBytes());
        bySetting.put("mempool.max-waiters", config.pending().maxWaiters() * WAITER_BYTES);
        bySetting.put("api.max-in-flight-bytes", config.api().maxInFlightBytes());
        bySetting.put("token.max-remembered", config.tokens().maxRemembered() * TOKEN_BYTES);
        bySetting.put("peers.max-queued-bytes", peers * Math.max(config.peers().maxQueuedBytes(), frame));
        bySetting.put("storage.node-cache-bytes", config.storage().bounds().nodeCacheBytes());
        fixed = AT_REST
                + REMEMBERED
                + UNTOLD
                + NodeSettings.INGRESS_BYTES
                + ReplicaConfig.MAX_FETCHED_BYTES
                + (long) ReplicaConfig.MAX_EXECUTED_BLOCKS * EXECUTED * maxBlockBytes
                + (long) peers * PeerNetworkConfig.MAX_VOTE_QUEUE_BYTES
                // A frame is read whole before reading pauses.
                + PeerNetworkConfig.MAX_INBOUND_BYTES_IN_ALL
                + frame
                + PeerNetworkConfig.MAX_FRAME_VALUE_BYTES;
    }

    /**
     * Throws where the bounds and up to twelve peers do not fit the heap; says so where only further peers do not.
     *
     * @return a warning for whoever runs the node
     */
    static Optional<String> require(NodeConfig config, int peers, int maxBlockBytes, long heapBytes)
            throws NodeStartException {
        Optional<NodeStartException> objection =
                new HeapBudget(config, Math.min(peers, CARRIED_PEERS), maxBlockBytes).objection(heapBytes);
        if (objection.isPresent()) {
            throw objection.get();
        }
        return new HeapBudget(config, peers, maxBlockBytes)
                .objection(heapBytes)
                .map(below -> "HEAP_BELOW_BOUNDS: with " + peers + " peers " + below.error() + "; " + below.hint());
    }

    long bytes() {
        return fixed + bySetting.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Why a heap of this size is too small, if it is. */
    Optional<NodeStartException> objection(long heapBytes) {
        if (bytes() <= heapBytes) {
            return Optional.empty();
        }
        Map.Entry<String, Long> largest = bySetting.entrySet().stream()
                .max(Comparator.comparingLong(Map.Entry::getValue))
                .orElseThrow();
        return Optional.of(new NodeStartException(
                NodeStartException.USAGE,
                "HEAP_TOO_SMALL",
                "the bounds of this node add up to " + mebibytes(bytes()) + " MiB in memory, " + largest.getKey()
                        + " alone to " + mebibytes(largest.getValue()) + " MiB, and its heap has "
                        + heapBytes / MIB + " MiB",
                "lower " + largest.getKey() + ", or give it the memory: CONSILIUM_JAVA_OPTS=-Xmx"
                        + mebibytes(bytes() + bytes() / 16) + "m"));
    }

    private static long mebibytes(long bytes) {
        return (bytes + MIB - 1) / MIB;
    }
}
