package io.consilium.ledger.provenance;

import io.consilium.proto.DrugExceptionKind;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How an exception may end (DRU-4, DRU-8), by a closed list: what an end does to the goods follows from it. */
public enum ExceptionResolution {
    /** Of goods that did not come: they never left, and are their sender's. */
    NOT_SENT(true),
    /** Of goods that did not come: they were lost on their way; they stay missing, and their sender answers for them. */
    LOST(true),
    DATA_CORRECTED(false),
    RETURNED(false),
    DESTROYED(false),
    GENUINE(false),
    ILLEGITIMATE(false),
    UNFOUNDED(false);

    private final boolean undelivered;

    ExceptionResolution(boolean undelivered) {
        this.undelivered = undelivered;
    }

    /** The word on chain and on the command line, e.g. {@code not-sent}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Goods that did not come were not sent or are lost; whoever finds them receives them. */
    private boolean fits(DrugExceptionKind kind) {
        return undelivered == (kind == DrugExceptionKind.DRUG_SHORT || kind == DrugExceptionKind.DRUG_NO_PRODUCT);
    }

    /** The codes that end an exception of this kind. */
    public static List<String> codes(DrugExceptionKind kind) {
        return Arrays.stream(values())
                .filter(each -> each.fits(kind))
                .map(ExceptionResolution::code)
                .toList();
    }

    /** The one with this code, if it can end an exception of this kind. */
    static Optional<ExceptionResolution> of(String code, DrugExceptionKind kind) {
        return Arrays.stream(values())
                .filter(each -> each.fits(kind) && each.code().equals(code))
                .findFirst();
    }
}
