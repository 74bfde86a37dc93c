package io.consilium.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.crypto.Hash;
import io.consilium.crypto.MerkleTree;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.TimeoutCertificate;
import io.consilium.crypto.certificate.TimeoutVote;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteBytes;
import io.consilium.crypto.certificate.VoteType;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Whatever arrives, in whatever order, a step ends with effects: it neither throws nor signs against the rules. */
class HostileInputTest {
    private static final ValidatorSet SET = Stamps.set(4);
    private static final long NOW = 1_700_000_000_000L;
    private static final int EVENTS = 4_000;

    private final ToyMonitor monitor = new ToyMonitor(4);
    private Random random = new Random(0);

    @RepeatedTest(12)
    @DisplayName("random, half valid events neither throw nor break BFT-1 to BFT-6")
    void everyEventIsSurvived(RepetitionInfo repetition) {
        random = new Random(repetition.getCurrentRepetition());
        ConsensusConfig config = ConsensusConfig.defaults(
                ToyCluster.CHAIN, Optional.of(Stamps.signer(0)), Stamps.VERIFIER, ToyLedger::hashes);
        Consensus core = new Consensus(
                config,
                new RecoveredState(
                        Tip.genesis(ToyCluster.CHAIN),
                        ValidatorSets.unchanged(SET),
                        new byte[0],
                        Optional.of(VoteRecord.empty()),
                        new byte[RecoveredState.NONCE_BYTES]));
        List<Effect> effects = core.start(NOW);
        long token = 0;
        int signedBatches = 0;
        for (int i = 0; i < EVENTS && !core.view().halted(); i++) {
            for (Effect effect : effects) {
                if (effect instanceof Effect.SetTimer timer) {
                    token = timer.token();
                } else if (effect instanceof Effect.Persist persist) {
                    monitor.persisted(0, persist.entries());
                    signedBatches++;
                } else if (effect instanceof Effect.Broadcast broadcast) {
                    monitor.sent(0, broadcast.message());
                }
            }
            effects = core.step(event(core.view(), token));
            assertThat(effects.size()).isLessThan(200);
        }
        assertThat(signedBatches).as("the core took part").isPositive();
    }

    private Event event(ConsensusView view, long token) {
        long now = NOW + random.nextInt(20_000) - 10_000;
        return switch (random.nextInt(12)) {
            case 0 -> new Event.TimerFired(TimerKind.values()[random.nextInt(5)], token - random.nextInt(2), now);
            case 1 -> new Event.WorkPending(now, random.nextBoolean());
            case 2 -> new Event.WorkDrained(now);
            case 3 ->
                new Event.Executed(
                        header(view, random.nextInt(3)).hash(),
                        random.nextInt(9) == 0 ? ExecutionVerdict.BODY_DIFFERS : ExecutionVerdict.MATCH,
                        Optional.of(SET),
                        now);
            case 4 ->
                new Event.BodyAvailable(new ProposedBlock(header(view, random.nextInt(3)), new byte[] {'x'}), now);
            case 5 ->
                new Event.BlockBuilt(
                        view.height(),
                        view.round(),
                        Optional.of(new ProposedBlock(header(view, 0), new byte[] {'x'})),
                        SET,
                        now);
            default -> new Event.MessageReceived(Stamps.key(random.nextInt(6)), message(view), now);
        };
    }

