package io.consilium.ledger;

import static io.consilium.ledger.TestChain.ADAMS;
import static io.consilium.ledger.TestChain.BROWN;
import static io.consilium.ledger.TestChain.MINUTE;
import static io.consilium.ledger.TestChain.OFFICER;
import static io.consilium.ledger.TestChain.PATIENT;
import static io.consilium.ledger.TestChain.RECORD;
import static io.consilium.ledger.TestChain.RIVERSIDE;
import static io.consilium.ledger.TestChain.START;
import static io.consilium.ledger.TestChain.ST_MARY;
import static io.consilium.ledger.TestChain.content;
import static io.consilium.ledger.TestChain.encryptionKey;
import static io.consilium.ledger.TestChain.hash;
import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.TestChain.label;
import static io.consilium.ledger.TestChain.patient;
import static io.consilium.ledger.TestChain.patientName;
import static io.consilium.ledger.TestChain.record;
import static io.consilium.ledger.TestChain.sealed;
import static io.consilium.ledger.TestChain.signingKey;
import static io.consilium.ledger.TestChain.sorted;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.LedgerEvent;
import io.consilium.ledger.consent.ConsentDecision;
import io.consilium.ledger.consent.DecisionRequest;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.ledger.tx.ActorName;
import io.consilium.proto.ConsentAmend;
import io.consilium.proto.ConsentGrant;
import io.consilium.proto.ConsentRelabel;
import io.consilium.proto.ConsentRevoke;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentState;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.GuardianAppointment;
import io.consilium.proto.LabelGroup;
import io.consilium.proto.PatientGuardian;
import io.consilium.proto.PatientRelabel;
import io.consilium.proto.PatientState;
import io.consilium.proto.Period;
import io.consilium.proto.RecordAmend;
import io.consilium.proto.RecordRelabel;
import io.consilium.proto.RecordState;
import io.consilium.proto.ScopeKeyChange;
import io.consilium.proto.SealedFor;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.VersionLabels;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RelabelRulesTest {
    private static final ByteString CONSENT = id("consent");
    private static final ByteString LABELLED = id("labelled");
    private static final String PRIVACY = "st-mary/privacy";

    private final TestChain chain = new TestChain();

    /** A record with the label psy, and a consent by which riverside reads what has it. */
    @BeforeEach
    void psychiatry() {
        chain.applied(ADAMS, body -> body.setPatientRegister(patient(PATIENT, ST_MARY)));
        chain.applied(
                ADAMS,
                body -> body.setRecordRegister(
                        record(LABELLED, PATIENT, ST_MARY).setContent(content(ST_MARY, Sensitivity.R, "psy"))));
        chain.applied(patientName(), grant(CONSENT, terms(true, "psy", 0)));
    }

    private static ConsentTerms.Builder terms(boolean permit, String label, int epoch) {
        return ConsentTerms.newBuilder()
                .setLabelEpoch(epoch)
                .addRules(ConsentRule.newBuilder()
                        .setPermit(permit)
                        .addActors(RIVERSIDE)
                        .addPurposes("TREAT")
                        .addLabels(LabelGroup.newBuilder().addLabels(label(label))));
    }

    private static Consumer<TransactionBody.Builder> grant(ByteString id, ConsentTerms.Builder terms) {
        return body -> body.setConsentGrant(
                ConsentGrant.newBuilder().setConsentId(id).setPatientId(PATIENT).setTerms(terms));
    }

    private static PatientRelabel.Builder relabel(int epoch) {
        return PatientRelabel.newBuilder()
                .setPatientId(PATIENT)
                .setLabelEpoch(epoch)
                .setRequestedBy(PRIVACY);
    }

    private static ScopeKeyChange.Builder newKey(SealedFor... envelopes) {
        return ScopeKeyChange.newBuilder()
                .addAllScopeKey(java.util.List.of(envelopes))
                .setPreviousKey(hash("the key before").concat(hash("sealed")));
    }

    private static PatientRelabel.Builder rotation(int epoch) {
        return relabel(epoch).setNewKey(newKey(sealed(ST_MARY)));
    }

    private static ConsentRelabel.Builder consent(long predecessor, String label) {
        return ConsentRelabel.newBuilder()
                .setConsentId(CONSENT)
                .setPredecessor(predecessor)
                .addLabels(LabelGroup.newBuilder().addLabels(label(label)));
    }

    private static RecordRelabel.Builder records(long predecessor, String... labels) {
        return RecordRelabel.newBuilder()
                .setRecordId(LABELLED)
                .setPredecessor(predecessor)
                .addVersions(version(labels));
    }

    private static VersionLabels.Builder version(String... labels) {
        return VersionLabels.newBuilder()
                .addAllLabels(sorted(
                        java.util.stream.Stream.of(labels).map(TestChain::label).toList()))
                .addAllSensitivityLabels(sorted(java.util.stream.Stream.of("1", "2", "3", "4", "5")
                        .map(TestChain::label)
                        .toList()));
    }

    private String relabelled(PatientRelabel.Builder relabel) {
        return chain.answer(ST_MARY, body -> body.setPatientRelabel(relabel));
    }

    private String decision() {
        return ConsentDecision.decide(
                        chain.objects(), new DecisionRequest(PATIENT, LABELLED, 0, BROWN, "TREAT", "", chain.now))
                .outcome()
                .name();
    }

    private PatientState patientState() {
        return chain.objects().patient(PATIENT).orElseThrow();
    }

    private ConsentState consentState() {
        return chain.objects().consent(CONSENT).orElseThrow();
    }

    private RecordState recordState() {
        return chain.objects().record(LABELLED).orElseThrow();
    }

    @Test
    @DisplayName("PRV-7 a new key relabels consents and records in one transaction, and every decision stays as it was")
    void prv7_oneTransaction() {
        assertThat(decision()).isEqualTo("PERMIT");
        BlockResult result = chain.block(chain.transaction(
                ST_MARY,
                body -> body.setPatientRelabel(
                        rotation(2).addConsents(consent(1, "psy 2")).addRecords(records(1, "psy 2")))));
        assertThat(result.receipts().get(0).code()).isEqualTo("OK");
        assertThat(result.events()).extracting(LedgerEvent::type).containsExactly("patient.relabelled");
        assertThat(result.events().get(0).parties()).containsExactly(ST_MARY);
        assertThat(decision()).isEqualTo("PERMIT");
        assertThat(patientState().getLabelEpoch()).isEqualTo(2);
        assertThat(patientState().getEarlierKeysCount()).isEqualTo(1);
        assertThat(consentState().getVersion()).isEqualTo(2);
        assertThat(consentState().getHistoryCount()).isEqualTo(2);
        assertThat(consentState().getGrantor()).isEqualTo(patientName());
        assertThat(recordState().getVersions(0).getContent().getLabelsList()).containsExactly(label("psy 2"));
        assertThat(recordState().getVersions(0).getContent().getCommitment()).isEqualTo(hash("commitment"));
    }

    @Test
    @DisplayName("PRV-7 a permit by labels of another key matches nothing, so that nothing is open on the way")
    void prv7_permitsCloseOnTheWay() {
        assertThat(relabelled(rotation(2))).isEqualTo("OK");
        assertThat(decision()).isEqualTo("PERMIT"); // both are of the old key still
        assertThat(relabelled(relabel(2).addConsents(consent(1, "psy 2")))).isEqualTo("OK");
        assertThat(decision()).isEqualTo("DENY");
        assertThat(relabelled(relabel(2).addRecords(records(1, "psy 2")))).isEqualTo("OK");
        assertThat(decision()).isEqualTo("PERMIT");
    }

    @Test
    @DisplayName("PRV-7 a deny by labels of another key matches everything, so that none fails open")
    void prv7_deniesHoldOnTheWay() {
        chain.applied(
                patientName(),
                body -> body.setConsentRevoke(ConsentRevoke.newBuilder().setConsentId(CONSENT)));
        ConsentTerms.Builder other = terms(false, "other", 0);
        other.addRules(ConsentRule.newBuilder().setPermit(true).addActors(RIVERSIDE));
        chain.applied(patientName(), grant(id("all but other"), other));
        assertThat(decision()).isEqualTo("PERMIT");
        assertThat(relabelled(rotation(2).addRecords(records(1, "psy 2")))).isEqualTo("OK");
        assertThat(decision()).isEqualTo("DENY");
        assertThat(relabelled(relabel(2).addConsents(consent(1, "other 2").setConsentId(id("all but other")))))
                .isEqualTo("OK");
        assertThat(decision()).isEqualTo("PERMIT");
    }

    @Test
    @DisplayName("PRV-7 what is labelled with the old key is refused from then on: records, consents, guardians")
    void prv7_oldLabelsAreRefused() {
        assertThat(relabelled(rotation(2).addConsents(consent(1, "psy 2")).addRecords(records(1, "psy 2"))))
                .isEqualTo("OK");
        assertThat(chain.answer(ADAMS, body -> body.setRecordRegister(record(RECORD, PATIENT, ST_MARY))))
                .isEqualTo("LABEL_EPOCH_STALE PRV-4");
        assertThat(chain.answer(patientName(), grant(id("late"), terms(false, "psy", 0))))
                .isEqualTo("LABEL_EPOCH_STALE PRV-7");
        assertThat(chain.answer(patientName(), grant(id("late"), terms(false, "psy", 1))))
                .isEqualTo("LABEL_EPOCH_STALE PRV-7");
        assertThat(chain.answer(patientName(), grant(id("late"), terms(false, "psy 2", 2))))
                .isEqualTo("OK");
        assertThat(chain.answer(
                        patientName(),
                        body -> body.setConsentAmend(ConsentAmend.newBuilder()
                                .setConsentId(CONSENT)
                                .setPredecessor(2)
                                .setTerms(terms(true, "psy", 1)))))
                .isEqualTo("LABEL_EPOCH_STALE PRV-7");
        ConsentTerms.Builder plain = ConsentTerms.newBuilder()
                .addRules(ConsentRule.newBuilder().setPermit(true).addActors(RIVERSIDE));
        assertThat(chain.answer(patientName(), grant(id("plain"), plain))).isEqualTo("OK");
    }

    @Test
    @DisplayName("PRV-7 the old key recognises no new label, and a grantee's data key opens no later version")
    void prv7_laterVersions() {
        chain.applied(ST_MARY, body -> body.setPatientRelabel(rotation(2).addRecords(records(1, "psy 2"))));
        chain.applied(
                ADAMS,
                body -> body.setRecordAmend(RecordAmend.newBuilder()
                        .setRecordId(LABELLED)
                        .setPredecessor(1)
                        .setContent(content(ST_MARY, Sensitivity.R, "psy 2").setLabelEpoch(2))));
        assertThat(recordState().getVersionsList()).allSatisfy(version -> {
            assertThat(version.getContent().getLabelEpoch()).isEqualTo(2);
            assertThat(version.getContent().getLabelsList()).doesNotContain(label("psy"));
        });
        assertThat(recordState().getVersions(1).getContent().getDataKeyCount()).isEqualTo(1);
    }

    @Test
    @DisplayName("PRV-7 custodians, a patient with keys and guardians in office get the new key, nobody else")
    void prv7_holders() {
        ByteString guardian = id("guardian");
        String name = ActorName.hex(guardian);
        chain.applied(
                patientName(),
                body -> body.setPatientGuardian(PatientGuardian.newBuilder()
                        .setGuardianId(guardian)
                        .setAppoint(GuardianAppointment.newBuilder()
                                .setPatientId(PATIENT)
                                .setSigningKey(signingKey(name))
                                .setEncryptionKey(encryptionKey(name))
                                .setMandate(Period.newBuilder().setEndMillis(START + 60 * MINUTE))
                                .setScopeKey(sealed(name))
                                .setLabelEpoch(1))));
        assertThat(relabelled(rotation(2))).isEqualTo("SCOPE_KEY_MISSING PRV-7");
        assertThat(relabelled(relabel(2).setNewKey(newKey(sealed(name))))).isEqualTo("SCOPE_KEY_MISSING PRV-7");
        assertThat(relabelled(relabel(2).setNewKey(newKey(sealed(ST_MARY), sealed(name), sealed(RIVERSIDE)))))
                .isEqualTo("RECIPIENT_NOT_ALLOWED PRV-7");
        SealedFor stale =
                sealed(name).toBuilder().setRecipientKey(hash("old key")).build();
        assertThat(relabelled(relabel(2).setNewKey(newKey(sealed(ST_MARY), stale))))
                .isEqualTo("RECIPIENT_KEY_STALE PRV-7");
        assertThat(relabelled(relabel(2).setNewKey(newKey(sealed(ST_MARY), sealed(name)))))
                .isEqualTo("OK");
        assertThat(chain.objects().guardian(guardian).orElseThrow().getLabelEpoch())
                .isEqualTo(2);
        assertThat(patientState().getScopeKeyList()).containsExactly(sealed(ST_MARY));
        chain.pass(60 * MINUTE);
        assertThat(relabelled(relabel(3).setNewKey(newKey(sealed(ST_MARY), sealed(name)))))
                .as("a mandate that is over")
                .isEqualTo("RECIPIENT_NOT_ALLOWED PRV-7");
        assertThat(relabelled(rotation(3))).isEqualTo("OK");
    }

    @Test
    @DisplayName("PRV-7 the custodian's node signs, for a CONSENT_OFFICER, PRIVACY_OFFICER or ADMIN of it")
    void prv7_signers() {
        assertThat(chain.answer(OFFICER, body -> body.setPatientRelabel(rotation(2))))
                .isEqualTo("SIGNER_NOT_PERMITTED PRV-7");
        assertThat(chain.answer(RIVERSIDE, body -> body.setPatientRelabel(rotation(2))))
                .isEqualTo("NOT_CUSTODIAN PRV-7");
        assertThat(relabelled(rotation(2).setRequestedBy(ADAMS))).isEqualTo("ROLE_REQUIRED PRV-7");
        assertThat(relabelled(rotation(2).setRequestedBy("riverside/admin"))).isEqualTo("ROLE_REQUIRED PRV-7");
        assertThat(relabelled(rotation(2).setPatientId(id("nobody")))).isEqualTo("PATIENT_UNKNOWN PRV-7");
        assertThat(relabelled(rotation(2).setRequestedBy(OFFICER))).isEqualTo("OK");
    }

    @Test
    @DisplayName("PRV-7 epochs count by one, and only a new key begins one")
    void prv7_epochs() {
        assertThat(relabelled(rotation(1))).isEqualTo("LABEL_EPOCH_STALE PRV-7");
        assertThat(relabelled(rotation(3))).isEqualTo("LABEL_EPOCH_STALE PRV-7");
        assertThat(relabelled(relabel(2).addRecords(records(1, "psy 2")))).isEqualTo("LABEL_EPOCH_STALE PRV-7");
        for (int epoch = 2; epoch <= 64; epoch++) {
            assertThat(relabelled(rotation(epoch))).isEqualTo("OK");
        }
        assertThat(relabelled(rotation(65))).isEqualTo("LABEL_EPOCH_LIMIT PRV-7");
    }

    @Test
    @DisplayName("PRV-7 new labels stand exactly in the place of the old ones, or all is refused")
    void prv7_labelsFit() {
        chain.applied(ST_MARY, body -> body.setPatientRelabel(rotation(2)));
        assertThat(relabelled(relabel(2).addConsents(consent(2, "psy 2")))).isEqualTo("VERSION_CONFLICT PRV-7");
        assertThat(relabelled(relabel(2)
                        .addConsents(consent(1, "psy 2")
                                .addLabels(LabelGroup.newBuilder().addLabels(label("more"))))))
                .isEqualTo("LABELS_UNFIT PRV-7");
        assertThat(relabelled(relabel(2).addConsents(consent(1, "psy 2").clearLabels())))
                .isEqualTo("LABELS_UNFIT PRV-7");
        assertThat(relabelled(relabel(2).addConsents(consent(1, "psy 2").setSealedCodes(hash("codes")))))
                .isEqualTo("LABELS_UNFIT PRV-7");
        assertThat(relabelled(relabel(2).addConsents(consent(1, "psy 2").addSealedConditions(hash("condition")))))
                .isEqualTo("LABELS_UNFIT PRV-7");
        assertThat(relabelled(relabel(2).addRecords(records(2, "psy 2")))).isEqualTo("VERSION_CONFLICT PRV-7");
        assertThat(relabelled(relabel(2).addRecords(records(1)))).isEqualTo("LABELS_UNFIT PRV-7");
        assertThat(relabelled(relabel(2).addRecords(records(1, "psy 2").addVersions(version()))))
                .isEqualTo("LABELS_UNFIT PRV-7");
        assertThat(relabelled(relabel(2).addRecords(records(1, "psy 2")))).isEqualTo("OK");
        assertThat(relabelled(relabel(2).addRecords(records(2, "psy 3"))))
                .as("labels of this key already")
                .isEqualTo("LABELS_UNFIT PRV-7");
        assertThat(consentState().getVersion()).isEqualTo(1);
    }

    @Test
    @DisplayName(
            "PRV-7 another patient's consents and records, revoked consents and another custodian's records are refused")
    void prv7_ownObjects() {
        ByteString other = id("other patient");
        chain.applied(ADAMS, body -> body.setPatientRegister(patient(other, ST_MARY)));
        PatientRelabel.Builder strange = PatientRelabel.newBuilder()
                .setPatientId(other)
                .setLabelEpoch(2)
                .setRequestedBy(PRIVACY)
                .setNewKey(newKey(sealed(ST_MARY)));
        assertThat(relabelled(strange.clone().addConsents(consent(1, "psy 2")))).isEqualTo("CONSENT_UNKNOWN PRV-7");
        assertThat(relabelled(strange.clone().addRecords(records(1, "psy 2")))).isEqualTo("RECORD_UNKNOWN PRV-7");
        chain.applied(
                patientName(),
                body -> body.setConsentRevoke(ConsentRevoke.newBuilder().setConsentId(CONSENT)));
        assertThat(relabelled(rotation(2).addConsents(consent(2, "psy 2")))).isEqualTo("CONSENT_REVOKED PRV-7");
    }
}
