package io.consilium.node.vault;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.crypto.SealedBytes;
import io.consilium.ledger.records.ErasureRules;
import io.consilium.node.TestChain;
import io.consilium.node.TestCluster;
import io.consilium.proto.Activity;
import io.consilium.proto.CustodyResponse;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.PatientTransfer;
import io.consilium.proto.RecordErase;
import io.consilium.proto.RecordHandOver;
import io.consilium.proto.RecordRegister;
import io.consilium.proto.RecordState;
import io.consilium.proto.SealedFor;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransferAnswer;
import io.consilium.proto.TransferHandOver;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A patient's content goes from vault to vault as the patient changes custodians (ID-3, REC-2). */
@Timeout(300)
class TransferredContentTest {
    /** More than are looked at in one turn. */
    private static final int MISSING = 300;

    private VaultCluster vaults;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        vaults = new VaultCluster(directory);
        vaults.nodes.startAll();
        vaults.registerPatient();
    }

    @AfterEach
    void stop() throws Exception {
        vaults.nodes.close();
    }

    private void agree(int from, int to) throws Exception {
        vaults.offer(from, to);
        vaults.commit(
                to,
                body -> body.setPatientTransfer(PatientTransfer.newBuilder()
                        .setPatientId(vaults.patient)
                        .setAnswer(TransferAnswer.newBuilder().setAccept(true))));
        long height = vaults.nodes.get(to).store().tipHeight();
        TestCluster.await(() -> vaults.nodes.get(from).store().tipHeight() >= height);
    }

    private void awaitReceived(int by, ByteString record) throws Exception {
        TestCluster.await(() -> {
            RecordState state = vaults.record(by, record);
            return state.getCustodian().equals("h" + by) && state.getLeaving().isEmpty();
        });
    }

    /** Once the payload has lain there for long, as it would be after a day. */
    private void awaitSwept(int at, Hash hash) throws Exception {
        vaults.nodes.stop(at);
        vaults.age(at, hash);
        vaults.nodes.start(at);
        TestCluster.await(() -> !vaults.nodes.get(at).vault().holdsAnyOf(hash));
    }

    private byte[] opened(int by, ByteString record) throws Exception {
        SealedFor key = vaults.record(by, record).getVersions(0).getContent().getDataKey(0);
        return KeyEnvelope.open(
                KeyEnvelope.Use.DATA_KEY,
                record.toByteArray(),
                TestChain.encryption(by).privateKey(),
                key.getEnvelope().toByteArray());
    }

    @Test
    @DisplayName("REC-2 ID-3 the new custodian fetches, acknowledges and opens; then the old one lets go")
    void rec2_fromVaultToVault() throws Exception {
        byte[] content = VaultCluster.payload(600_000);
        byte[] dataKey = VaultCluster.payload(32);
        Hash hash = vaults.stageAt(0, content);
        ByteString record = vaults.register(content, dataKey);
        agree(0, 1);
        CustodyResponse over = vaults.handOver(0);
        assertThat(over.getRecords()).isEqualTo(1);
        assertThat(over.getLeft()).isZero();
        TestCluster.await(() -> vaults.holds(1, hash, content));
        awaitReceived(1, record);
        assertThat(vaults.nodes.get(0).vault().holdsAnyOf(hash))
                .as("what is young stays")
                .isTrue();
        awaitSwept(0, hash);
        assertThat(vaults.holds(1, hash, content)).isTrue();
        assertThat(opened(1, record)).isEqualTo(dataKey);
    }

    @Test
    @DisplayName("REC-2 ID-3 a patient that goes on at once takes no content from the only one who has it")
    void rec2_goesOnAtOnce() throws Exception {
        byte[] content = VaultCluster.payload(10_000);
        byte[] dataKey = VaultCluster.payload(32);
        // the first custodian's copy is away, so the second cannot fetch it yet
        ByteString record = vaults.register(content, dataKey);
        agree(0, 1);
        assertThat(vaults.handOver(0).getRecords()).isEqualTo(1);
        agree(1, 2);
        CustodyResponse early = vaults.handOver(1);
        assertThat(early.getRecords()).isZero();
        assertThat(early.getLeft()).isEqualTo(1);
        assertThat(vaults.state(1).patient(vaults.patient).orElseThrow().getCustodiansList())
                .containsExactly("h2");
        assertThat(ErasureRules.holders(vaults.record(1, record))).containsExactly("h0", "h1");

        Hash hash = vaults.stageAt(0, content);
        awaitReceived(1, record);
        CustodyResponse late = vaults.handOver(1);
        assertThat(late.getRecords()).isEqualTo(1);
        assertThat(late.getLeft()).isZero();
        TestCluster.await(() -> vaults.holds(2, hash, content));
        awaitReceived(2, record);
        awaitSwept(0, hash);
        awaitSwept(1, hash);
        assertThat(vaults.holds(2, hash, content)).isTrue();
        assertThat(opened(2, record)).isEqualTo(dataKey);
    }

    @Test
    @DisplayName("REC-2 ID-3 what does not open with the keys that came along is not received: its giver keeps it")
    void rec2_keysThatDoNotOpen() throws Exception {
        byte[] content = VaultCluster.payload(1_000);
        byte[] other = VaultCluster.payload(1_000);
        vaults.stageAt(0, content);
        vaults.stageAt(0, other);
        ByteString good = vaults.register(content, VaultCluster.payload(32));
        ByteString bad = VaultCluster.id();
        RecordRegister.Builder registration = vaults.registration(bad, other, VaultCluster.payload(32));
        registration
                .getContentBuilder()
                .setSealedMetadata(ByteString.copyFrom(SealedBytes.seal(
                        SealedBytes.Use.METADATA, VaultCluster.payload(32), new byte[8], new SecureRandom())));
        vaults.commit(0, body -> body.setRecordRegister(registration));
        agree(0, 1);
        assertThat(vaults.handOver(0).getRecords()).isEqualTo(2);
        awaitReceived(1, good);
        TestCluster.await(
                () -> vaults.keeper(1).warnings().stream().anyMatch(warning -> warning.contains("do not open")));
        assertThat(vaults.record(1, bad).getLeaving()).isEqualTo("h0");
        TestCluster.await(() -> vaults.record(1, bad).getUnopened());
        assertThat(vaults.holds(0, Hash.sha256(other), other)).isTrue();
        vaults.commit(
                1,
                body -> body.setRecordErase(
                        RecordErase.newBuilder().setRecordId(bad).setBasis("gdpr-17")));
        TestCluster.await(
                () -> vaults.keeper(1).warnings().stream().noneMatch(warning -> warning.contains("do not open")));
    }

    @Test
    @DisplayName("REC-2 ID-3 what came with keys that do not open is handed over a second time, opens, and is received")
    void rec2_handedOverAgain() throws Exception {
        byte[] dataKey = VaultCluster.payload(32);
        ByteString record = unopened(dataKey);
        CustodyResponse again = vaults.handOver(0);
        assertThat(again.getRecords()).isEqualTo(1);
        assertThat(again.getLeft()).isZero();
        awaitReceived(1, record);
        assertThat(opened(1, record)).isEqualTo(dataKey);
        TestCluster.await(() -> vaults.keeper(1).warnings().isEmpty());
    }

    /** A record that went from the first to the second with a key that does not open it. */
    private ByteString unopened(byte[] dataKey) throws Exception {
        byte[] content = VaultCluster.payload(1_000);
        vaults.stageAt(0, content);
        ByteString record = vaults.register(content, dataKey);
        agree(0, 1);
        handOverKeys(vaults.patient, record(record, VaultCluster.id(), dataKey));
        TestCluster.await(() -> vaults.record(0, record).getUnopened());
        return record;
    }

    @Test
    @DisplayName("ID-3 what did not open waits until who could not open it can receive: an active PROVIDER with a node")
    void id3_receiverAsThingsAre() throws Exception {
        unopened(VaultCluster.payload(32));
        List<UnaryOperator<InstitutionState.Builder>> unfit =
                List.of(h1 -> h1.setActivity(Activity.SUSPENDED), h1 -> h1.clearRoles(), h1 -> h1.clearPeerEndpoint());
        for (UnaryOperator<InstitutionState.Builder> changed : unfit) {
            CustodyResponse waits = vaults.wouldHandOver(0, 1, changed);
            assertThat(waits.getRecords()).isZero();
            assertThat(waits.getLeft()).isEqualTo(1);
        }
        CustodyResponse given = vaults.wouldHandOver(0, 1, h1 -> h1);
        assertThat(given.getRecords()).isEqualTo(1);
        assertThat(given.getLeft()).isZero();
    }

    /** The first hands over to the second, with keys that it would not have chosen. */
    private void handOverKeys(ByteString scopeKeyOf, RecordHandOver... records) throws Exception {
        SealedFor scopeKey = VaultCluster.sealedTo(1, KeyEnvelope.Use.SCOPE_KEY, scopeKeyOf, new byte[32]);
        List<RecordHandOver> byId = Stream.of(records)
                .sorted(Comparator.comparing(
                        RecordHandOver::getRecordId, ByteString.unsignedLexicographicalComparator()))
                .toList();
        vaults.commitAsNode(
                0,
                body -> body.setPatientTransfer(PatientTransfer.newBuilder()
                        .setPatientId(vaults.patient)
                        .setHandOver(TransferHandOver.newBuilder()
                                .setRequestedBy("h0/admin")
                                .setScopeKey(scopeKey)
                                .addAllRecords(byId))));
    }

    private static RecordHandOver record(ByteString id, ByteString keyOf, byte[] dataKey) {
        return RecordHandOver.newBuilder()
                .setRecordId(id)
                .setPredecessor(1)
                .addDataKeys(VaultCluster.sealedTo(1, KeyEnvelope.Use.DATA_KEY, keyOf, dataKey))
                .build();
    }

    @Test
    @DisplayName(
            "REC-2 ID-3 what did not open is given again by its giver who has the patient back, and comes back too")
    void rec2_handedOverAgainAfterReturn() throws Exception {
        byte[] dataKey = VaultCluster.payload(32);
        ByteString own = vaults.register(VaultCluster.payload(1_000), dataKey);
        ByteString record = unopened(dataKey);
        agree(1, 0);
        assertThat(vaults.handOver(1).getLeft()).as("it has no key of it").isEqualTo(1);
        TestCluster.await(() -> vaults.state(0)
                .patient(vaults.patient)
                .orElseThrow()
                .getCustodiansList()
                .contains("h0"));
        CustodyResponse again = vaults.handOver(0);
        assertThat(again.getRecords()).isEqualTo(1);
        assertThat(again.getLeft()).isZero();
        assertThat(vaults.record(0, own).getCustodian()).isEqualTo("h0");
        awaitReceived(1, record);
        assertThat(vaults.handOver(1).getRecords()).isEqualTo(1);
        awaitReceived(0, record);
        assertThat(opened(0, record)).isEqualTo(dataKey);
    }

    @Test
    @DisplayName("REC-2 ID-3 a scope key that does not open is warned of by its name; no data key is blamed for it")
    void rec2_scopeKeyThatDoesNotOpen() throws Exception {
        byte[] content = VaultCluster.payload(1_000);
        byte[] dataKey = VaultCluster.payload(32);
        byte[] other = VaultCluster.payload(1_000);
        vaults.stageAt(1, content);
        vaults.stageAt(1, other);
        ByteString good = vaults.register(content, dataKey);
        ByteString bad = vaults.register(other, dataKey);
        agree(0, 1);
        handOverKeys(VaultCluster.id(), record(good, good, dataKey), record(bad, VaultCluster.id(), dataKey));
        // one transaction says it of all that one turn found
        TestCluster.await(() -> vaults.record(1, bad).getUnopened());
        assertThat(vaults.record(1, good).getUnopened()).isFalse();
        assertThat(vaults.record(1, good).getLeaving()).as("nor is it received").isEqualTo("h0");
        assertThat(vaults.keeper(1).warnings())
                .anyMatch(warning -> warning.startsWith("1 records") && warning.contains("scope key"))
                .anyMatch(warning -> warning.startsWith("1 records") && warning.contains("hand them over again"));
    }

    @Test
    @DisplayName("REC-2 what has arrived is acknowledged, however much stands before it that has not")
    void rec2_acknowledgesPastWhatIsMissing() throws Exception {
        byte[] content = VaultCluster.payload(1_000);
        // of the records of one block it is looked at last
        ByteString last = ByteString.fromHex("ff".repeat(16));
        vaults.stageAt(1, content);
        List<Consumer<TransactionBody.Builder>> records = new ArrayList<>();
        records.add(body -> body.setRecordRegister(vaults.registration(last, content, VaultCluster.payload(32))));
        for (int i = 0; i < MISSING; i++) {
            byte[] nowhere = VaultCluster.payload(16);
            records.add(body ->
                    body.setRecordRegister(vaults.registration(VaultCluster.id(), nowhere, VaultCluster.payload(32))));
        }
        vaults.commitAll(0, records);
        agree(0, 1);
        assertThat(vaults.handOver(0).getRecords()).isEqualTo(MISSING + 1);
        awaitReceived(1, last);
    }
}
