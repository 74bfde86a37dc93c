package io.consilium.ledger.identity;

import java.util.List;
import java.util.Optional;

/** What a member may do, and which institutions can give the role (ID-2). */
public enum MemberRole {
    CLINICIAN(InstitutionRole.PROVIDER),
    CONSENT_OFFICER(InstitutionRole.PROVIDER),
    PHARMACIST(InstitutionRole.PHARMACY, InstitutionRole.PROVIDER),
    RESEARCHER(InstitutionRole.SPONSOR, InstitutionRole.PROVIDER),
    REVIEWER(InstitutionRole.ETHICS_COMMITTEE),
    ADMIN(InstitutionRole.values()),
    PRIVACY_OFFICER(InstitutionRole.values()),
    AUDITOR(InstitutionRole.values()),
    OPERATOR(InstitutionRole.values());

    private final List<InstitutionRole> givers;

    MemberRole(InstitutionRole... givers) {
        this.givers = List.of(givers);
    }

    public static Optional<MemberRole> of(String name) {
        for (MemberRole role : values()) {
            if (role.name().equals(name)) {
                return Optional.of(role);
            }
        }
        return Optional.empty();
    }

    /** Whether an institution with these roles can give this one to its members. */
    public boolean canBeGivenBy(List<String> institutionRoles) {
        return givers.stream().anyMatch(giver -> institutionRoles.contains(giver.name()));
    }
}
