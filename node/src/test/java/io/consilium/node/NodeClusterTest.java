package io.consilium.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.crypto.Hash;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.storage.StageOutcome;
import io.consilium.storage.Vault;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Four whole nodes in one process, over real sockets and real stores. */
@Timeout(180)
class NodeClusterTest {
    private static final long WAIT_SECONDS = 30;

    @TempDir
    Path directory;

    private final TestChain chain = TestChain.of(List.of(7_001, 7_002, 7_003, 7_004));
    private long number;

    private TestCluster cluster;

    @BeforeEach
    void prepare() {
        cluster = new TestCluster(directory, chain);
    }

    @AfterEach
    void stopAll() throws Exception {
        cluster.close();
    }

    @Test
    void decidesTransactionsTheSameOnAllNodes() throws Exception {
        cluster.startAll();
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
        TestCluster.await(() ->
                all(node -> node.status().height() == cluster.node(0).status().height()));
        NodeStatus status = cluster.node(0).status();
        assertThat(status.ready()).as(status.notReadyReasons().toString()).isTrue();
        for (int i = 1; i < 4; i++) {
            assertThat(cluster.node(i).status().stateRoot()).isEqualTo(status.stateRoot());
            assertThat(cluster.node(i).status().blockHash()).isEqualTo(status.blockHash());
        }
        assertThat(status.peers()).hasSize(3).allMatch(NodeStatus.Peer::connected);
    }

    @Test
    void takesInManyTransactionsAtOnce() throws Exception {
        cluster.startAll();
        List<ParsedTransaction> batch = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            batch.add(next(1));
        }
        List<Admission> admissions = cluster.node(1).submit(batch).get(WAIT_SECONDS, TimeUnit.SECONDS);
        assertThat(admissions).allMatch(admission -> admission instanceof Admission.Accepted);
        for (ParsedTransaction transaction : batch) {
            committed(3, transaction);
        }
        assertThat(cluster.node(1).isPending(batch.get(0).txId())).isFalse();
        assertThat(cluster.node(1).submit(batch.subList(0, 2)).get(WAIT_SECONDS, TimeUnit.SECONDS))
                .allMatch(admission -> admission instanceof Admission.Duplicate);
    }

    @Test
    @DisplayName("TX-1, TX-2: a bad signature, an expired and a far too late end are refused at the door")
    void refusesWhatCanNeverBeInABlock() throws Exception {
        cluster.startAll();
        ParsedTransaction good = next(0);
        long now = System.currentTimeMillis();
        List<Admission> admissions = cluster.node(0)
                .submit(List.of(
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
        cluster.startAll();
        committed(0, submit(0));
        cluster.stop(2);
        for (int i = 0; i < 20; i++) {
            committed(0, submit(i % 2 == 0 ? 0 : 3));
        }
        long height = cluster.node(0).status().height();
        cluster.start(2);
        TestCluster.await(() -> cluster.node(2).status().height() >= height);
        committed(2, submit(2));
        assertSameBlocks();
    }

    @Test
    void allFourStopAndStartAgainWithEverythingThatWasDecided() throws Exception {
        cluster.startAll();
        List<ParsedTransaction> decided = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            ParsedTransaction transaction = submit(i % 4);
            committed(i % 4, transaction);
            decided.add(transaction);
        }
        for (int i = 0; i < 4; i++) {
            cluster.stop(i);
        }
        cluster.startAll();
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
        cluster.startAll();
        byte[] ciphertext = new byte[700_000];
        new SecureRandom().nextBytes(ciphertext);
        Hash hash = Hash.sha256(ciphertext);
        StageOutcome staged = cluster.get(0).vault().stage(Vault.OWN, hash, ciphertext.length, 0, ciphertext);
        assertThat(staged).isInstanceOf(StageOutcome.Held.class);
        assertThat(forward(0, "h3", hash)).isEqualTo(new PayloadForward.Held());
        assertThat(cluster.get(3).vault().size(hash)).hasValue(ciphertext.length);
        assertThat(forward(0, "h3", hash)).isEqualTo(new PayloadForward.Held());
        assertThat(forward(1, "h3", hash)).isEqualTo(new PayloadForward.Refused("NOT_HELD"));
    }

    @Test
    void tellsListenersOfEveryBlockInOrderAndCallersThatItStops() throws Exception {
        cluster.startAll();
        List<Long> heights = java.util.Collections.synchronizedList(new ArrayList<>());
        cluster.node(0).onCommitted(block -> heights.add(block.height()));
        for (int i = 0; i < 5; i++) {
            committed(0, submit(0));
        }
        TestCluster.await(() -> heights.size() >= 5);
        assertThat(heights).isSorted().doesNotHaveDuplicates();
        var waiting = cluster.node(0).committed(Hash.ZERO);
        cluster.stop(0);
        assertThat(waiting).isCompletedExceptionally();
    }

    private PayloadForward forward(int from, String to, Hash hash) throws Exception {
        return cluster.node(from).forwardPayload(to, hash).toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    private void assertSameBlocks() {
        long least = cluster.all().stream()
                .mapToLong(each -> each.store().tipHeight())
                .min()
                .orElseThrow();
        for (long height = 1; height <= least; height++) {
            byte[] first = cluster.get(0).store().header(height).orElseThrow();
            for (TestCluster.Running each : cluster.all()) {
                assertThat(each.store().header(height).orElseThrow()).isEqualTo(first);
            }
        }
    }

    private ParsedTransaction next(int institution) {
        return chain.noop(institution, ++number, System.currentTimeMillis() + 120_000);
    }

    private ParsedTransaction submit(int i) throws Exception {
        ParsedTransaction transaction = next(i);
        assertThat(cluster.node(i).submit(List.of(transaction)).get(WAIT_SECONDS, TimeUnit.SECONDS))
                .containsExactly(new Admission.Accepted(transaction.txId()));
        return transaction;
    }

    private CommittedTransaction committed(int i, ParsedTransaction transaction) throws Exception {
        return cluster.committed(i, transaction.txId());
    }

    private boolean all(Predicate<Node> predicate) {
        return cluster.all().stream().map(TestCluster.Running::node).allMatch(predicate);
    }
}
