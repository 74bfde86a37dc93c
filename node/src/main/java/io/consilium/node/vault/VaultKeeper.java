package io.consilium.node.vault;

import io.consilium.ledger.block.EventType;
import io.consilium.node.CommittedBlock;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.ProblemException;
import io.consilium.storage.Snapshot;
import io.consilium.storage.SnapshotLimitException;
import io.consilium.storage.StoreClosedException;
import io.consilium.storage.VaultException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the vault in step with the chain, on one thread of its own: applies erasures as blocks decide them and
 * acknowledges them (PRV-6).
 */
public final class VaultKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(VaultKeeper.class);
    private static final long RETRY_SECONDS = 5;
    private static final long STOP_SECONDS = 5;

    private final NodeGateway node;
    private final ErasureMarkers markers;
    private final ErasureAcks acks;
    private final LongAdder failures = new LongAdder();
    private final ScheduledThreadPoolExecutor thread;

    private VaultKeeper(NodeGateway node, ErasureMarkers markers, InstitutionTransactions transactions) {
        this.node = node;
        this.markers = markers;
        this.acks = new ErasureAcks(node, markers, transactions);
        this.thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread made = new Thread(task, "vault-keeper");
            made.setDaemon(true);
            return made;
        });
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** The markers must have been applied to the vault as it was opened. */
    public static VaultKeeper start(NodeGateway node, ErasureMarkers markers, InstitutionTransactions transactions) {
        VaultKeeper keeper = new VaultKeeper(node, markers, transactions);
        node.onCommitted(keeper::committed);
        keeper.thread.scheduleWithFixedDelay(keeper::erase, 0, RETRY_SECONDS, TimeUnit.SECONDS);
        return keeper;
    }

    private void committed(CommittedBlock block) {
        boolean erased = block.events().stream().anyMatch(event -> event.type().equals(EventType.RECORD_ERASED.text()));
        if (erased) {
            soon(this::erase);
        }
    }

    private void soon(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException stopping) {
            LOG.debug("the vault is kept no more");
        }
    }

    private void erase() {
        guarded("erasures not applied", () -> {
            try (Snapshot chain = node.snapshot()) {
                markers.apply(chain);
            }
            if (Freshness.isFresh(node.status())) {
                acks.turn();
            }
        });
    }

    private interface Task {
        void run() throws VaultException;
    }

    /** What fails is counted, logged and tried again: the vault's disk never stops the chain. */
    private void guarded(String what, Task task) {
        try {
            task.run();
        } catch (VaultException failed) {
            failures.increment();
            LOG.error("{} cause={}", what, failed.getMessage());
        } catch (StoreClosedException | SnapshotLimitException | ProblemException later) {
            LOG.debug("{} for now cause={}", what, later.getMessage());
        } catch (RuntimeException failed) {
            failures.increment();
            LOG.error("{}", what, failed);
        }
    }

    /** Turns that failed since the start. */
    public long failures() {
        return failures.sum();
    }

    @Override
    public void close() throws InterruptedException {
        thread.shutdown();
        thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
    }
}
