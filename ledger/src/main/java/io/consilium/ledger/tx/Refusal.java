package io.consilium.ledger.tx;

import static io.consilium.ledger.tx.RefusalClass.CONFLICT;
import static io.consilium.ledger.tx.RefusalClass.MALFORMED;
import static io.consilium.ledger.tx.RefusalClass.NOT_FOUND;
import static io.consilium.ledger.tx.RefusalClass.REFUSED;
import static io.consilium.ledger.tx.RefusalClass.UNAUTHORISED;

import java.util.Optional;

/** Every refusal that the ledger knows: its code is the constant's name, which stands in receipts for ever. */
public enum Refusal {
    // Transactions
    TRANSACTION_TOO_LARGE("TX-6", MALFORMED, "the transaction is too large", "keep payloads off the chain or split it"),
    TRANSACTION_MALFORMED(
            "TX-5", MALFORMED, "the transaction is not well formed", "build it with a client of this chain's version"),
    SIGNATURE_INVALID("TX-1", MALFORMED, "a signature is not valid", "sign the unchanged body with the key it names"),
    WRONG_CHAIN("TX-1", REFUSED, "the transaction is for another chain", "take the chain id from this chain's genesis"),
    TRANSACTION_EXPIRED("TX-2", REFUSED, "the transaction's time is over", "build and sign it anew"),
    VALIDITY_TOO_LONG(
            "TX-2", REFUSED, "the transaction is valid for more than 10 minutes", "check this machine's clock"),
    PRECONDITION_FAILED("TX-2", CONFLICT, "an object has another version than expected", "read it again and decide"),
    PRECONDITION_UNFIT(
            "TX-2",
            REFUSED,
            "a precondition is on an object that the transaction does not change, and on no institution or member",
            "leave it out"),
    DUPLICATE_TRANSACTION("TX-3", CONFLICT, "this transaction is in a block already", "look up its receipt"),
    BLOCK_TOO_LARGE("TX-6", REFUSED, "the block is larger than the chain allows", "halve the batch"),
    OBJECT_TOO_LARGE(
            "TX-6",
            REFUSED,
            "an object would outgrow what the state can hold",
            "go on with a new object: a new record, container or trial"),
    TOO_MUCH_WORK(
            "TX-6", REFUSED, "the transaction needs more memory than one block may take", "do it in smaller parts"),
    LEDGER_FAULT(
            "TX-5",
            REFUSED,
            "a rule of the ledger broke on this transaction, which changed nothing",
            "report the transaction's id to the vendor; every node's log has the cause"),
    SIGNER_COUNT("TX-4", REFUSED, "this transaction has one signatory", "sign it with one key"),
    SIGNER_UNKNOWN("TX-4", UNAUTHORISED, "the signatory is not registered", "check the name after --as"),
    SIGNER_INACTIVE("TX-4", UNAUTHORISED, "the signatory is suspended", "ask an ADMIN of the institution"),
    KEY_NOT_ACTIVE("TX-4", UNAUTHORISED, "the key is not the signatory's key now", "sign with the current key"),
    SIGNER_NOT_PERMITTED("TX-4", UNAUTHORISED, "this kind of signatory cannot do this", "sign as the right party"),
    // Consensus
    EVIDENCE_INVALID("BFT-19", REFUSED, "the evidence proves no fault", "submit the proof as a node found it"),
    EVIDENCE_EPOCH(
            "BFT-19", REFUSED, "the evidence is of an epoch that the state does not know", "nothing is left to do"),
    EVIDENCE_EXISTS("BFT-19", CONFLICT, "this fault is proven on chain already", "nothing is left to do"),
    EVIDENCE_LIMIT("BFT-19", REFUSED, "enough faults of this validator are proven on chain", "propose its removal"),
    // Identity
    ROLE_REQUIRED(
            "ID-2", UNAUTHORISED, "the signatory lacks the role for this", "see who has it: consilium member list"),
    OTHER_INSTITUTION("ID-2", UNAUTHORISED, "only the institution itself may do this", "ask one of its members"),
    INSTITUTION_UNKNOWN(
            "ID-1", NOT_FOUND, "there is no such institution", "see which there are: consilium institution list"),
    INSTITUTION_INACTIVE("ID-1", REFUSED, "the institution is not active", "choose an active institution"),
    INSTITUTION_ROLE("ID-1", REFUSED, "the institution lacks the role for this", "choose another institution"),
    MEMBER_EXISTS("ID-2", CONFLICT, "the member exists already", "choose another handle"),
    MEMBER_UNKNOWN("ID-2", NOT_FOUND, "there is no such member", "list the institution's members"),
    MEMBER_STATUS("ID-2", REFUSED, "the member has that status already", "nothing is left to do"),
    OWN_SUSPENSION("ID-2", REFUSED, "an ADMIN cannot suspend itself", "ask another ADMIN of the institution"),
    ROLE_UNKNOWN("ID-2", REFUSED, "there is no such role", "choose one of the roles of rule ID-2"),
    ROLE_NOT_ALLOWED("ID-2", REFUSED, "the institution cannot give this role", "choose a role that it can give"),
    KEY_UNCHANGED("ID-2", REFUSED, "the new signing key is one that the member had", "make a fresh key"),
    KEY_LIMIT("ID-2", REFUSED, "the member has had as many keys as can be kept", "add a new member"),
    PATIENT_EXISTS("ID-3", CONFLICT, "a patient with this id exists already", "draw a fresh random id"),
    PATIENT_UNKNOWN("ID-3", NOT_FOUND, "there is no such patient", "check the patient id"),
    CONTROLLER_KEY_SET(
            "ID-3",
            UNAUTHORISED,
            "the patient has a key, and that key alone replaces it",
            "sign with the patient's present key"),
    CONTROLLER_KEY_UNCHANGED("ID-3", REFUSED, "the patient's keys are these already", "make fresh keys"),
    PATIENT_MERGED("ID-3", REFUSED, "the patient's id was merged into another", "use the id that goes on"),
    TRANSFER_UNFIT(
            "ID-3", REFUSED, "the patient's transfer does not allow this step", "look at the patient's transfer"),
    PATIENT_NOT_MERGED("ID-3", REFUSED, "the one id is not merged into the other", "look at the patient"),
    MERGE_SELF("ID-3", REFUSED, "an id cannot be merged into itself", "name two ids"),
    ALIAS_LIMIT("ID-3", REFUSED, "as many ids as may be are merged into this one", "part one of them first"),
    ALIAS_HAS_KEY(
            "ID-3",
            REFUSED,
            "the id that would end has keys of its own, and nobody takes a patient's voice over",
            "merge the other way round, or have the patient give these keys up first"),
    GUARDIAN_EXISTS("ID-3", CONFLICT, "this id is taken already", "draw a fresh random id"),
    GUARDIAN_UNKNOWN("ID-3", NOT_FOUND, "there is no such guardian", "list the patient's guardians"),
    GUARDIAN_LIMIT("ID-3", REFUSED, "the patient has as many guardians as can be kept", "end a mandate first"),
    MANDATE_WITHOUT_END("ID-3", REFUSED, "a guardian's mandate has an end", "say until when, and appoint again then"),
    MANDATE_NOT_BEGUN("ID-3", UNAUTHORISED, "the guardian's mandate has not begun", "wait for its start"),
    MANDATE_OVER("ID-3", UNAUTHORISED, "the guardian's mandate is over", "ask the patient or a CONSENT_OFFICER"),
    NOT_CUSTODIAN("ID-3", UNAUTHORISED, "the institution is not a custodian here", "ask the patient's custodian"),
    SCOPE_KEY_MISSING("PRV-4", REFUSED, "the custodian gets no scope key", "seal the scope key to the custodian"),
    DATA_KEY_MISSING("PRV-3", REFUSED, "the custodian gets no data key", "seal the data key to the custodian"),
    RECIPIENT_NOT_ALLOWED(
            "PRV-3", REFUSED, "a key is sealed to a stranger", "seal it to the custodian or the patient alone"),
    RECIPIENT_KEY_STALE(
            "PRV-3", REFUSED, "a key is sealed to an old encryption key", "read the institution and seal it again"),
    // Records
    RECORD_EXISTS("REC-1", CONFLICT, "a record with this id exists already", "draw a fresh random id"),
    RECORD_UNKNOWN("REC-1", NOT_FOUND, "there is no such record", "check the record id"),
    RECORD_IN_ERROR("REC-1", REFUSED, "the record is marked as entered in error", "register a new record"),
    MARK_UNCHANGED("REC-1", REFUSED, "the record is marked so already", "nothing is left to do"),
    VERSION_CONFLICT("REC-1", CONFLICT, "the newest version is another one", "read it again and decide"),
    VERSION_UNKNOWN("REC-1", NOT_FOUND, "the record has no such version", "look at the record's history"),
    VERSION_LIMIT("REC-1", REFUSED, "the record has as many versions as can be kept", "register a new record"),
    REPLICA_NOT_ALLOWED("REC-2", REFUSED, "a replica is no active institution with a node", "name other replicas"),
    PAYLOAD_TAKEN(
            "REC-2",
            CONFLICT,
            "another object names this ciphertext already",
            "encrypt the content anew, under a fresh data key"),
    RECORD_PURGED("PRV-6", NOT_FOUND, "the record was erased", "its history still proves that it existed"),
    RECORD_HELD("PRV-6", REFUSED, "a hold forbids the erasure of the record", "wait for its end, or have it released"),
    HOLD_UNCHANGED("PRV-6", REFUSED, "the record is held, or free, in this way already", "nothing is left to do"),
    HOLD_GROUND_UNKNOWN("PRV-6", REFUSED, "there is no such ground for a hold", "choose legal-claims or retention"),
    ERASURE_BASIS_UNKNOWN(
            "PRV-6",
            REFUSED,
            "there is no such basis of an erasure",
            "choose gdpr-17, gdpr-17-1-a to gdpr-17-1-f, or court-order"),
    NOT_ERASED("PRV-6", REFUSED, "the record is not erased", "acknowledge erasures alone"),
    ALREADY_ACKNOWLEDGED("PRV-6", REFUSED, "the institution has acknowledged already", "nothing is left to do"),
    LABELS_UNFIT("PRV-7", REFUSED, "new labels do not fit the old ones that they replace", "ask the node to go on"),
    LABEL_EPOCH_LIMIT("PRV-7", REFUSED, "the scope key was changed as often as can be", "register the patient anew"),
    LABEL_EPOCH_STALE("PRV-4", REFUSED, "the labels are of another epoch", "fetch the scope key and label again"),
    // Consent
    CONSENT_EXISTS("CON-1", CONFLICT, "a consent with this id exists already", "draw a fresh random id"),
    CONSENT_UNKNOWN("CON-1", NOT_FOUND, "there is no such consent", "list the patient's consents"),
    CONSENT_REVOKED("CON-6", REFUSED, "the consent is revoked", "grant a new one"),
    CONSENT_LIMIT("TX-6", REFUSED, "the patient has as many consents as can be kept", "revoke those that ended"),
    NOT_GRANTOR(
            "CON-1",
            UNAUTHORISED,
            "only the patient, a guardian or a custodian's CONSENT_OFFICER may do this",
            "sign with the patient's key, or ask the custodian"),
    EVIDENCE_MISSING(
            "CON-1", REFUSED, "a CONSENT_OFFICER must give the hash of the signed form", "name it with --evidence"),
    ACTOR_UNKNOWN("CON-1", NOT_FOUND, "the consent names somebody unknown", "check institution, member or role"),
    ACTION_UNKNOWN("CON-1", REFUSED, "there is no such action", "choose access, correct or disclose"),
    PURPOSE_UNKNOWN("CON-3", REFUSED, "there is no such purpose", "choose an HL7 v3 PurposeOfUse code"),
    PERIOD_EMPTY("CON-4", REFUSED, "the period ends before it starts", "correct the start or the end"),
    RULE_UNSUPPORTED("CON-7", REFUSED, "no rule expression can be attached yet", "say it with the consent's own rules"),
    PERIOD_OVER("CON-4", REFUSED, "the period is over already", "choose an end in the future"),
    // Access
    ACCESS_EXISTS("ACC-1", CONFLICT, "an access with this id exists already", "draw a fresh random id"),
    ACCESS_UNKNOWN("ACC-2", NOT_FOUND, "there is no such access", "check the access id"),
    ACCESS_DENIED("CON-2", UNAUTHORISED, "access is denied", "ask the patient or the custodian for a consent"),
    OUTCOME_NOT_OWED("PRV-5", REFUSED, "this access has no sealed conditions to judge", "nothing is left to do"),
    OUTCOME_EXISTS("PRV-5", CONFLICT, "the conditions of this access are judged already", "nothing is left to do"),
    OUTCOME_MISSING(
            "PRV-5",
            REFUSED,
            "the custodian has not judged the sealed conditions yet",
            "ask the custodian's node again"),
    CONSENTS_CHANGED(
            "PRV-5",
            CONFLICT,
            "the consents or the record changed since the conditions were judged",
            "judge them again"),
    NOTHING_TO_DISCLOSE("ACC-2", REFUSED, "this access permits no disclosure", "request access first"),
    ALREADY_DISCLOSED("ACC-2", REFUSED, "this access is disclosed already", "request access again"),
    PERMIT_TOO_OLD("ACC-2", UNAUTHORISED, "the permit is too old", "request access again"),
    PERMIT_WITHDRAWN("ACC-2", UNAUTHORISED, "the permit does not hold any more", "ask for a consent"),
    RECIPIENT_KEY_CHANGED("ACC-2", REFUSED, "the requester has another encryption key now", "request access again"),
    CIPHERTEXT_OTHER("ACC-2", REFUSED, "the ciphertext is not that of the record's version", "check the vault"),
    RATIONALE_MISSING("ACC-3", REFUSED, "a break-glass needs its rationale", "say why with --rationale"),
    RATIONALE_KEY_MISSING(
            "ACC-3", REFUSED, "a custodian could not read the rationale", "read the custodians and seal it again"),
    REVIEW_OVERDUE(
            "ACC-3",
            REFUSED,
            "a review of an earlier break-glass is overdue",
            "ask the custodian's PRIVACY_OFFICER to review it"),
    BREAK_GLASS_LIMIT(
            "ACC-3", REFUSED, "as many break-glass as may be are open", "wait until earlier ones are reviewed"),
    BREAK_GLASS_UNKNOWN("ACC-3", NOT_FOUND, "there is no such break-glass", "list those that await their review"),
    REVIEW_EXISTS("ACC-3", REFUSED, "the break-glass is reviewed already", "nothing is left to do"),
    OWN_REVIEW("ACC-3", UNAUTHORISED, "nobody reviews its own break-glass", "ask another PRIVACY_OFFICER"),
    NOTE_MISSING("ACC-3", REFUSED, "a review needs its note", "say why with --note"),
    // Trials
    TRIAL_EXISTS("TRI-1", CONFLICT, "a trial with this id exists already", "draw a fresh random id"),
    TRIAL_UNKNOWN("TRI-1", NOT_FOUND, "there is no such trial", "list the trials"),
    NOT_TRIAL_SPONSOR("TRI-1", UNAUTHORISED, "only the trial's sponsor may do this", "ask its RESEARCHER"),
    OUTCOME_REPEATED("TRI-1", REFUSED, "two outcomes have one name", "give each outcome a name of its own"),
    TRIAL_PARTY_TWICE(
            "TRI-1", REFUSED, "the sponsor is its own ethics committee", "name a committee of another institution"),
    PRIMARY_OUTCOME_MISSING("TRI-1", REFUSED, "no outcome is primary", "name at least one primary outcome"),
    TRIAL_LIMIT(
            "TX-6",
            REFUSED,
            "the trial has as many of these as can be kept",
            "go on in a new trial; of datasets, put more into one"),
    NOT_TRIAL_COMMITTEE("TRI-2", UNAUTHORISED, "only the trial's ethics committee decides", "ask its REVIEWER"),
    DECISION_VERSION_OTHER(
            "TRI-2",
            REFUSED,
            "the decision is on something else than is registered",
            "read the registration again and decide"),
    DECISION_OVER("TRI-2", REFUSED, "the approval would be over already", "choose an end in the future"),
    ETHICS_APPROVAL_MISSING(
            "TRI-2", REFUSED, "no ethics decision covers the registered version", "ask the ethics committee to decide"),
    ETHICS_APPROVAL_EXPIRED(
            "TRI-2", REFUSED, "the ethics approval has expired", "ask the ethics committee to renew it"),
    ETHICS_REJECTED("TRI-2", REFUSED, "the ethics committee rejected this version", "amend the protocol"),
    TRIAL_VERSION_CONFLICT("TRI-3", CONFLICT, "another version is registered meanwhile", "read it again and decide"),
    TRIAL_PARTY_FIXED("TRI-3", REFUSED, "sponsor and committee of a trial do not change", "register a new trial"),
    AMENDMENT_EMPTY("TRI-3", REFUSED, "the amendment changes nothing", "give the document with its changes"),
    ICF_VERSION_STALE("TRI-3", REFUSED, "the consent form is an older version", "use the form that is registered now"),
    ICF_VERSION_UNKNOWN("TRI-3", REFUSED, "the trial has no such consent form", "use the form that is registered now"),
    NOT_TRIAL_SITE("TRI-4", UNAUTHORISED, "only a site of the trial may do this", "ask a CLINICIAN of a site"),
    ALREADY_ENROLLED("TRI-4", REFUSED, "this patient is enrolled in the trial already", "nothing is left to do"),
    PSEUDONYM_EXISTS("TRI-4", CONFLICT, "the pseudonym is taken", "draw a fresh random pseudonym"),
    SUBJECT_UNKNOWN("TRI-4", NOT_FOUND, "the trial has no such subject", "check the pseudonym"),
    SUBJECT_STATUS_UNKNOWN("TRI-4", REFUSED, "there is no such status", "choose a FHIR ResearchSubject status"),
    SUBJECT_STATUS_FINAL("TRI-4", REFUSED, "nothing comes after the subject's status", "nothing is left to do"),
    SUBJECT_UNCHANGED("TRI-4", REFUSED, "the subject has that status already", "nothing is left to do"),
    SUBJECT_WITHDRAWN("TRI-5", REFUSED, "the subject has withdrawn", "submit no more data of the subject"),
    TRIAL_LOCKED(
            "TRI-5", REFUSED, "the trial's database is locked", "for more data its sponsor unlocks it, with a reason"),
    TRIAL_NOT_LOCKED("TRI-5", REFUSED, "the trial's database is not locked", "nothing is left to do"),
    DATASET_EXISTS(
            "TRI-5",
            CONFLICT,
            "the institution has a dataset of this name in the trial already",
            "if an earlier submission of yours had no outcome, this may be it: consilium chain tx ID --settle tells, trial"
                    + " audit lists it; else correct it with consilium trial correct, or choose another name"),
    DATASET_SHAPE_OTHER(
            "TRI-5",
            REFUSED,
            "the correction has other columns than the dataset",
            "give the whole dataset with its columns, or submit it under a name of its own"),
    DATASET_SUBJECTS_FEWER(
            "TRI-5",
            REFUSED,
            "the correction names fewer enrolled subjects than the version before",
            "give the rows of all of them, or say that it is meant with --subjects-removed"),
    DATASET_UNKNOWN("TRI-5", NOT_FOUND, "the trial has no such dataset", "list its datasets with trial audit"),
    DATASET_VERSION_CONFLICT("TRI-5", CONFLICT, "the newest version is another one", "read it again and decide"),
    RELEASE_REPEATED(
            "TRI-7", CONFLICT, "this release was made already", "if its content was lost, ask for it as a new release"),
    QUERY_REPEATED(
            "TRI-7",
            CONFLICT,
            "this question was asked already, and its budget is spent",
            "see what is left with trial budget; if the answer was lost, ask it as a new question"),
    RELEASE_OVERTAKEN("TRI-7", CONFLICT, "another release was made meanwhile", "ask for the release again"),
    DATA_USE_NOT_PERMITTED(
            "TRI-7",
            REFUSED,
            "the consent form does not permit this use",
            "ask for a use that each subject's form permits"),
    ANONYMITY_LOWERED(
            "TRI-7",
            REFUSED,
            "something was released under a higher threshold",
            "amend with the threshold that is registered now, or a higher one"),
    BUDGET_SPENT("TRI-7", REFUSED, "the privacy budget does not suffice", "ask with a smaller epsilon, or not at all"),
    // Provenance: events and keys
    EVENT_IN_FUTURE("DRU-1", REFUSED, "the event lies in the future", "correct the event's time, or this clock"),
    EVENT_ORDER("DRU-8", REFUSED, "the event lies before the pack's last one", "correct the event's time"),
    EVENT_REPEATED("DRU-1", REFUSED, "this event has been taken already", "nothing is left to do"),
    ID_FOREIGN(
            "DRU-9",
            REFUSED,
            "the id is not one of this institution's making",
            "make it from its seed and institution"),
    DETAILS_EXIST("DRU-1", CONFLICT, "details have been kept under this id", "draw another id"),
    DETAILS_INCOMPLETE("DRU-1", REFUSED, "a part of the details is missing", "send all parts, from the first"),
    EVENT_UNKNOWN("DRU-1", NOT_FOUND, "this institution has no such event taken", "name the event as it was captured"),
    ERROR_DECLARED("DRU-1", REFUSED, "the event is declared to be wrong already", "nothing is left to do"),
    DOCUMENT_INCOMPLETE("DRU-1", REFUSED, "a part of the document has not come", "send it again from the first part"),
    NOT_TRADING_PARTNER(
            "DRU-9", UNAUTHORISED, "the institution is no authorised trading partner", "ask the manufacturer"),
    COMPANY_KEY_EXISTS("DRU-9", CONFLICT, "the institution has its root key already", "ask for it"),
    COMPANY_KEY_UNKNOWN("DRU-9", NOT_FOUND, "the institution has no products here", "check GTIN or SSCC"),
    KEY_REQUEST_EXISTS("DRU-9", CONFLICT, "this key has been asked for already", "wait for the owner's answer"),
    KEY_REQUEST_UNKNOWN("DRU-9", NOT_FOUND, "there is no such request for a key", "list the requests"),
    KEY_REQUEST_ANSWERED("DRU-9", REFUSED, "the request has been answered already", "nothing is left to do"),
    // Provenance: products, lots, packs
    PRODUCT_EXISTS("DRU-2", CONFLICT, "the product exists already", "commission packs of it"),
    PRODUCT_UNKNOWN("DRU-2", NOT_FOUND, "there is no such product of this manufacturer", "add it first"),
    PRODUCT_FULL("TX-6", REFUSED, "as many lots or packs as can be kept", "use a GTIN of its own for what follows"),
    LOT_MISMATCH("DRU-2", REFUSED, "the lot exists with another product or expiry date", "check lot and date"),
    LOT_UNKNOWN("DRU-6", NOT_FOUND, "there is no such lot of the product", "check the lot number"),
    DUPLICATE_SERIAL("DRU-2", REFUSED, "a serial number of the product is in use already", "look at drug exceptions"),
    NOT_COMMISSIONED("DRU-8", REFUSED, "no such pack has been commissioned", "stop the goods and tell the maker"),
    // Provenance: containers and custody
    CONTAINER_UNKNOWN("DRU-3", NOT_FOUND, "there is no such container", "check the SSCC"),
    HAS_PARENT("DRU-3", REFUSED, "it stands in a container already", "unpack it first"),
    NOT_IN_CONTAINER("DRU-3", REFUSED, "it does not stand in this container", "check parent and child"),
    HIERARCHY("DRU-3", REFUSED, "containers cannot stand in each other so", "check parent and child"),
    CONTAINER_FULL("TX-6", REFUSED, "as much as a container can hold", "pack the rest into another container"),
    TOO_MANY_AT_ONCE("TX-6", REFUSED, "more than can be done in one step", "do it in parts"),
    HISTORY_LIMIT("TX-6", REFUSED, "its path is as long as can be kept", "repack what is in it"),
    HELD_ELSEWHERE("DRU-8", REFUSED, "somebody else has it", "look at drug exceptions, and stop the goods"),
    UNDER_WAY("DRU-4", REFUSED, "it is under way to its receiver", "wait until it is received"),
    NOT_RECEIVED("DRU-4", REFUSED, "it is under way to here", "receive it first"),
    NOT_RECEIVER("DRU-4", REFUSED, "it is under way to somebody else", "stop the goods and tell the sender"),
    NOT_SHIPPED("DRU-4", REFUSED, "nobody has shipped it to here", "stop the goods and ask the sender"),
    ALREADY_RECEIVED("DRU-4", REFUSED, "it has been received already", "nothing is left to do"),
    RECEIVE_DEPTH("DRU-4", REFUSED, "a thing stands deeper than one level in what was sent", "receive its container"),
    SHIPMENT_EXISTS("DRU-4", CONFLICT, "a shipment with this id exists already", "draw a fresh random id"),
    SHIPMENT_UNKNOWN("DRU-4", NOT_FOUND, "there is no such shipment to here", "list the shipments"),
    MISSING_IN_TRANSIT("DRU-4", REFUSED, "it was missed at its receipt", "receive it, or resolve the exception"),
    // Provenance: what stops a pack
    EXPIRED("DRU-5", REFUSED, "it has expired", "return or destroy it"),
    RECALLED("DRU-6", REFUSED, "it is recalled", "return or destroy it"),
    QUARANTINED("DRU-5", REFUSED, "it is in quarantine", "release it first"),
    SUSPECT("DRU-5", REFUSED, "it is suspect", "the manufacturer or regulator can release it"),
    ILLEGITIMATE("DRU-5", REFUSED, "it is illegitimate", "keep it apart and tell the regulator"),
    RETURN_ELSEWHERE(
            "DRU-5", REFUSED, "it goes back to its maker or to who sent it alone", "return it to one of the two"),
    CONTENT_BLOCKED("DRU-5", REFUSED, "something in it is stopped", "take out what is stopped"),
    ALREADY_DISPENSED("DRU-5", REFUSED, "it has been dispensed already", "stop the pack: one of the two is false"),
    PACK_OPENED("DRU-5", REFUSED, "a part of it has been handed out", "hand out, return or destroy the rest"),
    DECOMMISSIONED("DRU-5", REFUSED, "its way has ended", "look at its path with drug trace"),
    STATUS_UNCHANGED("DRU-5", REFUSED, "nothing would change by it", "look at its path with drug trace"),
    REASON_REQUIRED("DRU-6", REFUSED, "this is done with a reason", "give the reason"),
    RELEASE_NOT_ALLOWED(
            "DRU-6",
            UNAUTHORISED,
            "who stopped it releases it, or who stands above: manufacturer, regulator",
            "ask them"),
    UNDO_NOT_ALLOWED("DRU-5", REFUSED, "the last step cannot be undone", "look at its path with drug trace"),
    UNDO_ELSEWHERE("DRU-5", REFUSED, "it is undone where it was done", "ask who did it"),
    UNDO_TOO_LATE("DRU-5", REFUSED, "more than ten days have passed", "destroy the pack"),
    RECALL_EXISTS("DRU-6", CONFLICT, "a recall with this id exists already", "draw a fresh random id"),
    RECALLED_ALREADY("DRU-6", REFUSED, "it is recalled already", "nothing is left to do"),
    EXCEPTION_UNKNOWN("DRU-4", NOT_FOUND, "there is no such exception of yours", "list the exceptions"),
    RESOLVE_NOT_ALLOWED(
            "DRU-8",
            UNAUTHORISED,
            "who caused it, or only found it, does not close it",
            "the affected party, the manufacturer or the regulator does"),
    RESOLUTION_UNFIT(
            "DRU-8",
            MALFORMED,
            "an exception of this kind does not end so",
            "goods that did not come were not-sent or are lost; receive them if they are found"),
    EXCEPTION_RESOLVED("DRU-4", REFUSED, "the exception is resolved already", "nothing is left to do");

    private final String rule;
    private final RefusalClass kind;
    private final String summary;
    private final String hint;

    Refusal(String rule, RefusalClass kind, String summary, String hint) {
        this.rule = rule;
        this.kind = kind;
        this.summary = summary;
        this.hint = hint;
    }

    /** The rule that says no unless the place of the refusal names another. */
    public String rule() {
        return rule;
    }

    public RefusalClass kind() {
        return kind;
    }

    /** One line of cause. */
    public String summary() {
        return summary;
    }

    /** One line of what to do next. */
    public String hint() {
        return hint;
    }

    public Rejection rejection() {
        return new Rejection(this, rule, "");
    }

    public Rejection rejection(String detail) {
        return new Rejection(this, rule, detail);
    }

    public Rejection under(String otherRule, String detail) {
        return new Rejection(this, otherRule, detail);
    }

    /** The refusal with a code that a receipt of this version can hold. */
    public static Optional<Refusal> ofCode(String code) {
        for (Refusal refusal : values()) {
            if (refusal.name().equals(code)) {
                return Optional.of(refusal);
            }
        }
        return Optional.empty();
    }
}
