package io.consilium.bench.simulator;

import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Everything that happened in a world, as one running hash, and as readable lines for whoever replays a seed.
 *
 * <p>Two runs of one seed have the same hash, or the world depends on something beside its seed.
 */
final class Trace {
    private static final long PRIME = 0x9E3779B97F4A7C15L;

    private final Consumer<String> lines;
    private final boolean readable;
    private long hash = 0x243F6A8885A308D3L;
    private long events;

    private Trace(boolean readable, Consumer<String> lines) {
        this.readable = readable;
        this.lines = lines;
    }

    static Trace hashed() {
        return new Trace(false, line -> {});
    }

    static Trace readable(Consumer<String> lines) {
        return new Trace(true, lines);
    }

    /** Folds one event in; the text is made only when somebody reads. */
    void event(long timeMicros, int node, long code, long detail, Supplier<String> text) {
        hash = fold(fold(fold(fold(hash, timeMicros), node), code), detail);
        events++;
        if (readable) {
            lines.accept(String.format(
                    Locale.ROOT,
                    "%10.3f ms  %s  %s",
                    timeMicros / 1000.0,
                    node < 0 ? "world" : "node" + node,
                    text.get()));
        }
    }

    String hash() {
        return String.format(Locale.ROOT, "%016x", hash);
    }

    long events() {
        return events;
    }

    private static long fold(long into, long value) {
        long mixed = (into ^ value) * PRIME;
        return mixed ^ (mixed >>> 29);
    }
}
