package io.consilium.node.api;

import com.google.protobuf.ByteString;
import io.consilium.ledger.access.BreakGlassRules;
import io.consilium.ledger.consent.ConsentRules;
import io.consilium.ledger.identity.InstitutionRole;
import io.consilium.ledger.identity.MemberRole;
import io.consilium.ledger.identity.PatientFamily;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.tx.ActorName;
import io.consilium.node.api.Caller.Member;
import io.consilium.proto.AccessState;
import io.consilium.proto.ConditionOutcome;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentState;
import io.consilium.proto.DecisionOutcome;
import io.consilium.proto.GuardianState;
import io.consilium.proto.PatientState;
import io.consilium.proto.RecordState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who may read and do what through the API (PRV-8), for one request on one state.
 *
 * <pre>
 *                     patient   custodian's          requester          log readers of    grantee   everybody
 *                     itself    custody readers      itself             requester's inst. named
 * patient             yes       yes
 * guardian            yes       yes                (itself too)
 * record              yes       yes                  while a consent permits it
 * consent             yes       yes                                                       yes
 * access              yes       yes                  outcome alone      outcome alone
 * scope key           yes       scope-key holders
 * trial, its versions and results                                                                   yes
 * trial's subjects and datasets     its sponsor, committee, sites, and REGULATORs
 * institution, member, validators, headers, chain parameters                                        yes
 * metrics             operators of this node's institution
 * </pre>
 *
 * A guardian within the mandate sees what the patient sees (ID-3). Whatever is not said here is hidden, and hidden answers like unknown.
 */
public final class ApiPolicy {
    /** Roles that read what their institution has custody of. */
    static final Set<String> CUSTODY_READERS = names(
            MemberRole.CLINICIAN,
            MemberRole.CONSENT_OFFICER,
            MemberRole.PHARMACIST,
            MemberRole.ADMIN,
            MemberRole.PRIVACY_OFFICER,
            MemberRole.AUDITOR);

    /** Roles that read the log of what members of their institution did. */
    static final Set<String> LOG_READERS = names(MemberRole.AUDITOR, MemberRole.PRIVACY_OFFICER);

    /** Roles that label and consent for patients, and so need the key that blinds labels. */
    static final Set<String> SCOPE_KEY_HOLDERS =
            names(MemberRole.CLINICIAN, MemberRole.CONSENT_OFFICER, MemberRole.ADMIN, MemberRole.PRIVACY_OFFICER);

    /** Roles for which the custodian's node changes a patient's scope key (PRV-7). */
    static final Set<String> KEY_CHANGERS =
            names(MemberRole.CONSENT_OFFICER, MemberRole.PRIVACY_OFFICER, MemberRole.ADMIN);

    /** Roles that give account of disclosures (ACC-4). */
    static final Set<String> ACCOUNTANTS = names(MemberRole.PRIVACY_OFFICER, MemberRole.AUDITOR, MemberRole.ADMIN);

    /** Roles that keep the institution's index of medical record numbers (ID-3). */
    static final Set<String> MRN_KEEPERS = names(MemberRole.ADMIN, MemberRole.CLINICIAN, MemberRole.CONSENT_OFFICER);

    /** Roles that break the glass (ACC-3). */
    static final Set<String> GLASS_BREAKERS = names(MemberRole.CLINICIAN);

    /** Roles that read why it was broken, and review it. */
    static final Set<String> RATIONALE_READERS = names(MemberRole.PRIVACY_OFFICER);

    /**
     * Roles that hand in payloads for their own institution's vault: those that register records (REC-1), datasets
     * (TRI-5) and documents of supply (DRU-1).
     */
    static final Set<String> PAYLOAD_SENDERS =
            names(MemberRole.CLINICIAN, MemberRole.ADMIN, MemberRole.RESEARCHER, MemberRole.PHARMACIST);

    /** An OPERATOR brings documents of supply, hence for an institution that supplies. */
    private static final Set<String> SUPPLIERS = Set.of(
            InstitutionRole.MANUFACTURER.name(), InstitutionRole.WHOLESALER.name(), InstitutionRole.PHARMACY.name());

    /** Roles that run this node. */
    static final Set<String> NODE_OPERATORS = names(MemberRole.OPERATOR, MemberRole.ADMIN, MemberRole.AUDITOR);

    static final String ROLE_PREFIX = "role:";

    /** How much of an access a caller sees. */
    public enum AccessView {
        /** Everything, the basis of the decision too: patient and custodian (CON-2). */
        FULL,
        /** The decision alone: the requester's side. */
        OUTCOME,
        HIDDEN
    }

    private final LedgerState state;
    private final RecordDecisions decisions;
    private final long asOfMillis;
    private final Map<ByteString, Set<String>> purposes = new HashMap<>();

