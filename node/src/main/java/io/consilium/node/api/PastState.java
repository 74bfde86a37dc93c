package io.consilium.node.api;

import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.state.StateReader;
import io.consilium.storage.ChainReader;
import java.util.Optional;

/**
 * The state in which something would have been decided at a time (CON-4): that after the last block not later than it. A
 * time after the newest block is asked of the newest state.
 */
record PastState(LedgerState state, long height) {
    /** Refuses a time whose state is pruned, rather than answer from another. */
    static PastState at(StateView view, long timeMillis) {
        ChainReader chain = view.chain();
        long tip = chain.tipHeight();
        if (timeMillis >= view.tipMillis()) {
            return new PastState(view.state(), tip);
        }
        long below = 0; // genesis, or a block not later than the time
        long above = tip; // a block later than it
        while (above - below > 1) {
            long middle = below + (above - below) / 2;
            if (view.blockMillis(middle) <= timeMillis) {
                below = middle;
            } else {
                above = middle;
            }
        }
        Optional<StateReader> state = chain.stateAt(below);
        if (state.isEmpty()) {
            throw ApiProblem.refused(
                            "STATE_PRUNED",
                            "this node keeps no state of that time any more; its oldest is of height "
                                    + chain.oldestVersion(),
                            "CON-4",
                            "ask for a later time, or ask a node that keeps more")
                    .asException();
        }
        return new PastState(new LedgerState(state.get()), below);
    }
}
