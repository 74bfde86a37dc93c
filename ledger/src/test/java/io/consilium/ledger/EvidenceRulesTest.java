package io.consilium.ledger;

import static io.consilium.ledger.TestChain.ADAMS;
import static io.consilium.ledger.TestChain.RIVERSIDE;
import static io.consilium.ledger.TestChain.ST_MARY;
import static io.consilium.ledger.Votes.block;
import static io.consilium.ledger.Votes.submit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.Evidence;
import io.consilium.crypto.certificate.VoteBytes;
import io.consilium.crypto.certificate.VoteType;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.IndexEntry;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.evidence.EvidenceRules;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.MalformedTransaction;
import io.consilium.proto.Activity;
import io.consilium.proto.EvidenceState;
import io.consilium.proto.EvidenceSubmit;
import io.consilium.proto.InstitutionState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("BFT-19 evidence on chain")
class EvidenceRulesTest {
    private static final Hash ONE = block("one");
    private static final Hash TWO = block("two");
    private static final int HELIX = 2;
    private static final String INVALID = "EVIDENCE_INVALID BFT-19";

    private final TestChain chain = new TestChain();
    private final Votes votes = new Votes(chain);

    private Evidence prepares(int round) {
        return votes.twice(VoteType.PREPARE, HELIX, 1, round, ONE, TWO);
    }

    @Test
    @DisplayName("BFT-19 two proposals, two prepares, two commits and amnesia are kept, each under a key of its own")
    void bft19_everyKindIsKept() {
        for (VoteType type : List.of(VoteType.PROPOSE, VoteType.PREPARE, VoteType.COMMIT)) {
            assertThat(chain.answer(ST_MARY, submit(votes.twice(type, HELIX, 1, 3, ONE, TWO))))
                    .isEqualTo("OK");
            StateKey key = StateKey.of("evidence/helix/1-3-" + type.name());
            assertThat(chain.objects().evidence(key)).isPresent();
        }
        Evidence amnesia = votes.forgot(HELIX, 1, 2, 4, 1);
        assertThat(chain.answer(RIVERSIDE, submit(amnesia))).isEqualTo("OK");
        EvidenceState kept = chain.objects()
                .evidence(StateKey.of("evidence/helix/1-2-AMNESIA"))
                .orElseThrow();
        assertThat(kept.getCulprit()).isEqualTo("helix");
        assertThat(kept.getSubmittedBy()).isEqualTo(RIVERSIDE);
        assertThat(kept.getProof().toByteArray()).isEqualTo(amnesia.encode());
        assertThat(kept.getValidatorKey()).isEqualTo(TestChain.signingKey("validator helix"));
        assertThat(kept.getTimeMillis()).isEqualTo(chain.now);
        assertThat(chain.objects().evidenceCount("helix", 0)).isEqualTo(4);
    }

    @Test
    @DisplayName("BFT-19 a fault is written once, whoever else proves it and with whatever other pair of messages")
    void bft19_aFaultIsWrittenOnce() {
        BlockResult block = chain.block(
                chain.transaction(ST_MARY, submit(prepares(0))), chain.transaction(RIVERSIDE, submit(prepares(0))));
        assertThat(block.receipts().get(0).applied()).isTrue();
        assertThat(block.receipts().get(1).code()).isEqualTo("EVIDENCE_EXISTS");
        assertThat(block.index())
                .extracting(IndexEntry::index, entry -> Hash.sha256(entry.key()))
                .containsExactly(org.assertj.core.groups.Tuple.tuple(
                        LedgerIndexes.EVIDENCE,
                        Hash.sha256(LedgerIndexes.evidenceKey(1, 0, Evidence.Kind.PREPARE, "helix"))));
        Evidence swapped = votes.twice(VoteType.PREPARE, HELIX, 1, 0, TWO, ONE);
        Evidence third = votes.twice(VoteType.PREPARE, HELIX, 1, 0, ONE, block("three"));
        assertThat(chain.answer("labcorp", submit(swapped))).isEqualTo("EVIDENCE_EXISTS BFT-19");
        assertThat(chain.answer("labcorp", submit(third))).isEqualTo("EVIDENCE_EXISTS BFT-19");
        assertThat(chain.answer("labcorp", submit(prepares(1)))).isEqualTo("OK");
    }

    @Test
    @DisplayName("BFT-19 everybody who decides with the culprit is told, and nobody is suspended by it")
    void bft19_removalIsForGovernance() {
        BlockResult block = chain.block(chain.transaction("labcorp", submit(prepares(0))));
        assertThat(block.events()).singleElement().satisfies(event -> {
            assertThat(event.type()).isEqualTo("evidence.proven");
            assertThat(event.parties()).containsExactly("helix", "labcorp", "medwatch", "riverside", "st-mary");
        });
        assertThat(chain.objects().institution("helix").map(InstitutionState::getActivity))
                .contains(Activity.ACTIVE);
        assertThat(block.nextValidatorSet()).isEqualTo(chain.genesis.validators());
    }

