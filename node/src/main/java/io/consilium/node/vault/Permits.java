package io.consilium.node.vault;

import io.consilium.ledger.consent.ConsentDecision;
import io.consilium.ledger.consent.DecisionRequest;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.tx.Refusal;
import io.consilium.proto.AccessState;
import io.consilium.proto.DecisionOutcome;
import io.consilium.proto.RecordState;
import java.util.Optional;

/** Whether an access still entitles its requester to bytes: it was permitted, is young, and consent holds (ACC-2). */
final class Permits {
    private Permits() {}

    static Optional<Refusal> refusal(LedgerState state, AccessState access, long atMillis) {
        return switch (access.getDecision().getOutcome()) {
            case PERMIT ->
                erased(state, access).or(() -> age(state, access, atMillis)).or(() -> consent(state, access, atMillis));
            case PERMIT_CONDITIONAL -> Optional.of(Refusal.NOTHING_TO_DISCLOSE);
            default -> Optional.of(Refusal.ACCESS_DENIED);
        };
    }

    private static Optional<Refusal> age(LedgerState state, AccessState access, long atMillis) {
        long age = atMillis - access.getTimeMillis();
        return age <= state.parameters().getPermitAgeMillis() ? Optional.empty() : Optional.of(Refusal.PERMIT_TOO_OLD);
    }

    /** A marker in state ends every reading at once, whether the bytes are deleted yet or not (PRV-6). */
    static Optional<Refusal> erased(LedgerState state, AccessState access) {
        return state.record(access.getRecordId())
                .filter(RecordState::hasErasure)
                .map(any -> Refusal.RECORD_PURGED);
    }

    static Optional<Refusal> consent(LedgerState state, AccessState access, long atMillis) {
        DecisionOutcome now = ConsentDecision.decide(
                        state,
                        new DecisionRequest(
                                access.getPatientId(),
                                access.getRecordId(),
                                access.getRecordVersion(),
                                access.getRequester(),
                                access.getPurpose(),
                                access.getAction(),
                                atMillis))
                .outcome();
        return now == DecisionOutcome.PERMIT ? Optional.empty() : Optional.of(Refusal.PERMIT_WITHDRAWN);
    }
}
