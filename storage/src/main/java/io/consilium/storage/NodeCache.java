package io.consilium.storage;

import io.consilium.ledger.state.NodeKey;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The branches of the state tree that were used last, on the heap.
 *
 * <p>Each block reads the branches that the block before it wrote, so they are put in when they are written. Leaves are
 * left out: an update never reads them. A node never changes under its key, so there is nothing to invalidate but what
 * is stale, and that only for its room.
 */
final class NodeCache {
    private static final int ENTRY_OVERHEAD_BYTES = 200;

    private final long maxBytes;
    private final LinkedHashMap<NodeKey, byte[]> nodes = new LinkedHashMap<>(64, 0.75f, true);
    private long bytes;

    NodeCache(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    synchronized Optional<byte[]> get(NodeKey key) {
        return Optional.ofNullable(nodes.get(key));
    }

    synchronized void put(NodeKey key, byte[] node) {
        if (isLeaf(key)) {
            return;
        }
        byte[] before = nodes.put(key, node);
        bytes += before == null ? cost(node) : node.length - before.length;
        trim();
    }

    synchronized void replace(List<NodeKey> stale, SortedMap<NodeKey, byte[]> written) {
        for (NodeKey key : stale) {
            byte[] removed = isLeaf(key) ? null : nodes.remove(key);
            bytes -= removed == null ? 0 : cost(removed);
        }
        written.forEach(this::put);
    }

    private static boolean isLeaf(NodeKey key) {
        return key.nibbles() == NodeKey.LEAF_NIBBLES;
    }

    private void trim() {
        Iterator<Map.Entry<NodeKey, byte[]>> oldest = nodes.entrySet().iterator();
        while (bytes > maxBytes && oldest.hasNext()) {
            bytes -= cost(oldest.next().getValue());
            oldest.remove();
        }
    }

    private static long cost(byte[] node) {
        return node.length + (long) ENTRY_OVERHEAD_BYTES;
    }

    synchronized long bytes() {
        return bytes;
    }
}
