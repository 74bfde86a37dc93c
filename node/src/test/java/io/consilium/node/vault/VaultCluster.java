package io.consilium.node.vault;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.crypto.KeyPair;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.node.Admission;
import io.consilium.node.Node;
import io.consilium.node.TestChain;
import io.consilium.node.TestCluster;
import io.consilium.node.TestTransactions;
import io.consilium.node.api.Caller;
import io.consilium.node.api.PolicySource;
import io.consilium.node.api.RecordDecisions;
import io.consilium.node.api.StateView;
import io.consilium.proto.CustodyRequest;
import io.consilium.proto.CustodyResponse;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.PatientRegister;
import io.consilium.proto.PatientTransfer;
import io.consilium.proto.RecordContent;
import io.consilium.proto.RecordRegister;
import io.consilium.proto.RecordState;
import io.consilium.proto.SealedFor;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransactionSigner;
import io.consilium.proto.TransferOffer;
import io.consilium.storage.FileVault;
import io.consilium.storage.RocksChainStore;
import io.consilium.storage.StageOutcome;
import io.consilium.storage.Vault;
import io.consilium.storage.VaultConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Nodes h0 to h3 that keep their vaults, over real sockets and disks, and a patient of h0. */
public final class VaultCluster {
    private static final long WAIT_SECONDS = 60;
    private static final SecureRandom RANDOM = new SecureRandom();

    public final TestCluster nodes;
    public final ByteString patient = id();

    private final Path directory;
    private final TestChain chain = TestChain.of(List.of(7_101, 7_102, 7_103, 7_104));
    private final Map<Integer, VaultKeeper> keepers = new HashMap<>();
    private final Map<Integer, PatientCustody> custody = new HashMap<>();
    private final Map<Integer, ScopeKeys> scopeKeys = new HashMap<>();
    private final Map<Integer, InstitutionTransactions> institutions = new HashMap<>();

    public VaultCluster(Path directory) {
        this.directory = directory;
        this.nodes = new TestCluster(directory, chain, this::beside);
    }

    /** Markers are applied before the node serves anything, as in a node process. */
    private TestCluster.Beside beside(int i, RocksChainStore store, FileVault vault) throws Exception {
        ErasureMarkers markers = new ErasureMarkers("h" + i, vault, store.secrets());
        markers.apply(store);
        return node -> {
            InstitutionTransactions transactions =
                    new InstitutionTransactions(node, chain.signing(i).signer(), RANDOM, 20_000, Runnable::run);
            institutions.put(i, transactions);
            PolicySource policies = new PolicySource(node, new RecordDecisions());
            ScopeKeys keys = new ScopeKeys(node, policies, TestChain.encryption(i), RANDOM);
            scopeKeys.put(i, keys);
            custody.put(i, new PatientCustody(node, policies, keys, transactions, RANDOM));
            VaultKeeper.Pace pace = new VaultKeeper.Pace(VaultConfig.DEFAULT.stagedAgeMillis(), 1, 64 << 20);
            VaultKeeper keeper = VaultKeeper.start(node, vault, pace, markers, transactions, keys);
            keepers.put(i, keeper);
            return keeper;
        };
    }

    VaultKeeper keeper(int i) {
        return keepers.get(i);
    }

    /** The institution's administrator, as its node knows it. */
    public static Caller administrator(int i) {
        return new Caller.Member(admin(i), "h" + i, Set.of("ADMIN"), Set.of("PROVIDER"));
    }

