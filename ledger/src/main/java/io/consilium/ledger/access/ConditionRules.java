package io.consilium.ledger.access;

import io.consilium.ledger.block.EventType;
import io.consilium.ledger.block.Outcome;
import io.consilium.ledger.block.Writes;
import io.consilium.ledger.identity.Call;
import io.consilium.ledger.identity.Signatory;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.ActorName;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.AccessOutcome;
import io.consilium.proto.AccessState;
import io.consilium.proto.ConditionOutcome;
import io.consilium.proto.DecisionOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The custodian's node says, once, how the sealed conditions of a conditional permit fell (PRV-5). It names what it
 * judged by, consents and record; if they are others at the block that holds its word, it judges again.
 */
public final class ConditionRules {
    private static final String RULE = "PRV-5";

    private ConditionRules() {}

    public static Outcome outcome(Call call) {
        AccessOutcome said = call.body().getAccessOutcome();
        Optional<AccessState> found = call.state().access(said.getAccessId());
        if (found.isEmpty()) {
            return Outcome.refused(Refusal.ACCESS_UNKNOWN.under(RULE, ""));
        }
        AccessState access = found.get();
        Optional<Rejection> refusal = custodian(call, access)
                .or(() -> owed(access))
                .or(() -> Permit.tooOld(call.state(), access, call.timeMillis()))
                .or(() -> sameBasis(call, access, said));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        AccessState judged = access.toBuilder()
                .setOutcome(ConditionOutcome.newBuilder()
                        .setOutcome(said.getPermit() ? DecisionOutcome.PERMIT : DecisionOutcome.DENY)
                        .setReason(said.getReason())
                        .setTimeMillis(call.timeMillis())
                        .setJudgedBy(said.getJudgedBy())
                        .setTxId(call.txId()))
                .setVersion(access.getVersion() + 1)
                .build();
        List<String> parties = new ArrayList<>(
                call.state().patient(access.getPatientId()).orElseThrow().getCustodiansList());
        parties.add(access.getCustodian());
        if (ActorName.parse(access.getRequester()).orElseThrow() instanceof ActorName.Member member) {
            parties.add(member.institution());
        }
        Writes writes = new Writes()
                .put(StateKeys.access(access.getId()), judged)
                .notify(EventType.ACCESS_JUDGED, parties, access.getId());
        return Outcome.applied(writes, access.getId(), judged.getVersion());
    }

    private static Optional<Rejection> custodian(Call call, AccessState access) {
        if (!(call.signatory() instanceof Signatory.Node node)) {
            return Optional.of(Refusal.SIGNER_NOT_PERMITTED.under(RULE, "the custodian's node signs it"));
        }
        return node.institution().getId().equals(access.getCustodian())
                ? Optional.empty()
                : Optional.of(Refusal.NOT_CUSTODIAN.under(RULE, "the record's custodian judges its conditions"));
    }

    private static Optional<Rejection> owed(AccessState access) {
        if (access.getDecision().getOutcome() != DecisionOutcome.PERMIT_CONDITIONAL) {
            return Optional.of(Refusal.OUTCOME_NOT_OWED.rejection());
        }
        return access.hasOutcome() ? Optional.of(Refusal.OUTCOME_EXISTS.rejection()) : Optional.empty();
    }

    private static Optional<Rejection> sameBasis(Call call, AccessState access, AccessOutcome said) {
        boolean same = said.getJudgedBy().equals(Permit.judgedBy(call.state(), access, call.timeMillis()));
        return same ? Optional.empty() : Optional.of(Refusal.CONSENTS_CHANGED.rejection());
    }
}
