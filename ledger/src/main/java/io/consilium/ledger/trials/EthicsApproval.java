package io.consilium.ledger.trials;

import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.TrialDecision;
import io.consilium.proto.TrialState;
import io.consilium.proto.TrialVersion;
import java.util.Optional;

/** Whether an ethics committee's approval covers a trial's current version at a time (TRI-2). */
public final class EthicsApproval {
    private EthicsApproval() {}

    /** The newest decision on the current version; a later decision takes the place of an earlier one. */
    public static Optional<TrialDecision> newest(TrialState trial) {
        long current = current(trial).getNumber();
        for (int i = trial.getDecisionsCount() - 1; i >= 0; i--) {
            if (trial.getDecisions(i).getTrialVersion() == current) {
                return Optional.of(trial.getDecisions(i));
            }
        }
        return Optional.empty();
    }

    /** Why nothing may be enrolled or submitted at this time, if so. */
    public static Optional<Rejection> refusal(TrialState trial, long timeMillis) {
        Optional<TrialDecision> decision = newest(trial);
        if (decision.isEmpty()) {
            return Optional.of(Refusal.ETHICS_APPROVAL_MISSING.rejection());
        }
        if (!decision.get().getApproved()) {
            return Optional.of(Refusal.ETHICS_REJECTED.rejection());
        }
        return decision.get().getUntilMillis() <= timeMillis
                ? Optional.of(Refusal.ETHICS_APPROVAL_EXPIRED.rejection())
                : Optional.empty();
    }

    /** The version that is registered now. */
    public static TrialVersion current(TrialState trial) {
        return trial.getVersions(trial.getVersionsCount() - 1);
    }
}
