package io.consilium.node.net;

import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicLong;

/** The bytes of one connection that were read and not yet handled; beyond its bound the socket is not read. */
final class InboundCredit {
    private final Channel channel;
    private final long bound;
    private final AtomicLong held = new AtomicLong();

    InboundCredit(Channel channel, long bound) {
        this.channel = channel;
        this.bound = bound;
    }

    void take(int bytes) {
        if (held.addAndGet(bytes) > bound) {
            channel.config().setAutoRead(false);
            // A release between the two lines above may have seen the old setting.
            if (held.get() <= bound / 2) {
                channel.config().setAutoRead(true);
            }
        }
    }

    void release(int bytes) {
        if (held.addAndGet(-bytes) <= bound / 2 && !channel.config().isAutoRead()) {
            channel.config().setAutoRead(true);
        }
    }
}
