package io.consilium.storage;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.MerkleTree;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.crypto.certificate.VoteType;
import io.consilium.ledger.state.BrokenStateException;
import io.consilium.ledger.state.StateReader;
import io.consilium.ledger.state.TreeWalk;
import io.consilium.proto.BlockBody;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.rocksdb.RocksDBException;

/**
 * Checks a whole store offline: every block against its header, its parent and its certificate, the state at the tip
 * against the certified root, and every table file against its checksums.
 *
 * <p>It holds one block and one path of the state tree in memory, and goes on after a fault, up to
 * {@link #MAX_FINDINGS}.
 */
public final class StoreVerification {
    public static final int MAX_FINDINGS = 100;

    private final RocksChainStore store;
    private final Rules rules;
    private final List<Finding> findings = new ArrayList<>();
    private long transactions;

    private StoreVerification(RocksChainStore store, Rules rules) {
        this.store = store;
        this.rules = rules;
    }

    /** What storage cannot know of a chain. */
    public interface Rules {
        /** True when the certificate is a valid one by the validators of the header's height. */
        boolean decides(BlockHeader header, QuorumCertificate commitQc);

        /** The id under which a transaction is found, from its full signed bytes. */
        Hash txId(byte[] signedTransaction) throws MalformedException;
    }

    /**
     * One fault.
     *
     * @param height of the block, or of the tip for faults of the state and of the files
     */
    public record Finding(long height, String what) {}

    /**
     * What was checked and what was found.
     *
     * @param stateKeys keys of the state at the tip
     */
    public record Report(long fromHeight, long tipHeight, long transactions, long stateKeys, List<Finding> findings) {
        public Report {
            findings = List.copyOf(findings);
        }

        public boolean clean() {
            return findings.isEmpty();
        }
    }

    /**
     * Verifies from a height (1 or later) to the tip, and the state at the tip.
     *
     * @param progress told each height that is done
     */
    public static Report verify(RocksChainStore store, long fromHeight, Rules rules, LongConsumer progress) {
        if (fromHeight < 1) {
            throw new IllegalArgumentException("the first block has height 1, there is no height " + fromHeight);
        }
        return new StoreVerification(store, rules).run(fromHeight, progress);
    }

    private Report run(long fromHeight, LongConsumer progress) {
        long tip = store.tipHeight();
        long keys = 0;
        try {
            Optional<Hash> parent = parentOf(fromHeight);
            for (long height = fromHeight; height <= tip && findings.size() < MAX_FINDINGS; height++) {
                parent = verifyBlock(height, parent);
                progress.accept(height);
            }
            verifyTip(parent);
            keys = verifyState();
            verifyFiles(tip);
        } catch (StorageFailure unreadable) {
            // What the disk no longer gives is a finding here, and the end of what can be checked.
            found(tip, String.valueOf(unreadable.getMessage()));
        }
        return new Report(fromHeight, tip, transactions, keys, findings);
    }

    private Optional<Hash> parentOf(long fromHeight) {
        if (fromHeight == 1) {
            return Optional.of(store.chainId());
        }
        return store.header(fromHeight - 1).flatMap(bytes -> {
            try {
                return Optional.of(BlockHeader.decode(bytes).hash());
            } catch (MalformedException malformed) {
                found(fromHeight - 1, String.valueOf(malformed.getMessage()));
                return Optional.empty();
            }
        });
    }

    /** The block's hash, if its header can be read. */
    private Optional<Hash> verifyBlock(long height, Optional<Hash> parent) {
        Optional<StoredBlock> stored = store.block(height);
        if (stored.isEmpty()) {
            found(height, "the block is missing");
            return Optional.empty();
        }
        try {
            BlockHeader header = BlockHeader.decode(stored.get().header());
            Hash hash = header.hash();
            check(header.height() == height, height, "the header says height " + header.height());
            check(header.chainId().equals(store.chainId()), height, "the header belongs to another chain");
            if (parent.isPresent()) {
                check(header.parentHash().equals(parent.get()), height, "the header names another parent");
            }
            verifyCertificate(header, hash, stored.get());
            verifyBody(header, stored.get());
            return Optional.of(hash);
        } catch (MalformedException malformed) {
            found(height, String.valueOf(malformed.getMessage()));
            return Optional.empty();
        }
    }

