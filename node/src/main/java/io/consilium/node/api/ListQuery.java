package io.consilium.node.api;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.state.LedgerState;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.Caller.Member;
import io.consilium.node.provenance.DrugLists;
import io.consilium.proto.EvidenceState;
import io.consilium.proto.ListRequest;
import io.consilium.proto.ListResponse;
import io.consilium.proto.PatientState;
import io.consilium.proto.RecordState;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Lists of what the caller may see, oldest first, in pages. Pages are filled over what is hidden and the next cursor is
 * there only when something visible follows, so counts of hidden entries cannot be read from pages (PRV-8).
 */
public final class ListQuery {
    private static final int DEFAULT_ITEMS = 50;
    private static final int MAX_CODES = 16;

    private final NodeGateway node;
    private final PolicySource policies;
    private final Cursors cursors;
    private final LabelSource labels;
    private final int maxItems;
    private final int maxScanned;

    public ListQuery(
            NodeGateway node,
            PolicySource policies,
            Cursors cursors,
            LabelSource labels,
            int maxItems,
            int maxScanned) {
        this.maxScanned = maxScanned;
        this.labels = labels;
        this.node = node;
        this.policies = policies;
        this.cursors = cursors;
        this.maxItems = maxItems;
    }

    public ListResponse list(Caller caller, ListRequest request) {
        int limit = request.getLimit() == 0 ? DEFAULT_ITEMS : request.getLimit();
        if (limit < 1 || limit > maxItems) {
            throw ApiProblem.malformed("a page has 1 to " + maxItems + " items", "limit")
                    .asException();
        }
        String question = request.getList() + "\n" + request.getBy() + "\n" + codes(request);
        try (StateView view = StateView.open(node)) {
            Optional<byte[]> after = request.getCursor().isEmpty()
                    ? Optional.empty()
                    : Optional.of(cursors.open(caller, question, request.getCursor()));
            if (request.getList().equals("evidence")) {
                Selector.parse(request.getBy()).require("evidence", Selector.Kind.ALL);
                return evidence(view, after, limit, key -> cursors.seal(caller, question, key));
            }
            Scan scan = request.getLabelsCount() == 0
                    ? scan(caller, request.getList(), request.getBy(), view)
                    : labelled(caller, request, view);
            ListResponse page = scan.page(
                    view, after, new Scan.Bounds(limit, maxScanned), key -> cursors.seal(caller, question, key));
            if (page.getItemsCount() == 0 && after.isEmpty() && scan.about().isPresent()) {
                throw scan.about().get().asException();
            }
            return page;
        }
    }

    private static ListResponse evidence(StateView view, Optional<byte[]> after, int limit, Scan.CursorOf cursor) {
        ListResponse.Builder page = ListResponse.newBuilder();
        byte[] lastShown = {};
        for (Map.Entry<byte[], EvidenceState> fault :
                EvidenceList.after(view.chain(), view.state(), after, limit + 1).entrySet()) {
            if (page.getItemsCount() == limit) {
                return page.setNextCursor(cursor.seal(lastShown)).build();
            }
            page.addItems(fault.getValue().toByteString());
            lastShown = fault.getKey();
        }
        return page.build();
    }

