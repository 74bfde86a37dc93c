package io.consilium.crypto.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.Hash;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.Verifier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CertificateTest {
    private static final Hash CHAIN = Samples.CHAIN;

    private final Verifier verifier = new Ed25519Verifier();
    private final ValidatorSet set = Samples.set(4);

    private static QuorumCertificate with(QuorumCertificate qc, List<Integer> signers, List<byte[]> signatures) {
        return new QuorumCertificate(qc.type(), qc.height(), qc.round(), qc.blockHash(), signers, signatures);
    }

    @Test
    void quorumsFollowTheFormula() {
        int[][] expected = {
            {1, 0, 1}, {2, 0, 2}, {3, 0, 2}, {4, 1, 3}, {5, 1, 4}, {6, 1, 4}, {7, 2, 5}, {10, 3, 7}, {128, 42, 86}
        };
        for (int[] row : expected) {
            ValidatorSet sized = Samples.set(row[0]);
            assertThat(sized.faults()).as("faults of %d", row[0]).isEqualTo(row[1]);
            assertThat(sized.quorum()).as("quorum of %d", row[0]).isEqualTo(row[2]);
        }
    }

    @Test
    void validatorSetFindsItsKeysAndRefusesTheSameKeyTwice() {
        assertThat(set.indexOf(Samples.keys(2).publicKey())).hasValue(2);
        assertThat(set.indexOf(Samples.keys(9).publicKey())).isEmpty();
        PublicKey key = Samples.keys(0).publicKey();
        List<Validator> twice = List.of(new Validator("a", key), new Validator("b", key));
        assertThatThrownBy(() -> new ValidatorSet(1, twice)).hasMessageContaining("the same key");
        assertThatThrownBy(() -> new ValidatorSet(1, List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Samples.set(129)).isInstanceOf(IllegalArgumentException.class);
        for (String slug : List.of("", "-a", "a-", "A", "a_b", "a".repeat(64))) {
            assertThatThrownBy(() -> new Validator(slug, key)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void validatorSetHashNamesEpochOrderAndKeys() {
        List<Validator> reversed = new ArrayList<>(set.validators());
        Collections.reverse(reversed);
        assertThat(new ValidatorSet(3, reversed).hash()).isNotEqualTo(set.hash());
        assertThat(new ValidatorSet(4, set.validators()).hash()).isNotEqualTo(set.hash());
        assertThat(new ValidatorSet(3, set.validators())).isEqualTo(set).hasSameHashCodeAs(set);
    }

    @Test
    void quorumCertificateOfAnyQuorumVerifies() {
        for (VoteType type : List.of(VoteType.PREPARE, VoteType.COMMIT)) {
            for (Integer[] signers : new Integer[][] {{0, 1, 2}, {0, 1, 3}, {0, 2, 3}, {1, 2, 3}}) {
                assertThat(Samples.quorum(set, type, 7, 2, signers).verify(CHAIN, set, verifier))
                        .isTrue();
            }
        }
        ValidatorSet alone = Samples.set(1);
        assertThat(Samples.quorum(alone, VoteType.COMMIT, 1, 0, 0).verify(CHAIN, alone, verifier))
                .isTrue();
    }

    @Test
    void quorumCertificateNeedsExactlyAQuorum() {
        assertThat(Samples.quorum(set, VoteType.COMMIT, 7, 2, 0, 1).verify(CHAIN, set, verifier))
                .isFalse();
        assertThat(Samples.quorum(set, VoteType.COMMIT, 7, 2, 0, 1, 2, 3).verify(CHAIN, set, verifier))
                .isFalse();
        assertThat(Samples.quorum(set, VoteType.COMMIT, 7, 2, 1, 2, 4).verify(CHAIN, set, verifier))
                .isFalse();
    }

    @Test
    void quorumCertificateNeedsAscendingSigners() {
        QuorumCertificate qc = Samples.quorum(set, VoteType.COMMIT, 7, 2, 0, 1, 2);
        for (List<Integer> signers :
                List.of(List.of(1, 0, 2), List.of(0, 1, 1), List.of(-1, 0, 1), List.of(0, 1, 128), List.of(0, 1))) {
            assertThatThrownBy(() -> with(qc, signers, qc.signatures())).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> with(qc, List.of(), List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void quorumCertificateNeedsEverySignatureOfItsOwnSigner() {
        QuorumCertificate qc = Samples.quorum(set, VoteType.COMMIT, 7, 2, 0, 1, 2);
        assertThat(with(qc, List.of(0, 1, 3), qc.signatures()).verify(CHAIN, set, verifier))
                .isFalse();
        for (int i = 0; i < 3; i++) {
            List<byte[]> signatures = new ArrayList<>(qc.signatures());
            byte[] altered = signatures.get(i).clone();
            altered[10] ^= 1;
            signatures.set(i, altered);
            assertThat(with(qc, qc.signers(), signatures).verify(CHAIN, set, verifier))
                    .isFalse();
        }
        assertThatThrownBy(() -> with(qc, qc.signers(), List.of(new byte[64], new byte[64], new byte[63])))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void quorumCertificateIsBoundToChainSetTypeHeightRoundAndBlock() {
        QuorumCertificate qc = Samples.quorum(set, VoteType.COMMIT, 7, 2, 0, 1, 2);
        Hash block = qc.blockHash();
        assertThat(qc.verify(Samples.hash(1), set, verifier)).isFalse();
        assertThat(qc.verify(CHAIN, new ValidatorSet(4, set.validators()), verifier))
                .isFalse();
        List<QuorumCertificate> moved = List.of(
                new QuorumCertificate(VoteType.PREPARE, 7, 2, block, qc.signers(), qc.signatures()),
                new QuorumCertificate(VoteType.COMMIT, 8, 2, block, qc.signers(), qc.signatures()),
                new QuorumCertificate(VoteType.COMMIT, 7, 3, block, qc.signers(), qc.signatures()),
                new QuorumCertificate(VoteType.COMMIT, 7, 2, CHAIN, qc.signers(), qc.signatures()));
        assertThat(moved).noneMatch(other -> other.verify(CHAIN, set, verifier));
        for (VoteType type : List.of(VoteType.PROPOSE, VoteType.TIMEOUT)) {
            assertThatThrownBy(() -> new QuorumCertificate(type, 7, 2, block, qc.signers(), qc.signatures()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private TimeoutCertificate timeouts(int round, int[] qcRounds, Optional<QuorumCertificate> highest) {
        List<TimeoutVote> votes = IntStream.range(0, qcRounds.length)
                .mapToObj(i -> Samples.timeout(set, 7, round, i, qcRounds[i]))
                .toList();
        return new TimeoutCertificate(7, round, votes, highest);
    }

    @Test
    void timeoutCertificateVerifiesWithAndWithoutAPrepareQc() {
        QuorumCertificate prepared = Samples.quorum(set, VoteType.PREPARE, 7, 2, 1, 2, 3);
        TimeoutCertificate with = timeouts(4, new int[] {-1, 2, 1}, Optional.of(prepared));
        assertThat(with.verify(CHAIN, set, verifier)).isTrue();
        assertThat(with.highestQcRound()).isEqualTo(2);
        TimeoutCertificate without = timeouts(0, new int[] {-1, -1, -1}, Optional.empty());
        assertThat(without.verify(CHAIN, set, verifier)).isTrue();
        assertThat(without.highestQcRound()).isEqualTo(VoteBytes.NO_QC);
    }

    @Test
    void bft1_timeoutCertificateCarriesExactlyTheHighestReportedQc() {
        QuorumCertificate round2 = Samples.quorum(set, VoteType.PREPARE, 7, 2, 1, 2, 3);
        int[] rounds = {-1, 2, 1};
        assertThatThrownBy(() -> timeouts(4, rounds, Optional.empty())).isInstanceOf(IllegalArgumentException.class);
        for (QuorumCertificate wrong : List.of(
                Samples.quorum(set, VoteType.PREPARE, 7, 1, 1, 2, 3),
                Samples.quorum(set, VoteType.COMMIT, 7, 2, 1, 2, 3),
                Samples.quorum(set, VoteType.PREPARE, 8, 2, 1, 2, 3))) {
            assertThatThrownBy(() -> timeouts(4, rounds, Optional.of(wrong)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> timeouts(4, new int[] {-1, -1, -1}, Optional.of(round2)))
                .isInstanceOf(IllegalArgumentException.class);
        QuorumCertificate unproven = with(round2, round2.signers(), List.of(new byte[64], new byte[64], new byte[64]));
        assertThat(timeouts(4, rounds, Optional.of(unproven)).verify(CHAIN, set, verifier))
                .isFalse();
    }

    @Test
    void bft3_timeoutNeverReportsARoundAboveItsOwn() {
        assertThatThrownBy(() -> VoteBytes.timeout(CHAIN, set, 7, 4, 5)).isInstanceOf(IllegalArgumentException.class);
        TimeoutVote above = Samples.timeout(set, 7, 5, 0, 5);
        Optional<QuorumCertificate> qc = Optional.of(Samples.quorum(set, VoteType.PREPARE, 7, 5, 1, 2, 3));
        assertThatThrownBy(() -> new TimeoutCertificate(7, 4, List.of(above), qc))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void timeoutCertificateNeedsExactlyAQuorumOfItsOwnRound() {
        assertThat(timeouts(4, new int[] {-1, -1}, Optional.empty()).verify(CHAIN, set, verifier))
                .isFalse();
        assertThat(timeouts(4, new int[] {-1, -1, -1, -1}, Optional.empty()).verify(CHAIN, set, verifier))
                .isFalse();
        TimeoutCertificate good = timeouts(4, new int[] {-1, -1, -1}, Optional.empty());
        assertThat(new TimeoutCertificate(7, 5, good.votes(), Optional.empty()).verify(CHAIN, set, verifier))
                .isFalse();
        assertThat(new TimeoutCertificate(8, 4, good.votes(), Optional.empty()).verify(CHAIN, set, verifier))
                .isFalse();
        assertThat(good.verify(Samples.hash(1), set, verifier)).isFalse();
        List<TimeoutVote> twice =
                List.of(good.votes().get(0), good.votes().get(0), good.votes().get(1));
        assertThatThrownBy(() -> new TimeoutCertificate(7, 4, twice, Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void timeoutVoteCannotChangeWhatItReports() {
        TimeoutCertificate good = timeouts(4, new int[] {-1, -1, -1}, Optional.empty());
        List<TimeoutVote> raised = new ArrayList<>(good.votes());
        raised.set(0, new TimeoutVote(0, 2, good.votes().get(0).signature()));
        Optional<QuorumCertificate> qc = Optional.of(Samples.quorum(set, VoteType.PREPARE, 7, 2, 1, 2, 3));
        assertThat(new TimeoutCertificate(7, 4, raised, qc).verify(CHAIN, set, verifier))
                .isFalse();
    }

    @Test
    void headerCarriesItsParentsCommitCertificateFromHeight2On() {
        BlockHeader header = Samples.header(set);
        assertThat(Samples.firstHeader(set).parentQc()).isEmpty();
        QuorumCertificate good = header.parentQc().orElseThrow();
        assertThatThrownBy(() -> parent(8, Samples.BLOCK, Optional.empty())).hasMessageContaining("from height 2 on");
        assertThatThrownBy(() -> parent(1, CHAIN, Optional.of(good))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> parent(1, Samples.BLOCK, Optional.empty())).hasMessageContaining("genesis");
        assertThatThrownBy(() -> parent(9, Samples.BLOCK, Optional.of(good))).hasMessageContaining("no COMMIT");
        assertThatThrownBy(() -> parent(8, CHAIN, Optional.of(good))).hasMessageContaining("no COMMIT");
        QuorumCertificate prepared = Samples.quorum(set, VoteType.PREPARE, 7, 2, 0, 1, 2);
        assertThatThrownBy(() -> parent(8, Samples.BLOCK, Optional.of(prepared)))
                .hasMessageContaining("no COMMIT");
    }

    private BlockHeader parent(long height, Hash parentHash, Optional<QuorumCertificate> qc) {
        Hash any = Samples.hash(9);
        return new BlockHeader(1, CHAIN, height, parentHash, qc, any, any, any, any, any, 5, 0);
    }
}
