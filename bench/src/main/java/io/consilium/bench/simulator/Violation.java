package io.consilium.bench.simulator;

/** An invariant that a simulated world broke: the finding that a run of seeds is for. */
final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String invariant;

    Violation(String invariant, String what) {
        super(what);
        this.invariant = invariant;
    }

    Violation(String invariant, String what, Throwable cause) {
        super(what, cause);
        this.invariant = invariant;
    }

    /** The invariant's short name, e.g. AGREEMENT. */
    String invariant() {
        return invariant;
    }
}
