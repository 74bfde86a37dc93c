package io.consilium.ledger.access;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.ledger.consent.ConsentAction;
import io.consilium.ledger.consent.ConsentDecision;
import io.consilium.ledger.consent.Decision;
import io.consilium.ledger.consent.DecisionRequest;
import io.consilium.ledger.consent.PatientConsents;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.AccessState;
import io.consilium.proto.DecisionOutcome;
import java.nio.ByteBuffer;
import java.util.Optional;

/** What a decided access still entitles to: the permit itself, its age, and whether consent holds (ACC-2, PRV-5). */
public final class Permit {
    private Permit() {}

    /**
     * Why the access permits no content: it was denied, its sealed conditions are not judged or do not hold, or it is for
     * another action than reading, so that no deny of reading is evaded by asking for something else.
     */
    public static Optional<Rejection> denied(AccessState access) {
        boolean denied = access.getDecision().getOutcome() == DecisionOutcome.DENY;
        if (!denied && !access.getAction().equals(ConsentAction.ACCESS.code())) {
            return Optional.of(Refusal.NOTHING_TO_DISCLOSE.under("ACC-2", "content is handed over for reading alone"));
        }
        return switch (access.getDecision().getOutcome()) {
            case PERMIT -> Optional.empty();
            case PERMIT_CONDITIONAL -> {
                if (!access.hasOutcome()) {
                    yield Optional.of(Refusal.OUTCOME_MISSING.rejection());
                }
                yield access.getOutcome().getOutcome() == DecisionOutcome.PERMIT
                        ? Optional.empty()
                        : Optional.of(Refusal.ACCESS_DENIED.under("PRV-5", ""));
            }
            default -> Optional.of(Refusal.ACCESS_DENIED.rejection());
        };
    }

    /** Permits hold for a time only; what is older asks again. */
    public static Optional<Rejection> tooOld(LedgerState state, AccessState access, long timeMillis) {
        long limit = state.parameters().getPermitAgeMillis();
        return timeMillis - access.getTimeMillis() <= limit
                ? Optional.empty()
                : Optional.of(Refusal.PERMIT_TOO_OLD.rejection("permits hold for " + limit / 1000 + " s"));
    }

    /** The decision made again: an outcome counts only while consents and record are those that it was judged by. */
    public static Optional<Rejection> withdrawn(LedgerState state, AccessState access, long timeMillis) {
        boolean passedOn = state.record(access.getRecordId())
                .filter(record -> !record.getCustodian().equals(access.getCustodian()))
                .isPresent();
        if (passedOn) {
            return Optional.of(Refusal.PERMIT_WITHDRAWN.rejection("the record is in other custody now"));
        }
        Decision decision = ConsentDecision.decide(state, request(access, timeMillis));
        boolean holds = decision.outcome() == DecisionOutcome.PERMIT
                || decision.outcome() == DecisionOutcome.PERMIT_CONDITIONAL
                        && access.getOutcome().getOutcome() == DecisionOutcome.PERMIT
                        && access.getOutcome().getJudgedBy().equals(judgedBy(state, access, timeMillis));
        return holds ? Optional.empty() : Optional.of(Refusal.PERMIT_WITHDRAWN.rejection());
    }

    /** What sealed conditions are judged by: the consents, and the record's versions, of which the newest counts too (PRV-4). */
    public static ByteString judgedBy(LedgerState state, AccessState access, long timeMillis) {
        int versions = state.record(access.getRecordId()).orElseThrow().getVersionsCount();
        byte[] consents = PatientConsents.activeHash(state, access.getPatientId(), timeMillis)
                .toByteArray();
        byte[] judged = ByteBuffer.allocate(consents.length + Integer.BYTES)
                .put(consents)
                .putInt(versions)
                .array();
        return ByteString.copyFrom(Hash.tagged("consilium/judged-by/v1", judged).toBytes());
    }

    /** The question that the access asked, at another time. */
    public static DecisionRequest request(AccessState access, long timeMillis) {
        return new DecisionRequest(
                access.getPatientId(),
                access.getRecordId(),
                access.getRecordVersion(),
                access.getRequester(),
                access.getPurpose(),
                access.getAction(),
                timeMillis);
    }
}
