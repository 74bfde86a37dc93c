package io.consilium.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.crypto.certificate.QuorumCertificate;
import io.consilium.ledger.state.NodeKey;
import io.consilium.storage.ChainSchema.Family;
import io.consilium.storage.StoreVerification.Finding;
import io.consilium.storage.StoreVerification.Report;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreVerificationTest {
    private static final StoreVerification.Rules RULES = new StoreVerification.Rules() {
        @Override
        public boolean decides(BlockHeader header, QuorumCertificate commitQc) {
            return commitQc.signers().size() == 3;
        }

        @Override
        public Hash txId(byte[] signedTransaction) {
            return Hash.sha256(signedTransaction);
        }
    };

    @TempDir
    Path directory;

    private RocksChainStore store;

    @BeforeEach
    void open() throws StoreException {
        store = TestChain.fresh(directory);
        for (int i = 0; i < 8; i++) {
            store.commit(TestChain.next(store, 10));
        }
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Report verify() {
        return StoreVerification.verify(store, 1, RULES, height -> {});
    }

    /** Writes past the store's own checks, as rot or a wrong hand would. */
    private void tamper(Family family, byte[] key, byte[] value) {
        try (RocksTables.Batch batch = store.tables.batch(1_000)) {
            batch.put(family, key, value);
            batch.write(false);
        }
    }

    private byte[] stored(Family family, byte[] key) {
        return store.get(family, key).orElseThrow();
    }

    private static byte[] flipped(byte[] bytes, int at) {
        byte[] other = bytes.clone();
        other[at] ^= 1;
        return other;
    }

    @Test
    void findsNothingInAWholeStore() {
        AtomicLong last = new AtomicLong();
        Report report = StoreVerification.verify(store, 1, RULES, last::set);
        assertThat(report.findings()).isEmpty();
        assertThat(report.clean()).isTrue();
        assertThat(report.tipHeight()).isEqualTo(8);
        assertThat(report.transactions()).isEqualTo(80);
        assertThat(report.stateKeys()).isEqualTo(82);
        assertThat(last).hasValue(8);
        assertThat(StoreVerification.verify(store, 5, RULES, h -> {}).transactions())
                .isEqualTo(40);
        assertThatThrownBy(() -> StoreVerification.verify(store, 0, RULES, h -> {}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void findsNothingInAFreshOrPrunedStore(@TempDir Path other) throws Exception {
        try (RocksChainStore empty = TestChain.fresh(other)) {
            assertThat(StoreVerification.verify(empty, 1, RULES, h -> {}).findings())
                    .isEmpty();
        }
        store.close();
        store = RocksChainStore.open(
                directory, TestChain.ID, new StorageConfig(1 << 20, 2 << 20, 1 << 20, 0, 64, 2, 1));
        assertThat(store.prune(1_000_000)).isPositive();
        assertThat(verify().findings()).isEmpty();
    }

    @Test
    void findsAChangedHeader() {
        byte[] key = ChainSchema.blockPart(4, ChainSchema.PART_HEADER);
        byte[] header = stored(Family.BLOCKS, key);
        tamper(Family.BLOCKS, key, flipped(header, header.length - 6)); // in its time
        assertThat(verify().findings())
                .contains(
                        new Finding(4, "the commit certificate is not for this header"),
                        new Finding(5, "the header names another parent"));
    }

    @Test
    void findsAChangedBodyReceiptAndCertificate() {
        byte[] body = ChainSchema.blockPart(2, ChainSchema.PART_BODY);
        tamper(Family.BLOCKS, body, flipped(stored(Family.BLOCKS, body), 10));
        byte[] receipts = ChainSchema.blockPart(3, ChainSchema.PART_RECEIPTS);
        tamper(Family.BLOCKS, receipts, flipped(stored(Family.BLOCKS, receipts), 10));
        QuorumCertificate weak = new QuorumCertificate(
                io.consilium.crypto.certificate.VoteType.COMMIT,
                5,
                0,
                Hash.of(store.block(6).map(this::parentHash).orElseThrow()),
                List.of(0),
                List.of(new byte[64]));
        tamper(Family.BLOCKS, ChainSchema.blockPart(5, ChainSchema.PART_COMMIT_QC), weak.encode());
        assertThat(verify().findings())
                .contains(
                        new Finding(2, "the transactions are not those of the header's transactionsRoot"),
                        new Finding(2, "transaction 0 is not found by its id"),
                        new Finding(3, "the receipts are not those of the header's receiptsRoot"),
                        new Finding(5, "the commit certificate is not valid"));
    }

    private byte[] parentHash(StoredBlock block) {
        try {
            return BlockHeader.decode(block.header()).parentHash().toBytes();
        } catch (io.consilium.crypto.MalformedException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Test
    void findsAChangedMissingOrAdditionalStateValue() {
        byte[] key = TestChain.COUNTER.bytes();
        byte[] flat = stored(Family.FLAT, key);
        tamper(Family.FLAT, key, flipped(flat, flat.length - 1));
        assertThat(verify().findings())
                .containsExactly(new Finding(8, "1 state values are not those that the state root certifies"));
        tamper(Family.FLAT, key, flat);
        tamper(Family.FLAT, TestChain.bytes("smuggled"), flat);
        assertThat(verify().findings())
                .containsExactly(new Finding(8, "there are 83 state values and 82 certified keys"));
    }

    @Test
    void findsAChangedTreeNode() {
        byte[] key = NodeKey.of(3, TestChain.object(3, 1).path(), NodeKey.LEAF_NIBBLES)
                .encode();
        byte[] leaf = stored(Family.NODES, key);
        tamper(Family.NODES, key, flipped(leaf, leaf.length - 1));
        assertThat(verify().findings()).singleElement().satisfies(finding -> assertThat(finding.what())
                .contains("is not the leaf that its parent names"));
        byte[] root = NodeKey.root(8).encode();
        tamper(Family.NODES, root, flipped(stored(Family.NODES, root), 20));
        assertThat(verify().findings()).hasSize(1);
    }

    @Test
    void findsABranchThatItsParentDoesNotName() {
        List<byte[]> branches = new ArrayList<>();
        store.scan(Family.NODES, ChainSchema.height(8), Optional.of(ChainSchema.height(9)), false, (key, node) -> {
            if (key[Long.BYTES] == 1) {
                branches.add(key);
            }
            return true;
        });
        byte[] key = branches.get(0);
        byte[] branch = stored(Family.NODES, key);
        tamper(Family.NODES, key, flipped(branch, branch.length - 1));
        assertThat(verify().findings()).singleElement().satisfies(finding -> assertThat(finding.what())
                .contains("is not the one that its parent names"));
    }

    @Test
    void boundsItsFindings() {
        store.commit(TestChain.next(store, StoreVerification.MAX_FINDINGS + 50));
        for (int i = 0; i < StoreVerification.MAX_FINDINGS + 50; i++) {
            tamper(Family.TXS, TestChain.txId(9, i).toBytes(), ChainSchema.location(1, 1));
        }
        assertThat(verify().findings()).hasSize(StoreVerification.MAX_FINDINGS);
    }
}
