package io.consilium.node.api;

import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.node.api.Caller.Member;
import io.consilium.proto.AccessUse;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransactionSigner;

/** Who may read a transaction (PRV-8): it is seen by whom what it is about is. */
final class TransactionVisibility {
    private final LedgerState state;
    private final ApiPolicy policy;

    TransactionVisibility(LedgerState state, ApiPolicy policy) {
        this.state = state;
        this.policy = policy;
    }

    /** Signers see what they signed, log readers what their people signed, and all what touches what they may see. */
    boolean sees(Caller caller, ParsedTransaction transaction) {
        TransactionBody body = transaction.body();
        boolean signed = body.getSignersList().stream()
                .map(TransactionSigner::getActor)
                .anyMatch(actor -> actor.equals(caller.id())
                        || caller instanceof Member member
                                && ApiPolicy.isOf(actor, member.institution())
                                && member.hasAny(ApiPolicy.LOG_READERS));
        return signed
                || switch (body.getPayloadCase()) {
                    case NOOP, EVIDENCE, MEMBER_ADD, MEMBER_SUSPEND, MEMBER_ROTATE_KEY -> true;
                    case PATIENT_REGISTER ->
                        policy.seesPatientId(caller, body.getPatientRegister().getPatientId());
                    case PATIENT_CONTROLLER ->
                        policy.seesPatientId(caller, body.getPatientController().getPatientId());
                    case PATIENT_GUARDIAN ->
                        policy.seesGuardianId(caller, body.getPatientGuardian().getGuardianId());
                    case PATIENT_MERGE ->
                        policy.seesPatientId(caller, body.getPatientMerge().getRootId())
                                && policy.seesPatientId(
                                        caller, body.getPatientMerge().getAliasId());
                    case PATIENT_TRANSFER ->
                        policy.seesPatientId(caller, body.getPatientTransfer().getPatientId());
                    case PATIENT_RELABEL ->
                        policy.seesPatientId(caller, body.getPatientRelabel().getPatientId());
                    case RECORD_REGISTER ->
                        policy.seesRecordId(caller, body.getRecordRegister().getRecordId());
                    case RECORD_AMEND ->
                        policy.seesRecordId(caller, body.getRecordAmend().getRecordId());
                    case RECORD_MARK ->
                        policy.seesRecordId(caller, body.getRecordMark().getRecordId());
                    case RECORD_ERASE ->
                        policy.seesRecordId(caller, body.getRecordErase().getRecordId());
                    case RECORD_HOLD ->
                        policy.seesRecordId(caller, body.getRecordHold().getRecordId());
                    case ERASURE_ACK ->
                        policy.seesRecordId(caller, body.getErasureAck().getRecordId());
                    case CONSENT_GRANT ->
                        policy.seesConsentId(caller, body.getConsentGrant().getConsentId());
                    case CONSENT_AMEND ->
                        policy.seesConsentId(caller, body.getConsentAmend().getConsentId());
                    case CONSENT_REVOKE ->
                        policy.seesConsentId(caller, body.getConsentRevoke().getConsentId());
                    case ACCESS_REQUEST ->
                        policy.seesAccessId(caller, body.getAccessRequest().getAccessId());
                    case ACCESS_USE ->
                        body.getAccessUse().getItemsList().stream()
                                .map(AccessUse.Item::getAccessId)
                                .allMatch(id -> policy.seesAccessId(caller, id));
                    case DISCLOSE ->
                        policy.seesAccessId(caller, body.getDisclose().getAccessId());
                    case ACCESS_OUTCOME ->
                        // Its reason tells which conditions a patient set; the requester reads the outcome alone.
                        policy.accessView(caller, body.getAccessOutcome().getAccessId()) == ApiPolicy.AccessView.FULL;
                    case BREAK_GLASS ->
                        policy.seesAccessId(caller, body.getBreakGlass().getAccessId());
                    case BREAK_GLASS_REVIEW ->
                        policy.seesAccessId(caller, body.getBreakGlassReview().getAccessId());
                    case TRIAL -> new TrialVisibility(state).seesAction(caller, body.getTrial());
                    case DRUG -> false;
                    case PAYLOAD_NOT_SET -> false;
                };
    }
}
