package io.consilium.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyPair;
import io.consilium.crypto.MerkleTree;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.Signer;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.Validator;
import io.consilium.crypto.certificate.ValidatorSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** One core alone, event by event, with real keys. */
class ConsensusTest {
    private static final KeyPair KEY = KeyPair.fromSeed(new byte[32]);
    private static final ValidatorSet ALONE = new ValidatorSet(0, List.of(new Validator("clinic", KEY.publicKey())));
    private static final long NOW = 1_700_000_000_000L;

    private static Consensus alone(VoteRecord record) {
        return alone(record, KEY.signer());
    }

    private static Consensus alone(VoteRecord record, Signer signer) {
        return new Consensus(
                ConsensusConfig.defaults(
                        ToyCluster.CHAIN, Optional.of(signer), new Ed25519Verifier(16), ToyLedger::hashes),
                new RecoveredState(
                        Tip.genesis(ToyCluster.CHAIN),
                        ValidatorSets.unchanged(ALONE),
                        new byte[0],
                        Optional.of(record),
                        new byte[RecoveredState.NONCE_BYTES]));
    }

    private static <T extends Effect> T only(List<Effect> effects, Class<T> type) {
        List<T> found = all(effects, type);
        assertThat(found).as(type.getSimpleName() + " in " + effects).hasSize(1);
        return found.get(0);
    }

