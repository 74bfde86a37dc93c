package io.consilium.ledger;

import static io.consilium.ledger.TestChain.ADAMS;
import static io.consilium.ledger.TestChain.BROWN;
import static io.consilium.ledger.TestChain.OFFICER;
import static io.consilium.ledger.TestChain.PATIENT;
import static io.consilium.ledger.TestChain.RECORD;
import static io.consilium.ledger.TestChain.RIVERSIDE;
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
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.LedgerEvent;
import io.consilium.ledger.consent.ConsentDecision;
import io.consilium.ledger.consent.DecisionRequest;
import io.consilium.ledger.consent.PatientConsents;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.ledger.tx.ActorName;
import io.consilium.proto.AccessRequest;
import io.consilium.proto.BreakGlass;
import io.consilium.proto.ConsentGrant;
import io.consilium.proto.ConsentRevoke;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentStatus;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.GuardianAppointment;
import io.consilium.proto.LabelGroup;
import io.consilium.proto.PatientController;
import io.consilium.proto.PatientGuardian;
import io.consilium.proto.PatientMerge;
import io.consilium.proto.PatientState;
import io.consilium.proto.Period;
import io.consilium.proto.TransactionBody;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** PATIENT is the root, who has a key; the second id was drawn for the same person by mistake. */
class MergeRulesTest {
    private static final ByteString ALIAS = id("alias");
    private static final ByteString OTHER_RECORD = id("record of the alias");

    private final TestChain chain = TestChain.withRecord();

    @BeforeEach
    void registeredTwice() {
        register(ALIAS, OFFICER);
        chain.applied(
                ADAMS,
                body -> body.setRecordRegister(
                        record(OTHER_RECORD, ALIAS, ST_MARY).setContent(content(ST_MARY, Sensitivity.N, "psy"))));
    }

    private void register(ByteString id, String by) {
        String custodian = ActorName.institutionOf(by);
        chain.applied(by, body -> body.setPatientRegister(patient(id, custodian).clearControllerKey()));
    }

    private static Consumer<TransactionBody.Builder> merge(ByteString root, ByteString alias) {
        return body -> body.setPatientMerge(
                PatientMerge.newBuilder().setRootId(root).setAliasId(alias).setEvidenceHash(hash("passport")));
    }

    private static Consumer<TransactionBody.Builder> undo(ByteString root, ByteString alias) {
        return body -> {
            merge(root, alias).accept(body);
            body.getPatientMergeBuilder().setUndo(true);
        };
    }

    private static ConsentRule.Builder rule(boolean permit) {
        return ConsentRule.newBuilder().setPermit(permit).addActors(RIVERSIDE).addPurposes("TREAT");
    }

    private static Consumer<TransactionBody.Builder> grant(
            String consent, ByteString patient, ConsentRule.Builder rule) {
        return body -> body.setConsentGrant(ConsentGrant.newBuilder()
                .setConsentId(id(consent))
                .setPatientId(patient)
                .setTerms(ConsentTerms.newBuilder().addRules(rule))
                .setEvidenceHash(hash("form")));
    }

    private String decision(ByteString patient, ByteString record) {
        return ConsentDecision.decide(
                        chain.objects(), new DecisionRequest(patient, record, 0, BROWN, "TREAT", "", chain.now))
                .outcome()
                .name();
    }

    private PatientState state(ByteString id) {
        return chain.objects().patient(id).orElseThrow();
    }

    @Test
    @DisplayName("ID-3 a custodian of both merges two ids with evidence; the alias points to the root")
    void id3_merge() {
        BlockResult result = chain.block(chain.transaction(OFFICER, merge(PATIENT, ALIAS)));
        assertThat(result.receipts().get(0).code()).isEqualTo("OK");
        assertThat(result.events()).extracting(LedgerEvent::type).containsExactly("patient.merged");
        assertThat(result.events().get(0).parties()).containsExactly(ST_MARY);
        assertThat(state(PATIENT).getAliasesList()).containsExactly(ALIAS);
        assertThat(state(ALIAS).getMergedInto()).isEqualTo(PATIENT);
        assertThat(chain.objects().record(OTHER_RECORD).orElseThrow().getPatientId())
                .isEqualTo(ALIAS);
    }

