package io.consilium.node;

import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.ValidatorSet;
import java.util.List;
import java.util.Optional;

/**
 * Where a node stands, as of its latest turn.
 *
 * @param height of the newest final block; 0 before the first
 * @param tipMillis time of that block, 0 before the first
 * @param round being decided at {@code height + 1}
 * @param leader of that round
 * @param eligibleLeaders institutions that may lead at that height (BFT-12)
 * @param validators the set that decides {@code height + 1}
 * @param validator whether this node is one of them
 * @param observer it signs nothing (BFT-16)
 * @param syncTarget height that it is catching up to
 * @param notReadyReasons one line each; empty when the node is ready
 */
public record NodeStatus(
        long height,
        Hash blockHash,
        Hash stateRoot,
        long tipMillis,
        int round,
        String leader,
        List<String> eligibleLeaders,
        ValidatorSet validators,
        boolean validator,
        boolean observer,
        Optional<Long> syncTarget,
        List<Peer> peers,
        int pendingTransactions,
        long pendingBytes,
        List<String> notReadyReasons) {
    public NodeStatus {
        eligibleLeaders = List.copyOf(eligibleLeaders);
        peers = List.copyOf(peers);
        notReadyReasons = List.copyOf(notReadyReasons);
    }

    public boolean ready() {
        return notReadyReasons.isEmpty();
    }

    /**
     * Another node.
     *
     * @param height that it last told of, 0 if it never did
     * @param address where it listens by the registry, empty if it does not
     * @param clockOffsetMillis its clock minus this node's when they connected, absent while they are not
     */
    public record Peer(
            String institution, boolean connected, long height, String address, Optional<Long> clockOffsetMillis) {}
}
