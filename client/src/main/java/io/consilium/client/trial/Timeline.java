package io.consilium.client.trial;

import com.google.protobuf.ByteString;
import io.consilium.proto.TrialDecision;
import io.consilium.proto.TrialEvent;
import io.consilium.proto.TrialMilestone;
import io.consilium.proto.TrialReleased;
import io.consilium.proto.TrialState;
import io.consilium.proto.TrialVersion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What happened in a trial, in the order of the chain. */
public final class Timeline {
    private Timeline() {}

    /** The kinds of steps, with the words that reports show. */
    public enum Kind {
        REGISTERED("registered"),
        AMENDED("amended"),
        APPROVED("approved"),
        REJECTED("rejected"),
        FIRST_ENROLMENT("first-enrolment"),
        LOCKED("locked"),
        UNLOCKED("unlocked"),
        UNBLINDED("unblinded"),
        RELEASED("released"),
        PUBLISHED("published");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /**
     * One step.
     *
     * @param actor who signed, empty for a first enrolment
     * @param txId of its transaction, empty for a first enrolment
     */
    public record Step(Kind kind, long timeMillis, String detail, String actor, ByteString txId) {}

    public static List<Step> of(TrialState trial) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < trial.getVersionsCount(); i++) {
            TrialVersion version = trial.getVersions(i);
            steps.add(new Step(
                    version.getNumber() == 1 ? Kind.REGISTERED : Kind.AMENDED,
                    version.getTimeMillis(),
                    documents(version.getNumber(), version.getProtocolVersion(), version.getIcfVersion())
                            + TrialRecord.disregarded(trial, i)
                                    .map(why -> "; " + why)
                                    .orElse(""),
                    version.getAuthor(),
                    version.getTxId()));
        }
        for (TrialDecision decision : trial.getDecisionsList()) {
            steps.add(new Step(
                    decision.getApproved() ? Kind.APPROVED : Kind.REJECTED,
                    decision.getTimeMillis(),
                    documents(decision.getTrialVersion(), decision.getProtocolVersion(), decision.getIcfVersion())
                            + (decision.getUntilMillis() == 0
                                    ? ""
                                    : "; valid until " + ReportPage.time(decision.getUntilMillis())),
                    decision.getReviewer(),
                    decision.getTxId()));
        }
        if (trial.getFirstEnrolledMillis() != 0) {
            steps.add(new Step(
                    Kind.FIRST_ENROLMENT, trial.getFirstEnrolledMillis(), "first subject", "", ByteString.EMPTY));
        }
        int publications = 0;
        for (TrialEvent event : trial.getEventsList()) {
            String detail = event.hasPublication() ? "publication " + ++publications : "";
            steps.add(new Step(kind(event), event.getTimeMillis(), detail, event.getActor(), event.getTxId()));
        }
        for (TrialReleased released : trial.getReleasesList()) {
            String to = released.getRelease().getRecipient();
            steps.add(new Step(
                    Kind.RELEASED,
                    released.getTimeMillis(),
                    to.isEmpty() ? "own use" : "to " + to,
                    released.getRelease().getRequestedBy(),
                    released.getTxId()));
        }
        // Stable: steps of one block stay in the order above.
        steps.sort(Comparator.comparingLong(Step::timeMillis));
        return List.copyOf(steps);
    }

    private static String documents(long version, String protocol, String form) {
        return "version " + version + ", protocol " + protocol + ", consent form " + form;
    }

    private static Kind kind(TrialEvent event) {
        if (event.hasPublication()) {
            return Kind.PUBLISHED;
        }
        if (event.getMilestone() == TrialMilestone.DATABASE_LOCKED) {
            return Kind.LOCKED;
        }
        return event.getMilestone() == TrialMilestone.DATABASE_UNLOCKED ? Kind.UNLOCKED : Kind.UNBLINDED;
    }
}
