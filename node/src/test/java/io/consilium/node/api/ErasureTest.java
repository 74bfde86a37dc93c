package io.consilium.node.api;

import static io.consilium.node.api.TestNetwork.ADMIN;
import static io.consilium.node.api.TestNetwork.CLINICIAN;
import static io.consilium.node.api.TestNetwork.OFFICER;
import static io.consilium.node.api.TestNetwork.PRIVACY;
import static io.consilium.node.api.TestNetwork.STRANGER;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.proto.AccessUse;
import io.consilium.proto.DiscloseRequest;
import io.consilium.proto.DiscloseResponse;
import io.consilium.proto.FetchPayloadRequest;
import io.consilium.proto.FetchPayloadResponse;
import io.consilium.proto.ListRequest;
import io.consilium.proto.ListResponse;
import io.consilium.proto.Problem;
import io.consilium.proto.RecordErase;
import io.consilium.proto.RecordState;
import io.consilium.proto.StagePayloadRequest;
import io.consilium.proto.StagePayloadResponse;
import io.consilium.proto.StateRequest;
import io.consilium.proto.StateResponse;
import io.consilium.proto.TransactionBody;
import io.consilium.storage.RocksChainStore;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** An erased record stays erased on this node, whatever copy of the vault comes back (PRV-6). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ErasureTest {
    private static final long WAIT_NANOS = 60_000_000_000L;

    private Path directory;
    private TestNetwork net;
    private ByteString patient;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        directory = temporary;
        net = new TestNetwork(Files.createDirectory(directory.resolve("net")));
        patient = net.patient(OFFICER);
        net.consent(OFFICER, patient, STRANGER);
    }

    @AfterAll
    void stop() {
        net.close();
    }

    /** A record whose payload is in the vault, with a disclosure and a use under way. */
    private record Held(
            byte[] ciphertext,
            ByteString id,
            ByteString access,
            DiscloseResponse disclosed,
            ByteString use,
            DiscloseResponse used) {
        String hash() {
            return Hash.sha256(ciphertext).hex();
        }
    }

    private Held held() throws Exception {
        byte[] ciphertext = TestNetwork.ciphertext();
        assertThat(net.ok(CLINICIAN, "StagePayload", whole(ciphertext), StagePayloadResponse.parser())
                        .getComplete())
                .isTrue();
        ByteString id = net.record(CLINICIAN, patient, ciphertext, new byte[32]);
        ByteString access = net.access(STRANGER, id);
        ByteString use = TestNetwork.id();
        net.commit(
                CLINICIAN,
                TransactionBody.newBuilder()
                        .setAccessUse(AccessUse.newBuilder()
                                .addItems(AccessUse.Item.newBuilder()
                                        .setAccessId(use)
                                        .setRecordId(id)
                                        .setPurpose("TREAT"))));
        return new Held(ciphertext, id, access, disclose(STRANGER, access), use, disclose(CLINICIAN, use));
    }

    private static StagePayloadRequest whole(byte[] ciphertext) {
        return StagePayloadRequest.newBuilder()
                .setCiphertextHash(ByteString.copyFrom(Hash.sha256(ciphertext).toBytes()))
                .setTotalSize(ciphertext.length)
                .setData(ByteString.copyFrom(ciphertext))
                .setCustodian(TestNetwork.NODE)
                .build();
    }

    private DiscloseResponse disclose(String as, ByteString access) throws Exception {
        return net.ok(as, "Disclose", request(access), DiscloseResponse.parser());
    }

    private static DiscloseRequest request(ByteString access) {
        return DiscloseRequest.newBuilder().setAccessId(access).build();
    }

    private static FetchPayloadRequest fetch(DiscloseResponse disclosed) {
        return FetchPayloadRequest.newBuilder()
                .setDownloadToken(disclosed.getDownloadToken())
                .build();
    }

    private void erase(ByteString record) throws Exception {
        net.commit(
                PRIVACY,
                TransactionBody.newBuilder()
                        .setRecordErase(
                                RecordErase.newBuilder().setRecordId(record).setBasis("gdpr-17")));
    }

    private RecordState state(ByteString record) throws Exception {
        StateRequest request = StateRequest.newBuilder()
                .setKey("record/" + TestNetwork.hex(record))
                .build();
        return RecordState.parseFrom(
                net.ok(CLINICIAN, "State", request, StateResponse.parser()).getValue());
    }

    private RecordState acknowledged(ByteString record) throws Exception {
        long deadline = System.nanoTime() + WAIT_NANOS;
        RecordState state = state(record);
        while (state.getErasure().getAcknowledgementsCount() == 0 && System.nanoTime() < deadline) {
            state = state(record);
        }
        return state;
    }

    private List<String> vaultFiles() throws Exception {
        try (Stream<Path> files = Files.walk(net.vaultDirectory())) {
            return files.filter(Files::isRegularFile)
                    .map(file -> String.valueOf(file.getFileName()))
                    .toList();
        }
    }

    private static void assertPurged(Problem problem) {
        assertThat(problem.getCode()).isEqualTo("RECORD_PURGED");
        assertThat(problem.getRule()).isEqualTo("PRV-6");
        assertThat(problem.getExitCode()).isEqualTo(3);
    }

    private void assertClosed(Held held) throws Exception {
        assertPurged(net.refused(STRANGER, "Disclose", request(held.access())));
        assertPurged(net.refused(CLINICIAN, "Disclose", request(held.use())));
        assertPurged(net.refused(CLINICIAN, "StagePayload", whole(held.ciphertext())));
    }

    @Test
    @DisplayName("PRV-6 an erased record's bytes and envelopes leave the disk, every way to them is closed")
    void prv6_erasedRecordIsServedNoMore() throws Exception {
        Held held = held();
        assertThat(net.ok(STRANGER, "FetchPayload", fetch(held.disclosed()), FetchPayloadResponse.parser())
                        .getData()
                        .toByteArray())
                .isEqualTo(held.ciphertext());
        assertThat(vaultFiles()).contains(held.hash());
        erase(held.id());
        assertPurged(net.refused(STRANGER, "FetchPayload", fetch(held.disclosed())));
        assertPurged(net.refused(CLINICIAN, "FetchPayload", fetch(held.used())));
        assertClosed(held);
        RecordState state = acknowledged(held.id());
        assertThat(state.getErasure().getAcknowledgementsList())
                .extracting(each -> each.getInstitution())
                .containsExactly(TestNetwork.NODE);
        assertThat(state.getVersions(0).getContent().getDataKeyCount()).isZero();
        assertThat(vaultFiles()).doesNotContain(held.hash());
    }

    @Test
    @DisplayName(
            "PRV-6 ACC-2 disclosures that race an erasure are made before it or refused, and leave no envelope behind")
    void prv6_disclosuresRaceAnErasure() throws Exception {
        List<ByteString> records = new ArrayList<>();
        for (int round = 0; round < 4; round++) {
            Held held = held();
            List<ByteString> accesses = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                accesses.add(net.access(STRANGER, held.id()));
            }
            List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
            for (ByteString access : accesses) {
                answers.add(CompletableFuture.supplyAsync(() -> net.call(STRANGER, "Disclose", request(access))));
            }
            erase(held.id());
            for (CompletableFuture<HttpResponse<byte[]>> answer : answers) {
                HttpResponse<byte[]> response = answer.get(WAIT_NANOS, TimeUnit.NANOSECONDS);
                if (response.statusCode() != 200) {
                    assertPurged(Problem.parseFrom(response.body()));
                }
            }
            assertThat(acknowledged(held.id()).getErasure().getAcknowledgementsCount())
                    .isEqualTo(1);
            for (ByteString access : accesses) {
                assertPurged(net.refused(STRANGER, "Disclose", request(access)));
            }
            records.add(held.id());
        }
        net.restart(() -> {
            try (RocksChainStore store = net.store()) {
                for (ByteString record : records) {
                    byte[] envelopes = ByteString.copyFromUtf8("disclosed-key/")
                            .concat(ByteString.copyFrom(
                                    Hash.sha256(record.toByteArray()).toBytes()))
                            .toByteArray();
                    assertThat(store.secrets().keys(envelopes, Optional.empty(), 10))
                            .isEmpty();
                }
            }
        });
    }

    @Test
    @DisplayName("PRV-6 a vault restored from an old copy loses what was erased before the API opens")
    void prv6_restoredVault() throws Exception {
        Held held = held();
        Held kept = held();
        Path copy = directory.resolve("old vault");
        List<Path> files = new ArrayList<>();
        try (Stream<Path> found = Files.walk(net.vaultDirectory())) {
            files.addAll(found.toList());
        }
        for (Path file : files) {
            Path to = copy.resolve(net.vaultDirectory().relativize(file).toString());
            if (Files.isDirectory(file)) {
                Files.createDirectories(to);
            } else {
                Files.copy(file, to);
            }
        }
        erase(held.id());
        assertThat(acknowledged(held.id()).getErasure().getAcknowledgementsCount())
                .isEqualTo(1);
        net.restart(() -> {
            Path away = directory.resolve("newer vault");
            Files.move(net.vaultDirectory(), away);
            Files.move(copy, net.vaultDirectory());
            assertThat(vaultFiles()).contains(held.hash(), kept.hash());
        });
        assertThat(vaultFiles()).doesNotContain(held.hash()).contains(kept.hash());
        assertClosed(held);
        DiscloseResponse again = disclose(STRANGER, kept.access());
        assertThat(again.getDataKey()).isEqualTo(kept.disclosed().getDataKey());
        assertThat(net.ok(STRANGER, "FetchPayload", fetch(again), FetchPayloadResponse.parser())
                        .getData()
                        .toByteArray())
                .isEqualTo(kept.ciphertext());
    }

    @Test
    @DisplayName("PRV-6 PRV-8 erasures and their acknowledgements are listed to the custodian alone")
    void prv6_erasuresAreListed() throws Exception {
        Held held = held();
        erase(held.id());
        ListRequest all =
                ListRequest.newBuilder().setList("erasures").setLimit(100).build();
        List<ByteString> listed = new ArrayList<>();
        for (ByteString item : net.ok(ADMIN, "List", all, ListResponse.parser()).getItemsList()) {
            RecordState record = RecordState.parseFrom(item);
            assertThat(record.hasErasure()).isTrue();
            listed.add(record.getId());
        }
        assertThat(listed).contains(held.id());
        assertThat(net.ok(TestNetwork.hex(patient), "List", all, ListResponse.parser())
                        .getItemsList())
                .as("and to the patient")
                .hasSameSizeAs(listed);
        assertThat(net.ok(STRANGER, "List", all, ListResponse.parser()).getItemsCount())
                .isZero();
    }
}
