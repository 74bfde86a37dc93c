package io.consilium.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.TimeoutCertificate;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** One node against three forged peers: what it must not take for a certificate, and what it does with a right one. */
@DisplayName("certificates of another kind, set, height or round")
class ForeignCertificatesTest {
    private static final long NOW = 1_700_000_000_000L;
    private static final Hash BLOCK = Hash.sha256(new byte[] {1});
    private static final List<Integer> THREE = List.of(1, 2, 3);
    private final ValidatorSet set = Stamps.set(4);
    private final ValidatorSet nextEpoch = Stamps.set(1, List.of(0, 1, 2, 3));
    private Consensus core;

    @BeforeEach
    void start() {
        core = core(VoteRecord.empty());
        for (int peer : THREE) {
            core.step(received(peer, status(false)));
        }
        assertThat(core.view().mayVote()).isTrue();
    }

    static Consensus core(VoteRecord record) {
        Consensus core = new Consensus(
                ConsensusConfig.defaults(
                        ToyCluster.CHAIN, Optional.of(Stamps.signer(0)), Stamps.VERIFIER, ToyLedger::hashes),
                new RecoveredState(
                        Tip.genesis(ToyCluster.CHAIN),
                        ValidatorSets.unchanged(Stamps.set(4)),
                        new byte[0],
                        Optional.of(record),
                        new byte[16]));
        core.start(NOW);
        return core;
    }

    static Message.Status status(boolean asks) {
        return new Message.Status(
                0, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false, asks);
    }

    static Event received(int peer, Message message) {
        return new Event.MessageReceived(Stamps.key(peer), message, NOW);
    }

    private List<Effect> notice(QuorumCertificate qc) {
        return core.step(received(1, new Message.CertificateNotice(Optional.of(qc), Optional.empty())));
    }

    private List<Effect> notice(TimeoutCertificate tc) {
        return core.step(received(1, new Message.CertificateNotice(Optional.empty(), Optional.of(tc))));
    }

    private void untouched() {
        assertThat(core.view().round()).isZero();
        assertThat(core.view().highestPrepareRound()).isEqualTo(-1);
        assertThat(core.view().awaitsBody()).isFalse();
        assertThat(core.view().height()).isEqualTo(1);
    }

    @Test
    void aPrepareCertificateDecidesNothing() {
        notice(Forge.qc(set, VoteType.PREPARE, 1, 0, BLOCK, THREE));
        assertThat(core.view().awaitsBody()).isFalse();
        assertThat(core.view().highestPrepareRound()).isZero();
    }

    @Test
    void prepareSignaturesMakeNoCommitCertificate() {
        QuorumCertificate prepared = Forge.qc(set, VoteType.PREPARE, 1, 0, BLOCK, THREE);
        notice(new QuorumCertificate(VoteType.COMMIT, 1, 0, BLOCK, THREE, prepared.signatures()));
        untouched();
    }

    @Test
    void signaturesOfAnotherEpochOrHeightOrRoundOrBlockCertifyNothing() {
        List<QuorumCertificate> foreign = List.of(
                Forge.qc(nextEpoch, VoteType.COMMIT, 1, 0, BLOCK, THREE),
                Forge.qc(set, VoteType.COMMIT, 2, 0, BLOCK, THREE),
                Forge.qc(set, VoteType.COMMIT, 1, 1, BLOCK, THREE),
                Forge.qc(set, VoteType.COMMIT, 1, 0, Hash.ZERO, THREE));
        for (QuorumCertificate qc : foreign) {
            notice(new QuorumCertificate(VoteType.COMMIT, 1, 0, BLOCK, THREE, qc.signatures()));
            untouched();
        }
    }

    @Test
    void fewerOrMoreSignersThanAQuorumCertifyNothing() {
        notice(Forge.qc(set, VoteType.COMMIT, 1, 0, BLOCK, List.of(1, 2)));
        notice(Forge.qc(set, VoteType.COMMIT, 1, 0, BLOCK, List.of(0, 1, 2, 3)));
        notice(Forge.qc(set, VoteType.COMMIT, 1, 0, BLOCK, List.of(1, 2, 7)));
        untouched();
    }

    @Test
    void oneSignatureDoesNotCountForTwo() {
        QuorumCertificate two = Forge.qc(set, VoteType.COMMIT, 1, 0, BLOCK, List.of(1, 2));
        notice(new QuorumCertificate(
                VoteType.COMMIT,
                1,
                0,
                BLOCK,
                THREE,
                List.of(
                        two.signatures().get(0),
                        two.signatures().get(1),
                        two.signatures().get(1))));
        untouched();
    }

    @Test
    void aTimeoutCertificateOfAnotherHeightOrEpochMovesNothing() {
        notice(Forge.tc(set, 2, 3, Optional.empty(), THREE));
        notice(Forge.tc(nextEpoch, 1, 3, Optional.empty(), THREE));
        notice(Forge.tc(set, 1, 3, Optional.empty(), List.of(1, 2)));
        TimeoutCertificate other = Forge.tc(set, 1, 2, Optional.empty(), THREE);
        notice(new TimeoutCertificate(1, 3, other.votes(), Optional.empty()));
        untouched();
        notice(other);
        assertThat(core.view().round()).isEqualTo(3);
    }

