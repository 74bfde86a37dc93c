package io.consilium.node.api;

import io.consilium.ledger.state.LedgerState;
import io.consilium.node.NodeGateway;

/** Makes the policy for one request: on a state, at the time at which consents are judged (CON-4). */
public record PolicySource(NodeGateway node, RecordDecisions decisions) {
    public ApiPolicy on(LedgerState state) {
        return new ApiPolicy(state, decisions, asOfMillis());
    }

    /** The later of the tip's time and the node's clock: an idle chain's tip may be hours old. */
    public long asOfMillis() {
        return Math.max(node.status().tipMillis(), node.nowMillis());
    }
}
