package io.consilium.ledger.tx;

import io.consilium.proto.BreakGlass;
import io.consilium.proto.BreakGlassReview;

/** The shape of a break-glass and of its review. */
final class BreakGlassFormat {
    /** Custodians of one patient, and the clinician's own institution. */
    static final int MAX_RATIONALE_RECIPIENTS = 16;

    private BreakGlassFormat() {}

    static void open(BreakGlass open) throws MalformedTransaction {
        Shape.id(open.getAccessId(), "break_glass.access_id");
        Shape.id(open.getPatientId(), "break_glass.patient_id");
        if (!open.getRecordId().isEmpty()) {
            Shape.id(open.getRecordId(), "break_glass.record_id");
        }
        Shape.atMost(open.getSealedRationale(), PayloadFormat.MAX_SEALED_BYTES, "break_glass.sealed_rationale");
        Shape.sealed(open.getRationaleKeyList(), MAX_RATIONALE_RECIPIENTS, "break_glass.rationale_key");
    }

    static void review(BreakGlassReview review) throws MalformedTransaction {
        Shape.id(review.getAccessId(), "break_glass_review.access_id");
        Shape.atMost(review.getSealedNote(), PayloadFormat.MAX_SEALED_BYTES, "break_glass_review.sealed_note");
    }
}
