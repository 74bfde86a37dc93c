package io.consilium.storage;

import static io.consilium.storage.TestChain.COUNTER;
import static io.consilium.storage.TestChain.bytes;
import static io.consilium.storage.TestChain.vote;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.crypto.Hash;
import io.consilium.crypto.certificate.Evidence;
import io.consilium.crypto.certificate.VoteType;
import io.consilium.ledger.block.IndexEntry;
import io.consilium.ledger.state.NodeKey;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateProof;
import io.consilium.ledger.state.StateTree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksChainStoreTest {
    @TempDir
    Path directory;

    private RocksChainStore store;

    @BeforeEach
    void open() throws StoreException {
        store = TestChain.fresh(directory);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void reopen() throws StoreException {
        store.close();
        store = TestChain.open(directory);
    }

    @Test
    void startsWithGenesisStateAndAnEmptyVoteRecord() {
        assertThat(store.tipHeight()).isZero();
        assertThat(store.tip().blockHash()).isEqualTo(TestChain.ID);
        assertThat(store.stateRoot(0)).contains(store.tip().stateRoot());
        assertThat(store.latest().get(COUNTER))
                .hasValueSatisfying(v -> assertThat(v).isEqualTo(bytes("0")));
        assertThat(store.votes()).hasValueSatisfying(votes -> assertThat(votes).isEmpty());
        assertThat(store.scan("institutions", new byte[0], Optional.empty(), 10, false)
                        .items())
                .containsExactly(new IndexPage.Item(bytes("st-mary"), new byte[0]));
        assertThat(store.block(0)).isEmpty();
        assertThat(store.block(1)).isEmpty();
        assertThat(store.transaction(Hash.ZERO)).isEmpty();
    }

    @Test
    void givesBackEverythingOfABlockAfterReopening() throws Exception {
        DecidedBatch block = TestChain.next(store, 3);
        store.commit(block);
        reopen();

        assertThat(store.tip())
                .isEqualTo(new ChainTip(1, block.blockHash(), block.header().stateRoot()));
        StoredBlock stored = store.block(1).orElseThrow();
        assertThat(stored.header()).isEqualTo(block.header().encode());
        assertThat(stored.body()).isEqualTo(block.body());
        assertThat(stored.commitQc()).isEqualTo(block.commitQc().encode());
        assertThat(stored.receipts()).containsExactlyElementsOf(block.receipts());
        assertThat(store.transaction(TestChain.txId(1, 2))).contains(new TxLocation(1, 2));
        assertThat(store.latest().get(TestChain.object(1, 1)).orElseThrow()).isEqualTo(bytes("value 1/1"));
        assertThat(store.getAll(List.of(TestChain.object(1, 0), StateKey.of("absent"), COUNTER)))
                .satisfiesExactly(
                        first -> assertThat(first.orElseThrow()).isEqualTo(bytes("value 1/0")),
                        second -> assertThat(second).isEmpty(),
                        third -> assertThat(third.orElseThrow()).isEqualTo(bytes("1")));
        StateProof proof = StateTree.prove(store.nodes(), 1, store.tip().stateRoot(), COUNTER);
        assertThat(proof.verify(block.header().stateRoot())).isTrue();
    }

    @Test
    @DisplayName("TX-7 a proof through a cold store and through the cache of branches is the same")
    void tx7_provesThroughColdAndWarmStore() throws Exception {
        for (int i = 0; i < 20; i++) {
            store.commit(TestChain.next(store, 20));
        }
        Hash root = store.tip().stateRoot();
        byte[] warm =
                StateTree.prove(store.nodes(), 20, root, TestChain.object(7, 7)).encode();
        reopen();
        StateProof cold = StateTree.prove(store.nodes(), 20, root, TestChain.object(7, 7));
        assertThat(cold.encode()).isEqualTo(warm);
        assertThat(cold.verify(root)).isTrue();
    }

    @Test
    void refusesABlockThatDoesNotFollowAndChangesNothing() {
        DecidedBatch first = TestChain.next(store, 1);
        store.commit(first);
        ChainTip tip = store.tip();
        assertThatThrownBy(() -> store.commit(first))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("does not follow tip 1");
        assertThat(store.tip()).isEqualTo(tip);
    }

    @Test
    void refusesABatchWhoseRootIsNotItsHeaders() {
        DecidedBatch block = TestChain.next(store, 1);
        var otherTree = StateTree.update(
                store.nodes(),
                0,
                store.tip().stateRoot(),
                1,
                new TreeMap<>(java.util.Map.of(COUNTER, Optional.empty())));
        assertThatThrownBy(() -> new DecidedBatch(
                        block.header(),
                        block.commitQc(),
                        block.body(),
                        block.txIds(),
                        block.receipts(),
                        block.changes(),
                        otherTree,
                        block.index(),
                        block.events()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("state root");
    }

    @Test
    void deletesAStateKey() throws Exception {
        store.commit(TestChain.next(store, 1));
        SortedMap<StateKey, Optional<byte[]>> deletion = new TreeMap<>();
        deletion.put(TestChain.object(1, 0), Optional.empty());
        store.commit(TestChain.next(store, 0, deletion));
        reopen();
        assertThat(store.latest().get(TestChain.object(1, 0))).isEmpty();
        StateProof absence = StateTree.prove(store.nodes(), 2, store.tip().stateRoot(), TestChain.object(1, 0));
        assertThat(absence.value()).isEmpty();
        assertThat(absence.verify(store.tip().stateRoot())).isTrue();
        assertThat(store.stateAt(1).orElseThrow().get(TestChain.object(1, 0)).orElseThrow())
                .isEqualTo(bytes("value 1/0"));
    }

    @Test
    @DisplayName("BFT-15 votes of a height stay until its block is durable")
    void bft15_keepsVotesUntilTheBlockIsSynced() throws Exception {
        VoteEntry one = vote(1, 1, "prepare of 1");
        VoteEntry two = vote(2, 1, "prepare of 2");
        VoteEntry three = vote(3, 1, "prepare of 3");
        store.appendVotes(List.of(one));
        store.commit(TestChain.next(store, 1));
        assertThat(store.votes().orElseThrow()).containsExactly(one);

        store.appendVotes(List.of(two)); // makes block 1 durable
        assertThat(store.votes().orElseThrow()).containsExactly(one, two);
        store.commit(TestChain.next(store, 1));
        assertThat(store.votes().orElseThrow()).containsExactly(two);

        store.appendVotes(List.of(three));
        reopen();
        assertThat(store.votes().orElseThrow()).containsExactly(two, three);
        store.commit(TestChain.next(store, 1));
        assertThat(store.votes().orElseThrow()).containsExactly(three);
    }

    @Test
    void replacesAVoteEntryOfTheSameKey() {
        store.appendVotes(List.of(vote(1, 1, "old"), vote(1, 2, "other")));
        store.appendVotes(List.of(vote(1, 1, "new")));
        assertThat(store.votes().orElseThrow()).containsExactly(vote(1, 1, "new"), vote(1, 2, "other"));
    }

    @Test
    @DisplayName("BFT-16 an observer's store has no vote record until it votes")
    void bft16_observerHasNoVoteRecord(@TempDir Path other) throws Exception {
        RocksChainStore.initialise(other, StorageConfig.DEFAULT, TestChain.genesis(), RocksChainStore.Start.OBSERVER);
        try (RocksChainStore observer = TestChain.open(other)) {
            assertThat(observer.votes()).isEmpty();
            observer.commit(TestChain.next(observer, 1));
            assertThat(observer.votes()).isEmpty();
        }
        try (RocksChainStore observer = TestChain.open(other)) {
            assertThat(observer.votes()).isEmpty();
            observer.appendVotes(List.of(vote(2, 1, "back again")));
        }
        try (RocksChainStore validator = TestChain.open(other)) {
            assertThat(validator.votes().orElseThrow()).containsExactly(vote(2, 1, "back again"));
        }
    }

    @Test
    @DisplayName("BFT-16 opening as an observer forgets every vote and keeps the chain")
    void bft16_openAsObserverForgetsVotes() throws Exception {
        store.appendVotes(List.of(vote(1, 1, "gone")));
        store.commit(TestChain.next(store, 2));
        store.close();
        store = RocksChainStore.openAsObserver(directory, TestChain.ID, StorageConfig.DEFAULT, "st-mary");
        assertThat(store.votes()).isEmpty();
        assertThat(store.tipHeight()).isEqualTo(1);
        reopen();
        assertThat(store.votes()).isEmpty();
    }

    @Test
    void snapshotDoesNotSeeLaterBlocks() {
        store.commit(TestChain.next(store, 2));
        try (Snapshot before = store.snapshot()) {
            store.commit(TestChain.next(store, 2));
            assertThat(before.tipHeight()).isEqualTo(1);
            assertThat(before.block(2)).isEmpty();
            assertThat(before.transaction(TestChain.txId(2, 0))).isEmpty();
            assertThat(before.latest().get(COUNTER).orElseThrow()).isEqualTo(bytes("1"));
            assertThat(before.scan("by-height", new byte[0], Optional.empty(), 100, false)
                            .items())
                    .hasSize(2);
            assertThat(before.events(EventCursor.START, 100).events()).hasSize(2);
            assertThat(store.latest().get(COUNTER).orElseThrow()).isEqualTo(bytes("2"));
        }
    }

    @Test
    void snapshotsAreBoundedAndRefusedAfterClosing() throws Exception {
        store.close();
        StorageConfig few = new StorageConfig(1 << 20, 2 << 20, 1 << 20, 0, 64, 2, 1);
        store = RocksChainStore.open(directory, TestChain.ID, few);
        Snapshot first = store.snapshot();
        Snapshot second = store.snapshot();
        assertThatThrownBy(store::snapshot).isInstanceOf(SnapshotLimitException.class);
        first.close();
        first.close();
        Snapshot third = store.snapshot();
        assertThatThrownBy(() -> first.header(1)).isInstanceOf(StoreClosedException.class);
        store.close();
        assertThatThrownBy(() -> second.header(1)).isInstanceOf(StoreClosedException.class);
        third.close();
        assertThatThrownBy(() -> store.header(1)).isInstanceOf(StoreClosedException.class);
        assertThatThrownBy(() -> store.appendVotes(List.of(vote(1, 1, "late"))))
                .isInstanceOf(StoreClosedException.class);
    }

    @Test
    void closingWaitsForReadersOfSnapshots() throws Exception {
        for (int i = 0; i < 5; i++) {
            store.commit(TestChain.next(store, 50));
        }
        AtomicBoolean reading = new AtomicBoolean();
        List<CompletableFuture<Integer>> readers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            readers.add(CompletableFuture.supplyAsync(() -> {
                int reads = 0;
                try (Snapshot snapshot = store.snapshot()) {
                    while (true) {
                        assertThat(snapshot.block(3)).isPresent();
                        snapshot.scan("by-height", new byte[0], Optional.empty(), 200, reads % 2 == 0);
                        reads++;
                        reading.set(true);
                    }
                } catch (StoreClosedException closed) {
                    return reads;
                }
            }));
        }
        while (!reading.get()) {
            Thread.onSpinWait();
        }
        store.close();
        for (CompletableFuture<Integer> reader : readers) {
            assertThat(reader.get()).isNotNegative();
        }
    }

    @Test
    void pagesThroughAnIndexWithoutGapsOrRepeats() {
        for (int i = 0; i < 7; i++) {
            store.commit(TestChain.next(store, 13));
        }
        for (int limit : new int[] {1, 2, 12, 13, 14, 90, 91, 92, 1000}) {
            assertThat(allPages("by-height", new byte[0], limit, false)).hasSize(91);
            List<byte[]> forward = allPages("by-height", new byte[0], limit, false);
            List<byte[]> backward = allPages("by-height", new byte[0], limit, true);
            java.util.Collections.reverse(backward);
            assertThat(backward).containsExactlyElementsOf(forward);
            assertThat(forward).isSortedAccordingTo(Arrays::compareUnsigned).doesNotHaveDuplicates();
        }
        byte[] third = ChainSchema.height(3);
        assertThat(allPages("by-height", third, 5, false)).hasSize(13).allMatch(key -> key[7] == 3);
        assertThat(allPages("by-height", third, 5, true)).hasSize(13);
        assertThat(allPages("by-heigh", new byte[0], 5, false)).isEmpty();
        assertThatThrownBy(() -> store.scan("by-height", new byte[0], Optional.empty(), 0, false))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.scan("by-height", new byte[0], Optional.empty(), 1001, false))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.scan("näme", new byte[0], Optional.empty(), 10, false))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private List<byte[]> allPages(String index, byte[] prefix, int limit, boolean reverse) {
        List<byte[]> keys = new ArrayList<>();
        Optional<byte[]> after = Optional.empty();
        do {
            IndexPage page = store.scan(index, prefix, after, limit, reverse);
            assertThat(page.items().size()).isLessThanOrEqualTo(limit);
            page.items().forEach(item -> keys.add(item.key()));
            after = page.nextAfterKey();
        } while (after.isPresent());
        return keys;
    }

    @Test
    void pagesEndByBytesTooAndKeepNeighbouringIndexesApart() {
        DecidedBatch block = TestChain.next(store, 0);
        List<IndexEntry> entries = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            entries.add(new IndexEntry("big", new byte[] {(byte) i}, new byte[RocksView.MAX_PAGE_BYTES / 3]));
        }
        entries.add(new IndexEntry("big", new byte[] {(byte) 0xff, (byte) 0xff}, bytes("last")));
        entries.add(new IndexEntry("bih", new byte[0], bytes("neighbour")));
        store.commit(with(block, entries));
        assertThat(store.scan("big", new byte[0], Optional.empty(), 100, false).items())
                .hasSize(3);
        assertThat(allPages("big", new byte[0], 100, false)).hasSize(11);
        assertThat(allPages("big", new byte[] {(byte) 0xff}, 100, false)).hasSize(1);
        assertThat(allPages("big", new byte[] {(byte) 0xff}, 100, true)).hasSize(1);
        assertThat(allPages("bih", new byte[0], 100, true)).hasSize(1);
    }

    private static HeldEvidence fault(String culprit, int round) {
        return new HeldEvidence(
                culprit,
                new Evidence.Equivocation(
                        VoteType.PREPARE, 0, 5, round, 2, Hash.ZERO, new byte[64], TestChain.ID, new byte[64]));
    }

    @Test
    @DisplayName("BFT-19 evidence outlives the process, once a fault, and a liar's faults are bounded")
    void bft19_keepsEvidence() throws StoreException {
        assertThat(store.keepEvidence(fault("helix", 1))).isTrue();
        assertThat(store.keepEvidence(fault("helix", 0))).isTrue();
        assertThat(store.keepEvidence(fault("helix", 1))).as("the same fault").isFalse();
        reopen();
        assertThat(store.evidence())
                .extracting(held -> held.culprit() + " " + held.evidence().round())
                .containsExactly("helix 0", "helix 1");
        assertThat(store.evidence().get(1).evidence().encode())
                .isEqualTo(fault("helix", 1).evidence().encode());
        for (int round = 2; round < HeldEvidence.MAX_A_CULPRIT; round++) {
            assertThat(store.keepEvidence(fault("helix", round))).isTrue();
        }
        assertThat(store.keepEvidence(fault("helix", 99))).as("one too many").isFalse();
        assertThat(store.keepEvidence(fault("medwatch", 99))).isTrue();
        store.dropEvidence(fault("helix", 0));
        reopen();
        assertThat(store.evidence()).hasSize(HeldEvidence.MAX_A_CULPRIT);
        assertThat(store.keepEvidence(fault("helix", 99))).isTrue();
    }

    private static DecidedBatch with(DecidedBatch block, List<IndexEntry> index) {
        return new DecidedBatch(
                block.header(),
                block.commitQc(),
                block.body(),
                block.txIds(),
                block.receipts(),
                block.changes(),
                block.tree(),
                index,
                block.events());
    }

    @Test
    @DisplayName("INT-3 a cursor resumes the event stream without a gap or a repeat")
    void int3_resumesEvents() throws Exception {
        for (int i = 0; i < 6; i++) {
            store.commit(TestChain.next(store, i));
        }
        for (int limit : new int[] {1, 2, 3, 4, 5, 15, 1000}) {
            List<EventCursor> seen = new ArrayList<>();
            EventCursor cursor = EventCursor.START;
            for (EventPage page = store.events(cursor, limit);
                    !page.events().isEmpty();
                    page = store.events(cursor, limit)) {
                page.events().forEach(event -> seen.add(event.cursor()));
                cursor = page.next();
            }
            assertThat(seen).hasSize(15).isSorted().doesNotHaveDuplicates();
        }
        EventCursor end = store.events(new EventCursor(6, 4), 10).next();
        assertThat(end).isEqualTo(EventCursor.after(6));
        store.commit(TestChain.next(store, 2));
        reopen();
        assertThat(store.events(end, 10).events())
                .extracting(StoredEvent::cursor)
                .containsExactly(new EventCursor(7, 0), new EventCursor(7, 1));
        assertThat(store.events(end, 10).events().get(1).event().parties()).containsExactly("st-mary");
    }

    @Test
    @DisplayName("TX-7 reads at an earlier height until it is pruned")
    void tx7_readsEarlierHeightsUntilPruned() throws Exception {
        store.close();
        StorageConfig keepThree = new StorageConfig(1 << 20, 2 << 20, 1 << 20, 1 << 16, 64, 8, 3);
        store = RocksChainStore.open(directory, TestChain.ID, keepThree);
        for (int i = 0; i < 10; i++) {
            store.commit(TestChain.next(store, 30));
        }
        for (int height = 0; height <= 10; height++) {
            assertCounterAt(height);
        }
        assertThat(store.stateAt(11)).isEmpty();
        List<Hash> roots = new ArrayList<>();
        for (int height = 7; height <= 10; height++) {
            roots.add(store.stateRoot(height).orElseThrow());
        }
        int steps = 0;
        while (store.prune(5) > 0) {
            steps++;
        }
        assertThat(steps).isGreaterThan(3);
        assertThat(store.oldestVersion()).isEqualTo(7);
        store.close();
        store = RocksChainStore.open(directory, TestChain.ID, keepThree);
        assertThat(store.oldestVersion()).isEqualTo(7);
        assertThat(store.stateAt(6)).isEmpty();
        for (int height = 7; height <= 10; height++) {
            assertCounterAt(height);
            Hash root = roots.get(height - 7);
            for (int key = 0; key < 30; key++) {
                assertThat(StateTree.prove(store.nodes(), height, root, TestChain.object(2, key))
                                .verify(root))
                        .isTrue();
            }
        }
        assertThat(store.prune(5)).isZero();
        store.commit(TestChain.next(store, 30));
        assertThat(store.prune(1_000)).isPositive();
        assertThat(store.oldestVersion()).isEqualTo(8);
    }

    private void assertCounterAt(int height) {
        assertThat(store.stateAt(height).orElseThrow().get(COUNTER).orElseThrow())
                .isEqualTo(bytes(Integer.toString(height)));
        assertThat(store.stateAt(height).orElseThrow().get(TestChain.object(height + 1L, 0)))
                .isEmpty();
    }

    @Test
    void keepsSecretsAndForgetsDeletedOnes() throws Exception {
        SecretsStore secrets = store.secrets();
        for (int i = 0; i < 5; i++) {
            secrets.put(bytes("scope/" + i), bytes("sealed " + i));
        }
        secrets.put(bytes("data/1"), bytes("other"));
        secrets.delete(bytes("scope/3"));
        reopen();
        assertThat(store.secrets().get(bytes("scope/2")).orElseThrow()).isEqualTo(bytes("sealed 2"));
        assertThat(store.secrets().get(bytes("scope/3"))).isEmpty();
        assertThat(store.secrets().keys(bytes("scope/"), Optional.empty(), 3))
                .containsExactly(bytes("scope/0"), bytes("scope/1"), bytes("scope/2"));
        assertThat(store.secrets().keys(bytes("scope/"), Optional.of(bytes("scope/2")), 3))
                .containsExactly(bytes("scope/4"));
        assertThatThrownBy(() -> store.secrets().put(new byte[0], bytes("x")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void cacheOfBranchesStaysWithinItsBound() {
        NodeCache cache = new NodeCache(10_000);
        for (int i = 0; i < 1_000; i++) {
            cache.put(NodeKey.of(1, Hash.sha256(new byte[i]), 8), new byte[500]);
        }
        assertThat(cache.bytes()).isBetween(5_000L, 10_000L);
        assertThat(cache.get(NodeKey.of(1, Hash.sha256(new byte[999]), 8))).isPresent();
        assertThat(cache.get(NodeKey.of(1, Hash.sha256(new byte[0]), 8))).isEmpty();
    }

    @Test
    void cacheOfBranchesKeepsTheNewestOfAPlace() {
        NodeCache cache = new NodeCache(10_000);
        for (int version = 1; version <= 100; version++) {
            cache.put(NodeKey.of(version, Hash.ZERO, 3), new byte[500]);
        }
        assertThat(cache.bytes()).isLessThan(1_000L);
        cache.put(NodeKey.of(99, Hash.ZERO, 3), new byte[500]);
        assertThat(cache.get(NodeKey.of(100, Hash.ZERO, 3))).isPresent();
        assertThat(cache.get(NodeKey.of(99, Hash.ZERO, 3))).isEmpty();
    }
}
