package io.consilium.node.replica;

/** Names one of the replica's timers; setting a timer again replaces it. */
public record TimerKey(Owner owner, int kind) {

    /** The part of the replica that a timer wakes. */
    public enum Owner {
        CONSENSUS,
        BODIES,
        SYNC
    }
}
