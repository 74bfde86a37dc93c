package io.consilium.ledger.tx;

/** Bytes that are no transaction, with the field where they cease to be one (TX-5). */
public class MalformedTransaction extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Rejection rejection;

    public MalformedTransaction(Rejection rejection) {
        super(rejection.message());
        this.rejection = rejection;
    }

    static MalformedTransaction at(String path, String reason) {
        return new MalformedTransaction(Refusal.TRANSACTION_MALFORMED.rejection(path + " " + reason));
    }

    public Rejection rejection() {
        return rejection;
    }
}
