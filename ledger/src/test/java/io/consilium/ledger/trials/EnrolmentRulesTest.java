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
import static io.consilium.ledger.trials.TestTrial.decision;
import static io.consilium.ledger.trials.TestTrial.enrolment;
import static io.consilium.ledger.trials.TestTrial.register;
import static io.consilium.ledger.trials.TestTrial.registration;
import static io.consilium.ledger.trials.TestTrial.renewal;
import static io.consilium.ledger.trials.TestTrial.status;
import static io.consilium.ledger.trials.TestTrial.submission;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.consilium.crypto.Hash;
import io.consilium.proto.TrialAction;
import io.consilium.proto.TrialConsent;
import io.consilium.proto.TrialEnroll;
import io.consilium.proto.TrialRegistration;
import io.consilium.proto.TrialSubjectState;
import io.consilium.proto.WithdrawalRule;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Subjects, their consents and statuses, and what the chain tells of them. */
class EnrolmentRulesTest {
    private static String enrols(TestTrial trial, String actor, String subject, String patient) {
        return trial.does(actor, action -> action.setEnroll(enrolment(subject, patient, "1.0")));
    }

    private static String changes(TestTrial trial, String actor, String subject, String to) {
        return trial.does(actor, action -> action.setSubjectChange(status(subject, to)));
    }

    @Test
    @DisplayName("TRI-4 one patient is enrolled once, at whichever site; only a site's CLINICIAN enrols")
    void tri4_enrol() {
        TestTrial trial = TestTrial.approved();
        assertThat(trial.does("st-mary/admin", action -> action.setEnroll(enrolment("s", "p", "1.0"))))
                .isEqualTo("ROLE_REQUIRED TRI-4");
        trial.enrols(ADAMS, "s", "p");
        assertThat(enrols(trial, BROWN, "other", "p")).isEqualTo("ALREADY_ENROLLED TRI-4");
        assertThat(enrols(trial, BROWN, "s", "q")).isEqualTo("PSEUDONYM_EXISTS TRI-4");
        assertThat(enrols(trial, BROWN, "t", "q")).isEqualTo("OK");
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
        trial.enrols(ADAMS, "s", "p");
        assertThat(enrols(trial, BROWN, "t", "q")).isEqualTo("NOT_TRIAL_SITE TRI-4");
        trial.must(RESEARCHER, action -> action.setAmend(amendment(1, both)));
        assertThat(enrols(trial, BROWN, "t", "q")).isEqualTo("ETHICS_APPROVAL_MISSING TRI-2");
        trial.must(CHAIR, action -> action.setDecide(decision(both, until)));
        trial.enrols(BROWN, "t", "q");
        trial.must(RESEARCHER, action -> action.setAmend(amendment(2, other)));
        trial.must(CHAIR, action -> action.setDecide(decision(other, until)));
        assertThat(enrols(trial, ADAMS, "u", "r")).isEqualTo("NOT_TRIAL_SITE TRI-4");
        assertThat(trial.does(ADAMS, action -> action.setSubmit(submission("d"))))
                .isEqualTo("NOT_TRIAL_SITE TRI-5");
        trial.must(ADAMS, action -> action.setSubjectChange(status("s", "withdrawn")));
    }

