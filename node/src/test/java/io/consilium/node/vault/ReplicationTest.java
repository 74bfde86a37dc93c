package io.consilium.node.vault;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyPair;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.node.Admission;
import io.consilium.node.CommittedTransaction;
import io.consilium.node.Node;
import io.consilium.node.PayloadForward;
import io.consilium.node.TestChain;
import io.consilium.node.TestCluster;
import io.consilium.node.TestTransactions;
import io.consilium.proto.PatientRegister;
import io.consilium.proto.RecordContent;
import io.consilium.proto.RecordErase;
import io.consilium.proto.RecordRegister;
import io.consilium.proto.RecordState;
import io.consilium.proto.SealedFor;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransactionSigner;
import io.consilium.storage.FileVault;
import io.consilium.storage.RocksChainStore;
import io.consilium.storage.StageOutcome;
import io.consilium.storage.Vault;
import io.consilium.storage.VaultConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Replicas fetch, serve and repair, over real nodes, sockets and disks (REC-2, PRV-6). */
@Timeout(300)
class ReplicationTest {
    private static final long WAIT_SECONDS = 60;
    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir
    Path directory;

    private final TestChain chain = TestChain.of(List.of(7_101, 7_102, 7_103, 7_104));
    private final Map<Integer, VaultKeeper> keepers = new HashMap<>();
    private final ByteString patient = id();

    private TestCluster cluster;

    @BeforeEach
    void prepare() {
        cluster = new TestCluster(directory, chain, this::keeper);
    }

    @AfterEach
    void stopAll() throws Exception {
        cluster.close();
    }

    /** Markers are applied before the node serves anything, as in a node process. */
    private TestCluster.Beside keeper(int i, RocksChainStore store, FileVault vault) throws Exception {
        ErasureMarkers markers = new ErasureMarkers("h" + i, vault, store.secrets());
        markers.apply(store);
        return node -> {
            InstitutionTransactions transactions = new InstitutionTransactions(
                    node, TestTransactions.key(100 * i + 1).signer(), RANDOM, 20_000, Runnable::run);
            VaultKeeper.Pace pace = new VaultKeeper.Pace(VaultConfig.DEFAULT.stagedAgeMillis(), 64 << 20);
            VaultKeeper keeper = VaultKeeper.start(node, vault, pace, markers, transactions);
            keepers.put(i, keeper);
            return keeper;
        };
    }

    @Test
    @DisplayName("REC-2 a replica fetches what it is named for, over an outage too, and repairs the custodian's copy")
    void rec2_replicasFetchAndRepair() throws Exception {
        cluster.startAll();
        registerPatient();
        byte[] first = payload(1_000_000);
        Hash hash = stageAt(0, first);
        register(first, "h2");
        TestCluster.await(() -> holds(2, hash, first));
        assertThat(cluster.get(3).vault().size(hash)).isEmpty();

        // A record for a replica that is down is fetched once it is back.
        cluster.stop(2);
        byte[] second = payload(700_000);
        Hash later = stageAt(0, second);
        register(second, "h2");
        cluster.start(2);
        TestCluster.await(() -> holds(2, later, second));

        // The custodian's file rots on disk: it is put aside and drawn from the replica.
        Path file = directory
                .resolve("h0/vault")
                .resolve(hash.hex().substring(0, 2))
                .resolve(hash.hex());
        byte[] rotten = Files.readAllBytes(file);
        rotten[500_000] ^= 1;
        Files.write(file, rotten);
        TestCluster.await(() -> keepers.get(0).fetched() == 1 && holds(0, hash, first));
        assertThat(cluster.get(0).vault().damaged()).isEmpty();

        // Or it is lost altogether.
        assertThat(cluster.get(0).vault().delete(later)).isTrue();
        cluster.stop(0);
        cluster.start(0);
        TestCluster.await(() -> holds(0, later, second));
    }

