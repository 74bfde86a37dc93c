package io.consilium.consensus;

/** The running timers. A token is used once, so that an expiry that raced its cancellation is not heeded (BFT-4). */
final class Timers {
    private final Outbox out;
    private final long[] tokens = new long[TimerKind.values().length];
    private long lastToken;

    Timers(Outbox out) {
        this.out = out;
    }

    boolean isRunning(TimerKind kind) {
        return tokens[kind.ordinal()] != 0;
    }

    void set(TimerKind kind, long delayMillis) {
        tokens[kind.ordinal()] = ++lastToken;
        out.emit(new Effect.SetTimer(kind, lastToken, delayMillis));
    }

    void cancel(TimerKind kind) {
        if (isRunning(kind)) {
            tokens[kind.ordinal()] = 0;
            out.emit(new Effect.CancelTimer(kind));
        }
    }

    /** True when this expiry is of the timer that runs; it runs no longer then. */
    boolean expired(TimerKind kind, long token) {
        if (token == 0 || tokens[kind.ordinal()] != token) {
            return false;
        }
        tokens[kind.ordinal()] = 0;
        return true;
    }
}
