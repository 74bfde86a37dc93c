package io.consilium.node;

import io.consilium.crypto.Hash;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells callers and listeners what was decided, on one thread of its own, so that none of them holds up the deciding one.
 * Callers are always told: their number is bounded. A listener that falls too far behind misses blocks, is told so in the
 * log, and finds them in the store.
 */
final class Notifier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);
    private static final int MAX_BLOCKS_BEHIND = 1_024;
    private static final int MAX_TRANSACTIONS_BEHIND = 20_000;
    private static final long STOP_SECONDS = 2;

    private final CommitWaiters waiters;
    private final List<Consumer<CommittedBlock>> listeners = new CopyOnWriteArrayList<>();
    private final ArrayDeque<CommittedBlock> blocks = new ArrayDeque<>();
    private int transactionsBehind;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread made = new Thread(task, "notify");
        made.setDaemon(true);
        return made;
    });

    Notifier(CommitWaiters waiters) {
        this.waiters = waiters;
    }

    void listen(Consumer<CommittedBlock> listener) {
        listeners.add(listener);
    }

    void run(Runnable task) {
        if (!thread.isShutdown()) {
            thread.execute(task);
        }
    }

    void committed(CommittedBlock block) {
        List<Runnable> told = new ArrayList<>();
        for (CommittedTransaction transaction : block.transactions()) {
            Hash txId = transaction.txId();
            for (CompletableFuture<CommittedTransaction> waiter : waiters.of(txId)) {
                told.add(() -> waiter.complete(transaction));
            }
        }
        if (!told.isEmpty()) {
            run(() -> told.forEach(Runnable::run));
        }
        if (!listeners.isEmpty()) {
            queue(block);
        }
    }

    private void queue(CommittedBlock block) {
        synchronized (blocks) {
            blocks.addLast(block);
            transactionsBehind += block.transactions().size();
            while (blocks.size() > MAX_BLOCKS_BEHIND
                    || transactionsBehind > MAX_TRANSACTIONS_BEHIND && blocks.size() > 1) {
                CommittedBlock missed = blocks.removeFirst();
                transactionsBehind -= missed.transactions().size();
                LOG.warn("listeners are too slow and miss a block height={}", missed.height());
            }
        }
        run(this::tellListeners);
    }

    private void tellListeners() {
        CommittedBlock block;
        synchronized (blocks) {
            block = blocks.pollFirst();
            if (block == null) {
                return;
            }
            transactionsBehind -= block.transactions().size();
        }
        for (Consumer<CommittedBlock> listener : listeners) {
            try {
                listener.accept(block);
            } catch (RuntimeException failure) {
                LOG.error("a listener failed height={}", block.height(), failure);
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        thread.shutdown();
        thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
    }
}
