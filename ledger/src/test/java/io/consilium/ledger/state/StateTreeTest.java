package io.consilium.ledger.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.crypto.Hash;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("TX-7 the authenticated state tree")
class StateTreeTest {
    private static SortedMap<StateKey, Optional<byte[]>> put(int from, int to, String value) {
        SortedMap<StateKey, Optional<byte[]>> changes = new TreeMap<>();
        for (int i = from; i < to; i++) {
            changes.put(StoredTree.key(i), Optional.of(StoredTree.value(value + i)));
        }
        return changes;
    }

    private static SortedMap<StateKey, Optional<byte[]>> delete(int from, int to) {
        SortedMap<StateKey, Optional<byte[]>> changes = new TreeMap<>();
        for (int i = from; i < to; i++) {
            changes.put(StoredTree.key(i), Optional.empty());
        }
        return changes;
    }

    @Test
    void keepsItsGoldenRoots() {
        StoredTree tree = new StoredTree();
        assertThat(tree.root.hex()).isEqualTo("0".repeat(64));
        assertThat(tree.update(put(0, 1, "v")).root().hex())
                .isEqualTo("d3bd490e1d53a0301a8c7f778bed2038bce5468367445f47cbb2fd9df8a267c2");
        assertThat(tree.update(put(1, 2, "v")).root().hex())
                .isEqualTo("f542790ad78179aaaec1812a9406233fa31702bc311f9f40e4e4a656bf3ae375");
        assertThat(tree.update(put(2, 100, "v")).root().hex())
                .isEqualTo("b2d6de2ae91cc5813c7dd83084363b853cd65a66f39a404ba5518f2efcb397c0");
        assertThat(tree.update(put(0, 1_000, "w")).root().hex())
                .isEqualTo("b89d61a8619aae6c11dafa49fce9abf34eebb8e0671d5256fb572023d657bc5a");
    }

    @Test
    void rootDependsOnContentAlone() {
        StoredTree atOnce = new StoredTree();
        atOnce.update(put(0, 300, "v"));
        StoredTree piecemeal = new StoredTree();
        piecemeal.update(put(200, 400, "x"));
        piecemeal.update(delete(300, 400));
        for (int i = 299; i >= 0; i--) {
            piecemeal.update(put(i, i + 1, "v"));
        }
        assertThat(piecemeal.root).isEqualTo(atOnce.root).isEqualTo(StoredTree.naiveRoot(atOnce.content));
    }

    @Test
    void deletingEverythingEmptiesTheTree() {
        StoredTree tree = new StoredTree();
        tree.update(put(0, 50, "v"));
        tree.update(delete(0, 50));
        assertThat(tree.root).isEqualTo(StateTree.EMPTY_ROOT);
        tree.prune();
        assertThat(tree.nodes).isEmpty();
        assertThat(tree.prove(StoredTree.key(3)).value()).isEmpty();
        tree.update(put(0, 2, "v"));
        assertThat(tree.root).isEqualTo(StoredTree.naiveRoot(tree.content));
    }

    @Test
    void earlierVersionsStayReadableUntilPruned() {
        StoredTree tree = new StoredTree();
        tree.update(put(0, 20, "old"));
        Hash oldRoot = tree.root;
        tree.update(put(0, 20, "new"));
        assertThat(StateTree.read(tree::node, 0, oldRoot, StoredTree.key(7)))
                .hasValueSatisfying(value -> assertThat(value).isEqualTo(StoredTree.value("old7")));
        assertThat(StateTree.read(tree::node, 1, tree.root, StoredTree.key(7)))
                .hasValueSatisfying(value -> assertThat(value).isEqualTo(StoredTree.value("new7")));
        tree.prune();
        assertThatThrownBy(() -> StateTree.read(tree::node, 0, oldRoot, StoredTree.key(7)))
                .isInstanceOf(BrokenStateException.class)
                .hasMessageContaining("not stored");
    }

    @Test
    void unchangedValuesWriteNothingButTheRoot() {
        StoredTree tree = new StoredTree();
        tree.update(put(0, 100, "v"));
        TreeUpdate again = tree.update(put(0, 100, "v"));
        assertThat(again.newNodes().keySet()).containsExactly(NodeKey.root(1));
        assertThat(again.staleNodes()).containsExactly(NodeKey.root(0));
    }

    @Test
    void refusesABaseThatIsNotTheCertifiedOne() {
        StoredTree tree = new StoredTree();
        tree.update(put(0, 10, "v"));
        assertThatThrownBy(() -> StateTree.update(tree::node, 0, Hash.sha256(), 1, put(0, 1, "v")))
                .isInstanceOf(BrokenStateException.class);
        assertThatThrownBy(() -> StateTree.update(tree::node, 0, tree.root, 0, put(0, 1, "v")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesDamagedNodes() {
        StoredTree tree = new StoredTree();
        tree.update(put(0, 2, "v"));
        NodeKey leaf = tree.nodes.keySet().stream()
                .filter(key -> key.nibbles() == NodeKey.LEAF_NIBBLES)
                .findFirst()
                .orElseThrow();
        byte[] bytes = tree.nodes.get(leaf).clone();
        bytes[bytes.length - 1] ^= 1;
        tree.nodes.put(leaf, bytes);
        assertThatThrownBy(() -> {
                    tree.prove(StoredTree.key(0));
                    tree.prove(StoredTree.key(1));
                })
                .isInstanceOf(BrokenStateException.class)
                .hasMessageContaining("another key or value");
    }

    @Test
    void nodeKeysReadBackAndKeepTheirOrder() throws Exception {
        Hash path = StoredTree.key(5).path();
        List<NodeKey> keys = List.of(
                NodeKey.root(1),
                NodeKey.of(1, path, 3),
                NodeKey.of(1, path, 64),
                NodeKey.root(2),
                NodeKey.of(256, path, 4));
        for (int i = 0; i < keys.size(); i++) {
            assertThat(NodeKey.decode(keys.get(i).encode())).isEqualTo(keys.get(i));
            if (i > 0) {
                assertThat(keys.get(i - 1)).isLessThan(keys.get(i));
                assertThat(Arrays.compareUnsigned(
                                keys.get(i - 1).encode(), keys.get(i).encode()))
                        .isNegative();
            }
        }
        assertThatThrownBy(() -> NodeKey.decode(new byte[] {0, 0, 0, 0, 0, 0, 0, 1, 1, 0x2f}))
                .hasMessageContaining("half a byte");
    }

    @Test
    void stateKeysAreBoundedAndOrdered() {
        assertThatThrownBy(() -> StateKey.of("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> StateKey.of("x".repeat(257))).isInstanceOf(IllegalArgumentException.class);
        assertThat(StateKey.of("a")).isLessThan(StateKey.of("b")).isEqualTo(StateKey.of("a"));
        assertThat(new LinkedHashSet<>(List.of(StateKey.of("a"), StateKey.of("b"))))
                .contains(StateKey.of("a"));
    }
}