    @Test
    @DisplayName("REC-2 a node that the ledger names no holder gets no byte of a payload from another")
    void rec2_othersGetNothing() throws Exception {
        cluster.startAll();
        registerPatient();
        byte[] content = payload(10_000);
        Hash hash = stageAt(0, content);
        register(content);
        PayloadForward outcome =
                cluster.node(3).fetchPayload("h0", hash).toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
        assertThat(outcome).isEqualTo(new PayloadForward.Refused("NOT_HELD"));
        assertThat(cluster.get(3).vault().holdsAnyOf(hash)).isFalse();
    }

    @Test
    @DisplayName(
            "PRV-6 custodian and replica delete an erased payload and acknowledge; one that was down does so later")
    void prv6_allHoldersErase() throws Exception {
        cluster.startAll();
        registerPatient();
        byte[] content = payload(50_000);
        Hash hash = stageAt(0, content);
        ByteString record = register(content, "h1", "h2");
        TestCluster.await(() -> holds(1, hash, content) && holds(2, hash, content));
        cluster.stop(2);
        commit(
                0,
                body -> body.setRecordErase(
                        RecordErase.newBuilder().setRecordId(record).setBasis("gdpr-17")));
        TestCluster.await(() -> acknowledged(0, record).equals(List.of("h0", "h1")));
        assertThat(cluster.get(0).vault().holdsAnyOf(hash)).isFalse();
        assertThat(cluster.get(1).vault().holdsAnyOf(hash)).isFalse();
        cluster.start(2);
        TestCluster.await(() -> acknowledged(0, record).equals(List.of("h0", "h1", "h2")));
        assertThat(cluster.get(2).vault().holdsAnyOf(hash)).isFalse();
    }

    @Test
    @DisplayName(
            "PRV-6 a payload that was erased is taken from no peer that offers it, and no peer is asked for it with success")
    void prv6_erasedPayloadOfferedByAPeer() throws Exception {
        cluster.startAll();
        registerPatient();
        byte[] content = payload(50_000);
        Hash hash = stageAt(0, content);
        ByteString record = register(content);
        commit(
                0,
                body -> body.setRecordErase(
                        RecordErase.newBuilder().setRecordId(record).setBasis("gdpr-17")));
        TestCluster.await(() -> acknowledged(0, record).equals(List.of("h0")));
        stageAt(3, content);
        PayloadForward offered =
                cluster.node(3).forwardPayload("h0", hash).toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
        assertThat(offered).isEqualTo(new PayloadForward.Refused("ERASED"));
        PayloadForward fetched =
                cluster.node(0).fetchPayload("h3", hash).toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
        assertThat(fetched).isInstanceOf(PayloadForward.Refused.class);
        assertThat(cluster.get(0).vault().holdsAnyOf(hash)).isFalse();
    }

    @Test
    @DisplayName("REC-2 what a peer sends counts against it until the ledger names it, and no longer")
    void rec2_peersUploadsCount() throws Exception {
        cluster.startAll();
        registerPatient();
        byte[] named = payload(5_000);
        byte[] unnamed = payload(5_000);
        for (byte[] content : List.of(named, unnamed)) {
            Hash hash = stageAt(3, content);
            assertThat(cluster.node(3)
                            .forwardPayload("h0", hash)
                            .toCompletableFuture()
                            .get(WAIT_SECONDS, TimeUnit.SECONDS))
                    .isEqualTo(new PayloadForward.Held());
        }
        assertThat(cluster.get(0).vault().unsettled())
                .containsExactlyInAnyOrder(Hash.sha256(named), Hash.sha256(unnamed));
        register(named);
        TestCluster.await(() -> cluster.get(0).vault().unsettled().equals(List.of(Hash.sha256(unnamed))));
    }

