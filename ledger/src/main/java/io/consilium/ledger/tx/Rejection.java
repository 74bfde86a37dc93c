package io.consilium.ledger.tx;

/**
 * One expected no: which refusal, under which rule, and what in particular.
 *
 * @param detail more about the place, never a patient's or record's id (PRV-1); may be empty
 */
public record Rejection(Refusal refusal, String rule, String detail) {
    public String code() {
        return refusal.name();
    }

    public RefusalClass kind() {
        return refusal.kind();
    }

    public String hint() {
        return refusal.hint();
    }

    /** One line of cause. */
    public String message() {
        return detail.isEmpty() ? refusal.summary() : refusal.summary() + ": " + detail;
    }
}
