package io.consilium.bench.load;

import io.consilium.client.ClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Sends at a fixed schedule whatever the cluster does, and measures from the time each transaction was to be sent: a
 * stall is charged to everyone who would have been held up by it (no coordinated omission).
 *
 * <p>What falls due within one gathering interval travels in one call, as a gateway of an institution would send it: 20 ms
 * up to 500 a second, longer for more, 60 ms from 1,500 a second on.
 */
final class OpenLoop {
    static final int MAX_BATCH = 500;

    private static final long MIN_GATHER_NANOS = 20_000_000L;
    private static final long MAX_GATHER_NANOS = 60_000_000L;
    private static final long GATHER_NANOS_PER_RATE = 40_000L;

    private static final int THREADS = 96;
    private static final int MAX_QUEUED_CALLS = 2_048;
    private static final long MAX_LATENCY_MICROS = TimeUnit.MINUTES.toMicros(5);
    private static final long DRAIN_SECONDS = 60;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final Target target;
    private final int rate;
    private final int warmupSeconds;
    private final int seconds;
    private final Histogram latency = new ConcurrentHistogram(MAX_LATENCY_MICROS, 3);
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong inWindow = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicReference<String> firstFailure = new AtomicReference<>("");
    private final long gatherNanos;
    private long startNanos;

    OpenLoop(Target target, int rate, int warmupSeconds, int seconds) {
        this.target = target;
        this.rate = rate;
        this.warmupSeconds = warmupSeconds;
        this.seconds = seconds;
        this.gatherNanos = Math.min(MAX_GATHER_NANOS, Math.max(MIN_GATHER_NANOS, rate * GATHER_NANOS_PER_RATE));
    }

    static int needed(int rate, int warmupSeconds, int seconds) {
        return Math.multiplyExact(rate, warmupSeconds + seconds);
    }

    /** @param signed at least as many transactions as {@link #needed} says */
    Rung run(List<byte[]> signed) throws ClientException, InterruptedException {
        int total = needed(rate, warmupSeconds, seconds);
        ThreadPoolExecutor callers = new ThreadPoolExecutor(
                THREADS, THREADS, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(MAX_QUEUED_CALLS));
        callers.setRejectedExecutionHandler((call, pool) -> ((Call) call).refuse("the driver's queue is full"));
        callers.prestartAllCoreThreads();
        try {
            startNanos = System.nanoTime() + gatherNanos;
            Target.Counters before = target.counters();
            long cpuBefore = ownCpuMicros();
            long waitingAtStart = 0;
            boolean begun = false;
            long turn = 0;
            int next = 0;
            while (next < total) {
                if (!begun && System.nanoTime() >= windowStart()) {
                    before = target.counters();
                    cpuBefore = ownCpuMicros();
                    waitingAtStart = next - answered.get();
                    begun = true;
                }
                int end = Math.min(Math.min(total, next + MAX_BATCH), dueBy(System.nanoTime(), total));
                if (end > next) {
                    callers.execute(new Call(turn++, next, signed.subList(next, end)));
                    next = end;
                }
                sleepUntil(Math.max(System.nanoTime() + gatherNanos, intended(next)));
            }
            sleepUntil(windowEnd());
            Target.Counters after = target.counters();
            long cpuAfter = ownCpuMicros();
            long committed = inWindow.get();
            long pending = total - answered.get();
            callers.shutdown();
            boolean drained = callers.awaitTermination(DRAIN_SECONDS, TimeUnit.SECONDS);
            long unanswered = drained ? 0 : total - answered.get();
            return new Rung(
                    rate,
                    (double) committed / seconds,
                    latency,
                    failed.get() + unanswered,
                    drained ? Objects.requireNonNull(firstFailure.get()) : "no answer within " + DRAIN_SECONDS + " s",
                    waitingAtStart,
                    pending,
                    after.nodeCpuMicros() - before.nodeCpuMicros(),
                    cpuAfter - cpuBefore,
                    committed,
                    after.blocks() - before.blocks(),
                    after.syncs() - before.syncs());
        } finally {
            callers.shutdownNow();
        }
    }

    private long intended(int index) {
        return startNanos + (long) ((double) index * NANOS_PER_SECOND / rate);
    }

    private int dueBy(long nanos, int total) {
        if (nanos < startNanos) {
            return 0;
        }
        return (int) Math.min(total, (long) ((double) (nanos - startNanos) * rate / NANOS_PER_SECOND) + 1);
    }

    private long windowStart() {
        return startNanos + warmupSeconds * NANOS_PER_SECOND;
    }

    private long windowEnd() {
        return windowStart() + seconds * NANOS_PER_SECOND;
    }

    private static void sleepUntil(long deadline) throws InterruptedException {
        long left = deadline - System.nanoTime();
        while (left > 0) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
                throw new InterruptedException("the load was interrupted");
            }
            left = deadline - System.nanoTime();
        }
    }

    private static long ownCpuMicros() {
        return java.lang.ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(duration -> duration.toNanos() / 1_000)
                .orElse(0L);
    }

    /** One batch on its way. */
    private final class Call implements Runnable {
        private final long turn;
        private final int first;
        private final List<byte[]> batch;

        Call(long turn, int first, List<byte[]> batch) {
            this.turn = turn;
            this.first = first;
            this.batch = batch;
        }

        @Override
        public void run() {
            record(target.submit(turn, batch));
        }

        void refuse(String why) {
            List<Target.Outcome> outcomes = new ArrayList<>(batch.size());
            for (int i = 0; i < batch.size(); i++) {
                outcomes.add(new Target.Outcome(why));
            }
            record(outcomes);
        }

        private void record(List<Target.Outcome> outcomes) {
            long now = System.nanoTime();
            boolean completedInWindow = now >= windowStart() && now < windowEnd();
            for (int i = 0; i < outcomes.size(); i++) {
                Target.Outcome outcome = outcomes.get(i);
                long due = intended(first + i);
                if (outcome.verified() && completedInWindow) {
                    inWindow.incrementAndGet();
                }
                if (due >= windowStart()) {
                    if (outcome.verified()) {
                        latency.recordValue(Math.min(MAX_LATENCY_MICROS, (now - due) / 1_000));
                    } else {
                        failed.incrementAndGet();
                        firstFailure.compareAndSet("", outcome.failure());
                    }
                }
            }
            answered.addAndGet(outcomes.size());
        }
    }
}
