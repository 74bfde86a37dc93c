package io.consilium.ledger.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyPair;
import io.consilium.crypto.MerkleTree;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.Validator;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteBytes;
import io.consilium.crypto.certificate.VoteType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TrustRootTest {
    private static final Hash CHAIN = Hash.sha256("chain".getBytes(StandardCharsets.UTF_8));
    private static final Hash OTHER = Hash.sha256("other".getBytes(StandardCharsets.UTF_8));

    private final Voters first = new Voters(0, 1);
    private final Voters second = new Voters(1, 5);
    private final Voters third = new Voters(2, 9);
    private final TrustRoot root = new TrustRoot(CHAIN, first.set);
    private final Ed25519Verifier verifier = new Ed25519Verifier(64);

    /** Four validators with their keys. */
    private static final class Voters {
        private final List<KeyPair> keys = new ArrayList<>();
        private final ValidatorSet set;

        Voters(long epoch, int seed) {
            List<Validator> validators = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                byte[] bytes = new byte[32];
                bytes[0] = (byte) (seed + i);
                keys.add(KeyPair.fromSeed(bytes));
                validators.add(new Validator("v" + i, keys.get(i).publicKey()));
            }
            this.set = new ValidatorSet(epoch, validators);
        }

        QuorumCertificate certify(Hash chain, BlockHeader header, VoteType type) {
            byte[] message = VoteBytes.of(chain, set, type, header.height(), 3, header.hash());
            List<byte[]> signatures = new ArrayList<>();
            for (int i = 1; i < 4; i++) {
                signatures.add(keys.get(i).signer().sign(message));
            }
            return new QuorumCertificate(type, header.height(), 3, header.hash(), List.of(1, 2, 3), signatures);
        }
    }

    private BlockHeader header(Hash chain, long height, Voters now, Voters next) {
        Optional<QuorumCertificate> parent = height == 1
                ? Optional.empty()
                : Optional.of(new QuorumCertificate(
                        VoteType.COMMIT, height - 1, 0, OTHER, List.of(0), List.of(new byte[64])));
        return new BlockHeader(
                BlockHeader.VERSION,
                chain,
                height,
                height == 1 ? chain : OTHER,
                parent,
                Hash.ZERO,
                Hash.ZERO,
                Hash.ZERO,
                now.set.hash(),
                next.set.hash(),
                height * 1_000,
                0);
    }

    private ValidatorSetStep step(long height, Voters now, Voters next) {
        BlockHeader header = header(CHAIN, height, now, next);
        return new ValidatorSetStep(header, now.certify(CHAIN, header, VoteType.COMMIT), next.set);
    }

    private CertifiedHeader certified(long height, Voters now, ValidatorSetStep... steps) {
        BlockHeader header = header(CHAIN, height, now, now);
        return new CertifiedHeader(header, now.certify(CHAIN, header, VoteType.COMMIT), List.of(steps));
    }

    private Optional<ProofFault.Kind> fault(CertifiedHeader header) {
        return root.check(header, verifier).map(ProofFault::kind);
    }

    @Test
    @DisplayName("INT-1 a header certified by the founding validators holds")
    void int1_foundingValidators() {
        assertThat(fault(certified(7, first))).isEmpty();
    }

    @Test
    @DisplayName("INT-1 validators are followed from the genesis through every change")
    void int1_followsChanges() {
        assertThat(fault(certified(12, third, step(3, first, second), step(8, second, third))))
                .isEmpty();
        assertThat(fault(certified(5, second, step(3, first, second)))).isEmpty();
    }

    @Test
    @DisplayName("BFT-18 a set votes from the height after next on, and no earlier")
    void bft18_delay() {
        assertThat(fault(certified(4, second, step(3, first, second)))).contains(ProofFault.Kind.NOT_CERTIFIED);
        assertThat(fault(certified(9, third, step(3, first, second), step(4, second, third))))
                .contains(ProofFault.Kind.NOT_CERTIFIED);
    }

    @Test
    @DisplayName("INT-1 an unknown set, a missing, useless or forged step is refused")
    void int1_refusesOtherPaths() {
        assertThat(fault(certified(7, second))).contains(ProofFault.Kind.NOT_CERTIFIED);
        assertThat(fault(certified(12, third, step(8, second, third)))).contains(ProofFault.Kind.NOT_CERTIFIED);
        assertThat(fault(certified(7, first, step(3, first, first)))).contains(ProofFault.Kind.NOT_CERTIFIED);
        ValidatorSetStep honest = step(3, first, second);
        ValidatorSetStep forged = new ValidatorSetStep(honest.header(), honest.commitQc(), third.set);
        assertThat(fault(certified(7, third, forged))).contains(ProofFault.Kind.NOT_CERTIFIED);
        BlockHeader own = header(CHAIN, 3, first, second);
        ValidatorSetStep selfMade = new ValidatorSetStep(own, second.certify(CHAIN, own, VoteType.COMMIT), second.set);
        assertThat(fault(certified(7, second, selfMade))).contains(ProofFault.Kind.NOT_CERTIFIED);
    }

    @Test
    @DisplayName("INT-1 only a COMMIT certificate of this header of this chain certifies it")
    void int1_refusesOtherCertificates() {
        BlockHeader header = header(CHAIN, 7, first, first);
        assertThat(fault(new CertifiedHeader(header, first.certify(CHAIN, header, VoteType.PREPARE), List.of())))
                .contains(ProofFault.Kind.NOT_CERTIFIED);
        BlockHeader another = header(CHAIN, 8, first, first);
        assertThat(fault(new CertifiedHeader(header, first.certify(CHAIN, another, VoteType.COMMIT), List.of())))
                .contains(ProofFault.Kind.NOT_CERTIFIED);
        assertThat(fault(new CertifiedHeader(header, first.certify(OTHER, header, VoteType.COMMIT), List.of())))
                .contains(ProofFault.Kind.NOT_CERTIFIED);
        BlockHeader foreign = header(OTHER, 7, first, first);
        assertThat(fault(new CertifiedHeader(foreign, first.certify(OTHER, foreign, VoteType.COMMIT), List.of())))
                .contains(ProofFault.Kind.WRONG_CHAIN);
    }

    @Test
    void aPathLeadsWhereTheTreesOwnProofLeads() {
        for (int size = 1; size <= 17; size++) {
            List<Hash> leaves = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                leaves.add(MerkleTree.leafHash(new byte[] {(byte) i}));
            }
            Hash top = MerkleTree.root(leaves);
            for (int i = 0; i < size; i++) {
                MerklePath path = MerklePath.of(MerkleTree.proof(leaves, i));
                assertThat(path.root(leaves.get(i))).isEqualTo(top);
                for (int j = 0; j < size; j++) {
                    boolean same = path.sameTurns(MerklePath.of(MerkleTree.proof(leaves, j)));
                    assertThat(same).as("leaves %d and %d of %d", i, j, size).isEqualTo(i == j);
                }
            }
        }
    }
}
