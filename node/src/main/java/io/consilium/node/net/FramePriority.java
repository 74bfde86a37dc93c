package io.consilium.node.net;

/** Which of a peer's two outbound queues a frame waits in; votes always leave first. */
public enum FramePriority {
    VOTE,
    BULK
}
