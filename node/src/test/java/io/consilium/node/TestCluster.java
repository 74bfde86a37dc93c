package io.consilium.node;

import io.consilium.crypto.Hash;
import io.consilium.node.config.NodeConfig;
import io.consilium.node.replica.MempoolLimits;
import io.consilium.storage.FileVault;
import io.consilium.storage.RocksChainStore;
import io.consilium.storage.StorageConfig;
import io.consilium.storage.VaultConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The nodes h0 to h3 of a test chain in one process, each with its store and vault, over real sockets. */
public final class TestCluster implements AutoCloseable {
    private static final int NODES = 4;
    private static final long WAIT_SECONDS = 60;
    private static final long POLL_NANOS = 2_000_000L;

    private final Path directory;
    private final TestChain chain;
    private final Companion companion;
    private final Map<Integer, Running> running = new HashMap<>();
    private final Map<Integer, Integer> ports = new HashMap<>();

    /** A node, with what it stands on and what runs beside it. */
    public record Running(Node node, RocksChainStore store, FileVault vault, AutoCloseable beside) {}

    /** What a test runs beside each node. */
    public interface Companion {
        /** Before the node starts; what it gives runs once the node does. */
        Beside of(int i, RocksChainStore store, FileVault vault) throws Exception;
    }

    /** Starts what runs beside the node; it is closed before the node. */
    public interface Beside {
        AutoCloseable with(Node node) throws Exception;
    }

    public TestCluster(Path directory, TestChain chain, Companion companion) {
        this.directory = directory;
        this.chain = chain;
        this.companion = companion;
    }

    /** Nodes alone. */
    public TestCluster(Path directory, TestChain chain) {
        this(directory, chain, (i, store, vault) -> node -> () -> {});
    }

    public void startAll() throws Exception {
        // The lower slug dials, so the highest starts first and its port is known to the others.
        for (int i = NODES - 1; i >= 0; i--) {
            start(i);
        }
    }

    public void start(int i) throws Exception {
        Path home = directory.resolve("h" + i);
        Hash chainId = chain.genesis().chainId();
        if (!Files.exists(home)) {
            Files.createDirectories(home);
            RocksChainStore.initialise(
                    home.resolve("db"), StorageConfig.DEFAULT, chain.genesis(), RocksChainStore.Start.GENESIS);
        }
        RocksChainStore store = RocksChainStore.open(home.resolve("db"), chainId, StorageConfig.DEFAULT);
        FileVault vault = FileVault.open(home.resolve("vault"), VaultConfig.DEFAULT);
        Beside beside = companion.of(i, store, vault);
        Node node = Node.start(
                chain.identity(i), settings(i), chainId, store, vault, System::currentTimeMillis, new SecureRandom());
        running.put(i, new Running(node, store, vault, beside.with(node)));
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
                32_768,
                java.util.Optional.empty());
    }

    public void stop(int i) throws Exception {
        Running stopped = running.remove(i);
        stopped.beside().close();
        stopped.node().close();
        stopped.vault().close();
        stopped.store().close();
    }

    @Override
    public void close() throws Exception {
        for (int i : List.copyOf(running.keySet())) {
            stop(i);
        }
    }

    public Running get(int i) {
        return running.get(i);
    }

    public Node node(int i) {
        return running.get(i).node();
    }

    public List<Running> all() {
        return List.copyOf(running.values());
    }

    /** The transaction as the node decided it. */
    public CommittedTransaction committed(int i, Hash txId) throws Exception {
        return node(i).committed(txId).get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    /** Until it holds; the test's own time limit ends a wait for what never comes. */
    public static void await(Callable<Boolean> condition) throws Exception {
        while (!condition.call()) {
            LockSupport.parkNanos(POLL_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException("what is waited for did not come in time");
            }
        }
    }
}
