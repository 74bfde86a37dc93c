package io.consilium.node.vault;

import io.consilium.ledger.access.Permit;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.AccessState;
import io.consilium.proto.RecordState;
import java.util.Optional;

/** Whether an access still entitles its requester to bytes, by the ledger's own rules at the node's time (ACC-2). */
final class Permits {
    private Permits() {}

    static Optional<Refusal> refusal(LedgerState state, AccessState access, long atMillis) {
        return Permit.denied(access)
                .map(Rejection::refusal)
                .or(() -> erased(state, access))
                .or(() -> Permit.tooOld(state, access, atMillis).map(Rejection::refusal))
                .or(() -> consent(state, access, atMillis));
    }

    /** A marker in state ends every reading at once, whether the bytes are deleted yet or not (PRV-6). */
    static Optional<Refusal> erased(LedgerState state, AccessState access) {
        return state.record(access.getRecordId())
                .filter(RecordState::hasErasure)
                .map(any -> Refusal.RECORD_PURGED);
    }

    static Optional<Refusal> consent(LedgerState state, AccessState access, long atMillis) {
        return Permit.withdrawn(state, access, atMillis).map(Rejection::refusal);
    }
}
