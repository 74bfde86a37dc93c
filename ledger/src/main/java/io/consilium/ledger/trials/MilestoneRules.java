package io.consilium.ledger.trials;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.EventType;
import io.consilium.ledger.block.Outcome;
import io.consilium.ledger.block.Writes;
import io.consilium.ledger.identity.Call;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.TrialEvent;
import io.consilium.proto.TrialMilestone;
import io.consilium.proto.TrialPublication;
import io.consilium.proto.TrialPublish;
import io.consilium.proto.TrialResult;
import io.consilium.proto.TrialResultsState;
import io.consilium.proto.TrialState;
import java.util.Optional;

/** Lock, unlock, unblinding and publication, each signed by the sponsor and kept for ever (TRI-5, TRI-6). */
final class MilestoneRules {
    static final int MAX_EVENTS = 128;

    private static final String MARK = "TRI-5";
    private static final String PUBLISH = "TRI-6";

    private MilestoneRules() {}

    static Outcome mark(Call call, TrialState trial) {
        TrialMilestone milestone = call.body().getTrial().getMark().getMilestone();
        Optional<Rejection> refusal =
                TrialRules.bySponsor(call, MARK, trial.getSponsor()).or(() -> room(trial));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        TrialState.Builder next = trial.toBuilder();
        if (milestone == TrialMilestone.DATABASE_LOCKED) {
            if (trial.getLocked()) {
                return Outcome.refused(Refusal.TRIAL_LOCKED);
            }
            next.setLocked(true);
        } else if (milestone == TrialMilestone.DATABASE_UNLOCKED) {
            if (!trial.getLocked()) {
                return Outcome.refused(Refusal.TRIAL_NOT_LOCKED);
            }
            next.setLocked(false);
        }
        next.addEvents(event(call).setMilestone(milestone));
        return TrialRules.changed(
                call,
                next,
                new Writes(),
                switch (milestone) {
                    case DATABASE_LOCKED -> EventType.TRIAL_LOCKED;
                    case DATABASE_UNLOCKED -> EventType.TRIAL_UNLOCKED;
                    case UNBLINDED -> EventType.TRIAL_UNBLINDED;
                    case TRIAL_MILESTONE_UNSPECIFIED, UNRECOGNIZED ->
                        throw new IllegalStateException("parsing refuses a milestone that is not known");
                });
    }

    static Outcome publish(Call call, TrialState trial) {
        TrialPublish publish = call.body().getTrial().getPublish();
        Optional<Rejection> refusal = TrialRules.bySponsor(call, PUBLISH, trial.getSponsor())
                .or(() -> room(trial))
                .or(() -> RegistrationRules.distinct(
                        PUBLISH,
                        publish.getResultsList().stream()
                                .map(TrialResult::getOutcome)
                                .toList()));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        long number = publications(trial) + 1;
        ByteString document = TrialIds.resultsDocument(trial.getId(), number);
        Writes writes = new Writes()
                .put(
                        StateKeys.trialResults(document),
                        TrialResultsState.newBuilder()
                                .setTrialId(trial.getId())
                                .setVersion(number)
                                .addAllResults(publish.getResultsList())
                                .setSummary(publish.getSummary())
                                .build());
        TrialState.Builder next = trial.toBuilder()
                .addEvents(
                        event(call).setPublication(TrialPublication.newBuilder().setDocumentId(document)));
        return TrialRules.changed(call, next, writes, EventType.TRIAL_PUBLISHED);
    }

    private static long publications(TrialState trial) {
        return trial.getEventsList().stream().filter(TrialEvent::hasPublication).count();
    }

    private static Optional<Rejection> room(TrialState trial) {
        return trial.getEventsCount() == MAX_EVENTS
                ? Optional.of(Refusal.TRIAL_LIMIT.rejection(MAX_EVENTS + " milestones and publications"))
                : Optional.empty();
    }

    private static TrialEvent.Builder event(Call call) {
        return TrialEvent.newBuilder()
                .setTimeMillis(call.timeMillis())
                .setActor(call.signatory().name())
                .setTxId(call.txId());
    }
}
