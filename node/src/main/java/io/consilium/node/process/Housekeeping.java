package io.consilium.node.process;

import io.consilium.node.ops.Readiness;
import io.consilium.storage.ChainStore;
import io.consilium.storage.StorageFailure;
import io.consilium.storage.Vault;
import io.consilium.storage.VaultException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has to be done now and then: prune old state, drop uploads that rest, notice changes of readiness. */
final class Housekeeping implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final int PRUNED_NODES = 5_000;
    private static final long PRUNE_SECONDS = 2;
    private static final long UPLOADS_SECONDS = 600;
    private static final long READINESS_SECONDS = 2;
    private static final long CLOSE_SECONDS = 5;

    private final ScheduledExecutorService timer;

    Housekeeping(ChainStore store, Vault vault, Readiness readiness, EvidenceSubmission evidence, LongSupplier clock) {
        ScheduledThreadPoolExecutor single = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "housekeeping");
            thread.setDaemon(true);
            return thread;
        });
        single.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.timer = single;
        every(PRUNE_SECONDS, () -> store.prune(PRUNED_NODES));
        every(UPLOADS_SECONDS, () -> discardUploads(vault, clock.getAsLong()));
        every(READINESS_SECONDS, readiness::reasons);
        every(TimeUnit.MILLISECONDS.toSeconds(EvidenceSubmission.TURN_MILLIS), evidence::tick);
    }

    /** A task that fails is logged and tried again: the deciding thread notices by itself when a store is broken. */
    private void every(long seconds, Runnable task) {
        timer.scheduleWithFixedDelay(
                () -> {
                    try {
                        task.run();
                    } catch (StorageFailure | IllegalStateException e) {
                        LOG.error("housekeeping failed cause={}", e.getMessage());
                    }
                },
                seconds,
                seconds,
                TimeUnit.SECONDS);
    }

    private static void discardUploads(Vault vault, long nowMillis) {
        try {
            int dropped = vault.discardStale(nowMillis);
            if (dropped > 0) {
                LOG.info("uploads dropped count={}", dropped);
            }
        } catch (VaultException e) {
            LOG.error("uploads cannot be dropped cause={}", e.getMessage());
        }
    }

    @Override
    public void close() throws InterruptedException {
        timer.shutdown();
        timer.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    }
}
