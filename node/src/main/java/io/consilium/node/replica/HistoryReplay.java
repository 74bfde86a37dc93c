package io.consilium.node.replica;

import io.consilium.consensus.LeaderSchedule;
import io.consilium.consensus.ValidatorSets;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.Verifier;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.VoteType;
import io.consilium.ledger.Ledger;
import io.consilium.ledger.LedgerLimits;
import io.consilium.ledger.block.Receipt;
import io.consilium.ledger.state.LedgerState;
import io.consilium.storage.ChainReader;
import io.consilium.storage.ChainStore;
import io.consilium.storage.ChainTip;
import io.consilium.storage.StoredBlock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Executes a stored history once more, from the genesis, on an empty scratch store, with every check of a first time:
 * links, certificates, signatures of transactions, rules and roots.
 */
public final class HistoryReplay {
    private static final int REMEMBERED_TRANSACTIONS = 1;

    private final ChainReader history;
    private final ChainStore scratch;
    private final Hash chainId;
    private final Verifier verifier;
    private final BlockExecutor executor;
    private long observed;
    private Optional<StateDifference> changes = Optional.empty();

    /** @param scratch a store of this chain at height 0, which the replay fills */
    public HistoryReplay(ChainReader history, ChainStore scratch, Hash chainId, Verifier verifier) {
        this.history = history;
        this.scratch = scratch;
        this.chainId = chainId;
        this.verifier = verifier;
        LedgerLimits limits = LedgerLimits.of(new LedgerState(scratch.latest()).parameters());
        Ledger ledger = new Ledger(chainId, limits);
        this.executor = new BlockExecutor(
                chainId,
                limits,
                ledger,
                scratch,
                new Mempool(MempoolLimits.DEFAULT),
                new TransactionCheck(ledger, verifier, REMEMBERED_TRANSACTIONS));
    }

    /** Keeps what executing the block of this height changes. */
    public void observe(long height) {
        observed = height;
    }

    /** What executing the observed block changed, once it verified. */
    public Optional<StateDifference> changes() {
        return changes;
    }

    /** Where the stored history is not what the genesis and its rules lead to. */
    public record Fault(long height, String reason) {}

    /** The first fault from height 1 to the tip, if there is one. */
    public Optional<Fault> run(LongConsumer verified) {
        ValidatorSets sets = ReplicaRecovery.validatorSets(scratch);
        long tip = history.tipHeight();
        for (long height = 1; height <= tip; height++) {
            Optional<StoredBlock> stored = history.block(height);
            if (stored.isEmpty()) {
                return Optional.of(new Fault(height, "it is missing"));
            }
            Optional<String> reason;
            try {
                reason = replay(stored.get(), sets);
            } catch (MalformedException malformed) {
                reason = Optional.of(String.valueOf(malformed.getMessage()));
            }
            if (reason.isPresent()) {
                return Optional.of(new Fault(height, reason.get()));
            }
            sets = ReplicaRecovery.validatorSets(scratch);
            verified.accept(height);
        }
        return Optional.empty();
    }

    private Optional<String> replay(StoredBlock stored, ValidatorSets sets) throws MalformedException {
        BlockHeader header = BlockHeader.decode(stored.header());
        QuorumCertificate qc = QuorumCertificate.decode(stored.commitQc());
        Hash hash = header.hash();
        ChainTip parent = scratch.tip();
        if (header.height() != parent.height() + 1
                || !header.parentHash().equals(parent.blockHash())
                || !header.chainId().equals(chainId)) {
            return Optional.of("it does not follow the block before");
        }
        if (!header.validatorSetHash().equals(sets.next().hash())) {
            return Optional.of("it names other validators than the state does");
        }
        boolean certified = qc.type() == VoteType.COMMIT
                && qc.height() == header.height()
                && qc.blockHash().equals(hash)
                && qc.verify(chainId, sets.next(), verifier);
        if (!certified) {
            return Optional.of("its certificate is not valid");
        }
        byte[] leaderRecord = LeaderSchedule.next(ReplicaRecovery.leaderRecord(scratch), header, sets.next());
        BlockExecutor.Outcome outcome = executor.execute(header, hash, stored.body(), leaderRecord, false);
        if (outcome.block().isEmpty()) {
            return Optional.of(outcome.detail());
        }
        List<Receipt> receipts = outcome.block().get().result().receipts();
        boolean same = receipts.size() == stored.receipts().size();
        for (int i = 0; same && i < receipts.size(); i++) {
            same = Arrays.equals(receipts.get(i).bytes(), stored.receipts().get(i));
        }
        if (!same) {
            return Optional.of("its stored receipts are not those that executing it gives");
        }
        if (header.height() == observed) {
            changes = Optional.of(StateDifference.of(
                    observed, hash, outcome.block().get().result().changes()));
        }
        executor.decide(outcome.block().get(), qc);
        return Optional.empty();
    }
}
