package io.consilium.consensus;

/** What executing a block showed (BFT-8). */
public enum ExecutionVerdict {
    /** Every transaction is admissible and the results are exactly the header's roots. */
    MATCH,
    /** The bytes are not the body that the header's transactionsRoot commits to: another copy may be. */
    BODY_DIFFERS,
    /** The header commits to a body that may not be in a block. */
    INADMISSIBLE,
    /** The body is admissible, but its results are other roots than the header's. */
    ROOTS_DIFFER
}
