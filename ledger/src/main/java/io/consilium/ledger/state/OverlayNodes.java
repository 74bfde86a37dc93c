package io.consilium.ledger.state;

import java.util.Optional;
import java.util.SortedMap;

/** The tree nodes of blocks that are executed and not yet decided, above the stored nodes (TX-7). */
public record OverlayNodes(NodeReader below, SortedMap<NodeKey, byte[]> nodes) implements NodeReader {
    @Override
    public Optional<byte[]> node(NodeKey key) {
        byte[] node = nodes.get(key);
        return node != null ? Optional.of(node) : below.node(key);
    }
}
