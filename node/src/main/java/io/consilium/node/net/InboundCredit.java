package io.consilium.node.net;

import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicLong;

/** The bytes of one connection that were read and not yet handled; beyond its bound, or that of all, it is not read. */
class InboundCredit {
    private final Channel channel;
    private final long bound;
    private final InboundTotal total;
    private final AtomicLong held = new AtomicLong();

    InboundCredit(Channel channel, long bound, InboundTotal total) {
        this.channel = channel;
        this.bound = bound;
        this.total = total;
    }

    void take(int bytes) {
        total.take(bytes);
        if (held.addAndGet(bytes) > bound) {
            pause();
            // A release between the two lines above may have seen the old setting.
            resumeIfLow();
        }
    }

    void release(int bytes) {
        held.addAndGet(-bytes);
        total.release(bytes);
        resumeIfLow();
    }

    void pause() {
        channel.config().setAutoRead(false);
    }

    void resumeIfLow() {
        if (held.get() <= bound / 2 && !total.isPaused() && !channel.config().isAutoRead()) {
            channel.config().setAutoRead(true);
        }
    }
}
