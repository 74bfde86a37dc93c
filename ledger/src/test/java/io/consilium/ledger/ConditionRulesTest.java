package io.consilium.ledger;

import static io.consilium.ledger.TestChain.ADAMS;
import static io.consilium.ledger.TestChain.BROWN;
import static io.consilium.ledger.TestChain.MINUTE;
import static io.consilium.ledger.TestChain.PATIENT;
import static io.consilium.ledger.TestChain.RECORD;
import static io.consilium.ledger.TestChain.RIVERSIDE;
import static io.consilium.ledger.TestChain.ST_MARY;
import static io.consilium.ledger.TestChain.encryptionKey;
import static io.consilium.ledger.TestChain.hash;
import static io.consilium.ledger.TestChain.id;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.ledger.access.Permit;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.LedgerEvent;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.proto.AccessOutcome;
import io.consilium.proto.AccessRequest;
import io.consilium.proto.AccessState;
import io.consilium.proto.ConsentGrant;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.DecisionOutcome;
import io.consilium.proto.Disclose;
import io.consilium.proto.RecordAmend;
import io.consilium.proto.TransactionBody;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ConditionRulesTest {
    private static final ByteString ACCESS = id("access");

    private final TestChain chain = TestChain.withRecord();

    @BeforeEach
    void grantUnderACondition() {
        chain.applied(TestChain.patientName(), grant("conditional", permit().setSealedConditions(hash("sealed"))));
    }

    private static ConsentRule.Builder permit() {
        return ConsentRule.newBuilder().setPermit(true).addActors(RIVERSIDE).addPurposes("TREAT");
    }

    private static Consumer<TransactionBody.Builder> grant(String consent, ConsentRule.Builder rule) {
        return body -> body.setConsentGrant(ConsentGrant.newBuilder()
                .setConsentId(id(consent))
                .setPatientId(PATIENT)
                .setTerms(ConsentTerms.newBuilder().addRules(rule)));
    }

    private static Consumer<TransactionBody.Builder> request(ByteString access) {
        return body -> body.setAccessRequest(AccessRequest.newBuilder()
                .setAccessId(access)
                .setRecordId(RECORD)
                .setPurpose("TREAT"));
    }

    private Consumer<TransactionBody.Builder> outcome(ByteString access, boolean permit) {
        ByteString judgedBy = Permit.judgedBy(
                chain.objects(),
                AccessState.newBuilder()
                        .setPatientId(PATIENT)
                        .setRecordId(RECORD)
                        .build(),
                chain.now);
        return body -> body.setAccessOutcome(AccessOutcome.newBuilder()
                .setAccessId(access)
                .setPermit(permit)
                .setReason(permit ? "CONDITIONS_PERMIT" : "CONDITIONS_DENY")
                .setJudgedBy(judgedBy));
    }

    private static Consumer<TransactionBody.Builder> disclose() {
        return body -> body.setDisclose(Disclose.newBuilder()
                .setAccessId(ACCESS)
                .setCiphertextHash(hash("ciphertext"))
                .setEnvelopeHash(hash("wrapped"))
                .setRecipientKey(encryptionKey(BROWN).getKey()));
    }

    private AccessState access() {
        return chain.objects().access(ACCESS).orElseThrow();
    }

    @Test
    @DisplayName("PRV-5 a conditional permit waits for its custodian's word, and only PERMIT allows the disclosure")
    void prv5_permitAfterItsOutcome() {
        BlockResult asked = chain.block(chain.transaction(BROWN, request(ACCESS)));
        assertThat(asked.receipts().get(0).message().getDecision()).isEqualTo(DecisionOutcome.PERMIT_CONDITIONAL);
        assertThat(asked.index())
                .contains(LedgerIndexes.of(LedgerIndexes.CONDITIONAL_ACCESSES, ST_MARY, chain.now, ACCESS));
        assertThat(chain.answer(ST_MARY, disclose())).isEqualTo("OUTCOME_MISSING PRV-5");
        BlockResult judged = chain.block(chain.transaction(ST_MARY, outcome(ACCESS, true)));
        assertThat(judged.receipts().get(0).code()).isEqualTo("OK");
        assertThat(judged.events()).extracting(LedgerEvent::type).containsExactly("access.judged");
        assertThat(judged.events().get(0).parties()).containsExactly(RIVERSIDE, ST_MARY);
        assertThat(access().getOutcome().getReason()).isEqualTo("CONDITIONS_PERMIT");
        assertThat(chain.answer(ST_MARY, disclose())).isEqualTo("OK");
    }

    @Test
    @DisplayName("PRV-5 a condition that does not hold discloses nothing")
    void prv5_denied() {
        chain.applied(BROWN, request(ACCESS));
        chain.applied(ST_MARY, outcome(ACCESS, false));
        assertThat(chain.answer(ST_MARY, disclose())).isEqualTo("ACCESS_DENIED PRV-5");
        assertThat(access().hasDisclosure()).isFalse();
    }

    @Test
    @DisplayName("PRV-5 only the custodian's node judges, each access once, and only where it is asked to")
    void prv5_whoJudgesWhat() {
        chain.applied(BROWN, request(ACCESS));
        assertThat(chain.answer(RIVERSIDE, outcome(ACCESS, true))).isEqualTo("NOT_CUSTODIAN PRV-5");
        assertThat(chain.answer(ADAMS, outcome(ACCESS, true))).isEqualTo("SIGNER_NOT_PERMITTED PRV-5");
        assertThat(chain.answer(ST_MARY, outcome(id("none"), true))).isEqualTo("ACCESS_UNKNOWN PRV-5");
        chain.applied(ST_MARY, outcome(ACCESS, false));
        assertThat(chain.answer(ST_MARY, outcome(ACCESS, true))).isEqualTo("OUTCOME_EXISTS PRV-5");
        assertThat(access().getOutcome().getOutcome()).isEqualTo(DecisionOutcome.DENY);
        chain.submit("helix/researcher", request(id("denied")));
        assertThat(chain.answer(ST_MARY, outcome(id("denied"), true))).isEqualTo("OUTCOME_NOT_OWED PRV-5");
    }

    @Test
    @DisplayName(
            "PRV-5 a word about other consents than those that speak now is refused, and void when they change later")
    void prv5_consentsThatChange() {
        chain.applied(BROWN, request(ACCESS));
        Consumer<TransactionBody.Builder> early = outcome(ACCESS, true);
        chain.applied(
                TestChain.patientName(), grant("more", permit().clearActors().addActors("helix")));
        assertThat(chain.answer(ST_MARY, early)).isEqualTo("CONSENTS_CHANGED PRV-5");
        chain.applied(ST_MARY, outcome(ACCESS, true));
        chain.applied(
                TestChain.patientName(),
                grant("yet more", permit().clearActors().addActors("medwatch")));
        assertThat(chain.answer(ST_MARY, disclose())).isEqualTo("PERMIT_WITHDRAWN ACC-2");
    }

    @Test
    @DisplayName(
            "PRV-5 PRV-4 a word about a record is void when it is amended: a sealed deny may hold for what it is now")
    void prv5_recordThatChanges() {
        chain.applied(BROWN, request(ACCESS));
        Consumer<TransactionBody.Builder> early = outcome(ACCESS, true);
        amend(1);
        assertThat(chain.answer(ST_MARY, early)).isEqualTo("CONSENTS_CHANGED PRV-5");
        chain.applied(ST_MARY, outcome(ACCESS, true));
        amend(2);
        assertThat(chain.answer(ST_MARY, disclose())).isEqualTo("PERMIT_WITHDRAWN ACC-2");
    }

    private void amend(int predecessor) {
        chain.applied(
                ADAMS,
                body -> body.setRecordAmend(RecordAmend.newBuilder()
                        .setRecordId(RECORD)
                        .setPredecessor(predecessor)
                        .setContent(TestChain.content(ST_MARY, Sensitivity.N)
                                .setCiphertextHash(hash("amended " + predecessor)))));
    }

    @Test
    @DisplayName("PRV-5 ACC-2 what is older than a permit holds is judged no more")
    void prv5_tooOld() {
        chain.applied(BROWN, request(ACCESS));
        chain.pass(16 * MINUTE);
        assertThat(chain.answer(ST_MARY, outcome(ACCESS, true))).isEqualTo("PERMIT_TOO_OLD ACC-2");
    }
}
