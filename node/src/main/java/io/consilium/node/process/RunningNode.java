package io.consilium.node.process;

import io.consilium.crypto.Hash;
import io.consilium.crypto.KeystoreException;
import io.consilium.crypto.PrivateFile;
import io.consilium.crypto.WrongPasswordException;
import io.consilium.ledger.LedgerLimits;
import io.consilium.ledger.state.LedgerState;
import io.consilium.node.Node;
import io.consilium.node.NodeGateway;
import io.consilium.node.NodeIdentity;
import io.consilium.node.NodeSettings;
import io.consilium.node.PeerRegistry;
import io.consilium.node.api.ApiServer;
import io.consilium.node.api.ClientApi;
import io.consilium.node.api.PolicySource;
import io.consilium.node.api.RecordDecisions;
import io.consilium.node.config.NodeConfig;
import io.consilium.node.config.NodeKeys;
import io.consilium.node.ops.ClockCheck;
import io.consilium.node.ops.NodeMetrics;
import io.consilium.node.ops.Readiness;
import io.consilium.node.provenance.KeyGrants;
import io.consilium.node.vault.ConditionOutcomes;
import io.consilium.node.vault.ErasureMarkers;
import io.consilium.node.vault.InstitutionTransactions;
import io.consilium.node.vault.ScopeKeys;
import io.consilium.node.vault.VaultKeeper;
import io.consilium.proto.InstitutionState;
import io.consilium.storage.FileVault;
import io.consilium.storage.RocksChainStore;
import io.consilium.storage.StoreException;
import io.consilium.storage.VaultException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/** A node with everything that it stands on and that stands on it, opened in order and closed in reverse. */
public final class RunningNode implements AutoCloseable {
    private static final int MAX_PASSWORD_BYTES = 1_024;
    private static final long SWEEP_SECONDS = 30;
    private static final String TOKEN_FILE = "api-tokens";

    private final NodeConfig config;
    private final LongSupplier clock;

    /** What to close, the last opened first. */
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private Optional<Node> node = Optional.empty();
    private Optional<ApiServer> api = Optional.empty();
    private Optional<Readiness> readiness = Optional.empty();

    private RunningNode(NodeConfig config, LongSupplier clock) {
        this.config = config;
        this.clock = clock;
    }

    /** Opens keys, store and vault, starts the node, its API and its housekeeping. */
    public static RunningNode start(NodeConfig config, LongSupplier clockMillis) throws NodeStartException {
        RunningNode running = new RunningNode(config, clockMillis);
        boolean started = false;
        try {
            running.open();
            started = true;
            return running;
        } finally {
            if (!started) {
                running.close();
            }
        }
    }

    private void open() throws NodeStartException {
        NodeKeys keys = keys(config);
        Hash chainId = GenesisReader.read(config.genesis()).chainId();
        RocksChainStore store = store(chainId);
        opened.push(store);
        boolean served = store.tipHeight() > 0;
        NodeIdentity identity = identity(new LedgerState(store.latest()), keys);
        store.claim(config.institution());
        FileVault vault = vault();
        opened.push(vault);
        ErasureMarkers markers = applyErasures(store, vault);
        Node started = startNode(identity, chainId, store, vault);
        opened.push(started);
        node = Optional.of(started);
        Readiness ready = new Readiness(started, new ClockCheck(config.maxClockOffsetMillis()));
        readiness = Optional.of(ready);
        requireHeap(store).ifPresent(warning -> ready.warnOf(() -> List.of(warning)));
        NodeMetrics metrics = new NodeMetrics(started, vault, ready);
        opened.push(metrics);
        count(metrics, started);
        metrics.count("consilium.store.syncs", "synced writes of the vote record", store::syncs);
        metrics.count("consilium.state.writes", "values of the state that blocks have written", store::stateWrites);
        metrics.level("consilium.evidence.held", "proofs that are not on chain yet", () -> store.evidence()
                .size());
        InstitutionTransactions transactions = transactions(keys, started);
        EvidenceSubmission evidence = new EvidenceSubmission(started, store, transactions);
        opened.push(new Housekeeping(started.background("housekeeping"), store, vault, ready, evidence, clock));
        keepVault(transactions, keys, started, vault, markers, ready, metrics);
        opened.push(KeyGrants.start(started, keys.institutionEncryption(), transactions, new SecureRandom()));
        ApiServer server = startApi(new ClientApi.Foundation(
                config,
                keys,
                started,
                store.secrets(),
                vault,
                postOutcomes(transactions, keys, started),
                ready,
                metrics,
                config.database().resolveSibling(TOKEN_FILE),
                served,
                ProgramVersion.text()));
        opened.push(server);
        api = Optional.of(server);
    }

