package io.consilium.node.process;

import io.consilium.node.NodeSettings;
import io.consilium.node.config.NodeConfig;
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

    /** What a node takes at rest: its code's own, and small caches of keys, proofs and signatures. */
    private static final long AT_REST = 24 * MIB;

    /** Frames of peers that were read and not yet handled. */
    private static final long READ_FROM_PEERS = 24 * MIB;

    /** The lanes of blocks and of bulk; a frame that waits for several peers is there once. */
    private static final int LANES = 2;

    private static final long TOKEN_BYTES = 96;
    private static final long WAITER_BYTES = 200;

    private final Map<String, Long> bySetting = new LinkedHashMap<>();

    HeapBudget(NodeConfig config) {
        bySetting.put("mempool.max-bytes", config.pending().maxBytes());
        bySetting.put("mempool.max-waiters", config.pending().maxWaiters() * WAITER_BYTES);
        bySetting.put("api.max-in-flight-bytes", config.api().maxInFlightBytes());
        bySetting.put("token.max-remembered", config.tokens().maxRemembered() * TOKEN_BYTES);
        bySetting.put("peers.max-queued-bytes", LANES * config.peers().maxQueuedBytes());
        bySetting.put("storage.node-cache-bytes", config.storage().bounds().nodeCacheBytes());
    }

    long bytes() {
        return AT_REST
                + READ_FROM_PEERS
                + NodeSettings.INGRESS_BYTES
                + bySetting.values().stream().mapToLong(Long::longValue).sum();
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
