package io.consilium.ledger.trials;

import static io.consilium.ledger.TestChain.ADAMS;
import static io.consilium.ledger.TestChain.BROWN;
import static io.consilium.ledger.TestChain.MINUTE;
import static io.consilium.ledger.TestChain.hash;
import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.trials.TestTrial.CHAIR;
import static io.consilium.ledger.trials.TestTrial.RESEARCHER;
import static io.consilium.ledger.trials.TestTrial.TRIAL;
import static io.consilium.ledger.trials.TestTrial.amendment;
import static io.consilium.ledger.trials.TestTrial.content;
import static io.consilium.ledger.trials.TestTrial.decision;
import static io.consilium.ledger.trials.TestTrial.enrolment;
import static io.consilium.ledger.trials.TestTrial.milestone;
import static io.consilium.ledger.trials.TestTrial.outcome;
import static io.consilium.ledger.trials.TestTrial.reason;
import static io.consilium.ledger.trials.TestTrial.register;
import static io.consilium.ledger.trials.TestTrial.registration;
import static io.consilium.ledger.trials.TestTrial.status;
import static io.consilium.ledger.trials.TestTrial.submission;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.consilium.crypto.Hash;
import io.consilium.ledger.TestChain;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.LedgerEvent;
import io.consilium.ledger.block.Receipt;
import io.consilium.ledger.state.StateKeys;
import io.consilium.proto.TrialAction;
import io.consilium.proto.TrialConsent;
import io.consilium.proto.TrialCorrect;
import io.consilium.proto.TrialDecide;
import io.consilium.proto.TrialEnroll;
import io.consilium.proto.TrialMilestone;
import io.consilium.proto.TrialPublish;
import io.consilium.proto.TrialRegistration;
import io.consilium.proto.TrialRelease;
import io.consilium.proto.TrialResult;
import io.consilium.proto.TrialSpend;
import io.consilium.proto.TrialState;
import io.consilium.proto.TrialSubjectChange;
import io.consilium.proto.TrialSubjectState;
import io.consilium.proto.WithdrawalRule;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TrialRulesTest {
    @Test
    @DisplayName("TRI-1 the sponsor's RESEARCHER registers; the content stands in a document of its own")
    void tri1_register() {
        TestChain chain = new TestChain();
        BlockResult result =
                chain.block(chain.transaction(RESEARCHER, body -> body.setTrial(register(TRIAL, registration()))));
        assertThat(result.receipts().get(0).code()).isEqualTo("OK");
        ByteString document = TrialIds.versionDocument(TRIAL, 1);
        assertThat(result.changes().keySet())
                .containsExactlyInAnyOrder(StateKeys.trial(TRIAL), StateKeys.trialVersion(document));
        assertThat(result.events()).extracting(LedgerEvent::type).containsExactly("trial.registered");
        assertThat(result.events().get(0).parties()).containsExactly("ethics", "helix", "riverside", "st-mary");
        TrialState trial = chain.objects().trial(TRIAL).orElseThrow();
        assertThat(trial.getVersions(0).getContentHash())
                .isEqualTo(TrialIds.contentHash(registration().build()));
        assertThat(trial.getBudgetMicros()).isEqualTo(3_000_000);
        assertThat(chain.objects().trialVersion(document).orElseThrow().getRegistration())
                .isEqualTo(registration().build());
    }

    @Test
    @DisplayName("TRI-1 others, unfit parties, repeated names and a trial without primary outcome are refused")
    void tri1_registerRefused() {
        assertThat(answer("helix/admin", registration())).isEqualTo("ROLE_REQUIRED TRI-1");
        assertThat(answer("helix", registration())).isEqualTo("SIGNER_NOT_PERMITTED TRI-1");
        assertThat(answer(RESEARCHER, registration().setSponsor("st-mary"))).isEqualTo("NOT_TRIAL_SPONSOR TRI-1");
        assertThat(answer(RESEARCHER, registration().setEthicsCommittee("medwatch")))
                .isEqualTo("INSTITUTION_ROLE TRI-1");
        assertThat(answer(RESEARCHER, registration().addSites("unknown"))).isEqualTo("INSTITUTION_UNKNOWN TRI-1");
        assertThat(answer(RESEARCHER, registration().clearSites().addSites("northside")))
                .isEqualTo("INSTITUTION_ROLE TRI-1");
        assertThat(answer(RESEARCHER, registration().addOutcomes(outcome(" pAIN ", "NRS", "week 1", false))))
                .isEqualTo("OUTCOME_REPEATED TRI-1");
        assertThat(answer(RESEARCHER, TestTrial.with(outcome("Sleep", "PSQI", "week 12", false))))
                .isEqualTo("PRIMARY_OUTCOME_MISSING TRI-1");
        TestTrial trial = TestTrial.registered();
        assertThat(trial.chain.answer(RESEARCHER, body -> body.setTrial(register(TRIAL, registration()))))
                .isEqualTo("TRIAL_EXISTS TRI-1");
    }

    @Test
    @DisplayName("TRI-1 TRI-2 nobody is sponsor and ethics committee of one trial")
    void tri1_sponsorAndCommittee() {
        assertThat(answer(RESEARCHER, registration().setEthicsCommittee("helix")))
                .isEqualTo("TRIAL_PARTY_TWICE TRI-1");
    }

    private static String answer(String actor, TrialRegistration.Builder registration) {
        return new TestChain().answer(actor, body -> body.setTrial(register(TRIAL, registration)));
    }

    @Test
    @DisplayName("TRI-1 whatever comes before registration is refused")
    void tri1_nothingBeforeRegistration() {
        TestTrial trial = new TestTrial();
        assertThat(trial.does(ADAMS, action -> action.setEnroll(enrolment("s", "p", "1.0"))))
                .isEqualTo("TRIAL_UNKNOWN TRI-1");
        assertThat(trial.does(ADAMS, action -> action.setSubmit(submission("d"))))
                .isEqualTo("TRIAL_UNKNOWN TRI-1");
        assertThat(trial.does(RESEARCHER, action -> action.setMark(milestone(TrialMilestone.DATABASE_LOCKED))))
                .isEqualTo("TRIAL_UNKNOWN TRI-1");
    }

    @Test
    @DisplayName("TRI-2 only the trial's committee decides, only on what is registered now, only for the future")
    void tri2_decide() {
        TestTrial trial = TestTrial.registered();
        long until = trial.chain.now + 30 * MINUTE;
        assertThat(trial.does("ethics/admin", action -> action.setDecide(decision("1.0", "1.0", until))))
                .isEqualTo("ROLE_REQUIRED TRI-2");
        assertThat(trial.does(RESEARCHER, action -> action.setDecide(decision("1.0", "1.0", until))))
                .isEqualTo("ROLE_REQUIRED TRI-2");
        assertThat(trial.does("zeta-board/chair", action -> action.setDecide(decision("1.0", "1.0", until))))
                .as("another committee")
                .isEqualTo("NOT_TRIAL_COMMITTEE TRI-2");
        assertThat(trial.does(CHAIR, action -> action.setDecide(decision("1.1", "1.0", until))))
                .isEqualTo("DECISION_VERSION_OTHER TRI-2");
        assertThat(trial.does(CHAIR, action -> action.setDecide(decision("1.0", "1.0", trial.chain.now))))
                .isEqualTo("DECISION_OVER TRI-2");
        assertThat(trial.does(CHAIR, action -> action.setDecide(decision("1.0", "1.0", until))))
                .isEqualTo("OK");
        assertThat(trial.state().getDecisions(0).getReviewer()).isEqualTo(CHAIR);
    }

    @Test
    @DisplayName(
            "TRI-2 a decision is on the content that was read: not on another of the same names, nor on a superseded one")
    void tri2_decisionOnContent() {
        TestTrial trial = TestTrial.registered();
        long until = trial.chain.now + 30 * MINUTE;
        TrialRegistration.Builder swapped = registration().setSampleSize(7);
        TrialRegistration.Builder other = registration().setSampleSize(8);
        TrialDecide.Builder onFirst = decision(registration(), until);
        // The amendment and the decision were signed at once; both amendments follow version 1.
        List<Receipt> receipts = trial.chain
                .block(
                        trial.signed(RESEARCHER, action -> action.setAmend(amendment(1, swapped))),
                        trial.signed(RESEARCHER, action -> action.setAmend(amendment(1, other))),
                        trial.signed(CHAIR, action -> action.setDecide(onFirst)))
                .receipts();
        assertThat(receipts)
                .extracting(Receipt::code)
                .containsExactly("OK", "TRIAL_VERSION_CONFLICT", "DECISION_VERSION_OTHER");
        assertThat(trial.does(CHAIR, action -> action.setDecide(decision(other, until))))
                .as("on an amendment that was refused")
                .isEqualTo("DECISION_VERSION_OTHER TRI-2");
        assertThat(trial.does(ADAMS, action -> action.setEnroll(enrolment("s", "p", "1.0"))))
                .isEqualTo("ETHICS_APPROVAL_MISSING TRI-2");
        trial.must(CHAIR, action -> action.setDecide(decision(swapped, until)));
        trial.must(ADAMS, action -> action.setEnroll(enrolment("s", "p", "1.0")));
        assertThat(trial.state().getDecisionsList())
                .extracting(decision -> decision.getTrialVersion())
                .containsExactly(2L);
    }

    @Test
    @DisplayName("TRI-2 no enrolment and no data without an approval that is valid at block time")
    void tri2_approvalAtBlockTime() {
        TestTrial trial = TestTrial.registered();
        assertThat(trial.does(ADAMS, action -> action.setEnroll(enrolment("s", "p", "1.0"))))
                .isEqualTo("ETHICS_APPROVAL_MISSING TRI-2");
        assertThat(trial.does(ADAMS, action -> action.setSubmit(submission("d"))))
                .isEqualTo("ETHICS_APPROVAL_MISSING TRI-2");
        long until = trial.chain.now + 10_000;
        trial.must(CHAIR, action -> action.setDecide(decision("1.0", "1.0", until)));
        trial.chain.now = until - 1_001;
        assertThat(trial.does(ADAMS, action -> action.setEnroll(enrolment("s", "p", "1.0"))))
                .as("one millisecond before the end")
                .isEqualTo("OK");
        trial.chain.now = until - 1_000;
        assertThat(trial.does(ADAMS, action -> action.setEnroll(enrolment("t", "q", "1.0"))))
                .isEqualTo("ETHICS_APPROVAL_EXPIRED TRI-2");
        assertThat(trial.does(ADAMS, action -> action.setSubmit(submission("d"))))
                .isEqualTo("ETHICS_APPROVAL_EXPIRED TRI-2");
        trial.must(CHAIR, action -> action.setDecide(decision("1.0", "1.0", until + MINUTE)));
        trial.must(CHAIR, action -> action.setDecide(decision("1.0", "1.0", 0).setApprove(false)));
        assertThat(trial.does(ADAMS, action -> action.setEnroll(enrolment("t", "q", "1.0"))))
                .as("the newest decision counts")
                .isEqualTo("ETHICS_REJECTED TRI-2");
    }

    @Test
    @DisplayName("TRI-3 an amendment is a new version that needs a new decision and makes older forms stale")
    void tri3_amend() {
        TestTrial trial = TestTrial.approved();
        trial.must(ADAMS, action -> action.setEnroll(enrolment("s", "p", "1.0")));
        trial.must(
                RESEARCHER,
                action -> action.setAmend(
                        amendment(1, registration().setProtocolVersion("2.0").setIcfVersion("2.0"))));
        assertThat(trial.does(ADAMS, action -> action.setEnroll(enrolment("t", "q", "2.0"))))
                .isEqualTo("ETHICS_APPROVAL_MISSING TRI-2");
        assertThat(trial.does(CHAIR, action -> action.setDecide(decision("1.0", "1.0", trial.chain.now + MINUTE))))
                .isEqualTo("DECISION_VERSION_OTHER TRI-2");
        trial.must(CHAIR, action -> action.setDecide(decision("2.0", "2.0", trial.chain.now + 10 * MINUTE)));
        assertThat(trial.does(ADAMS, action -> action.setEnroll(enrolment("t", "q", "1.0"))))
                .isEqualTo("ICF_VERSION_STALE TRI-3");
        assertThat(trial.does(ADAMS, action -> action.setEnroll(enrolment("t", "q", "7.0"))))
                .isEqualTo("ICF_VERSION_UNKNOWN TRI-3");
        assertThat(trial.does(ADAMS, action -> action.setEnroll(enrolment("t", "q", "2.0"))))
                .isEqualTo("OK");
        assertThat(trial.does(
                        ADAMS, action -> action.setSubjectChange(status("s", "").setIcfVersion("2.0"))))
                .isEqualTo("EVIDENCE_MISSING TRI-4");
        trial.must(ADAMS, action -> action.setSubjectChange(renewal("s", "2.0")));
        assertThat(subject(trial, "s").getConsentsList())
                .extracting(consent -> consent.getIcfVersion())
                .containsExactly("1.0", "2.0");
    }

    private static TrialSubjectChange.Builder renewal(String subject, String form) {
        return status(subject, "").setIcfVersion(form).setEvidenceHash(hash("renewed"));
    }

    private static TrialSubjectState subject(TestTrial trial, String subject) {
        return trial.chain.objects().trialSubject(id(subject)).orElseThrow();
    }

    @Test
    @DisplayName("TRI-3 of two amendments at once one is refused as a conflict; parties do not change")
    void tri3_amendRefused() {
        TestTrial trial = TestTrial.registered();
        TrialRegistration.Builder other = registration().setSampleSize(200);
        assertThat(trial.does(ADAMS, action -> action.setAmend(amendment(1, other))))
                .isEqualTo("ROLE_REQUIRED TRI-3");
        assertThat(trial.does(RESEARCHER, action -> action.setAmend(amendment(1, registration()))))
                .isEqualTo("AMENDMENT_EMPTY TRI-3");
        assertThat(trial.does(RESEARCHER, action -> action.setAmend(amendment(1, other))))
                .isEqualTo("OK");
        assertThat(trial.does(RESEARCHER, action -> action.setAmend(amendment(1, registration()))))
                .isEqualTo("TRIAL_VERSION_CONFLICT TRI-3");
        assertThat(trial.does(
                        RESEARCHER,
                        action -> action.setAmend(amendment(2, registration().setSponsor("st-mary")))))
                .isEqualTo("TRIAL_PARTY_FIXED TRI-3");
        assertThat(trial.state().getVersionsCount()).isEqualTo(2);
    }

    @Test
    @DisplayName("TRI-4 one patient is enrolled once, at whichever site; only a site's CLINICIAN enrols")
    void tri4_enrol() {
        TestTrial trial = TestTrial.approved();
        assertThat(trial.does("st-mary/admin", action -> action.setEnroll(enrolment("s", "p", "1.0"))))
                .isEqualTo("ROLE_REQUIRED TRI-4");
        trial.must(ADAMS, action -> action.setEnroll(enrolment("s", "p", "1.0")));
        assertThat(trial.does(BROWN, action -> action.setEnroll(enrolment("other", "p", "1.0"))))
                .isEqualTo("ALREADY_ENROLLED TRI-4");
        assertThat(trial.does(BROWN, action -> action.setEnroll(enrolment("s", "q", "1.0"))))
                .isEqualTo("PSEUDONYM_EXISTS TRI-4");
        assertThat(trial.does(BROWN, action -> action.setEnroll(enrolment("t", "q", "1.0"))))
                .isEqualTo("OK");
        assertThat(trial.state().getFirstEnrolledMillis()).isEqualTo(trial.chain.now - 3_000);
        assertThat(trial.state().getEnrolled()).isEqualTo(2);
        TestTrial elsewhere = new TestTrial();
        elsewhere.chain.applied(
                RESEARCHER,
                body -> body.setTrial(
                        register(TRIAL, registration().clearSites().addSites("riverside"))));
        assertThat(elsewhere.does(ADAMS, action -> action.setEnroll(enrolment("s", "p", "1.0"))))
                .isEqualTo("NOT_TRIAL_SITE TRI-4");
    }

    @Test
    @DisplayName("TRI-3 TRI-4 a site is active from the decision on the version that names it until one leaves it out")
    void tri4_siteActivation() {
        TestTrial trial = new TestTrial();
        long until = trial.chain.now + 100 * MINUTE;
        TrialRegistration.Builder one = registration().clearSites().addSites("st-mary");
        TrialRegistration.Builder both = registration();
        TrialRegistration.Builder other = registration().clearSites().addSites("riverside");
        trial.chain.applied(RESEARCHER, body -> body.setTrial(register(TRIAL, one)));
        trial.must(CHAIR, action -> action.setDecide(decision(one, until)));
        trial.must(ADAMS, action -> action.setEnroll(enrolment("s", "p", "1.0")));
        assertThat(trial.does(BROWN, action -> action.setEnroll(enrolment("t", "q", "1.0"))))
                .isEqualTo("NOT_TRIAL_SITE TRI-4");
        trial.must(RESEARCHER, action -> action.setAmend(amendment(1, both)));
        assertThat(trial.does(BROWN, action -> action.setEnroll(enrolment("t", "q", "1.0"))))
                .isEqualTo("ETHICS_APPROVAL_MISSING TRI-2");
        trial.must(CHAIR, action -> action.setDecide(decision(both, until)));
        trial.must(BROWN, action -> action.setEnroll(enrolment("t", "q", "1.0")));
        trial.must(RESEARCHER, action -> action.setAmend(amendment(2, other)));
        trial.must(CHAIR, action -> action.setDecide(decision(other, until)));
        assertThat(trial.does(ADAMS, action -> action.setEnroll(enrolment("u", "r", "1.0"))))
                .isEqualTo("NOT_TRIAL_SITE TRI-4");
        assertThat(trial.does(ADAMS, action -> action.setSubmit(submission("d"))))
                .isEqualTo("NOT_TRIAL_SITE TRI-5");
        trial.must(ADAMS, action -> action.setSubjectChange(status("s", "withdrawn")));
    }

    @Test
    @DisplayName("TRI-4 statuses are FHIR's, set by the subject's site; nothing comes after withdrawal")
    void tri4_status() {
        TestTrial trial = TestTrial.approved();
        trial.must(ADAMS, action -> action.setEnroll(enrolment("s", "p", "1.0")));
        assertThat(trial.does(BROWN, action -> action.setSubjectChange(status("s", "on-study"))))
                .isEqualTo("NOT_TRIAL_SITE TRI-4");
        assertThat(trial.does(ADAMS, action -> action.setSubjectChange(status("nobody", "on-study"))))
                .isEqualTo("SUBJECT_UNKNOWN TRI-4");
        assertThat(trial.does(ADAMS, action -> action.setSubjectChange(status("s", "cured"))))
                .isEqualTo("SUBJECT_STATUS_UNKNOWN TRI-4");
        assertThat(trial.does(ADAMS, action -> action.setSubjectChange(status("s", "on-study"))))
                .isEqualTo("OK");
        assertThat(trial.does(ADAMS, action -> action.setSubjectChange(status("s", "on-study"))))
                .isEqualTo("SUBJECT_UNCHANGED TRI-4");
        assertThat(trial.does(ADAMS, action -> action.setSubjectChange(status("s", "withdrawn"))))
                .isEqualTo("OK");
        assertThat(trial.does(ADAMS, action -> action.setSubjectChange(status("s", "on-study"))))
                .isEqualTo("SUBJECT_STATUS_FINAL TRI-4");
        long withdrawn = subject(trial, "s").getChangedMillis();
        assertThat(trial.does(ADAMS, action -> action.setSubjectChange(renewal("s", "1.0"))))
                .as("its date is not moved by a consent renewed afterwards")
                .isEqualTo("SUBJECT_STATUS_FINAL TRI-4");
        assertThat(subject(trial, "s").getChangedMillis()).isEqualTo(withdrawn);
        trial.must(ADAMS, action -> action.setEnroll(enrolment("t", "q", "1.0")));
        trial.must(ADAMS, action -> action.setSubjectChange(status("t", "off-study")));
        trial.must(ADAMS, action -> action.setSubjectChange(renewal("t", "1.0")));
        assertThat(trial.does(ADAMS, action -> action.setSubjectChange(status("t", "on-study"))))
                .isEqualTo("SUBJECT_STATUS_FINAL TRI-4");
        assertThat(trial.does(ADAMS, action -> action.setSubjectChange(status("t", "withdrawn"))))
                .as("a consent is withdrawn after the last visit too")
                .isEqualTo("OK");
        assertThat(trial.does(ADAMS, action -> action.setSubmit(submission("d").setPseudonym(id("s")))))
                .isEqualTo("SUBJECT_WITHDRAWN TRI-5");
    }

    /**
     * All that the chain keeps of two enrolments of one patient, by one clinician, with one scanned form. What is public of
     * every subject (clinician, site, status, form version, times) is taken out; of the rest no eight bytes are in both.
     */
    @Test
    @DisplayName("TRI-4 nothing on chain joins the enrolments of one patient in two trials")
    void tri4_unlinkable() {
        assertThat(names(TrialEnroll.getDescriptor()))
                .containsExactly("pseudonym", "nullifier", "icf_version", "evidence_hash");
        assertThat(names(TrialConsent.getDescriptor()))
                .containsExactly("icf_version", "evidence_hash", "time_millis", "clinician");
        assertThat(names(TrialSubjectState.getDescriptor()))
                .containsExactly(
                        "pseudonym",
                        "trial_id",
                        "version",
                        "site",
                        "status",
                        "consents",
                        "enrolled_millis",
                        "changed_millis",
                        "nullifier");
        byte[] secret = hash("secret of the patient").toByteArray();
        Hash form = Hash.sha256("one signed form".getBytes(StandardCharsets.UTF_8));
        TestTrial trial = TestTrial.approved();
        ByteString other = id("another trial");
        trial.chain.applied(RESEARCHER, body -> body.setTrial(register(other, registration())));
        trial.chain.applied(
                CHAIR,
                body -> body.setTrial(TrialAction.newBuilder()
                        .setTrialId(other)
                        .setDecide(decision("1.0", "1.0", trial.chain.now + 100 * MINUTE))));
        Set<String> first = kept(trial, TRIAL, secret, form);
        Set<String> second = kept(trial, other, secret, form);
        assertThat(first).hasSizeGreaterThan(100);
        assertThat(second).doesNotContainAnyElementsOf(first);
        Set<String> known = new HashSet<>();
        windows(secret, known);
        windows(form.toBytes(), known);
        assertThat(first).doesNotContainAnyElementsOf(known);
    }

    /** Enrols, and gathers what is left in the transaction, the subject and the nullifier beside what every subject has. */
    private static Set<String> kept(TestTrial trial, ByteString trialId, byte[] secret, Hash form) {
        ByteString pseudonym = id("pseudonym in " + HexFormat.of().formatHex(trialId.toByteArray()));
        TrialEnroll enrol = TrialEnroll.newBuilder()
                .setPseudonym(pseudonym)
                .setNullifier(TrialIds.nullifier(secret, trialId))
                .setIcfVersion("1.0")
                .setEvidenceHash(TrialIds.evidence(trialId, pseudonym, form))
                .build();
        trial.chain.applied(
                ADAMS,
                body -> body.setTrial(
                        TrialAction.newBuilder().setTrialId(trialId).setEnroll(enrol)));
        TrialSubjectState subject =
                trial.chain.objects().trialSubject(pseudonym).orElseThrow();
        TrialConsent consent = subject.getConsents(0).toBuilder()
                .clearClinician()
                .clearIcfVersion()
                .clearTimeMillis()
                .build();
        Set<String> windows = new HashSet<>();
        windows(enrol.toBuilder().clearIcfVersion().build().toByteArray(), windows);
        windows(
                subject.toBuilder()
                        .clearSite()
                        .clearStatus()
                        .clearEnrolledMillis()
                        .clearChangedMillis()
                        .setConsents(0, consent)
                        .build()
                        .toByteArray(),
                windows);
        windows(
                trial.chain
                        .objects()
                        .trialNullifier(enrol.getNullifier())
                        .orElseThrow()
                        .toByteArray(),
                windows);
        return windows;
    }

    private static List<String> names(Descriptor message) {
        return message.getFields().stream().map(FieldDescriptor::getName).toList();
    }

    private static void windows(byte[] bytes, Set<String> into) {
        for (int i = 0; i + 8 <= bytes.length; i++) {
            into.add(HexFormat.of().formatHex(bytes, i, i + 8));
        }
    }

    @Test
    @DisplayName("TRI-5 data are sealed to the sponsor; a correction is a further version and keeps the original")
    void tri5_data() {
        TestTrial trial = TestTrial.approved();
        assertThat(trial.does("helix/packer", action -> action.setSubmit(submission("d"))))
                .isEqualTo("ROLE_REQUIRED TRI-5");
        assertThat(trial.does(
                        ADAMS,
                        action -> action.setSubmit(submission("d")
                                .setContent(content("d").clearDataKey().addDataKey(TestChain.sealed("st-mary"))))))
                .isEqualTo("RECIPIENT_NOT_ALLOWED PRV-3");
        trial.must(ADAMS, action -> action.setSubmit(submission("d")));
        assertThat(trial.does(ADAMS, action -> action.setSubmit(submission("d"))))
                .isEqualTo("DATASET_EXISTS TRI-5");
        assertThat(trial.does(BROWN, action -> action.setCorrect(correction("d", 1))))
                .isEqualTo("OTHER_INSTITUTION TRI-5");
        assertThat(trial.does(ADAMS, action -> action.setCorrect(correction("none", 1))))
                .isEqualTo("DATASET_UNKNOWN TRI-5");
        assertThat(trial.does(ADAMS, action -> action.setCorrect(correction("d", 1))))
                .isEqualTo("OK");
        assertThat(trial.does(ADAMS, action -> action.setCorrect(correction("d", 1))))
                .isEqualTo("DATASET_VERSION_CONFLICT TRI-5");
        assertThat(trial.state().getDatasetsList())
                .as("the trial itself says how many versions there are")
                .extracting(entry -> entry.getVersions())
                .containsExactly(2L);
        assertThat(trial.chain.objects().trialDataset(id("d")).orElseThrow().getVersionsList())
                .extracting(version -> version.getContent().getCommitment())
                .containsExactly(hash("commitment d"), hash("commitment corrected"));
    }

    @Test
    @DisplayName(
            "TRI-4 TRI-5 of a withdrawn subject earlier data are corrected where the protocol keeps them, else not")
    void tri4_withdrawalRule() {
        TestTrial trial = TestTrial.approved();
        trial.must(ADAMS, action -> action.setEnroll(enrolment("s", "p", "1.0")));
        trial.must(ADAMS, action -> action.setSubmit(submission("d").setPseudonym(id("s"))));
        trial.must(ADAMS, action -> action.setSubmit(submission("of all").setName("VS")));
        trial.must(ADAMS, action -> action.setSubjectChange(status("s", "withdrawn")));
        trial.must(ADAMS, action -> action.setCorrect(correction("d", 1)));
        TrialRegistration.Builder excluding = registration().setWithdrawalRule(WithdrawalRule.EXCLUDE_EARLIER_DATA);
        trial.must(RESEARCHER, action -> action.setAmend(amendment(1, excluding)));
        trial.must(CHAIR, action -> action.setDecide(decision(excluding, trial.chain.now + 10 * MINUTE)));
        assertThat(trial.does(ADAMS, action -> action.setCorrect(correction("d", 2))))
                .isEqualTo("SUBJECT_WITHDRAWN TRI-5");
        trial.must(ADAMS, action -> action.setCorrect(correction("of all", 1)));
    }

    @Test
    @DisplayName("TRI-4 what a subject was promised when it signed or left is not taken back by an amendment")
    void tri4_withdrawalRuleIsKept() {
        TestTrial trial = new TestTrial();
        TrialRegistration.Builder excluding = registration().setWithdrawalRule(WithdrawalRule.EXCLUDE_EARLIER_DATA);
        long until = trial.chain.now + 100 * MINUTE;
        trial.chain.applied(RESEARCHER, body -> body.setTrial(register(TRIAL, excluding)));
        trial.must(CHAIR, action -> action.setDecide(decision(excluding, until)));
        for (String subject : List.of("left before", "signed before", "signed anew")) {
            trial.must(ADAMS, action -> action.setEnroll(enrolment(subject, subject, "1.0")));
            trial.must(ADAMS, action -> action.setSubmit(submission(subject).setPseudonym(id(subject))));
        }
        trial.must(ADAMS, action -> action.setSubjectChange(status("left before", "withdrawn")));
        TrialRegistration.Builder keeping = registration().setIcfVersion("2.0");
        trial.must(RESEARCHER, action -> action.setAmend(amendment(1, keeping)));
        trial.must(CHAIR, action -> action.setDecide(decision(keeping, until)));
        trial.must(ADAMS, action -> action.setSubjectChange(renewal("signed anew", "2.0")));
        trial.must(ADAMS, action -> action.setSubjectChange(status("signed before", "withdrawn")));
        trial.must(ADAMS, action -> action.setSubjectChange(status("signed anew", "withdrawn")));
        assertThat(trial.does(ADAMS, action -> action.setCorrect(correction("left before", 1))))
                .isEqualTo("SUBJECT_WITHDRAWN TRI-5");
        assertThat(trial.does(ADAMS, action -> action.setCorrect(correction("signed before", 1))))
                .isEqualTo("SUBJECT_WITHDRAWN TRI-5");
        trial.must(ADAMS, action -> action.setCorrect(correction("signed anew", 1)));
    }

    @Test
    @DisplayName("TRI-5 a name is one dataset of an institution and subject; the same name again is refused")
    void tri5_name() {
        TestTrial trial = TestTrial.approved();
        trial.must(ADAMS, action -> action.setEnroll(enrolment("s", "p", "1.0")));
        trial.must(ADAMS, action -> action.setSubmit(submission("d")));
        assertThat(trial.does(ADAMS, action -> action.setSubmit(submission("e"))))
                .isEqualTo("DATASET_EXISTS TRI-5");
        assertThat(trial.does(ADAMS, action -> action.setSubmit(submission("e").setName("adsl"))))
                .isEqualTo("DATASET_EXISTS TRI-5");
        trial.must(ADAMS, action -> action.setSubmit(submission("e").setName("DM")));
        trial.must(BROWN, action -> action.setSubmit(submission("other-site")));
        trial.must(ADAMS, action -> action.setSubmit(submission("of-one").setPseudonym(id("s"))));
        assertThat(trial.does(
                        ADAMS,
                        action -> action.setSubmit(submission("of-one-again").setPseudonym(id("s")))))
                .isEqualTo("DATASET_EXISTS TRI-5");
        assertThat(trial.state().getDatasetsCount()).isEqualTo(4);
    }

    @Test
    @DisplayName("TRI-5 a correction has the columns of what it corrects")
    void tri5_shape() {
        TestTrial trial = TestTrial.approved();
        trial.must(ADAMS, action -> action.setSubmit(submission("d")));
        ByteString other = TrialIds.shape(List.of("USUBJID", "AGE"));
        assertThat(trial.does(
                        ADAMS,
                        action -> action.setCorrect(correction("d", 1)
                                .setContent(content("corrected").setShape(other)))))
                .isEqualTo("DATASET_SHAPE_OTHER TRI-5");
        ByteString reordered = TrialIds.shape(List.of("sex", "usubjid", "age"));
        trial.must(
                ADAMS,
                action -> action.setCorrect(
                        correction("d", 1).setContent(content("corrected").setShape(reordered))));
    }

    @Test
    @DisplayName(
            "TRI-5 data come from a site's CLINICIAN or the sponsor's RESEARCHER, not from the one's role at the other")
    void tri5_roles() {
        TestTrial trial = TestTrial.approved();
        assertThat(trial.does("helix/doctor", action -> action.setSubmit(submission("d"))))
                .isEqualTo("ROLE_REQUIRED TRI-5");
        assertThat(trial.does("st-mary/researcher", action -> action.setSubmit(submission("d"))))
                .isEqualTo("ROLE_REQUIRED TRI-5");
        trial.must(ADAMS, action -> action.setSubmit(submission("d")));
        assertThat(trial.does("st-mary/researcher", action -> action.setCorrect(correction("d", 1))))
                .isEqualTo("ROLE_REQUIRED TRI-5");
        trial.must(RESEARCHER, action -> action.setCorrect(correction("d", 1)));
        trial.must(RESEARCHER, action -> action.setSubmit(submission("e")));
    }

    @Test
    @DisplayName("TRI-5 a correction in which fewer enrolled subjects stand is refused unless it says that it is meant")
    void tri5_subjectsVanish() {
        TestTrial trial = TestTrial.approved();
        trial.must(ADAMS, action -> action.setSubmit(submission("d")));
        TrialCorrect.Builder fewer =
                correction("d", 1).setContent(content("corrected").setSubjects(11));
        assertThat(trial.does(ADAMS, action -> action.setCorrect(fewer))).isEqualTo("DATASET_SUBJECTS_FEWER TRI-5");
        trial.must(ADAMS, action -> action.setCorrect(fewer.clone().setSubjectsRemoved(true)));
        assertThat(trial.does(
                        ADAMS,
                        action -> action.setCorrect(
                                correction("d", 2).setContent(content("again").setSubjects(10)))))
                .as("held against the version before, not the first")
                .isEqualTo("DATASET_SUBJECTS_FEWER TRI-5");
        trial.must(
                ADAMS,
                action -> action.setCorrect(correction("d", 2)
                        .setContent(content("again").setSubjects(11).setNotEnrolled(10))));
    }

    private static TrialCorrect.Builder correction(String dataset, long predecessor) {
        return TrialCorrect.newBuilder()
                .setDatasetId(id(dataset))
                .setPredecessor(predecessor)
                .setContent(content("corrected").setCiphertextHash(hash("corrected " + dataset)))
                .setReason(reason());
    }

    @Test
    @DisplayName("TRI-5 nothing after the lock until it is unlocked; unblinding is recorded")
    void tri5_lock() {
        TestTrial trial = TestTrial.approved();
        trial.must(ADAMS, action -> action.setSubmit(submission("d")));
        assertThat(trial.does(CHAIR, action -> action.setMark(milestone(TrialMilestone.DATABASE_LOCKED))))
                .isEqualTo("ROLE_REQUIRED TRI-5");
        assertThat(trial.does(RESEARCHER, action -> action.setMark(milestone(TrialMilestone.DATABASE_UNLOCKED))))
                .isEqualTo("TRIAL_NOT_LOCKED TRI-5");
        trial.must(RESEARCHER, action -> action.setMark(milestone(TrialMilestone.DATABASE_LOCKED)));
        assertThat(trial.does(ADAMS, action -> action.setSubmit(submission("late"))))
                .isEqualTo("TRIAL_LOCKED TRI-5");
        assertThat(trial.does(ADAMS, action -> action.setCorrect(correction("d", 1))))
                .isEqualTo("TRIAL_LOCKED TRI-5");
        assertThat(trial.does(ADAMS, action -> action.setEnroll(enrolment("s", "p", "1.0"))))
                .isEqualTo("TRIAL_LOCKED TRI-5");
        assertThat(trial.does(RESEARCHER, action -> action.setMark(milestone(TrialMilestone.DATABASE_LOCKED))))
                .isEqualTo("TRIAL_LOCKED TRI-5");
        trial.must(RESEARCHER, action -> action.setMark(milestone(TrialMilestone.DATABASE_UNLOCKED)));
        trial.must(ADAMS, action -> action.setCorrect(correction("d", 1)));
        trial.must(RESEARCHER, action -> action.setMark(milestone(TrialMilestone.UNBLINDED)));
        assertThat(trial.state().getEventsList())
                .extracting(event -> event.getMilestone())
                .containsExactly(
                        TrialMilestone.DATABASE_LOCKED, TrialMilestone.DATABASE_UNLOCKED, TrialMilestone.UNBLINDED);
    }

    @Test
    @DisplayName("TRI-6 the sponsor publishes; every publication is kept")
    void tri6_publish() {
        TestTrial trial = TestTrial.registered();
        TrialPublish.Builder results = TrialPublish.newBuilder()
                .addResults(TrialResult.newBuilder().setOutcome(outcome("Pain", "VAS score", "week 12", true)));
        assertThat(trial.does(ADAMS, action -> action.setPublish(results))).isEqualTo("ROLE_REQUIRED TRI-6");
        assertThat(trial.does(
                        RESEARCHER, action -> action.setPublish(results.clone().addResults(results.getResults(0)))))
                .isEqualTo("OUTCOME_REPEATED TRI-6");
        trial.must(RESEARCHER, action -> action.setPublish(results));
        trial.must(RESEARCHER, action -> action.setPublish(results.clone().setSummary("again")));
        assertThat(trial.chain.objects().trialResults(TrialIds.resultsDocument(TRIAL, 1)))
                .isPresent();
        assertThat(trial.chain
                        .objects()
                        .trialResults(TrialIds.resultsDocument(TRIAL, 2))
                        .orElseThrow()
                        .getSummary())
                .isEqualTo("again");
    }

    @Test
    @DisplayName("TRI-7 the budget is spent in integer micro-units and never more than there is")
    void tri7_budget() {
        TestTrial trial = TestTrial.approved();
        trial.must(ADAMS, action -> action.setSubmit(submission("d")));
        assertThat(trial.does(RESEARCHER, action -> action.setSpend(spend(1_000_000))))
                .isEqualTo("SIGNER_NOT_PERMITTED TRI-7");
        assertThat(trial.does("st-mary", action -> action.setSpend(spend(1_000_000))))
                .isEqualTo("SIGNER_NOT_PERMITTED TRI-7");
        assertThat(trial.does("helix", action -> action.setSpend(spend(1).setRequestedBy("helix/packer"))))
                .isEqualTo("ROLE_REQUIRED TRI-7");
        assertThat(trial.does("helix", action -> action.setSpend(spend(1).setDatasetId(id("none")))))
                .isEqualTo("DATASET_UNKNOWN TRI-7");
        trial.must("helix", action -> action.setSpend(spend(2_999_999)));
        assertThat(trial.does("helix", action -> action.setSpend(spend(2)))).isEqualTo("BUDGET_SPENT TRI-7");
        trial.must("helix", action -> action.setSpend(spend(1)));
        assertThat(trial.does("helix", action -> action.setSpend(spend(1)))).isEqualTo("BUDGET_SPENT TRI-7");
        assertThat(trial.does(
                        RESEARCHER,
                        action -> action.setAmend(amendment(1, registration().setPrivacyBudgetMicros(2_000_000)))))
                .isEqualTo("BUDGET_SPENT TRI-7");
    }

    @Test
    @DisplayName("TRI-7 TRI-2 a larger budget is spent after the committee's decision on it, not before")
    void tri7_raisedBudgetNeedsADecision() {
        TestTrial trial = TestTrial.approved();
        trial.must(ADAMS, action -> action.setSubmit(submission("d")));
        trial.must("helix", action -> action.setSpend(spend(3_000_000)));
        TrialRegistration.Builder raised = registration().setPrivacyBudgetMicros(90_000_000);
        trial.must(RESEARCHER, action -> action.setAmend(amendment(1, raised)));
        assertThat(trial.does("helix", action -> action.setSpend(spend(1)))).isEqualTo("ETHICS_APPROVAL_MISSING TRI-2");
        assertThat(trial.does("helix", action -> action.setRelease(release())))
                .isEqualTo("ETHICS_APPROVAL_MISSING TRI-2");
        trial.must(CHAIR, action -> action.setDecide(decision(raised, trial.chain.now + 10 * MINUTE)));
        assertThat(trial.does("helix", action -> action.setSpend(spend(1).setDatasetVersion(2))))
                .isEqualTo("DATASET_UNKNOWN TRI-7");
        trial.must("helix", action -> action.setSpend(spend(1)));
    }

    @Test
    @DisplayName("TRI-7 a question that is sent again is refused and costs nothing more")
    void tri7_queryOnce() {
        TestTrial trial = TestTrial.approved();
        trial.must(ADAMS, action -> action.setSubmit(submission("d")));
        TrialSpend.Builder once = spend(1_000_000);
        trial.must("helix", action -> action.setSpend(once));
        assertThat(trial.does("helix", action -> action.setSpend(once))).isEqualTo("QUERY_REPEATED TRI-7");
        assertThat(trial.state().getSpentMicros()).isEqualTo(1_000_000);
        assertThat(trial.state().getQueries()).isEqualTo(1);
    }

    @Test
    @DisplayName("TRI-7 a release that is sent again is refused, whatever it knows of")
    void tri7_releaseOnce() {
        TestTrial trial = TestTrial.approved();
        trial.must(ADAMS, action -> action.setSubmit(submission("d")));
        TrialRelease.Builder once = release();
        trial.must("helix", action -> action.setRelease(once));
        assertThat(trial.does("helix", action -> action.setRelease(once.setReleasesBefore(1))))
                .isEqualTo("RELEASE_REPEATED TRI-7");
        assertThat(trial.state().getReleasesCount()).isEqualTo(1);
    }

    private int asked;

    /** Each a question of its own. */
    private TrialSpend.Builder spend(long epsilonMicros) {
        return TrialSpend.newBuilder()
                .setQueryId(id("query" + asked++))
                .setDatasetId(id("d"))
                .setDatasetVersion(1)
                .setEpsilonMicros(epsilonMicros)
                .setRequestedBy(RESEARCHER);
    }

    @Test
    @DisplayName("TRI-7 a release to another needs an approval and a permitted use, and knows of every earlier one")
    void tri7_release() {
        TestTrial trial = TestTrial.approved();
        trial.must(ADAMS, action -> action.setSubmit(submission("d")));
        assertThat(trial.does(RESEARCHER, action -> action.setRelease(release())))
                .isEqualTo("SIGNER_NOT_PERMITTED TRI-7");
        assertThat(trial.does("helix", action -> action.setRelease(release().setDatasetVersion(2))))
                .isEqualTo("DATASET_UNKNOWN TRI-7");
        trial.must("helix", action -> action.setRelease(release()));
        assertThat(trial.does("helix", action -> action.setRelease(release()))).isEqualTo("RELEASE_OVERTAKEN TRI-7");
        TrialRelease.Builder shared = release().setReleasesBefore(1).setRecipient(BROWN);
        assertThat(trial.does("helix", action -> action.setRelease(shared))).isEqualTo("DATA_USE_NOT_PERMITTED TRI-7");
        assertThat(trial.does(
                        "helix",
                        action -> action.setRelease(
                                shared.clone().addDataUse("HMB").setRecipient("st-mary/nobody"))))
                .isEqualTo("MEMBER_UNKNOWN TRI-7");
        trial.must("helix", action -> action.setRelease(shared.addDataUse("HMB")));
        trial.chain.pass(200 * MINUTE);
        assertThat(trial.does(
                        "helix",
                        action -> action.setRelease(release()
                                .setReleasesBefore(2)
                                .setRecipient(BROWN)
                                .addDataUse("HMB"))))
                .isEqualTo("ETHICS_APPROVAL_EXPIRED TRI-2");
    }

    @Test
    @DisplayName("TRI-7 the threshold is not lowered once something was released under it")
    void tri7_thresholdIsNotLowered() {
        TestTrial trial = TestTrial.approved();
        trial.must(ADAMS, action -> action.setSubmit(submission("d")));
        TrialRegistration.Builder lower = registration().setAnonymityThreshold(10);
        trial.must(RESEARCHER, action -> action.setAmend(amendment(1, lower)));
        trial.must(CHAIR, action -> action.setDecide(decision(lower, trial.chain.now + 10 * MINUTE)));
        trial.must("helix", action -> action.setRelease(release()));
        assertThat(trial.does(
                        RESEARCHER,
                        action -> action.setAmend(amendment(2, registration().setAnonymityThreshold(9)))))
                .isEqualTo("ANONYMITY_LOWERED TRI-7");
        trial.must(
                RESEARCHER,
                action -> action.setAmend(amendment(2, registration().setAnonymityThreshold(12))));
    }

    /** Each a release of its own. */
    private TrialRelease.Builder release() {
        return TrialRelease.newBuilder()
                .setReleaseId(id("release" + asked++))
                .setDatasetId(id("d"))
                .setDatasetVersion(1)
                .addQuasiIdentifiers("SEX")
                .setContentHash(hash("content"))
                .setRequestedBy(RESEARCHER);
    }

    @Test
    @DisplayName("TX-6 texts and lists of a registration are bounded, ids and hashes have their length")
    void tx6_bounds() {
        assertMalformed(registration().setTitle(""), "title");
        assertMalformed(registration().setTitle("x".repeat(2_001)), "title");
        assertMalformed(registration().setTitle("a\u0007b"), "title");
        assertMalformed(registration().setProtocolHash(id("short")), "protocol_hash");
        assertMalformed(registration().addSites("aaa"), "sites");
        assertMalformed(registration().clearOutcomes(), "outcomes");
        assertMalformed(registration().setAnonymityThreshold(2), "anonymity_threshold");
        assertMalformed(registration().setPrivacyBudgetMicros(-1), "privacy_budget_micros");
        assertMalformed(registration().clearWithdrawalRule(), "withdrawal_rule");
        for (String noDate : new String[] {"soon", "2026-02-30", "+2026-01-01", "2026-1-1"}) {
            assertMalformed(registration().setPlannedStart(noDate), "planned_start");
            assertMalformed(registration().setPlannedCompletion(noDate), "planned_completion");
        }
        assertMalformed(
                registration().setPlannedStart("2026-05-01").setPlannedCompletion("2026-04-30"), "planned_completion");
        TestTrial dated = new TestTrial();
        dated.chain.applied(
                RESEARCHER,
                body -> body.setTrial(register(
                        TRIAL, registration().setPlannedStart("2026-05-01").setPlannedCompletion("2026-05-01"))));
        TrialRegistration.Builder large = registration();
        for (int i = 0; i < 60; i++) {
            large.addInclusionCriteria("x".repeat(1_900));
        }
        assertMalformed(large, "registration");
    }

    private static void assertMalformed(TrialRegistration.Builder registration, String path) {
        TestChain chain = new TestChain();
        assertThatThrownBy(() -> chain.transaction(RESEARCHER, body -> body.setTrial(register(TRIAL, registration))))
                .cause()
                .hasMessageContaining(path);
    }
}
