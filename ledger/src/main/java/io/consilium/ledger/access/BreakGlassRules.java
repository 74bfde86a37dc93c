package io.consilium.ledger.access;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.EventType;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.block.Outcome;
import io.consilium.ledger.block.Writes;
import io.consilium.ledger.consent.BreakGlassRefusal;
import io.consilium.ledger.consent.ConsentAction;
import io.consilium.ledger.consent.ConsentDecision;
import io.consilium.ledger.consent.Decision;
import io.consilium.ledger.consent.Decision.Reason;
import io.consilium.ledger.consent.DecisionRequest;
import io.consilium.ledger.consent.Emergencies;
import io.consilium.ledger.consent.PurposeOfUse;
import io.consilium.ledger.identity.Call;
import io.consilium.ledger.identity.InstitutionRole;
import io.consilium.ledger.identity.MemberRole;
import io.consilium.ledger.identity.PatientFamily;
import io.consilium.ledger.identity.Signatories;
import io.consilium.ledger.identity.Signatory;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.ActorName;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.AccessState;
import io.consilium.proto.BreakGlass;
import io.consilium.proto.BreakGlassReview;
import io.consilium.proto.BreakGlassState;
import io.consilium.proto.DecisionOutcome;
import io.consilium.proto.Emergency;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.MemberEmergencies;
import io.consilium.proto.PatientState;
import io.consilium.proto.Review;
import io.consilium.proto.SealedFor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Emergency access without consent (ACC-3): a clinician breaks the glass with a sealed rationale, may read for a limited
 * time, and the custodian's PRIVACY_OFFICER reviews it. What a patient refused stays refused, who has a review overdue
 * breaks no glass, and nobody one for a record that is not the patient's; these attempts are written, because they are audit material.
 */
public final class BreakGlassRules {
    private static final String RULE = "ACC-3";

    private BreakGlassRules() {}

    public static Outcome open(Call call) {
        BreakGlass open = call.body().getBreakGlass();
        Optional<Rejection> refusal =
                clinician(call).or(() -> unused(call, open.getAccessId())).or(() -> rationale(open));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        Optional<PatientState> patient = call.state().patient(open.getPatientId());
        if (patient.isEmpty()) {
            return Outcome.refused(Refusal.PATIENT_UNKNOWN.under(RULE, ""));
        }
        refusal = readers(call, open, patient.get());
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        Signatory.Person person = call.person().orElseThrow();
        List<Emergency> earlier = Emergencies.open(call.state(), person.name());
        if (earlier.stream().anyMatch(emergency -> Emergencies.isOverdue(emergency, call.timeMillis()))) {
            return denied(
                    call, patient.get(), Refusal.REVIEW_OVERDUE.rejection(), Decision.deny(Reason.REVIEW_OVERDUE));
        }
        if (!isOfPatient(call, open)) {
            return denied(
                    call, patient.get(), Refusal.RECORD_UNKNOWN.under(RULE, ""), Decision.deny(Reason.RECORD_UNKNOWN));
        }
        Optional<Decision> refused = refused(call, open, patient.get());
        if (refused.isPresent()) {
            return denied(call, patient.get(), Refusal.ACCESS_DENIED.under(RULE, ""), refused.get());
        }
        return permitted(call, patient.get(), earlier);
    }

    private static Optional<Rejection> clinician(Call call) {
        return call.requireRole(RULE, MemberRole.CLINICIAN).or(() -> {
            boolean provider = call.person().orElseThrow().worksFor(InstitutionRole.PROVIDER);
            return provider
                    ? Optional.empty()
                    : Optional.of(Refusal.ROLE_REQUIRED.under(RULE, "a CLINICIAN of a PROVIDER breaks the glass"));
        });
    }

    private static Optional<Rejection> unused(Call call, ByteString accessId) {
        return call.state().access(accessId).isPresent()
                ? Optional.of(Refusal.ACCESS_EXISTS.rejection())
                : Optional.empty();
    }

    private static Optional<Rejection> rationale(BreakGlass open) {
        return open.getSealedRationale().isEmpty()
                ? Optional.of(Refusal.RATIONALE_MISSING.rejection())
                : Optional.empty();
    }

    /** A record of another patient answers like none; that somebody tried is written, as a try at records is (ACC-1). */
    private static boolean isOfPatient(Call call, BreakGlass open) {
        return open.getRecordId().isEmpty()
                || call.state()
                        .record(open.getRecordId())
                        .map(found -> PatientFamily.isSame(call.state(), found.getPatientId(), open.getPatientId()))
                        .orElse(false);
    }