    /** Refuses what the configuration asks for and the heap has not; gives a warning where the chain has many peers. */
    private Optional<String> requireHeap(RocksChainStore store) throws NodeStartException {
        int peers = PeerRegistry.peers(store, config.institution());
        int block =
                LedgerLimits.of(new LedgerState(store.latest()).parameters()).maxBlockBytes();
        return HeapBudget.require(config, peers, block, Runtime.getRuntime().maxMemory());
    }

    private static void count(NodeMetrics metrics, Node node) {
        metrics.count("consilium.evidence", "proofs that a validator broke the protocol", node.counters()::evidence);
        metrics.count("consilium.alarms", "alarms of consensus", node.counters()::alarms);
        metrics.count("consilium.transactions.admitted", "taken into the mempool", node.counters()::admitted);
        metrics.count("consilium.transactions.refused", "not taken into the mempool", node.counters()::refused);
        metrics.count("consilium.peers.bytes.sent", "sent to peers", node.peerCounters()::bytesSent);
        metrics.count("consilium.peers.bytes.received", "received from peers", node.peerCounters()::bytesReceived);
        metrics.count(
                "consilium.peers.frames.dropped",
                "frames that a full queue dropped",
                node.peerCounters()::framesDropped);
        metrics.count("consilium.peers.refusals", "connections refused", node.peerCounters()::refusals);
    }

    private static NodeKeys keys(NodeConfig config) throws NodeStartException {
        char[] password = password(config.passwordFile());
        try {
            return NodeKeys.read(config.keystore(), password);
        } catch (WrongPasswordException e) {
            throw StartFailures.wrongPassword(config.passwordFile(), e);
        } catch (KeystoreException e) {
            throw StartFailures.of(e);
        } finally {
            Arrays.fill(password, '\0');
        }
    }

    private static char[] password(Path file) throws NodeStartException {
        try {
            String text = new String(PrivateFile.read(file, MAX_PASSWORD_BYTES), StandardCharsets.UTF_8);
            return text.lines().findFirst().orElse("").toCharArray();
        } catch (IOException e) {
            throw StartFailures.unreadable(
                    "the password file",
                    file,
                    PrivateFile.reason(e),
                    "write the keystore's password into it, mode 0600, or set node.password-file",
                    e);
        }
    }

    private RocksChainStore store(Hash chainId) throws NodeStartException {
        try {
            return config.storage().asObserver()
                    ? RocksChainStore.openAsObserver(
                            config.database(), chainId, config.storage().bounds(), config.institution())
                    : RocksChainStore.open(
                            config.database(), chainId, config.storage().bounds(), config.institution());
        } catch (StoreException e) {
            throw StartFailures.of(e);
        }
    }

    /** The registry says which keys are this institution's; a node with other keys would reach nobody. */
    private NodeIdentity identity(LedgerState state, NodeKeys keys) throws NodeStartException {
        InstitutionState institution = state.institution(config.institution())
                .orElseThrow(() -> new NodeStartException(
                        NodeStartException.USAGE,
                        "INSTITUTION_UNKNOWN",
                        "the chain knows no institution '" + config.institution() + "'",
                        "correct node.institution; `consilium institution list` names them"));
        byte[] peerKey = institution.getPeerTlsKey().getKey().toByteArray();
        if (!Arrays.equals(peerKey, keys.peerTlsKey().bytes())) {
            throw new NodeStartException(
                    NodeStartException.USAGE,
                    "KEYS_NOT_REGISTERED",
                    "the keystore's keys are not those that the chain has for " + config.institution(),
                    "point node.keystore at the keys that were registered");
        }
        byte[] validatorKey = institution.getValidatorKey().getKey().toByteArray();
        boolean validates =
                Arrays.equals(validatorKey, keys.validator().publicKey().bytes());
        return new NodeIdentity(
                config.institution(), validates ? Optional.of(keys.validator()) : Optional.empty(), keys.peerTls());
    }