    /** {@code asOfMillis} is the time at which consents are judged: the later of tip time and the node's clock. */
    public ApiPolicy(LedgerState state, RecordDecisions decisions, long asOfMillis) {
        this.state = state;
        this.decisions = decisions;
        this.asOfMillis = asOfMillis;
    }

    public boolean seesPatient(Caller caller, PatientState patient) {
        return isPatient(caller, patient.getId())
                || caller instanceof Member member
                        && (patient.getCustodiansList().contains(member.institution()) || isOfferedTo(member, patient))
                        && member.hasAny(CUSTODY_READERS);
    }

    /** Whoever is to take a patient over sees whom, until the offer is answered and the patient its own (ID-3). */
    private static boolean isOfferedTo(Member member, PatientState patient) {
        return patient.getTransfer().getTo().equals(member.institution())
                && patient.getTransfer().getHandedOverMillis() == 0;
    }

    /** Whether the caller asks its node to hand the patient over, or what stayed behind or came back unopened (ID-3). */
    public boolean handsOver(Caller caller, PatientState patient) {
        return caller instanceof Member member
                && member.hasAny(KEY_CHANGERS)
                && (patient.getCustodiansList().contains(member.institution())
                        || patient.getFormerCustodiansList().contains(member.institution()));
    }

    /** Whether a member is one of those whom custody concerns at its institution. */
    public static boolean readsCustody(Caller caller) {
        return caller instanceof Member member && member.hasAny(CUSTODY_READERS);
    }

    public boolean seesGuardian(Caller caller, GuardianState guardian) {
        return seesPatientId(caller, guardian.getPatientId());
    }

    public boolean seesGuardianId(Caller caller, ByteString id) {
        return state.guardian(id)
                .map(guardian -> seesGuardian(caller, guardian))
                .orElse(false);
    }

    /** Whether the caller belongs to the custodian of a record, or is its patient: sees reasons, not only decisions. */
    public boolean holds(Caller caller, RecordState record) {
        return isPatient(caller, record.getPatientId()) || readsCustodyOf(caller, record.getCustodian());
    }

    public boolean seesRecord(Caller caller, RecordState record) {
        return holds(caller, record)
                || caller instanceof Member member
                        && decisions.permitsAny(state, record, member.id(), actorsOf(member), asOfMillis, purposes);
    }

    /**
     * Whether a record of the patient may be open to the caller at all: kept by its institution now or before, or permitted
     * by a consent or a broken glass. Depends on no record, so that who is a stranger to the patient waits for none.
     */
    boolean maySeeRecordsOf(Caller caller, ByteString patientId) {
        Optional<PatientState> patient = state.patient(patientId);
        if (patient.isEmpty() || isPatient(caller, patientId)) {
            return patient.isPresent();
        }
        return caller instanceof Member member
                && (patient.get().getCustodiansList().contains(member.institution())
                        || patient.get().getFormerCustodiansList().contains(member.institution())
                        || decisions.permitsSomething(
                                state, patientId, member.id(), actorsOf(member), asOfMillis, purposes));
    }

    public boolean seesConsent(Caller caller, ConsentState consent) {
        if (isPatient(caller, consent.getPatientId())) {
            return true;
        }
        if (!(caller instanceof Member member)) {
            return false;
        }
        boolean custodian = state.patient(consent.getPatientId())
                .map(patient -> seesPatient(caller, patient))
                .orElse(false);
        return custodian || consent.getTerms().getRulesList().stream().anyMatch(rule -> grants(rule, member));
    }

    /** A permit that names the member, its institution or a role of it; one that names nobody tells no one of it. */
    private static boolean grants(ConsentRule rule, Member member) {
        boolean named = rule.getActorsList().stream().anyMatch(actorsOf(member)::contains);
        return rule.getPermit() && named
                || rule.getExceptionsList().stream().anyMatch(exception -> grants(exception, member));
    }

    /** Whether anything that a member did may be visible to the caller at all: its own, its institution's, its patients'. */
    boolean mayFollow(Caller caller, String member) {
        return caller.id().equals(member)
                || caller instanceof Member other && isOf(member, other.institution()) && other.hasAny(LOG_READERS)
                || readsCustody(caller);
    }

    /** Whether consents that name a grantee may be visible to the caller: it is that, or reads for its patients. */
    static boolean mayFollowGrantee(Caller caller, String grantee) {
        return caller instanceof Member member && actorsOf(member).contains(grantee) || readsCustody(caller);
    }

    public AccessView access(Caller caller, AccessState access) {
        if (isPatient(caller, access.getPatientId()) || custodians(access).anyMatch(c -> readsCustodyOf(caller, c))) {
            return AccessView.FULL;
        }
        boolean requesterSide = access.getRequester().equals(caller.id())
                || caller instanceof Member member
                        && isOf(access.getRequester(), member.institution())
                        && member.hasAny(LOG_READERS);
        return requesterSide ? AccessView.OUTCOME : AccessView.HIDDEN;
    }

