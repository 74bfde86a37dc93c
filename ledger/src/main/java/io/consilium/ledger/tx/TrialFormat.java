package io.consilium.ledger.tx;

import io.consilium.proto.TrialAction;
import io.consilium.proto.TrialArm;
import io.consilium.proto.TrialDataContent;
import io.consilium.proto.TrialMilestone;
import io.consilium.proto.TrialOutcome;
import io.consilium.proto.TrialPublish;
import io.consilium.proto.TrialReason;
import io.consilium.proto.TrialRegistration;
import io.consilium.proto.TrialRelease;
import io.consilium.proto.TrialSpend;
import io.consilium.proto.WithdrawalRule;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;

/** The shape of a trial's actions: bounded texts and lists, ids and hashes of the right length. */
public final class TrialFormat {
    public static final int MAX_REGISTRATION_BYTES = 64 * 1024;
    public static final int MAX_TEXT = 2_000;
    public static final int MAX_SHORT_TEXT = 300;
    public static final int MAX_VERSION_NAME = 40;
    public static final int MAX_ENTRIES = 100;
    public static final int MAX_SITES = 64;
    public static final int MAX_OUTCOMES = 100;
    public static final int MAX_COLUMN_NAME = 64;
    public static final int MAX_RELEASED_COLUMNS = 64;
    public static final int MAX_REASON_BYTES = 4 * 1024;
    public static final int MAX_REASON_READERS = 16;
    public static final int MAX_SAMPLE_SIZE = 10_000_000;
    /** Of two who look alike each knows the other. */
    public static final int MIN_THRESHOLD = 3;

    public static final int MAX_THRESHOLD = 1_000;
    public static final long MAX_BUDGET_MICROS = 100_000_000;

    private static final int DATE_CHARACTERS = 10;

    private TrialFormat() {}

    static void check(TrialAction action) throws MalformedTransaction {
        Shape.id(action.getTrialId(), "trial.trial_id");
        switch (action.getActionCase()) {
            case REGISTER ->
                registration(
                        action.getRegister().hasRegistration(),
                        action.getRegister().getRegistration(),
                        "trial.register");
            case AMEND -> {
                var amend = action.getAmend();
                Shape.nonNegative(amend.getPredecessor(), "trial.amend.predecessor");
                registration(amend.hasRegistration(), amend.getRegistration(), "trial.amend");
                reason(amend.hasReason(), amend.getReason(), "trial.amend.reason");
            }
            case DECIDE -> {
                var decide = action.getDecide();
                text(decide.getProtocolVersion(), 1, MAX_VERSION_NAME, "trial.decide.protocol_version");
                text(decide.getIcfVersion(), 1, MAX_VERSION_NAME, "trial.decide.icf_version");
                Shape.nonNegative(decide.getUntilMillis(), "trial.decide.until_millis");
                Shape.hash(decide.getContentHash(), "trial.decide.content_hash");
            }
            case ENROLL -> {
                var enroll = action.getEnroll();
                Shape.id(enroll.getPseudonym(), "trial.enroll.pseudonym");
                Shape.hash(enroll.getNullifier(), "trial.enroll.nullifier");
                text(enroll.getIcfVersion(), 1, MAX_VERSION_NAME, "trial.enroll.icf_version");
                Shape.hash(enroll.getEvidenceHash(), "trial.enroll.evidence_hash");
            }
            case SUBJECT_CHANGE -> {
                var change = action.getSubjectChange();
                Shape.id(change.getPseudonym(), "trial.subject_change.pseudonym");
                text(change.getStatus(), 0, MAX_VERSION_NAME, "trial.subject_change.status");
                text(change.getIcfVersion(), 0, MAX_VERSION_NAME, "trial.subject_change.icf_version");
                Shape.hashOrNothing(change.getEvidenceHash(), "trial.subject_change.evidence_hash");
                if (!change.getEvidenceHash().isEmpty()
                        && change.getIcfVersion().isEmpty()) {
                    throw MalformedTransaction.at(
                            "trial.subject_change.icf_version", "is missing beside the hash of a signed form");
                }
            }
            case SUBMIT -> {
                var submit = action.getSubmit();
                Shape.id(submit.getDatasetId(), "trial.submit.dataset_id");
                Shape.code(submit.getName(), "trial.submit.name");
                if (!submit.getPseudonym().isEmpty()) {
                    Shape.id(submit.getPseudonym(), "trial.submit.pseudonym");
                }
                content(submit.hasContent(), submit.getContent(), "trial.submit.content");
            }
            case CORRECT -> {
                var correct = action.getCorrect();
                Shape.id(correct.getDatasetId(), "trial.correct.dataset_id");
                Shape.nonNegative(correct.getPredecessor(), "trial.correct.predecessor");
                content(correct.hasContent(), correct.getContent(), "trial.correct.content");
                reason(correct.hasReason(), correct.getReason(), "trial.correct.reason");
            }
            case MARK -> {
                var mark = action.getMark();
                if (mark.getMilestone() == TrialMilestone.TRIAL_MILESTONE_UNSPECIFIED
                        || mark.getMilestone() == TrialMilestone.UNRECOGNIZED) {
                    throw MalformedTransaction.at("trial.mark.milestone", "is missing or not known");
                }
                reason(mark.hasReason(), mark.getReason(), "trial.mark.reason");
            }
            case PUBLISH -> publish(action.getPublish());
            case RELEASE -> release(action.getRelease());
            case SPEND -> spend(action.getSpend());
            case ACTION_NOT_SET -> throw MalformedTransaction.at("trial.action", "is missing");
        }
    }

