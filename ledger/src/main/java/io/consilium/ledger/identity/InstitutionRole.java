package io.consilium.ledger.identity;

import java.util.Optional;

/** What an institution is (ID-1). */
public enum InstitutionRole {
    PROVIDER,
    LABORATORY,
    PAYER,
    SPONSOR,
    ETHICS_COMMITTEE,
    MANUFACTURER,
    WHOLESALER,
    PHARMACY,
    REGULATOR;

    public static Optional<InstitutionRole> of(String name) {
        for (InstitutionRole role : values()) {
            if (role.name().equals(name)) {
                return Optional.of(role);
            }
        }
        return Optional.empty();
    }
}
