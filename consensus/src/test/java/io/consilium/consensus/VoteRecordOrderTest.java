package io.consilium.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.Evidence;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.crypto.certificate.VoteType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("BFT-6 what a vote stands on stays in the record")
class VoteRecordOrderTest {
    private static final ValidatorSet SET = Stamps.set(4);

    static VoteRecord record(List<VoteEntry> entries) {
        try {
            return VoteRecord.of(entries);
        } catch (MalformedException malformed) {
            throw new AssertionError(malformed);
        }
    }

    private static ProposedBlock block(long timestamp, byte[] body) {
        return new ProposedBlock(
                new BlockHeader(
                        BlockHeader.VERSION,
                        ToyCluster.CHAIN,
                        1,
                        ToyCluster.CHAIN,
                        Optional.empty(),
                        Hash.ZERO,
                        Hash.ZERO,
                        Hash.ZERO,
                        SET.hash(),
                        SET.hash(),
                        timestamp,
                        0),
                body);
    }

    @Test
    void theCertifiedBlockIsReadBackHoweverManyOthersThereAre() {
        List<ProposedBlock> blocks = new ArrayList<>();
        for (int i = 0; i < 2 * HeightState.MAX_BLOCKS; i++) {
            blocks.add(block(i, new byte[] {1}));
        }
        blocks.sort(Comparator.comparing(block -> block.header().hash().hex())); // as a store gives them back
        for (ProposedBlock certified : blocks) {
            Hash hash = certified.header().hash();
            QuorumCertificate qc = Forge.qc(SET, VoteType.PREPARE, 1, 0, hash, List.of(0, 1, 2));
            List<VoteEntry> entries = new ArrayList<>();
            blocks.forEach(
                    block -> entries.add(VoteRecord.block(1, block.header().hash(), block)));
            entries.add(VoteRecord.prepareQc(qc));
            assertThat(record(entries).enter(1).blocks()).containsKey(hash);
        }
    }

    @Test
    void aRecordOfManyBlocksIsReadOneByOneAndFewAreHeld() throws Exception {
        ProposedBlock voted = block(0, new byte[] {1});
        int blocks = 5 * HeightState.MAX_BLOCKS;
        AtomicInteger passes = new AtomicInteger();
        VoteRecord record = VoteRecord.of(entries -> {
            passes.incrementAndGet();
            for (int i = 0; i < blocks; i++) {
                ProposedBlock each = block(i, new byte[] {1});
                entries.accept(VoteRecord.block(1, each.header().hash(), each));
            }
            entries.accept(VoteRecord.vote(
                    VoteType.PREPARE,
                    1,
                    7,
                    new HeightVotes.SignedBlock(voted.header().hash(), new byte[64])));
        });
        assertThat(passes).hasValue(2);
        assertThat(record.enter(1).blocks())
                .hasSize(HeightState.MAX_BLOCKS)
                .containsKey(voted.header().hash());
    }

    @Test
    void theRightBodyTakesThePlaceOfAWrongOne() {
        HeightVotes votes = new HeightVotes();
        ProposedBlock wrong = block(1, new byte[] {1});
        ProposedBlock right = block(1, new byte[] {2});
        Hash hash = wrong.header().hash();
        assertThat(votes.hold(hash, wrong)).isTrue();
        assertThat(votes.hold(hash, right)).as("is written again").isTrue();
        assertThat(votes.hold(hash, right)).isFalse();
        assertThat(votes.blocks().get(hash).body()).isEqualTo(new byte[] {2});
    }

    @Test
    void aNodeThatDoesNotVoteGathersNoEntries() {
        RecoveredState recovered = new RecoveredState(
                Tip.genesis(ToyCluster.CHAIN),
                ValidatorSets.unchanged(SET),
                new byte[0],
                Optional.of(VoteRecord.empty()),
                new byte[16]);
        VoteSigner signer = new VoteSigner(
                ToyCluster.CHAIN, Optional.of(Stamps.signer(0)), SafetyRules.SOUND, VoteRecord.empty(), recovered);
        signer.enter(1, SET);
        for (int round = 0; round < 1_000; round++) {
            signer.hold(Forge.tc(SET, 1, round, Optional.empty(), List.of(1, 2, 3)));
            ProposedBlock block = block(round, new byte[1_000]);
            signer.hold(block.header().hash(), block);
        }
        signer.openGate();
        assertThat(signer.sign(VoteType.TIMEOUT, 1_000, Hash.ZERO)).isPresent();
        assertThat(signer.takeEntries()).hasSize(2);
    }

    @Test
    @DisplayName("BFT-19 evidence about heights and rounds that do not exist proves nothing")
    void impossibleEvidenceIsFalse() {
        byte[] signature = new byte[64];
        Hash other = Hash.sha256(new byte[] {9});
        assertThat(new Evidence.Equivocation(VoteType.PREPARE, 0, 0, 0, 0, Hash.ZERO, signature, other, signature)
                        .verify(ToyCluster.CHAIN, SET, Stamps.VERIFIER))
                .isFalse();
        assertThat(new Evidence.Equivocation(VoteType.PREPARE, 0, 1, -1, 0, Hash.ZERO, signature, other, signature)
                        .verify(ToyCluster.CHAIN, SET, Stamps.VERIFIER))
                .isFalse();
        assertThat(new Evidence.Amnesia(0, 0, 0, 0, Hash.ZERO, signature, 0, -1, signature)
                        .verify(ToyCluster.CHAIN, SET, Stamps.VERIFIER))
                .isFalse();
    }
}
