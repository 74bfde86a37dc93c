package io.consilium.node;

import io.consilium.crypto.Hash;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.node.replica.ReplicaEvent;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The way of clients' transactions from a call to the mempool: over the verification pool, counted in bytes until the
 * deciding thread has answered, so that a flood is refused at the door. Safe for many threads.
 */
final class Ingress {
    private final VerificationPool pool;
    private final Function<ReplicaEvent, Boolean> enqueue;
    private final Notifier notifier;
    private final NodeCounters counters;
    private final LongSupplier clock;
    private final long maxBytes;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong nextRequest = new AtomicLong(1);
    private final Map<Long, Pending> pending = new ConcurrentHashMap<>();
    private volatile Optional<RuntimeException> ended = Optional.empty();

    Ingress(
            VerificationPool pool,
            Function<ReplicaEvent, Boolean> enqueue,
            Notifier notifier,
            NodeCounters counters,
            LongSupplier clock,
            long maxBytes) {
        this.pool = pool;
        this.enqueue = enqueue;
        this.notifier = notifier;
        this.counters = counters;
        this.clock = clock;
        this.maxBytes = maxBytes;
    }

    private record Pending(CompletableFuture<List<Admission>> answer, List<Checked> checked, long bytes) {}

    CompletableFuture<List<Admission>> submit(List<ParsedTransaction> transactions) {
        long size = transactions.stream()
                .mapToLong(ParsedTransaction::retainedBytes)
                .sum();
        if (bytes.addAndGet(size) > maxBytes) {
            bytes.addAndGet(-size);
            return busy(transactions, "this node is taking in as much as it may");
        }
        CompletableFuture<List<Admission>> answer = new CompletableFuture<>();
        boolean taken =
                pool.submitted(transactions, clock.getAsLong(), checked -> decide(new Pending(answer, checked, size)));
        if (!taken) {
            bytes.addAndGet(-size);
            return busy(transactions, "this node checks as many signatures as it can");
        }
        return answer;
    }

    private CompletableFuture<List<Admission>> busy(List<ParsedTransaction> transactions, String reason) {
        counters.refused.add(transactions.size());
        return CompletableFuture.completedFuture(transactions.stream()
                .<Admission>map(transaction -> new Admission.Busy(transaction.txId(), reason))
                .toList());
    }

    private void decide(Pending checked) {
        List<ParsedTransaction> good = new ArrayList<>(checked.checked().size());
        for (Checked each : checked.checked()) {
            if (each.rejection().isEmpty()) {
                good.add(each.transaction());
            }
        }
        long request = nextRequest.getAndIncrement();
        pending.put(request, checked);
        if (good.isEmpty()) {
            admitted(request, List.of());
        } else if (ended.isPresent()) {
            // After it was put there: whichever of the two comes later sees the other.
            fail(request, ended.get());
        } else if (!enqueue.apply(
                new ReplicaEvent.Submitted(List.of(new ReplicaEvent.Submission(request, good)), clock.getAsLong()))) {
            admitted(
                    request,
                    good.stream()
                            .<Admission>map(each -> new Admission.Busy(each.txId(), "this node decides too much"))
                            .toList());
        }
    }

    /** The deciding thread's answer for those that were well signed. */
    void admitted(long request, List<Admission> admissions) {
        Pending submission = pending.remove(request);
        if (submission == null) {
            return;
        }
        bytes.addAndGet(-submission.bytes());
        Iterator<Admission> answers = admissions.iterator();
        List<Admission> all = new ArrayList<>(submission.checked().size());
        for (Checked each : submission.checked()) {
            Hash txId = each.transaction().txId();
            all.add(each.rejection()
                    .<Admission>map(rejection -> new Admission.Refused(txId, rejection))
                    .orElseGet(answers::next));
        }
        for (Admission admission : all) {
            (admission instanceof Admission.Accepted ? counters.admitted : counters.refused).increment();
        }
        notifier.run(() -> submission.answer().complete(all));
    }

    /** Bytes between arrival and mempool at this moment. */
    long bytes() {
        return bytes.get();
    }

    /** Nothing is decided any more: who waits is told, and who comes later too. */
    void failAll(RuntimeException reason) {
        ended = Optional.of(reason);
        pending.keySet().forEach(request -> fail(request, reason));
    }

    private void fail(long request, RuntimeException reason) {
        Pending submission = pending.remove(request);
        if (submission != null) {
            bytes.addAndGet(-submission.bytes());
            submission.answer().completeExceptionally(reason);
        }
    }
}
