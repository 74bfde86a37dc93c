package io.consilium.ledger;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.crypto.Verifier;
import io.consilium.ledger.block.BlockContext;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.IndexEntry;
import io.consilium.ledger.block.LedgerEvent;
import io.consilium.ledger.block.Outcome;
import io.consilium.ledger.block.Receipt;
import io.consilium.ledger.block.Writes;
import io.consilium.ledger.state.BlockWork;
import io.consilium.ledger.state.BrokenStateException;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.state.StateProof;
import io.consilium.ledger.state.StateReader;
import io.consilium.ledger.tx.MalformedTransaction;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.EventDetail;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What a block means: a function from the state before it and its transactions to the state after it and one receipt
 * for each transaction. The same on every validator, so it knows no clock, chance, thread or file.
 */
public final class Ledger {
    /** A transaction says at most this long before its end when it may be included (TX-2). */
    public static final long MAX_VALIDITY_MILLIS = 10 * 60_000;

    private final Hash chainId;
    private final LedgerLimits limits;
    private final Rules rules;

    /** What decides and writes for one transaction. */
    @FunctionalInterface
    public interface Rules {
        Outcome apply(LedgerState state, BlockContext block, ParsedTransaction transaction);
    }

    public Ledger(Hash chainId, LedgerLimits limits) {
        this(chainId, limits, TransactionRules::apply);
    }

    /** With other rules than the ledger's own, for tests of what stands on them. */
    public Ledger(Hash chainId, LedgerLimits limits, Rules rules) {
        this.chainId = chainId;
        this.limits = limits;
        this.rules = rules;
    }

    /** Reads a transaction strictly; the array must not change afterwards. */
    public static ParsedTransaction parse(byte[] signedBytes) throws MalformedTransaction {
        return ParsedTransaction.parse(signedBytes);
    }

    /** The costly part of admission, which needs neither state nor time: done once by whoever meets it first. */
    public Optional<Rejection> verifySignatures(ParsedTransaction transaction, Verifier verifier) {
        return transaction.verifySignatures(verifier);
    }

    /** Why the transaction cannot be in a block of this time, apart from signatures and duplicates (BFT-8). */
    public Optional<Rejection> admissible(ParsedTransaction transaction, long blockTimeMillis) {
        if (!transaction.chainId().equals(chainId)) {
            return Optional.of(Refusal.WRONG_CHAIN.rejection());
        }
        if (transaction.size() > limits.maxTransactionBytes()) {
            return Optional.of(Refusal.TRANSACTION_TOO_LARGE.rejection(
                    transaction.size() + " bytes, at most " + limits.maxTransactionBytes() + " are allowed"));
        }
        long left = transaction.body().getValidUntilMillis() - blockTimeMillis;
        if (left < 0) {
            return Optional.of(Refusal.TRANSACTION_EXPIRED.rejection(-left + " ms ago"));
        }
        return left > MAX_VALIDITY_MILLIS
                ? Optional.of(Refusal.VALIDITY_TOO_LONG.rejection("by " + (left - MAX_VALIDITY_MILLIS) + " ms"))
                : Optional.empty();
    }

    /**
     * Why a block with these transactions and body size is not admissible, apart from signatures (BFT-8).
     *
     * @param decided whether a transaction stands in a decided block. The blocks of the last 10 minutes matter; whatever
     *     is older has expired (TX-2), so that a longer memory gives the same answer (TX-3)
     */
    public Optional<Rejection> admissibleBlock(
            List<ParsedTransaction> transactions, int bodyBytes, long blockTimeMillis, Predicate<Hash> decided) {
        if (bodyBytes > limits.maxBlockBytes() || transactions.size() > limits.maxBlockTransactions()) {
            return Optional.of(
                    Refusal.BLOCK_TOO_LARGE.rejection(bodyBytes + " bytes, " + transactions.size() + " transactions"));
        }
        TreeSet<Hash> seen = new TreeSet<>();
        for (ParsedTransaction transaction : transactions) {
            Optional<Rejection> refusal = admissible(transaction, blockTimeMillis);
            if (refusal.isPresent()) {
                return refusal;
            }
            if (!seen.add(transaction.txId()) || decided.test(transaction.txId())) {
                return Optional.of(Refusal.DUPLICATE_TRANSACTION.rejection(
                        "transaction " + transaction.txId().hex()));
            }
        }
        return Optional.empty();
    }

