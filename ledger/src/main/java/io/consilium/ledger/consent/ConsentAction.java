package io.consilium.ledger.consent;

import java.util.Optional;

/** What a consent can permit or deny to do with a record: the FHIR consent actions that a chain can enforce (CON-1). */
public enum ConsentAction {
    ACCESS("access"),
    CORRECT("correct"),
    DISCLOSE("disclose");

    private final String code;

    ConsentAction(String code) {
        this.code = code;
    }

    public String code() {
        return code;
    }

    /** The action with this code; no code means access. */
    public static Optional<ConsentAction> of(String code) {
        if (code.isEmpty()) {
            return Optional.of(ACCESS);
        }
        for (ConsentAction action : values()) {
            if (action.code.equals(code)) {
                return Optional.of(action);
            }
        }
        return Optional.empty();
    }
}
