package io.consilium.node;

import io.consilium.node.api.ProblemException;
import io.consilium.storage.SnapshotLimitException;
import io.consilium.storage.StoreClosedException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread for work beside deciding. Work that fails is logged and has its next turn all the same; an Error, which says
 * that the node itself is broken, stops the node.
 */
public final class BackgroundWork implements Executor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundWork.class);
    private static final long STOP_SECONDS = 5;

    private final String name;
    private final Consumer<Throwable> broken;
    private final LongAdder failures = new LongAdder();
    private final ScheduledThreadPoolExecutor thread;

    /** @param broken hears of an Error */
    public BackgroundWork(String name, Consumer<Throwable> broken) {
        this.name = name;
        this.broken = broken;
        this.thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread made = new Thread(task, name);
            made.setDaemon(true);
            return made;
        });
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        thread.setRemoveOnCancelPolicy(true);
    }

    /** A kind of work that is done again and again; it waits for the thread once at most, however often it is wanted. */
    public final class Kind {
        private final Runnable work;
        private final AtomicBoolean wanted = new AtomicBoolean();

        private Kind(String what, Runnable work) {
            this.work = guarded(what, work);
        }

        /** Has it done as soon as the thread is free; from any thread. */
        public void soon() {
            if (wanted.compareAndSet(false, true)) {
                try {
                    thread.execute(() -> {
                        // Before the work, so that what comes during it has another turn.
                        wanted.set(false);
                        work.run();
                    });
                } catch (RejectedExecutionException stopping) {
                    LOG.debug("{} works no more", name);
                }
            }
        }

        /** Has it done again and again, with this rest between. */
        public Kind every(long firstSeconds, long seconds) {
            thread.scheduleWithFixedDelay(work, firstSeconds, seconds, TimeUnit.SECONDS);
            return this;
        }
    }

    /** @param what names the work in the log */
    public Kind kind(String what, Runnable work) {
        return new Kind(what, work);
    }

    /** Does it once; throws {@link RejectedExecutionException} where the thread has ended. */
    @Override
    public void execute(Runnable work) {
        thread.execute(guarded(name, work));
    }

    /** Does it once after a while, unless the thread ends before. */
    public void later(long millis, Runnable work) {
        thread.schedule(guarded(name, work), millis, TimeUnit.MILLISECONDS);
    }

    private Runnable guarded(String what, Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (StoreClosedException | SnapshotLimitException | ProblemException later) {
                LOG.debug("{} not now cause={}", what, later.getMessage());
            } catch (RuntimeException failed) {
                failures.increment();
                LOG.error("{} failed", what, failed);
            } catch (Error error) {
                LOG.error("{} broke, the node cannot go on", what, error);
                broken.accept(error);
            }
        };
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
