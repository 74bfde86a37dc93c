package io.consilium.node.replica;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.consensus.Effect;
import io.consilium.consensus.ExecutionVerdict;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MerkleTree;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.ledger.Ledger;
import io.consilium.ledger.LedgerLimits;
import io.consilium.ledger.block.BlockContext;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.BlockTransactions;
import io.consilium.ledger.block.Receipt;
import io.consilium.ledger.state.StateTree;
import io.consilium.ledger.state.TreeUpdate;
import io.consilium.ledger.tx.MalformedTransaction;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.BlockBody;
import io.consilium.storage.ChainStore;
import io.consilium.storage.ChainTip;
import io.consilium.storage.DecidedBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Executes children of the tip: checks that each transaction may be in the block, runs the ledger and the state tree, and
 * keeps the results by block hash, so that deciding a block writes exactly what was voted on. Owned by the deciding thread.
 */
final class BlockExecutor {
    /** Undecided siblings kept at one height; more rounds than that in a row drop the oldest, which can be run again. */
    static final int MAX_SIBLINGS = 2;

    /** Siblings of one height that can be run again; far more rounds than one height ever sees. */
    private static final int MAX_LEADER_RECORDS = 4_096;

    /** What a block body adds to each transaction at most: field tag and length. */
    private static final int TRANSACTION_OVERHEAD_BYTES = 6;

    private final Hash chainId;
    private final LedgerLimits limits;
    private final Ledger ledger;
    private final ChainStore store;
    private final Mempool mempool;
    private final TransactionCheck check;
    private final RecentValues state;
    private final Map<Hash, ExecutedBlock> executed = new LinkedHashMap<>();
    private final Map<Hash, Map<Hash, ParsedTransaction>> byLeaf = new HashMap<>();
    private final Map<Hash, byte[]> leaderRecords = new LinkedHashMap<>();

    BlockExecutor(
            Hash chainId,
            LedgerLimits limits,
            Ledger ledger,
            ChainStore store,
            Mempool mempool,
            TransactionCheck check) {
        this.chainId = chainId;
        this.limits = limits;
        this.ledger = ledger;
        this.store = store;
        this.mempool = mempool;
        this.check = check;
        this.state = new RecentValues(store::latest, store::tip);
    }

    /** What came of executing a block; {@code detail} says for the log why it is no match. */
    record Outcome(
            ExecutionVerdict verdict,
            Optional<ExecutedBlock> block,
            String detail,
            Optional<StateDifference> difference) {
        static Outcome match(ExecutedBlock block) {
            return new Outcome(ExecutionVerdict.MATCH, Optional.of(block), "", Optional.empty());
        }

        static Outcome refused(ExecutionVerdict verdict, String detail) {
            return new Outcome(verdict, Optional.empty(), detail, Optional.empty());
        }
    }

    /** What waits, of each institution in turn, as a block; empty if there are none and an empty block is not wanted. */
    Optional<ExecutedBlock> build(Effect.Build order) {
        ChainTip tip = store.tip();
        if (tip.height() + 1 != order.height() || !tip.blockHash().equals(order.parentHash())) {
            throw new IllegalStateException("asked to build block " + order.height() + " on " + order.parentHash()
                    + ", and the tip is " + tip.height() + " " + tip.blockHash());
        }
        long timestamp = Math.max(order.minTimestampMillis(), order.nowMillis());
        List<ParsedTransaction> chosen = choose(timestamp, order.maxFraction());
        if (chosen.isEmpty() && !order.allowEmpty()) {
            return Optional.empty();
        }
        BlockContext context =
                new BlockContext(chainId, order.height(), timestamp, order.parentHash(), order.leaderRecord());
        BlockResult result = ledger.execute(state, context, chosen);
        // Those that this block has no room for wait for the next.
        List<ParsedTransaction> included = chosen.subList(0, result.receipts().size());
        BlockTransactions transactions = new BlockTransactions(included);
        TreeUpdate tree =
                StateTree.update(store.nodes(), tip.height(), tip.stateRoot(), order.height(), result.changes());
        BlockHeader header = new BlockHeader(
                BlockHeader.VERSION,
                chainId,
                order.height(),
                order.parentHash(),
                order.parentQc(),
                transactions.root(),
                tree.root(),
                result.receiptsRoot(),
                order.validatorSet().hash(),
                result.nextValidatorSet().hash(),
                timestamp,
                order.proposer());
        ExecutedBlock block = new ExecutedBlock(header, header.hash(), transactions.encode(), included, result, tree);
        keep(block, order.leaderRecord());
        return Optional.of(block);
    }

