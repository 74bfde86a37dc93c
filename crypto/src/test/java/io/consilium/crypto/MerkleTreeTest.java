package io.consilium.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MerkleTreeTest {
    @Test
    void emptyTreeHasTheHashOfNothing() {
        assertThat(MerkleTree.root(List.of()).hex())
                .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    @Test
    void rootFollowsTheRecursiveDefinition() {
        for (int size = 1; size <= 40; size++) {
            List<Hash> leaves = leaves(size);
            assertThat(MerkleTree.root(leaves)).as("size %d", size).isEqualTo(recursive(leaves));
        }
    }

    @Test
    void everyProofVerifiesForItsLeafOnly() throws Exception {
        for (int size = 1; size <= 40; size++) {
            List<Hash> leaves = leaves(size);
            Hash root = MerkleTree.root(leaves);
            for (int index = 0; index < size; index++) {
                MerkleProof proof = MerkleTree.proof(leaves, index);
                assertThat(proof.verify(leaves.get(index), root)).isTrue();
                assertThat(proof.verify(Hash.ZERO, root)).isFalse();
                assertThat(proof.verify(leaves.get(index), Hash.ZERO)).isFalse();
                if (size > 1) {
                    assertThat(proof.verify(leaves.get((index + 1) % size), root))
                            .isFalse();
                }
                assertThat(MerkleProof.decode(proof.encode())).isEqualTo(proof);
            }
        }
    }

    @Test
    void proofRefusesAnotherLengthThanItsIndexAndSizeDemand() {
        assertThatThrownBy(() -> new MerkleProof(0, 2, List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new MerkleProof(4, 5, List.of(Hash.ZERO, Hash.ZERO)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new MerkleProof(2, 2, List.of(Hash.ZERO)))
                .isInstanceOf(IllegalArgumentException.class);
        byte[] encoded = MerkleTree.proof(leaves(5), 1).encode();
        byte[] longer = Arrays.copyOf(encoded, encoded.length + 32);
        byte[] shorter = Arrays.copyOf(encoded, encoded.length - 1);
        assertThatThrownBy(() -> MerkleProof.decode(longer)).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> MerkleProof.decode(shorter)).isInstanceOf(MalformedException.class);
    }

    @Test
    void proofOutsideTheTreeIsABug() {
        assertThatThrownBy(() -> MerkleTree.proof(leaves(3), 3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void agreesWithThePublishedInclusionProofs() throws Exception {
        int accepted = 0;
        int refused = 0;
        for (Path file : Conformance.jsonFiles("merkle-rfc6962/inclusion")) {
            JsonNode probe = Conformance.json(file);
            boolean expected = !probe.get("wantErr").asBoolean();
            assertThat(accepts(probe)).as(file.toString()).isEqualTo(expected);
            accepted += expected ? 1 : 0;
            refused += expected ? 0 : 1;
        }
        assertThat(accepted).isPositive();
        assertThat(refused).isGreaterThan(30);
    }

    private static boolean accepts(JsonNode probe) throws IOException {
        List<Hash> path = new ArrayList<>();
        try {
            for (JsonNode node : probe.get("proof")) {
                path.add(Hash.of(node.binaryValue()));
            }
            Hash leaf = Hash.of(probe.get("leafHash").binaryValue());
            Hash root = Hash.of(probe.get("root").binaryValue());
            return new MerkleProof(
                            probe.get("leafIdx").asLong(), probe.get("treeSize").asLong(), path)
                    .verify(leaf, root);
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    private static List<Hash> leaves(int size) {
        return IntStream.range(0, size)
                .mapToObj(i -> MerkleTree.leafHash(new byte[] {(byte) i}))
                .toList();
    }

    private static Hash recursive(List<Hash> leaves) {
        if (leaves.size() == 1) {
            return leaves.get(0);
        }
        int split = Integer.highestOneBit(leaves.size() - 1);
        byte[] left = recursive(leaves.subList(0, split)).toBytes();
        byte[] right = recursive(leaves.subList(split, leaves.size())).toBytes();
        return Hash.sha256(new byte[] {1}, left, right);
    }
}
