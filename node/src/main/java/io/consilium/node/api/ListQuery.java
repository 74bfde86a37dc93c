package io.consilium.node.api;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.identity.MemberRole;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.tx.ActorName;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.Caller.Member;
import io.consilium.node.provenance.DrugLists;
import io.consilium.proto.AccessState;
import io.consilium.proto.EvidenceState;
import io.consilium.proto.ListRequest;
import io.consilium.proto.ListResponse;
import io.consilium.proto.PatientState;
import io.consilium.proto.RecordState;
import io.consilium.storage.IndexPage;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Lists of what the caller may see, oldest first, in pages. Pages are filled over what is hidden and the next cursor is
 * there only when something visible follows, so counts of hidden entries cannot be read from pages (PRV-8).
 */
public final class ListQuery {
    private static final int DEFAULT_ITEMS = 50;
    private static final int SCAN_ENTRIES = 256;
    private static final int MAX_CODES = 16;
    private static final int MAX_SCANNED = 20_000;

    private final NodeGateway node;
    private final PolicySource policies;
    private final Cursors cursors;
    private final LabelSource labels;
    private final int maxItems;

    public ListQuery(NodeGateway node, PolicySource policies, Cursors cursors, LabelSource labels, int maxItems) {
        this.labels = labels;
        this.node = node;
        this.policies = policies;
        this.cursors = cursors;
        this.maxItems = maxItems;
    }

    /** Turns an index key into the object, if the caller may see it. */
    private interface Visible {
        Optional<? extends MessageLite> at(byte[] indexKey);
    }

    /**
     * What to scan.
     *
     * @param about what the selector names, when an empty answer has to read as "no such"; visible objects aside
     */
    private record Scan(String index, List<byte[]> prefixes, Visible visible, Optional<String> about) {
        Scan(String index, byte[] prefix, Visible visible, Optional<String> about) {
            this(index, List.of(prefix), visible, about);
        }

