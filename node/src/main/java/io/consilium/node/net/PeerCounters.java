package io.consilium.node.net;

import java.util.concurrent.atomic.LongAdder;

/** Traffic of all peer connections since the start, for metrics. */
public final class PeerCounters {
    private final LongAdder bytesSent = new LongAdder();
    private final LongAdder bytesReceived = new LongAdder();
    private final LongAdder framesSent = new LongAdder();
    private final LongAdder framesReceived = new LongAdder();
    private final LongAdder framesDropped = new LongAdder();
    private final LongAdder refusals = new LongAdder();

    void sent(int bytes) {
        framesSent.increment();
        bytesSent.add(bytes);
    }

    void received(int bytes) {
        framesReceived.increment();
        bytesReceived.add(bytes);
    }

    void dropped(long frames) {
        framesDropped.add(frames);
    }

    void refused() {
        refusals.increment();
    }

    public long bytesSent() {
        return bytesSent.sum();
    }

    public long bytesReceived() {
        return bytesReceived.sum();
    }

    public long framesSent() {
        return framesSent.sum();
    }

    public long framesReceived() {
        return framesReceived.sum();
    }

    /** Frames that never left because a queue was full or the peer was away. */
    public long framesDropped() {
        return framesDropped.sum();
    }

    /** Connections closed by this node for a reason that its log names. */
    public long refusals() {
        return refusals.sum();
    }
}