    @Test
    @DisplayName("TRI-4 statuses are FHIR's, set by the subject's site; nothing comes after withdrawal")
    void tri4_status() {
        TestTrial trial = TestTrial.approved();
        trial.enrols(ADAMS, "s", "p");
        assertThat(changes(trial, BROWN, "s", "on-study")).isEqualTo("NOT_TRIAL_SITE TRI-4");
        assertThat(changes(trial, ADAMS, "nobody", "on-study")).isEqualTo("SUBJECT_UNKNOWN TRI-4");
        assertThat(changes(trial, ADAMS, "s", "cured")).isEqualTo("SUBJECT_STATUS_UNKNOWN TRI-4");
        assertThat(changes(trial, ADAMS, "s", "on-study")).isEqualTo("OK");
        assertThat(changes(trial, ADAMS, "s", "on-study")).isEqualTo("SUBJECT_UNCHANGED TRI-4");
        assertThat(changes(trial, ADAMS, "s", "withdrawn")).isEqualTo("OK");
        assertThat(changes(trial, ADAMS, "s", "on-study")).isEqualTo("SUBJECT_STATUS_FINAL TRI-4");
        long withdrawn = trial.subject("s").getChangedMillis();
        assertThat(trial.does(ADAMS, action -> action.setSubjectChange(renewal("s", "1.0"))))
                .as("its date is not moved by a consent renewed afterwards")
                .isEqualTo("SUBJECT_STATUS_FINAL TRI-4");
        assertThat(trial.subject("s").getChangedMillis()).isEqualTo(withdrawn);
        trial.enrols(ADAMS, "t", "q");
        trial.must(ADAMS, action -> action.setSubjectChange(status("t", "off-study")));
        trial.must(ADAMS, action -> action.setSubjectChange(renewal("t", "1.0")));
        assertThat(changes(trial, ADAMS, "t", "on-study")).isEqualTo("SUBJECT_STATUS_FINAL TRI-4");
        assertThat(changes(trial, ADAMS, "t", "withdrawn"))
                .as("a consent is withdrawn after the last visit too")
                .isEqualTo("OK");
        assertThat(trial.does(ADAMS, action -> action.setSubmit(submission("d").setPseudonym(id("s")))))
                .isEqualTo("SUBJECT_WITHDRAWN TRI-5");
    }

    @Test
    @DisplayName("TRI-6 the trial counts each change of a subject, so that none can be shown as it was before")
    void tri6_changesAreCounted() {
        TestTrial trial = TestTrial.approved();
        trial.enrols(ADAMS, "s", "p");
        trial.enrols(BROWN, "t", "q");
        assertThat(trial.state().getSubjectChanges()).isZero();
        trial.must(ADAMS, action -> action.setSubjectChange(renewal("s", "1.0")));
        trial.must(ADAMS, action -> action.setSubjectChange(status("s", "withdrawn")));
        trial.must(BROWN, action -> action.setSubjectChange(status("t", "on-study")));
        assertThat(changes(trial, BROWN, "t", "on-study")).isEqualTo("SUBJECT_UNCHANGED TRI-4");
        assertThat(trial.state().getSubjectChanges()).isEqualTo(3);
        assertThat(trial.subject("s").getVersion() + trial.subject("t").getVersion())
                .isEqualTo(trial.state().getEnrolled() + trial.state().getSubjectChanges());
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
    @DisplayName(
            "TRI-4 of an amendment in the block of an enrolment the form was signed if it was decided on in that block")
    void tri4_signedInTheBlockOfAnAmendment() {
        TrialRegistration.Builder excluding = registration().setWithdrawalRule(WithdrawalRule.EXCLUDE_EARLIER_DATA);
        TestTrial before = TestTrial.approved();
        before.chain.block(
                before.signed(ADAMS, action -> action.setEnroll(enrolment("s", "p", "1.0"))),
                before.signed(RESEARCHER, action -> action.setAmend(amendment(1, excluding))));
        assertThat(EarlierData.signed(before.state(), before.subject("s")).getNumber())
                .isEqualTo(1);
        TestTrial after = TestTrial.approved();
        after.chain.block(
                after.signed(RESEARCHER, action -> action.setAmend(amendment(1, excluding))),
                after.signed(CHAIR, action -> action.setDecide(decision(excluding, after.chain.now + 10 * MINUTE))),
                after.signed(ADAMS, action -> action.setEnroll(enrolment("s", "p", "1.0"))));
        assertThat(EarlierData.signed(after.state(), after.subject("s")).getNumber())
                .isEqualTo(2);
    }
}
