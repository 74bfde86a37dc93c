package io.consilium.node.net;

/** Which of a peer's outbound queues a frame waits in; the first that holds one is served first. */
public enum FramePriority {
    /** Consensus messages. */
    VOTE,
    /** What a decision under way waits for: bodies and transactions that somebody asked for. */
    BLOCK,
    /** Everything that may wait: new transactions, decided blocks, payloads. */
    BULK
}
