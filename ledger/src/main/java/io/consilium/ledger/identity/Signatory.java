package io.consilium.ledger.identity;

import com.google.protobuf.ByteString;
import io.consilium.ledger.state.LedgerState;
import io.consilium.proto.GuardianState;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.MemberState;
import io.consilium.proto.PatientState;
import java.util.Optional;

/** The party that signed, as the state knows it when the block executes (TX-4). */
public sealed interface Signatory {
    String name();

    /** The patient whose own rights this party uses: itself, or its ward. */
    default Optional<ByteString> subject() {
        return Optional.empty();
    }

    /** Whether this party has the rights of this patient: its subject is the patient, or the id that it was merged into. */
    default boolean isFor(LedgerState state, ByteString patientId) {
        return subject()
                .filter(subject -> subject.equals(patientId) || subject.equals(PatientFamily.rootOf(state, patientId)))
                .isPresent();
    }

    /** A person of an institution. */
    record Person(MemberState member, InstitutionState institution) implements Signatory {
        @Override
        public String name() {
            return member.getId();
        }

        public boolean has(MemberRole role) {
            return member.getRolesList().contains(role.name());
        }

        public boolean worksFor(InstitutionRole role) {
            return institution.getRolesList().contains(role.name());
        }

        public boolean isOf(String slug) {
            return institution.getId().equals(slug);
        }
    }

    /** An institution's node, with the institution's own signing key. */
    record Node(InstitutionState institution) implements Signatory {
        @Override
        public String name() {
            return institution.getId();
        }
    }

    /** A patient with a controller key. */
    record Patient(PatientState patient, String name) implements Signatory {
        @Override
        public Optional<ByteString> subject() {
            return Optional.of(patient.getId());
        }
    }

    /** Somebody who signs for a patient within a mandate (ID-3). */
    record Guardian(GuardianState guardian, String name) implements Signatory {
        @Override
        public Optional<ByteString> subject() {
            return Optional.of(guardian.getPatientId());
        }
    }
}