    @Test
    @DisplayName("ID-3 strangers, other roles, missing evidence and unknown ids are refused")
    void id3_whoMayMerge() {
        assertThat(chain.answer(ADAMS, merge(PATIENT, ALIAS))).isEqualTo("ROLE_REQUIRED ID-3");
        assertThat(chain.answer(patientName(), merge(PATIENT, ALIAS))).isEqualTo("SIGNER_NOT_PERMITTED ID-3");
        assertThat(chain.answer("riverside/consent", merge(PATIENT, ALIAS))).isEqualTo("NOT_CUSTODIAN ID-3");
        ByteString elsewhere = id("elsewhere");
        register(elsewhere, "riverside/consent");
        assertThat(chain.answer(OFFICER, merge(PATIENT, elsewhere))).isEqualTo("NOT_CUSTODIAN ID-3");
        assertThat(chain.answer(OFFICER, merge(PATIENT, id("nobody")))).isEqualTo("PATIENT_UNKNOWN ID-3");
        assertThat(chain.answer(OFFICER, body -> {
                    merge(PATIENT, ALIAS).accept(body);
                    body.getPatientMergeBuilder().clearEvidenceHash();
                }))
                .isEqualTo("EVIDENCE_MISSING ID-3");
        assertThat(state(PATIENT).getAliasesCount()).isZero();
    }

    @Test
    @DisplayName("ID-3 no cycles: neither itself, nor a root that is an alias, nor an alias twice")
    void id3_noCycles() {
        assertThat(chain.answer(OFFICER, merge(ALIAS, ALIAS))).isEqualTo("MERGE_SELF ID-3");
        chain.applied(OFFICER, merge(PATIENT, ALIAS));
        ByteString third = id("third");
        register(third, OFFICER);
        assertThat(chain.answer(OFFICER, merge(ALIAS, third))).isEqualTo("PATIENT_MERGED ID-3");
        assertThat(chain.answer(OFFICER, merge(third, ALIAS))).isEqualTo("PATIENT_MERGED ID-3");
        assertThat(chain.answer(OFFICER, merge(PATIENT, ALIAS))).isEqualTo("PATIENT_MERGED ID-3");
    }

    @Test
    @DisplayName("ID-3 aliases of an alias become the root's, eight at most")
    void id3_flatAndBounded() {
        ByteString third = id("third");
        register(third, OFFICER);
        chain.applied(OFFICER, merge(ALIAS, third));
        chain.applied(OFFICER, merge(PATIENT, ALIAS));
        assertThat(state(third).getMergedInto()).isEqualTo(PATIENT);
        assertThat(state(ALIAS).getAliasesCount()).isZero();
        assertThat(state(PATIENT).getAliasesList()).containsExactly(ALIAS, third);
        for (int i = 2; i < 8; i++) {
            register(id("further " + i), OFFICER);
            chain.applied(OFFICER, merge(PATIENT, id("further " + i)));
        }
        register(id("one too many"), OFFICER);
        assertThat(chain.answer(OFFICER, merge(PATIENT, id("one too many")))).isEqualTo("ALIAS_LIMIT ID-3");
    }

    @Test
    @DisplayName("ID-3 nobody takes a patient's voice over: an id with keys of its own does not end")
    void id3_keysStay() {
        assertThat(chain.answer(OFFICER, merge(ALIAS, PATIENT))).isEqualTo("ALIAS_HAS_KEY ID-3");
        chain.applied(
                patientName(),
                body -> body.setPatientController(PatientController.newBuilder().setPatientId(PATIENT)));
        assertThat(chain.answer(OFFICER, merge(ALIAS, PATIENT))).isEqualTo("OK");
    }