    private List<ParsedTransaction> choose(long timestampMillis, int fraction) {
        int maxCount = Math.max(1, limits.maxBlockTransactions() / fraction);
        int maxBytes = Math.max(limits.maxTransactionBytes(), limits.maxBlockBytes() / fraction);
        mempool.expire(timestampMillis);
        List<ParsedTransaction> chosen = new ArrayList<>(Math.min(maxCount, mempool.size()));
        int bytes = 0;
        for (ParsedTransaction transaction : mempool.inTurn()) {
            if (ledger.admissible(transaction, timestampMillis).isPresent()) {
                continue;
            }
            bytes += transaction.size() + TRANSACTION_OVERHEAD_BYTES;
            if (chosen.size() >= maxCount || bytes > maxBytes) {
                break;
            }
            chosen.add(transaction);
        }
        return chosen;
    }

    /**
     * Executes a child of the tip and compares its roots.
     *
     * @param certified a commit QC stands for it, so its signatures need no second look (BFT-17)
     */
    Outcome execute(BlockHeader header, Hash hash, byte[] body, byte[] leaderRecord, boolean certified) {
        ExecutedBlock known = executed.get(hash);
        if (known != null) {
            return Outcome.match(known);
        }
        ChainTip tip = store.tip();
        if (header.height() != tip.height() + 1 || !header.parentHash().equals(tip.blockHash())) {
            throw new IllegalStateException("asked to execute block " + header.height() + " above tip " + tip.height());
        }
        List<ByteString> signed;
        try {
            BlockBody decoded = BlockBodies.parse(body);
            if (!decoded.getUnknownFields().asMap().isEmpty() || decoded.getSerializedSize() != body.length) {
                return Outcome.refused(ExecutionVerdict.BODY_DIFFERS, "the body is not in its canonical form");
            }
            signed = decoded.getTransactionsList();
        } catch (InvalidProtocolBufferException malformed) {
            return Outcome.refused(ExecutionVerdict.BODY_DIFFERS, "the body is malformed: " + malformed.getMessage());
        }
        List<byte[]> raw = signed.stream().map(ByteString::toByteArray).toList();
        List<Hash> leaves = raw.stream().map(MerkleTree::leafHash).toList();
        if (!MerkleTree.root(leaves).equals(header.transactionsRoot())) {
            return Outcome.refused(ExecutionVerdict.BODY_DIFFERS, "the body is not the one of the header");
        }
        List<ParsedTransaction> transactions = new ArrayList<>(raw.size());
        Optional<String> fault = admit(header, body.length, raw, leaves, certified, transactions);
        if (fault.isPresent()) {
            return Outcome.refused(ExecutionVerdict.INADMISSIBLE, fault.get());
        }
        return run(tip, header, hash, body, leaderRecord, transactions);
    }

    /** Parses and checks each transaction (BFT-8); gives the first fault. */
    private Optional<String> admit(
            BlockHeader header,
            int bodyBytes,
            List<byte[]> raw,
            List<Hash> leaves,
            boolean certified,
            List<ParsedTransaction> transactions) {
        // What waits in the mempool was checked when it came, and is in no block yet.
        List<ParsedTransaction> strangers = new ArrayList<>();
        for (int i = 0; i < raw.size(); i++) {
            Optional<ParsedTransaction> pending = mempool.withLeaf(leaves.get(i));
            try {
                transactions.add(pending.isPresent() ? pending.get() : ParsedTransaction.parse(raw.get(i)));
            } catch (MalformedTransaction malformed) {
                return Optional.of("transaction " + i + ": " + malformed.getMessage());
            }
            if (pending.isEmpty()) {
                strangers.add(transactions.get(i));
            }
        }
        Optional<Rejection> rejection = ledger.admissibleBlock(
                transactions,
                bodyBytes,
                header.timestampMillis(),
                txId -> !mempool.contains(txId) && store.transaction(txId).isPresent());
        for (int i = 0; rejection.isEmpty() && !certified && i < strangers.size(); i++) {
            rejection = check.signatures(strangers.get(i));
        }
        return rejection.map(Rejection::message);
    }

