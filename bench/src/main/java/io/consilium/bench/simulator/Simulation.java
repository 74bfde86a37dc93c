package io.consilium.bench.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Runs seeds: each is a world on one thread, several threads take seeds by turns. A failure names its seed and the one
 * command that replays it.
 */
public final class Simulation {
    /** Every so-many-th seed runs twice: the same seed must leave the same trace. */
    private static final int TWICE_EVERY = 16;

    /** A broken build fails at every seed: nobody reads more than these. */
    private static final int MAX_FAILURES = 20;

    private static final String INVARIANT_CRASH = "EXCEPTION";

    private Simulation() {}

    /** One seed that broke an invariant. */
    public record Failure(long seed, String invariant, String what) {
        public String command() {
            return "./consilium simulate --replay " + seed;
        }
    }

    /**
     * What a seed did.
     *
     * @param traceHash of everything that happened; the same seed gives the same
     */
    public record SeedResult(
            long seed,
            String traceHash,
            long events,
            long blocks,
            long transactions,
            long virtualMillis,
            Optional<Failure> failure) {}

    /** How far a run is. */
    public record Progress(long done, long seeds, long blocks, int failures) {}

    /** What a run of many seeds found. */
    public record Report(
            long from,
            long seeds,
            long done,
            long blocks,
            long transactions,
            long virtualMillis,
            long elapsedMillis,
            List<Failure> failures) {
        public Report {
            failures = List.copyOf(failures);
        }

        public boolean sound() {
            return failures.isEmpty();
        }
    }

    public static Report run(long from, long seeds, int threads, Consumer<Progress> progress)
            throws InterruptedException {
        long start = System.nanoTime();
        Tally tally = new Tally(seeds, progress);
        AtomicLong next = new AtomicLong(from);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> workers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                workers.add(pool.submit(() -> {
                    for (long seed = next.getAndIncrement();
                            seed < from + seeds && tally.wantsMore() && !Thread.interrupted();
                            seed = next.getAndIncrement()) {
                        tally.add(runChecked(seed));
                    }
                }));
            }
            for (Future<?> worker : workers) {
                worker.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("the simulator itself failed", e.getCause());
        } finally {
            pool.shutdownNow();
        }
        return tally.report(from, (System.nanoTime() - start) / 1_000_000);
    }

    /** Runs one seed and gives its readable trace line by line. */
    public static SeedResult replay(long seed, Consumer<String> lines) {
        SeedResult result = runOnce(seed, Trace.readable(lines));
        return sameTwice(result);
    }

    private static SeedResult runChecked(long seed) {
        SeedResult result = runOnce(seed, Trace.hashed());
        return result.failure().isEmpty() && seed % TWICE_EVERY == 0 ? sameTwice(result) : result;
    }

    private static SeedResult sameTwice(SeedResult first) {
        SeedResult second = runOnce(first.seed(), Trace.hashed());
        if (second.traceHash().equals(first.traceHash())) {
            return first;
        }
        Failure failure = new Failure(
                first.seed(),
                "DETERMINISM",
                "two runs of one seed leave the traces " + first.traceHash() + " and " + second.traceHash());
        return new SeedResult(
                first.seed(),
                first.traceHash(),
                first.events(),
                first.blocks(),
                first.transactions(),
                first.virtualMillis(),
                Optional.of(first.failure().orElse(failure)));
    }

    private static SeedResult runOnce(long seed, Trace trace) {
        World world = new World(seed, trace);
        Optional<Failure> failure = Optional.empty();
        try {
            world.run();
        } catch (Violation violation) {
            failure = Optional.of(new Failure(seed, violation.invariant(), String.valueOf(violation.getMessage())));
        } catch (RuntimeException | StackOverflowError broken) {
            failure = Optional.of(new Failure(seed, INVARIANT_CRASH, where(broken)));
        }
        failure.ifPresent(found -> world.note(-1, "VIOLATION " + found.invariant() + ": " + found.what()));
        return new SeedResult(
                seed,
                trace.hash(),
                trace.events(),
                world.invariants().height(),
                world.invariants().transactions(),
                world.timeline().nowMicros() / 1_000,
                failure);
    }

    /** An exception of the node's code, with the place that threw it: the trace says the rest. */
    private static String where(Throwable broken) {
        StackTraceElement[] stack = broken.getStackTrace();
        StringBuilder text = new StringBuilder(broken.toString());
        for (int i = 0; i < Math.min(4, stack.length); i++) {
            text.append(String.format(Locale.ROOT, " < %s:%d", stack[i].getFileName(), stack[i].getLineNumber()));
        }
        return text.toString();
    }

    /** Sums up what the threads bring. */
    private static final class Tally {
        private final long seeds;
        private final Consumer<Progress> progress;
        private final List<Failure> failures = new ArrayList<>();
        private long done;
        private long blocks;
        private long transactions;
        private long virtualMillis;

        Tally(long seeds, Consumer<Progress> progress) {
            this.seeds = seeds;
            this.progress = progress;
        }

        synchronized boolean wantsMore() {
            return failures.size() < MAX_FAILURES;
        }

        synchronized void add(SeedResult result) {
            done++;
            blocks += result.blocks();
            transactions += result.transactions();
            virtualMillis += result.virtualMillis();
            result.failure().ifPresent(failures::add);
            progress.accept(new Progress(done, seeds, blocks, failures.size()));
        }

        synchronized Report report(long from, long elapsedMillis) {
            return new Report(from, seeds, done, blocks, transactions, virtualMillis, elapsedMillis, failures);
        }
    }
}