    @Test
    @DisplayName("CON-2 ID-3 consents of root and alias speak for the records of both, whichever id is asked for")
    void con2_consentsOfAll() {
        chain.applied(OFFICER, grant("by the alias", ALIAS, rule(true)));
        assertThat(decision(PATIENT, RECORD)).isEqualTo("DENY");
        chain.applied(OFFICER, merge(PATIENT, ALIAS));
        assertThat(decision(PATIENT, RECORD)).isEqualTo("PERMIT");
        assertThat(decision(ALIAS, RECORD)).isEqualTo("PERMIT");
        assertThat(decision(PATIENT, OTHER_RECORD)).isEqualTo("PERMIT");
        chain.applied(patientName(), grant("by the root", PATIENT, rule(false)));
        assertThat(decision(PATIENT, OTHER_RECORD)).isEqualTo("DENY");
        assertThat(decision(id("somebody else"), OTHER_RECORD)).isEqualTo("DENY");
    }

    @Test
    @DisplayName("PRV-4 ID-3 a rule by label matches the other id's records if it denies, and not if it permits")
    void prv4_labelsAcrossIds() {
        LabelGroup psy = LabelGroup.newBuilder().addLabels(label("psy")).build();
        chain.applied(patientName(), grant("permit psy", PATIENT, rule(true).addLabels(psy)));
        chain.applied(OFFICER, merge(PATIENT, ALIAS));
        assertThat(decision(PATIENT, OTHER_RECORD)).isEqualTo("DENY");
        chain.applied(patientName(), grant("permit all", PATIENT, rule(true)));
        assertThat(decision(PATIENT, OTHER_RECORD)).isEqualTo("PERMIT");
        LabelGroup other = LabelGroup.newBuilder().addLabels(label("anything")).build();
        chain.applied(patientName(), grant("deny anything", PATIENT, rule(false).addLabels(other)));
        assertThat(decision(PATIENT, OTHER_RECORD)).isEqualTo("DENY");
        assertThat(decision(PATIENT, RECORD)).isEqualTo("PERMIT");
    }

    @Test
    @DisplayName("ID-3 the alias takes nothing new, and what it has is amended and revoked, by the root's key too")
    void id3_aliasRests() {
        chain.applied(OFFICER, grant("by the alias", ALIAS, rule(true)));
        chain.applied(OFFICER, merge(PATIENT, ALIAS));
        assertThat(chain.answer(OFFICER, grant("late", ALIAS, rule(true)))).isEqualTo("PATIENT_MERGED ID-3");
        assertThat(chain.answer(ADAMS, body -> body.setRecordRegister(record(id("late"), ALIAS, ST_MARY))))
                .isEqualTo("PATIENT_MERGED ID-3");
        Consumer<TransactionBody.Builder> controller = body -> body.setPatientController(PatientController.newBuilder()
                .setPatientId(ALIAS)
                .setControllerKey(signingKey("thief"))
                .setEncryptionKey(encryptionKey("thief"))
                .setScopeKey(sealed("thief").toBuilder().setRecipient(ActorName.hex(ALIAS)))
                .setEvidenceHash(hash("form")));
        String guardian = ActorName.hex(id("guardian"));
        Consumer<TransactionBody.Builder> appointment = body -> body.setPatientGuardian(PatientGuardian.newBuilder()
                .setGuardianId(id("guardian"))
                .setAppoint(GuardianAppointment.newBuilder()
                        .setPatientId(ALIAS)
                        .setSigningKey(signingKey(guardian))
                        .setEncryptionKey(encryptionKey(guardian))
                        .setMandate(Period.newBuilder().setEndMillis(chain.now + 1_000_000))
                        .setScopeKey(sealed(guardian))
                        .setLabelEpoch(1)
                        .setEvidenceHash(hash("form"))));
        for (Consumer<TransactionBody.Builder> late : List.of(controller, appointment)) {
            assertThat(chain.answer(OFFICER, late)).isEqualTo("PATIENT_MERGED ID-3");
            // that there was a merge is not for others to learn (PRV-8)
            assertThat(chain.answer("riverside/consent", late)).isEqualTo("SIGNER_NOT_PERMITTED ID-3");
        }
        assertThat(chain.answer(
                        patientName(),
                        body -> body.setConsentRevoke(ConsentRevoke.newBuilder().setConsentId(id("by the alias")))))
                .isEqualTo("OK");
        assertThat(chain.objects().consent(id("by the alias")).orElseThrow().getStatus())
                .isEqualTo(ConsentStatus.CONSENT_REVOKED);
        assertThat(decision(PATIENT, OTHER_RECORD)).isEqualTo("DENY");
    }

