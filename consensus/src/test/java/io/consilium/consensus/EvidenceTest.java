package io.consilium.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.certificate.Evidence;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteBytes;
import io.consilium.crypto.certificate.VoteType;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("BFT-19 evidence")
class EvidenceTest {
    private static final ValidatorSet SET = Stamps.set(4);
    private static final long EPOCH = SET.epoch();
    private static final Hash ONE = Hash.sha256(new byte[] {1});
    private static final Hash TWO = Hash.sha256(new byte[] {2});

    private static byte[] vote(int signer, VoteType type, int round, Hash block) {
        return Stamps.signer(signer).sign(VoteBytes.of(ToyCluster.CHAIN, SET, type, 5, round, block));
    }

    private static byte[] timeout(int signer, int round, int qcRound) {
        return Stamps.signer(signer).sign(VoteBytes.timeout(ToyCluster.CHAIN, SET, 5, round, qcRound));
    }

    private static boolean verify(Evidence evidence) {
        return evidence.verify(ToyCluster.CHAIN, SET, Stamps.VERIFIER);
    }

    private static Evidence.Equivocation equivocation(VoteType type, Hash second) {
        return new Evidence.Equivocation(
                type, EPOCH, 5, 3, 2, ONE, vote(2, type, 3, ONE), second, vote(2, type, 3, second));
    }

    private static Evidence.Amnesia amnesia(int commitRound, int timeoutRound, int qcRound) {
        return new Evidence.Amnesia(
                EPOCH,
                5,
                2,
                commitRound,
                ONE,
                vote(2, VoteType.COMMIT, commitRound, ONE),
                timeoutRound,
                qcRound,
                timeout(2, timeoutRound, qcRound));
    }

    @Test
    void twoBlocksInOneRoundAreAProof() {
        assertThat(verify(equivocation(VoteType.PROPOSE, TWO))).isTrue();
        assertThat(verify(equivocation(VoteType.PREPARE, TWO))).isTrue();
        assertThat(verify(equivocation(VoteType.COMMIT, TWO))).isTrue();
    }

    @Test
    void theSameBlockTwiceIsNone() {
        assertThat(verify(equivocation(VoteType.COMMIT, ONE))).isFalse();
    }

    @Test
    void aForeignSignatureIsNone() {
        Evidence forged = new Evidence.Equivocation(
                VoteType.COMMIT,
                EPOCH,
                5,
                3,
                2,
                ONE,
                vote(2, VoteType.COMMIT, 3, ONE),
                TWO,
                vote(1, VoteType.COMMIT, 3, TWO));
        assertThat(verify(forged)).isFalse();
        assertThat(verify(new Evidence.Equivocation(
                        VoteType.COMMIT, EPOCH, 5, 3, 77, ONE, new byte[64], TWO, new byte[64])))
                .isFalse();
    }

    @Test
    void forgettingACommitIsAProof() {
        assertThat(verify(amnesia(1, 1, -1))).isTrue();
        assertThat(verify(amnesia(1, 4, 0))).isTrue();
    }

    @Test
    void reportingTheCommittedRoundOrAnEarlierTimeoutIsNone() {
        assertThat(verify(amnesia(1, 1, 1))).isFalse();
        assertThat(verify(amnesia(1, 4, 3))).isFalse();
        assertThat(verify(amnesia(2, 1, -1))).isFalse();
    }

    @Test
    void itsBytesAreReadAgain() throws MalformedException {
        for (Evidence evidence : new Evidence[] {equivocation(VoteType.PREPARE, TWO), amnesia(1, 4, 0)}) {
            Evidence read = Evidence.decode(evidence.encode());
            assertThat(read.encode()).isEqualTo(evidence.encode());
            assertThat(verify(read)).isTrue();
        }
        assertThat(Hash.sha256(equivocation(VoteType.PREPARE, TWO).encode()).shortHex())
                .as("golden bytes")
                .isEqualTo("454ea9ba");
        assertThat(Hash.sha256(amnesia(1, 4, 0).encode()).shortHex())
                .as("golden bytes")
                .isEqualTo("bab0c355");
    }

    @Test
    void unknownOrTruncatedBytesAreMalformed() {
        byte[] bytes = amnesia(1, 4, 0).encode();
        assertThatThrownBy(() -> Evidence.decode(java.util.Arrays.copyOf(bytes, 50)))
                .isInstanceOf(MalformedException.class);
        bytes[0] = 9;
        assertThatThrownBy(() -> Evidence.decode(bytes)).isInstanceOf(MalformedException.class);
    }
}
