package io.consilium.cli;

import java.util.concurrent.locks.LockSupport;

/** Work that an interrupted command (Ctrl-C, SIGTERM) still does before its process ends. */
final class ExitHook {
    private final Thread work;

    private ExitHook(Thread work) {
        this.work = work;
    }

    static ExitHook register(String name, Runnable work) {
        ExitHook hook = new ExitHook(new Thread(work, name));
        Runtime.getRuntime().addShutdownHook(hook.work);
        return hook;
    }

    /**
     * The caller does the work itself. Does not return where the process is ending: the work is under way then, and what
     * the interrupted command would still find out is of no use to anybody.
     */
    void remove() {
        try {
            Runtime.getRuntime().removeShutdownHook(work);
        } catch (IllegalStateException ending) {
            while (true) {
                LockSupport.park(ending);
            }
        }
    }
}