    private static void registration(boolean present, TrialRegistration it, String at) throws MalformedTransaction {
        String path = at + ".registration";
        if (!present) {
            throw MalformedTransaction.at(path, "is missing");
        }
        if (it.getSerializedSize() > MAX_REGISTRATION_BYTES) {
            throw MalformedTransaction.at(path, "has at most " + MAX_REGISTRATION_BYTES + " bytes");
        }
        text(it.getTitle(), 1, MAX_TEXT, path + ".title");
        text(it.getPublicTitle(), 0, MAX_TEXT, path + ".public_title");
        text(it.getAcronym(), 0, MAX_SHORT_TEXT, path + ".acronym");
        Shape.slug(it.getSponsor(), path + ".sponsor");
        slugs(it.getSecondarySponsorsList(), path + ".secondary_sponsors");
        Shape.slug(it.getPublicContact(), path + ".public_contact");
        Shape.slug(it.getScientificContact(), path + ".scientific_contact");
        Shape.slug(it.getEthicsCommittee(), path + ".ethics_committee");
        Shape.count(it.getSitesCount(), 1, MAX_SITES, path + ".sites");
        slugs(it.getSitesList(), path + ".sites");
        texts(it.getFundersList(), MAX_SHORT_TEXT, path + ".funders");
        texts(it.getSecondaryIdsList(), MAX_SHORT_TEXT, path + ".secondary_ids");
        texts(it.getCountriesList(), MAX_VERSION_NAME, path + ".countries");
        texts(it.getConditionsList(), MAX_SHORT_TEXT, path + ".conditions");
        texts(it.getInterventionsList(), MAX_TEXT, path + ".interventions");
        texts(it.getInclusionCriteriaList(), MAX_TEXT, path + ".inclusion_criteria");
        texts(it.getExclusionCriteriaList(), MAX_TEXT, path + ".exclusion_criteria");
        text(it.getStudyType(), 0, MAX_SHORT_TEXT, path + ".study_type");
        text(it.getPhase(), 0, MAX_SHORT_TEXT, path + ".phase");
        range(it.getSampleSize(), 1, MAX_SAMPLE_SIZE, path + ".sample_size");
        date(it.getPlannedStart(), path + ".planned_start");
        date(it.getPlannedCompletion(), path + ".planned_completion");
        if (!it.getPlannedCompletion().isEmpty() && it.getPlannedCompletion().compareTo(it.getPlannedStart()) < 0) {
            throw MalformedTransaction.at(path + ".planned_completion", "is before the planned start");
        }
        text(it.getDataSharing(), 0, MAX_TEXT, path + ".data_sharing");
        codes(it.getDataUseList(), path + ".data_use");
        arms(it, path);
        outcomes(it.getOutcomesList(), path + ".outcomes");
        text(it.getProtocolVersion(), 1, MAX_VERSION_NAME, path + ".protocol_version");
        text(it.getIcfVersion(), 1, MAX_VERSION_NAME, path + ".icf_version");
        Shape.hash(it.getProtocolHash(), path + ".protocol_hash");
        range(it.getAnonymityThreshold(), MIN_THRESHOLD, MAX_THRESHOLD, path + ".anonymity_threshold");
        range(it.getPrivacyBudgetMicros(), 0, MAX_BUDGET_MICROS, path + ".privacy_budget_micros");
        if (it.getWithdrawalRule() != WithdrawalRule.KEEP_EARLIER_DATA
                && it.getWithdrawalRule() != WithdrawalRule.EXCLUDE_EARLIER_DATA) {
            throw MalformedTransaction.at(path + ".withdrawal_rule", "is missing or not known");
        }
    }

