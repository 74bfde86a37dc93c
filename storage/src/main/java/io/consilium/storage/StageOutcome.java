package io.consilium.storage;

/** What became of a staged chunk. */
public sealed interface StageOutcome {
    /** The payload is held whole, checked and durable. */
    record Held() implements StageOutcome {}

    /** More is wanted, from this offset on. */
    record Wanted(long nextOffset) implements StageOutcome {}

    /** Not taken, and why. */
    record Refused(Reason reason, String message) implements StageOutcome {}

    /** Codes of refusals. */
    enum Reason {
        /** Larger than this vault takes, empty, or a chunk larger than a chunk may be. */
        SIZE,
        /** The vault or the number of uploads is full. */
        QUOTA,
        /** Whoever brings it has as much under way as one may have. */
        OWNER,
        /** The bytes end after, or before, the size that was announced, or the size changed on the way. */
        LENGTH,
        /** All bytes came and their hash is another: everything staged was thrown away. */
        HASH
    }
}
