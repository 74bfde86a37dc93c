package io.consilium.node.net;

/** What the network tells the node; called on event loops, so an implementation only enqueues. */
public interface PeerEvents {
    void connected(String peer, String remoteAddress);

    void disconnected(String peer);

    /** The receiver calls {@link InboundFrame#release} once it has handled the frame. */
    void received(InboundFrame frame);
}
