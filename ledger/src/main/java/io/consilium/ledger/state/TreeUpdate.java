package io.consilium.ledger.state;

import io.consilium.crypto.Hash;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;

/**
 * What one update of the state tree produced.
 *
 * @param newNodes nodes to store, all of the new version; in ascending order, in which a store takes them fastest
 * @param staleNodes nodes of earlier versions that the new version no longer reaches: to be deleted when the version
 *     before the update is pruned
 */
public record TreeUpdate(Hash root, SortedMap<NodeKey, byte[]> newNodes, List<NodeKey> staleNodes) {
    public TreeUpdate {
        newNodes = Collections.unmodifiableSortedMap(newNodes);
        staleNodes = List.copyOf(staleNodes);
    }
}
