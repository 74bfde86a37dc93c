package io.consilium.ledger;

import static io.consilium.ledger.TestChain.ADAMS;
import static io.consilium.ledger.TestChain.BROWN;
import static io.consilium.ledger.TestChain.OFFICER;
import static io.consilium.ledger.TestChain.PATIENT;
import static io.consilium.ledger.TestChain.RECORD;
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
import io.consilium.ledger.tx.ActorName;
import io.consilium.proto.AccessRequest;
import io.consilium.proto.AccessState;
import io.consilium.proto.ConsentGrant;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.DecisionOutcome;
import io.consilium.proto.Disclose;
import io.consilium.proto.PatientController;
import io.consilium.proto.PatientState;
import io.consilium.proto.TransactionBody;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PatientKeyRulesTest {
    private static final ByteString KEYLESS = id("keyless");
    private static final String KEYLESS_NAME = ActorName.hex(KEYLESS);
    private static final String PATIENT_NAME = TestChain.patientName();

    private final TestChain chain = TestChain.withRecord();

    PatientKeyRulesTest() {
        chain.applied(
                ADAMS,
                body -> body.setPatientRegister(
                        TestChain.patient(KEYLESS, ST_MARY).clearControllerKey()));
    }

    /** New keys, both derived from the name. */
    private static PatientController.Builder keys(ByteString patient, String name) {
        String recipient = ActorName.hex(patient);
        return PatientController.newBuilder()
                .setPatientId(patient)
                .setControllerKey(signingKey(name))
                .setEncryptionKey(encryptionKey(recipient))
                .setScopeKey(sealed(recipient));
    }

    private static Consumer<TransactionBody.Builder> change(PatientController.Builder controller) {
        return body -> body.setPatientController(controller);
    }

    private static Consumer<TransactionBody.Builder> change(PatientController.Builder controller, String form) {
        return body -> body.setPatientController(controller.clone().setEvidenceHash(hash(form)));
    }

    private static Consumer<TransactionBody.Builder> grant(ByteString patient) {
        return body -> body.setConsentGrant(ConsentGrant.newBuilder()
                .setConsentId(id("consent"))
                .setPatientId(patient)
                .setTerms(ConsentTerms.newBuilder()
                        .addRules(ConsentRule.newBuilder().setPermit(true).addActors("riverside"))));
    }

    private static Consumer<TransactionBody.Builder> request(ByteString access, ByteString record, String action) {
        return body -> body.setAccessRequest(AccessRequest.newBuilder()
                .setAccessId(access)
                .setRecordId(record)
                .setPurpose("PATRQT")
                .setAction(action));
    }

    private PatientState patient(ByteString id) {
        return chain.objects().patient(id).orElseThrow();
    }

    @Test
    @DisplayName("ID-3 where there is no key, a CONSENT_OFFICER of a custodian sets the first with evidence")
    void id3_officerSetsTheFirstKey() {
        assertThat(chain.answer(OFFICER, change(keys(KEYLESS, KEYLESS_NAME)))).isEqualTo("EVIDENCE_MISSING ID-3");
        BlockResult result = chain.block(chain.transaction(OFFICER, change(keys(KEYLESS, KEYLESS_NAME), "form")));
        assertThat(result.receipts().get(0).code()).isEqualTo("OK");
        assertThat(result.events()).extracting(LedgerEvent::type).containsExactly("patient.key-changed");
        assertThat(patient(KEYLESS).getEncryptionKey()).isEqualTo(encryptionKey(KEYLESS_NAME));
        assertThat(patient(KEYLESS).getScopeKeyList())
                .extracting(io.consilium.proto.SealedFor::getRecipient)
                .containsExactly(ST_MARY, KEYLESS_NAME);
        assertThat(chain.answer(KEYLESS_NAME, grant(KEYLESS))).isEqualTo("OK");
    }

    @Test
    @DisplayName("ID-3 where there is a key, only that key sets the next, which then alone signs")
    void id3_theKeyReplacesItself() {
        assertThat(chain.answer(OFFICER, change(keys(PATIENT, "stolen"), "form")))
                .isEqualTo("CONTROLLER_KEY_SET ID-3");
        assertThat(chain.answer(PATIENT_NAME, change(keys(PATIENT, "patient"))))
                .isEqualTo("CONTROLLER_KEY_UNCHANGED ID-3");
        assertThat(chain.answer(PATIENT_NAME, change(keys(PATIENT, "patient's next"))))
                .isEqualTo("OK");
        assertThat(patient(PATIENT).getControllerKey()).isEqualTo(signingKey("patient's next"));
        assertThat(chain.answer(PATIENT_NAME, grant(PATIENT))).isEqualTo("KEY_NOT_ACTIVE TX-4");
    }

    @Test
    @DisplayName("ID-3 a patient gives up the keys, and the custodian's officer can set others")
    void id3_keysAreGivenUp() {
        PatientController.Builder none = PatientController.newBuilder().setPatientId(PATIENT);
        assertThat(chain.answer(PATIENT_NAME, change(none))).isEqualTo("OK");
        assertThat(patient(PATIENT).hasControllerKey()).isFalse();
        assertThat(patient(PATIENT).getScopeKeyList()).hasSize(1);
        assertThat(chain.answer(OFFICER, change(none, "form"))).isEqualTo("CONTROLLER_KEY_UNCHANGED ID-3");
        assertThat(chain.answer(OFFICER, change(keys(PATIENT, "patient"), "form")))
                .isEqualTo("OK");
    }

    @Test
    @DisplayName("ID-3 PRV-3 nobody else sets keys, and nothing is sealed to a stranger or to another key")
    void id3_strangersAndForeignEnvelopes() {
        for (String actor : new String[] {ADAMS, "st-mary/admin", "riverside/consent", ST_MARY, PATIENT_NAME}) {
            assertThat(chain.answer(actor, change(keys(KEYLESS, KEYLESS_NAME), "form")))
                    .as(actor)
                    .isEqualTo("SIGNER_NOT_PERMITTED ID-3");
        }
        assertThat(chain.answer(OFFICER, change(keys(id("nobody"), "x"), "form")))
                .isEqualTo("PATIENT_UNKNOWN ID-3");
        assertThat(chain.answer(OFFICER, change(keys(KEYLESS, "x").setScopeKey(sealed(ST_MARY)), "form")))
                .isEqualTo("RECIPIENT_NOT_ALLOWED PRV-3");
        assertThat(chain.answer(OFFICER, change(keys(KEYLESS, "x").setEncryptionKey(encryptionKey("other")), "form")))
                .isEqualTo("RECIPIENT_KEY_STALE PRV-3");
        assertThat(patient(KEYLESS).hasControllerKey()).isFalse();
    }

    @Test
    @DisplayName("PRV-8 ACC-1 a patient is permitted its own records and no others'")
    void prv8_patientsSeeTheirOwn() {
        chain.applied(PATIENT_NAME, change(keys(PATIENT, "next")));
        chain.applied(OFFICER, change(keys(KEYLESS, KEYLESS_NAME), "form"));
        chain.patientKey = "next";
        BlockResult result = chain.block(chain.transaction(PATIENT_NAME, request(id("a1"), RECORD, "")));
        assertThat(result.receipts().get(0).message().getDecision()).isEqualTo(DecisionOutcome.PERMIT);
        assertThat(result.events()).extracting(LedgerEvent::type).containsExactly("access.permitted");
        AccessState access = chain.objects().access(id("a1")).orElseThrow();
        assertThat(access.getDecision().getReason()).isEqualTo("OWN_RECORD");
        assertThat(access.getRequesterEncryptionKey())
                .isEqualTo(encryptionKey(PATIENT_NAME).getKey());
        assertThat(chain.answer(KEYLESS_NAME, request(id("a2"), RECORD, ""))).isEqualTo("ACCESS_DENIED CON-2");
        assertThat(chain.answer(KEYLESS_NAME, request(id("a3"), id("no record"), "")))
                .isEqualTo("ACCESS_DENIED CON-2");
        assertThat(chain.objects().access(id("a2")).orElseThrow().getRequester())
                .isEqualTo(KEYLESS_NAME);
    }

    @Test
    @DisplayName("PRV-8 an explicit deny is no bar to the patient itself, reading is all that it may")
    void prv8_ownRecordsWhateverConsentsSay() {
        chain.applied(
                PATIENT_NAME,
                body -> body.setConsentGrant(ConsentGrant.newBuilder()
                        .setConsentId(id("deny"))
                        .setPatientId(PATIENT)
                        .setTerms(ConsentTerms.newBuilder().addRules(ConsentRule.newBuilder()))));
        assertThat(chain.answer(PATIENT_NAME, request(id("a1"), RECORD, "access")))
                .isEqualTo("OK");
        assertThat(chain.answer(PATIENT_NAME, request(id("a2"), RECORD, "correct")))
                .isEqualTo("ACCESS_DENIED CON-2");
    }

    @Test
    @DisplayName("ACC-2 the custodian discloses to the key that the patient has now")
    void acc2_disclosureToThePatient() {
        chain.applied(PATIENT_NAME, change(keys(PATIENT, "next")));
        chain.patientKey = "next";
        chain.applied(PATIENT_NAME, request(id("a1"), RECORD, ""));
        Disclose.Builder disclose = Disclose.newBuilder()
                .setAccessId(id("a1"))
                .setCiphertextHash(hash("ciphertext"))
                .setEnvelopeHash(hash("wrapped"))
                .setRecipientKey(encryptionKey("another").getKey());
        assertThat(chain.answer(ST_MARY, body -> body.setDisclose(disclose))).isEqualTo("RECIPIENT_KEY_CHANGED ACC-2");
        disclose.setRecipientKey(encryptionKey(PATIENT_NAME).getKey());
        BlockResult result = chain.block(chain.transaction(ST_MARY, body -> body.setDisclose(disclose)));
        assertThat(result.receipts().get(0).code()).isEqualTo("OK");
        assertThat(result.events().get(0).parties()).containsExactly(ST_MARY);
    }

    @Test
    @DisplayName("ACC-1 patients and guardians make requests, not uses")
    void acc1_patientsUseNothing() {
        assertThat(chain.answer(
                        PATIENT_NAME,
                        body -> body.setAccessUse(io.consilium.proto.AccessUse.newBuilder()
                                .addItems(io.consilium.proto.AccessUse.Item.newBuilder()
                                        .setAccessId(id("u"))
                                        .setRecordId(RECORD)
                                        .setPurpose("TREAT")))))
                .isEqualTo("SIGNER_NOT_PERMITTED ACC-1");
        assertThat(chain.answer(BROWN, request(id("b"), RECORD, ""))).isEqualTo("ACCESS_DENIED CON-2");
    }
}
