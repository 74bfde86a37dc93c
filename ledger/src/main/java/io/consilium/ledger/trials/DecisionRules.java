package io.consilium.ledger.trials;

import io.consilium.ledger.block.EventType;
import io.consilium.ledger.block.Outcome;
import io.consilium.ledger.block.Writes;
import io.consilium.ledger.identity.Call;
import io.consilium.ledger.identity.MemberRole;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.TrialDecide;
import io.consilium.proto.TrialDecision;
import io.consilium.proto.TrialState;
import io.consilium.proto.TrialVersion;
import java.util.Optional;

/**
 * Decisions of the trial's ethics committee on what is registered now (TRI-2). A decision names the content that it is on:
 * versions of protocol and form may keep their names when an amendment changes what stands under them.
 */
final class DecisionRules {
    static final int MAX_DECISIONS = 128;

    private static final String RULE = "TRI-2";

    private DecisionRules() {}

    static Outcome decide(Call call, TrialState trial) {
        TrialDecide decide = call.body().getTrial().getDecide();
        TrialVersion current = EthicsApproval.current(trial);
        Optional<Rejection> refusal = call.requireRole(RULE, MemberRole.REVIEWER)
                .or(() -> TrialRules.isOf(call, trial.getEthicsCommittee())
                        ? Optional.empty()
                        : Optional.of(Refusal.NOT_TRIAL_COMMITTEE.rejection()));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (!decide.getContentHash().equals(current.getContentHash())) {
            return Outcome.refused(Refusal.DECISION_VERSION_OTHER.rejection(
                    "version " + current.getNumber() + " of the registration has another content"));
        }
        if (!decide.getProtocolVersion().equals(current.getProtocolVersion())
                || !decide.getIcfVersion().equals(current.getIcfVersion())) {
            return Outcome.refused(Refusal.DECISION_VERSION_OTHER.rejection("protocol " + current.getProtocolVersion()
                    + " and form " + current.getIcfVersion() + " are registered now"));
        }
        if (decide.getApprove() && decide.getUntilMillis() <= call.timeMillis()) {
            return Outcome.refused(Refusal.DECISION_OVER);
        }
        if (trial.getDecisionsCount() == MAX_DECISIONS) {
            return Outcome.refused(Refusal.TRIAL_LIMIT.rejection(MAX_DECISIONS + " decisions"));
        }
        TrialState.Builder next = trial.toBuilder()
                .addDecisions(TrialDecision.newBuilder()
                        .setApproved(decide.getApprove())
                        .setTrialVersion(current.getNumber())
                        .setProtocolVersion(decide.getProtocolVersion())
                        .setIcfVersion(decide.getIcfVersion())
                        .setUntilMillis(decide.getUntilMillis())
                        .setTimeMillis(call.timeMillis())
                        .setReviewer(call.signatory().name())
                        .setTxId(call.txId()));
        return TrialRules.changed(call, next, new Writes(), EventType.TRIAL_DECIDED);
    }
}
