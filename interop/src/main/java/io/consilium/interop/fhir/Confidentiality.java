package io.consilium.interop.fhir;

import java.util.Optional;

/** The levels of HL7's v3-Confidentiality in ascending order; a document without a level is {@link #N} (PRV-4). */
public enum Confidentiality {
    U,
    L,
    M,
    N,
    R,
    V;

    public static final String SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";

    /** The level of a code, empty for a code that is none of the six. */
    public static Optional<Confidentiality> of(String code) {
        for (Confidentiality level : values()) {
            if (level.name().equals(code)) {
                return Optional.of(level);
            }
        }
        return Optional.empty();
    }

    public Confidentiality max(Confidentiality other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
