package io.consilium.node;

import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.node.replica.Replica;
import io.consilium.node.replica.ReplicaEffect;
import io.consilium.node.replica.ReplicaEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that decides. It takes what waits, in batches, lets the replica step, and passes the effects on in order.
 *
 * <p>Transactions that one peer, or all clients, brought in one turn reach the replica as one event, so that a loaded node
 * steps once for hundreds of them and tells its peers in one frame. Whatever is thrown here ends the loop: after a failed
 * write or a broken invariant nothing may be acknowledged any more (BFT-8, BFT-16).
 */
final class NodeLoop {
    private static final Logger LOG = LoggerFactory.getLogger(NodeLoop.class);
    private static final int MAX_WAITING = 1 << 18;
    private static final int MAX_BULK_A_TURN = 256;
    private static final long MAX_WAIT_NANOS = 1_000_000_000L;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    private final Replica replica;
    private final Consumer<ReplicaEffect> effects;
    private final Runnable turned;
    private final Consumer<Throwable> failed;
    private final NodeCounters counters;
    private final LongSupplier clock;
    private final LoopQueue<Waiting> queue = new LoopQueue<>(MAX_WAITING);
    private final LoopTimers timers = new LoopTimers();
    private final Thread thread;
    private final CountDownLatch ended = new CountDownLatch(1);
    private boolean resume;
    private volatile boolean stopping;

    /** An event with what is to be done once it was handled: giving back the bytes that it was counted with. */
    record Waiting(ReplicaEvent event, Runnable handled) {}

    /**
     * @param effects performs what the replica wants, but for timers, which are this loop's
     * @param turned called on the loop after each turn
     * @param failed called on the loop when it ends by a failure
     */
    NodeLoop(
            Replica replica,
            Consumer<ReplicaEffect> effects,
            Runnable turned,
            Consumer<Throwable> failed,
            NodeCounters counters,
            LongSupplier clock) {
        this.replica = replica;
        this.effects = effects;
        this.turned = turned;
        this.failed = failed;
        this.counters = counters;
        this.clock = clock;
        this.thread = new Thread(this::run, "node-loop");
    }

    void start() {
        thread.start();
    }

    boolean started() {
        return thread.getState() != Thread.State.NEW;
    }

    boolean urgent(ReplicaEvent event, Runnable handled) {
        return queue.offerUrgent(new Waiting(event, handled));
    }

    boolean bulk(ReplicaEvent event, Runnable handled) {
        return queue.offerBulk(new Waiting(event, handled));
    }

    int waiting() {
        return queue.size();
    }

    /** Lets the turn under way end, then stops; returns when the thread is gone. */
    void stop() throws InterruptedException {
        stopping = true;
        queue.wake(); // never an interrupt: it would break the file that a turn is writing
        if (Thread.currentThread() != thread) {
            ended.await();
        }
    }

    private void run() {
        try {
            replica.start(clock.getAsLong(), this::perform);
            turned.run();
            List<Waiting> taken = new ArrayList<>();
            while (!stopping) {
                turn(taken);
            }
        } catch (InterruptedException stopped) {
            LOG.debug("node loop interrupted to stop");
        } catch (Throwable failure) {
            // Everything, out of memory and stack overflow too: nothing may go on deciding after it (BFT-8).
            failed.accept(failure);
        } finally {
            ended.countDown();
        }
    }

    private void turn(List<Waiting> taken) throws InterruptedException {
        taken.clear();
        queue.drain(resume ? 0 : timers.nanosToNext(System.nanoTime(), MAX_WAIT_NANOS), MAX_BULK_A_TURN, taken);
        for (LoopTimers.Timer timer : timers.takeDue(System.nanoTime())) {
            replica.step(new ReplicaEvent.TimerFired(timer.key(), timer.token(), clock.getAsLong()), this::perform);
        }
        stepAll(taken);
        if (resume) {
            resume = false;
            replica.step(new ReplicaEvent.Resumed(clock.getAsLong()), this::perform);
        }
        turned.run();
    }

    private void stepAll(List<Waiting> taken) {
        Map<String, List<ParsedTransaction>> received = new LinkedHashMap<>();
        PeerAsks asks = new PeerAsks();
        List<ReplicaEvent.Submission> submitted = new ArrayList<>();
        for (Waiting waiting : taken) {
            if (waiting.event() instanceof ReplicaEvent.TransactionsReceived transactions) {
                received.computeIfAbsent(transactions.peer(), peer -> new ArrayList<>())
                        .addAll(transactions.transactions());
            } else if (waiting.event() instanceof ReplicaEvent.Submitted submissions) {
                submitted.addAll(submissions.submissions());
            } else if (asks.take(waiting.event())) {
                replica.step(waiting.event(), this::perform);
            } else {
                counters.droppedFrames.increment();
            }
        }
        received.forEach((peer, transactions) -> replica.step(
                new ReplicaEvent.TransactionsReceived(peer, transactions, clock.getAsLong()), this::perform));
        if (!submitted.isEmpty()) {
            replica.step(new ReplicaEvent.Submitted(submitted, clock.getAsLong()), this::perform);
        }
        taken.forEach(waiting -> waiting.handled().run());
    }

    private void perform(ReplicaEffect effect) {
        if (effect instanceof ReplicaEffect.SetTimer timer) {
            timers.set(timer.key(), timer.token(), System.nanoTime() + timer.delayMillis() * NANOS_PER_MILLI);
        } else if (effect instanceof ReplicaEffect.CancelTimer timer) {
            timers.cancel(timer.key());
        } else if (effect instanceof ReplicaEffect.Resume) {
            resume = true;
        } else {
            effects.accept(effect);
        }
    }
}