    private void verifyCertificate(BlockHeader header, Hash hash, StoredBlock stored) throws MalformedException {
        QuorumCertificate commitQc = QuorumCertificate.decode(stored.commitQc());
        boolean names = commitQc.type() == VoteType.COMMIT
                && commitQc.height() == header.height()
                && commitQc.blockHash().equals(hash);
        check(names, header.height(), "the commit certificate is not for this header");
        check(!names || rules.decides(header, commitQc), header.height(), "the commit certificate is not valid");
    }

    private void verifyBody(BlockHeader header, StoredBlock stored) throws MalformedException {
        long height = header.height();
        List<ByteString> signed;
        try {
            signed = BlockBody.parseFrom(stored.body()).getTransactionsList();
        } catch (InvalidProtocolBufferException malformed) {
            found(height, "the body cannot be read");
            return;
        }
        List<Hash> leaves = new ArrayList<>(signed.size());
        for (int i = 0; i < signed.size(); i++) {
            byte[] bytes = signed.get(i).toByteArray();
            leaves.add(MerkleTree.leafHash(bytes));
            verifyLocation(height, i, bytes);
        }
        transactions += signed.size();
        check(
                MerkleTree.root(leaves).equals(header.transactionsRoot()),
                height,
                "the transactions are not those of the header's transactionsRoot");
        List<Hash> receipts =
                stored.receipts().stream().map(MerkleTree::leafHash).toList();
        check(receipts.size() == leaves.size(), height, "there is not one receipt for each transaction");
        check(
                MerkleTree.root(receipts).equals(header.receiptsRoot()),
                height,
                "the receipts are not those of the header's receiptsRoot");
    }

    private void verifyLocation(long height, int index, byte[] signed) {
        try {
            Optional<TxLocation> location = store.transaction(rules.txId(signed));
            check(
                    location.equals(Optional.of(new TxLocation(height, index))),
                    height,
                    "transaction " + index + " is not found by its id");
        } catch (MalformedException malformed) {
            found(height, "transaction " + index + ": " + malformed.getMessage());
        }
    }

    private void verifyTip(Optional<Hash> lastHash) {
        ChainTip tip = store.tip();
        if (tip.height() > 0) {
            check(
                    lastHash.isEmpty() || lastHash.get().equals(tip.blockHash()),
                    tip.height(),
                    "the tip is another block than the last header");
        }
        check(
                store.stateRoot(tip.height()).equals(Optional.of(tip.stateRoot())),
                tip.height(),
                "the tip has another state root than its header");
    }

    /** The tree holds what the root certifies, and the flat values are the tree's, no more and no fewer. */
    private long verifyState() {
        ChainTip tip = store.tip();
        StateReader latest = store.latest();
        long[] different = {0};
        long keys;
        try {
            keys = TreeWalk.walk(store.storedNodes(), tip.height(), tip.stateRoot(), (key, value) -> {
                if (latest.get(key).filter(flat -> Arrays.equals(flat, value)).isEmpty()) {
                    different[0]++;
                }
            });
        } catch (BrokenStateException broken) {
            found(tip.height(), String.valueOf(broken.getMessage()));
            return 0;
        }
        check(
                different[0] == 0,
                tip.height(),
                different[0] + " state values are not those that the state root certifies");
        long[] flat = {0};
        store.scan(ChainSchema.Family.FLAT, new byte[0], Optional.empty(), false, (key, value) -> {
            flat[0]++;
            return true;
        });
        check(flat[0] == keys, tip.height(), "there are " + flat[0] + " state values and " + keys + " certified keys");
        return keys;
    }

    private void verifyFiles(long tip) {
        store.access(() -> {
            try {
                store.tables.verifyChecksums();
            } catch (RocksDBException damaged) {
                found(tip, "a table file of the store is damaged: " + damaged.getMessage());
            }
            return true;
        });
    }

    private void check(boolean holds, long height, String fault) {
        if (!holds) {
            found(height, fault);
        }
    }

    private void found(long height, String what) {
        if (findings.size() < MAX_FINDINGS) {
            findings.add(new Finding(height, what));
        }
    }
}
