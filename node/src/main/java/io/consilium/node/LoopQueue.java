package io.consilium.node;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What waits for a thread: votes and other urgent things in one lane, bulk in the other, each bounded. What is
 * offered here was counted before against its own bound (a peer's inbound bytes, the ingress bytes of clients), so a full
 * lane means that one of those bounds is wrong, and the offer is refused.
 */
final class LoopQueue<T> {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final ArrayDeque<T> urgent = new ArrayDeque<>();
    private final ArrayDeque<T> bulk = new ArrayDeque<>();
    private final int maxItems;
    private boolean woken;

    /** {@code maxItems} bounds each lane. */
    LoopQueue(int maxItems) {
        this.maxItems = maxItems;
    }

    boolean offerUrgent(T item) {
        return offer(urgent, item);
    }

    boolean offerBulk(T item) {
        return offer(bulk, item);
    }

    private boolean offer(ArrayDeque<T> lane, T item) {
        lock.lock();
        try {
            if (lane.size() >= maxItems) {
                return false;
            }
            lane.addLast(item);
            filled.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until something is there or the time is over, then takes everything urgent and some of the bulk. */
    void drain(long maxWaitNanos, int maxBulk, List<T> into) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = maxWaitNanos;
            while (urgent.isEmpty() && bulk.isEmpty() && !woken && left > 0) {
                left = filled.awaitNanos(left);
            }
            woken = false;
            into.addAll(urgent);
            urgent.clear();
            for (int i = 0; i < maxBulk && !bulk.isEmpty(); i++) {
                into.add(bulk.pollFirst());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends the wait under way, or the next one, although nothing came. */
    void wake() {
        lock.lock();
        try {
            woken = true;
            filled.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for one item, an urgent one if there is any. */
    T take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (urgent.isEmpty() && bulk.isEmpty()) {
                filled.await();
            }
            return urgent.isEmpty() ? bulk.removeFirst() : urgent.removeFirst();
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return urgent.size() + bulk.size();
        } finally {
            lock.unlock();
        }
    }
}
