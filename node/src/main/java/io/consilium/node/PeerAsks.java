package io.consilium.node;

import io.consilium.node.replica.ReplicaEvent;
import io.consilium.proto.PeerFrame.FrameCase;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What peers ask for in one turn of the deciding thread. Few bytes ask for megabytes, so a peer gets few answers of a kind
 * before others have their turn; what is dropped is asked again, as what is lost is.
 */
final class PeerAsks {
    /** As many blocks as one height may have waiting for their transactions (BFT-13). */
    static final int MAX_OF_A_KIND = 4;

    private static final Set<FrameCase> KINDS =
            EnumSet.of(FrameCase.FETCH_TRANSACTIONS, FrameCase.FETCH_BODY, FrameCase.FETCH_BLOCKS);

    private final Map<Ask, Integer> taken = new HashMap<>();

    private record Ask(String peer, FrameCase kind) {}

    /** Whether this event may be handled in this turn. */
    boolean take(ReplicaEvent event) {
        return !(event instanceof ReplicaEvent.PeerMessage message)
                || !KINDS.contains(message.frame().getFrameCase())
                || taken.merge(new Ask(message.peer(), message.frame().getFrameCase()), 1, Integer::sum)
                        <= MAX_OF_A_KIND;
    }
}
