package io.consilium.client.trial;

import io.consilium.ledger.trials.EthicsApproval;
import io.consilium.ledger.trials.OutcomeClassification;
import io.consilium.ledger.trials.OutcomeClassification.Classified;
import io.consilium.ledger.trials.OutcomeClassification.Registered;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.TrialEvent;
import io.consilium.proto.TrialMilestone;
import io.consilium.proto.TrialRegistration;
import io.consilium.proto.TrialResult;
import io.consilium.proto.TrialResultsState;
import io.consilium.proto.TrialState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * All that the chain holds of a trial's registry at one block, each part proven.
 *
 * @param versions what every registered version holds, oldest first
 * @param publications what every publication holds, oldest first
 */
public record TrialRecord(
        TrialState state,
        List<TrialRegistration> versions,
        List<TrialResultsState> publications,
        long height,
        long timeMillis) {
    public TrialRecord {
        versions = List.copyOf(versions);
        publications = List.copyOf(publications);
    }

    public TrialRegistration current() {
        return versions.get(versions.size() - 1);
    }

    /** The first lock, unblinding or publication: from then on an amendment counts no more (TRI-6). */
    public Optional<Long> cutOffMillis() {
        return state.getEventsList().stream()
                .filter(event -> event.hasPublication()
                        || event.getMilestone() == TrialMilestone.DATABASE_LOCKED
                        || event.getMilestone() == TrialMilestone.UNBLINDED)
                .map(TrialEvent::getTimeMillis)
                .findFirst();
    }

    /** The newest publication held against what was registered; nothing before there is one. */
    public List<Classified> classified() {
        if (publications.isEmpty()) {
            return List.of();
        }
        List<Registered> registered = new ArrayList<>();
        for (int i = 0; i < versions.size(); i++) {
            registered.add(new Registered(
                    state.getVersions(i).getNumber(),
                    state.getVersions(i).getTimeMillis(),
                    versions.get(i).getOutcomesList()));
        }
        TrialResultsState newest = publications.get(publications.size() - 1);
        return OutcomeClassification.classify(
                registered,
                cutOffMillis(),
                newest.getResultsList().stream().map(TrialResult::getOutcome).toList());
    }

    /** Why enrolment and data are refused now, by the newest block's time, if they are. */
    public Optional<Rejection> unapproved() {
        return EthicsApproval.refusal(state, timeMillis);
    }

    /** The recruitment status of the WHO data set, as it follows from the chain. */
    public String recruitment() {
        if (!publications.isEmpty()) {
            return "completed";
        }
        if (state.getLocked()) {
            return "closed";
        }
        if (unapproved().isPresent()) {
            return state.getFirstEnrolledMillis() == 0 ? "pending" : "suspended";
        }
        return "recruiting";
    }
}
