package io.consilium.node;

import io.consilium.crypto.Hash;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The callers who wait for transactions to become final, bounded in number. Safe for many threads. */
final class CommitWaiters {
    private final int max;
    private final AtomicInteger count = new AtomicInteger();
    private final Map<Hash, List<CompletableFuture<CommittedTransaction>>> waiting = new ConcurrentHashMap<>();

    CommitWaiters(int max) {
        this.max = max;
    }

    /** A future of the caller's own; cancelling it lets go of its place. */
    CompletableFuture<CommittedTransaction> add(Hash txId) {
        CompletableFuture<CommittedTransaction> waiter = new CompletableFuture<>();
        if (count.incrementAndGet() > max) {
            count.decrementAndGet();
            waiter.completeExceptionally(new NodeBusyException("as many callers wait for transactions as may, " + max));
            return waiter;
        }
        waiting.compute(txId, (id, others) -> {
            List<CompletableFuture<CommittedTransaction>> all = others == null ? new ArrayList<>(1) : others;
            all.add(waiter);
            return all;
        });
        waiter.whenComplete((result, failure) -> remove(txId, waiter));
        return waiter;
    }

    private void remove(Hash txId, CompletableFuture<CommittedTransaction> waiter) {
        count.decrementAndGet();
        waiting.computeIfPresent(txId, (id, others) -> {
            others.remove(waiter);
            return others.isEmpty() ? null : others;
        });
    }

    /** Who waits for this transaction at this moment. */
    List<CompletableFuture<CommittedTransaction>> of(Hash txId) {
        List<CompletableFuture<CommittedTransaction>> found = new ArrayList<>();
        waiting.computeIfPresent(txId, (id, others) -> {
            found.addAll(others);
            return others;
        });
        return found;
    }

    void failAll(RuntimeException reason) {
        List<CompletableFuture<CommittedTransaction>> all = new ArrayList<>();
        waiting.values().forEach(all::addAll);
        all.forEach(waiter -> waiter.completeExceptionally(reason));
    }
}