    /** Every active custodian can read the rationale, the clinician's institution may, nobody else. */
    private static Optional<Rejection> readers(Call call, BreakGlass open, PatientState patient) {
        TreeSet<String> missing = new TreeSet<>();
        for (String custodian : patient.getCustodiansList()) {
            if (isActive(call.state(), custodian)) {
                missing.add(custodian);
            }
        }
        String own = call.person().orElseThrow().institution().getId();
        for (SealedFor key : open.getRationaleKeyList()) {
            boolean allowed = key.getRecipient().equals(own)
                    || patient.getCustodiansList().contains(key.getRecipient());
            if (!allowed) {
                return Optional.of(Refusal.RECIPIENT_NOT_ALLOWED.under(RULE, ""));
            }
            InstitutionState recipient =
                    call.state().institution(key.getRecipient()).orElseThrow();
            if (!recipient.getEncryptionKey().getKey().equals(key.getRecipientKey())) {
                return Optional.of(Refusal.RECIPIENT_KEY_STALE.under(RULE, ""));
            }
            missing.remove(key.getRecipient());
        }
        return missing.isEmpty() ? Optional.empty() : Optional.of(Refusal.RATIONALE_KEY_MISSING.rejection());
    }

    /** A patient's explicit refusal of BTG: of all records, or of the one that is asked for. */
    private static Optional<Decision> refused(Call call, BreakGlass open, PatientState patient) {
        Optional<Decision> altogether =
                BreakGlassRefusal.of(call.state(), patient, call.person().orElseThrow(), call.timeMillis());
        if (altogether.isPresent() || open.getRecordId().isEmpty()) {
            return altogether;
        }
        Decision ofRecord = ConsentDecision.decide(
                call.state(),
                new DecisionRequest(
                        patient.getId(),
                        open.getRecordId(),
                        0,
                        call.signatory().name(),
                        PurposeOfUse.BTG.name(),
                        ConsentAction.ACCESS.code(),
                        call.timeMillis()));
        return Optional.of(ofRecord).filter(decision -> decision.reason() == Reason.EXPLICIT_DENY);
    }

    private static Outcome denied(Call call, PatientState patient, Rejection rejection, Decision decision) {
        AccessState access = access(call, patient, decision).build();
        Writes writes =
                log(call, patient, access).notify(EventType.ACCESS_DENIED, parties(call, patient), access.getId());
        return new Outcome.Refused(rejection, writes, List.of(access.getId()), DecisionOutcome.DENY);
    }

    private static Outcome permitted(Call call, PatientState patient, List<Emergency> earlier) {
        BreakGlass open = call.body().getBreakGlass();
        List<Emergency> kept = new ArrayList<>();
        for (Emergency emergency : earlier) {
            if (!emergency.getReviewed() || Emergencies.isRunning(emergency, call.timeMillis())) {
                kept.add(emergency);
            }
        }
        if (kept.size() >= Emergencies.MAX_OPEN) {
            return denied(
                    call, patient, Refusal.BREAK_GLASS_LIMIT.rejection(), Decision.deny(Reason.BREAK_GLASS_LIMIT));
        }
        long until = call.timeMillis() + Emergencies.permitMillis(call.state().parameters());
        long due = call.timeMillis() + Emergencies.reviewMillis(call.state().parameters());
        AccessState.Builder opened = access(call, patient, Decision.permit(Reason.BREAK_GLASS));
        opened.getBreakGlassBuilder().setPermitUntilMillis(until).setReviewDueMillis(due);
        AccessState access = opened.build();
        kept.add(Emergency.newBuilder()
                .setAccessId(access.getId())
                .setPatientId(patient.getId())
                .setRecordId(open.getRecordId())
                .setPermitUntilMillis(until)
                .setReviewDueMillis(due)
                .build());
        List<String> parties = parties(call, patient);
        Writes writes = log(call, patient, access)
                .put(StateKeys.emergencies(call.signatory().name()), emergencies(call, kept))
                .notify(EventType.ACCESS_BREAK_GLASS, parties, access.getId());
        for (String party : new TreeSet<>(parties)) {
            writes.index(LedgerIndexes.of(LedgerIndexes.INSTITUTION_EMERGENCIES, party, due, access.getId()));
        }
        return new Outcome.Applied(writes, List.of(access.getId()), 1, DecisionOutcome.PERMIT);
    }

    private static AccessState.Builder access(Call call, PatientState patient, Decision decision) {
        BreakGlass open = call.body().getBreakGlass();
        Signatory.Person person = call.person().orElseThrow();
        return AccessState.newBuilder()
                .setId(open.getAccessId())
                .setRecordId(open.getRecordId())
                .setPatientId(open.getPatientId())
                .setRequester(person.name())
                .setPurpose(PurposeOfUse.BTG.name())
                .setAction(ConsentAction.ACCESS.code())
                .setTimeMillis(call.timeMillis())
                .setDecision(decision.toBasis())
                .setTxId(call.txId())
                .setBreakGlass(BreakGlassState.newBuilder()
                        .setSealedRationale(open.getSealedRationale())
                        .addAllRationaleKey(open.getRationaleKeyList())
                        .addAllCustodians(patient.getCustodiansList()))
                .setVersion(1);
    }

    private static Writes log(Call call, PatientState patient, AccessState access) {
        Writes writes = new Writes();
        Set<String> concerned = new TreeSet<>(patient.getCustodiansList());
        concerned.add(call.person().orElseThrow().institution().getId());
        for (String institution : concerned) {
            writes.index(LedgerIndexes.partyAccess(patient.getId(), institution, call.timeMillis(), access.getId()));
        }
        return writes.put(StateKeys.access(access.getId()), access)
                .index(LedgerIndexes.of(
                        LedgerIndexes.PATIENT_ACCESSES, patient.getId(), call.timeMillis(), access.getId()))
                .index(LedgerIndexes.of(
                        LedgerIndexes.MEMBER_ACCESSES, access.getRequester(), call.timeMillis(), access.getId()));
    }

