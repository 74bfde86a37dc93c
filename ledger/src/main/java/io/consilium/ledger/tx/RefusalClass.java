package io.consilium.ledger.tx;

/** What kind of no a refusal is; callers map it to an exit code or an HTTP status. */
public enum RefusalClass {
    /** The bytes or signatures are wrong: such a transaction never enters a block. */
    MALFORMED,
    /** The signatory may not do this. */
    UNAUTHORISED,
    /** An id names nothing. */
    NOT_FOUND,
    /** The object exists already, or has another version than expected. */
    CONFLICT,
    /** Any other rule that says no. */
    REFUSED
}
