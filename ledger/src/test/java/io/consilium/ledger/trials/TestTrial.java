package io.consilium.ledger.trials;

import static io.consilium.ledger.TestChain.hash;
import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.TestChain.sealed;

import com.google.protobuf.ByteString;
import io.consilium.ledger.TestChain;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.proto.TrialAction;
import io.consilium.proto.TrialAmend;
import io.consilium.proto.TrialCorrect;
import io.consilium.proto.TrialDataContent;
import io.consilium.proto.TrialDecide;
import io.consilium.proto.TrialEnroll;
import io.consilium.proto.TrialMark;
import io.consilium.proto.TrialMilestone;
import io.consilium.proto.TrialOutcome;
import io.consilium.proto.TrialReason;
import io.consilium.proto.TrialRegister;
import io.consilium.proto.TrialRegistration;
import io.consilium.proto.TrialState;
import io.consilium.proto.TrialSubjectChange;
import io.consilium.proto.TrialSubjectState;
import io.consilium.proto.TrialSubmit;
import io.consilium.proto.WithdrawalRule;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** A trial of helix at st-mary and riverside on a chain in memory, and short ways to act in it. */
final class TestTrial {
    static final String RESEARCHER = "helix/researcher";
    static final String CHAIR = "ethics/chair";
    static final ByteString TRIAL = id("trial");

    final TestChain chain = new TestChain(TestChain.documentOfTwoCommittees());

    static TestTrial registered() {
        TestTrial trial = new TestTrial();
        trial.chain.applied(RESEARCHER, body -> body.setTrial(register(TRIAL, registration())));
        return trial;
    }

    static TestTrial approved() {
        TestTrial trial = registered();
        trial.must(CHAIR, action -> action.setDecide(decision("1.0", "1.0", trial.chain.now + 100 * TestChain.MINUTE)));
        return trial;
    }

    static TrialOutcome outcome(String name, String measure, String timePoint, boolean primary) {
        return TrialOutcome.newBuilder()
                .setName(name)
                .setMeasure(measure)
                .setTimePoint(timePoint)
                .setPrimary(primary)
                .build();
    }

    static TrialRegistration.Builder registration() {
        return TrialRegistration.newBuilder()
                .setTitle("A trial")
                .setSponsor("helix")
                .setPublicContact("helix")
                .setScientificContact("helix")
                .setEthicsCommittee("ethics")
                .addSites("riverside")
                .addSites("st-mary")
                .setSampleSize(100)
                .addDataUse("GRU")
                .addOutcomes(outcome("Pain", "VAS score", "week 12", true))
                .addOutcomes(outcome("Sleep", "PSQI score", "week 12", false))
                .setProtocolVersion("1.0")
                .setIcfVersion("1.0")
                .setProtocolHash(hash("protocol"))
                .setAnonymityThreshold(11)
                .setPrivacyBudgetMicros(3_000_000)
                .setWithdrawalRule(WithdrawalRule.KEEP_EARLIER_DATA);
    }

    static TrialAction.Builder register(ByteString id, TrialRegistration.Builder registration) {
        return TrialAction.newBuilder()
                .setTrialId(id)
                .setRegister(TrialRegister.newBuilder().setRegistration(registration));
    }

    /** On what {@link #registration()} says under these names. */
    static TrialDecide.Builder decision(String protocol, String form, long until) {
        return decision(registration().setProtocolVersion(protocol).setIcfVersion(form), until);
    }

    static TrialDecide.Builder decision(TrialRegistration.Builder on, long until) {
        return TrialDecide.newBuilder()
                .setApprove(true)
                .setProtocolVersion(on.getProtocolVersion())
                .setIcfVersion(on.getIcfVersion())
                .setContentHash(TrialIds.contentHash(on.build()))
                .setUntilMillis(until);
    }

    static TrialAmend.Builder amendment(long predecessor, TrialRegistration.Builder registration) {
        return TrialAmend.newBuilder()
                .setPredecessor(predecessor)
                .setRegistration(registration)
                .setReason(reason());
    }

    static TrialReason.Builder reason() {
        return TrialReason.newBuilder().setSealedText(hash("reason")).addKeys(sealed("helix/researcher"));
    }

    static TrialEnroll.Builder enrolment(String subject, String patient, String form) {
        return TrialEnroll.newBuilder()
                .setPseudonym(id(subject))
                .setNullifier(TrialIds.nullifier(hash("secret of " + patient).toByteArray(), TRIAL))
                .setIcfVersion(form)
                .setEvidenceHash(hash("form of " + subject));
    }

    static TrialSubjectChange.Builder status(String subject, String status) {
        return TrialSubjectChange.newBuilder().setPseudonym(id(subject)).setStatus(status);
    }

    static TrialSubmit.Builder submission(String dataset) {
        return TrialSubmit.newBuilder()
                .setDatasetId(id(dataset))
                .setName("ADSL")
                .setContent(content(dataset));
    }

    static TrialDataContent.Builder content(String text) {
        return TrialDataContent.newBuilder()
                .setCommitment(hash("commitment " + text))
                .setCiphertextHash(hash("ciphertext " + text))
                .setCiphertextSize(100)
                .addDataKey(sealed("helix"))
                .setRows(12)
                .setColumns(3)
                .setSubjects(12)
                .setNotEnrolled(10)
                .setShape(TrialIds.shape(List.of("USUBJID", "AGE", "SEX")));
    }

    static TrialMark.Builder milestone(TrialMilestone milestone) {
        return TrialMark.newBuilder().setMilestone(milestone).setReason(reason());
    }

    /** Code and rule of the answer, or OK. */
    String does(String actor, Consumer<TrialAction.Builder> content) {
        return chain.answer(actor, body -> body.setTrial(action(content)));
    }

    /** On its way, with what comes in the same block. */
    ParsedTransaction signed(String actor, Consumer<TrialAction.Builder> content) {
        return chain.transaction(actor, body -> body.setTrial(action(content)));
    }

    private static TrialAction.Builder action(Consumer<TrialAction.Builder> content) {
        TrialAction.Builder action = TrialAction.newBuilder().setTrialId(TRIAL);
        content.accept(action);
        return action;
    }

    void must(String actor, Consumer<TrialAction.Builder> content) {
        String answer = does(actor, content);
        if (!answer.equals("OK")) {
            throw new AssertionError(answer);
        }
    }

    /** Enrols a patient on the first form. */
    void enrols(String actor, String subject, String patient) {
        must(actor, action -> action.setEnroll(enrolment(subject, patient, "1.0")));
    }

    /** What the chain holds of an action's bytes, wherever it put them. */
    TrialState state() {
        return chain.objects().trial(TRIAL).orElseThrow();
    }

    static TrialRegistration.Builder with(TrialOutcome... outcomes) {
        return registration().clearOutcomes().addAllOutcomes(Arrays.asList(outcomes));
    }

    static TrialSubjectChange.Builder renewal(String subject, String form) {
        return status(subject, "").setIcfVersion(form).setEvidenceHash(hash("renewed"));
    }

    static TrialCorrect.Builder correction(String dataset, long predecessor) {
        return TrialCorrect.newBuilder()
                .setDatasetId(id(dataset))
                .setPredecessor(predecessor)
                .setContent(content("corrected").setCiphertextHash(hash("corrected " + dataset)))
                .setReason(reason());
    }

    TrialSubjectState subject(String subject) {
        return chain.objects().trialSubject(id(subject)).orElseThrow();
    }
}
