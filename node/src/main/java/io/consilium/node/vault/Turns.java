package io.consilium.node.vault;

import io.consilium.node.api.ApiProblem;
import io.consilium.node.api.ProblemException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Does what takes much memory one after the other, each to the end of its stage. No thread waits for its turn; those who
 * wait are few, and do not wait for long.
 */
final class Turns {
    private static final int MAX_WAITING = 32;
    private static final long MAX_WAIT_NANOS = TimeUnit.SECONDS.toNanos(45);

    private final Executor executor;
    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
    private int waiting;

    /** @param executor where the work is done */
    Turns(Executor executor) {
        this.executor = executor;
    }

    /** Refused at once where too many wait, and when the turn comes too late for whoever asked. */
    synchronized <T> CompletionStage<T> take(Supplier<? extends CompletionStage<T>> work) {
        if (waiting == MAX_WAITING) {
            throw busy();
        }
        waiting++;
        long asked = System.nanoTime();
        CompletableFuture<T> mine = last.thenComposeAsync(
                before -> {
                    began();
                    if (System.nanoTime() - asked > MAX_WAIT_NANOS) {
                        throw busy();
                    }
                    return work.get();
                },
                executor);
        last = mine.handle((result, failure) -> null);
        return mine;
    }

    private synchronized void began() {
        waiting--;
    }

    private static ProblemException busy() {
        return ApiProblem.unavailable(
                        "BUSY", "other releases and queries are being worked out", "ask again in a few seconds")
                .asException();
    }
}
