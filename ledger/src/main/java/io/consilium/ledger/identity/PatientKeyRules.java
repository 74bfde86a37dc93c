package io.consilium.ledger.identity;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.EventType;
import io.consilium.ledger.block.Outcome;
import io.consilium.ledger.block.Writes;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.ActorName;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.PatientController;
import io.consilium.proto.PatientState;
import io.consilium.proto.SealedFor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A patient's own keys, set after registration (ID-3). Where there is a key, it alone sets the next one, so that no
 * custodian can take a patient's voice over; where there is none, a custodian's CONSENT_OFFICER sets the first with
 * evidence. A lost key cannot be replaced: the officer goes on granting and revoking with evidence.
 */
public final class PatientKeyRules {
    private static final String RULE = "ID-3";

    private PatientKeyRules() {}

    public static Outcome change(Call call) {
        PatientController change = call.body().getPatientController();
        Optional<PatientState> found = call.state().patient(change.getPatientId());
        if (found.isEmpty()) {
            return Outcome.refused(Refusal.PATIENT_UNKNOWN);
        }
        PatientState patient = found.get();
        Optional<Rejection> refusal = signer(call, patient, change).or(() -> keys(patient, change));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        PatientState.Builder changed = patient.toBuilder()
                .clearControllerKey()
                .clearEncryptionKey()
                .clearScopeKey()
                .clearPatientSecret()
                .addAllScopeKey(others(patient.getScopeKeyList(), patient.getId()))
                .addAllPatientSecret(others(patient.getPatientSecretList(), patient.getId()))
                .setVersion(patient.getVersion() + 1);
        if (change.hasControllerKey()) {
            changed.setControllerKey(change.getControllerKey())
                    .setEncryptionKey(change.getEncryptionKey())
                    .addScopeKey(change.getScopeKey());
        }
        if (change.hasPatientSecret()) {
            changed.addPatientSecret(change.getPatientSecret());
        }
        Writes writes = new Writes()
                .put(StateKeys.patient(patient.getId()), changed.build())
                .notify(EventType.PATIENT_KEY_CHANGED, patient.getCustodiansList(), patient.getId());
        return Outcome.applied(writes, patient.getId(), changed.getVersion());
    }

    private static Optional<Rejection> signer(Call call, PatientState patient, PatientController change) {
        boolean itself = call.signatory() instanceof Signatory.Patient && call.isSignedFor(patient.getId());
        if (!itself && !call.isSignedBy(MemberRole.CONSENT_OFFICER, patient.getCustodiansList())) {
            return Optional.of(Refusal.SIGNER_NOT_PERMITTED.under(
                    RULE, "the patient's own key signs it, or a custodian's CONSENT_OFFICER where there is none"));
        }
        if (!patient.getMergedInto().isEmpty()) {
            return Optional.of(Refusal.PATIENT_MERGED.rejection());
        }
        if (itself) {
            return Optional.empty();
        }
        if (patient.hasControllerKey()) {
            return Optional.of(Refusal.CONTROLLER_KEY_SET.rejection());
        }
        return change.getEvidenceHash().isEmpty()
                ? Optional.of(Refusal.EVIDENCE_MISSING.under(RULE, ""))
                : Optional.empty();
    }

    private static Optional<Rejection> keys(PatientState patient, PatientController change) {
        boolean same = change.hasControllerKey() == patient.hasControllerKey()
                && change.getControllerKey().equals(patient.getControllerKey());
        if (same) {
            return Optional.of(Refusal.CONTROLLER_KEY_UNCHANGED.rejection());
        }
        List<SealedFor> sealed = new ArrayList<>();
        if (change.hasScopeKey()) {
            sealed.add(change.getScopeKey());
        }
        if (change.hasPatientSecret()) {
            sealed.add(change.getPatientSecret());
        }
        return SealedKeys.only(
                sealed,
                ActorName.hex(patient.getId()),
                change.getEncryptionKey().getKey());
    }

    private static List<SealedFor> others(List<SealedFor> envelopes, ByteString patientId) {
        String patient = ActorName.hex(patientId);
        return envelopes.stream()
                .filter(envelope -> !envelope.getRecipient().equals(patient))
                .toList();
    }
}
