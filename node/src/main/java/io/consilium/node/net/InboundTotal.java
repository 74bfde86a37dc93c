package io.consilium.node.net;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** What all peers sent that was read and not yet handled; beyond its bound no socket is read. */
final class InboundTotal {
    private final long bound;
    private final AtomicLong held = new AtomicLong();
    private final Set<InboundCredit> credits = ConcurrentHashMap.newKeySet();
    private volatile boolean paused;

    InboundTotal(long bound) {
        this.bound = bound;
    }

    void join(InboundCredit credit) {
        credits.add(credit);
    }

    void leave(InboundCredit credit) {
        credits.remove(credit);
    }

    boolean isPaused() {
        return paused;
    }

    void take(int bytes) {
        if (held.addAndGet(bytes) > bound) {
            paused = true;
            credits.forEach(InboundCredit::pause);
            // A release between the lines above may have resumed them before they were paused.
            if (!paused || held.get() <= bound / 2) {
                paused = false;
                credits.forEach(InboundCredit::resumeIfLow);
            }
        }
    }

    void release(int bytes) {
        held.addAndGet(-bytes);
        resumeIfLow();
    }

    private void resumeIfLow() {
        if (paused && held.get() <= bound / 2) {
            paused = false;
            credits.forEach(InboundCredit::resumeIfLow);
        }
    }
}