    private static MemberEmergencies emergencies(Call call, List<Emergency> open) {
        long version = call.state()
                .emergencies(call.signatory().name())
                .map(MemberEmergencies::getVersion)
                .orElse(0L);
        return MemberEmergencies.newBuilder()
                .addAllOpen(open)
                .setVersion(version + 1)
                .build();
    }

    /** Who is told: the custodians, and the clinician's own institution. */
    private static List<String> parties(Call call, PatientState patient) {
        List<String> parties = new ArrayList<>(patient.getCustodiansList());
        parties.add(call.person().orElseThrow().institution().getId());
        return parties;
    }

    /** Late reviews count too, and lift the block. A break-glass that was not justified permits nothing any more. */
    public static Outcome review(Call call) {
        BreakGlassReview review = call.body().getBreakGlassReview();
        Optional<Rejection> role = call.requireRole(RULE, MemberRole.PRIVACY_OFFICER);
        if (role.isPresent()) {
            return Outcome.refused(role.get());
        }
        Optional<AccessState> found = call.state()
                .access(review.getAccessId())
                .filter(access -> access.getBreakGlass().getReviewDueMillis() > 0);
        if (found.isEmpty()) {
            return Outcome.refused(Refusal.BREAK_GLASS_UNKNOWN);
        }
        AccessState access = found.get();
        Optional<Rejection> refusal = reviewer(call, access).or(() -> unreviewed(access, review));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        AccessState reviewed = access.toBuilder()
                .setVersion(access.getVersion() + 1)
                .setBreakGlass(access.getBreakGlass().toBuilder()
                        .setReview(Review.newBuilder()
                                .setReviewer(call.signatory().name())
                                .setTimeMillis(call.timeMillis())
                                .setJustified(review.getJustified())
                                .setSealedNote(review.getSealedNote())
                                .setTxId(call.txId())))
                .build();
        List<String> parties = new ArrayList<>(access.getBreakGlass().getCustodiansList());
        parties.add(ActorName.institutionOf(access.getRequester()));
        // one to whom the review fell
        parties.add(call.person().orElseThrow().institution().getId());
        Writes writes = new Writes()
                .put(StateKeys.access(access.getId()), reviewed)
                .put(StateKeys.emergencies(access.getRequester()), closed(call, access, review.getJustified()))
                .notify(EventType.ACCESS_REVIEWED, parties, access.getId());
        return Outcome.applied(writes, access.getId(), reviewed.getVersion());
    }

    /**
     * Whose officers review it: those who had the patient when the glass was broken, who can read why, whoever has the patient
     * now; where none of them is active any more, those who have it now, and at last the actor's own institution, so that a
     * review stays possible.
     */
    public static List<String> reviewers(LedgerState state, AccessState access) {
        List<List<String>> inOrder = List.of(
                access.getBreakGlass().getCustodiansList(),
                state.patient(access.getPatientId()).orElseThrow().getCustodiansList(),
                List.of(ActorName.institutionOf(access.getRequester())));
        for (List<String> institutions : inOrder) {
            if (institutions.stream().anyMatch(each -> isActive(state, each))) {
                return institutions;
            }
        }
        return access.getBreakGlass().getCustodiansList();
    }

    private static boolean isActive(LedgerState state, String institution) {
        return state.institution(institution).map(Signatories::isActive).orElse(false);
    }

    private static Optional<Rejection> reviewer(Call call, AccessState access) {
        Signatory.Person person = call.person().orElseThrow();
        if (reviewers(call.state(), access).stream().noneMatch(person::isOf)) {
            return Optional.of(Refusal.NOT_CUSTODIAN.under(RULE, "a custodian's PRIVACY_OFFICER reviews it"));
        }
        return person.name().equals(access.getRequester())
                ? Optional.of(Refusal.OWN_REVIEW.rejection())
                : Optional.empty();
    }

    private static Optional<Rejection> unreviewed(AccessState access, BreakGlassReview review) {
        if (access.getBreakGlass().hasReview()) {
            return Optional.of(Refusal.REVIEW_EXISTS.rejection());
        }
        return review.getSealedNote().isEmpty() ? Optional.of(Refusal.NOTE_MISSING.rejection()) : Optional.empty();
    }

    private static MemberEmergencies closed(Call call, AccessState access, boolean justified) {
        MemberEmergencies before =
                call.state().emergencies(access.getRequester()).orElseThrow();
        MemberEmergencies.Builder after = MemberEmergencies.newBuilder().setVersion(before.getVersion() + 1);
        for (Emergency emergency : before.getOpenList()) {
            if (!emergency.getAccessId().equals(access.getId())) {
                after.addOpen(emergency);
            } else if (justified && Emergencies.isRunning(emergency, call.timeMillis())) {
                after.addOpen(emergency.toBuilder().setReviewed(true));
            }
        }
        return after.build();
    }
}
