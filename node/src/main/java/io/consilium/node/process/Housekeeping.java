package io.consilium.node.process;

import io.consilium.node.BackgroundWork;
import io.consilium.node.ops.Readiness;
import io.consilium.storage.ChainStore;
import io.consilium.storage.Vault;
import io.consilium.storage.VaultException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What has to be done now and then: prune old state, drop uploads that rest, notice changes of readiness. */
final class Housekeeping implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

    /** Small, for the deciding thread waits for a step to end. */
    private static final int PRUNED_NODES_A_STEP = 2_000;

    private static final int MAX_PRUNE_STEPS = 50;
    private static final long PRUNE_SECONDS = 2;
    private static final long UPLOADS_SECONDS = 60;
    private static final long READINESS_SECONDS = 2;

    private final BackgroundWork thread;

    Housekeeping(
            BackgroundWork thread,
            ChainStore store,
            Vault vault,
            Readiness readiness,
            EvidenceSubmission evidence,
            LongSupplier clock) {
        this.thread = thread;
        every(PRUNE_SECONDS, "pruning", () -> prune(store));
        every(UPLOADS_SECONDS, "dropping uploads", () -> discardUploads(vault, clock.getAsLong()));
        every(READINESS_SECONDS, "looking at readiness", readiness::reasons);
        every(TimeUnit.MILLISECONDS.toSeconds(EvidenceSubmission.TURN_MILLIS), "submitting evidence", evidence::tick);
    }

    private void every(long seconds, String what, Runnable task) {
        thread.kind(what, task).every(seconds, seconds);
    }

    private static void prune(ChainStore store) {
        for (int step = 0; step < MAX_PRUNE_STEPS && store.prune(PRUNED_NODES_A_STEP) > 0; step++) {
            LOG.debug("pruned a step of old state");
        }
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
        thread.close();
    }
}
