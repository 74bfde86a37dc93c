package io.consilium.ledger.block;

/** The kinds of events, with the names that subscribers see. */
public enum EventType {
    EVIDENCE_PROVEN("evidence.proven"),
    MEMBER_ADDED("member.added"),
    MEMBER_SUSPENDED("member.suspended"),
    MEMBER_REINSTATED("member.reinstated"),
    MEMBER_KEY_ROTATED("member.key-rotated"),
    PATIENT_REGISTERED("patient.registered"),
    PATIENT_KEY_CHANGED("patient.key-changed"),
    PATIENT_MERGED("patient.merged"),
    PATIENT_UNMERGED("patient.unmerged"),
    PATIENT_TRANSFER_OFFERED("patient.transfer-offered"),
    PATIENT_TRANSFER_ACCEPTED("patient.transfer-accepted"),
    PATIENT_TRANSFER_DECLINED("patient.transfer-declined"),
    PATIENT_TRANSFERRED("patient.transferred"),
    PATIENT_RELABELLED("patient.relabelled"),
    GUARDIAN_APPOINTED("guardian.appointed"),
    GUARDIAN_ENDED("guardian.ended"),
    RECORD_REGISTERED("record.registered"),
    RECORD_AMENDED("record.amended"),
    RECORD_MARKED("record.marked"),
    RECORD_TRANSFERRED("record.transferred"),
    RECORD_RECEIVED("record.received"),
    RECORD_UNOPENED("record.unopened"),
    RECORD_HELD("record.held"),
    RECORD_RELEASED("record.released"),
    RECORD_ERASED("record.erased"),
    ERASURE_ACKNOWLEDGED("erasure.acknowledged"),
    CONSENT_GRANTED("consent.granted"),
    CONSENT_AMENDED("consent.amended"),
    CONSENT_REVOKED("consent.revoked"),
    ACCESS_PERMITTED("access.permitted"),
    ACCESS_DENIED("access.denied"),
    ACCESS_USED("access.used"),
    ACCESS_JUDGED("access.judged"),
    ACCESS_DISCLOSED("access.disclosed"),
    ACCESS_BREAK_GLASS("access.break-glass"),
    ACCESS_REVIEWED("access.reviewed"),
    TRIAL_REGISTERED("trial.registered"),
    TRIAL_AMENDED("trial.amended"),
    TRIAL_DECIDED("trial.decided"),
    TRIAL_ENROLLED("trial.enrolled"),
    TRIAL_SUBJECT_CHANGED("trial.subject-changed"),
    TRIAL_DATA_SUBMITTED("trial.data-submitted"),
    TRIAL_DATA_CORRECTED("trial.data-corrected"),
    TRIAL_LOCKED("trial.locked"),
    TRIAL_UNLOCKED("trial.unlocked"),
    TRIAL_UNBLINDED("trial.unblinded"),
    TRIAL_PUBLISHED("trial.published"),
    TRIAL_RELEASED("trial.released"),
    TRIAL_QUERIED("trial.queried"),
    DRUG_KEY_REQUESTED("drug.key-requested"),
    DRUG_KEY_GRANTED("drug.key-granted"),
    DRUG_PRODUCT_ADDED("drug.product-added"),
    DRUG_COMMISSIONED("drug.commissioned"),
    DRUG_PACKED("drug.packed"),
    DRUG_SHIPPED("drug.shipped"),
    DRUG_RECEIVED("drug.received"),
    DRUG_STATUS_CHANGED("drug.status-changed"),
    DRUG_RECALLED("drug.recalled"),
    DRUG_EXCEPTION_OPENED("drug.exception-opened"),
    DRUG_EXCEPTION_CHANGED("drug.exception-changed");

    private final String text;

    EventType(String text) {
        this.text = text;
    }

    public String text() {
        return text;
    }
}
