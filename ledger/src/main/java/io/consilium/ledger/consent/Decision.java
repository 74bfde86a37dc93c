package io.consilium.ledger.consent;

import com.google.protobuf.ByteString;
import io.consilium.proto.DecisionBasis;
import io.consilium.proto.DecisionOutcome;

/**
 * An answer with its reason. The requester learns the outcome alone; patient and custodian learn the rest (CON-2).
 *
 * @param consentId the consent that decided, empty if none did
 * @param rule index of its rule, -1 for the base
 * @param exception index of the exception in that rule, -1 for the rule itself
 * @param purposeNamed whether the rule names the purpose or one above it, which an authorisation must (ACC-4)
 */
public record Decision(
        DecisionOutcome outcome,
        Reason reason,
        ByteString consentId,
        long consentVersion,
        int rule,
        int exception,
        boolean purposeNamed) {
    /** Why a decision fell. */
    public enum Reason {
        EXPLICIT_DENY,
        EXPLICIT_PERMIT,
        /** A permit whose sealed condition the custodian's node must judge (PRV-5). */
        CONDITIONAL_PERMIT,
        /** A permit unless this deny applies, which a sealed condition decides (PRV-5). */
        CONDITIONAL_DENY,
        BASE_DENY,
        BASE_PERMIT,
        NO_CONSENT,
        /** The custodian's own CLINICIAN or PHARMACIST treats the patient (ACC-1). */
        CUSTODIAN_TREATMENT,
        /** The requester broke the glass for this patient, and no explicit deny names BTG (ACC-3). */
        BREAK_GLASS,
        /** A break-glass that was not permitted, since an earlier one has not been reviewed in time (ACC-3). */
        REVIEW_OVERDUE,
        /** A break-glass that was not permitted, since as many as may be are open (ACC-3). */
        BREAK_GLASS_LIMIT,
        /** A patient's own record (PRV-8). */
        OWN_RECORD,
        /** A record of the patient whom the requester is guardian of (ID-3). */
        GUARDIAN_OF_PATIENT,
        NOT_CUSTODIAN,
        RECORD_UNKNOWN,
        REQUESTER_UNKNOWN,
        REQUESTER_INACTIVE,
        ROLE_NOT_SUITABLE,
        PURPOSE_UNKNOWN,
        ACTION_UNKNOWN
    }

    /** A deny that no consent is the reason of. */
    public static Decision deny(Reason reason) {
        return standing(DecisionOutcome.DENY, reason);
    }

    /** A permit that no consent is the reason of. */
    public static Decision permit(Reason reason) {
        return standing(DecisionOutcome.PERMIT, reason);
    }

    static Decision standing(DecisionOutcome outcome, Reason reason) {
        return new Decision(outcome, reason, ByteString.EMPTY, 0, -1, -1, false);
    }

    Decision as(DecisionOutcome otherOutcome, Reason otherReason) {
        return new Decision(otherOutcome, otherReason, consentId, consentVersion, rule, exception, purposeNamed);
    }

    public boolean denies() {
        return outcome == DecisionOutcome.DENY;
    }

    public DecisionBasis toBasis() {
        return DecisionBasis.newBuilder()
                .setOutcome(outcome)
                .setReason(reason.name())
                .setConsentId(consentId)
                .setConsentVersion(consentVersion)
                .setRuleIndex(rule)
                .setExceptionIndex(exception)
                .setPurposeNamed(purposeNamed)
                .build();
    }
}