    @Test
    void aTimeoutCertificateCannotBringAForgedPrepareCertificate() {
        QuorumCertificate forged = Forge.qc(nextEpoch, VoteType.PREPARE, 1, 0, BLOCK, THREE);
        notice(Forge.tc(set, 1, 0, Optional.of(forged), THREE));
        untouched();
    }

    @Test
    @DisplayName("BFT-17 a claimed height is a reason to ask, never proven without its certificate")
    void aHighCertificateIsProvenOnlyByItsSet() {
        List<Effect> claimed = notice(Forge.qc(nextEpoch, VoteType.COMMIT, 9_000, 0, BLOCK, THREE));
        assertThat(claimed)
                .filteredOn(Effect.CatchUp.class::isInstance)
                .singleElement()
                .satisfies(
                        effect -> assertThat(((Effect.CatchUp) effect).proven()).isFalse());
        List<Effect> proven = notice(Forge.qc(set, VoteType.COMMIT, 9, 0, BLOCK, THREE));
        assertThat(proven)
                .filteredOn(Effect.CatchUp.class::isInstance)
                .singleElement()
                .satisfies(
                        effect -> assertThat(((Effect.CatchUp) effect).proven()).isTrue());
        untouched();
    }

    @Test
    void aMissingBodyIsAskedForOnceAndThenByItsTimerOnly() {
        // node 0 leads round 3 of height 1; the certificate obliges it to a block that it does not hold
        QuorumCertificate prepared = Forge.qc(set, VoteType.PREPARE, 1, 0, BLOCK, THREE);
        List<Effect> effects = new ArrayList<>(notice(Forge.tc(set, 1, 2, Optional.of(prepared), THREE)));
        assertThat(core.view().leader()).isZero();
        for (int i = 0; i < 100; i++) {
            effects.addAll(core.step(new Event.WorkPending(NOW, false)));
        }
        assertThat(effects.stream().filter(Effect.FetchBody.class::isInstance)).hasSize(1);
    }

    @Test
    void aRefusedProposalRaisesOneAlarmHoweverOftenItIsSent() {
        BlockHeader stale = new BlockHeader(
                BlockHeader.VERSION,
                ToyCluster.CHAIN,
                1,
                ToyCluster.CHAIN,
                Optional.empty(),
                BLOCK,
                Hash.ZERO,
                Hash.ZERO,
                set.hash(),
                set.hash(),
                NOW - 3_600_000,
                1);
        Message.Propose proposal = new Message.Propose(
                1,
                0,
                stale,
                Optional.of(new byte[] {1}),
                List.of(),
                Optional.empty(),
                Forge.sign(set, 1, VoteType.PROPOSE, 1, 0, stale.hash()));
        List<Effect> effects = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            effects.addAll(core.step(received(1, proposal)));
        }
        assertThat(effects.stream().filter(Effect.Alarm.class::isInstance)).hasSize(1);
        assertThat(effects).noneMatch(effect -> effect instanceof Effect.Persist);
    }

    @Test
    @DisplayName("BFT-4 nothing is started again at a height that is decided already")
    void openingTheGateAfterTheDecisionStartsNoTimer() {
        Consensus restarted = core(recordWithTimeout());
        restarted.step(received(
                1,
                new Message.CertificateNotice(
                        Optional.of(Forge.qc(set, VoteType.COMMIT, 1, 0, BLOCK, THREE)), Optional.empty())));
        assertThat(restarted.view().awaitsBody()).isTrue();
        List<Effect> effects = new ArrayList<>(restarted.step(received(1, status(false))));
        effects.addAll(restarted.step(received(2, status(false))));
        effects.addAll(restarted.step(received(3, status(false))));
        assertThat(restarted.view().mayVote()).isTrue();
        assertThat(effects).noneMatch(effect -> effect instanceof Effect.SetTimer);
        assertThat(effects).noneMatch(effect -> effect instanceof Effect.Broadcast);
    }

    private VoteRecord recordWithTimeout() {
        return VoteRecordOrderTest.record(List.of(VoteRecord.timeout(
                1, new HeightVotes.SignedTimeout(0, -1, Forge.signTimeout(set, 0, 1, 0, -1), Optional.empty()))));
    }

    @Test
    @DisplayName(
            "BFT-16 an echo of a vote at a height where this node stays silent anyway does not start it observing anew")
    void aSilentValidatorIsNotAccusedByItsForgottenVotes() {
        Consensus silent = core(VoteRecordOrderTest.record(List.of(VoteRecord.silentThrough(5))));
        VoteEcho forgotten = new VoteEcho(VoteType.TIMEOUT, 1, 4, Hash.ZERO, -1, Forge.signTimeout(set, 0, 1, 4, -1));
        List<Effect> effects = silent.step(received(
                1,
                new Message.Status(
                        0,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(forgotten),
                        false,
                        false)));
        assertThat(effects).noneMatch(effect -> effect instanceof Effect.Alarm);
        List<Effect> voter = core.step(received(
                1,
                new Message.Status(
                        0,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(forgotten),
                        false,
                        false)));
        assertThat(voter)
                .anyMatch(effect -> effect instanceof Effect.Alarm alarm && alarm.code() == AlarmCode.OBSERVER_STARTED);
        assertThat(core.view().mayVote()).isFalse();
    }
}
