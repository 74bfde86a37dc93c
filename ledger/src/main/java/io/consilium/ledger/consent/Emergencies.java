package io.consilium.ledger.consent;

import com.google.protobuf.ByteString;
import io.consilium.ledger.identity.PatientFamily;
import io.consilium.ledger.state.LedgerState;
import io.consilium.proto.ChainParameters;
import io.consilium.proto.Emergency;
import io.consilium.proto.MemberEmergencies;
import java.util.List;
import java.util.Optional;

/** What a member's break-glass permit and what they leave to review (ACC-3). */
public final class Emergencies {
    /** How many break-glass of one member may be open, so that its object stays small. */
    public static final int MAX_OPEN = 64;

    private static final long PERMIT_MILLIS = 3_600_000;
    private static final long REVIEW_MILLIS = 72 * 3_600_000L;

    private Emergencies() {}

    /** How long a break-glass permits reads. */
    public static long permitMillis(ChainParameters parameters) {
        return parameters.getBreakGlassPermitMillis() == 0 ? PERMIT_MILLIS : parameters.getBreakGlassPermitMillis();
    }

    /** How long the custodian's PRIVACY_OFFICER has to review it. */
    public static long reviewMillis(ChainParameters parameters) {
        return parameters.getBreakGlassReviewMillis() == 0 ? REVIEW_MILLIS : parameters.getBreakGlassReviewMillis();
    }

    /** The member's break-glass that permits reading this record now: the newest of several. */
    public static Optional<ByteString> permit(
            LedgerState state, String member, ByteString patientId, ByteString recordId, long timeMillis) {
        Optional<ByteString> newest = Optional.empty();
        for (Emergency emergency : open(state, member)) {
            boolean covers =
                    emergency.getRecordId().isEmpty() || emergency.getRecordId().equals(recordId);
            if (covers
                    && isRunning(emergency, timeMillis)
                    && PatientFamily.isSame(state, emergency.getPatientId(), patientId)) {
                newest = Optional.of(emergency.getAccessId());
            }
        }
        return newest;
    }

    public static boolean isRunning(Emergency emergency, long timeMillis) {
        return timeMillis < emergency.getPermitUntilMillis();
    }

    /** Whether the time for its review ran out without one. */
    public static boolean isOverdue(Emergency emergency, long timeMillis) {
        return !emergency.getReviewed() && timeMillis > emergency.getReviewDueMillis();
    }

    public static List<Emergency> open(LedgerState state, String member) {
        return state.emergencies(member).map(MemberEmergencies::getOpenList).orElse(List.of());
    }
}
