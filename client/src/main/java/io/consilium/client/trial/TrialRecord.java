package io.consilium.client.trial;

import io.consilium.ledger.trials.EthicsApproval;
import io.consilium.ledger.trials.OutcomeClassification;
import io.consilium.ledger.trials.OutcomeClassification.Change;
import io.consilium.ledger.trials.OutcomeClassification.Classified;
import io.consilium.ledger.trials.OutcomeClassification.Registered;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.TrialDatasetEntry;
import io.consilium.proto.TrialDecision;
import io.consilium.proto.TrialEvent;
import io.consilium.proto.TrialMilestone;
import io.consilium.proto.TrialOutcome;
import io.consilium.proto.TrialRegistration;
import io.consilium.proto.TrialResult;
import io.consilium.proto.TrialResultsState;
import io.consilium.proto.TrialState;
import io.consilium.proto.TrialVersion;
import java.util.ArrayList;
import java.util.Comparator;
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
        return cutOffMillis(state);
    }

    static Optional<Long> cutOffMillis(TrialState state) {
        return state.getEventsList().stream()
                .filter(event -> event.hasPublication()
                        || event.getMilestone() == TrialMilestone.DATABASE_LOCKED
                        || event.getMilestone() == TrialMilestone.UNBLINDED)
                .map(TrialEvent::getTimeMillis)
                .findFirst();
    }

    /** Each publication held against what was registered, oldest first: a later one takes nothing back. */
    public List<Report> reports() {
        List<TrialEvent> events = state.getEventsList().stream()
                .filter(TrialEvent::hasPublication)
                .toList();
        List<Report> reports = new ArrayList<>();
        for (int i = 0; i < publications.size(); i++) {
            TrialResultsState results = publications.get(i);
            List<Classified> outcomes = OutcomeClassification.classify(
                    registered(),
                    cutOffMillis(),
                    results.getResultsList().stream()
                            .map(TrialResult::getOutcome)
                            .toList());
            reports.add(new Report(i + 1, events.get(i), results, outcomes));
        }
        return List.copyOf(reports);
    }

    /** The gravest that became of any outcome in any publication; nothing before there is one. */
    public Optional<Change> gravest() {
        return reports().stream().map(Report::gravest).min(Comparator.naturalOrder());
    }

    private static Registered registered(TrialState state, int index, List<TrialOutcome> outcomes) {
        TrialVersion version = state.getVersions(index);
        Optional<Long> cutOff = cutOffMillis(state);
        // The newest decision in time: an approval that the committee took back before the cut-off is none.
        Optional<Long> approved = state.getDecisionsList().stream()
                .filter(decision -> decision.getTrialVersion() == version.getNumber())
                .filter(decision -> cutOff.isEmpty() || decision.getTimeMillis() < cutOff.get())
                .reduce((earlier, later) -> later)
                .filter(TrialDecision::getApproved)
                .map(TrialDecision::getTimeMillis);
        return new Registered(version.getNumber(), version.getTimeMillis(), approved, outcomes);
    }

    /** Why reports are not held against a version, if so; the one of this index, from 0. */
    static Optional<String> disregarded(TrialState state, int index) {
        Optional<Long> cutOff = cutOffMillis(state);
        Registered version = registered(state, index, List.of());
        if (version.counts(cutOff)) {
            return Optional.empty();
        }
        return Optional.of(version.inTime(cutOff) ? "not approved in time, does not count" : "too late to count");
    }

    /** The registration that reports are held against: the newest that counts. */
    public TrialRegistration yardstick() {
        return versions.get((int) yardstickNumber() - 1);
    }

    public long yardstickNumber() {
        return OutcomeClassification.yardstick(registered(), cutOffMillis()).number();
    }

    /** Whether each publication came while the database was locked. */
    public boolean lockedBeforePublication() {
        boolean locked = false;
        for (TrialEvent event : state.getEventsList()) {
            if (event.hasPublication() && !locked) {
                return false;
            }
            if (!event.hasPublication() && event.getMilestone() != TrialMilestone.UNBLINDED) {
                locked = event.getMilestone() == TrialMilestone.DATABASE_LOCKED;
            }
        }
        return true;
    }

    /** Numbers of the amendments that came with or after the first data: what these say could be known. */
    public List<Long> amendedAfterData() {
        long firstData = state.getDatasetsList().stream()
                .mapToLong(TrialDatasetEntry::getSubmittedMillis)
                .min()
                .orElse(Long.MAX_VALUE);
        return state.getVersionsList().stream()
                .filter(version -> version.getNumber() > 1 && version.getTimeMillis() >= firstData)
                .map(TrialVersion::getNumber)
                .toList();
    }

    private List<Registered> registered() {
        List<Registered> registered = new ArrayList<>();
        for (int i = 0; i < versions.size(); i++) {
            registered.add(registered(state, i, versions.get(i).getOutcomesList()));
        }
        return registered;
    }

    /** Numbers of the versions that were registered in time, and that the ethics committee did not approve in time. */
    public List<Long> unapprovedVersions() {
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < state.getVersionsCount(); i++) {
            Registered version = registered(state, i, List.of());
            if (version.inTime(cutOffMillis()) && !version.counts(cutOffMillis())) {
                numbers.add(version.number());
            }
        }
        return List.copyOf(numbers);
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
