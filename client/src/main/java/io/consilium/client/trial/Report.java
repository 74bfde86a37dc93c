package io.consilium.client.trial;

import io.consilium.ledger.trials.OutcomeClassification.Change;
import io.consilium.ledger.trials.OutcomeClassification.Classified;
import io.consilium.proto.TrialEvent;
import io.consilium.proto.TrialResult;
import io.consilium.proto.TrialResultsState;
import java.util.Comparator;
import java.util.List;

/**
 * One publication held against what was registered (TRI-6).
 *
 * @param number from 1, in the order of publication
 * @param outcomes those reported, and those that should have been
 */
public record Report(int number, TrialEvent event, TrialResultsState results, List<Classified> outcomes) {
    public Report {
        outcomes = List.copyOf(outcomes);
    }

    public long timeMillis() {
        return event.getTimeMillis();
    }

    /** The gravest that became of any outcome. */
    public Change gravest() {
        return outcomes.stream()
                .map(Classified::classification)
                .min(Comparator.naturalOrder())
                .orElse(Change.AS_REGISTERED);
    }

    /** What was found for an outcome; nothing where it is not reported or no finding is given. */
    public String finding(Classified outcome) {
        return results.getResultsList().stream()
                .filter(result ->
                        outcome.reported().filter(result.getOutcome()::equals).isPresent())
                .map(TrialResult::getFinding)
                .findFirst()
                .orElse("");
    }
}
