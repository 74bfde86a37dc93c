package io.consilium.ledger;

import static io.consilium.ledger.TestChain.ADAMS;
import static io.consilium.ledger.TestChain.BROWN;
import static io.consilium.ledger.TestChain.MINUTE;
import static io.consilium.ledger.TestChain.OFFICER;
import static io.consilium.ledger.TestChain.PATIENT;
import static io.consilium.ledger.TestChain.RECORD;
import static io.consilium.ledger.TestChain.RIVERSIDE;
import static io.consilium.ledger.TestChain.ST_MARY;
import static io.consilium.ledger.TestChain.hash;
import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.TestChain.patient;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.LedgerEvent;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.consent.ConsentDecision;
import io.consilium.ledger.consent.DecisionRequest;
import io.consilium.ledger.consent.ListedConsent;
import io.consilium.ledger.consent.PatientConsents;
import io.consilium.ledger.state.StateKeys;
import io.consilium.proto.ConsentAmend;
import io.consilium.proto.ConsentGrant;
import io.consilium.proto.ConsentRevoke;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentState;
import io.consilium.proto.ConsentStatus;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.PatientState;
import io.consilium.proto.Period;
import io.consilium.proto.TransactionBody;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ConsentRulesTest {
    private static final ByteString CONSENT = id("consent");
    private static final String PATIENT_NAME = TestChain.patientName();

    private final TestChain chain = TestChain.withRecord();

    private static ConsentTerms.Builder terms(String... actors) {
        return ConsentTerms.newBuilder()
                .addRules(ConsentRule.newBuilder()
                        .setPermit(true)
                        .addAllActors(java.util.List.of(actors))
                        .addPurposes("TREAT"));
    }

    private static Consumer<TransactionBody.Builder> grant(
            ByteString id, ConsentTerms.Builder terms, boolean evidence) {
        return body -> body.setConsentGrant(ConsentGrant.newBuilder()
                .setConsentId(id)
                .setPatientId(PATIENT)
                .setTerms(terms)
                .setEvidenceHash(evidence ? hash("form") : ByteString.EMPTY));
    }

    private static Consumer<TransactionBody.Builder> amend(long predecessor, ConsentTerms.Builder terms) {
        return body -> body.setConsentAmend(ConsentAmend.newBuilder()
                .setConsentId(CONSENT)
                .setPredecessor(predecessor)
                .setTerms(terms)
                .setEvidenceHash(hash("new form")));
    }

    private static Consumer<TransactionBody.Builder> revoke() {
        return body -> body.setConsentRevoke(ConsentRevoke.newBuilder().setConsentId(CONSENT));
    }

    private String decision(String by, long at) {
        return ConsentDecision.decide(chain::get, new DecisionRequest(PATIENT, RECORD, 0, by, "TREAT", "", at))
                .outcome()
                .name();
    }

    private java.util.List<ByteString> listed() {
        PatientState patient = chain.objects().patient(PATIENT).orElseThrow();
        return PatientConsents.all(chain.objects(), patient).stream()
                .map(ListedConsent::id)
                .toList();
    }

    private ConsentState consent() {
        return chain.objects().consent(CONSENT).orElseThrow();
    }

    @Test
    @DisplayName("CON-1 CON-6 a CONSENT_OFFICER of the custodian grants with the hash of the signed form")
    void con1_officerGrants() {
        BlockResult result = chain.block(chain.transaction(OFFICER, grant(CONSENT, terms(RIVERSIDE, BROWN), true)));
        assertThat(result.receipts().get(0).code()).isEqualTo("OK");
        assertThat(result.receipts().get(0).message().getObjectIdsList()).containsExactly(CONSENT);
        assertThat(result.changes().keySet())
                .containsExactly(
                        StateKeys.consent(CONSENT),
                        StateKeys.consentShard(PATIENT, CONSENT.byteAt(0) & 15),
                        StateKeys.patient(PATIENT));
        assertThat(result.index())
                .containsExactlyInAnyOrder(
                        LedgerIndexes.of(LedgerIndexes.PATIENT_CONSENTS, PATIENT, chain.now, CONSENT),
                        LedgerIndexes.of(LedgerIndexes.GRANTEE_CONSENTS, RIVERSIDE, chain.now, CONSENT),
                        LedgerIndexes.of(LedgerIndexes.GRANTEE_CONSENTS, BROWN, chain.now, CONSENT));
        assertThat(result.events()).extracting(LedgerEvent::type).containsExactly("consent.granted");
        assertThat(result.events().get(0).parties())
                .containsExactly("grantee:" + RIVERSIDE, "grantee:" + BROWN, ST_MARY);
        assertThat(consent().getGrantor()).isEqualTo(OFFICER);
        assertThat(consent().getEvidenceHash()).isEqualTo(hash("form"));
        assertThat(listed()).containsExactly(CONSENT);
        assertThat(decision(BROWN, chain.now)).isEqualTo("PERMIT");
    }

    @Test
    @DisplayName("CON-1 an officer without evidence is refused, the patient's own key needs none")
    void con1_evidence() {
        assertThat(chain.answer(OFFICER, grant(CONSENT, terms(RIVERSIDE), false)))
                .isEqualTo("EVIDENCE_MISSING CON-1");
        assertThat(chain.answer(PATIENT_NAME, grant(CONSENT, terms(RIVERSIDE), false)))
                .isEqualTo("OK");
        assertThat(consent().getGrantor()).isEqualTo(PATIENT_NAME);
    }

    @Test
    @DisplayName("CON-1 nobody else grants, amends or revokes")
    void con1_strangersAreRefused() {
        chain.applied(OFFICER, grant(CONSENT, terms(RIVERSIDE), true));
        chain.applied(
                BROWN,
                body -> body.setPatientRegister(
                        patient(id("other"), RIVERSIDE).setControllerKey(TestChain.signingKey("other patient"))));
        for (String actor : new String[] {ADAMS, "st-mary/admin", "riverside/consent", BROWN, ST_MARY, "helix/admin"}) {
            assertThat(chain.answer(actor, grant(id("x"), terms(RIVERSIDE), true)))
                    .isEqualTo("NOT_GRANTOR CON-1");
            // what an officer elsewhere would be told of a consent that does not exist (PRV-8)
            String answer = actor.endsWith("/consent") ? "CONSENT_UNKNOWN CON-1" : "NOT_GRANTOR CON-1";
            assertThat(chain.answer(actor, amend(1, terms(RIVERSIDE)))).isEqualTo(answer);
            assertThat(chain.answer(actor, revoke())).isEqualTo(answer);
            assertThat(chain.answer(
                            actor,
                            body -> body.setConsentRevoke(
                                    ConsentRevoke.newBuilder().setConsentId(id("none")))))
                    .isEqualTo(answer);
        }
        Consumer<TransactionBody.Builder> forOther = body -> body.setConsentGrant(ConsentGrant.newBuilder()
                .setConsentId(id("y"))
                .setPatientId(id("other"))
                .setTerms(terms(RIVERSIDE)));
        assertThat(chain.answer(PATIENT_NAME, forOther)).isEqualTo("NOT_GRANTOR CON-1");
        assertThat(chain.answer(OFFICER, forOther)).isEqualTo("NOT_GRANTOR CON-1");
    }

    @Test
    @DisplayName("CON-1 unknown patients, consents, actors, actions and repeated ids are refused")
    void con1_unknownNames() {
        assertThat(chain.answer(
                        OFFICER,
                        body -> body.setConsentGrant(ConsentGrant.newBuilder()
                                .setConsentId(CONSENT)
                                .setPatientId(id("nobody"))
                                .setTerms(terms()))))
                .isEqualTo("PATIENT_UNKNOWN ID-3");
        assertThat(chain.answer(OFFICER, revoke())).isEqualTo("CONSENT_UNKNOWN CON-1");
        assertThat(chain.answer(OFFICER, amend(1, terms()))).isEqualTo("CONSENT_UNKNOWN CON-1");
        for (String actor : new String[] {"nowhere", "st-mary/nobody", "role:WIZARD"}) {
            assertThat(chain.answer(OFFICER, grant(CONSENT, terms(actor), true)))
                    .isEqualTo("ACTOR_UNKNOWN CON-1");
        }
        ConsentTerms.Builder author = terms();
        author.getRulesBuilder(0).addAuthors("st-mary/nobody");
        assertThat(chain.answer(OFFICER, grant(CONSENT, author, true))).isEqualTo("ACTOR_UNKNOWN CON-1");
        ConsentTerms.Builder action = terms();
        action.getRulesBuilder(0).addActions("destroy");
        assertThat(chain.answer(OFFICER, grant(CONSENT, action, true))).isEqualTo("ACTION_UNKNOWN CON-1");
        assertThat(chain.answer(OFFICER, grant(CONSENT, terms("role:CLINICIAN"), true)))
                .isEqualTo("OK");
        assertThat(chain.answer(OFFICER, grant(CONSENT, terms(), true))).isEqualTo("CONSENT_EXISTS CON-1");
    }

    @Test
    @DisplayName("CON-3 purposes are HL7 v3 PurposeOfUse codes")
    void con3_purposes() {
        ConsentTerms.Builder terms = terms(RIVERSIDE);
        terms.getRulesBuilder(0).addPurposes("GOSSIP");
        assertThat(chain.answer(OFFICER, grant(CONSENT, terms, true))).isEqualTo("PURPOSE_UNKNOWN CON-3");
        ConsentTerms.Builder inner = terms(RIVERSIDE);
        inner.getRulesBuilder(0).addExceptions(ConsentRule.newBuilder().addPurposes("treat"));
        assertThat(chain.answer(OFFICER, grant(CONSENT, inner, true))).isEqualTo("PURPOSE_UNKNOWN CON-3");
        terms.getRulesBuilder(0).setPurposes(1, "HRESCH");
        assertThat(chain.answer(OFFICER, grant(CONSENT, terms, true))).isEqualTo("OK");
    }

    private static Period.Builder period(long start, long end) {
        return Period.newBuilder().setStartMillis(start).setEndMillis(end);
    }

    @Test
    @DisplayName("CON-4 a consent speaks within its period, start included, end excluded, by block time")
    void con4_period() {
        long start = chain.now + 10 * MINUTE;
        long end = chain.now + 20 * MINUTE;
        chain.applied(OFFICER, grant(CONSENT, terms(RIVERSIDE).setPeriod(period(start, end)), true));
        assertThat(decision(BROWN, start - 1)).isEqualTo("DENY");
        assertThat(decision(BROWN, start)).isEqualTo("PERMIT");
        assertThat(decision(BROWN, end - 1)).isEqualTo("PERMIT");
        assertThat(decision(BROWN, end)).isEqualTo("DENY");
        assertThat(consent().getStatus()).isEqualTo(ConsentStatus.CONSENT_ACTIVE);
    }

    @Test
    @DisplayName("CON-4 periods that are empty or over are refused")
    void con4_badPeriods() {
        long now = chain.now;
        assertThat(chain.answer(OFFICER, grant(CONSENT, terms().setPeriod(period(now + MINUTE, now + MINUTE)), true)))
                .isEqualTo("PERIOD_EMPTY CON-4");
        assertThat(chain.answer(OFFICER, grant(CONSENT, terms().setPeriod(period(now + MINUTE, now - MINUTE)), true)))
                .isEqualTo("PERIOD_EMPTY CON-4");
        assertThat(chain.answer(OFFICER, grant(CONSENT, terms().setPeriod(period(0, now)), true)))
                .isEqualTo("PERIOD_OVER CON-4");
        ConsentTerms.Builder rule = terms();
        rule.getRulesBuilder(0).setPeriod(period(5, 4));
        assertThat(chain.answer(OFFICER, grant(CONSENT, rule, true))).isEqualTo("PERIOD_EMPTY CON-4");
        ConsentTerms.Builder inner = terms();
        inner.getRulesBuilder(0).addExceptions(ConsentRule.newBuilder().setPeriod(period(5, 5)));
        assertThat(chain.answer(OFFICER, grant(CONSENT, inner, true))).isEqualTo("PERIOD_EMPTY CON-4");
    }

    @Test
    @DisplayName("CON-6 an amendment is a new version with its history")
    void con6_amend() {
        chain.applied(OFFICER, grant(CONSENT, terms(RIVERSIDE), true));
        long granted = chain.now;
        BlockResult result = chain.block(chain.transaction(OFFICER, amend(1, terms("helix"))));
        assertThat(result.receipts().get(0).message().getObjectVersion()).isEqualTo(2);
        assertThat(result.index())
                .containsExactly(LedgerIndexes.of(LedgerIndexes.GRANTEE_CONSENTS, "helix", granted, CONSENT));
        assertThat(consent().getHistoryCount()).isEqualTo(2);
        assertThat(consent().getGrantedMillis()).isEqualTo(granted);
        assertThat(consent().getChangedMillis()).isEqualTo(chain.now);
        assertThat(decision(BROWN, chain.now)).isEqualTo("DENY");
        assertThat(chain.answer(OFFICER, amend(1, terms(RIVERSIDE)))).isEqualTo("VERSION_CONFLICT CON-6");
        assertThat(chain.answer(
                        OFFICER,
                        body -> body.setConsentAmend(ConsentAmend.newBuilder()
                                .setConsentId(CONSENT)
                                .setPredecessor(2)
                                .setTerms(terms(RIVERSIDE)))))
                .isEqualTo("EVIDENCE_MISSING CON-1");
    }

    @Test
    @DisplayName("CON-1 an officer takes back what the patient signed with a signed form alone")
    void con1_revokingNeedsEvidence() {
        chain.applied(PATIENT_NAME, grant(CONSENT, terms(RIVERSIDE), false));
        assertThat(chain.answer(OFFICER, revoke())).isEqualTo("EVIDENCE_MISSING CON-1");
        assertThat(chain.answer(
                        OFFICER,
                        body -> body.setConsentRevoke(ConsentRevoke.newBuilder()
                                .setConsentId(CONSENT)
                                .setEvidenceHash(hash("signed revocation")))))
                .isEqualTo("OK");
        assertThat(consent().getEvidenceHash()).isEqualTo(hash("signed revocation"));
        chain.applied(OFFICER, grant(id("by officer"), terms(RIVERSIDE), true));
        assertThat(chain.answer(
                        OFFICER,
                        body -> body.setConsentRevoke(ConsentRevoke.newBuilder().setConsentId(id("by officer")))))
                .isEqualTo("OK");
    }

    @Test
    @DisplayName("CON-6 a revoked consent permits nothing, keeps its history, and cannot be changed")
    void con6_revoke() {
        chain.applied(PATIENT_NAME, grant(CONSENT, terms(RIVERSIDE), false));
        assertThat(decision(BROWN, chain.now)).isEqualTo("PERMIT");
        BlockResult result = chain.block(chain.transaction(PATIENT_NAME, revoke()));
        assertThat(result.receipts().get(0).code()).isEqualTo("OK");
        assertThat(result.events()).extracting(LedgerEvent::type).containsExactly("consent.revoked");
        assertThat(result.events().get(0).parties()).containsExactly("grantee:" + RIVERSIDE, ST_MARY);
        assertThat(decision(BROWN, chain.now)).isEqualTo("DENY");
        assertThat(consent().getStatus()).isEqualTo(ConsentStatus.CONSENT_REVOKED);
        assertThat(consent().getHistoryCount()).isEqualTo(2);
        assertThat(listed()).isEmpty();
        assertThat(chain.answer(PATIENT_NAME, revoke())).isEqualTo("CONSENT_REVOKED CON-6");
        assertThat(chain.answer(PATIENT_NAME, amend(2, terms(RIVERSIDE)))).isEqualTo("CONSENT_REVOKED CON-6");
    }

    @Test
    @DisplayName("TX-6 a patient's consents are bounded, and revoking makes room")
    void tx6_consentLimit() {
        chain.applied(PATIENT_NAME, grant(CONSENT, terms(RIVERSIDE), false));
        for (int i = 1; i < 1_024; i++) {
            chain.applied(PATIENT_NAME, grant(id("c" + i), terms(RIVERSIDE), false));
        }
        assertThat(listed()).hasSize(1_024).startsWith(CONSENT, id("c1"), id("c2"));
        assertThat(chain.answer(PATIENT_NAME, grant(id("more"), terms(RIVERSIDE), false)))
                .isEqualTo("CONSENT_LIMIT TX-6");
        assertThat(chain.answer(PATIENT_NAME, revoke())).isEqualTo("OK");
        assertThat(chain.answer(PATIENT_NAME, grant(id("more"), terms(RIVERSIDE), false)))
                .isEqualTo("OK");
    }

    @Test
    @DisplayName("TX-6 ids that begin alike fill their part of the list and no more")
    void tx6_chosenIdsFillOneShardOnly() {
        for (int i = 0; i < 256; i++) {
            chain.applied(PATIENT_NAME, grant(alike(i), terms(RIVERSIDE), false));
        }
        assertThat(chain.answer(PATIENT_NAME, grant(alike(256), terms(RIVERSIDE), false)))
                .isEqualTo("CONSENT_LIMIT TX-6");
        assertThat(chain.answer(PATIENT_NAME, grant(id("c1"), terms(RIVERSIDE), false)))
                .isEqualTo("OK");
    }

    private static ByteString alike(int number) {
        return ByteString.copyFrom(new byte[] {7}).concat(id("alike " + number).substring(1));
    }

    @Test
    @DisplayName("CON-6 a grantee hears of the grant, of every change, of being left out, and of the revocation")
    void con6_granteesAreNotified() {
        chain.applied(OFFICER, grant(CONSENT, terms(RIVERSIDE), true));
        BlockResult amended = chain.block(chain.transaction(OFFICER, amend(1, terms("helix"))));
        assertThat(amended.events().get(0).parties()).containsExactly("grantee:helix", "grantee:" + RIVERSIDE, ST_MARY);
        BlockResult revoked = chain.block(chain.transaction(OFFICER, revoke()));
        assertThat(revoked.events().get(0).type()).isEqualTo("consent.revoked");
        assertThat(revoked.events().get(0).parties()).containsExactly("grantee:helix", ST_MARY);
    }

    @Test
    @DisplayName("CON-7 an expression that nothing evaluates is refused, not ignored")
    void con7_expressionsAreRefused() {
        assertThat(chain.answer(OFFICER, grant(CONSENT, terms(RIVERSIDE).setExpression("st-mary/weekdays"), true)))
                .isEqualTo("RULE_UNSUPPORTED CON-7");
        chain.applied(OFFICER, grant(CONSENT, terms(RIVERSIDE), true));
        assertThat(chain.answer(OFFICER, amend(1, terms(RIVERSIDE).setExpression("x"))))
                .isEqualTo("RULE_UNSUPPORTED CON-7");
    }

    @Test
    @DisplayName("CON-6 grantees of exceptions, by role and everybody are indexed; those by role are told too")
    void con6_granteesOfExceptionsRolesAndEverybody() {
        ConsentTerms.Builder terms = ConsentTerms.newBuilder()
                .setBasePermit(true)
                .addRules(ConsentRule.newBuilder()
                        .addActors(RIVERSIDE)
                        .addExceptions(ConsentRule.newBuilder().setPermit(true).addActors("role:RESEARCHER")));
        BlockResult result = chain.block(chain.transaction(PATIENT_NAME, grant(CONSENT, terms, false)));
        assertThat(result.index())
                .contains(
                        LedgerIndexes.of(LedgerIndexes.GRANTEE_CONSENTS, "*", chain.now, CONSENT),
                        LedgerIndexes.of(LedgerIndexes.GRANTEE_CONSENTS, "role:RESEARCHER", chain.now, CONSENT))
                .hasSize(3);
        assertThat(result.events().get(0).parties()).containsExactly("grantee:role:RESEARCHER", ST_MARY);
    }
}