    private Scan scan(Caller caller, String list, String by, StateView view) {
        LedgerState state = view.state();
        ApiPolicy policy = policies.on(state);
        Selector selector = Selector.parse(by);
        return switch (list) {
            case "institutions" -> {
                selector.require(list, Selector.Kind.ALL);
                yield new Scan(
                        LedgerIndexes.INSTITUTIONS,
                        new byte[0],
                        key -> state.institution(LedgerIndexes.institutionAt(key)),
                        Optional.empty());
            }
            case "members" -> members(selector, state);
            case "patients" -> patients(caller, selector, state, policy);
            case "accounted" -> accounted(caller, selector, state, policy);
            case "guardians" -> {
                selector.require(list, Selector.Kind.PATIENT);
                yield ofPatient(caller, policy, selector, LedgerIndexes.PATIENT_GUARDIANS, key -> state.guardian(
                                LedgerIndexes.idAt(key))
                        .filter(guardian -> policy.seesGuardian(caller, guardian)));
            }
            case "records" -> {
                selector.require(list, Selector.Kind.PATIENT);
                yield records(caller, policy, selector, state);
            }
            case "erasures" -> {
                selector.require(list, Selector.Kind.ALL);
                yield erasures(caller, state, policy);
            }
            case "consents" -> consents(caller, selector, state, policy);
            case "accesses" -> new AccessScans(caller, policy, view).accesses(selector);
            case "log" -> new AccessScans(caller, policy, view).log(selector);
            case "transfers" -> transfers(caller, selector, state, policy);
            case "reviews" -> new AccessScans(caller, policy, view).reviews(selector);
            case "custodians" -> custodians(caller, selector, state, policy);
            case "trials" -> {
                selector.require(list, Selector.Kind.ALL);
                yield new Scan(
                        LedgerIndexes.TRIALS,
                        LedgerIndexes.prefix(LedgerIndexes.EVERY),
                        key -> state.trial(LedgerIndexes.idAt(key)),
                        Optional.empty());
            }
            case "subjects" -> subjects(caller, selector, state);
            case "products", "shipments", "recalls", "exceptions", "key-requests" ->
                drugs(caller, list, selector, state);
            default ->
                throw ApiProblem.malformed(
                                "there are lists of evidence, institutions, members, patients, accounted, custodians, guardians,"
                                        + " records, erasures, consents, accesses, transfers, reviews, trials, subjects,"
                                        + " and a patient's log",
                                "list")
                        .asException();
        };
    }

    /** The cursor of a list serves for the same codes alone. */
    private static String codes(ListRequest request) {
        return request.getLabelsList().stream()
                .map(code -> code.getSystem() + "|" + code.getCode())
                .collect(java.util.stream.Collectors.joining("\n"));
    }

    /** Records with one of the codes, of those that the caller sees anyway: it learns no label of any other (PRV-4). */
    private Scan labelled(Caller caller, ListRequest request, StateView view) {
        Selector selector = Selector.parse(request.getBy());
        selector.require(request.getList() + " with labels", Selector.Kind.PATIENT);
        if (!request.getList().equals("records") || request.getLabelsCount() > MAX_CODES) {
            throw ApiProblem.malformed("records are selected by at most " + MAX_CODES + " codes", "labels")
                    .asException();
        }
        LedgerState state = view.state();
        ApiPolicy policy = policies.on(state);
        ByteString id = selector.objectId();
        Scan visible = records(caller, policy, selector, state);
        PatientState patient = state.patient(id)
                .filter(found -> policy.seesPatient(caller, found) || anyVisible(view, visible))
                .orElseThrow(() -> ApiProblem.notFound("patient").asException());
        Set<ByteString> wanted = labels.of(patient, state, request.getLabelsList());
        return new Scan(
                visible.index(),
                visible.prefixes(),
                key -> state.record(LedgerIndexes.idAt(key))
                        .filter(record -> policy.seesRecord(caller, record))
                        .filter(record -> hasAny(record, wanted)),
                visible.about());
    }

    private boolean anyVisible(StateView view, Scan scan) {
        return scan.page(view, Optional.empty(), new Scan.Bounds(1, maxScanned), key -> "")
                        .getItemsCount()
                > 0;
    }

    private static boolean hasAny(RecordState record, Set<ByteString> wanted) {
        return record.getVersions(record.getVersionsCount() - 1).getContent().getLabelsList().stream()
                .anyMatch(wanted::contains);
    }

    /** Whom nothing can be open of the patient answers as for one that does not exist, without a look at what there is. */
    private static Scan records(Caller caller, ApiPolicy policy, Selector selector, LedgerState state) {
        Scan scan = ofPatient(
                caller, policy, selector, LedgerIndexes.PATIENT_RECORDS, key -> state.record(LedgerIndexes.idAt(key))
                        .filter(record -> policy.seesRecord(caller, record)));
        return policy.maySeeRecordsOf(caller, selector.objectId()) ? scan : scan.ofNothing();
    }

    private static Scan members(Selector selector, LedgerState state) {
        selector.require("members", Selector.Kind.ALL, Selector.Kind.INSTITUTION);
        boolean all = selector.kind() == Selector.Kind.ALL;
        return new Scan(
                LedgerIndexes.INSTITUTION_MEMBERS,
                all ? new byte[0] : LedgerIndexes.prefix(selector.name()),
                key -> state.member(LedgerIndexes.memberAt(key)),
                all || state.institution(selector.name()).isPresent()
                        ? Optional.empty()
                        : Optional.of(ApiProblem.unlisted("institution")));
    }

