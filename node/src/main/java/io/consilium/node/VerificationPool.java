package io.consilium.node;

import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.node.replica.TransactionCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The threads that check signatures, so that the deciding thread does not. Large batches are cut up and shared among
 * them. Its queue is bounded; what was offered beyond is refused, and whoever offered it says so or drops it.
 */
final class VerificationPool implements AutoCloseable {
    private static final int MAX_WAITING = 4_096;
    private static final int PIECE = 64;
    private static final long STOP_SECONDS = 5;

    private final ThreadPoolExecutor threads;
    private final TransactionCheck check;
    private final Consumer<Throwable> failed;

    /** {@code failed} hears of what no check may throw; the node stops then. */
    VerificationPool(int size, TransactionCheck check, Consumer<Throwable> failed) {
        AtomicInteger number = new AtomicInteger();
        this.check = check;
        this.failed = failed;
        this.threads =
                new ThreadPoolExecutor(size, size, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_WAITING), task -> {
                    Thread thread = new Thread(task, "verify-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** Parses and checks a peer's transactions; bad ones are left out. False: the pool is full, nothing will come. */
    boolean received(List<byte[]> signed, long nowMillis, Consumer<List<ParsedTransaction>> done) {
        return each(
                signed.size(),
                i -> check.received(signed.get(i), nowMillis)
                        .<List<ParsedTransaction>>map(List::of)
                        .orElse(List.of()),
                results -> {
                    List<ParsedTransaction> good = new ArrayList<>(results.size());
                    results.forEach(good::addAll);
                    done.accept(good);
                });
    }

    /** Checks a client's transactions; the answers come in their order. False: the pool is full. */
    boolean submitted(List<ParsedTransaction> transactions, long nowMillis, Consumer<List<Checked>> done) {
        return each(
                transactions.size(),
                i -> new Checked(transactions.get(i), check.submitted(transactions.get(i), nowMillis)),
                done);
    }

    int waiting() {
        return threads.getQueue().size();
    }

    /** Runs {@code check} for 0 to count − 1 in pieces; the last piece to end hands over all results. */
    private synchronized <T> boolean each(int count, IntFunction<T> one, Consumer<List<T>> done) {
        int pieces = Math.max(1, (count + PIECE - 1) / PIECE);
        if (threads.getQueue().remainingCapacity() < pieces || threads.isShutdown()) {
            return false;
        }
        List<List<T>> results = new ArrayList<>();
        IntStream.range(0, pieces).forEach(piece -> results.add(List.of()));
        AtomicInteger left = new AtomicInteger(pieces);
        for (int piece = 0; piece < pieces; piece++) {
            int index = piece;
            threads.execute(() -> {
                try {
                    results.set(index, piece(index * PIECE, Math.min(count, (index + 1) * PIECE), one));
                    if (left.decrementAndGet() == 0) {
                        List<T> all = new ArrayList<>(count);
                        results.forEach(all::addAll);
                        done.accept(all);
                    }
                } catch (RuntimeException | Error failure) {
                    failed.accept(failure);
                }
            });
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

    @Override
    public void close() throws InterruptedException {
        threads.shutdownNow();
        threads.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
    }
}
