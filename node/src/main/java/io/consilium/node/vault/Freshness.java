package io.consilium.node.vault;

import io.consilium.crypto.certificate.Validator;
import io.consilium.node.NodeGateway;
import io.consilium.node.NodeStatus;
import io.consilium.node.api.ApiProblem;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether a node knows the chain well enough to hand out payloads, and to sign what it says of packs. One that is catching
 * up, or reaches no quorum, may not have seen an erasure, a revocation or a recall yet, so it serves nothing (PRV-6, DRU-7).
 */
public final class Freshness {
    private Freshness() {}

    public static void require(NodeGateway node) {
        if (!isFresh(node.status())) {
            throw ApiProblem.unavailable(
                            "NOT_CURRENT",
                            "this node does not know the newest blocks, so it serves no payloads and signs nothing about packs",
                            "ask again when it is ready; /health/ready says what is missing")
                    .asException();
        }
    }

    /** At the tip, as far as a quorum that it reaches has told. */
    public static boolean isFresh(NodeStatus status) {
        if (status.syncTarget().isPresent()) {
            return false;
        }
        Set<String> connected = status.peers().stream()
                .filter(peer -> peer.connected() && peer.height() <= status.height() + 1)
                .map(NodeStatus.Peer::institution)
                .collect(Collectors.toSet());
        long others = status.validators().validators().stream()
                .map(Validator::institution)
                .filter(connected::contains)
                .count();
        return others + (status.validator() ? 1 : 0) >= status.validators().quorum();
    }
}
