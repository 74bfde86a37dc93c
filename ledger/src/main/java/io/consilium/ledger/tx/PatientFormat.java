package io.consilium.ledger.tx;

import io.consilium.proto.GuardianAppointment;
import io.consilium.proto.KeyAlgorithm;
import io.consilium.proto.PatientController;
import io.consilium.proto.PatientGuardian;
import io.consilium.proto.PatientRegister;
import io.consilium.proto.SealedFor;
import java.util.List;

/** The shape of what is said of patients: ids, keys that belong together, envelopes. */
final class PatientFormat {
    private PatientFormat() {}

    static void register(PatientRegister register) throws MalformedTransaction {
        String path = "patient_register";
        Shape.id(register.getPatientId(), path + ".patient_id");
        Shape.slug(register.getCustodian(), path + ".custodian");
        if (register.hasControllerKey()) {
            Shape.key(register.getControllerKey(), KeyAlgorithm.ED25519, path + ".controller_key");
        }
        if (register.hasEncryptionKey()) {
            Shape.key(register.getEncryptionKey(), KeyAlgorithm.X25519, path + ".encryption_key");
        }
        Shape.sealed(register.getScopeKeyList(), PayloadFormat.MAX_RECIPIENTS, path + ".scope_key");
        Shape.sealed(register.getPatientSecretList(), PayloadFormat.MAX_RECIPIENTS, path + ".patient_secret");
    }

    static void controller(PatientController controller) throws MalformedTransaction {
        String path = "patient_controller";
        Shape.id(controller.getPatientId(), path + ".patient_id");
        Shape.hashOrNothing(controller.getEvidenceHash(), path + ".evidence_hash");
        if (controller.hasControllerKey() != controller.hasEncryptionKey()) {
            throw MalformedTransaction.at(path, "has both keys or none");
        }
        if (!controller.hasControllerKey()) {
            if (controller.hasScopeKey() || controller.hasPatientSecret()) {
                throw MalformedTransaction.at(path, "seals nothing for a patient without keys");
            }
            return;
        }
        Shape.key(controller.getControllerKey(), KeyAlgorithm.ED25519, path + ".controller_key");
        Shape.key(controller.getEncryptionKey(), KeyAlgorithm.X25519, path + ".encryption_key");
        if (!controller.hasScopeKey()) {
            throw MalformedTransaction.at(path + ".scope_key", "is missing");
        }
        envelope(controller.getScopeKey(), path + ".scope_key");
        if (controller.hasPatientSecret()) {
            envelope(controller.getPatientSecret(), path + ".patient_secret");
        }
    }

    static void guardian(PatientGuardian guardian) throws MalformedTransaction {
        String path = "patient_guardian";
        Shape.id(guardian.getGuardianId(), path + ".guardian_id");
        switch (guardian.getChangeCase()) {
            case APPOINT -> appointment(guardian.getAppoint(), path + ".appoint");
            case END -> {
                Shape.hashOrNothing(guardian.getEnd().getEvidenceHash(), path + ".end.evidence_hash");
                PayloadFormat.reason(guardian.getEnd().getSealedReason(), path + ".end");
            }
            case CHANGE_NOT_SET -> throw MalformedTransaction.at(path + ".change", "is missing");
        }
    }

    private static void appointment(GuardianAppointment appointment, String path) throws MalformedTransaction {
        Shape.id(appointment.getPatientId(), path + ".patient_id");
        Shape.key(appointment.getSigningKey(), KeyAlgorithm.ED25519, path + ".signing_key");
        Shape.key(appointment.getEncryptionKey(), KeyAlgorithm.X25519, path + ".encryption_key");
        Shape.nonNegative(appointment.getMandate().getStartMillis(), path + ".mandate.start_millis");
        Shape.nonNegative(appointment.getMandate().getEndMillis(), path + ".mandate.end_millis");
        if (!appointment.hasScopeKey()) {
            throw MalformedTransaction.at(path + ".scope_key", "is missing");
        }
        envelope(appointment.getScopeKey(), path + ".scope_key");
        Shape.hashOrNothing(appointment.getEvidenceHash(), path + ".evidence_hash");
    }

    private static void envelope(SealedFor envelope, String path) throws MalformedTransaction {
        Shape.sealed(List.of(envelope), 1, path);
    }
}
