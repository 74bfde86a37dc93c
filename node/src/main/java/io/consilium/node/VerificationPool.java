package io.consilium.node;

import com.google.protobuf.ByteString;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.node.replica.TransactionCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * The threads that check signatures, so that the deciding thread does not. Large batches are cut up and shared among
 * them.
 *
 * <p>What a decision under way waits for goes first, and new transactions are refused long before the backlog would take
 * seconds: a node that is asked for more than it can check must go on deciding what it has. A peer's transactions that
 * are dropped here are fetched when a proposal names them.
 */
final class VerificationPool implements AutoCloseable {
    /** New transactions that may wait when a peer brings more; about half a second of one slow core. */
    static final int MAX_WAITING_OF_PEERS = 8_192;

    /** New transactions that may wait when a client brings more: clients are told to come back before peers are. */
    static final int MAX_WAITING_OF_CLIENTS = 4_096;

    private static final int MAX_PIECES = 1 << 16;
    private static final int PIECE = 64;
    private static final long STOP_MILLIS = 5_000;

    private final LoopQueue<Runnable> queue = new LoopQueue<>(MAX_PIECES);
    private final AtomicInteger waiting = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private final TransactionCheck check;
    private final Consumer<Throwable> failed;

    /** {@code failed} hears of what no check may throw; the node stops then. */
    VerificationPool(int size, TransactionCheck check, Consumer<Throwable> failed) {
        this.check = check;
        this.failed = failed;
        for (int i = 1; i <= size; i++) {
            Thread thread = new Thread(this::run, "verify-" + i);
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
    }

    /**
     * Parses and checks a peer's transactions; bad ones are left out. False: too many wait, nothing will come.
     *
     * @param urgent a decision under way waits for them
     */
    boolean received(List<ByteString> signed, boolean urgent, long nowMillis, Consumer<List<ParsedTransaction>> done) {
        if (!urgent && waiting.get() + signed.size() > MAX_WAITING_OF_PEERS) {
            return false;
        }
        return each(
                signed.size(),
                urgent,
                i -> check.received(signed.get(i).toByteArray(), nowMillis)
                        .<List<ParsedTransaction>>map(List::of)
                        .orElse(List.of()),
                results -> {
                    List<ParsedTransaction> good = new ArrayList<>(results.size());
                    results.forEach(good::addAll);
                    done.accept(good);
                });
    }

    /** Checks a client's transactions; the answers come in their order. False: too many wait, nothing will come. */
    boolean submitted(List<ParsedTransaction> transactions, long nowMillis, Consumer<List<Checked>> done) {
        if (waiting.get() + transactions.size() > MAX_WAITING_OF_CLIENTS) {
            return false;
        }
        return each(
                transactions.size(),
                false,
                i -> new Checked(transactions.get(i), check.submitted(transactions.get(i), nowMillis)),
                done);
    }

    /** Transactions that wait to be checked. */
    int waiting() {
        return waiting.get();
    }

    /** Runs {@code one} for 0 to count − 1 in pieces; the last piece to end hands over all results. */
    private <T> boolean each(int count, boolean urgent, IntFunction<T> one, Consumer<List<T>> done) {
        int pieces = Math.max(1, (count + PIECE - 1) / PIECE);
        Shared<T> shared = new Shared<>(pieces, done);
        waiting.addAndGet(count);
        for (int piece = 0; piece < pieces; piece++) {
            int index = piece;
            int from = piece * PIECE;
            int to = Math.min(count, from + PIECE);
            Runnable task = () -> {
                waiting.addAndGet(from - to);
                shared.ended(index, piece(from, to, one));
            };
            if (!(urgent ? queue.offerUrgent(task) : queue.offerBulk(task))) {
                // Pieces that are queued already end without telling anyone.
                waiting.addAndGet(from - count);
                return false;
            }
        }
        return true;
    }

    private static <T> List<T> piece(int from, int to, IntFunction<T> one) {
        List<T> checked = new ArrayList<>(to - from);
        for (int i = from; i < to; i++) {
            checked.add(one.apply(i));
        }
        return checked;
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                queue.take().run();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error failure) {
            failed.accept(failure);
        }
    }

    @Override
    public void close() throws InterruptedException {
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            thread.join(STOP_MILLIS);
        }
    }

    /** The results of one batch, gathered from the threads. */
    private static final class Shared<T> {
        private final List<List<T>> results = new ArrayList<>();
        private final AtomicInteger left;
        private final Consumer<List<T>> done;

        Shared(int pieces, Consumer<List<T>> done) {
            for (int i = 0; i < pieces; i++) {
                results.add(List.of());
            }
            this.left = new AtomicInteger(pieces);
            this.done = done;
        }

        /** Each piece sets a place of its own; the counter makes all places visible to whoever ends last. */
        void ended(int piece, List<T> checked) {
            results.set(piece, checked);
            if (left.decrementAndGet() == 0) {
                List<T> all = new ArrayList<>();
                results.forEach(all::addAll);
                done.accept(all);
            }
        }
    }
}