    private static Scan patients(Caller caller, Selector selector, LedgerState state, ApiPolicy policy) {
        selector.require("patients", Selector.Kind.ALL, Selector.Kind.INSTITUTION);
        String own = caller instanceof Member member ? member.institution() : "";
        String institution = selector.kind() == Selector.Kind.ALL ? own : selector.name();
        // of another institution's those that are one's own too: so nothing is gone through that the caller does not
        // see
        return new Scan(
                LedgerIndexes.CUSTODIAN_PATIENTS,
                LedgerIndexes.prefix(own),
                key -> state.patient(LedgerIndexes.idAt(key))
                        .filter(patient -> policy.seesPatient(caller, patient))
                        .filter(patient -> patient.getCustodiansList().contains(institution)),
                selector.kind() == Selector.Kind.ALL
                                || state.institution(institution).isPresent()
                        ? Optional.empty()
                        : Optional.of(ApiProblem.unlisted("institution")));
    }

    /** Ids alone of the patients whom the caller's institution gives account of: in its custody, now or before (ACC-4). */
    private static Scan accounted(Caller caller, Selector selector, LedgerState state, ApiPolicy policy) {
        selector.require("accounted", Selector.Kind.INSTITUTION);
        Scan scan = named(
                LedgerIndexes.CUSTODIAN_PATIENTS,
                selector.name(),
                key -> state.patient(LedgerIndexes.idAt(key))
                        .filter(patient -> policy.readsAccounting(caller, patient))
                        .map(patient ->
                                PatientState.newBuilder().setId(patient.getId()).build()),
                state.institution(selector.name()).isPresent(),
                "institution");
        boolean own = caller instanceof Member member && member.institution().equals(selector.name());
        return own ? scan : scan.ofNothing();
    }

    private static Scan consents(Caller caller, Selector selector, LedgerState state, ApiPolicy policy) {
        Scan.Visible visible =
                key -> state.consent(LedgerIndexes.idAt(key)).filter(consent -> policy.seesConsent(caller, consent));
        return switch (selector.kind()) {
            case PATIENT -> ofPatient(caller, policy, selector, LedgerIndexes.PATIENT_CONSENTS, visible);
            case INSTITUTION ->
                ofGrantee(
                        caller,
                        selector.name(),
                        visible,
                        state.institution(selector.name()).isPresent(),
                        "institution");
            case MEMBER ->
                ofGrantee(
                        caller,
                        selector.name(),
                        visible,
                        state.member(selector.name()).isPresent(),
                        "member");
            case ROLE -> ofGrantee(caller, ApiPolicy.ROLE_PREFIX + selector.name(), visible, true, "role");
            case ALL, TRIAL -> throw selector.notFor("consents");
        };
    }

    /** A stranger to the grantee goes through nothing, so that the number of its consents costs the stranger no time. */
    private static Scan ofGrantee(Caller caller, String grantee, Scan.Visible visible, boolean exists, String what) {
        Scan scan = named(LedgerIndexes.GRANTEE_CONSENTS, grantee, visible, exists, what);
        return ApiPolicy.mayFollowGrantee(caller, grantee) ? scan : scan.ofNothing();
    }

    /** Of the caller's institution's custody, or a patient's own. */
    private static Scan erasures(Caller caller, LedgerState state, ApiPolicy policy) {
        Scan.Visible visible = key -> state.record(LedgerIndexes.idAt(key))
                .filter(RecordState::hasErasure)
                .filter(record -> policy.holds(caller, record));
        Optional<ByteString> patient =
                caller.subject().map(subject -> new Selector(Selector.Kind.PATIENT, subject).objectId());
        return patient.isPresent()
                ? new Scan(
                        LedgerIndexes.PATIENT_RECORDS,
                        policy.family(caller, patient.get()).stream()
                                .map(LedgerIndexes::prefix)
                                .toList(),
                        visible,
                        Optional.empty())
                : new Scan(
                        LedgerIndexes.INSTITUTION_ERASURES,
                        LedgerIndexes.prefix(caller instanceof Member member ? member.institution() : ""),
                        visible,
                        Optional.empty());
    }

