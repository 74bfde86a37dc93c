package io.consilium.node.net;

import org.slf4j.Logger;

/** Logs refused connections, at most a few in a period, so that a caller who knocks in a loop cannot fill the disk. */
final class RefusalLog {
    private static final int MAX_LINES = 20;
    private static final long PERIOD_NANOS = 10_000_000_000L;

    private final Logger log;
    private long periodStart = System.nanoTime();
    private int lines;
    private int silent;

    RefusalLog(Logger log) {
        this.log = log;
    }

    synchronized void log(String peer, String remote, String reason) {
        long now = System.nanoTime();
        if (now - periodStart > PERIOD_NANOS) {
            if (silent > 0) {
                log.warn("peer connections refused without a line count={}", silent);
            }
            periodStart = now;
            lines = 0;
            silent = 0;
        }
        if (lines < MAX_LINES) {
            lines++;
            log.warn("peer connection closed peer={} address={} cause={}", peer, remote, reason);
        } else {
            silent++;
        }
    }
}
