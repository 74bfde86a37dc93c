package io.consilium.bench.simulator;

/**
 * The process of a simulated node dies here. An {@link Error}, like a real store's failure: nothing of the node may run
 * after it.
 */
final class SimulatedCrash extends Error {
    private static final long serialVersionUID = 1L;

    SimulatedCrash(String where) {
        super(where, null, false, false);
    }
}
