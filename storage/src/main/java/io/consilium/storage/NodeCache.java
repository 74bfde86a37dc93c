package io.consilium.storage;

import io.consilium.ledger.state.NodeKey;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The branches of the state tree that were used last, on the heap, of each place the newest.
 *
 * <p>Each block reads the branches that the block before it wrote, so they are put in when they are written, over those
 * that they follow. Leaves are left out: an update never reads them. A node never changes under its key, so there is
 * nothing to invalidate; a branch that vanished leaves in its turn.
 */
final class NodeCache {
    private static final int ENTRY_OVERHEAD_BYTES = 200;

    private final long maxBytes;
    private final LinkedHashMap<NodeKey.Place, Node> nodes = new LinkedHashMap<>(64, 0.75f, true);
    private long bytes;

    private record Node(long version, byte[] encoded) {
        long cost() {
            return encoded.length + (long) ENTRY_OVERHEAD_BYTES;
        }
    }

    NodeCache(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    synchronized Optional<byte[]> get(NodeKey key) {
        Node node = nodes.get(key.place());
        return node != null && node.version == key.version() ? Optional.of(node.encoded) : Optional.empty();
    }

    /** Whoever reads an old version does not displace the newest. */
    synchronized void put(NodeKey key, byte[] encoded) {
        if (isLeaf(key)) {
            return;
        }
        Node node = new Node(key.version(), encoded);
        Node before = nodes.put(key.place(), node);
        if (before == null) {
            bytes += node.cost();
        } else if (before.version > node.version) {
            nodes.put(key.place(), before);
        } else {
            bytes += node.cost() - before.cost();
        }
        trim();
    }

    synchronized void putAll(Map<NodeKey, byte[]> written) {
        written.forEach(this::put);
    }

    private static boolean isLeaf(NodeKey key) {
        return key.nibbles() == NodeKey.LEAF_NIBBLES;
    }

    private void trim() {
        if (bytes <= maxBytes) {
            return;
        }
        Iterator<Node> oldest = nodes.values().iterator();
        while (bytes > maxBytes && oldest.hasNext()) {
            bytes -= oldest.next().cost();
            oldest.remove();
        }
    }

    synchronized long bytes() {
        return bytes;
    }
}
