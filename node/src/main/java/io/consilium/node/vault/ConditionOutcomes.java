package io.consilium.node.vault;

import com.google.protobuf.ByteString;
import io.consilium.crypto.CanonicalWriter;
import io.consilium.ledger.block.EventType;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.tx.Refusal;
import io.consilium.node.BackgroundWork;
import io.consilium.node.CommittedBlock;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.PolicySource;
import io.consilium.node.api.ProblemException;
import io.consilium.node.api.StateView;
import io.consilium.proto.AccessOutcome;
import io.consilium.proto.AccessState;
import io.consilium.proto.DecisionOutcome;
import io.consilium.storage.IndexPage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts the outcome of every conditional permit on a record of this institution, once, as soon as it is decided (PRV-5).
 *
 * <p>What is owed stands in an index of the chain, so a restart loses nothing: each turn looks at the permits that are still
 * young, and posts what has no outcome. One thread; a disclosure that waits for an outcome may ask for its own at once.
 */
public final class ConditionOutcomes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConditionOutcomes.class);
    private static final int A_TURN = 64;
    private static final int PAGE = 256;
    private static final long RETRY_SECONDS = 5;

    private final NodeGateway node;
    private final PolicySource policies;
    private final ConditionJudge judge;
    private final InstitutionTransactions transactions;
    private final BackgroundWork thread;
    private final BackgroundWork.Kind posts;

    /** Outcomes on their way, so that one access gets one transaction. */
    private final ConcurrentHashMap<ByteString, CompletableFuture<Void>> posting = new ConcurrentHashMap<>();

    private ConditionOutcomes(
            NodeGateway node, PolicySource policies, ScopeKeys keys, InstitutionTransactions transactions) {
        this.node = node;
        this.policies = policies;
        this.judge = new ConditionJudge(node.institution(), keys);
        this.transactions = transactions;
        this.thread = node.background("condition-outcomes");
        this.posts = thread.kind("posting outcomes", this::turn);
    }

    public static ConditionOutcomes start(
            NodeGateway node, PolicySource policies, ScopeKeys keys, InstitutionTransactions transactions) {
        ConditionOutcomes outcomes = new ConditionOutcomes(node, policies, keys, transactions);
        node.onCommitted(outcomes::committed);
        outcomes.posts.every(0, RETRY_SECONDS);
        return outcomes;
    }

    private void committed(CommittedBlock block) {
        boolean asked = block.events().stream()
                .filter(event -> event.parties().contains(node.institution()))
                .anyMatch(event -> event.type().equals(EventType.ACCESS_PERMITTED.text())
                        || event.type().equals(EventType.ACCESS_USED.text()));
        if (asked) {
            posts.soon();
        }
    }

    private void turn() {
        try {
            for (ByteString access : due()) {
                post(access).join();
            }
        } catch (CompletionException failed) {
            LOG.warn("outcome not posted yet cause={}", code(failed));
        }
    }

    /** Young conditional permits of ours without an outcome, oldest first; what is left is for the next turn. */
    private List<ByteString> due() {
        List<ByteString> due = new ArrayList<>();
        if (!Freshness.isFresh(node.status())) {
            return due;
        }
        byte[] prefix = LedgerIndexes.prefix(node.institution());
        try (StateView view = StateView.open(node)) {
            long oldest = Math.max(
                    0, policies.asOfMillis() - view.state().parameters().getPermitAgeMillis());
            Optional<byte[]> after = Optional.of(
                    new CanonicalWriter().writeFixed(prefix).writeLong(oldest).toBytes());
            while (due.size() < A_TURN) {
                IndexPage page = view.chain().scan(LedgerIndexes.CONDITIONAL_ACCESSES, prefix, after, PAGE, false);
                for (IndexPage.Item item : page.items()) {
                    AccessState access =
                            view.state().access(LedgerIndexes.idAt(item.key())).orElseThrow();
                    if (!access.hasOutcome() && due.size() < A_TURN) {
                        due.add(access.getId());
                    }
                }
                if (page.nextAfterKey().isEmpty()) {
                    break;
                }
                after = page.nextAfterKey();
            }
        }
        return due;
    }

    /** Whether the access waits for a word of this node. */
    boolean isOwed(AccessState access) {
        return access.getDecision().getOutcome() == DecisionOutcome.PERMIT_CONDITIONAL
                && access.getCustodian().equals(node.institution())
                && !access.hasOutcome();
    }

    /** Completes when the outcome of an access is on chain, whoever posted it; fails with a problem. */
    CompletableFuture<Void> post(ByteString accessId) {
        CompletableFuture<Void> fresh = new CompletableFuture<>();
        CompletableFuture<Void> running = posting.putIfAbsent(accessId, fresh);
        if (running != null) {
            return running;
        }
        fresh.whenComplete((done, failure) -> posting.remove(accessId));
        try {
            commit(accessId, fresh);
        } catch (RuntimeException failed) {
            fresh.completeExceptionally(failed);
        }
        return fresh;
    }

    private void commit(ByteString accessId, CompletableFuture<Void> result) {
        Optional<AccessOutcome> outcome;
        try (StateView view = StateView.open(node)) {
            outcome = view.state()
                    .access(accessId)
                    .filter(this::isOwed)
                    .map(access -> judge.judge(view.state(), access, policies.asOfMillis()));
        }
        if (outcome.isEmpty()) {
            result.complete(null);
            return;
        }
        transactions.commit(body -> body.setAccessOutcome(outcome.get())).whenComplete((txId, failure) -> {
            if (failure == null || code(failure).equals(Refusal.OUTCOME_EXISTS.name())) {
                result.complete(null);
            } else {
                result.completeExceptionally(failure.getCause() == null ? failure : failure.getCause());
            }
        });
    }

    private static String code(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return cause instanceof ProblemException refused ? refused.problem().code() : String.valueOf(cause);
    }

    @Override
    public void close() throws InterruptedException {
        thread.close();
    }
}
