package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import io.consilium.proto.DrugExceptionKind;
import io.consilium.proto.DrugReport;
import java.util.Collection;
import java.util.List;

/**
 * Something that is not as it should be with goods (DRU-4, DRU-8).
 *
 * @param parties institutions that hear of it beside the reporter and the product's manufacturer
 * @param details what somebody found on the pack, sealed
 * @param cause whose act is in question, or empty; it cannot close the exception
 */
record Finding(
        DrugExceptionKind kind,
        ByteString object,
        ByteString productId,
        Collection<String> parties,
        String cause,
        DrugReport details) {
    Finding(DrugExceptionKind kind, ByteString object, ByteString productId, Collection<String> parties, String cause) {
        this(kind, object, productId, parties, cause, DrugReport.getDefaultInstance());
    }

    Finding {
        parties = List.copyOf(parties);
    }

    /** About something that the chain does not know. */
    static Finding of(DrugExceptionKind kind, ByteString object, ByteString productId) {
        return new Finding(kind, object, productId, List.of(), "");
    }

    /** Brought about by who acts. */
    static Finding own(DrugBook book, DrugExceptionKind kind, ByteString object, ByteString productId) {
        return new Finding(kind, object, productId, List.of(), book.institution());
    }

    /** What a check of the pack itself found. */
    static Finding told(DrugReport report, List<String> parties) {
        return new Finding(report.getKind(), report.getItemId(), report.getProductId(), parties, "", report);
    }

    /** Whether it is about the pack itself, so that only who made it or the regulator can say that all is well. */
    static boolean isAboutGenuineness(DrugExceptionKind kind) {
        return switch (kind) {
            case DRUG_UNKNOWN_SERIAL, DRUG_LOT_MISMATCH, DRUG_EXPIRY_MISMATCH, DRUG_SUSPECT_PRODUCT -> true;
            default -> false;
        };
    }
}