    private static <T extends Effect> List<T> all(List<Effect> effects, Class<T> type) {
        return effects.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private static Event.BlockBuilt built(Effect.Build build, String transaction) {
        byte[] body = ToyLedger.body(List.of(transaction));
        BlockHeader header = new BlockHeader(
                1,
                ToyCluster.CHAIN,
                build.height(),
                build.parentHash(),
                build.parentQc(),
                MerkleTree.root(ToyLedger.hashes(body)),
                Hash.ZERO,
                Hash.ZERO,
                build.validatorSet().hash(),
                build.nextSet().hash(),
                Math.max(build.nowMillis(), build.minTimestampMillis()),
                build.proposer());
        return new Event.BlockBuilt(
                build.height(), build.round(), Optional.of(new ProposedBlock(header, body)), build.nextSet(), NOW);
    }

    private static Effect.Build work(Consensus core) {
        return only(core.step(new Event.WorkPending(NOW, true)), Effect.Build.class);
    }

    @Test
    @DisplayName("BFT-6 the one Persist of a step stands before everything that was signed in it")
    void persistsOnceAndFirst() {
        Consensus core = alone(VoteRecord.empty());
        core.start(NOW);
        List<Effect> effects = core.step(built(work(core), "x"));
        assertThat(effects.get(0)).isInstanceOf(Effect.Persist.class);
        assertThat(all(effects, Effect.Persist.class)).hasSize(1);
        assertThat(only(effects, Effect.Persist.class).entries())
                .as("block once, PROPOSE, PREPARE, prepare QC, COMMIT")
                .hasSize(5);
        assertThat(only(effects, Effect.Decide.class).header().height()).isEqualTo(1);
        assertThat(core.view().height()).isEqualTo(2);
    }

    @Test
    @DisplayName("BFT-7 own messages count only if they would count from another")
    void ownMessagesAreCheckedAsThoseOfOthers() {
        Signer broken = new Signer() {
            @Override
            public PublicKey publicKey() {
                return KEY.publicKey();
            }

            @Override
            public byte[] sign(byte[] message) {
                return new byte[QuorumCertificate.SIGNATURE_BYTES];
            }
        };
        Consensus core = alone(VoteRecord.empty(), broken);
        core.start(NOW);
        List<Effect> effects = core.step(built(work(core), "x"));
        assertThat(all(effects, Effect.Broadcast.class)).isNotEmpty();
        assertThat(all(effects, Effect.Decide.class)).isEmpty();
        assertThat(core.view().height()).isEqualTo(1);
    }

    @Test
    @DisplayName("BFT-4 a round timer that ran out while the tip was decided starts nothing (Besu 1734)")
    void aRoundTimerThatRacedANewTipIsNotHeeded() {
        Consensus core = alone(VoteRecord.empty());
        core.start(NOW);
        List<Effect> armed = core.step(new Event.WorkPending(NOW, true));
        Effect.SetTimer timer = all(armed, Effect.SetTimer.class).stream()
                .filter(set -> set.kind() == TimerKind.ROUND)
                .findFirst()
                .orElseThrow();
        List<Effect> decided = core.step(built(only(armed, Effect.Build.class), "x"));
        assertThat(all(decided, Effect.CancelTimer.class)).anyMatch(cancel -> cancel.kind() == TimerKind.ROUND);
        assertThat(core.step(new Event.TimerFired(TimerKind.ROUND, timer.token(), NOW + 1_000)))
                .isEmpty();
        assertThat(core.view().round()).isZero();
    }

    @Test
    @DisplayName("BFT-5 after a restart the same bytes are sent again")
    void aResendIsTheSameBytes() throws Exception {
        Consensus core = alone(VoteRecord.empty());
        core.start(NOW);
        List<Effect> first = core.step(built(work(core), "x"));
        List<VoteEntry> disk = only(first, Effect.Persist.class).entries();
        // killed before Decide: the record without the COMMIT and its QC is a shorter log
        Consensus again = alone(VoteRecord.of(disk.subList(0, 3)));
        List<Effect> resent = new ArrayList<>(again.start(NOW + 5));
        only(all(resent, Effect.Broadcast.class).isEmpty() ? List.of() : resent, Effect.Execute.class);
        assertThat(signatures(resent)).isSubsetOf(signatures(first)).hasSize(2);
    }

    private static List<Hash> signatures(List<Effect> effects) {
        return all(effects, Effect.Broadcast.class).stream()
                .map(Effect.Broadcast::message)
                .filter(Message.Ballot.class::isInstance)
                .map(message -> Hash.sha256(((Message.Ballot) message).signature()))
                .toList();
    }

    @Test
    @DisplayName("BFT-9 nothing to propose is no block")
    void anEmptyAnswerDrainsTheWork() {
        Consensus core = alone(VoteRecord.empty());
        core.start(NOW);
        Effect.Build build = work(core);
        List<Effect> effects =
                core.step(new Event.BlockBuilt(build.height(), build.round(), Optional.empty(), build.nextSet(), NOW));
        assertThat(all(effects, Effect.CancelTimer.class)).anyMatch(cancel -> cancel.kind() == TimerKind.ROUND);
        assertThat(all(effects, Effect.Broadcast.class)).isEmpty();
        assertThat(core.view().workPending()).isFalse();
    }

    @Test
    @DisplayName("BFT-8 from round 2 on each round's batch is half of the one before")
    void batchesAreHalvedFromRoundTwoOn() {
        Consensus core = alone(VoteRecord.empty());
        core.start(NOW);
        List<Integer> fractions = new ArrayList<>();
        List<Effect> effects = core.step(new Event.WorkPending(NOW, true));
        for (int round = 0; round < 5; round++) {
            fractions.add(only(effects, Effect.Build.class).maxFraction());
            long token = all(effects, Effect.SetTimer.class).stream()
                    .filter(set -> set.kind() == TimerKind.ROUND)
                    .findFirst()
                    .orElseThrow()
                    .token();
            effects = core.step(new Event.TimerFired(TimerKind.ROUND, token, NOW));
        }
        assertThat(fractions).containsExactly(1, 1, 2, 4, 8);
    }

    @Test
    @DisplayName("BFT-13 with work still pending the next block is built at once")
    void theNextBlockFollowsAtOnce() {
        Consensus core = alone(VoteRecord.empty());
        core.start(NOW);
        Effect.Build build = only(core.step(new Event.WorkPending(NOW, true)), Effect.Build.class);
        Event.BlockBuilt block = built(build, "x");
        List<Effect> effects = core.step(
                new Event.BlockBuilt(block.height(), block.round(), block.block(), block.nextSet(), NOW + 10));
        assertThat(only(effects, Effect.Build.class).height()).isEqualTo(2);
        assertThat(effects.indexOf(only(effects, Effect.Build.class)))
                .isGreaterThan(effects.indexOf(only(effects, Effect.Decide.class)));
    }

    @Test
    void afterAHaltNothingIsAnswered() {
        Consensus core = alone(VoteRecord.empty());
        core.start(NOW);
        Effect.Build build = work(core);
        Event.BlockBuilt block = built(build, "x");
        List<Effect> effects = core.step(
                new Event.BlockBuilt(block.height(), block.round(), block.block(), Stamps.set(9, List.of(1)), NOW));
        only(effects, Effect.Halt.class);
        assertThat(core.view().halted()).isTrue();
        assertThat(core.step(new Event.WorkPending(NOW, true))).isEmpty();
    }

    @Test
    @DisplayName("a node without a key follows the chain and signs nothing")
    void aNodeThatIsNoValidatorSignsNothing() {
        ConsensusConfig config =
                ConsensusConfig.defaults(ToyCluster.CHAIN, Optional.empty(), Stamps.VERIFIER, ToyLedger::hashes);
        Consensus core = new Consensus(
                config,
                new RecoveredState(
                        Tip.genesis(ToyCluster.CHAIN),
                        ValidatorSets.unchanged(Stamps.set(4)),
                        new byte[0],
                        Optional.empty(),
                        new byte[RecoveredState.NONCE_BYTES]));
        List<Effect> effects = new ArrayList<>(core.start(NOW));
        effects.addAll(core.step(new Event.WorkPending(NOW, true)));
        assertThat(all(effects, Effect.Persist.class)).isEmpty();
        assertThat(core.view().observer()).isFalse();
        assertThat(core.view().mayVote()).isFalse();
    }

    @Test
    void impossibleMessagesAndSettingsAreRefused() {
        assertThatThrownBy(() -> new Message.Timeout(1, 2, 1, Optional.empty(), Optional.empty(), new byte[64], 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("reports round 1");
        assertThatThrownBy(() -> new Message.Vote(
                        io.consilium.crypto.certificate.VoteType.TIMEOUT, 1, 0, Hash.ZERO, new byte[64], 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Message.Vote(
                        io.consilium.crypto.certificate.VoteType.COMMIT, 1, 0, Hash.ZERO, new byte[63], 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("64 bytes");
        assertThatThrownBy(() -> new ConsensusConfig(
                        ToyCluster.CHAIN,
                        Optional.empty(),
                        Stamps.VERIFIER,
                        ToyLedger::hashes,
                        500,
                        400,
                        450,
                        10_000,
                        10,
                        1_000,
                        5_000,
                        65_536))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ascend");
    }
}
