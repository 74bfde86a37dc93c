package io.consilium.client;

/** A transaction was sent and its outcome is not known yet: it may still be applied until it expires (TX-3). */
public final class OutcomeUnknown extends ClientException {
    private static final long serialVersionUID = 1L;

    private final String transactionId;

    public OutcomeUnknown(String transactionId, String cause) {
        super(
                FailureClass.OUTCOME_UNKNOWN,
                "OUTCOME_UNKNOWN",
                cause,
                "Ask later with: consilium chain tx " + transactionId + " --settle");
        this.transactionId = transactionId;
    }

    /** 64 hexadecimal digits. */
    public String transactionId() {
        return transactionId;
    }
}