    private Outcome run(
            ChainTip tip,
            BlockHeader header,
            Hash hash,
            byte[] body,
            byte[] leaderRecord,
            List<ParsedTransaction> transactions) {
        BlockContext context =
                new BlockContext(chainId, header.height(), header.timestampMillis(), header.parentHash(), leaderRecord);
        BlockResult result = ledger.execute(state, context, transactions);
        if (result.receipts().size() < transactions.size()) {
            return Outcome.refused(
                    ExecutionVerdict.INADMISSIBLE,
                    "transaction " + result.receipts().size() + " is one more than the block has room for (TX-6)");
        }
        TreeUpdate tree =
                StateTree.update(store.nodes(), tip.height(), tip.stateRoot(), header.height(), result.changes());
        if (!tree.root().equals(header.stateRoot())
                || !result.receiptsRoot().equals(header.receiptsRoot())
                || !result.nextValidatorSet().hash().equals(header.nextValidatorSetHash())) {
            return new Outcome(
                    ExecutionVerdict.ROOTS_DIFFER,
                    Optional.empty(),
                    "state root " + tree.root().shortHex() + " here, "
                            + header.stateRoot().shortHex() + " in the header; receipts root "
                            + result.receiptsRoot().shortHex() + " here, "
                            + header.receiptsRoot().shortHex()
                            + " in the header; of a certified block, what this node would have written is in "
                            + StateDifference.FILE + " beside its configuration",
                    Optional.of(StateDifference.of(header.height(), hash, result.changes())));
        }
        ExecutedBlock block = new ExecutedBlock(header, hash, body, transactions, result, tree);
        keep(block, leaderRecord);
        return Outcome.match(block);
    }

    private void keep(ExecutedBlock block, byte[] leaderRecord) {
        leaderRecords.put(block.hash(), leaderRecord);
        if (leaderRecords.size() > MAX_LEADER_RECORDS) {
            leaderRecords.remove(leaderRecords.keySet().iterator().next());
        }
        executed.put(block.hash(), block);
        if (executed.size() > MAX_SIBLINGS) {
            Hash oldest = executed.keySet().iterator().next();
            executed.remove(oldest);
            byLeaf.remove(oldest);
        }
    }

    /** The result of a block that was executed here, run once more if many siblings came after it. */
    ExecutedBlock decided(BlockHeader header, Hash hash, byte[] body) {
        ExecutedBlock kept = executed.get(hash);
        if (kept != null) {
            return kept;
        }
        byte[] leaderRecord = leaderRecords.get(hash);
        if (leaderRecord == null) {
            throw new IllegalStateException(
                    "block " + header.height() + " " + hash.shortHex() + " was decided and was not executed here");
        }
        Outcome again = execute(header, hash, body, leaderRecord, true);
        return again.block()
                .orElseThrow(() -> new IllegalStateException("block " + header.height() + " " + hash.shortHex()
                        + " gave another result than before: " + again.detail()));
    }

    /** An undecided block that was executed here. */
    Optional<ExecutedBlock> executed(Hash hash) {
        return Optional.ofNullable(executed.get(hash));
    }

    /** A transaction of an undecided block that was executed here. */
    Optional<ParsedTransaction> transaction(Hash leafHash) {
        for (ExecutedBlock block : executed.values()) {
            ParsedTransaction found =
                    byLeaf.computeIfAbsent(block.hash(), hash -> byLeaf(block)).get(leafHash);
            if (found != null) {
                return Optional.of(found);
            }
        }
        return Optional.empty();
    }

    private static Map<Hash, ParsedTransaction> byLeaf(ExecutedBlock block) {
        Map<Hash, ParsedTransaction> byLeaf = new HashMap<>();
        block.transactions().forEach(transaction -> byLeaf.put(transaction.leafHash(), transaction));
        return byLeaf;
    }

    /** Writes what executing the block gave, in one batch (BFT-15), and forgets its siblings. */
    void decide(ExecutedBlock block, QuorumCertificate commitQc) {
        ChainTip before = store.tip();
        store.commit(new DecidedBatch(
                block.header(),
                commitQc,
                block.body(),
                block.transactions().stream().map(ParsedTransaction::txId).toList(),
                block.result().receipts().stream().map(Receipt::bytes).toList(),
                block.result().changes(),
                block.tree(),
                block.result().index(),
                block.result().events()));
        state.follow(before, block.hash(), block.result().changes());
        executed.clear();
        byLeaf.clear();
        leaderRecords.clear();
    }
}
