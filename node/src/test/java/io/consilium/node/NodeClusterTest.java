package io.consilium.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.crypto.Hash;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.node.config.NodeConfig;
import io.consilium.node.replica.MempoolLimits;
import io.consilium.storage.FileVault;
import io.consilium.storage.RocksChainStore;
import io.consilium.storage.StageOutcome;
import io.consilium.storage.StorageConfig;
import io.consilium.storage.VaultConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Four whole nodes in one process, over real sockets and real stores. */
@Timeout(180)
class NodeClusterTest {
    private static final long WAIT_SECONDS = 30;
    private static final long POLL_NANOS = 2_000_000L;

    @TempDir
    Path directory;

    private final TestChain chain = TestChain.of(List.of(7_001, 7_002, 7_003, 7_004));
    private final Map<Integer, Running> running = new HashMap<>();
    private final Map<Integer, Integer> ports = new HashMap<>();
    private long number;

    private record Running(Node node, RocksChainStore store, FileVault vault) {}

    @AfterEach
    void stopAll() throws Exception {
        for (int i : List.copyOf(running.keySet())) {
            stop(i);
        }
    }

    @Test
    void decidesTransactionsTheSameOnAllNodes() throws Exception {
        startAll();
        List<ParsedTransaction> submitted = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            submitted.add(submit(i));
        }
        for (ParsedTransaction transaction : submitted) {
            for (int i = 0; i < 4; i++) {
                CommittedTransaction committed = committed(i, transaction);
                assertThat(committed.receipt().applied()).isTrue();
                assertThat(committed.txId()).isEqualTo(transaction.txId());
            }
        }
        await(() -> all(node -> node.status().height() == node(0).status().height()));
        NodeStatus status = node(0).status();
        assertThat(status.ready()).as(status.notReadyReasons().toString()).isTrue();
        for (int i = 1; i < 4; i++) {
            assertThat(node(i).status().stateRoot()).isEqualTo(status.stateRoot());
            assertThat(node(i).status().blockHash()).isEqualTo(status.blockHash());
        }
        assertThat(status.peers()).hasSize(3).allMatch(NodeStatus.Peer::connected);
    }

    @Test
    void takesInManyTransactionsAtOnce() throws Exception {
        startAll();
        List<ParsedTransaction> batch = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            batch.add(next(1));
        }
        List<Admission> admissions = node(1).submit(batch).get(WAIT_SECONDS, TimeUnit.SECONDS);
        assertThat(admissions).allMatch(admission -> admission instanceof Admission.Accepted);
        for (ParsedTransaction transaction : batch) {
            committed(3, transaction);
        }
        assertThat(node(1).isPending(batch.get(0).txId())).isFalse();
        assertThat(node(1).submit(batch.subList(0, 2)).get(WAIT_SECONDS, TimeUnit.SECONDS))
                .allMatch(admission -> admission instanceof Admission.Duplicate);
    }

    @Test
    @DisplayName("TX-1, TX-2: a bad signature, an expired and a far too late end are refused at the door")
    void refusesWhatCanNeverBeInABlock() throws Exception {
        startAll();
        ParsedTransaction good = next(0);
        long now = System.currentTimeMillis();
        List<Admission> admissions = node(0).submit(List.of(
                        TestTransactions.badlySigned(next(0)),
                        chain.noop(0, ++number, now - 1_000),
                        good,
                        chain.noop(0, ++number, now + 3_600_000)))
                .get(WAIT_SECONDS, TimeUnit.SECONDS);
        assertThat(admissions.get(0)).isInstanceOfSatisfying(Admission.Refused.class, refused -> assertThat(
                        refused.rejection().code())
                .isEqualTo("SIGNATURE_INVALID"));
        assertThat(admissions.get(1)).isInstanceOfSatisfying(Admission.Refused.class, refused -> assertThat(
                        refused.rejection().code())
                .isEqualTo("TRANSACTION_EXPIRED"));
        assertThat(admissions.get(2)).isEqualTo(new Admission.Accepted(good.txId()));
        assertThat(admissions.get(3)).isInstanceOfSatisfying(Admission.Refused.class, refused -> assertThat(
                        refused.rejection().code())
                .isEqualTo("VALIDITY_TOO_LONG"));
        committed(2, good);
    }

    @Test
    void goesOnWithoutOneNodeWhichCatchesUpWhenItReturns() throws Exception {
        startAll();
        committed(0, submit(0));
        stop(2);
        for (int i = 0; i < 20; i++) {
            committed(0, submit(i % 2 == 0 ? 0 : 3));
        }
        long height = node(0).status().height();
        start(2);
        await(() -> node(2).status().height() >= height);
        committed(2, submit(2));
        assertSameBlocks();
    }

    @Test
    void allFourStopAndStartAgainWithEverythingThatWasDecided() throws Exception {
        startAll();
        List<ParsedTransaction> decided = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            ParsedTransaction transaction = submit(i % 4);
            committed(i % 4, transaction);
            decided.add(transaction);
        }
        for (int i = 0; i < 4; i++) {
            stop(i);
        }
        startAll();
        committed(1, submit(1));
        for (ParsedTransaction transaction : decided) {
            for (int i = 0; i < 4; i++) {
                committed(i, transaction);
            }
        }
        assertSameBlocks();
    }

    @Test
    @DisplayName("REC-2 a ciphertext goes from one node's vault to another's")
    void rec2_forwardsPayloads() throws Exception {
        startAll();
        byte[] ciphertext = new byte[700_000];
        new SecureRandom().nextBytes(ciphertext);
        Hash hash = Hash.sha256(ciphertext);
        StageOutcome staged = running.get(0).vault().stage(hash, ciphertext.length, 0, ciphertext);
        assertThat(staged).isInstanceOf(StageOutcome.Held.class);
        assertThat(forward(0, "h3", hash)).isEqualTo(new PayloadForward.Held());
        assertThat(running.get(3).vault().size(hash)).hasValue(ciphertext.length);
        assertThat(forward(0, "h3", hash)).isEqualTo(new PayloadForward.Held());
        assertThat(forward(1, "h3", hash)).isEqualTo(new PayloadForward.Refused("NOT_HELD"));
    }

    @Test
    void tellsListenersOfEveryBlockInOrderAndCallersThatItStops() throws Exception {
        startAll();
        List<Long> heights = java.util.Collections.synchronizedList(new ArrayList<>());
        node(0).onCommitted(block -> heights.add(block.height()));
        for (int i = 0; i < 5; i++) {
            committed(0, submit(0));
        }
        await(() -> heights.size() >= 5);
        assertThat(heights).isSorted().doesNotHaveDuplicates();
        var waiting = node(0).committed(Hash.ZERO);
        stop(0);
        assertThat(waiting).isCompletedExceptionally();
    }

    private PayloadForward forward(int from, String to, Hash hash) throws Exception {
        return node(from).forwardPayload(to, hash).toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    private void assertSameBlocks() {
        long least = running.values().stream()
                .mapToLong(each -> each.store().tipHeight())
                .min()
                .orElseThrow();
        for (long height = 1; height <= least; height++) {
            byte[] first = running.get(0).store().header(height).orElseThrow();
            for (Running each : running.values()) {
                assertThat(each.store().header(height).orElseThrow()).isEqualTo(first);
            }
        }
    }

    private ParsedTransaction next(int institution) {
        return chain.noop(institution, ++number, System.currentTimeMillis() + 120_000);
    }

    private ParsedTransaction submit(int i) throws Exception {
        ParsedTransaction transaction = next(i);
        assertThat(node(i).submit(List.of(transaction)).get(WAIT_SECONDS, TimeUnit.SECONDS))
                .containsExactly(new Admission.Accepted(transaction.txId()));
        return transaction;
    }

    private CommittedTransaction committed(int i, ParsedTransaction transaction) throws Exception {
        return node(i).committed(transaction.txId()).get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    private Node node(int i) {
        return running.get(i).node();
    }

    private boolean all(Predicate<Node> predicate) {
        return running.values().stream().map(Running::node).allMatch(predicate);
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private void startAll() throws Exception {
        // The lower slug dials, so the highest starts first and its port is known to the others.
        for (int i = 3; i >= 0; i--) {
            start(i);
        }
    }

    private void start(int i) throws Exception {
        Path home = directory.resolve("h" + i);
        Hash chainId = chain.genesis().chainId();
        if (!java.nio.file.Files.exists(home)) {
            java.nio.file.Files.createDirectories(home);
            RocksChainStore.initialise(
                    home.resolve("db"), StorageConfig.DEFAULT, chain.genesis(), RocksChainStore.Start.GENESIS);
        }
        RocksChainStore store = RocksChainStore.open(home.resolve("db"), chainId, StorageConfig.DEFAULT);
        FileVault vault = FileVault.open(home.resolve("vault"), VaultConfig.DEFAULT);
        Node node = Node.start(
                chain.identity(i), settings(i), chainId, store, vault, System::currentTimeMillis, new SecureRandom());
        running.put(i, new Running(node, store, vault));
        ports.put(i, node.peerPort());
    }

    private NodeSettings settings(int i) {
        Map<String, String> addresses = new HashMap<>();
        ports.forEach((other, port) -> addresses.put("h" + other, "127.0.0.1:" + port));
        return new NodeSettings(
                "127.0.0.1",
                ports.getOrDefault(i, 0),
                addresses,
                8 << 20,
                16 << 20,
                new NodeConfig.Timing(250, 4_000, 1_000, 10_000, 10, 1_000),
                MempoolLimits.DEFAULT,
                10_000,
                1,
                32 << 20,
                32_768);
    }

    private void stop(int i) throws IOException {
        Running stopped = running.remove(i);
        stopped.node().close();
        stopped.vault().close();
        stopped.store().close();
    }
}
