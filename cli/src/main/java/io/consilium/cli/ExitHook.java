package io.consilium.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Work that an interrupted command (Ctrl-C, SIGTERM, SIGHUP) still does before its process ends. */
final class ExitHook {
    private final Thread thread;
    private final CountDownLatch silent = new CountDownLatch(1);

    private ExitHook(String name, Consumer<ExitHook> work) {
        this.thread = new Thread(() -> work.accept(this), name);
    }

    static ExitHook register(String name, Consumer<ExitHook> work) {
        ExitHook hook = new ExitHook(name, work);
        try {
            Runtime.getRuntime().addShutdownHook(hook.thread);
        } catch (IllegalStateException ending) {
            hook.fallSilent(ending);
        }
        return hook;
    }

    /**
     * For the work: until the interrupted command has come to {@link #remove()} and does nothing any more. False after so
     * long: it hangs in something that ends with the process.
     */
    boolean awaitSilence(Duration limit) {
        try {
            return silent.await(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * The caller does the work itself. Does not return where the process is ending: the work is under way then, and what
     * the interrupted command would still find out is of no use to anybody.
     */
    void remove() {
        try {
            Runtime.getRuntime().removeShutdownHook(thread);
        } catch (IllegalStateException ending) {
            fallSilent(ending);
        }
    }

    private void fallSilent(IllegalStateException ending) {
        silent.countDown();
        while (true) {
            LockSupport.park(ending);
        }
    }
}
