package io.consilium.ledger.identity;

import io.consilium.ledger.block.EventType;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.block.Outcome;
import io.consilium.ledger.block.Writes;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.ActorName;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.PatientRegister;
import io.consilium.proto.PatientState;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Patients: a random id, a custodian, perhaps a controller key of their own, and sealed keys (ID-3). */
public final class PatientRules {
    /** The epoch of the first scope key of every patient (PRV-7 will count up from here). */
    public static final int FIRST_LABEL_EPOCH = 1;

    private static final String RULE = "ID-3";

    private PatientRules() {}

    public static Outcome register(Call call) {
        PatientRegister register = call.body().getPatientRegister();
        Optional<Rejection> refusal = call.requireRole(
                        RULE, MemberRole.ADMIN, MemberRole.CLINICIAN, MemberRole.CONSENT_OFFICER)
                .or(() -> custodian(call, register));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (call.state().patient(register.getPatientId()).isPresent()
                || call.state().guardian(register.getPatientId()).isPresent()) {
            return Outcome.refused(Refusal.PATIENT_EXISTS);
        }
        PatientState.Builder patient = PatientState.newBuilder()
                .setId(register.getPatientId())
                .addCustodians(register.getCustodian())
                .addAllScopeKey(register.getScopeKeyList())
                .addAllPatientSecret(register.getPatientSecretList())
                .setLabelEpoch(FIRST_LABEL_EPOCH)
                .setRegisteredMillis(call.timeMillis())
                .setRegisteredBy(call.signatory().name())
                .setVersion(1);
        if (register.hasControllerKey()) {
            patient.setControllerKey(register.getControllerKey());
        }
        if (register.hasEncryptionKey()) {
            patient.setEncryptionKey(register.getEncryptionKey());
        }
        Writes writes = new Writes()
                .put(StateKeys.patient(register.getPatientId()), patient.build())
                .index(LedgerIndexes.of(
                        LedgerIndexes.CUSTODIAN_PATIENTS,
                        register.getCustodian(),
                        call.timeMillis(),
                        register.getPatientId()))
                .notify(EventType.PATIENT_REGISTERED, List.of(register.getCustodian()), register.getPatientId());
        return Outcome.applied(writes, register.getPatientId(), 1);
    }

    private static Optional<Rejection> custodian(Call call, PatientRegister register) {
        Optional<InstitutionState> custodian = call.state().institution(register.getCustodian());
        if (custodian.isEmpty()) {
            return Optional.of(Refusal.INSTITUTION_UNKNOWN.rejection());
        }
        boolean own = call.person()
                .map(person -> person.isOf(register.getCustodian()))
                .orElse(false);
        if (!own) {
            return Optional.of(Refusal.NOT_CUSTODIAN.rejection("a member registers patients for its institution"));
        }
        if (!custodian.get().getRolesList().contains(InstitutionRole.PROVIDER.name())) {
            return Optional.of(Refusal.INSTITUTION_ROLE.under(RULE, "a patient's custodian is a PROVIDER"));
        }
        String patient = ActorName.hex(register.getPatientId());
        boolean other = register.hasEncryptionKey()
                && Stream.concat(register.getScopeKeyList().stream(), register.getPatientSecretList().stream())
                        .filter(envelope -> envelope.getRecipient().equals(patient))
                        .anyMatch(envelope -> !envelope.getRecipientKey()
                                .equals(register.getEncryptionKey().getKey()));
        if (other) {
            return Optional.of(Refusal.RECIPIENT_KEY_STALE.rejection("the patient's is another"));
        }
        return SealedKeys.refusal(
                        register.getScopeKeyList(), custodian.get(), register.getPatientId(), Refusal.SCOPE_KEY_MISSING)
                .or(() -> SealedKeys.recipients(
                        register.getPatientSecretList(), custodian.get(), register.getPatientId()));
    }
}