    @Test
    @DisplayName("BFT-19 nothing that an honest validator signs is evidence against it")
    void bft19_anHonestValidatorIsNeverBlamed() {
        chain.answer(ST_MARY, submit(prepares(7))); // the rules do answer OK to what is true
        List<Evidence> harmless = new ArrayList<>();
        for (VoteType type : List.of(VoteType.PROPOSE, VoteType.PREPARE, VoteType.COMMIT)) {
            // the same message sent again
            harmless.add(votes.twice(type, HELIX, 1, 0, ONE, ONE));
            // another block in another round, or at another height, put together as if it were of one round
            harmless.add(mixed(type, votes.vote(HELIX, type, 1, 0, ONE), votes.vote(HELIX, type, 1, 1, TWO)));
            harmless.add(mixed(type, votes.vote(HELIX, type, 1, 0, ONE), votes.vote(HELIX, type, 2, 0, TWO)));
            // another type of message, another validator's, and none
            VoteType other = type == VoteType.COMMIT ? VoteType.PREPARE : VoteType.COMMIT;
            harmless.add(mixed(type, votes.vote(HELIX, type, 1, 0, ONE), votes.vote(HELIX, other, 1, 0, TWO)));
            harmless.add(mixed(type, votes.vote(HELIX, type, 1, 0, ONE), votes.vote(0, type, 1, 0, TWO)));
            harmless.add(mixed(type, votes.vote(HELIX, type, 1, 0, ONE), new byte[64]));
        }
        for (int commitRound = 0; commitRound < 4; commitRound++) {
            for (int timeoutRound = 0; timeoutRound < 6; timeoutRound++) {
                for (int qcRound = VoteBytes.NO_QC; qcRound <= timeoutRound; qcRound++) {
                    if (timeoutRound < commitRound || qcRound >= commitRound) {
                        harmless.add(votes.forgot(HELIX, 1, commitRound, timeoutRound, qcRound));
                    }
                }
            }
        }
        for (Evidence evidence : harmless) {
            assertThat(chain.answer(ST_MARY, submit(evidence)))
                    .as(evidence.toString())
                    .isEqualTo(INVALID);
        }
        assertThat(chain.objects().evidenceCount("helix", 0)).isEqualTo(1);
    }

    /** Two signatures presented as both being of height 1, round 0. */
    private static Evidence mixed(VoteType type, byte[] first, byte[] second) {
        return new Evidence.Equivocation(type, 0, 1, 0, HELIX, ONE, first, TWO, second);
    }

    @Test
    @DisplayName("BFT-19 votes for another chain, epoch or height that is not reached prove nothing here")
    void bft19_foreignVotesProveNothing() {
        Votes elsewhere = new Votes(block("another chain"), chain.genesis.validators());
        assertThat(chain.answer(ST_MARY, submit(elsewhere.twice(VoteType.COMMIT, HELIX, 1, 0, ONE, TWO))))
                .isEqualTo(INVALID);
        Evidence future = votes.twice(VoteType.COMMIT, HELIX, 9, 0, ONE, TWO);
        assertThat(chain.answer(ST_MARY, submit(future))).isEqualTo(INVALID);
        Evidence stranger =
                new Evidence.Equivocation(VoteType.COMMIT, 0, 1, 0, 4, ONE, new byte[64], TWO, new byte[64]);
        assertThat(chain.answer(ST_MARY, submit(stranger))).isEqualTo(INVALID);
        Evidence negative =
                new Evidence.Equivocation(VoteType.COMMIT, 0, 1, 0, -1, ONE, new byte[64], TWO, new byte[64]);
        assertThat(chain.answer(ST_MARY, submit(negative))).isEqualTo(INVALID);
        Evidence.Equivocation real = (Evidence.Equivocation) votes.twice(VoteType.COMMIT, HELIX, 1, 0, ONE, TWO);
        Evidence otherEpoch = new Evidence.Equivocation(
                real.type(), 7, 1, 0, HELIX, ONE, real.firstSignature(), TWO, real.secondSignature());
        assertThat(chain.answer(ST_MARY, submit(otherEpoch))).isEqualTo("EVIDENCE_EPOCH BFT-19");
    }

    @Test
    @DisplayName("BFT-19 institutions' nodes hand evidence in, people do not")
    void bft19_nodesHandEvidenceIn() {
        assertThat(chain.answer(ADAMS, submit(prepares(0)))).isEqualTo("SIGNER_NOT_PERMITTED BFT-19");
        assertThat(chain.answer("northside", submit(prepares(0)))).isEqualTo("OK");
    }

    @Test
    @DisplayName("BFT-19 a validator that lies without end cannot fill the chain with proofs")
    void bft19_proofsAreBounded() {
        for (int round = 0; round < EvidenceRules.MAX_PROOFS; round++) {
            assertThat(chain.answer(ST_MARY, submit(prepares(round)))).isEqualTo("OK");
        }
        assertThat(chain.answer(ST_MARY, submit(prepares(99)))).isEqualTo("EVIDENCE_LIMIT BFT-19");
        assertThat(chain.answer(ST_MARY, submit(votes.twice(VoteType.COMMIT, 1, 1, 0, ONE, TWO))))
                .as("another's fault")
                .isEqualTo("OK");
        assertThat(chain.state.get(StateKeys.evidenceCount("helix", 0))).isNotNull();
    }

    @Test
    @DisplayName("BFT-19 TX-5 bytes that are no evidence never enter a block")
    void bft19_unreadableProofsAreMalformed() {
        byte[] real = prepares(0).encode();
        for (byte[] proof : List.of(new byte[0], new byte[] {9}, java.util.Arrays.copyOf(real, 80), new byte[513])) {
            byte[] signed = TestChain.sign(
                    chain.body(ST_MARY)
                            .setEvidence(EvidenceSubmit.newBuilder().setProof(ByteString.copyFrom(proof)))
                            .build(),
                    TestChain.key(ST_MARY));
            assertThatThrownBy(() -> Ledger.parse(signed))
                    .isInstanceOf(MalformedTransaction.class)
                    .hasMessageContaining("evidence.proof");
        }
    }
}
