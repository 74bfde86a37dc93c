package io.consilium.node.process;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.ledger.evidence.EvidenceRules;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.ledger.tx.Refusal;
import io.consilium.node.Admission;
import io.consilium.node.NodeGateway;
import io.consilium.node.vault.InstitutionTransactions;
import io.consilium.proto.EvidenceSubmit;
import io.consilium.storage.ChainStore;
import io.consilium.storage.HeldEvidence;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the proofs that this node holds on chain (BFT-19).
 *
 * <p>Every validator that saw a fault holds its proof, so the nodes take turns: the n-th waits n turns and looks at the
 * chain first. A proof that the chain has, or does not want, is let go, and one that the chain refused is not sent
 * again before the next start. So a fault costs at most one transaction a node, and an idle chain stays idle after it.
 */
public final class EvidenceSubmission {
    /** How long one node leaves the others time to be first, and how often {@link #tick} is to be called. */
    public static final long TURN_MILLIS = 2_000;

    private static final Logger LOG = LoggerFactory.getLogger(EvidenceSubmission.class);

    private final NodeGateway node;
    private final ChainStore store;
    private final InstitutionTransactions transactions;

    /** By the proof's hash; owned by the thread that ticks. */
    private final Map<Hash, Attempt> attempts = new TreeMap<>();

    /** What became of a proof here: not before this time again, or never. */
    private record Attempt(long notBeforeMillis, Optional<Hash> txId) {}

    public EvidenceSubmission(NodeGateway node, ChainStore store, InstitutionTransactions transactions) {
        this.node = node;
        this.store = store;
        this.transactions = transactions;
    }

    /** One look at what is held; called by one thread. */
    public void tick() {
        List<HeldEvidence> held = store.evidence();
        attempts.keySet()
                .retainAll(held.stream().map(each -> each.evidence().hash()).toList());
        LedgerState state = new LedgerState(store.latest());
        held.forEach(each -> consider(each, state));
    }

    private void consider(HeldEvidence held, LedgerState state) {
        Optional<Refusal> needless = EvidenceRules.needless(state, held.culprit(), held.evidence());
        if (needless.isPresent()) {
            store.dropEvidence(held);
            LOG.info(
                    "evidence let go culprit={} evidence={} because={}",
                    held.culprit(),
                    held.evidence().hash().hex(),
                    needless.get());
            return;
        }
        Hash hash = held.evidence().hash();
        Attempt attempt = attempts.computeIfAbsent(
                hash, first -> new Attempt(node.nowMillis() + turn(held, state) * TURN_MILLIS, Optional.empty()));
        boolean undecided =
                attempt.txId().isEmpty() || !isDecided(attempt.txId().get());
        if (undecided && node.nowMillis() >= attempt.notBeforeMillis()) {
            attempts.put(hash, submit(held));
        }
    }

    /** Decided and still not on chain: the chain refused it, and would again. */
    private boolean isDecided(Hash txId) {
        return store.transaction(txId).isPresent();
    }

    private Attempt submit(HeldEvidence held) {
        ParsedTransaction transaction = transactions.sign(body -> body.setEvidence(EvidenceSubmit.newBuilder()
                .setProof(ByteString.copyFrom(held.evidence().encode()))));
        node.submit(List.of(transaction)).whenComplete((admissions, failure) -> {
            if (failure != null || !(admissions.get(0) instanceof Admission.Accepted)) {
                LOG.warn(
                        "evidence not taken yet culprit={} cause={}",
                        held.culprit(),
                        failure == null ? admissions.get(0) : failure.getMessage());
            }
        });
        LOG.info(
                "evidence submitted culprit={} kind={} height={} tx={}",
                held.culprit(),
                held.evidence().kind(),
                held.evidence().height(),
                transaction.txId().hex());
        return new Attempt(transaction.body().getValidUntilMillis(), Optional.of(transaction.txId()));
    }

    /** The validators go round by height, those without a vote go last. */
    private long turn(HeldEvidence held, LedgerState state) {
        ValidatorSet set = state.validators();
        int size = set.size();
        for (int i = 0; i < size; i++) {
            if (set.get(i).institution().equals(node.institution())) {
                return Math.floorMod(i - held.evidence().height(), size);
            }
        }
        return size;
    }
}
