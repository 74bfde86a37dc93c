package io.consilium.node;

import io.consilium.node.replica.TimerKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The timers of the deciding thread, at most one a key; a handful, so they are simply looked through. */
final class LoopTimers {
    private final Map<TimerKey, Timer> timers = new HashMap<>();

    record Timer(TimerKey key, long token, long dueNanos) {}

    void set(TimerKey key, long token, long dueNanos) {
        timers.put(key, new Timer(key, token, dueNanos));
    }

    void cancel(TimerKey key) {
        timers.remove(key);
    }

    /** Time until the next timer is due, at most the given. */
    long nanosToNext(long nowNanos, long atMost) {
        long least = atMost;
        for (Timer timer : timers.values()) {
            least = Math.min(least, timer.dueNanos() - nowNanos);
        }
        return Math.max(0, least);
    }

    /** Removes and gives what is due, earliest first. */
    List<Timer> takeDue(long nowNanos) {
        List<Timer> due = new ArrayList<>();
        for (Timer timer : timers.values()) {
            if (timer.dueNanos() - nowNanos <= 0) {
                due.add(timer);
            }
        }
        due.sort((a, b) -> Long.compare(a.dueNanos() - nowNanos, b.dueNanos() - nowNanos));
        due.forEach(timer -> timers.remove(timer.key()));
        return due;
    }
}
