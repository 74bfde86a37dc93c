package io.consilium.ledger.identity;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.EventType;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.block.Outcome;
import io.consilium.ledger.block.Writes;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.ActorName;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.GuardianAppointment;
import io.consilium.proto.GuardianState;
import io.consilium.proto.PatientGuardian;
import io.consilium.proto.PatientState;
import io.consilium.proto.Period;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Guardians sign for a patient within a mandate (ID-3): a key under a random id that says nothing of who holds it. They
 * are appointed by the patient's key, or by a custodian's CONSENT_OFFICER with evidence; the same end a mandate early,
 * and a guardian its own. A guardian appoints nobody.
 */
public final class GuardianRules {
    /** Guardians of one patient whose mandate was not ended. */
    public static final int MAX_GUARDIANS = 16;

    private static final String RULE = "ID-3";

    private GuardianRules() {}

    public static Outcome change(Call call) {
        PatientGuardian guardian = call.body().getPatientGuardian();
        return guardian.hasAppoint()
                ? appoint(call, guardian.getGuardianId(), guardian.getAppoint())
                : end(call, guardian);
    }

    private static Outcome appoint(Call call, ByteString id, GuardianAppointment appointment) {
        Optional<PatientState> found = call.state().patient(appointment.getPatientId());
        if (found.isEmpty()) {
            return Outcome.refused(Refusal.PATIENT_UNKNOWN);
        }
        PatientState patient = found.get();
        Optional<Rejection> refusal = signer(call, patient)
                .or(() -> unmerged(patient))
                .or(() -> evidence(call, appointment.getEvidenceHash()))
                .or(() -> mandate(call, appointment.getMandate()))
                .or(() -> sealed(patient, id, appointment));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (call.state().guardian(id).isPresent() || call.state().patient(id).isPresent()) {
            return Outcome.refused(Refusal.GUARDIAN_EXISTS);
        }
        List<ByteString> kept = current(call.state(), patient, call.timeMillis());
        if (kept.size() >= MAX_GUARDIANS) {
            return Outcome.refused(Refusal.GUARDIAN_LIMIT);
        }
        GuardianState guardian = GuardianState.newBuilder()
                .setId(id)
                .setPatientId(patient.getId())
                .setSigningKey(appointment.getSigningKey())
                .setEncryptionKey(appointment.getEncryptionKey())
                .setMandate(appointment.getMandate())
                .setScopeKey(appointment.getScopeKey())
                .setLabelEpoch(appointment.getLabelEpoch())
                .setAppointedBy(call.signatory().name())
                .setAppointedMillis(call.timeMillis())
                .setEvidenceHash(appointment.getEvidenceHash())
                .setVersion(1)
                .build();
        kept.add(id);
        Writes writes = new Writes()
                .index(LedgerIndexes.of(LedgerIndexes.PATIENT_GUARDIANS, patient.getId(), call.timeMillis(), id));
        return applied(EventType.GUARDIAN_APPOINTED, guardian, patient, kept, writes);
    }

    private static Outcome end(Call call, PatientGuardian end) {
        Optional<GuardianState> found = call.state().guardian(end.getGuardianId());
        if (found.isEmpty()) {
            return Outcome.refused(Refusal.GUARDIAN_UNKNOWN);
        }
        GuardianState guardian = found.get();
        PatientState patient = call.state().patient(guardian.getPatientId()).orElseThrow();
        boolean itself = call.signatory().name().equals(ActorName.hex(guardian.getId()));
        Optional<Rejection> refusal = itself
                ? Optional.empty()
                : signer(call, patient).or(() -> evidence(call, end.getEnd().getEvidenceHash()));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        boolean over = guardian.getEndedMillis() != 0 || guardian.getMandate().getEndMillis() <= call.timeMillis();
        if (over) {
            return Outcome.refused(Refusal.MANDATE_OVER.rejection());
        }
        GuardianState ended = guardian.toBuilder()
                .setEndedBy(call.signatory().name())
                .setEndedMillis(call.timeMillis())
                .setVersion(guardian.getVersion() + 1)
                .build();
        List<ByteString> left = new ArrayList<>(patient.getGuardianIdsList());
        left.remove(guardian.getId());
        return applied(EventType.GUARDIAN_ENDED, ended, patient, left, new Writes());
    }

    private static Outcome applied(
            EventType event, GuardianState guardian, PatientState patient, List<ByteString> ids, Writes writes) {
        PatientState listed = patient.toBuilder()
                .clearGuardianIds()
                .addAllGuardianIds(ids)
                .setVersion(patient.getVersion() + 1)
                .build();
        writes.put(StateKeys.guardian(guardian.getId()), guardian)
                .put(StateKeys.patient(patient.getId()), listed)
                .notify(event, patient.getCustodiansList(), guardian.getId());
        return Outcome.applied(writes, guardian.getId(), guardian.getVersion());
    }

    /** Ids of a patient's guardians whose mandate is not over, begun or not. */
    public static List<ByteString> current(LedgerState state, PatientState patient, long timeMillis) {
        List<ByteString> current = new ArrayList<>();
        for (ByteString id : patient.getGuardianIdsList()) {
            GuardianState guardian = state.guardian(id).orElseThrow();
            if (guardian.getMandate().getEndMillis() > timeMillis) {
                current.add(id);
            }
        }
        return current;
    }

    private static Optional<Rejection> signer(Call call, PatientState patient) {
        boolean itself = call.signatory() instanceof Signatory.Patient && call.isSignedFor(patient.getId());
        return itself || call.isSignedBy(MemberRole.CONSENT_OFFICER, patient.getCustodiansList())
                ? Optional.empty()
                : Optional.of(Refusal.SIGNER_NOT_PERMITTED.under(
                        RULE, "the patient's own key signs it, or a custodian's CONSENT_OFFICER"));
    }

    private static Optional<Rejection> unmerged(PatientState patient) {
        return patient.getMergedInto().isEmpty() ? Optional.empty() : Optional.of(Refusal.PATIENT_MERGED.rejection());
    }

    private static Optional<Rejection> evidence(Call call, ByteString evidenceHash) {
        return call.person().isPresent() && evidenceHash.isEmpty()
                ? Optional.of(Refusal.EVIDENCE_MISSING.under(RULE, ""))
                : Optional.empty();
    }

    private static Optional<Rejection> mandate(Call call, Period mandate) {
        if (mandate.getEndMillis() == 0) {
            return Optional.of(Refusal.MANDATE_WITHOUT_END.rejection());
        }
        if (mandate.getEndMillis() <= mandate.getStartMillis()) {
            return Optional.of(Refusal.PERIOD_EMPTY.under(RULE, "appoint.mandate"));
        }
        return mandate.getEndMillis() <= call.timeMillis()
                ? Optional.of(Refusal.PERIOD_OVER.under(RULE, "appoint.mandate"))
                : Optional.empty();
    }

    private static Optional<Rejection> sealed(PatientState patient, ByteString id, GuardianAppointment appointment) {
        if (appointment.getLabelEpoch() != patient.getLabelEpoch()) {
            return Optional.of(Refusal.LABEL_EPOCH_STALE.rejection("the epoch is " + patient.getLabelEpoch()));
        }
        return SealedKeys.only(
                List.of(appointment.getScopeKey()),
                ActorName.hex(id),
                appointment.getEncryptionKey().getKey());
    }
}
