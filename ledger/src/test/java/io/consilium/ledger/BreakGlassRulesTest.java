package io.consilium.ledger;

import static io.consilium.ledger.TestChain.ADAMS;
import static io.consilium.ledger.TestChain.BROWN;
import static io.consilium.ledger.TestChain.MINUTE;
import static io.consilium.ledger.TestChain.OFFICER;
import static io.consilium.ledger.TestChain.PATIENT;
import static io.consilium.ledger.TestChain.RECORD;
import static io.consilium.ledger.TestChain.RIVERSIDE;
import static io.consilium.ledger.TestChain.ST_MARY;
import static io.consilium.ledger.TestChain.encryptionKey;
import static io.consilium.ledger.TestChain.hash;
import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.TestChain.sealed;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.ledger.access.BreakGlassRules;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.LedgerEvent;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.block.Receipt;
import io.consilium.ledger.consent.Emergencies;
import io.consilium.ledger.state.StateKeys;
import io.consilium.proto.AccessRequest;
import io.consilium.proto.AccessState;
import io.consilium.proto.AccessUse;
import io.consilium.proto.Activity;
import io.consilium.proto.BreakGlass;
import io.consilium.proto.BreakGlassReview;
import io.consilium.proto.ConsentGrant;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.DecisionOutcome;
import io.consilium.proto.Disclose;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.LabelGroup;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BreakGlassRulesTest {
    private static final long HOUR = 60 * MINUTE;
    private static final ByteString GLASS = id("glass");
    private static final ByteString READ = id("read");
    private static final String PRIVACY = "st-mary/privacy";

    private final TestChain chain = TestChain.withRecord();
    private int consents;

    private static BreakGlass.Builder glass() {
        return BreakGlass.newBuilder()
                .setAccessId(GLASS)
                .setPatientId(PATIENT)
                .setSealedRationale(hash("sealed rationale"))
                .addRationaleKey(sealed(RIVERSIDE))
                .addRationaleKey(sealed(ST_MARY));
    }

    private String open(String actor, BreakGlass.Builder glass) {
        return chain.answer(actor, body -> body.setBreakGlass(glass));
    }

    private void broken() {
        assertThat(open(BROWN, glass())).isEqualTo("OK");
    }

    private static BreakGlassReview.Builder verdict(boolean justified) {
        return BreakGlassReview.newBuilder()
                .setAccessId(GLASS)
                .setJustified(justified)
                .setSealedNote(hash("sealed note"));
    }

    private String review(String actor, BreakGlassReview.Builder review) {
        return chain.answer(actor, body -> body.setBreakGlassReview(review));
    }

    private String read(String accessId, String purpose) {
        return chain.answer(
                BROWN,
                body -> body.setAccessRequest(AccessRequest.newBuilder()
                        .setAccessId(id(accessId))
                        .setRecordId(RECORD)
                        .setPurpose(purpose)));
    }

    private String disclose() {
        return chain.answer(
                ST_MARY,
                body -> body.setDisclose(Disclose.newBuilder()
                        .setAccessId(READ)
                        .setCiphertextHash(hash("ciphertext"))
                        .setEnvelopeHash(hash("envelope"))
                        .setRecipientKey(encryptionKey(BROWN).getKey())));
    }

    private void consent(ConsentRule.Builder rule) {
        chain.applied(
                OFFICER,
                body -> body.setConsentGrant(ConsentGrant.newBuilder()
                        .setConsentId(id("consent " + consents++))
                        .setPatientId(PATIENT)
                        .setTerms(ConsentTerms.newBuilder().addRules(rule))
                        .setEvidenceHash(hash("form"))));
    }

    private static ConsentRule.Builder refusal() {
        return ConsentRule.newBuilder().addPurposes("BTG");
    }

    private AccessState access(ByteString id) {
        return chain.objects().access(id).orElseThrow();
    }

    @Test
    @DisplayName(
            "ACC-3 where no custodian of then is active any more, who is left reviews: the actor's own institution last")
    void acc3_reviewOfASuspendedCustodian() {
        broken();
        String officer = "riverside/privacy";
        chain.member(officer, "PRIVACY_OFFICER");
        assertThat(review(officer, verdict(true))).isEqualTo("NOT_CUSTODIAN ACC-3");
        InstitutionState custodian = chain.objects().institution(ST_MARY).orElseThrow();
        chain.state.put(
                StateKeys.institution(ST_MARY),
                custodian.toBuilder().setActivity(Activity.SUSPENDED).build().toByteArray());
        assertThat(BreakGlassRules.reviewers(chain.objects(), access(GLASS))).containsExactly(RIVERSIDE);
        assertThat(review(officer, verdict(true))).isEqualTo("OK");
    }

    @Test
    @DisplayName("ACC-3 who reviews what fell to it is told with those who had it, so that all its officers learn it")
    void acc3_reviewThatFellToAnother() {
        chain.member("helix/privacy", "PRIVACY_OFFICER");
        broken();
        chain.state.put(
                StateKeys.institution(ST_MARY),
                chain.objects().institution(ST_MARY).orElseThrow().toBuilder()
                        .setActivity(Activity.SUSPENDED)
                        .build()
                        .toByteArray());
        chain.state.put(
                StateKeys.patient(PATIENT),
                chain.objects().patient(PATIENT).orElseThrow().toBuilder()
                        .clearCustodians()
                        .addCustodians("helix")
                        .build()
                        .toByteArray());
        BlockResult reviewed =
                chain.block(chain.transaction("helix/privacy", body -> body.setBreakGlassReview(verdict(true))));
        assertThat(reviewed.receipts().get(0).code()).isEqualTo("OK");
        assertThat(reviewed.events()).extracting(LedgerEvent::type).containsExactly("access.reviewed");
        assertThat(reviewed.events().get(0).parties()).containsExactly("helix", RIVERSIDE, ST_MARY);
    }

    @Test
    @DisplayName("ACC-3 a read under a condition on BTG names the broken glass too")
    void acc3_conditionalReadNamesTheGlass() {
        broken();
        consent(refusal().setSealedConditions(hash("sealed")));
        assertThat(read("read", "BTG")).isEqualTo("OK");
        assertThat(access(READ).getDecision().getReason()).isEqualTo("CONDITIONAL_DENY");
        assertThat(access(READ).getBreakGlassId()).isEqualTo(GLASS);
    }

    @Test
    @DisplayName("ACC-3 a clinician breaks the glass, reads for BTG alone, and the disclosure goes its usual way")
    void acc3_opensAndReads() {
        assertThat(read("before", "BTG")).isEqualTo("ACCESS_DENIED CON-2");
        BlockResult result = chain.block(chain.transaction(BROWN, body -> body.setBreakGlass(glass())));
        Receipt receipt = result.receipts().get(0);
        assertThat(receipt.applied()).isTrue();
        assertThat(receipt.message().getDecision()).isEqualTo(DecisionOutcome.PERMIT);
        assertThat(result.events()).extracting(LedgerEvent::type).containsExactly("access.break-glass");
        assertThat(result.events().get(0).parties()).containsExactly(RIVERSIDE, ST_MARY);
        long due = chain.now + 72 * HOUR;
        assertThat(result.index())
                .containsExactlyInAnyOrder(
                        LedgerIndexes.of(LedgerIndexes.PATIENT_ACCESSES, PATIENT, chain.now, GLASS),
                        LedgerIndexes.partyAccess(PATIENT, RIVERSIDE, chain.now, GLASS),
                        LedgerIndexes.partyAccess(PATIENT, ST_MARY, chain.now, GLASS),
                        LedgerIndexes.of(LedgerIndexes.MEMBER_ACCESSES, BROWN, chain.now, GLASS),
                        LedgerIndexes.of(LedgerIndexes.INSTITUTION_EMERGENCIES, ST_MARY, due, GLASS),
                        LedgerIndexes.of(LedgerIndexes.INSTITUTION_EMERGENCIES, RIVERSIDE, due, GLASS));
        AccessState glass = access(GLASS);
        assertThat(glass.getDecision().getReason()).isEqualTo("BREAK_GLASS");
        assertThat(glass.getBreakGlass().getPermitUntilMillis()).isEqualTo(chain.now + HOUR);
        assertThat(glass.getBreakGlass().getReviewDueMillis()).isEqualTo(due);

        assertThat(read("read", "BTG")).isEqualTo("OK");
        assertThat(access(READ).getBreakGlassId()).isEqualTo(GLASS);
        assertThat(access(READ).getDecision().getReason()).isEqualTo("BREAK_GLASS");
        assertThat(read("treat", "TREAT")).isEqualTo("ACCESS_DENIED CON-2");
        assertThat(disclose()).isEqualTo("OK");
    }

    @Test
    @DisplayName("ACC-3 nothing is disclosed of the break-glass itself")
    void acc3_noDisclosureOfTheGlass() {
        broken();
        assertThat(chain.answer(
                        ST_MARY,
                        body -> body.setDisclose(Disclose.newBuilder()
                                .setAccessId(GLASS)
                                .setCiphertextHash(hash("ciphertext"))
                                .setEnvelopeHash(hash("envelope"))
                                .setRecipientKey(encryptionKey(BROWN).getKey()))))
                .isEqualTo("NOTHING_TO_DISCLOSE ACC-2");
    }

    @Test
    @DisplayName("ACC-3 its permit ends with its time, for disclosures too")
    void acc3_timeLimit() {
        broken();
        chain.pass(HOUR - 3_000);
        assertThat(read("read", "BTG")).isEqualTo("OK");
        chain.pass(1_000);
        assertThat(read("late", "BTG")).isEqualTo("ACCESS_DENIED CON-2");
        assertThat(disclose()).isEqualTo("PERMIT_WITHDRAWN ACC-2");
    }

    @Test
    @DisplayName("ACC-3 it permits its actor alone")
    void acc3_nobodyElse() {
        broken();
        assertThat(chain.answer(
                        ADAMS,
                        body -> body.setAccessUse(AccessUse.newBuilder()
                                .addItems(AccessUse.Item.newBuilder()
                                        .setAccessId(id("use"))
                                        .setRecordId(RECORD)
                                        .setPurpose("BTG")))))
                .isEqualTo("ACCESS_DENIED CON-2");
    }

    @Test
    @DisplayName("ACC-3 one for a record permits that record alone; an unknown record is none")
    void acc3_oneRecord() {
        ByteString other = id("other record");
        chain.applied(ADAMS, body -> body.setRecordRegister(TestChain.record(other, PATIENT, ST_MARY)));
        assertThat(open(BROWN, glass().setRecordId(other))).isEqualTo("OK");
        assertThat(read("read", "BTG")).isEqualTo("ACCESS_DENIED CON-2");
        assertThat(open(BROWN, glass().setAccessId(id("second")).setRecordId(RECORD)))
                .isEqualTo("OK");
        assertThat(read("again", "BTG")).isEqualTo("OK");
        assertThat(access(id("again")).getBreakGlassId()).isEqualTo(id("second"));
    }

    @Test
    @DisplayName("ACC-3 only a CLINICIAN of a PROVIDER breaks the glass")
    void acc3_roles() {
        for (String other : new String[] {"helix/researcher", "northside/pharmacist", PRIVACY, OFFICER}) {
            assertThat(open(other, glass())).as(other).isEqualTo("ROLE_REQUIRED ACC-3");
        }
        assertThat(open(RIVERSIDE, glass())).isEqualTo("SIGNER_NOT_PERMITTED ACC-3");
        assertThat(open(TestChain.patientName(), glass())).isEqualTo("SIGNER_NOT_PERMITTED ACC-3");
    }

    @Test
    @DisplayName("ACC-3 the rationale is mandatory, and sealed to every custodian and to nobody else")
    void acc3_rationale() {
        assertThat(open(BROWN, glass().clearSealedRationale())).isEqualTo("RATIONALE_MISSING ACC-3");
        assertThat(open(BROWN, glass().clearRationaleKey().addRationaleKey(sealed(RIVERSIDE))))
                .isEqualTo("RATIONALE_KEY_MISSING ACC-3");
        assertThat(open(BROWN, glass().addRationaleKey(sealed("helix")))).isEqualTo("RECIPIENT_NOT_ALLOWED ACC-3");
        assertThat(open(
                        BROWN,
                        glass().clearRationaleKey()
                                .addRationaleKey(sealed(ST_MARY).toBuilder()
                                        .setRecipientKey(encryptionKey("old").getKey()))))
                .isEqualTo("RECIPIENT_KEY_STALE ACC-3");
        assertThat(open(BROWN, glass().clearRationaleKey().addRationaleKey(sealed(ST_MARY))))
                .isEqualTo("OK");
        assertThat(open(BROWN, glass())).isEqualTo("ACCESS_EXISTS ACC-1");
        assertThat(open(BROWN, glass().setAccessId(id("2")).setPatientId(id("nobody"))))
                .isEqualTo("PATIENT_UNKNOWN ACC-3");
    }

    @Test
    @DisplayName("ACC-3 a patient's explicit refusal of BTG holds and is on record")
    void acc3_refusalHolds() {
        consent(refusal());
        BlockResult result = chain.block(chain.transaction(BROWN, body -> body.setBreakGlass(glass())));
        Receipt receipt = result.receipts().get(0);
        assertThat(receipt.code() + " " + receipt.rule()).isEqualTo("ACCESS_DENIED ACC-3");
        assertThat(receipt.message().getDecision()).isEqualTo(DecisionOutcome.DENY);
        assertThat(result.events()).extracting(LedgerEvent::type).containsExactly("access.denied");
        assertThat(result.index())
                .contains(LedgerIndexes.of(LedgerIndexes.PATIENT_ACCESSES, PATIENT, chain.now, GLASS));
        AccessState denied = access(GLASS);
        assertThat(denied.getDecision().getReason()).isEqualTo("EXPLICIT_DENY");
        assertThat(denied.getDecision().getConsentId()).isEqualTo(id("consent 0"));
        assertThat(denied.getBreakGlass().getReviewDueMillis()).isZero();
        assertThat(review(PRIVACY, verdict(true))).isEqualTo("BREAK_GLASS_UNKNOWN ACC-3");
        assertThat(read("read", "BTG")).isEqualTo("ACCESS_DENIED CON-2");
    }

    @Test
    @DisplayName("ACC-3 CON-3 a deny that does not name BTG is no refusal of it, nor one for somebody else")
    void acc3_otherDeniesDoNotRefuse() {
        consent(ConsentRule.newBuilder());
        consent(ConsentRule.newBuilder().addPurposes("TREAT"));
        consent(refusal().addActors("labcorp"));
        consent(refusal().addActions("disclose"));
        broken();
        assertThat(read("read", "BTG")).isEqualTo("OK");
    }

    @Test
    @DisplayName("ACC-3 a refusal that names the member, its institution or its role holds")
    void acc3_refusalByActor() {
        for (String actor : new String[] {BROWN, RIVERSIDE, "role:CLINICIAN"}) {
            TestChain each = TestChain.withRecord();
            each.applied(
                    OFFICER,
                    body -> body.setConsentGrant(ConsentGrant.newBuilder()
                            .setConsentId(id("refusal"))
                            .setPatientId(PATIENT)
                            .setTerms(
                                    ConsentTerms.newBuilder().addRules(refusal().addActors(actor)))
                            .setEvidenceHash(hash("form"))));
            assertThat(each.answer(BROWN, body -> body.setBreakGlass(glass())))
                    .as(actor)
                    .isEqualTo("ACCESS_DENIED ACC-3");
        }
    }

    @Test
    @DisplayName("ACC-3 PRV-8 whether a record is the patient's is not learned without a trace")
    void acc3_recordOfAnother() {
        ByteString stranger = id("stranger");
        ByteString strange = id("strange record");
        chain.applied(ADAMS, body -> body.setPatientRegister(TestChain.patient(stranger, ST_MARY)));
        chain.applied(ADAMS, body -> body.setRecordRegister(TestChain.record(strange, stranger, ST_MARY)));
        for (ByteString record : List.of(RECORD, strange, id("no such record"))) {
            assertThat(open(BROWN, glass().clearRationaleKey().setRecordId(record)))
                    .isEqualTo("RATIONALE_KEY_MISSING ACC-3");
        }
        for (ByteString record : List.of(strange, id("no such record"))) {
            BreakGlass.Builder tried =
                    glass().setAccessId(id("try at " + record.hashCode())).setRecordId(record);
            BlockResult result = chain.block(chain.transaction(BROWN, body -> body.setBreakGlass(tried)));
            assertThat(result.receipts().get(0).code()).isEqualTo("RECORD_UNKNOWN");
            assertThat(result.events()).extracting(LedgerEvent::type).containsExactly("access.denied");
            assertThat(result.events().get(0).parties()).containsExactly(RIVERSIDE, ST_MARY);
            assertThat(access(tried.getAccessId()).getDecision().getReason()).isEqualTo("RECORD_UNKNOWN");
        }
    }

    @Test
    @DisplayName("ACC-3 a refusal for some records holds for those alone")
    void acc3_refusalOfSomeRecords() {
        ByteString secret = id("secret record");
        chain.applied(
                ADAMS,
                body -> body.setRecordRegister(TestChain.record(secret, PATIENT, ST_MARY)
                        .setContent(
                                TestChain.content(ST_MARY, io.consilium.ledger.consent.Sensitivity.N, "psychiatry"))));
        consent(refusal().addLabels(LabelGroup.newBuilder().addLabels(TestChain.label("psychiatry"))));
        assertThat(open(BROWN, glass().setRecordId(secret))).isEqualTo("ACCESS_DENIED ACC-3");
        assertThat(open(BROWN, glass().setAccessId(id("2")))).isEqualTo("OK");
        assertThat(read("read", "BTG")).isEqualTo("OK");
        assertThat(chain.answer(
                        BROWN,
                        body -> body.setAccessRequest(AccessRequest.newBuilder()
                                .setAccessId(id("secret"))
                                .setRecordId(secret)
                                .setPurpose("BTG"))))
                .isEqualTo("ACCESS_DENIED CON-2");
    }

    @Test
    @DisplayName("ACC-3 a refusal made after the glass was broken ends the permit")
    void acc3_laterRefusal() {
        broken();
        assertThat(read("read", "BTG")).isEqualTo("OK");
        consent(refusal());
        assertThat(disclose()).isEqualTo("PERMIT_WITHDRAWN ACC-2");
    }

    @Test
    @DisplayName("ACC-3 the custodian's PRIVACY_OFFICER reviews it, once, with a note")
    void acc3_review() {
        broken();
        chain.member("riverside/privacy", "PRIVACY_OFFICER");
        assertThat(review("riverside/privacy", verdict(true))).isEqualTo("NOT_CUSTODIAN ACC-3");
        assertThat(review(ADAMS, verdict(true))).isEqualTo("ROLE_REQUIRED ACC-3");
        assertThat(review(ST_MARY, verdict(true))).isEqualTo("SIGNER_NOT_PERMITTED ACC-3");
        assertThat(review(PRIVACY, verdict(true).setAccessId(id("none")))).isEqualTo("BREAK_GLASS_UNKNOWN ACC-3");
        assertThat(review(PRIVACY, verdict(true).clearSealedNote())).isEqualTo("NOTE_MISSING ACC-3");
        BlockResult result = chain.block(chain.transaction(PRIVACY, body -> body.setBreakGlassReview(verdict(true))));
        assertThat(result.receipts().get(0).code()).isEqualTo("OK");
        assertThat(result.events()).extracting(LedgerEvent::type).containsExactly("access.reviewed");
        assertThat(result.events().get(0).parties()).containsExactly(RIVERSIDE, ST_MARY);
        AccessState glass = access(GLASS);
        assertThat(glass.getBreakGlass().getReview().getReviewer()).isEqualTo(PRIVACY);
        assertThat(glass.getBreakGlass().getReview().getJustified()).isTrue();
        assertThat(review(PRIVACY, verdict(false))).isEqualTo("REVIEW_EXISTS ACC-3");
        assertThat(read("read", "BTG")).isEqualTo("OK");
    }

    @Test
    @DisplayName("ACC-3 nobody reviews its own break-glass")
    void acc3_ownReview() {
        chain.member("st-mary/both", "CLINICIAN", "PRIVACY_OFFICER");
        assertThat(open("st-mary/both", glass().clearRationaleKey().addRationaleKey(sealed(ST_MARY))))
                .isEqualTo("OK");
        assertThat(review("st-mary/both", verdict(true))).isEqualTo("OWN_REVIEW ACC-3");
        assertThat(review(PRIVACY, verdict(true))).isEqualTo("OK");
    }

    @Test
    @DisplayName("ACC-3 one that was not justified permits nothing any more")
    void acc3_notJustified() {
        broken();
        assertThat(read("read", "BTG")).isEqualTo("OK");
        assertThat(review(PRIVACY, verdict(false))).isEqualTo("OK");
        assertThat(read("after", "BTG")).isEqualTo("ACCESS_DENIED CON-2");
        assertThat(disclose()).isEqualTo("PERMIT_WITHDRAWN ACC-2");
        assertThat(open(BROWN, glass().setAccessId(id("next")))).isEqualTo("OK");
    }

    @Test
    @DisplayName("ACC-3 an overdue review blocks the member's next break-glass, on record, until it is made")
    void acc3_overdueBlocks() {
        broken();
        chain.pass(72 * HOUR - 1_000);
        assertThat(open(BROWN, glass().setAccessId(id("in time")))).isEqualTo("OK");
        assertThat(open(BROWN, glass().setAccessId(id("blocked")))).isEqualTo("REVIEW_OVERDUE ACC-3");
        assertThat(access(id("blocked")).getDecision().getReason()).isEqualTo("REVIEW_OVERDUE");
        assertThat(open(
                        ADAMS,
                        glass().setAccessId(id("other")).clearRationaleKey().addRationaleKey(sealed(ST_MARY))))
                .isEqualTo("OK");
        assertThat(review(PRIVACY, verdict(true))).isEqualTo("OK");
        assertThat(open(BROWN, glass().setAccessId(id("free")))).isEqualTo("OK");
    }

    @Test
    @DisplayName("ACC-3 TX-6 no member has more than 64 open")
    void acc3_limit() {
        for (int i = 0; i < Emergencies.MAX_OPEN; i++) {
            assertThat(open(BROWN, glass().setAccessId(id("glass " + i)))).isEqualTo("OK");
        }
        BlockResult beyond = chain.block(chain.transaction(BROWN, body -> body.setBreakGlass(glass())));
        assertThat(beyond.receipts().get(0).code()).isEqualTo("BREAK_GLASS_LIMIT");
        assertThat(beyond.events()).extracting(LedgerEvent::type).containsExactly("access.denied");
        assertThat(access(GLASS).getDecision().getReason()).isEqualTo("BREAK_GLASS_LIMIT");
        assertThat(review(PRIVACY, verdict(false).setAccessId(id("glass 0")))).isEqualTo("OK");
        assertThat(open(BROWN, glass().setAccessId(id("again")))).isEqualTo("OK");
    }
}
