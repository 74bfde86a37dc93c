package io.consilium.ledger.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

@Label("TX-7 the state tree against a naive one")
class StateTreeProperties {
    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Property(tries = 60)
    void agreesWithTheNaiveTree(@ForAll("histories") List<SortedMap<StateKey, Optional<byte[]>>> history) {
        StoredTree tree = new StoredTree();
        for (SortedMap<StateKey, Optional<byte[]>> changes : history) {
            tree.update(changes);
            assertThat(tree.root).isEqualTo(StoredTree.naiveRoot(tree.content));
            tree.prune();
        }
        for (int i = 0; i < 120; i++) {
            StateProof proof = tree.prove(StoredTree.key(i));
            assertThat(proof.verify(tree.root)).isTrue();
            assertThat(proof.value().map(StateTreeProperties::text))
                    .isEqualTo(Optional.ofNullable(tree.content.get(StoredTree.key(i)))
                            .map(StateTreeProperties::text));
        }
        assertThat(tree.nodes.keySet()).isEqualTo(reachable(tree));
    }

    /** Pruning leaves exactly what the newest version reaches: nothing leaks, nothing is missing. */
    private static Set<NodeKey> reachable(StoredTree tree) {
        Set<NodeKey> reached = new TreeSet<>();
        for (StateKey key : tree.content.keySet()) {
            StateTree.prove(
                    node -> {
                        reached.add(node);
                        return tree.node(node);
                    },
                    tree.version,
                    tree.root,
                    key);
        }
        return reached;
    }

    @Provide
    Arbitrary<List<SortedMap<StateKey, Optional<byte[]>>>> histories() {
        Arbitrary<Optional<byte[]>> value = Arbitraries.frequencyOf(
                Tuple.of(2, Arbitraries.strings().ofMaxLength(3).map(text -> Optional.of(StoredTree.value(text)))),
                Tuple.of(1, Arbitraries.just(Optional.empty())));
        Arbitrary<SortedMap<StateKey, Optional<byte[]>>> batch = Combinators.combine(
                        Arbitraries.integers().between(0, 119).list().ofMaxSize(40),
                        value.list().ofSize(40))
                .as((numbers, values) -> {
                    SortedMap<StateKey, Optional<byte[]>> changes = new TreeMap<>();
                    for (int i = 0; i < numbers.size(); i++) {
                        changes.put(StoredTree.key(numbers.get(i)), values.get(i));
                    }
                    return changes;
                });
        return batch.list().ofMinSize(1).ofMaxSize(8);
    }
}