    /** Of ten characters, so that dates compare as their texts do. */
    private static void date(String text, String path) throws MalformedTransaction {
        if (text.isEmpty()) {
            return;
        }
        try {
            if (text.length() == DATE_CHARACTERS
                    && LocalDate.parse(text).toString().equals(text)) {
                return;
            }
        } catch (DateTimeException noDate) {
            throw MalformedTransaction.at(path, "is no date such as 2026-01-31");
        }
        throw MalformedTransaction.at(path, "is no date such as 2026-01-31");
    }

    private static void arms(TrialRegistration it, String path) throws MalformedTransaction {
        Shape.count(it.getArmsCount(), 0, MAX_ENTRIES, path + ".arms");
        for (int i = 0; i < it.getArmsCount(); i++) {
            TrialArm arm = it.getArms(i);
            String at = path + ".arms[" + i + "]";
            text(arm.getName(), 1, MAX_SHORT_TEXT, at + ".name");
            text(arm.getType(), 0, MAX_SHORT_TEXT, at + ".type");
            text(arm.getDescription(), 0, MAX_TEXT, at + ".description");
        }
        Shape.count(it.getObjectivesCount(), 0, MAX_ENTRIES, path + ".objectives");
        for (int i = 0; i < it.getObjectivesCount(); i++) {
            text(it.getObjectives(i).getText(), 1, MAX_TEXT, path + ".objectives[" + i + "].text");
        }
    }

    private static void outcomes(List<TrialOutcome> outcomes, String path) throws MalformedTransaction {
        Shape.count(outcomes.size(), 1, MAX_OUTCOMES, path);
        for (int i = 0; i < outcomes.size(); i++) {
            outcome(outcomes.get(i), path + "[" + i + "]");
        }
    }

    private static void outcome(TrialOutcome outcome, String path) throws MalformedTransaction {
        text(outcome.getName(), 1, MAX_SHORT_TEXT, path + ".name");
        text(outcome.getMeasure(), 1, MAX_TEXT, path + ".measure");
        text(outcome.getTimePoint(), 1, MAX_SHORT_TEXT, path + ".time_point");
    }

    private static void publish(TrialPublish publish) throws MalformedTransaction {
        Shape.count(publish.getResultsCount(), 1, MAX_OUTCOMES, "trial.publish.results");
        for (int i = 0; i < publish.getResultsCount(); i++) {
            String path = "trial.publish.results[" + i + "]";
            outcome(publish.getResults(i).getOutcome(), path + ".outcome");
            text(publish.getResults(i).getFinding(), 0, MAX_TEXT, path + ".finding");
        }
        text(publish.getSummary(), 0, MAX_TEXT, "trial.publish.summary");
    }

    private static void content(boolean present, TrialDataContent content, String path) throws MalformedTransaction {
        if (!present) {
            throw MalformedTransaction.at(path, "is missing");
        }
        Shape.hash(content.getCommitment(), path + ".commitment");
        Shape.hash(content.getCiphertextHash(), path + ".ciphertext_hash");
        range(content.getCiphertextSize(), 1, PayloadFormat.MAX_CIPHERTEXT_BYTES, path + ".ciphertext_size");
        Shape.atMost(content.getSealedMetadata(), PayloadFormat.MAX_SEALED_BYTES, path + ".sealed_metadata");
        Shape.sealed(content.getDataKeyList(), PayloadFormat.MAX_RECIPIENTS, path + ".data_key");
        Shape.nonNegative(content.getRows(), path + ".rows");
        Shape.nonNegative(content.getColumns(), path + ".columns");
        range(content.getSubjects(), 0, content.getRows(), path + ".subjects");
        range(content.getNotEnrolled(), 0, content.getSubjects(), path + ".not_enrolled");
        Shape.hash(content.getShape(), path + ".shape");
    }

