package io.consilium.ledger.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("TX-7 INT-1 proofs of state values and of their absence")
class StateProofTest {
    private final StoredTree tree = new StoredTree();

    @BeforeEach
    void fill() {
        SortedMap<StateKey, Optional<byte[]>> changes = new TreeMap<>();
        for (int i = 0; i < 200; i++) {
            changes.put(StoredTree.key(i), Optional.of(StoredTree.value("value " + i)));
        }
        tree.update(changes);
    }

    @Test
    void provesValuesAndAbsence() throws MalformedException {
        for (int i = 0; i < 400; i++) {
            StateProof proof = tree.prove(StoredTree.key(i));
            assertThat(proof.verify(tree.root)).isTrue();
            assertThat(proof.value().isPresent()).isEqualTo(i < 200);
            assertThat(StateProof.decode(proof.encode())).isEqualTo(proof);
            assertThat(proof.encode().length).isLessThan(700);
        }
    }

    @Test
    void bothKindsOfAbsenceOccur() {
        List<StateProof> absent = java.util.stream.IntStream.range(200, 400)
                .mapToObj(i -> tree.prove(StoredTree.key(i)))
                .toList();
        assertThat(absent).anyMatch(proof -> proof.standingInTheWay().isPresent());
        assertThat(absent).anyMatch(proof -> proof.standingInTheWay().isEmpty());
    }

    @Test
    void anyChangedByteIsRefused() {
        refusesEveryChange(tree.prove(StoredTree.key(17)));
        for (int i = 200; i < 230; i++) {
            refusesEveryChange(tree.prove(StoredTree.key(i)));
        }
    }

    private void refusesEveryChange(StateProof proof) {
        byte[] bytes = proof.encode();
        for (int at = 0; at < bytes.length; at++) {
            for (int mask : new int[] {1, 0x80, 0xff}) {
                byte[] changed = bytes.clone();
                changed[at] ^= (byte) mask;
                assertThat(holds(changed, proof.key()))
                        .as("byte %d, mask %d", at, mask)
                        .isFalse();
            }
        }
        assertThat(holds(java.util.Arrays.copyOf(bytes, bytes.length - 1), proof.key()))
                .isFalse();
        assertThat(holds(java.util.Arrays.copyOf(bytes, bytes.length + 1), proof.key()))
                .isFalse();
    }

    /** Whoever verifies knows the key that was asked for. */
    private boolean holds(byte[] bytes, StateKey asked) {
        try {
            StateProof proof = StateProof.decode(bytes);
            return proof.key().equals(asked) && proof.verify(tree.root);
        } catch (MalformedException malformed) {
            return false;
        }
    }

    @Test
    void aPresentKeyCannotBeProvedAbsent() {
        StateProof proof = tree.prove(StoredTree.key(3));
        StateProof denied = new StateProof(proof.key(), Optional.empty(), proof.siblings(), Optional.empty());
        assertThat(denied.verify(tree.root)).isFalse();
        Hash path = proof.key().path();
        StateProof own = new StateProof(
                proof.key(),
                Optional.empty(),
                proof.siblings(),
                Optional.of(
                        new StateProof.OtherLeaf(path, Hash.sha256(proof.value().orElseThrow()))));
        assertThat(own.verify(tree.root)).isFalse();
    }

    @Test
    void aLeafElsewhereStandsInNobodysWay() {
        StateProof other = tree.prove(StoredTree.key(3));
        StateProof absent = new StateProof(
                StoredTree.key(4),
                Optional.empty(),
                other.siblings(),
                Optional.of(new StateProof.OtherLeaf(
                        other.key().path(), Hash.sha256(other.value().orElseThrow()))));
        assertThat(absent.verify(tree.root)).isFalse();
    }

    @Test
    void theEmptyTreeProvesEverythingAbsent() {
        StoredTree empty = new StoredTree();
        assertThat(empty.prove(StoredTree.key(1)).verify(StateTree.EMPTY_ROOT)).isTrue();
        assertThat(empty.prove(StoredTree.key(1)).verify(tree.root)).isFalse();
    }
}
