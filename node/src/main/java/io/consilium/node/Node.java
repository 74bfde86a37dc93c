package io.consilium.node;

import io.consilium.consensus.ConsensusConfig;
import io.consilium.crypto.Certificates;
import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyPair;
import io.consilium.crypto.PrivateFile;
import io.consilium.crypto.Verifier;
import io.consilium.ledger.Ledger;
import io.consilium.ledger.LedgerLimits;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.Receipt;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.node.net.PeerAddress;
import io.consilium.node.net.PeerCounters;
import io.consilium.node.net.PeerNetwork;
import io.consilium.node.net.PeerNetworkConfig;
import io.consilium.node.replica.BlockBodies;
import io.consilium.node.replica.Replica;
import io.consilium.node.replica.ReplicaConfig;
import io.consilium.node.replica.ReplicaEffect;
import io.consilium.node.replica.ReplicaView;
import io.consilium.node.replica.StateDifference;
import io.consilium.node.replica.TransactionCheck;
import io.consilium.node.vault.Freshness;
import io.consilium.storage.ChainStore;
import io.consilium.storage.Snapshot;
import io.consilium.storage.StoredBlock;
import io.consilium.storage.Vault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running node: its replica on the deciding thread, its peers, its verification pool, and what the client API may ask
 * of them. It owns neither store nor vault: whoever opened them closes them after {@link #close}.
 */
public final class Node implements NodeGateway, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);
    private static final int NONCE_BYTES = 16;
    private static final int CACHED_KEYS = 16_384;
    private static final int REMEMBERED_SIGNATURES = 4_096;
    /** What a frame holds beside the block that it carries. */
    public static final int FRAME_OVERHEAD_BYTES = 64 * 1024;

    private static final long VIEW_NANOS = 20_000_000L;

    private final NodeIdentity identity;
    private final NodeSettings settings;
    private final ChainStore store;
    private final LongSupplier clock;
    private final Hash chainId;
    private final LedgerLimits limits;
    private final NodeCounters counters = new NodeCounters();
    private final CommitWaiters waiters;
    private final Notifier notifier;
    private final VerificationPool pool;
    private final PeerNetwork network;
    private final PayloadForwarding payloads;
    private final Replica replica;
    private final NodeLoop loop;
    private final Ingress ingress;
    private final CompletableFuture<Void> failure = new CompletableFuture<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private volatile ReplicaView view;
    private volatile List<PeerAddress> peers;
    private long viewedNanos;

    private Node(
            NodeIdentity identity,
            NodeSettings settings,
            ChainStore store,
            Vault vault,
            Hash chainId,
            LongSupplier clock,
            SecureRandom random)
            throws IOException {
        this.identity = identity;
        this.settings = settings;
        this.store = store;
        this.clock = clock;
        this.chainId = chainId;
        this.limits = LedgerLimits.of(new LedgerState(store.latest()).parameters());
        Ledger ledger = new Ledger(chainId, limits);
        Ed25519Verifier verifier = Ed25519Verifier.accelerated(CACHED_KEYS);
        verifier.confirmedBy()
                .ifPresentOrElse(
                        library -> LOG.info("signatures are confirmed by {}", library),
                        () -> LOG.warn("signatures are verified at half the speed: no native library has loaded"));
        TransactionCheck check = new TransactionCheck(ledger, verifier, settings.maxRememberedTransactions());
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        this.replica = new Replica(replicaConfig(verifier), store, ledger, check, nonce);
        this.view = replica.view();
        this.peers = PeerRegistry.read(store, settings.peerAddresses());
        this.waiters = new CommitWaiters(settings.maxWaiters());
        this.notifier = new Notifier(waiters);
        this.pool = new VerificationPool(settings.verifyThreads(), check, this::fail);
        this.loop = new NodeLoop(replica, this::perform, this::turned, this::fail, counters, clock);
        this.ingress = new Ingress(
                pool, event -> loop.bulk(event, () -> {}), notifier, counters, clock, settings.maxIngressBytes());
        IncomingFrames frames = new IncomingFrames(loop, pool, counters, clock);
        this.network = new PeerNetwork(
                networkConfig(),
                Certificates.jcaEd25519(identity.peerTls()),
                Certificates.ed25519(identity.peerTls(), identity.institution()),
                frames,
                clock);
        this.payloads = new PayloadForwarding(
                vault,
                network,
                background("payloads"),
                new StateHolders(store, identity.institution(), () -> Freshness.isFresh(status())));
        frames.open(payloads);
    }

    /**
     * Recovers from the store, binds the peer port and starts to decide.
     *
     * @param clock milliseconds since 1970
     * @throws IOException the peer port cannot be bound; the message says which and what to do
     */
    public static Node start(
            NodeIdentity identity,
            NodeSettings settings,
            Hash chainId,
            ChainStore store,
            Vault vault,
            LongSupplier clock,
            SecureRandom random)
            throws IOException {
        Node node = new Node(identity, settings, store, vault, chainId, clock, random);
        try {
            node.network.start(node.peers);
        } catch (IOException unbound) {
            node.close();
            throw unbound;
        }
        node.loop.start();
        LOG.info(
                "node started institution={} height={} chain={}",
                identity.institution(),
                store.tipHeight(),
                chainId.shortHex());
        return node;
    }

    private ReplicaConfig replicaConfig(Verifier verifier) {
        ConsensusConfig defaults = ConsensusConfig.defaults(
                chainId,
                identity.validator().map(KeyPair::signer),
                new MemoizingVerifier(verifier, REMEMBERED_SIGNATURES),
                BlockBodies::leafHashes);
        return new ReplicaConfig(
                chainId,
                identity.institution(),
                new ConsensusConfig(
                        chainId,
                        defaults.signer(),
                        defaults.verifier(),
                        defaults.blockBody(),
                        settings.timing().minTimeoutMillis(),
                        settings.timing().maxTimeoutMillis(),
                        settings.timing().initialTimeoutMillis(),
                        settings.timing().roundTimeoutCapMillis(),
                        settings.timing().batchDelayMillis(),
                        settings.timing().statusIntervalMillis(),
                        defaults.timeToleranceMillis(),
                        defaults.maxInlineBodyBytes()),
                limits,
                settings.mempool(),
                ReplicaConfig.DISSEMINATION_BYTES);
    }

    private PeerNetworkConfig networkConfig() {
        PeerNetworkConfig defaults =
                PeerNetworkConfig.of(identity.institution(), chainId, settings.peerHost(), settings.peerPort());
        // The largest block of this chain must fit into a frame, whatever the configuration says.
        int frame = Math.max(settings.maxFrameBytes(), limits.maxBlockBytes() + FRAME_OVERHEAD_BYTES);
        return defaults.bounded(frame, Math.max(settings.maxQueuedBytesPerPeer(), frame));
    }

    // Effects of the replica, on the deciding thread.

    private void perform(ReplicaEffect effect) {
        if (effect instanceof ReplicaEffect.SendFrame send) {
            network.send(send.peers(), send.frame().toByteArray(), send.priority());
        } else if (effect instanceof ReplicaEffect.Committed committed) {
            committed(committed);
        } else if (effect instanceof ReplicaEffect.Admitted admitted) {
            ingress.admitted(admitted.request(), admitted.admissions());
        } else if (effect instanceof ReplicaEffect.Disconnect disconnect) {
            network.disconnect(disconnect.peer(), disconnect.reason());
        } else if (effect instanceof ReplicaEffect.EvidenceFound found) {
            counters.evidence.increment();
            found.held()
                    .ifPresent(held -> LOG.error(
                            "a validator broke the protocol culprit={} kind={} height={} round={} evidence={}",
                            held.culprit(),
                            held.evidence().kind(),
                            held.evidence().height(),
                            held.evidence().round(),
                            held.evidence().hash().hex()));
        } else if (effect instanceof ReplicaEffect.Alarm alarm) {
            counters.alarms.increment();
            LOG.warn("alarm={} height={} round={} {}", alarm.code(), alarm.height(), alarm.round(), alarm.detail());
        } else if (effect instanceof ReplicaEffect.ResultsDiffer differ) {
            settings.differences().ifPresent(file -> keep(differ.difference(), file));
        } else if (effect instanceof ReplicaEffect.Halt halt) {
            throw new NodeHaltedException(halt.reason());
        }
    }

    private static void keep(StateDifference difference, Path file) {
        try {
            PrivateFile.replace(file, difference.text().getBytes(StandardCharsets.UTF_8));
            LOG.error(
                    "results differ height={} block={} changes={} file={}",
                    difference.height(),
                    difference.block().hex(),
                    difference.changes().size(),
                    file);
        } catch (IOException failed) {
            LOG.error("results differ and {} cannot be written", file, failed);
        }
    }

    private void committed(ReplicaEffect.Committed committed) {
        CommittedBlock block = committed.block();
        counters.blocks.increment();
        counters.transactions.add(block.transactions().size());
        LOG.debug(
                "block height={} transactions={} hash={}",
                block.height(),
                block.transactions().size(),
                block.blockHash().shortHex());
        for (BlockResult.Fault fault : committed.faults()) {
            LOG.error(
                    "a rule of the ledger broke, the transaction is refused; report it height={} tx={}",
                    block.height(),
                    fault.txId().hex(),
                    fault.cause());
        }
        if (committed.institutionsChanged()) {
            peers = PeerRegistry.read(store, settings.peerAddresses());
            network.registry(peers);
        }
        notifier.committed(block);
    }

    private void turned() {
        long now = System.nanoTime();
        if (loop.waiting() == 0 || now - viewedNanos >= VIEW_NANOS) {
            viewedNanos = now;
            view = replica.view();
        }
    }

    private void fail(Throwable cause) {
        if (failure.completeExceptionally(cause)) {
            waiters.failAll(stopping());
            ingress.failAll(new NodeStoppingException());
            LOG.error("node stops: {}", cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
        }
    }

    /** Fails when the node cannot go on: the process must then end. */
    public CompletableFuture<Void> failure() {
        return failure.copy();
    }

    // What the client API asks.

    @Override
    public CompletableFuture<List<Admission>> submit(List<ParsedTransaction> transactions) {
        if (stopped.get() || failure.isDone()) {
            return CompletableFuture.failedFuture(stopping());
        }
        return ingress.submit(transactions);
    }

    private static NodeBusyException stopping() {
        return new NodeBusyException("this node is stopping");
    }

    @Override
    public CompletableFuture<CommittedTransaction> committed(Hash txId) {
        CompletableFuture<CommittedTransaction> waiter = waiters.add(txId);
        if (stopped.get() || failure.isDone()) {
            waiter.completeExceptionally(stopping());
        } else if (!waiter.isDone()) {
            // After the waiter is in place, so that a block decided meanwhile is seen by one of the two.
            stored(txId).ifPresent(waiter::complete);
        }
        return waiter;
    }

    private Optional<CommittedTransaction> stored(Hash txId) {
        return store.transaction(txId).map(location -> {
            StoredBlock block = store.block(location.height()).orElseThrow();
            try {
                Receipt receipt = Receipt.decode(block.receipts().get(location.index()));
                return new CommittedTransaction(txId, location.height(), location.index(), receipt);
            } catch (io.consilium.crypto.MalformedException damaged) {
                throw new IllegalStateException(
                        "a stored receipt of height " + location.height() + " is damaged", damaged);
            }
        });
    }

    @Override
    public Snapshot snapshot() {
        return store.snapshot();
    }

    @Override
    public boolean isPending(Hash txId) {
        return replica.isPending(txId);
    }

    @Override
    public Hash chainId() {
        return chainId;
    }

    @Override
    public String institution() {
        return identity.institution();
    }

    @Override
    public long nowMillis() {
        return clock.getAsLong();
    }

    @Override
    public void onCommitted(Consumer<CommittedBlock> listener) {
        notifier.listen(listener);
    }

    @Override
    public BackgroundWork background(String name) {
        return new BackgroundWork(name, this::fail);
    }

    @Override
    public CompletionStage<PayloadForward> forwardPayload(String institution, Hash ciphertextHash) {
        return payloads.forward(institution, ciphertextHash);
    }

    @Override
    public CompletionStage<PayloadForward> fetchPayload(String institution, Hash ciphertextHash) {
        return payloads.fetch(institution, ciphertextHash);
    }

    @Override
    public NodeStatus status() {
        return StatusReport.of(identity.institution(), view, peers, network, failure.isDone());
    }

    @Override
    public long height() {
        return store.tipHeight();
    }

    public NodeCounters counters() {
        return counters;
    }

    public PeerCounters peerCounters() {
        return network.counters();
    }

    /** Events that wait for the deciding thread. */
    public int waitingEvents() {
        return loop.waiting();
    }

    /** Transactions that wait for the verification pool. */
    public int waitingChecks() {
        return pool.waiting();
    }

    /** The port that peers connect to. */
    public int peerPort() {
        return network.port();
    }

    /** Stops taking in, lets the turn under way end, closes the connections, and tells whoever still waits. */
    @Override
    public void close() {
        if (!stopped.compareAndSet(false, true)) {
            return;
        }
        try {
            if (loop.started()) {
                loop.stop();
            }
            network.close();
            pool.close();
            payloads.close();
            ingress.failAll(new NodeStoppingException());
            waiters.failAll(stopping());
            notifier.close();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        LOG.info(
                "node stopped institution={} height={}",
                identity.institution(),
                view.tip().height());
    }
}