    @Test
    @DisplayName(
            "PRV-8 ID-3 the root's key reads the alias's records; before the merge and after it was undone it does not")
    void prv8_ownRecords() {
        Consumer<TransactionBody.Builder> early = request("early");
        assertThat(chain.answer(patientName(), early)).isEqualTo("ACCESS_DENIED CON-2");
        chain.applied(OFFICER, merge(PATIENT, ALIAS));
        assertThat(chain.answer(patientName(), request("merged"))).isEqualTo("OK");
        chain.applied(OFFICER, undo(PATIENT, ALIAS));
        assertThat(chain.answer(patientName(), request("parted"))).isEqualTo("ACCESS_DENIED CON-2");
    }

    private static Consumer<TransactionBody.Builder> request(String access) {
        return body -> body.setAccessRequest(AccessRequest.newBuilder()
                .setAccessId(id(access))
                .setRecordId(OTHER_RECORD)
                .setPurpose("FAMRQT"));
    }

    @Test
    @DisplayName("ID-3 a merge is undone: each id has its own consents again, and nothing was lost")
    void id3_undo() {
        chain.applied(OFFICER, grant("by the alias", ALIAS, rule(true)));
        ByteString before = PatientConsents.activeHash(chain.objects(), PATIENT, chain.now);
        assertThat(chain.answer(OFFICER, undo(PATIENT, ALIAS))).isEqualTo("PATIENT_NOT_MERGED ID-3");
        chain.applied(OFFICER, merge(PATIENT, ALIAS));
        assertThat(PatientConsents.activeHash(chain.objects(), PATIENT, chain.now))
                .as("PRV-5 what was judged by other consents is void")
                .isNotEqualTo(before);
        BlockResult result = chain.block(chain.transaction(OFFICER, undo(PATIENT, ALIAS)));
        assertThat(result.events()).extracting(LedgerEvent::type).containsExactly("patient.unmerged");
        assertThat(PatientConsents.activeHash(chain.objects(), PATIENT, chain.now))
                .isEqualTo(before);
        assertThat(decision(PATIENT, RECORD)).isEqualTo("DENY");
        assertThat(decision(ALIAS, OTHER_RECORD)).isEqualTo("PERMIT");
        assertThat(state(ALIAS).getMergedInto().isEmpty()).isTrue();
        assertThat(chain.answer(OFFICER, grant("again", ALIAS, rule(true)))).isEqualTo("OK");
    }

    @Test
    @DisplayName("ACC-3 ID-3 a glass broken for the root opens the alias's records, unless one of the ids refused it")
    void acc3_breakGlass() {
        chain.applied(OFFICER, merge(PATIENT, ALIAS));
        assertThat(chain.answer(BROWN, glass("first"))).isEqualTo("OK");
        assertThat(chain.answer(BROWN, emergency("read"))).isEqualTo("OK");
        chain.applied(OFFICER, undo(PATIENT, ALIAS));
        chain.applied(
                OFFICER,
                grant(
                        "refusal",
                        ALIAS,
                        ConsentRule.newBuilder().setPermit(false).addPurposes("BTG")));
        chain.applied(OFFICER, merge(PATIENT, ALIAS));
        assertThat(chain.answer(BROWN, glass("second"))).isEqualTo("ACCESS_DENIED ACC-3");
        assertThat(chain.answer(BROWN, emergency("read again"))).isEqualTo("ACCESS_DENIED CON-2");
    }

    private static Consumer<TransactionBody.Builder> glass(String access) {
        return body -> body.setBreakGlass(BreakGlass.newBuilder()
                .setAccessId(id(access))
                .setPatientId(PATIENT)
                .setSealedRationale(hash("rationale"))
                .addRationaleKey(sealed(ST_MARY)));
    }

    private static Consumer<TransactionBody.Builder> emergency(String access) {
        return body -> body.setAccessRequest(AccessRequest.newBuilder()
                .setAccessId(id(access))
                .setRecordId(OTHER_RECORD)
                .setPurpose("BTG"));
    }
}