    private Message message(ConsensusView view) {
        long height = Math.max(1, view.height() + random.nextInt(5) - 2);
        int round = random.nextInt(20) == 0 ? Integer.MAX_VALUE : Math.max(0, view.round() + random.nextInt(4) - 1);
        int signer = random.nextInt(4);
        Hash block = header(view, random.nextInt(3)).hash();
        return switch (random.nextInt(6)) {
            case 0 -> {
                VoteType type = random.nextBoolean() ? VoteType.PREPARE : VoteType.COMMIT;
                yield new Message.Vote(type, height, round, block, sign(signer, type, height, round, block), signer);
            }
            case 1 -> timeout(height, round, signer, block);
            case 2 -> {
                BlockHeader header = header(view, random.nextInt(3));
                int offered = round == Integer.MAX_VALUE ? 0 : round;
                yield new Message.Propose(
                        header.height(),
                        offered,
                        header,
                        random.nextBoolean() ? Optional.of(new byte[] {'x'}) : Optional.empty(),
                        random.nextBoolean() ? ToyLedger.hashes(new byte[] {'x'}) : List.of(),
                        offered == 0 ? Optional.empty() : Optional.of(tc(header.height(), offered - 1)),
                        sign(signer, VoteType.PROPOSE, header.height(), offered, header.hash()));
            }
            case 3 ->
                new Message.Status(
                        height,
                        Optional.of(qc(VoteType.COMMIT, height, 0, block)),
                        Optional.of(tc(height, random.nextInt(3))),
                        Optional.of(qc(VoteType.PREPARE, height, random.nextInt(3), block)),
                        Optional.empty(),
                        random.nextBoolean(),
                        random.nextBoolean());
            case 4 ->
                new Message.CertificateNotice(
                        Optional.of(qc(random.nextInt(30) == 0 ? VoteType.COMMIT : VoteType.PREPARE, height, 0, block)),
                        Optional.of(tc(height, random.nextInt(5))));
            default ->
                random.nextBoolean()
                        ? new Message.ObserverQuery(new byte[16])
                        : new Message.ObserverAnswer(new byte[16], Optional.empty(), random.nextBoolean());
        };
    }

    private Message.Timeout timeout(long height, int round, int signer, Hash block) {
        boolean reports = random.nextBoolean();
        int qcRound = reports ? random.nextInt(Math.min(round, 5) + 1) : VoteBytes.NO_QC;
        byte[] signature = Stamps.signer(signer).sign(VoteBytes.timeout(ToyCluster.CHAIN, SET, height, round, qcRound));
        return new Message.Timeout(
                height,
                round,
                qcRound,
                reports ? Optional.of(qc(VoteType.PREPARE, height, qcRound, block)) : Optional.empty(),
                Optional.empty(),
                signature,
                signer);
    }

    private static BlockHeader header(ConsensusView view, int variant) {
        return new BlockHeader(
                1,
                ToyCluster.CHAIN,
                view.height(),
                view.tip().blockHash(),
                view.tip().commitQc(),
                MerkleTree.root(ToyLedger.hashes(new byte[] {'x'})),
                Hash.ZERO,
                Hash.ZERO,
                SET.hash(),
                SET.hash(),
                Math.max(NOW, view.tip().timestampMillis() + 1) + variant,
                view.leader());
    }

    /** Half of the certificates and votes are validly signed. */
    private byte[] sign(int signer, VoteType type, long height, int round, Hash block) {
        return random.nextInt(4) == 0
                ? new byte[64]
                : Stamps.signer(signer).sign(VoteBytes.of(ToyCluster.CHAIN, SET, type, height, round, block));
    }

    private QuorumCertificate qc(VoteType type, long height, int round, Hash block) {
        int count = random.nextInt(8) == 0 ? 4 : 3;
        boolean valid = random.nextInt(3) > 0;
        return new QuorumCertificate(
                type,
                height,
                round,
                block,
                IntStream.range(0, count).boxed().toList(),
                IntStream.range(0, count)
                        .mapToObj(signer -> valid
                                ? Stamps.signer(signer)
                                        .sign(VoteBytes.of(ToyCluster.CHAIN, SET, type, height, round, block))
                                : new byte[64])
                        .toList());
    }

    private TimeoutCertificate tc(long height, int round) {
        boolean valid = random.nextInt(3) > 0;
        return new TimeoutCertificate(
                height,
                round,
                IntStream.range(0, 3)
                        .mapToObj(signer -> new TimeoutVote(
                                signer,
                                VoteBytes.NO_QC,
                                valid
                                        ? Stamps.signer(signer)
                                                .sign(VoteBytes.timeout(
                                                        ToyCluster.CHAIN, SET, height, round, VoteBytes.NO_QC))
                                        : new byte[64]))
                        .toList(),
                Optional.empty());
    }
}
