package io.consilium.ledger;

import static io.consilium.ledger.TestChain.ADAMS;
import static io.consilium.ledger.TestChain.BROWN;
import static io.consilium.ledger.TestChain.MINUTE;
import static io.consilium.ledger.TestChain.OFFICER;
import static io.consilium.ledger.TestChain.PATIENT;
import static io.consilium.ledger.TestChain.RECORD;
import static io.consilium.ledger.TestChain.RIVERSIDE;
import static io.consilium.ledger.TestChain.ST_MARY;
import static io.consilium.ledger.TestChain.content;
import static io.consilium.ledger.TestChain.hash;
import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.TestChain.patient;
import static io.consilium.ledger.TestChain.patientName;
import static io.consilium.ledger.TestChain.record;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.LedgerEvent;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.ledger.records.ErasureRules;
import io.consilium.proto.AccessRequest;
import io.consilium.proto.AccessUse;
import io.consilium.proto.Disclose;
import io.consilium.proto.ErasureAck;
import io.consilium.proto.RecordAmend;
import io.consilium.proto.RecordErase;
import io.consilium.proto.RecordHold;
import io.consilium.proto.RecordMark;
import io.consilium.proto.RecordState;
import io.consilium.proto.TransactionBody;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ErasureRulesTest {
    private static final String PRIVACY = "st-mary/privacy";
    private final TestChain chain = new TestChain();

    @BeforeEach
    void registerRecordWithAReplica() {
        chain.applied(ADAMS, body -> body.setPatientRegister(patient(PATIENT, ST_MARY)));
        chain.applied(
                ADAMS,
                body -> body.setRecordRegister(record(RECORD, PATIENT, ST_MARY)
                        .setContent(
                                content(ST_MARY, Sensitivity.N).setSealedMetadata(ByteString.copyFromUtf8("sealed")))
                        .addReplicas(RIVERSIDE)));
    }

    private static Consumer<TransactionBody.Builder> erase(String basis) {
        return body -> body.setRecordErase(RecordErase.newBuilder()
                .setRecordId(RECORD)
                .setBasis(basis)
                .setSealedReason(ByteString.copyFromUtf8("sealed")));
    }

    private static Consumer<TransactionBody.Builder> hold(String ground, long untilMillis) {
        return body -> body.setRecordHold(
                RecordHold.newBuilder().setRecordId(RECORD).setGround(ground).setUntilMillis(untilMillis));
    }

    private static Consumer<TransactionBody.Builder> release() {
        return body ->
                body.setRecordHold(RecordHold.newBuilder().setRecordId(RECORD).setRelease(true));
    }

    private static Consumer<TransactionBody.Builder> acknowledge(ByteString record) {
        return body -> body.setErasureAck(ErasureAck.newBuilder().setRecordId(record));
    }

    private static Consumer<TransactionBody.Builder> request(ByteString access) {
        return body -> body.setAccessRequest(AccessRequest.newBuilder()
                .setAccessId(access)
                .setRecordId(RECORD)
                .setPurpose("TREAT"));
    }

    private RecordState state() {
        return chain.objects().record(RECORD).orElseThrow();
    }

    @Test
    @DisplayName("PRV-6 an erased record keeps its commitments and loses every sealed key and text in state")
    void prv6_erase() {
        BlockResult result = chain.block(chain.transaction(PRIVACY, erase("gdpr-17")));
        assertThat(result.receipts().get(0).code()).isEqualTo("OK");
        assertThat(result.index())
                .containsExactly(
                        LedgerIndexes.erasure(chain.height, RECORD),
                        LedgerIndexes.of(LedgerIndexes.INSTITUTION_ERASURES, ST_MARY, chain.now, RECORD));
        assertThat(result.events()).extracting(LedgerEvent::type).containsExactly("record.erased");
        assertThat(result.events().get(0).parties()).containsExactly(RIVERSIDE, ST_MARY);
        RecordState record = state();
        assertThat(record.getVersion()).isEqualTo(2);
        assertThat(record.getErasure().getBasis()).isEqualTo("gdpr-17");
        assertThat(record.getErasure().getErasedBy()).isEqualTo(PRIVACY);
        assertThat(record.getErasure().getTimeMillis()).isEqualTo(chain.now);
        assertThat(record.getErasure().getHoldersList()).containsExactly(RIVERSIDE, ST_MARY);
        assertThat(record.getVersions(0).getContent().getCommitment()).isEqualTo(hash("commitment"));
        assertThat(record.getVersions(0).getContent().getCiphertextHash()).isEqualTo(hash("ciphertext"));
        assertThat(record.getVersions(0).getContent().getDataKeyCount()).isZero();
        assertThat(record.getVersions(0).getContent().getSealedMetadata()).isEqualTo(ByteString.EMPTY);
    }

    @Test
    @DisplayName("PRV-6 the patient erases with its own key; of the custodian PRIVACY_OFFICER and ADMIN do")
    void prv6_erasers() {
        for (String actor : new String[] {ADAMS, OFFICER}) {
            assertThat(chain.answer(actor, erase("gdpr-17"))).isEqualTo("ROLE_REQUIRED PRV-6");
        }
        assertThat(chain.answer(ST_MARY, erase("gdpr-17"))).isEqualTo("SIGNER_NOT_PERMITTED PRV-6");
        // a replica's ADMIN learns no more of a record than of one that does not exist (PRV-8)
        assertThat(chain.answer("riverside/admin", erase("gdpr-17"))).isEqualTo("RECORD_UNKNOWN REC-1");
        assertThat(chain.answer(PRIVACY, erase("because"))).isEqualTo("ERASURE_BASIS_UNKNOWN PRV-6");
        assertThat(chain.answer(
                        PRIVACY,
                        body -> body.setRecordErase(RecordErase.newBuilder()
                                .setRecordId(id("nowhere"))
                                .setBasis("gdpr-17"))))
                .isEqualTo("RECORD_UNKNOWN REC-1");
        assertThat(chain.answer(patientName(), erase("gdpr-17-1-b"))).isEqualTo("OK");
        assertThat(chain.answer("st-mary/admin", erase("gdpr-17"))).isEqualTo("RECORD_PURGED PRV-6");
    }

    @Test
    @DisplayName("PRV-6 another patient's key erases nothing")
    void prv6_anotherPatientsKey() {
        ByteString other = id("other patient");
        chain.applied(
                ADAMS,
                body -> body.setPatientRegister(patient(other, ST_MARY)
                        .setControllerKey(TestChain.signingKey(io.consilium.ledger.tx.ActorName.hex(other)))));
        assertThat(chain.answer(io.consilium.ledger.tx.ActorName.hex(other), erase("gdpr-17")))
                .isEqualTo("RECORD_UNKNOWN REC-1");
    }

    @Test
    @DisplayName("PRV-6 a hold forbids erasure, to the patient too, until it is released or over (GDPR 17(3))")
    void prv6_hold() {
        assertThat(chain.answer("st-mary/admin", hold("legal-claims", 0))).isEqualTo("ROLE_REQUIRED PRV-6");
        assertThat(chain.answer(PRIVACY, hold("whim", 0))).isEqualTo("HOLD_GROUND_UNKNOWN PRV-6");
        assertThat(chain.answer(PRIVACY, hold("retention", chain.now))).isEqualTo("PERIOD_OVER PRV-6");
        assertThat(chain.answer(PRIVACY, release())).isEqualTo("HOLD_UNCHANGED PRV-6");
        assertThat(chain.answer(PRIVACY, hold("legal-claims", 0))).isEqualTo("OK");
        assertThat(chain.answer(PRIVACY, hold("legal-claims", 0))).isEqualTo("HOLD_UNCHANGED PRV-6");
        assertThat(chain.answer(PRIVACY, erase("gdpr-17"))).isEqualTo("RECORD_HELD PRV-6");
        assertThat(chain.answer(patientName(), erase("gdpr-17"))).isEqualTo("RECORD_HELD PRV-6");
        assertThat(chain.answer(PRIVACY, release())).isEqualTo("OK");
        assertThat(state().hasHold()).isFalse();
        long until = chain.now + 10 * MINUTE;
        assertThat(chain.answer(PRIVACY, hold("retention", until))).isEqualTo("OK");
        assertThat(chain.answer(PRIVACY, erase("gdpr-17"))).isEqualTo("RECORD_HELD PRV-6");
        chain.pass(10 * MINUTE);
        assertThat(chain.answer(PRIVACY, erase("gdpr-17"))).isEqualTo("OK");
        assertThat(state().hasHold()).isFalse();
        assertThat(chain.answer(PRIVACY, hold("legal-claims", 0))).isEqualTo("RECORD_PURGED PRV-6");
    }

    @Test
    @DisplayName("PRV-6 each holder's node acknowledges once, nobody else, and not before the erasure")
    void prv6_acknowledgements() {
        assertThat(chain.answer(ST_MARY, acknowledge(RECORD))).isEqualTo("NOT_ERASED PRV-6");
        assertThat(chain.answer("helix", acknowledge(RECORD))).isEqualTo("RECORD_UNKNOWN REC-1");
        chain.applied(PRIVACY, erase("gdpr-17"));
        assertThat(chain.answer(PRIVACY, acknowledge(RECORD))).isEqualTo("SIGNER_NOT_PERMITTED PRV-6");
        assertThat(chain.answer("helix", acknowledge(RECORD))).isEqualTo("RECORD_UNKNOWN REC-1");
        assertThat(chain.answer(ST_MARY, acknowledge(id("nowhere")))).isEqualTo("RECORD_UNKNOWN REC-1");
        assertThat(chain.answer(RIVERSIDE, acknowledge(RECORD))).isEqualTo("OK");
        assertThat(chain.answer(RIVERSIDE, acknowledge(RECORD))).isEqualTo("ALREADY_ACKNOWLEDGED PRV-6");
        assertThat(chain.answer(ST_MARY, acknowledge(RECORD))).isEqualTo("OK");
        assertThat(state().getErasure().getAcknowledgementsList())
                .extracting(each -> each.getInstitution())
                .containsExactly(RIVERSIDE, ST_MARY);
    }

    @Test
    @DisplayName("PRV-6 an erased record is read, disclosed, amended and marked no more; the denied learn nothing new")
    void prv6_erasedRecordIsClosed() {
        chain.applied(
                OFFICER,
                body -> body.setConsentGrant(io.consilium.proto.ConsentGrant.newBuilder()
                        .setConsentId(id("consent"))
                        .setPatientId(PATIENT)
                        .setEvidenceHash(hash("form"))
                        .setTerms(io.consilium.proto.ConsentTerms.newBuilder()
                                .addRules(io.consilium.proto.ConsentRule.newBuilder()
                                        .setPermit(true)
                                        .addActors(BROWN)))));
        chain.applied(BROWN, request(id("before")));
        chain.applied(PRIVACY, erase("gdpr-17"));
        assertThat(chain.answer(BROWN, request(id("after")))).isEqualTo("RECORD_PURGED PRV-6");
        assertThat(chain.objects().access(id("after"))).isEmpty();
        assertThat(chain.answer("northside/pharmacist", request(id("denied")))).isEqualTo("ACCESS_DENIED CON-2");
        assertThat(chain.answer(
                        ADAMS,
                        body -> body.setAccessUse(AccessUse.newBuilder()
                                .addItems(AccessUse.Item.newBuilder()
                                        .setAccessId(id("use"))
                                        .setRecordId(RECORD)
                                        .setPurpose("TREAT")))))
                .isEqualTo("RECORD_PURGED PRV-6");
        assertThat(chain.answer(
                        ST_MARY,
                        body -> body.setDisclose(Disclose.newBuilder()
                                .setAccessId(id("before"))
                                .setCiphertextHash(hash("ciphertext"))
                                .setEnvelopeHash(hash("envelope"))
                                .setRecipientKey(TestChain.encryptionKey(BROWN).getKey()))))
                .isEqualTo("RECORD_PURGED PRV-6");
        assertThat(chain.answer(
                        ADAMS,
                        body -> body.setRecordAmend(RecordAmend.newBuilder()
                                .setRecordId(RECORD)
                                .setPredecessor(1)
                                .setContent(content(ST_MARY, Sensitivity.N)))))
                .isEqualTo("RECORD_PURGED PRV-6");
        assertThat(chain.answer(
                        ADAMS,
                        body -> body.setRecordMark(
                                RecordMark.newBuilder().setRecordId(RECORD).setEnteredInError(true))))
                .isEqualTo("RECORD_PURGED PRV-6");
    }

    @Test
    @DisplayName("PRV-6 basis, ground and ids have their form")
    void prv6_format() {
        assertThat(MalformedBodies.path(chain, PRIVACY, erase("no basis at all")))
                .isEqualTo("record_erase.basis");
        assertThat(MalformedBodies.path(chain, PRIVACY, hold("", 0))).isEqualTo("record_hold.ground");
        assertThat(MalformedBodies.path(chain, PRIVACY, hold("retention", -1))).isEqualTo("record_hold.until_millis");
        assertThat(MalformedBodies.path(chain, ST_MARY, acknowledge(ByteString.EMPTY)))
                .isEqualTo("erasure_ack.record_id");
        assertThat(ErasureRules.BASES).contains("gdpr-17");
    }
}