    private FileVault vault() throws NodeStartException {
        try {
            return FileVault.open(config.vaultDirectory(), config.vault());
        } catch (VaultException e) {
            throw new NodeStartException(
                            NodeStartException.CORRUPT,
                            "VAULT_UNUSABLE",
                            String.valueOf(e.getMessage()),
                            "check the directory named by node.vault and its disk")
                    .causedBy(e);
        }
    }

    /** Before a peer or a client can ask for anything: the vault may be an old copy (PRV-6). */
    private ErasureMarkers applyErasures(RocksChainStore store, FileVault vault) throws NodeStartException {
        ErasureMarkers markers = new ErasureMarkers(config.institution(), vault, store.secrets());
        try {
            markers.apply(store);
            return markers;
        } catch (VaultException e) {
            throw new NodeStartException(
                            NodeStartException.CORRUPT,
                            "ERASURES_NOT_APPLIED",
                            "what the chain has erased cannot be deleted here: " + e.getMessage(),
                            "repair the disk or the rights on the directory named by node.vault; nothing is served before")
                    .causedBy(e);
        }
    }

    private InstitutionTransactions transactions(NodeKeys keys, Node started) {
        return new InstitutionTransactions(
                started,
                keys.institutionSigning().signer(),
                new SecureRandom(),
                config.disclosures().commitWaitMillis(),
                Runnable::run);
    }

    private ConditionOutcomes postOutcomes(InstitutionTransactions transactions, NodeKeys keys, Node started) {
        PolicySource policies = new PolicySource(started, new RecordDecisions());
        ConditionOutcomes outcomes = ConditionOutcomes.start(started, policies, scopeKeys(keys, started), transactions);
        opened.push(outcomes);
        return outcomes;
    }

    private static ScopeKeys scopeKeys(NodeKeys keys, Node started) {
        PolicySource policies = new PolicySource(started, new RecordDecisions());
        return new ScopeKeys(started, policies, keys.institutionEncryption(), new SecureRandom());
    }

    private void keepVault(
            InstitutionTransactions transactions,
            NodeKeys keys,
            Node started,
            FileVault vault,
            ErasureMarkers markers,
            Readiness ready,
            NodeMetrics metrics) {
        VaultKeeper.Pace pace =
                new VaultKeeper.Pace(config.vault().stagedAgeMillis(), SWEEP_SECONDS, config.scrubBytesPerSecond());
        VaultKeeper keeper = VaultKeeper.start(started, vault, pace, markers, transactions, scopeKeys(keys, started));
        opened.push(keeper);
        ready.warnOf(keeper::warnings);
        metrics.vault(markers, keeper);
    }

    private Node startNode(NodeIdentity identity, Hash chainId, RocksChainStore store, FileVault vault)
            throws NodeStartException {
        try {
            return Node.start(identity, NodeSettings.of(config), chainId, store, vault, clock, new SecureRandom());
        } catch (IOException e) {
            throw StartFailures.port("peers.port", String.valueOf(e.getMessage()), e);
        }
    }

    private ApiServer startApi(ClientApi.Foundation foundation) throws NodeStartException {
        try {
            return ClientApi.start(foundation);
        } catch (IOException e) {
            String where = config.api().host() + ":" + config.api().port();
            throw StartFailures.port(
                    "api.port", "clients cannot be listened to at " + where + ": " + e.getMessage(), e);
        }
    }

    public NodeGateway gateway() {
        return node.orElseThrow();
    }

    /** The port that the client API listens on. */
    public int apiPort() {
        return api.orElseThrow().port();
    }

    public int peerPort() {
        return node.orElseThrow().peerPort();
    }

    /** Fails when the node cannot go on. */
    public CompletableFuture<Void> failure() {
        return node.orElseThrow().failure();
    }

    /** Takes no more requests, finishes those under way, stops deciding, and makes everything durable. */
    @Override
    public void close() {
        readiness.ifPresent(Readiness::stopping);
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                // The rest has to be closed all the same.
                org.slf4j.LoggerFactory.getLogger(RunningNode.class).error("a part of the node did not close", e);
            }
        }
    }
}
