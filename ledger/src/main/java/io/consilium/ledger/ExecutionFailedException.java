package io.consilium.ledger;

/** Executing an admissible transaction threw, which it never may (BFT-8): a broken invariant, the node stops. */
public class ExecutionFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ExecutionFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
