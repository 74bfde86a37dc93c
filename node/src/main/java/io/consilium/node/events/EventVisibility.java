package io.consilium.node.events;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.EventType;
import io.consilium.ledger.block.LedgerEvent;
import io.consilium.node.api.ApiPolicy;
import io.consilium.node.api.Caller;
import io.consilium.node.provenance.DrugPolicy;
import io.consilium.proto.EventDetail;

/**
 * Which events a reader gets: those of its institution about things that it may see, a patient those of its own (PRV-8). The
 * ledger named the parties when it happened; so who was custodian then is told of it later too, however long it was away and
 * wherever the patient has gone meanwhile.
 */
record EventVisibility(ApiPolicy policy, Caller caller) {
    boolean sees(LedgerEvent event, EventDetail detail) {
        boolean party =
                !(caller instanceof Caller.Member member) || event.parties().contains(member.institution());
        // whom the terms before named and those after do not is told that the grant ended (CON-6)
        boolean grantee = caller instanceof Caller.Member member
                && event.parties().stream().anyMatch(ApiPolicy.granteesOf(member)::contains);
        boolean regulated = event.type().startsWith("drug.") && DrugPolicy.isRegulator(caller);
        return (party || regulated || grantee)
                && switch (type(event)) {
                    case EVIDENCE_PROVEN, MEMBER_ADDED, MEMBER_SUSPENDED, MEMBER_REINSTATED, MEMBER_KEY_ROTATED ->
                        caller instanceof Caller.Member;
                    case PATIENT_REGISTERED,
                            PATIENT_KEY_CHANGED,
                            PATIENT_MERGED,
                            PATIENT_UNMERGED,
                            PATIENT_RELABELLED ->
                        all(detail, id -> policy.seesPatientId(caller, id) || policy.hadPatient(caller, id));
                    case PATIENT_TRANSFER_OFFERED,
                            PATIENT_TRANSFER_ACCEPTED,
                            PATIENT_TRANSFER_DECLINED,
                            PATIENT_TRANSFERRED ->
                        ApiPolicy.readsCustody(caller) || all(detail, id -> policy.seesPatientId(caller, id));
                    case RECORD_TRANSFERRED, RECORD_RECEIVED, RECORD_UNOPENED ->
                        ApiPolicy.readsCustody(caller) || all(detail, id -> policy.seesRecordId(caller, id));
                    case GUARDIAN_APPOINTED, GUARDIAN_ENDED ->
                        all(detail, id -> policy.seesGuardianId(caller, id) || policy.hadGuardian(caller, id));
                    case RECORD_REGISTERED,
                            RECORD_AMENDED,
                            RECORD_MARKED,
                            RECORD_HELD,
                            RECORD_RELEASED,
                            RECORD_ERASED,
                            ERASURE_ACKNOWLEDGED ->
                        all(detail, id -> policy.seesRecordId(caller, id) || policy.hadRecord(caller, id));
                    case CONSENT_GRANTED, CONSENT_AMENDED, CONSENT_REVOKED ->
                        grantee
                                || all(
                                        detail,
                                        id -> policy.seesConsentId(caller, id) || policy.hadPatientOf(caller, id));
                    case ACCESS_PERMITTED,
                            ACCESS_DENIED,
                            ACCESS_USED,
                            ACCESS_JUDGED,
                            ACCESS_DISCLOSED,
                            ACCESS_BREAK_GLASS,
                            ACCESS_REVIEWED -> all(detail, id -> policy.seesAccessId(caller, id));
                    case TRIAL_REGISTERED,
                            TRIAL_AMENDED,
                            TRIAL_DECIDED,
                            TRIAL_ENROLLED,
                            TRIAL_SUBJECT_CHANGED,
                            TRIAL_DATA_SUBMITTED,
                            TRIAL_DATA_CORRECTED,
                            TRIAL_LOCKED,
                            TRIAL_UNLOCKED,
                            TRIAL_UNBLINDED,
                            TRIAL_PUBLISHED,
                            TRIAL_RELEASED,
                            TRIAL_QUERIED -> all(detail, id -> policy.seesTrialObject(caller, id));
                    case DRUG_KEY_REQUESTED,
                            DRUG_KEY_GRANTED,
                            DRUG_PRODUCT_ADDED,
                            DRUG_COMMISSIONED,
                            DRUG_PACKED,
                            DRUG_SHIPPED,
                            DRUG_RECEIVED,
                            DRUG_STATUS_CHANGED,
                            DRUG_RECALLED,
                            DRUG_EXCEPTION_OPENED,
                            DRUG_EXCEPTION_CHANGED -> DrugPolicy.reader(caller).isPresent();
                };
    }

    private static EventType type(LedgerEvent event) {
        for (EventType type : EventType.values()) {
            if (type.text().equals(event.type())) {
                return type;
            }
        }
        throw new IllegalStateException("a stored event of a type that this version does not know: " + event.type());
    }

    private interface Sees {
        boolean object(ByteString id);
    }

    private static boolean all(EventDetail detail, Sees sees) {
        return detail.getObjectIdsCount() > 0
                && detail.getObjectIdsList().stream().allMatch(sees::object);
    }
}