    /** Of a read the record's custodian at that time; a break-glass concerns all that the patient had then, and who reviews it. */
    private Stream<String> custodians(AccessState access) {
        return access.hasBreakGlass()
                ? Stream.concat(
                        access.getBreakGlass().getCustodiansList().stream(),
                        BreakGlassRules.reviewers(state, access).stream()
                                .filter(each -> !isOf(access.getRequester(), each)))
                : Stream.of(access.getCustodian());
    }

    /** Whether the caller learns who is custodian of a patient: a clinician must, to break the glass (ACC-3). */
    public boolean seesCustodians(Caller caller, PatientState patient) {
        return seesPatient(caller, patient) || breaksGlass(caller);
    }

    static boolean breaksGlass(Caller caller) {
        return caller instanceof Member member && member.hasAny(GLASS_BREAKERS);
    }

    /** Whether the object of an access may be shown whole: why a break-glass was permitted is no secret of the patient's. */
    public boolean seesWhole(Caller caller, AccessState access) {
        return switch (access(caller, access)) {
            case FULL -> true;
            case OUTCOME -> access.getBreakGlass().getReviewDueMillis() > 0;
            case HIDDEN -> false;
        };
    }

    /** Whether the caller may read the patient's log and the accounting of disclosures (ACC-4). */
    public boolean readsAccounting(Caller caller, PatientState patient) {
        return isPatient(caller, patient.getId())
                || caller instanceof Member member
                        && (patient.getCustodiansList().contains(member.institution())
                                || patient.getFormerCustodiansList().contains(member.institution()))
                        && member.hasAny(ACCOUNTANTS);
    }

    /** Whether the caller may read why the glass was broken: privacy officers, by whom it was sealed to their institution. */
    public boolean readsRationale(Caller caller, AccessState access) {
        return caller instanceof Member member
                && member.hasAny(RATIONALE_READERS)
                && access(caller, access) != AccessView.HIDDEN;
    }

    /** Whether the caller may ask what the ledger would decide for somebody: for itself and its own people. */
    public boolean asksFor(Caller caller, String requester) {
        return requester.equals(caller.id())
                || caller instanceof Member member
                        && isOf(requester, member.institution())
                        && member.hasAny(CUSTODY_READERS);
    }

    public boolean holdsScopeKey(Caller caller, PatientState patient) {
        return isPatient(caller, patient.getId())
                || caller instanceof Member member
                        && patient.getCustodiansList().contains(member.institution())
                        && member.hasAny(SCOPE_KEY_HOLDERS);
    }

    /**
     * The ids under which a patient's objects are listed: of a root its own and, to those who may see it, those of its
     * aliases; of every other id that one alone, so that a grantee learns of no merge.
     */
    List<ByteString> family(Caller caller, ByteString id) {
        Optional<PatientState> root = visiblePatient(caller, id).filter(patient -> patient.getAliasesCount() > 0);
        return root.isEmpty()
                ? List.of(id)
                : PatientFamily.of(state, root.get()).stream()
                        .map(PatientState::getId)
                        .toList();
    }

    public boolean changesKeys(Caller caller, PatientState patient) {
        return caller instanceof Member member
                && patient.getCustodiansList().contains(member.institution())
                && member.hasAny(KEY_CHANGERS);
    }

    /** Whether the caller brings payloads for the vault of this institution: its own, in a role that registers some. */
    public boolean sendsPayloads(Caller caller, String institution) {
        if (!(caller instanceof Member member) || !member.institution().equals(institution)) {
            return false;
        }
        boolean supplies = state.institution(institution)
                .map(found -> found.getRolesList().stream().anyMatch(SUPPLIERS::contains))
                .orElse(false);
        return member.hasAny(PAYLOAD_SENDERS) || supplies && member.hasAny(Set.of(MemberRole.OPERATOR.name()));
    }

    public static boolean keepsMrns(Caller caller) {
        return caller instanceof Member member && member.hasAny(MRN_KEEPERS);
    }

    /** Whether the caller brings data of a trial for the vault of its sponsor: a CLINICIAN of one of its sites (TRI-5). */
    public boolean sendsTrialData(Caller caller, ByteString trialId, String sponsor) {
        return new TrialVisibility(state).sendsData(caller, trialId, sponsor);
    }

    public static boolean readsMetrics(Caller caller, String nodeInstitution) {
        return caller instanceof Member member
                && member.institution().equals(nodeInstitution)
                && member.hasAny(NODE_OPERATORS);
    }

    public boolean seesPatientId(Caller caller, ByteString id) {
        return state.patient(id).map(patient -> seesPatient(caller, patient)).orElse(false);
    }

    public boolean seesRecordId(Caller caller, ByteString id) {
        return state.record(id).map(record -> seesRecord(caller, record)).orElse(false);
    }