        /** Which of the prefixes a key is under; the first without one. */
        int place(Optional<byte[]> key) {
            for (int i = 0; i < prefixes.size() && key.isPresent(); i++) {
                byte[] prefix = prefixes.get(i);
                if (Arrays.equals(prefix, Arrays.copyOf(key.get(), prefix.length))) {
                    return i;
                }
            }
            return 0;
        }
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
            ListResponse page = page(view, scan, after, limit, key -> cursors.seal(caller, question, key));
            if (page.getItemsCount() == 0 && after.isEmpty() && scan.about().isPresent()) {
                throw ApiProblem.notFound(scan.about().get()).asException();
            }
            return page;
        }
    }

    private interface CursorOf {
        String seal(byte[] key);
    }

    private static ListResponse evidence(StateView view, Optional<byte[]> after, int limit, CursorOf cursor) {
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

    private static ListResponse page(StateView view, Scan scan, Optional<byte[]> from, int limit, CursorOf cursor) {
        ListResponse.Builder page = ListResponse.newBuilder();
        Optional<byte[]> after = from;
        byte[] lastShown = {};
        int place = scan.place(from);
        for (int scanned = 0; scanned < MAX_SCANNED; scanned += SCAN_ENTRIES) {
            IndexPage entries = view.chain().scan(scan.index(), scan.prefixes().get(place), after, SCAN_ENTRIES, false);
            for (IndexPage.Item entry : entries.items()) {
                Optional<? extends MessageLite> object = scan.visible().at(entry.key());
                if (object.isEmpty()) {
                    continue;
                }
                if (page.getItemsCount() == limit) {
                    return page.setNextCursor(cursor.seal(lastShown)).build();
                }
                page.addItems(object.get().toByteString());
                lastShown = entry.key();
            }
            after = entries.nextAfterKey();
            if (after.isEmpty()) {
                if (++place == scan.prefixes().size()) {
                    return page.build();
                }
                after = Optional.of(scan.prefixes().get(place)); // shorter than every key under it
            }
        }
        return page.setNextCursor(cursor.seal(after.orElseThrow())).build();
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
            case "guardians" -> {
                selector.require(list, Selector.Kind.PATIENT);
                yield ofPatient(caller, policy, selector, LedgerIndexes.PATIENT_GUARDIANS, key -> state.guardian(
                                LedgerIndexes.idAt(key))
                        .filter(guardian -> policy.seesGuardian(caller, guardian)));
            }
            case "records" -> {
                selector.require(list, Selector.Kind.PATIENT);
                yield ofPatient(caller, policy, selector, LedgerIndexes.PATIENT_RECORDS, key -> state.record(
                                LedgerIndexes.idAt(key))
                        .filter(record -> policy.seesRecord(caller, record)));
            }
            case "erasures" -> {
                selector.require(list, Selector.Kind.ALL);
                yield new Scan(
                        LedgerIndexes.ERASURES,
                        new byte[0],
                        key -> state.record(LedgerIndexes.idAt(key)).filter(record -> policy.holds(caller, record)),
                        Optional.empty());
            }
            case "consents" -> consents(caller, selector, state, policy);
            case "accesses" -> accesses(caller, selector, state, policy);
            case "log" -> log(caller, selector, state, policy);
            case "transfers" -> transfers(caller, selector, state, policy);
            case "reviews" -> reviews(caller, selector, state, policy);
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
                                "there are lists of evidence, institutions, members, patients, custodians, guardians,"
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
        Visible seen = key -> state.record(LedgerIndexes.idAt(key)).filter(record -> policy.seesRecord(caller, record));
        Scan visible = ofPatient(caller, policy, selector, LedgerIndexes.PATIENT_RECORDS, seen);
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

    private static boolean anyVisible(StateView view, Scan scan) {
        return page(view, scan, Optional.empty(), 1, key -> "").getItemsCount() > 0;
    }

    private static boolean hasAny(RecordState record, Set<ByteString> wanted) {
        return record.getVersions(record.getVersionsCount() - 1).getContent().getLabelsList().stream()
                .anyMatch(wanted::contains);
    }

    private static Scan members(Selector selector, LedgerState state) {
        selector.require("members", Selector.Kind.ALL, Selector.Kind.INSTITUTION);
        boolean all = selector.kind() == Selector.Kind.ALL;
        return new Scan(
                LedgerIndexes.INSTITUTION_MEMBERS,
                all ? new byte[0] : LedgerIndexes.prefix(selector.name()),
                key -> state.member(LedgerIndexes.memberAt(key)),
                all || state.institution(selector.name()).isPresent() ? Optional.empty() : Optional.of("institution"));
    }

    private static Scan patients(Caller caller, Selector selector, LedgerState state, ApiPolicy policy) {
        selector.require("patients", Selector.Kind.ALL, Selector.Kind.INSTITUTION);
        String own = caller instanceof Member member ? member.institution() : "";
        String institution = selector.kind() == Selector.Kind.ALL ? own : selector.name();
        return new Scan(
                LedgerIndexes.CUSTODIAN_PATIENTS,
                LedgerIndexes.prefix(institution),
                key -> state.patient(LedgerIndexes.idAt(key)).filter(patient -> policy.seesPatient(caller, patient)),
                selector.kind() == Selector.Kind.ALL
                                || state.institution(institution).isPresent()
                        ? Optional.empty()
                        : Optional.of("institution"));
    }

    private static Scan consents(Caller caller, Selector selector, LedgerState state, ApiPolicy policy) {
        Visible visible =
                key -> state.consent(LedgerIndexes.idAt(key)).filter(consent -> policy.seesConsent(caller, consent));
        return switch (selector.kind()) {
            case PATIENT -> ofPatient(caller, policy, selector, LedgerIndexes.PATIENT_CONSENTS, visible);
            case INSTITUTION ->
                named(
                        LedgerIndexes.GRANTEE_CONSENTS,
                        selector.name(),
                        visible,
                        state.institution(selector.name()).isPresent(),
                        "institution");
            case MEMBER ->
                named(
                        LedgerIndexes.GRANTEE_CONSENTS,
                        selector.name(),
                        visible,
                        state.member(selector.name()).isPresent(),
                        "member");
            case ROLE -> named(LedgerIndexes.GRANTEE_CONSENTS, "role:" + selector.name(), visible, true, "role");
            case ALL, TRIAL -> throw selector.notFor("consents");
        };
    }

    private static Scan accesses(Caller caller, Selector selector, LedgerState state, ApiPolicy policy) {
        Visible visible = key -> visible(caller, policy, state, LedgerIndexes.idAt(key));
        return switch (selector.kind()) {
            case PATIENT ->
                ofPatient(caller, policy, selector, LedgerIndexes.PATIENT_ACCESSES, key -> state.access(
                                LedgerIndexes.idAt(key))
                        // that a denied request was of this patient's record is not for its requester to learn
                        .filter(access -> policy.access(caller, access) == ApiPolicy.AccessView.FULL
                                || !ApiPolicy.tellsOfHidden(access))
                        .flatMap(access -> visible.at(key)));
            case MEMBER ->
                named(
                        LedgerIndexes.MEMBER_ACCESSES,
                        selector.name(),
                        visible,
                        state.member(selector.name()).isPresent(),
                        "member");
            case ALL, INSTITUTION, ROLE, TRIAL -> throw selector.notFor("accesses");
        };
    }

    /** What became of a patient's records, for those who give account of it (ACC-4). */
    private static Scan log(Caller caller, Selector selector, LedgerState state, ApiPolicy policy) {
        selector.require("log", Selector.Kind.PATIENT);
        PatientState patient = state.patient(selector.objectId())
                .filter(found -> policy.seesPatient(caller, found) || policy.readsAccounting(caller, found))
                .orElseThrow(() -> ApiProblem.notFound("patient").asException());
        if (!policy.readsAccounting(caller, patient)) {
            throw ApiProblem.forbidden(
                            "ROLE_REQUIRED",
                            "a patient's log is read by the patient, a PRIVACY_OFFICER, AUDITOR or ADMIN",
                            "ACC-4",
                            "ask one of them")
                    .asException();
        }
        return new Scan(
                LedgerIndexes.PATIENT_ACCESSES,
                policy.family(caller, patient.getId()).stream()
                        .map(LedgerIndexes::prefix)
                        .toList(),
                key -> visible(caller, policy, state, LedgerIndexes.idAt(key)),
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

    /** Break-glass of the caller's institution's concern that nobody has reviewed yet, by the time when they are due. */
    private static Scan reviews(Caller caller, Selector selector, LedgerState state, ApiPolicy policy) {
        selector.require("reviews", Selector.Kind.ALL);
        String own = caller instanceof Member member ? member.institution() : "";
        return new Scan(
                LedgerIndexes.INSTITUTION_EMERGENCIES,
                LedgerIndexes.prefix(own),
                key -> visible(caller, policy, state, LedgerIndexes.idAt(key))
                        .filter(access -> !access.getBreakGlass().hasReview()),
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
                Optional.of("patient"));
    }

    private static Optional<AccessState> visible(
            Caller caller, ApiPolicy policy, LedgerState state, ByteString accessId) {
        return state.access(accessId).flatMap(access -> switch (policy.access(caller, access)) {
            case FULL -> Optional.of(access);
            case OUTCOME -> Optional.of(ApiPolicy.withoutBasis(access));
            case HIDDEN -> Optional.empty();
        });
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
    private static Scan ofPatient(Caller caller, ApiPolicy policy, Selector selector, String index, Visible visible) {
        ByteString id = selector.objectId();
        return new Scan(
                index,
                policy.family(caller, id).stream().map(LedgerIndexes::prefix).toList(),
                visible,
                policy.seesPatientId(caller, id) ? Optional.empty() : Optional.of("patient"));
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
                state.trial(trialId).isPresent() ? Optional.empty() : Optional.of("trial"));
    }

    private static Scan named(String index, String owner, Visible visible, boolean exists, String what) {
        return new Scan(index, LedgerIndexes.prefix(owner), visible, exists ? Optional.empty() : Optional.of(what));
    }

    /** Whose entries are asked for, e.g. {@code patient/<32 hexadecimal digits>}. */
    private record Selector(Kind kind, String name) {
        enum Kind {
            ALL,
            PATIENT,
            INSTITUTION,
            MEMBER,
            ROLE,
            TRIAL
        }

        static Selector parse(String by) {
            int slash = by.indexOf('/');
            String name = by.substring(slash + 1);
            return switch (slash < 0 ? by : by.substring(0, slash)) {
                case "" -> new Selector(Kind.ALL, "");
                case "patient" -> new Selector(Kind.PATIENT, named(name, ActorName.Patient.class, "patient"));
                case "institution" ->
                    new Selector(Kind.INSTITUTION, named(name, ActorName.Institution.class, "institution"));
                case "member" -> new Selector(Kind.MEMBER, named(name, ActorName.Member.class, "member"));
                case "trial" -> new Selector(Kind.TRIAL, named(name, ActorName.Patient.class, "trial"));
                case "role" ->
                    new Selector(
                            Kind.ROLE,
                            MemberRole.of(name).map(MemberRole::name).orElseThrow(() -> ApiProblem.notFound("role")
                                    .asException()));
                default ->
                    throw ApiProblem.malformed(
                                    "a selector is patient/ID, institution/SLUG, member/NAME, role/ROLE or trial/ID",
                                    "by")
                            .asException();
            };
        }

        /** A name of the wrong form names nothing. */
        private static String named(String name, Class<? extends ActorName> kind, String what) {
            return ActorName.parse(name)
                    .filter(kind::isInstance)
                    .map(ActorName::text)
                    .orElseThrow(() -> ApiProblem.notFound(what).asException());
        }

        void require(String list, Kind... allowed) {
            if (!List.of(allowed).contains(kind)) {
                throw notFor(list);
            }
        }

        ProblemException notFor(String list) {
            return ApiProblem.malformed("the list of " + list + " cannot be selected so", "by")
                    .asException();
        }

        /** The id of a patient or trial: both have 32 digits. */
        ByteString objectId() {
            return ((ActorName.Patient) ActorName.parse(name).orElseThrow()).id();
        }
    }
}
