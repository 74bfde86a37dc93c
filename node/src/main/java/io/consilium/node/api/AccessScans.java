package io.consilium.node.api;

import com.google.protobuf.ByteString;
import io.consilium.ledger.access.BreakGlassRules;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.identity.Signatories;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.tx.ActorName;
import io.consilium.node.api.Caller.Member;
import io.consilium.proto.AccessState;
import io.consilium.proto.PatientState;
import io.consilium.storage.IndexPage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Lists of accesses, for one caller. Each goes through the index that has the least in it of what the caller does not see, so
 * that a page does not end, nor take longer, for hidden entries (PRV-8). The one exception: reviews go through what is listed
 * under institutions that are not active any more.
 */
final class AccessScans {
    private static final int INSTITUTIONS_AT_ONCE = 256;

    private final Caller caller;
    private final ApiPolicy policy;
    private final StateView view;
    private final LedgerState state;

    AccessScans(Caller caller, ApiPolicy policy, StateView view) {
        this.caller = caller;
        this.policy = policy;
        this.view = view;
        this.state = view.state();
    }

    Scan accesses(Selector selector) {
        return switch (selector.kind()) {
            case PATIENT -> ofPatient(selector);
            case MEMBER -> {
                Scan scan = ListQuery.named(
                        LedgerIndexes.MEMBER_ACCESSES,
                        selector.name(),
                        this::visible,
                        state.member(selector.name()).isPresent(),
                        "member");
                // to a stranger nothing of it is visible, so that its number costs the stranger no time
                yield policy.mayFollow(caller, selector.name()) ? scan : scan.ofNothing();
            }
            case ALL, INSTITUTION, ROLE, TRIAL -> throw selector.notFor("accesses");
        };
    }

    /** Of a patient that the caller does not see: what its institution is concerned with, or itself alone. */
    private Scan ofPatient(Selector selector) {
        ByteString patientId = selector.objectId();
        Scan.Visible told = key -> state.access(LedgerIndexes.idAt(key))
                .filter(access -> access.getPatientId().equals(patientId) || policy.seesPatientId(caller, patientId))
                // that a denied request was of this patient's record is not for its requester to learn
                .filter(access ->
                        policy.access(caller, access) == ApiPolicy.AccessView.FULL || !ApiPolicy.tellsOfHidden(access))
                .flatMap(access -> visible(key));
        if (policy.seesPatientId(caller, patientId)) {
            return ListQuery.ofPatient(caller, policy, selector, LedgerIndexes.PATIENT_ACCESSES, told);
        }
        boolean former = state.patient(patientId)
                .map(patient -> patient.getFormerCustodiansList().contains(own()))
                .orElse(false);
        boolean concerned = former || caller instanceof Member member && member.hasAny(ApiPolicy.LOG_READERS);
        return new Scan(
                concerned ? LedgerIndexes.PATIENT_PARTY_ACCESSES : LedgerIndexes.MEMBER_ACCESSES,
                concerned ? LedgerIndexes.prefix(patientId, own()) : LedgerIndexes.prefix(caller.id()),
                told,
                Optional.of(ApiProblem.notFound("patient")));
    }

    /**
     * What became of a patient's records, for those who give account of it (ACC-4): the patient sees all, a custodian what
     * its own custody was concerned with. What another custodian disclosed, to it too, is that one's to account for.
     */
    Scan log(Selector selector) {
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
        return policy.seesPatient(caller, patient)
                ? new Scan(
                        LedgerIndexes.PATIENT_ACCESSES,
                        policy.family(caller, patient.getId()).stream()
                                .map(LedgerIndexes::prefix)
                                .toList(),
                        this::whole,
                        Optional.empty())
                : new Scan(
                        LedgerIndexes.PATIENT_PARTY_ACCESSES,
                        LedgerIndexes.prefix(patient.getId(), own()),
                        this::whole,
                        Optional.empty());
    }

    /**
     * Break-glass of the caller's institution's concern that nobody has reviewed yet, by the time when they are due; then
     * those that fell to it since their custodians are not active any more, which stand under these.
     */
    Scan reviews(Selector selector) {
        selector.require("reviews", Selector.Kind.ALL);
        List<String> inactive = ApiPolicy.readsCustody(caller) ? inactive() : List.of();
        List<String> owners = new ArrayList<>(List.of(own()));
        owners.addAll(inactive);
        return new Scan(
                LedgerIndexes.INSTITUTION_EMERGENCIES,
                owners.stream().map(LedgerIndexes::prefix).toList(),
                key -> visible(key)
                        .filter(access -> !access.getBreakGlass().hasReview())
                        .filter(access -> LedgerIndexes.isOf(key, own()) || hasFallenToOwn(key, access, inactive)),
                Optional.empty());
    }

    private List<String> inactive() {
        List<String> inactive = new ArrayList<>();
        Optional<byte[]> after = Optional.empty();
        do {
            IndexPage page =
                    view.chain().scan(LedgerIndexes.INSTITUTIONS, new byte[0], after, INSTITUTIONS_AT_ONCE, false);
            for (IndexPage.Item item : page.items()) {
                String slug = LedgerIndexes.institutionAt(item.key());
                if (!Signatories.isActive(state.institution(slug).orElseThrow())) {
                    inactive.add(slug);
                }
            }
            after = page.nextAfterKey();
        } while (after.isPresent());
        return inactive;
    }

    /** Whether the caller's institution reviews what is not listed under its own name; once, under the first that is. */
    private boolean hasFallenToOwn(byte[] key, AccessState access, List<String> inactive) {
        Set<String> listed = new TreeSet<>(access.getBreakGlass().getCustodiansList());
        listed.add(ActorName.institutionOf(access.getRequester()));
        boolean first = inactive.stream()
                .filter(listed::contains)
                .findFirst()
                .filter(owner -> LedgerIndexes.isOf(key, owner))
                .isPresent();
        return first
                && !listed.contains(own())
                && BreakGlassRules.reviewers(state, access).contains(own());
    }

    private String own() {
        return caller instanceof Member member ? member.institution() : "";
    }

    private Optional<AccessState> whole(byte[] key) {
        return state.access(LedgerIndexes.idAt(key))
                .filter(access -> policy.access(caller, access) == ApiPolicy.AccessView.FULL);
    }

    private Optional<AccessState> visible(byte[] key) {
        return state.access(LedgerIndexes.idAt(key)).flatMap(access -> switch (policy.access(caller, access)) {
            case FULL -> Optional.of(access);
            case OUTCOME -> Optional.of(ApiPolicy.withoutBasis(access));
            case HIDDEN -> Optional.empty();
        });
    }
}