    /** Patients that are offered to the caller's institution and are not handed over yet (ID-3). */
    private static Scan transfers(Caller caller, Selector selector, LedgerState state, ApiPolicy policy) {
        selector.require("transfers", Selector.Kind.ALL);
        String own = caller instanceof Member member ? member.institution() : "";
        return new Scan(
                LedgerIndexes.INSTITUTION_TRANSFERS,
                LedgerIndexes.prefix(own),
                key -> state.patient(LedgerIndexes.idAt(key))
                        .filter(patient -> policy.seesPatient(caller, patient))
                        .filter(patient -> patient.getTransfer().getHandedOverMillis() == 0)
                        // of several offers of one patient the newest alone
                        .filter(patient -> Arrays.equals(
                                LedgerIndexes.of(
                                                LedgerIndexes.INSTITUTION_TRANSFERS,
                                                patient.getTransfer().getTo(),
                                                patient.getTransfer().getOfferedMillis(),
                                                patient.getId())
                                        .key(),
                                key)),
                Optional.empty());
    }

    private static Scan custodians(Caller caller, Selector selector, LedgerState state, ApiPolicy policy) {
        selector.require("custodians", Selector.Kind.PATIENT);
        Optional<PatientState> patient =
                state.patient(selector.objectId()).filter(found -> policy.seesCustodians(caller, found));
        if (patient.isEmpty() && !ApiPolicy.breaksGlass(caller)) {
            // whether the patient exists or not
            throw ApiProblem.forbidden(
                            "ROLE_REQUIRED",
                            "a CLINICIAN learns the custodians of a patient, to break the glass",
                            "ACC-3",
                            "ask a CLINICIAN")
                    .asException();
        }
        return new Scan(
                LedgerIndexes.INSTITUTIONS,
                new byte[0],
                key -> state.institution(LedgerIndexes.institutionAt(key)).filter(institution -> patient.map(
                                found -> found.getCustodiansList().contains(institution.getId()))
                        .orElse(false)),
                Optional.of(ApiProblem.notFound("patient")));
    }

    /** Provenance's lists are those of the caller's institution; a regulator names one. */
    private static Scan drugs(Caller caller, String list, Selector selector, LedgerState state) {
        selector.require(list, Selector.Kind.ALL, Selector.Kind.INSTITUTION);
        String own = caller instanceof Member member ? member.institution() : "";
        String institution = selector.kind() == Selector.Kind.ALL ? own : selector.name();
        DrugLists lists = new DrugLists(caller, state);
        return new Scan(
                DrugLists.index(list),
                LedgerIndexes.prefix(institution),
                key -> lists.object(list, LedgerIndexes.idAt(key)),
                Optional.empty());
    }

    /** A patient whom the caller may not see answers like none, unless something of it is visible. */
    static Scan ofPatient(Caller caller, ApiPolicy policy, Selector selector, String index, Scan.Visible visible) {
        ByteString id = selector.objectId();
        return new Scan(
                index,
                policy.family(caller, id).stream().map(LedgerIndexes::prefix).toList(),
                visible,
                policy.seesPatientId(caller, id) ? Optional.empty() : Optional.of(ApiProblem.notFound("patient")));
    }

    private static Scan subjects(Caller caller, Selector selector, LedgerState state) {
        selector.require("subjects", Selector.Kind.TRIAL);
        TrialVisibility visibility = new TrialVisibility(state);
        ByteString trialId = selector.objectId();
        return new Scan(
                LedgerIndexes.TRIAL_SUBJECTS,
                LedgerIndexes.prefix(trialId),
                key -> state.trialSubject(LedgerIndexes.idAt(key))
                        .filter(subject -> visibility.seesSubject(caller, subject)),
                state.trial(trialId).isPresent() ? Optional.empty() : Optional.of(ApiProblem.unlisted("trial")));
    }

    static Scan named(String index, String owner, Scan.Visible visible, boolean exists, String what) {
        return new Scan(
                index,
                LedgerIndexes.prefix(owner),
                visible,
                exists ? Optional.empty() : Optional.of(ApiProblem.unlisted(what)));
    }
}
