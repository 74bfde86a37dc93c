package io.consilium.node.net;

import io.consilium.crypto.PublicKey;

/** What the network tells the node; called on event loops, so an implementation only enqueues. */
public interface PeerEvents {
    void connected(String peer, PublicKey tlsKey);

    void disconnected(String peer);

    /** The receiver calls {@link InboundFrame#release} once it has handled the frame. */
    void received(InboundFrame frame);
}