    @Test
    @DisplayName("REC-2 what nothing in the ledger names is thrown out after its time, what it names stays")
    void rec2_sweep() throws Exception {
        cluster.startAll();
        registerPatient();
        byte[] named = payload(5_000);
        byte[] unnamed = payload(5_000);
        Hash kept = stageAt(0, named);
        Hash forgotten = stageAt(0, unnamed);
        register(named);
        long used = cluster.get(0).vault().usedBytes();
        cluster.stop(0);
        for (Hash hash : List.of(kept, forgotten)) {
            Path file = directory
                    .resolve("h0/vault")
                    .resolve(hash.hex().substring(0, 2))
                    .resolve(hash.hex());
            Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.fromMillis(0));
        }
        cluster.start(0);
        TestCluster.await(() -> keepers.get(0).swept() == 1);
        assertThat(cluster.get(0).vault().holdsAnyOf(forgotten)).isFalse();
        assertThat(holds(0, kept, named)).isTrue();
        assertThat(cluster.get(0).vault().usedBytes()).isEqualTo(used - unnamed.length);
    }

    private List<String> acknowledged(int i, ByteString record) {
        RecordState state = new io.consilium.ledger.state.LedgerState(
                        cluster.get(i).store().latest())
                .record(record)
                .orElseThrow();
        return state.getErasure().getAcknowledgementsList().stream()
                .map(each -> each.getInstitution())
                .sorted()
                .toList();
    }

    private boolean holds(int i, Hash hash, byte[] content) throws Exception {
        Vault vault = cluster.get(i).vault();
        return vault.size(hash).isPresent()
                && Hash.sha256(vault.read(hash, 0, Vault.MAX_CHUNK_BYTES)
                                .orElseThrow()
                                .data())
                        .equals(Hash.sha256(content));
    }

    private Hash stageAt(int i, byte[] content) throws Exception {
        Hash hash = Hash.sha256(content);
        assertThat(cluster.get(i).vault().stage(Vault.OWN, hash, content.length, 0, content))
                .isInstanceOf(StageOutcome.Held.class);
        return hash;
    }

    private static byte[] payload(int size) {
        byte[] content = new byte[size];
        RANDOM.nextBytes(content);
        return content;
    }

    private static ByteString id() {
        byte[] id = new byte[16];
        RANDOM.nextBytes(id);
        return ByteString.copyFrom(id);
    }

    private SealedFor sealed() {
        return SealedFor.newBuilder()
                .setRecipient("h0")
                .setRecipientKey(chain.genesis()
                        .document()
                        .getInstitutions(0)
                        .getEncryptionKey()
                        .getKey())
                .setEnvelope(ByteString.copyFrom(new byte[80]))
                .build();
    }

    private void registerPatient() throws Exception {
        commit(
                0,
                body -> body.setPatientRegister(PatientRegister.newBuilder()
                        .setPatientId(patient)
                        .setCustodian("h0")
                        .addScopeKey(sealed())));
    }

    private ByteString register(byte[] content, String... replicas) throws Exception {
        ByteString record = id();
        List<ByteString> levels = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            levels.add(ByteString.copyFrom(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) i}));
        }
        commit(
                0,
                body -> body.setRecordRegister(RecordRegister.newBuilder()
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
                                .addDataKey(sealed())
                                .setLabelEpoch(1))));
        return record;
    }

    private void commit(int i, Consumer<TransactionBody.Builder> payload) throws Exception {
        KeyPair key = TestTransactions.key(100 * i + 4);
        TransactionBody.Builder body = TransactionBody.newBuilder()
                .setChainId(ByteString.copyFrom(chain.genesis().chainId().toBytes()))
                .setSalt(id())
                .setValidUntilMillis(System.currentTimeMillis() + 120_000)
                .addSigners(TransactionSigner.newBuilder()
                        .setActor("h" + i + "/admin")
                        .setKey(TestTransactions.keyValue(key)));
        payload.accept(body);
        ParsedTransaction transaction = TestTransactions.sign(chain.genesis().chainId(), body.build(), key);
        Node node = cluster.node(i);
        assertThat(node.submit(List.of(transaction)).get(WAIT_SECONDS, TimeUnit.SECONDS))
                .containsExactly(new Admission.Accepted(transaction.txId()));
        CommittedTransaction committed = cluster.committed(i, transaction.txId());
        assertThat(committed.receipt().code()).isEqualTo("OK");
    }
}
