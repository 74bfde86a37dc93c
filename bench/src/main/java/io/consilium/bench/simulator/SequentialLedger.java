package io.consilium.bench.simulator;

import io.consilium.consensus.LeaderSchedule;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.MerkleTree;
import io.consilium.crypto.Verifier;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.ValidatorSet;
import io.consilium.ledger.Ledger;
import io.consilium.ledger.block.BlockContext;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.BlockTransactions;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.state.StateReader;
import io.consilium.ledger.state.StateTree;
import io.consilium.ledger.state.TreeUpdate;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.storage.ChainTip;
import java.util.List;
import java.util.Optional;

/**
 * The reference: executes each decided block once, one after the other, with no undecided siblings, no crash and no
 * catch-up in between. What it computes must be what the header says.
 */
final class SequentialLedger {
    private final Ledger ledger;
    private final Hash chainId;
    private final ChainImage image;
    private final Verifier verifier;

    SequentialLedger(Ledger ledger, Hash chainId, ChainImage image, Verifier verifier) {
        this.ledger = ledger;
        this.chainId = chainId;
        this.image = image;
        this.verifier = verifier;
    }

    /** The ids of the block's transactions; throws {@link Violation} where header and body disagree. */
    List<Hash> follow(BlockHeader header, byte[] body) {
        require(header.parentHash().equals(image.tip.blockHash()), header, "does not follow its parent");
        List<ParsedTransaction> transactions = transactions(header, body);
        for (ParsedTransaction transaction : transactions) {
            require(
                    ledger.admissible(transaction, header.timestampMillis()).isEmpty(),
                    header,
                    "holds a transaction that is not admissible at its time");
            require(
                    ledger.verifySignatures(transaction, verifier).isEmpty(),
                    header,
                    "holds a badly signed transaction");
        }
        StateReader before = key -> Optional.ofNullable(image.flat.get(key));
        ValidatorSet set = new LedgerState(before).validators();
        byte[] leaders = LeaderSchedule.next(before.get(StateKeys.LEADER_RECORD).orElse(new byte[0]), header, set);
        BlockResult result = ledger.execute(
                before,
                new BlockContext(chainId, header.height(), header.timestampMillis(), header.parentHash(), leaders),
                transactions);
        TreeUpdate tree = StateTree.update(
                key -> Optional.ofNullable(image.nodes.get(key)),
                image.tip.height(),
                image.tip.stateRoot(),
                header.height(),
                result.changes());
        require(tree.root().equals(header.stateRoot()), header, "has another state root than its execution");
        require(result.receiptsRoot().equals(header.receiptsRoot()), header, "has other receipts than its execution");
        result.changes()
                .forEach((key, value) ->
                        value.ifPresentOrElse(bytes -> image.flat.put(key, bytes), () -> image.flat.remove(key)));
        image.nodes.putAll(tree.newNodes());
        tree.staleNodes().forEach(image.nodes::remove);
        image.tip = new ChainTip(header.height(), header.hash(), header.stateRoot());
        return transactions.stream().map(ParsedTransaction::txId).toList();
    }

    private static List<ParsedTransaction> transactions(BlockHeader header, byte[] body) {
        try {
            BlockTransactions block = BlockTransactions.decode(body);
            require(MerkleTree.root(block.leafHashes()).equals(header.transactionsRoot()), header, "has another body");
            return block.transactions();
        } catch (MalformedException malformed) {
            throw new Violation("VALIDITY", "block " + header.height() + " has a malformed body", malformed);
        }
    }

    private static void require(boolean holds, BlockHeader header, String fault) {
        if (!holds) {
            throw new Violation("VALIDITY", "block " + header.height() + " " + fault);
        }
    }
}
