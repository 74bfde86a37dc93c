package io.consilium.ledger.state;

/** The stored state contradicts itself: a broken invariant, on which the node stops. */
public class BrokenStateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BrokenStateException(String message) {
        super(message);
    }

    public BrokenStateException(String message, Throwable cause) {
        super(message, cause);
    }
}