    private static void release(TrialRelease release) throws MalformedTransaction {
        Shape.id(release.getReleaseId(), "trial.release.release_id");
        Shape.id(release.getDatasetId(), "trial.release.dataset_id");
        Shape.nonNegative(release.getDatasetVersion(), "trial.release.dataset_version");
        columns(release.getQuasiIdentifiersList(), 1, "trial.release.quasi_identifiers");
        columns(release.getColumnsList(), 0, "trial.release.columns");
        if (!release.getRecipient().isEmpty()) {
            Shape.member(release.getRecipient(), "trial.release.recipient");
        }
        codes(release.getDataUseList(), "trial.release.data_use");
        Shape.hash(release.getContentHash(), "trial.release.content_hash");
        Shape.member(release.getRequestedBy(), "trial.release.requested_by");
        Shape.nonNegative(release.getReleasesBefore(), "trial.release.releases_before");
        Shape.nonNegative(release.getAsOfMillis(), "trial.release.as_of_millis");
    }

    private static void spend(TrialSpend spend) throws MalformedTransaction {
        Shape.id(spend.getQueryId(), "trial.spend.query_id");
        Shape.id(spend.getDatasetId(), "trial.spend.dataset_id");
        Shape.nonNegative(spend.getDatasetVersion(), "trial.spend.dataset_version");
        range(spend.getEpsilonMicros(), 1, MAX_BUDGET_MICROS, "trial.spend.epsilon_micros");
        Shape.member(spend.getRequestedBy(), "trial.spend.requested_by");
    }

    private static void reason(boolean present, TrialReason reason, String path) throws MalformedTransaction {
        if (!present || reason.getSealedText().isEmpty()) {
            throw MalformedTransaction.at(path, "is missing");
        }
        Shape.atMost(reason.getSealedText(), MAX_REASON_BYTES, path + ".sealed_text");
        Shape.sealed(reason.getKeysList(), MAX_REASON_READERS, path + ".keys");
    }

    private static void columns(List<String> names, int min, String path) throws MalformedTransaction {
        Shape.count(names.size(), min, MAX_RELEASED_COLUMNS, path);
        for (int i = 0; i < names.size(); i++) {
            text(names.get(i), 1, MAX_COLUMN_NAME, path + "[" + i + "]");
        }
        Shape.ascendingText(names, path);
    }

    private static void codes(List<String> codes, String path) throws MalformedTransaction {
        Shape.count(codes.size(), 0, MAX_ENTRIES, path);
        for (int i = 0; i < codes.size(); i++) {
            Shape.code(codes.get(i), path + "[" + i + "]");
        }
        Shape.ascendingText(codes, path);
    }

    private static void slugs(List<String> slugs, String path) throws MalformedTransaction {
        Shape.count(slugs.size(), 0, MAX_SITES, path);
        for (int i = 0; i < slugs.size(); i++) {
            Shape.slug(slugs.get(i), path + "[" + i + "]");
        }
        Shape.ascendingText(slugs, path);
    }

    private static void texts(List<String> texts, int max, String path) throws MalformedTransaction {
        Shape.count(texts.size(), 0, MAX_ENTRIES, path);
        for (int i = 0; i < texts.size(); i++) {
            text(texts.get(i), 1, max, path + "[" + i + "]");
        }
    }

    private static void text(String text, int min, int max, String path) throws MalformedTransaction {
        if (text.length() < min || text.length() > max) {
            throw MalformedTransaction.at(path, "has " + min + " to " + max + " characters, not " + text.length());
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' && c != '\n' || c == 0x7f) {
                throw MalformedTransaction.at(path, "has a control character");
            }
        }
    }

    private static void range(long value, long min, long max, String path) throws MalformedTransaction {
        if (value < min || value > max) {
            throw MalformedTransaction.at(path, "is " + min + " to " + max + ", not " + value);
        }
    }
}
