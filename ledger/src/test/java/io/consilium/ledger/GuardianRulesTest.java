package io.consilium.ledger;

import static io.consilium.ledger.TestChain.ADAMS;
import static io.consilium.ledger.TestChain.MINUTE;
import static io.consilium.ledger.TestChain.OFFICER;
import static io.consilium.ledger.TestChain.PATIENT;
import static io.consilium.ledger.TestChain.RECORD;
import static io.consilium.ledger.TestChain.RIVERSIDE;
import static io.consilium.ledger.TestChain.START;
import static io.consilium.ledger.TestChain.ST_MARY;
import static io.consilium.ledger.TestChain.encryptionKey;
import static io.consilium.ledger.TestChain.hash;
import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.TestChain.sealed;
import static io.consilium.ledger.TestChain.signingKey;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.LedgerEvent;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.consent.ConsentDecision;
import io.consilium.ledger.consent.DecisionRequest;
import io.consilium.ledger.tx.ActorName;
import io.consilium.proto.AccessRequest;
import io.consilium.proto.ConsentAmend;
import io.consilium.proto.ConsentGrant;
import io.consilium.proto.ConsentRevoke;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.GuardianAppointment;
import io.consilium.proto.GuardianEnd;
import io.consilium.proto.PatientGuardian;
import io.consilium.proto.Period;
import io.consilium.proto.RecordErase;
import io.consilium.proto.TransactionBody;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class GuardianRulesTest {
    private static final ByteString GUARDIAN = id("guardian");
    private static final String NAME = ActorName.hex(GUARDIAN);
    private static final String PATIENT_NAME = TestChain.patientName();
    private static final long MANDATE_START = START + 10 * MINUTE;
    private static final long MANDATE_END = START + 60 * MINUTE;

    private final TestChain chain = TestChain.withRecord();

    private static GuardianAppointment.Builder appointment(ByteString guardian) {
        String name = ActorName.hex(guardian);
        return GuardianAppointment.newBuilder()
                .setPatientId(PATIENT)
                .setSigningKey(signingKey(name))
                .setEncryptionKey(encryptionKey(name))
                .setMandate(Period.newBuilder().setStartMillis(MANDATE_START).setEndMillis(MANDATE_END))
                .setScopeKey(sealed(name))
                .setLabelEpoch(1);
    }

    private static Consumer<TransactionBody.Builder> appoint(ByteString id, GuardianAppointment.Builder appointment) {
        return body -> body.setPatientGuardian(
                PatientGuardian.newBuilder().setGuardianId(id).setAppoint(appointment));
    }

    private static Consumer<TransactionBody.Builder> end(String form) {
        return body -> body.setPatientGuardian(PatientGuardian.newBuilder()
                .setGuardianId(GUARDIAN)
                .setEnd(GuardianEnd.newBuilder().setEvidenceHash(form.isEmpty() ? ByteString.EMPTY : hash(form))));
    }

    private static Consumer<TransactionBody.Builder> grant(String consent) {
        return body -> body.setConsentGrant(ConsentGrant.newBuilder()
                .setConsentId(id(consent))
                .setPatientId(PATIENT)
                .setTerms(terms()));
    }

    private static ConsentTerms.Builder terms() {
        return ConsentTerms.newBuilder()
                .addRules(ConsentRule.newBuilder().setPermit(true).addActors(RIVERSIDE));
    }

    private static Consumer<TransactionBody.Builder> request(String access) {
        return body -> body.setAccessRequest(AccessRequest.newBuilder()
                .setAccessId(id(access))
                .setRecordId(RECORD)
                .setPurpose("FAMRQT"));
    }

    private void until(long time) {
        chain.pass(time - chain.now);
    }

    @Test
    @DisplayName("ID-3 the patient's key appoints a guardian, a custodian's CONSENT_OFFICER does with evidence")
    void id3_appointment() {
        BlockResult result = chain.block(chain.transaction(PATIENT_NAME, appoint(GUARDIAN, appointment(GUARDIAN))));
        assertThat(result.receipts().get(0).code()).isEqualTo("OK");
        assertThat(result.events()).extracting(LedgerEvent::type).containsExactly("guardian.appointed");
        assertThat(result.events().get(0).parties()).containsExactly(ST_MARY);
        assertThat(result.index())
                .containsExactly(LedgerIndexes.of(LedgerIndexes.PATIENT_GUARDIANS, PATIENT, chain.now, GUARDIAN));
        ByteString second = id("second");
        assertThat(chain.answer(OFFICER, appoint(second, appointment(second)))).isEqualTo("EVIDENCE_MISSING ID-3");
        assertThat(chain.answer(OFFICER, appoint(second, appointment(second).setEvidenceHash(hash("decree")))))
                .isEqualTo("OK");
        assertThat(chain.objects().patient(PATIENT).orElseThrow().getGuardianIdsList())
                .containsExactly(GUARDIAN, second);
    }

    @Test
    @DisplayName("ID-3 CON-1 a guardian grants, amends and revokes within the mandate, before and after it nothing")
    void id3_withinTheMandate() {
        chain.applied(PATIENT_NAME, appoint(GUARDIAN, appointment(GUARDIAN)));
        assertThat(chain.answer(NAME, grant("early"))).isEqualTo("MANDATE_NOT_BEGUN ID-3");
        until(MANDATE_START);
        assertThat(chain.answer(NAME, grant("consent"))).isEqualTo("OK");
        assertThat(chain.objects().consent(id("consent")).orElseThrow().getGrantor())
                .isEqualTo(NAME);
        assertThat(chain.answer(
                        NAME,
                        body -> body.setConsentAmend(ConsentAmend.newBuilder()
                                .setConsentId(id("consent"))
                                .setPredecessor(1)
                                .setTerms(terms()))))
                .isEqualTo("OK");
        assertThat(chain.answer(
                        NAME,
                        body -> body.setConsentRevoke(ConsentRevoke.newBuilder().setConsentId(id("consent")))))
                .isEqualTo("OK");
        assertThat(chain.answer(NAME, request("a1"))).isEqualTo("OK");
        assertThat(chain.objects().access(id("a1")).orElseThrow().getDecision().getReason())
                .isEqualTo("GUARDIAN_OF_PATIENT");
        until(MANDATE_END);
        assertThat(chain.answer(NAME, grant("late"))).isEqualTo("MANDATE_OVER ID-3");
        assertThat(chain.answer(NAME, request("a2"))).isEqualTo("MANDATE_OVER ID-3");
        assertThat(ConsentDecision.decide(
                                chain::get, new DecisionRequest(PATIENT, RECORD, 0, NAME, "FAMRQT", "", MANDATE_END))
                        .reason()
                        .name())
                .isEqualTo("REQUESTER_INACTIVE");
    }

    @Test
    @DisplayName("ID-3 PRV-6 a guardian has a record of its ward erased within the mandate, and nobody else's")
    void prv6_guardianErases() {
        ByteString stranger = id("stranger");
        chain.applied(ADAMS, body -> body.setPatientRegister(TestChain.patient(stranger, ST_MARY)));
        chain.applied(ADAMS, body -> body.setRecordRegister(TestChain.record(id("strange record"), stranger, ST_MARY)));
        chain.applied(PATIENT_NAME, appoint(GUARDIAN, appointment(GUARDIAN)));
        assertThat(chain.answer(NAME, erase(RECORD))).isEqualTo("MANDATE_NOT_BEGUN ID-3");
        until(MANDATE_START);
        assertThat(chain.answer(NAME, erase(id("strange record")))).isEqualTo("RECORD_UNKNOWN REC-1");
        assertThat(chain.answer(NAME, erase(RECORD))).isEqualTo("OK");
        assertThat(chain.objects().record(RECORD).orElseThrow().getErasure().getErasedBy())
                .isEqualTo(NAME);
        until(MANDATE_END);
        assertThat(chain.answer(NAME, erase(RECORD))).isEqualTo("MANDATE_OVER ID-3");
    }

    private static Consumer<TransactionBody.Builder> erase(ByteString record) {
        return body -> body.setRecordErase(RecordErase.newBuilder()
                .setRecordId(record)
                .setBasis("gdpr-17")
                .setSealedReason(ByteString.copyFromUtf8("sealed")));
    }

    @Test
    @DisplayName("ID-3 what a guardian granted stays when the mandate is over")
    void id3_grantsOutliveTheMandate() {
        chain.applied(PATIENT_NAME, appoint(GUARDIAN, appointment(GUARDIAN)));
        until(MANDATE_START);
        chain.applied(NAME, grant("consent"));
        until(MANDATE_END);
        assertThat(ConsentDecision.decide(
                                chain::get,
                                new DecisionRequest(PATIENT, RECORD, 0, TestChain.BROWN, "TREAT", "", MANDATE_END))
                        .denies())
                .isFalse();
    }

    @Test
    @DisplayName("ID-3 a mandate is ended by the patient, an officer with evidence, or the guardian itself")
    void id3_end() {
        chain.applied(PATIENT_NAME, appoint(GUARDIAN, appointment(GUARDIAN)));
        until(MANDATE_START);
        assertThat(chain.answer(OFFICER, end(""))).isEqualTo("EVIDENCE_MISSING ID-3");
        assertThat(chain.answer(ADAMS, end("form"))).isEqualTo("SIGNER_NOT_PERMITTED ID-3");
        BlockResult result = chain.block(chain.transaction(OFFICER, end("form")));
        assertThat(result.events()).extracting(LedgerEvent::type).containsExactly("guardian.ended");
        assertThat(chain.answer(NAME, grant("consent"))).isEqualTo("MANDATE_OVER ID-3");
        assertThat(chain.answer(PATIENT_NAME, end(""))).isEqualTo("MANDATE_OVER ID-3");
        assertThat(chain.objects().patient(PATIENT).orElseThrow().getGuardianIdsList())
                .isEmpty();
        ByteString other = id("other guardian");
        chain.applied(PATIENT_NAME, appoint(other, appointment(other)));
        assertThat(chain.answer(
                        ActorName.hex(other),
                        body -> body.setPatientGuardian(PatientGuardian.newBuilder()
                                .setGuardianId(other)
                                .setEnd(GuardianEnd.newBuilder()))))
                .isEqualTo("OK");
    }

    @Test
    @DisplayName("ID-3 nobody else appoints, a guardian neither, nor for anybody unknown")
    void id3_strangersAreRefused() {
        chain.applied(PATIENT_NAME, appoint(GUARDIAN, appointment(GUARDIAN)));
        until(MANDATE_START);
        ByteString other = id("other");
        GuardianAppointment.Builder appointment = appointment(other).setEvidenceHash(hash("form"));
        for (String actor : new String[] {ADAMS, "st-mary/admin", "riverside/consent", ST_MARY, NAME}) {
            assertThat(chain.answer(actor, appoint(other, appointment)))
                    .as(actor)
                    .isEqualTo("SIGNER_NOT_PERMITTED ID-3");
        }
        assertThat(chain.answer(OFFICER, appoint(other, appointment.clone().setPatientId(id("nobody")))))
                .isEqualTo("PATIENT_UNKNOWN ID-3");
        assertThat(chain.answer(
                        PATIENT_NAME,
                        body -> body.setPatientGuardian(PatientGuardian.newBuilder()
                                .setGuardianId(id("nobody"))
                                .setEnd(GuardianEnd.newBuilder()))))
                .isEqualTo("GUARDIAN_UNKNOWN ID-3");
    }

    @Test
    @DisplayName("ID-3 a mandate has a future end after its start, ids are fresh, the scope key is the guardian's")
    void id3_whatAnAppointmentMustBe() {
        Period.Builder open = Period.newBuilder().setStartMillis(MANDATE_START);
        assertThat(chain.answer(
                        PATIENT_NAME, appoint(GUARDIAN, appointment(GUARDIAN).setMandate(open))))
                .isEqualTo("MANDATE_WITHOUT_END ID-3");
        assertThat(chain.answer(
                        PATIENT_NAME,
                        appoint(
                                GUARDIAN,
                                appointment(GUARDIAN).setMandate(open.clone().setEndMillis(MANDATE_START)))))
                .isEqualTo("PERIOD_EMPTY ID-3");
        assertThat(chain.answer(
                        PATIENT_NAME,
                        appoint(
                                GUARDIAN,
                                appointment(GUARDIAN)
                                        .setMandate(Period.newBuilder().setEndMillis(START)))))
                .isEqualTo("PERIOD_OVER ID-3");
        assertThat(chain.answer(PATIENT_NAME, appoint(PATIENT, appointment(PATIENT))))
                .isEqualTo("GUARDIAN_EXISTS ID-3");
        assertThat(chain.answer(
                        PATIENT_NAME, appoint(GUARDIAN, appointment(GUARDIAN).setLabelEpoch(2))))
                .isEqualTo("LABEL_EPOCH_STALE PRV-4");
        assertThat(chain.answer(
                        PATIENT_NAME, appoint(GUARDIAN, appointment(GUARDIAN).setScopeKey(sealed(ST_MARY)))))
                .isEqualTo("RECIPIENT_NOT_ALLOWED PRV-3");
        chain.applied(PATIENT_NAME, appoint(GUARDIAN, appointment(GUARDIAN)));
        assertThat(chain.answer(PATIENT_NAME, appoint(GUARDIAN, appointment(GUARDIAN))))
                .isEqualTo("GUARDIAN_EXISTS ID-3");
        assertThat(chain.answer(ADAMS, body -> body.setPatientRegister(TestChain.patient(GUARDIAN, ST_MARY))))
                .isEqualTo("PATIENT_EXISTS ID-3");
    }

    @Test
    @DisplayName("TX-6 a patient's guardians are bounded, and mandates that ran out take no place")
    void tx6_guardianLimit() {
        for (int i = 0; i < 16; i++) {
            ByteString guardian = id("guardian " + i);
            chain.applied(PATIENT_NAME, appoint(guardian, appointment(guardian)));
        }
        assertThat(chain.answer(PATIENT_NAME, appoint(GUARDIAN, appointment(GUARDIAN))))
                .isEqualTo("GUARDIAN_LIMIT ID-3");
        until(MANDATE_END);
        assertThat(chain.answer(
                        PATIENT_NAME,
                        appoint(
                                GUARDIAN,
                                appointment(GUARDIAN)
                                        .setMandate(Period.newBuilder().setEndMillis(MANDATE_END + 60 * MINUTE)))))
                .isEqualTo("OK");
        assertThat(chain.objects().patient(PATIENT).orElseThrow().getGuardianIdsList())
                .containsExactly(GUARDIAN);
    }
}
