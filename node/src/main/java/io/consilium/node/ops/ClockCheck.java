package io.consilium.node.ops;

import io.consilium.node.NodeStatus;
import java.util.List;
import java.util.Optional;

/** Compares this node's clock with the median of its connected peers' clocks. */
public record ClockCheck(long maxOffsetMillis) {

    /** Why the node's clock cannot be right; empty when it can, or when no peer tells. */
    public Optional<String> objection(NodeStatus status) {
        List<Long> offsets = status.peers().stream()
                .filter(NodeStatus.Peer::connected)
                .flatMap(peer -> peer.clockOffsetMillis().stream())
                .sorted()
                .toList();
        if (offsets.isEmpty()) {
            return Optional.empty();
        }
        // Of two middle ones the smaller difference, so that one wrong clock of two blames nobody.
        long low = offsets.get((offsets.size() - 1) / 2);
        long high = offsets.get(offsets.size() / 2);
        long median = Math.abs(low) < Math.abs(high) ? low : high;
        if (Math.abs(median) <= maxOffsetMillis) {
            return Optional.empty();
        }
        return Optional.of("this node's clock is " + Math.abs(median) / 1000 + " s "
                + (median > 0 ? "behind" : "ahead of") + " the median of its peers' clocks; correct it, e.g. with NTP");
    }
}
