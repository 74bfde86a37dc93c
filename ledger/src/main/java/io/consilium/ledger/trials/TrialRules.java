package io.consilium.ledger.trials;

import io.consilium.ledger.block.EventType;
import io.consilium.ledger.block.Outcome;
import io.consilium.ledger.block.Writes;
import io.consilium.ledger.identity.Call;
import io.consilium.ledger.identity.MemberRole;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.TrialAction;
import io.consilium.proto.TrialState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The one place that says which rules a trial's action goes to, and what they share. */
public final class TrialRules {
    private TrialRules() {}

    public static Outcome apply(Call call) {
        TrialAction action = call.body().getTrial();
        Optional<TrialState> found = call.state().trial(action.getTrialId());
        if (action.getActionCase() == TrialAction.ActionCase.REGISTER) {
            return found.isPresent() ? Outcome.refused(Refusal.TRIAL_EXISTS) : RegistrationRules.register(call);
        }
        if (found.isEmpty()) {
            return Outcome.refused(Refusal.TRIAL_UNKNOWN);
        }
        TrialState trial = found.get();
        return switch (action.getActionCase()) {
            case AMEND -> RegistrationRules.amend(call, trial);
            case DECIDE -> DecisionRules.decide(call, trial);
            case ENROLL -> EnrolmentRules.enroll(call, trial);
            case SUBJECT_CHANGE -> EnrolmentRules.change(call, trial);
            case SUBMIT -> DataRules.submit(call, trial);
            case CORRECT -> DataRules.correct(call, trial);
            case MARK -> MilestoneRules.mark(call, trial);
            case PUBLISH -> MilestoneRules.publish(call, trial);
            case RELEASE -> SharingRules.release(call, trial);
            case SPEND -> SharingRules.spend(call, trial);
            case REGISTER, ACTION_NOT_SET -> throw new IllegalStateException("told apart before, or not well formed");
        };
    }

    /** The trial's sponsor, by one of its RESEARCHERs; {@code rule} is the one that asks for it. */
    static Optional<Rejection> bySponsor(Call call, String rule, String sponsor) {
        return call.requireRole(rule, MemberRole.RESEARCHER)
                .or(() -> isOf(call, sponsor)
                        ? Optional.empty()
                        : Optional.of(Refusal.NOT_TRIAL_SPONSOR.under(rule, "")));
    }

    static boolean isOf(Call call, String institution) {
        return call.person().map(person -> person.isOf(institution)).orElse(false);
    }

    static Optional<Rejection> unlocked(TrialState trial) {
        return trial.getLocked() ? Optional.of(Refusal.TRIAL_LOCKED.rejection()) : Optional.empty();
    }

    /** Those who are told of what happens in a trial. */
    static List<String> parties(TrialState trial) {
        List<String> parties = new ArrayList<>(trial.getSitesList());
        parties.add(trial.getSponsor());
        parties.add(trial.getEthicsCommittee());
        return parties;
    }

    /** Writes the trial's next version and tells its parties. */
    static Outcome changed(Call call, TrialState.Builder trial, Writes writes, EventType event) {
        TrialState next = trial.setVersion(trial.getVersion() + 1).build();
        writes.put(StateKeys.trial(next.getId()), next).notify(event, parties(next), next.getId());
        return Outcome.applied(writes, next.getId(), next.getVersion());
    }
}
