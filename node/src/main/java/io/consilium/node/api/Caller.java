package io.consilium.node.api;

import java.util.Optional;
import java.util.Set;

/** Who asks: proven by a token signed with a key that is current in the chain's state. */
public sealed interface Caller {
    /** {@code institution/handle} of a member, 32 hexadecimal digits of a patient or guardian. */
    String id();

    /** The patient whose own rights the caller has: itself, or its ward. */
    default Optional<String> subject() {
        return Optional.empty();
    }

    /** Whose quota the caller spends. */
    String quotaOwner();

    /** Somebody who acts for an institution (ID-2). */
    record Member(String id, String institution, Set<String> roles, Set<String> institutionRoles) implements Caller {
        public Member {
            roles = Set.copyOf(roles);
            institutionRoles = Set.copyOf(institutionRoles);
        }

        @Override
        public String quotaOwner() {
            return institution;
        }

        boolean hasAny(Set<String> wanted) {
            return roles.stream().anyMatch(wanted::contains);
        }
    }

    /** A patient with a controller key (ID-3). */
    record Patient(String id) implements Caller {
        @Override
        public String quotaOwner() {
            return id;
        }

        @Override
        public Optional<String> subject() {
            return Optional.of(id);
        }
    }

    /** A guardian within the mandate, who sees what the patient sees (ID-3). */
    record Guardian(String id, String patientId) implements Caller {
        @Override
        public String quotaOwner() {
            return patientId;
        }

        @Override
        public Optional<String> subject() {
            return Optional.of(patientId);
        }
    }
}
