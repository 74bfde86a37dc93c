package io.consilium.bench.load;

import io.consilium.client.GenesisFile;
import io.consilium.client.Identity;
import io.consilium.client.NodeEndpoint;
import java.util.List;
import java.util.OptionalLong;

/**
 * A running cluster and who loads it.
 *
 * @param identity an ADMIN of a provider, who adds members to sign with, or a CLINICIAN, who then signs alone
 */
public record LoadSetup(GenesisFile genesis, List<Node> nodes, Identity identity) {
    public LoadSetup {
        nodes = List.copyOf(nodes);
        if (nodes.isEmpty()) {
            throw new IllegalArgumentException("a cluster has at least one node");
        }
    }

    /** @param pid of the node's process where it runs on this machine, for its CPU time */
    public record Node(NodeEndpoint endpoint, OptionalLong pid) {}

    /** Processes of the nodes that run on this machine. */
    public List<Long> pids() {
        return nodes.stream()
                .filter(node -> node.pid().isPresent())
                .map(node -> node.pid().getAsLong())
                .toList();
    }
}
