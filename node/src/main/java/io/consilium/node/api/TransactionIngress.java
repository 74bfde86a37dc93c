package io.consilium.node.api;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.consilium.crypto.Hash;
import io.consilium.ledger.identity.Signatories;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.tx.MalformedTransaction;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.node.Admission;
import io.consilium.node.CommittedTransaction;
import io.consilium.node.NodeBusyException;
import io.consilium.node.NodeGateway;
import io.consilium.node.NodeStoppingException;
import io.consilium.proto.Problem;
import io.consilium.proto.SubmitRequest;
import io.consilium.proto.SubmitResponse;
import io.consilium.proto.SubmitResult;
import io.consilium.storage.TxLocation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes signed transactions in: reads them strictly, spends the caller's quota, checks that an active party signed, hands
 * them to the node, and if asked waits until they are final.
 */
public final class TransactionIngress implements Operation<SubmitRequest, SubmitResponse> {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionIngress.class);

    private final NodeGateway node;
    private final int maxBatch;
    private final TokenBuckets quota;
    private final BlockProofs proofs;
    private final Executor executor;

    public TransactionIngress(
            NodeGateway node, int maxBatch, TokenBuckets quota, BlockProofs proofs, Executor executor) {
        this.node = node;
        this.maxBatch = maxBatch;
        this.quota = quota;
        this.proofs = proofs;
        this.executor = executor;
    }

    /** One transaction of the batch on its way through. */
    private static final class Item {
        private final SubmitResult.Builder result = SubmitResult.newBuilder();
        private Optional<ParsedTransaction> parsed = Optional.empty();
        private Optional<CompletableFuture<CommittedTransaction>> commit = Optional.empty();

        void reject(Rejection rejection) {
            reject(problemOf(rejection));
        }

        void reject(Problem problem) {
            result.setState("REJECTED").setProblem(problem);
            parsed = Optional.empty();
        }
    }

    @Override
    public CompletionStage<SubmitResponse> answer(Caller caller, SubmitRequest request) {
        int count = request.getTransactionsCount();
        if (count == 0) {
            throw ApiProblem.malformed("the submission holds no transaction", "transactions")
                    .asException();
        }
        if (count > maxBatch) {
            throw ApiProblem.tooLarge("the submission holds " + count + " transactions, at most " + maxBatch)
                    .asException();
        }
        long waitMillis = waitMillis(request);
        if (!quota.take(caller.quotaOwner(), count)) {
            throw ApiProblem.quota("the quota of transactions is spent").asException();
        }
        List<Item> items = read(request);
        List<Item> admissible =
                items.stream().filter(item -> item.parsed.isPresent()).toList();
        return node.submit(admissible.stream()
                        .map(item -> item.parsed.orElseThrow())
                        .toList())
                .thenCompose(admissions -> {
                    note(admissible, admissions);
                    return request.getWaitCommitted()
                            ? committed(items, waitMillis)
                            : CompletableFuture.completedFuture(response(items));
                })
                .exceptionally(TransactionIngress::busy);
    }

    private static long waitMillis(SubmitRequest request) {
        long asked = request.getTimeoutMillis();
        if (asked < 0 || asked > ConsiliumService.MAX_WAIT_MILLIS) {
            throw ApiProblem.malformed(
                            "a wait is of 0 to " + ConsiliumService.MAX_WAIT_MILLIS + " milliseconds", "timeoutMillis")
                    .asException();
        }
        return asked == 0 ? ConsiliumService.DEFAULT_WAIT_MILLIS : asked;
    }

    private List<Item> read(SubmitRequest request) {
        List<Item> items = new ArrayList<>(request.getTransactionsCount());
        try (StateView view = StateView.open(node)) {
            long now = Math.max(node.nowMillis(), node.status().tipMillis());
            for (ByteString bytes : request.getTransactionsList()) {
                Item item = new Item();
                items.add(item);
                try {
                    ParsedTransaction parsed = ParsedTransaction.parse(bytes.toByteArray());
                    item.result.setTxId(bytes(parsed.txId()));
                    Optional<Rejection> refusal = refusal(parsed, view.state(), now);
                    if (refusal.isPresent()) {
                        item.reject(refusal.get());
                    } else {
                        item.parsed = Optional.of(parsed);
                    }
                } catch (MalformedTransaction e) {
                    item.reject(e.rejection());
                }
            }
        }
        return items;
    }

    private Optional<Rejection> refusal(ParsedTransaction parsed, LedgerState state, long nowMillis) {
        if (!parsed.chainId().equals(node.chainId())) {
            return Optional.of(Refusal.WRONG_CHAIN.rejection());
        }
        return Signatories.strangers(state, parsed.body().getSignersList(), nowMillis);
    }

    private static void note(List<Item> items, List<Admission> admissions) {
        for (int i = 0; i < items.size(); i++) {
            Item item = items.get(i);
            Admission admission = admissions.get(i);
            if (admission instanceof Admission.Refused refused) {
                item.reject(refused.rejection());
                continue;
            }
            if (admission instanceof Admission.Busy busy) {
                item.reject(ApiProblem.unavailable(
                                "BUSY", busy.reason(), "send the same bytes again in a second; it is safe to repeat")
                        .toProto());
                continue;
            }
            item.result.setState("ACCEPTED");
            if (admission instanceof Admission.Duplicate) {
                // The outcome is told all the same, so that a retry learns what became of the first attempt (TX-3).
                item.result.setProblem(problemOf(Refusal.DUPLICATE_TRANSACTION.rejection()));
            }
        }
    }

    private CompletableFuture<SubmitResponse> committed(List<Item> items, long waitMillis) {
        List<CompletableFuture<CommittedTransaction>> waits = new ArrayList<>();
        for (Item item : items) {
            item.parsed.ifPresent(parsed -> {
                CompletableFuture<CommittedTransaction> wait = node.committed(parsed.txId());
                item.commit = Optional.of(wait);
                waits.add(wait);
            });
        }
        return CompletableFuture.allOf(waits.toArray(new CompletableFuture<?>[0]))
                .orTimeout(waitMillis, TimeUnit.MILLISECONDS)
                .handleAsync(
                        (done, failure) -> {
                            answer(items);
                            return response(items);
                        },
                        executor)
                // However it ended, nobody waits for these any more.
                .whenComplete((response, failure) -> waits.forEach(wait -> wait.cancel(false)));
    }

    /** What was committed is never answered with a failure: whoever cannot be given the proof asks for it again. */
    private void answer(List<Item> items) {
        items.forEach(item -> item.commit.ifPresent(wait -> item.result.setState("UNKNOWN")));
        try {
            prove(items);
        } catch (ProblemException noRoom) {
            LOG.debug("receipts are not proven now: {}", noRoom.problem().error());
        } catch (RuntimeException failed) {
            ApiErrors.unforeseen(failed);
        }
    }

    private void prove(List<Item> items) {
        try (StateView view = StateView.open(node)) {
            for (Item item : items) {
                item.commit.ifPresent(wait -> {
                    if (wait.isDone() && !wait.isCompletedExceptionally()) {
                        CommittedTransaction committed = wait.join();
                        byte[] proof = proofs.receiptProof(
                                view.chain(), new TxLocation(committed.height(), committed.index()));
                        item.result.setState("COMMITTED").setReceiptProof(UnsafeByteOperations.unsafeWrap(proof));
                    }
                });
            }
        }
    }

    private static SubmitResponse response(List<Item> items) {
        SubmitResponse.Builder response = SubmitResponse.newBuilder();
        items.forEach(item -> response.addResults(item.result));
        return response.build();
    }

    private static SubmitResponse busy(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        if (cause instanceof NodeBusyException) {
            throw ApiProblem.unavailable(
                            "BUSY",
                            String.valueOf(cause.getMessage()),
                            "send it again in a second; it is safe to repeat")
                    .asException();
        }
        if (cause instanceof NodeStoppingException) {
            throw ApiProblem.timeout(
                            String.valueOf(cause.getMessage()), "ask another node what became of it; it may be decided")
                    .asException();
        }
        if (cause instanceof RuntimeException e) {
            throw e;
        }
        throw new IllegalStateException(cause);
    }

    static Problem problemOf(Rejection rejection) {
        int exitCode =
                switch (rejection.kind()) {
                    case MALFORMED, REFUSED -> 6;
                    case UNAUTHORISED -> 4;
                    case NOT_FOUND -> 3;
                    case CONFLICT -> 8;
                };
        return Problem.newBuilder()
                .setError(rejection.message())
                .setCode(rejection.code())
                .setRule(rejection.rule())
                .setHint(rejection.hint())
                .setExitCode(exitCode)
                .build();
    }

    static ByteString bytes(Hash hash) {
        return ByteString.copyFrom(hash.toBytes());
    }
}
