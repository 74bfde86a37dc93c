package io.consilium.client;

/** What kind of failure a command ended with; each has its exit code. */
public enum FailureClass {
    /** A fault of this program. */
    INTERNAL(1),
    /** Wrong usage, a missing input file, an unknown context, a wrong password, another chain's genesis. */
    USAGE(2),
    /** An id that names nothing, or something purged. */
    NOT_FOUND(3),
    /** A consent decision, a role or an API permission says no. */
    DENIED(4),
    /** The node does not answer. */
    UNREACHABLE(5),
    /** Any other refusal by the ledger, or by the check of a document. */
    REFUSED(6),
    /** Time ran out and the outcome is not known. */
    OUTCOME_UNKNOWN(7),
    /** A failed precondition, a duplicate id, a port or directory in use. */
    CONFLICT(8),
    /** A proof does not hold, or a store is corrupt. */
    VERIFICATION_FAILED(9);

    private final int exitCode;

    FailureClass(int exitCode) {
        this.exitCode = exitCode;
    }

    public int exitCode() {
        return exitCode;
    }

    /** True where the same request may be answered otherwise later, so that what was done for it is worth keeping. */
    public boolean isPassing() {
        return this == UNREACHABLE || this == OUTCOME_UNKNOWN;
    }

    /** The class of an exit code that a node names; anything else is taken for a refusal. */
    public static FailureClass ofExitCode(int code) {
        for (FailureClass kind : values()) {
            if (kind.exitCode == code) {
                return kind;
            }
        }
        return REFUSED;
    }
}
