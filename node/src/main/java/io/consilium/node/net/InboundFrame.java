package io.consilium.node.net;

import io.consilium.proto.PeerFrame;

/** A decoded frame of an authenticated peer, with the share of that peer's inbound bytes it holds until released. */
public final class InboundFrame {
    private final String peer;
    private final PeerFrame frame;
    private final int bytes;
    private final InboundCredit credit;

    InboundFrame(String peer, PeerFrame frame, int bytes, InboundCredit credit) {
        this.peer = peer;
        this.frame = frame;
        this.bytes = bytes;
        this.credit = credit;
    }

    public String peer() {
        return peer;
    }

    public PeerFrame frame() {
        return frame;
    }

    /** Gives the bytes back, exactly once a frame; reading from the peer resumes when enough came back. */
    public void release() {
        credit.release(bytes);
    }
}
