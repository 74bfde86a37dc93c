package io.consilium.ledger.state;

import io.consilium.crypto.Hash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A state tree in memory, with the plain content beside it and a root computed from that content alone. */
final class StoredTree {
    final SortedMap<NodeKey, byte[]> nodes = new TreeMap<>();
    final SortedMap<StateKey, byte[]> content = new TreeMap<>();
    final List<NodeKey> stale = new ArrayList<>();
    long version = -1;
    Hash root = StateTree.EMPTY_ROOT;

    Optional<byte[]> node(NodeKey key) {
        return Optional.ofNullable(nodes.get(key));
    }

    TreeUpdate update(SortedMap<StateKey, Optional<byte[]>> changes) {
        TreeUpdate update = StateTree.update(this::node, version, root, version + 1, changes);
        update.newNodes().forEach((key, node) -> {
            if (nodes.put(key, node) != null) {
                throw new AssertionError(key + " is written twice");
            }
        });
        stale.addAll(update.staleNodes());
        version++;
        root = update.root();
        changes.forEach(
                (key, value) -> value.ifPresentOrElse(bytes -> content.put(key, bytes), () -> content.remove(key)));
        return update;
    }

    /** Deletes what the newest version does not reach. */
    void prune() {
        for (NodeKey key : stale) {
            if (nodes.remove(key) == null) {
                throw new AssertionError(key + " is stale and was never stored, or is stale twice");
            }
        }
        stale.clear();
    }

    StateProof prove(StateKey key) {
        return StateTree.prove(this::node, version, root, key);
    }

    static StateKey key(int number) {
        return StateKey.of("record/" + number);
    }

    static byte[] value(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The definition of the root, in the fewest words: halve by the bits of the hashed key. */
    static Hash naiveRoot(Map<StateKey, byte[]> content) {
        List<Map.Entry<Hash, Hash>> leaves = new ArrayList<>();
        content.forEach((key, value) -> leaves.add(Map.entry(key.path(), Hash.sha256(value))));
        leaves.sort(Comparator.comparing(Map.Entry::getKey));
        return naive(leaves, 0);
    }

    private static Hash naive(List<Map.Entry<Hash, Hash>> leaves, int depth) {
        if (leaves.isEmpty()) {
            return Hash.of(new byte[32]);
        }
        if (leaves.size() == 1) {
            return Hash.sha256(
                    new byte[] {0},
                    leaves.get(0).getKey().toBytes(),
                    leaves.get(0).getValue().toBytes());
        }
        List<Map.Entry<Hash, Hash>> left =
                leaves.stream().filter(leaf -> leaf.getKey().bit(depth) == 0).toList();
        List<Map.Entry<Hash, Hash>> right =
                leaves.stream().filter(leaf -> leaf.getKey().bit(depth) == 1).toList();
        return Hash.sha256(
                new byte[] {1},
                naive(left, depth + 1).toBytes(),
                naive(right, depth + 1).toBytes());
    }
}
