package io.consilium.ledger.consent;

import io.consilium.proto.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The levels of HL7 v3 Confidentiality from lowest to highest, and how they become labels (CON-2, PRV-4).
 *
 * <p>Validators compare blinded labels for equality and cannot order them. So for each of the five thresholds between
 * neighbouring levels a record carries one of two labels: it lies on the upper side or on the lower side. A rule that
 * means "R and higher" names the upper label of R, one that means "R and lower" the lower label of R; each is one
 * equality. Every record has five of these labels whatever its level, so their number tells nothing.
 */
public enum Sensitivity {
    U,
    L,
    M,
    N,
    R,
    V;

    /** The level of a record that nobody labelled. */
    public static final Sensitivity DEFAULT = N;

    /** The code system of the levels themselves. */
    public static final String SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";

    /** A record's label under this system says that its level is the code's or higher. */
    public static final String AND_HIGHER = "urn:consilium:sensitivity:and-higher";

    /** A record's label under this system says that its level is the code's or lower. */
    public static final String AND_LOWER = "urn:consilium:sensitivity:and-lower";

    public static Optional<Sensitivity> of(String code) {
        for (Sensitivity level : values()) {
            if (level.name().equals(code)) {
                return Optional.of(level);
            }
        }
        return Optional.empty();
    }

    /** The five codes that a record of this level carries, to be blinded and sorted. */
    public List<Code> recordCodes() {
        List<Code> codes = new ArrayList<>();
        for (Sensitivity upper : values()) {
            if (upper == U) {
                continue;
            }
            codes.add(
                    ordinal() >= upper.ordinal()
                            ? code(AND_HIGHER, upper)
                            : code(AND_LOWER, values()[upper.ordinal() - 1]));
        }
        return codes;
    }

    /** The code by which a deny of this level reaches it and higher ones; absent for the lowest, which means all. */
    public Optional<Code> denyCode() {
        return this == U ? Optional.empty() : Optional.of(code(AND_HIGHER, this));
    }

    /** The code by which a permit of this level reaches it and lower ones; absent for the highest, which means all. */
    public Optional<Code> permitCode() {
        return this == V ? Optional.empty() : Optional.of(code(AND_LOWER, this));
    }

    private static Code code(String system, Sensitivity level) {
        return Code.newBuilder().setSystem(system).setCode(level.name()).build();
    }
}