    /**
     * Executes admissible transactions on the state after their block's parent, as many of them, from the first on, as
     * one block has room for (TX-6): the result is that of a block of exactly these, as many as it has receipts. Total:
     * each gets a receipt (TX-5), and the first always has room, if only for its refusal.
     */
    public BlockResult execute(StateReader parentState, BlockContext block, List<ParsedTransaction> transactions) {
        WatchedReader reader = new WatchedReader(parentState);
        BlockWork work = new BlockWork();
        LedgerState state = new LedgerState(reader, work);
        List<Receipt> receipts = new ArrayList<>(transactions.size());
        List<IndexEntry> index = new ArrayList<>();
        List<LedgerEvent> events = new ArrayList<>();
        List<BlockResult.Fault> faults = new ArrayList<>();
        for (int i = 0; i < transactions.size(); i++) {
            ParsedTransaction transaction = transactions.get(i);
            Optional<Outcome> done = apply(state, work, block, transaction, reader, faults);
            if (done.isEmpty() && i > 0) {
                break;
            }
            Outcome outcome = done.orElseGet(() -> Outcome.refused(Refusal.TOO_MUCH_WORK));
            outcome.writes().objects().forEach(state::put);
            index.addAll(outcome.writes().index());
            for (Writes.Notice notice : outcome.writes().notices()) {
                events.add(event(notice, block, transaction, outcome));
            }
            receipts.add(Receipt.of(transaction.txId(), block.height(), i, outcome));
        }
        SortedMap<StateKey, Optional<byte[]>> changes = state.changes();
        leaderRecord(state, block).ifPresent(record -> changes.put(StateKeys.LEADER_RECORD, Optional.of(record)));
        return new BlockResult(receipts, changes, index, events, state.validators(), Receipt.root(receipts), faults);
    }

    /**
     * One transaction never stops the chain: a rule that breaks on it is a fault of this program, and the same on every
     * validator, so the transaction is refused. A state that cannot be read is this node's own trouble, and stops it.
     * Empty where the block has no room for the transaction.
     */
    private Optional<Outcome> apply(
            LedgerState state,
            BlockWork work,
            BlockContext block,
            ParsedTransaction transaction,
            WatchedReader reader,
            List<BlockResult.Fault> faults) {
        try {
            Outcome outcome = bounded(rules.apply(state, block, transaction));
            outcome.writes().objects().values().forEach(object -> work.keep(object.getSerializedSize()));
            return Optional.of(outcome);
        } catch (BlockWork.Exceeded exceeded) {
            return Optional.empty();
        } catch (BrokenStateException broken) {
            throw broken;
        } catch (RuntimeException failure) {
            if (reader.hasFailed()) {
                throw failure;
            }
            faults.add(new BlockResult.Fault(transaction.txId(), failure));
            return Optional.of(Outcome.refused(Refusal.LEDGER_FAULT));
        }
    }

    /** TX-6: no object outgrows what the state tree, its proofs and a peer's frame can carry. */
    private static Outcome bounded(Outcome outcome) {
        boolean tooLarge = outcome.writes().objects().values().stream()
                .anyMatch(object -> object.getSerializedSize() > StateProof.MAX_VALUE_BYTES);
        return tooLarge ? Outcome.refused(Refusal.OBJECT_TOO_LARGE) : outcome;
    }

    /** Knows whether it was the state below that failed. */
    private static final class WatchedReader implements StateReader {
        private final StateReader below;
        private boolean failed;

        WatchedReader(StateReader below) {
            this.below = below;
        }

        @Override
        public Optional<byte[]> get(StateKey key) {
            boolean done = false;
            try {
                Optional<byte[]> value = below.get(key);
                done = true;
                return value;
            } finally {
                failed |= !done;
            }
        }

        boolean hasFailed() {
            return failed;
        }
    }

    private static LedgerEvent event(
            Writes.Notice notice, BlockContext block, ParsedTransaction transaction, Outcome outcome) {
        EventDetail.Builder detail = EventDetail.newBuilder()
                .setTxId(ByteString.copyFrom(transaction.txId().toBytes()))
                .setHeight(block.height())
                .setTimeMillis(block.timestampMillis())
                .setActor(transaction.body().getSigners(0).getActor())
                .setDecision(outcome.decision());
        if (!notice.object().isEmpty()) {
            detail.addObjectIds(notice.object());
        }
        return new LedgerEvent(
                notice.type().text(), notice.parties(), detail.build().toByteArray());
    }

    /** BFT-12: written only when it changes, so that a quiet leader schedule costs no key a block. */
    private static Optional<byte[]> leaderRecord(LedgerState state, BlockContext block) {
        byte[] before = state.raw(StateKeys.LEADER_RECORD).orElse(new byte[0]);
        byte[] after = block.leaderRecord();
        return Arrays.equals(before, after) ? Optional.empty() : Optional.of(after);
    }
}