    /** Whether the caller's institution had custody of the patient and gave it over: what happened then it still learns. */
    public boolean hadPatient(Caller caller, ByteString id) {
        return caller instanceof Member member
                && readsCustody(caller)
                && state.patient(id)
                        .map(patient -> patient.getFormerCustodiansList().contains(member.institution()))
                        .orElse(false);
    }

    public boolean hadGuardian(Caller caller, ByteString id) {
        return state.guardian(id)
                .map(guardian -> hadPatient(caller, guardian.getPatientId()))
                .orElse(false);
    }

    /** Whether the caller's institution had custody of the patient whose consent it is. */
    public boolean hadPatientOf(Caller caller, ByteString consentId) {
        return state.consent(consentId)
                .map(consent -> hadPatient(caller, consent.getPatientId()))
                .orElse(false);
    }

    /** The same of a record; who keeps a replica alone is no custodian of then. */
    public boolean hadRecord(Caller caller, ByteString id) {
        if (!(caller instanceof Member member) || !readsCustody(caller)) {
            return false;
        }
        String own = member.institution();
        return state.record(id)
                .map(record -> record.getLeaving().equals(own)
                        || record.getFormerList().contains(own)
                        || hadPatient(caller, record.getPatientId())
                                && !record.getReplicasList().contains(own))
                .orElse(false);
    }

    public boolean seesConsentId(Caller caller, ByteString id) {
        return state.consent(id).map(consent -> seesConsent(caller, consent)).orElse(false);
    }

    public boolean seesAccessId(Caller caller, ByteString id) {
        return accessView(caller, id) != AccessView.HIDDEN;
    }

    /** A subject's pseudonym or a dataset's id. */
    public boolean seesTrialObject(Caller caller, ByteString id) {
        return new TrialVisibility(state).seesObject(caller, id);
    }

    AccessView accessView(Caller caller, ByteString id) {
        return state.access(id).map(access -> access(caller, access)).orElse(AccessView.HIDDEN);
    }

    /**
     * The basis taken out: what the requester's side may see of an access (CON-2). Of a denied one it learns nothing that
     * it did not say itself, so that a record that is hidden and one that is not there leave the same line.
     */
    static AccessState withoutBasis(AccessState access) {
        AccessState.Builder shown = access.toBuilder();
        if (tellsOfHidden(access)) {
            shown.clearPatientId().clearCustodian().clearRecordVersion();
        }
        if (access.hasOutcome()) {
            shown.setOutcome(ConditionOutcome.newBuilder()
                    .setOutcome(access.getOutcome().getOutcome())
                    .setTimeMillis(access.getOutcome().getTimeMillis()));
        }
        return shown.setDecision(io.consilium.proto.DecisionBasis.newBuilder()
                        .setOutcome(access.getDecision().getOutcome())
                        .setRuleIndex(-1)
                        .setExceptionIndex(-1))
                .build();
    }

    /** A denied request names whose record it was; a denied break-glass names whom its actor named. */
    static boolean tellsOfHidden(AccessState access) {
        return access.getDecision().getOutcome() == DecisionOutcome.DENY && !access.hasBreakGlass();
    }

    /** As whom the member is told of grants: by its name, as one of its institution, and as one who has its roles (CON-6). */
    public static Set<String> granteesOf(Member member) {
        return actorsOf(member).stream()
                .map(actor -> ConsentRules.GRANTEE + actor)
                .collect(Collectors.toSet());
    }

    /** Under what a consent may name this member: itself, its institution, its roles. */
    static Set<String> actorsOf(Member member) {
        Set<String> actors = new TreeSet<>(Set.of(member.id(), member.institution()));
        member.roles().forEach(role -> actors.add(ROLE_PREFIX + role));
        return actors;
    }

    /** The patient or its guardian; of an id that was merged also those of the id that goes on (ID-3). */
    private boolean isPatient(Caller caller, ByteString patientId) {
        return caller.subject()
                .filter(subject -> subject.equals(ActorName.hex(patientId))
                        || subject.equals(ActorName.hex(PatientFamily.rootOf(state, patientId))))
                .isPresent();
    }

    private static boolean readsCustodyOf(Caller caller, String custodian) {
        return caller instanceof Member member
                && member.institution().equals(custodian)
                && member.hasAny(CUSTODY_READERS);
    }

    /** Whether a member's or institution's name is of that institution. */
    static boolean isOf(String actor, String institution) {
        return ActorName.institutionOf(actor).equals(institution);
    }

    private static Set<String> names(MemberRole... roles) {
        return Set.copyOf(Stream.of(roles).map(Enum::name).toList());
    }

    Optional<PatientState> visiblePatient(Caller caller, ByteString id) {
        return state.patient(id).filter(patient -> seesPatient(caller, patient));
    }
}
