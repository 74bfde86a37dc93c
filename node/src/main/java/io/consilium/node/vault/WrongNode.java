package io.consilium.node.vault;

import io.consilium.ledger.state.LedgerState;
import io.consilium.node.api.ApiProblem;
import io.consilium.proto.InstitutionState;

/** Sends a caller on to the node that can answer. */
final class WrongNode {
    private WrongNode() {}

    /** The problem's path is the API of the institution's node, so that a client can go there by itself. */
    static ApiProblem problem(String institution, LedgerState state, String why) {
        String endpoint = state.institution(institution)
                .map(InstitutionState::getApiEndpoint)
                .orElse("");
        String hint = endpoint.isEmpty() ? institution + " runs no node with an API" : "ask its node at " + endpoint;
        ApiProblem problem = ApiProblem.misdirected(why, hint);
        return new ApiProblem(
                problem.httpStatus(),
                problem.code(),
                problem.error(),
                problem.rule(),
                endpoint,
                problem.hint(),
                problem.exitCode());
    }
}