    /** What a node would sign for its institution. */
    void commitAsNode(int i, Consumer<TransactionBody.Builder> payload) throws Exception {
        institutions.get(i).commit(payload).get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    /** What the administrator asks of its node. */
    CustodyResponse handOver(int i) throws Exception {
        CustodyRequest request = CustodyRequest.newBuilder()
                .setPatientId(patient)
                .setHandOver(true)
                .build();
        return custody.get(i)
                .answer(administrator(i), request)
                .toCompletableFuture()
                .get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    /** What a node would hand over if another institution had become something else. */
    CustodyResponse wouldHandOver(int i, int other, UnaryOperator<InstitutionState.Builder> changed) throws Exception {
        StateKey key = StateKeys.institution("h" + other);
        InstitutionState state = changed.apply(state(i).institution("h" + other).orElseThrow().toBuilder())
                .build();
        try (StateView now = StateView.open(nodes.get(i).node())) {
            LedgerState then = new LedgerState(each -> each.equals(key)
                    ? Optional.of(state.toByteArray())
                    : now.chain().latest().get(each));
            return new HandOver(
                            nodes.get(i).node(),
                            scopeKeys.get(i),
                            new StateView(now.chain(), then),
                            then.patient(patient).orElseThrow(),
                            admin(i))
                    .made()
                    .response(ByteString.EMPTY);
        }
    }

    /** The state as the node knows it. */
    public LedgerState state(int i) {
        return new LedgerState(nodes.get(i).store().latest());
    }

    RecordState record(int i, ByteString record) {
        return state(i).record(record).orElseThrow();
    }

    boolean holds(int i, Hash hash, byte[] content) throws Exception {
        Vault vault = nodes.get(i).vault();
        return vault.size(hash).isPresent()
                && Hash.sha256(vault.read(hash, 0, Vault.MAX_CHUNK_BYTES)
                                .orElseThrow()
                                .data())
                        .equals(Hash.sha256(content));
    }

    Hash stageAt(int i, byte[] content) throws Exception {
        Hash hash = Hash.sha256(content);
        assertThat(nodes.get(i).vault().stage(Vault.OWN, hash, content.length, 0, content))
                .isInstanceOf(StageOutcome.Held.class);
        return hash;
    }

    /** Where a node's vault keeps a payload. */
    Path file(int i, Hash hash) {
        return directory
                .resolve("h" + i)
                .resolve("vault")
                .resolve(hash.hex().substring(0, 2))
                .resolve(hash.hex());
    }

    /** As if the payload had been in the vault for long; while the node is down. */
    void age(int i, Hash hash) throws Exception {
        Files.setLastModifiedTime(file(i, hash), FileTime.fromMillis(0));
    }

    public static byte[] payload(int size) {
        byte[] content = new byte[size];
        RANDOM.nextBytes(content);
        return content;
    }

    public static ByteString id() {
        return ByteString.copyFrom(payload(16));
    }

    private static SealedFor sealed(KeyEnvelope.Use use, ByteString object, byte[] key) {
        return sealedTo(0, use, object, key);
    }

    static SealedFor sealedTo(int i, KeyEnvelope.Use use, ByteString object, byte[] key) {
        byte[] recipient = TestChain.encryption(i).publicKey();
        return SealedFor.newBuilder()
                .setRecipient("h" + i)
                .setRecipientKey(ByteString.copyFrom(recipient))
                .setEnvelope(ByteString.copyFrom(KeyEnvelope.seal(use, object.toByteArray(), recipient, key, RANDOM)))
                .build();
    }

    public void registerPatient() throws Exception {
        commit(
                0,
                body -> body.setPatientRegister(PatientRegister.newBuilder()
                        .setPatientId(patient)
                        .setCustodian("h0")
                        .addScopeKey(sealed(KeyEnvelope.Use.SCOPE_KEY, patient, payload(32)))));
    }

    ByteString register(byte[] content, String... replicas) throws Exception {
        return register(content, payload(32), replicas);
    }

    ByteString register(byte[] content, byte[] dataKey, String... replicas) throws Exception {
        ByteString record = id();
        commit(0, body -> body.setRecordRegister(registration(record, content, dataKey, replicas)));
        return record;
    }

    public RecordRegister.Builder registration(ByteString record, byte[] content, byte[] dataKey, String... replicas) {
        List<ByteString> levels = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            levels.add(ByteString.copyFrom(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) i}));
        }
        return RecordRegister.newBuilder()
                .setRecordId(record)
                .setPatientId(patient)
                .setCustodian("h0")
                .addAllReplicas(List.of(replicas))
                .setContent(RecordContent.newBuilder()
                        .setCommitment(ByteString.copyFrom(new byte[32]))
                        .setCiphertextHash(
                                ByteString.copyFrom(Hash.sha256(content).toBytes()))
                        .setCiphertextSize(content.length)
                        .addAllSensitivityLabels(levels)
                        .addDataKey(sealed(KeyEnvelope.Use.DATA_KEY, record, dataKey))
                        .setLabelEpoch(1));
    }

    /** As the institution's administrator. */
    public void commit(int i, Consumer<TransactionBody.Builder> payload) throws Exception {
        commitAll(i, List.of(payload));
    }

    public void commitAll(int i, List<Consumer<TransactionBody.Builder>> payloads) throws Exception {
        List<ParsedTransaction> transactions =
                payloads.stream().map(payload -> signed(i, payload)).toList();
        Node node = nodes.node(i);
        assertThat(node.submit(transactions).get(WAIT_SECONDS, TimeUnit.SECONDS))
                .allMatch(Admission.Accepted.class::isInstance);
        for (ParsedTransaction transaction : transactions) {
            assertThat(nodes.committed(i, transaction.txId()).receipt().code()).isEqualTo("OK");
        }
    }

    private ParsedTransaction signed(int i, Consumer<TransactionBody.Builder> payload) {
        KeyPair key = TestTransactions.key(100 * i + 4);
        TransactionBody.Builder body = TransactionBody.newBuilder()
                .setChainId(ByteString.copyFrom(chain.genesis().chainId().toBytes()))
                .setSalt(id())
                .setValidUntilMillis(System.currentTimeMillis() + 120_000)
                .addSigners(TransactionSigner.newBuilder().setActor(admin(i)).setKey(TestTransactions.keyValue(key)));
        payload.accept(body);
        return TestTransactions.sign(chain.genesis().chainId(), body.build(), key);
    }

    /** Offers the patient to another institution, as the administrator of its custodian. */
    public void offer(int from, int to) throws Exception {
        TransferOffer.Builder offer = TransferOffer.newBuilder()
                .setTo("h" + to)
                .setEvidenceHash(ByteString.copyFrom(Hash.sha256(new byte[] {1}).toBytes()));
        commit(
                from,
                body -> body.setPatientTransfer(
                        PatientTransfer.newBuilder().setPatientId(patient).setOffer(offer)));
    }

    private static String admin(int i) {
        return "h" + i + "/admin";
    }
}
