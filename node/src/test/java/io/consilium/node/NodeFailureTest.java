package io.consilium.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.crypto.Hash;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.node.config.NodeConfig;
import io.consilium.node.replica.MemoryChainStore;
import io.consilium.node.replica.MempoolLimits;
import io.consilium.storage.FileVault;
import io.consilium.storage.VaultConfig;
import io.consilium.storage.VoteEntry;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One validator alone, whose disk or port fails. */
@Timeout(60)
class NodeFailureTest {
    @TempDir
    Path directory;

    private final TestChain chain = TestChain.of(List.of(7_001));
    private final java.util.ArrayList<AutoCloseable> open = new java.util.ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    @Test
    void oneValidatorAloneDecides() throws Exception {
        Node node = start(new MemoryChainStore(chain.genesis()), 0);
        ParsedTransaction transaction = next();
        node.submit(List.of(transaction)).get(30, TimeUnit.SECONDS);
        assertThat(node.committed(transaction.txId()).get(30, TimeUnit.SECONDS).height())
                .isEqualTo(1);
        assertThat(node.status().ready()).isTrue();
    }

    @Test
    @DisplayName("BFT-16 a failed write stops the node, and nothing is acknowledged any more")
    void bft16_stopsWhenTheStoreFails() throws Exception {
        Node node = start(new FailingStore(), 0);
        ParsedTransaction transaction = next();
        node.submit(List.of(transaction)).get(30, TimeUnit.SECONDS);
        CompletableFuture<CommittedTransaction> committed = node.committed(transaction.txId());

        assertThatThrownBy(() -> node.failure().get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("the disk is gone");
        assertThatThrownBy(() -> committed.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(NodeBusyException.class);
        assertThat(node.status().notReadyReasons()).anyMatch(reason -> reason.contains("stopped deciding"));
        assertThatThrownBy(() -> node.submit(List.of(next())).get(30, TimeUnit.SECONDS))
                .hasCauseInstanceOf(NodeBusyException.class);
    }

    @Test
    void anErrorOfWorkBesideDecidingStopsTheNode() throws Exception {
        Node node = start(new MemoryChainStore(chain.genesis()), 0);
        try (BackgroundWork work = node.background("beside")) {
            work.kind("reading", () -> {
                        throw new AssertionError("the disk is gone");
                    })
                    .soon();
            assertThatThrownBy(() -> node.failure().get(30, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasRootCauseMessage("the disk is gone");
        }
    }

    @Test
    void refusesToStartOnATakenPort() throws Exception {
        Node first = start(new MemoryChainStore(chain.genesis()), 0);
        assertThatThrownBy(() -> start(new MemoryChainStore(chain.genesis()), first.peerPort()))
                .isInstanceOf(BindException.class)
                .hasMessageContaining(":" + first.peerPort());
    }

    @Test
    @DisplayName("TX-6 a full node refuses at the door and says so")
    void tx6_refusesWhatItCannotHold() throws Exception {
        Node node = start(new MemoryChainStore(chain.genesis()), 0, 4_000);
        List<ParsedTransaction> batch =
                java.util.stream.Stream.generate(this::next).limit(10).toList();
        assertThat(node.submit(batch).get(30, TimeUnit.SECONDS)).allMatch(answer -> answer instanceof Admission.Busy);
        assertThat(node.submit(batch.subList(0, 1)).get(30, TimeUnit.SECONDS))
                .allMatch(answer -> answer instanceof Admission.Accepted);
        assertThat(node.counters().refused()).isEqualTo(10);
    }

    private long number;

    private ParsedTransaction next() {
        return chain.noop(0, ++number, System.currentTimeMillis() + 60_000);
    }

    private Node start(MemoryChainStore store, int port) throws Exception {
        return start(store, port, 32 << 20);
    }

    private Node start(MemoryChainStore store, int port, long maxIngressBytes) throws Exception {
        Hash chainId = chain.genesis().chainId();
        FileVault vault = FileVault.open(directory.resolve("vault" + open.size()), VaultConfig.DEFAULT);
        try {
            Node node = Node.start(
                    chain.identity(0),
                    new NodeSettings(
                            "127.0.0.1",
                            port,
                            Map.of(),
                            8 << 20,
                            16 << 20,
                            new NodeConfig.Timing(250, 4_000, 1_000, 10_000, 10, 1_000),
                            MempoolLimits.DEFAULT,
                            100,
                            1,
                            maxIngressBytes,
                            1_000,
                            java.util.Optional.empty()),
                    chainId,
                    store,
                    vault,
                    System::currentTimeMillis,
                    new SecureRandom());
            open.add(node);
            open.add(vault);
            return node;
        } catch (IOException unbound) {
            vault.close();
            throw unbound;
        }
    }

    private final class FailingStore extends MemoryChainStore {
        FailingStore() {
            super(chain.genesis());
        }

        @Override
        public void appendVotes(List<VoteEntry> entries) {
            throw new AssertionError("the disk is gone");
        }
    }
}
