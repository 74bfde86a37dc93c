package io.consilium.node.api;

import static io.consilium.node.api.TestNetwork.CLINICIAN;
import static io.consilium.node.api.TestNetwork.OFFICER;
import static io.consilium.node.api.TestNetwork.STRANGER;
import static io.consilium.node.api.TestNetwork.id;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.proto.AccessUse;
import io.consilium.proto.DiscloseRequest;
import io.consilium.proto.DiscloseResponse;
import io.consilium.proto.FetchPayloadRequest;
import io.consilium.proto.FetchPayloadResponse;
import io.consilium.proto.Problem;
import io.consilium.proto.StagePayloadRequest;
import io.consilium.proto.StagePayloadResponse;
import io.consilium.proto.StatusRequest;
import io.consilium.proto.StatusResponse;
import io.consilium.proto.TransactionBody;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bad uploads: refused with a code and a rule, nothing partial left behind, nothing on chain (REC-2). */
class StagingRefusalsTest {
    private static final int QUOTA = 1024 * 1024;
    private static final int PIECE = 100_000;
    private static final int MORE_THAN_ARE_FORWARDED = 1_100;

    private TestNetwork net;
    private ByteString patient;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        net = new TestNetwork(
                directory,
                (store, genesis, validator) -> {},
                Map.of(
                        "vault.quota-bytes", Integer.toString(QUOTA),
                        "vault.max-payload-bytes", Integer.toString(QUOTA),
                        "quota.staged-payloads", "2"));
        patient = net.patient(OFFICER);
    }

    @AfterEach
    void stop() {
        net.close();
    }

    private static byte[] payload(int seed, int size) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static StagePayloadRequest piece(Hash hash, int total, long offset, byte[] data) {
        return StagePayloadRequest.newBuilder()
                .setCiphertextHash(ByteString.copyFrom(hash.toBytes()))
                .setTotalSize(total)
                .setOffset(offset)
                .setData(ByteString.copyFrom(data))
                .setCustodian(TestNetwork.NODE)
                .build();
    }

    private static StagePayloadRequest piece(byte[] payload, int offset) {
        int end = Math.min(payload.length, offset + PIECE);
        return piece(Hash.sha256(payload), payload.length, offset, Arrays.copyOfRange(payload, offset, end));
    }

    private StagePayloadResponse stage(StagePayloadRequest piece) throws Exception {
        return net.ok(CLINICIAN, "StagePayload", piece, StagePayloadResponse.parser());
    }

    private void upload(byte[] payload) throws Exception {
        for (int offset = 0; offset < payload.length; offset += PIECE) {
            stage(piece(payload, offset));
        }
    }

    /** Every file of the vault with its size. */
    private Map<String, Long> vault() throws Exception {
        Map<String, Long> files = new TreeMap<>();
        try (Stream<Path> found = Files.walk(net.vaultDirectory())) {
            for (Path file : found.filter(Files::isRegularFile).toList()) {
                files.put(net.vaultDirectory().relativize(file).toString(), Files.size(file));
            }
        }
        return files;
    }

    private long height() throws Exception {
        return net.ok(CLINICIAN, "Status", StatusRequest.getDefaultInstance(), StatusResponse.parser())
                .getHeight();
    }

    private void assertRefused(StagePayloadRequest piece, String code, String rule, int exitCode) throws Exception {
        long height = height();
        Problem problem = net.refused(CLINICIAN, "StagePayload", piece);
        assertThat(problem.getCode()).as(problem.toString()).isEqualTo(code);
        assertThat(problem.getRule()).isEqualTo(rule);
        assertThat(problem.getExitCode()).isEqualTo(exitCode);
        assertThat(problem.getHint()).isNotBlank();
        assertThat(height()).isEqualTo(height);
    }

    @Test
    @DisplayName(
            "REC-2 a ciphertext that was tampered with on the way is thrown away whole, and the right one then taken")
    void rec2_tampered() throws Exception {
        byte[] payload = payload(1, 2 * PIECE);
        stage(piece(payload, 0));
        byte[] tampered = Arrays.copyOfRange(payload, PIECE, 2 * PIECE);
        tampered[7] ^= 1;
        assertRefused(piece(Hash.sha256(payload), payload.length, PIECE, tampered), "PAYLOAD_HASH", "REC-2", 6);
        assertThat(vault()).isEmpty();
        upload(payload);
        assertThat(vault()).hasSize(1).containsValue((long) payload.length);
    }

    @Test
    @DisplayName("REC-2 nobody has a payload that is held here forwarded to another institution, and so deleted")
    void rec2_notForwarded() throws Exception {
        byte[] payload = payload(9, PIECE);
        upload(payload);
        Map<String, Long> before = vault();
        for (int size : new int[] {payload.length, payload.length + 1}) {
            StagePayloadRequest request = piece(Hash.sha256(payload), size, 0, new byte[0]).toBuilder()
                    .setCustodian("riverside")
                    .build();
            Problem problem = net.refused(STRANGER, "StagePayload", request);
            assertThat(problem.getCode()).isEqualTo("PAYLOAD_REFUSED");
            assertThat(problem.getError()).doesNotContain(Integer.toString(payload.length));
        }
        assertThat(vault()).isEqualTo(before);
        assertThat(stage(piece(payload, 0)).getComplete()).isTrue();
    }

    @Test
    @DisplayName("REC-2 bytes beyond the announced size, and another size on the way, are not taken")
    void rec2_lengths() throws Exception {
        byte[] payload = payload(2, 2 * PIECE);
        Hash hash = Hash.sha256(payload);
        stage(piece(payload, 0));
        Map<String, Long> before = vault();
        assertRefused(piece(hash, payload.length, PIECE, new byte[PIECE + 1]), "PAYLOAD_LENGTH", "REC-2", 6);
        assertRefused(piece(hash, payload.length + 1, PIECE, new byte[PIECE]), "PAYLOAD_LENGTH", "REC-2", 6);
        assertThat(vault()).isEqualTo(before);
        assertThat(stage(piece(payload, PIECE)).getComplete()).isTrue();
    }

    @Test
    @DisplayName("TX-6 REC-2 a vault that is full, and a payload larger than any, are refused before a byte is kept")
    void rec2_full() throws Exception {
        upload(payload(3, 6 * PIECE));
        Map<String, Long> before = vault();
        assertRefused(piece(payload(4, 6 * PIECE), 0), "VAULT_FULL", "REC-2", 5);
        assertThat(vault()).isEqualTo(before);
        assertRefused(piece(Hash.sha256(new byte[] {5}), QUOTA + 1, 0, new byte[10]), "REQUEST_TOO_LARGE", "TX-6", 6);
        assertThat(vault()).isEqualTo(before);
        // what there is room for is taken all the same
        byte[] small = payload(6, 2 * PIECE);
        upload(small);
        assertThat(vault()).hasSize(2);
    }

    @Test
    @DisplayName(
            "TX-6 REC-2 one institution has so many uploads under way at once and no more, and another has its own")
    void tx6_uploadsOfOneInstitution() throws Exception {
        byte[] first = payload(10, 2 * PIECE);
        stage(piece(first, 0));
        stage(piece(payload(11, 2 * PIECE), 0));
        Map<String, Long> before = vault();
        assertRefused(piece(payload(12, 2 * PIECE), 0), "QUOTA_EXCEEDED", "TX-6", 5);
        assertThat(vault()).isEqualTo(before);
        StagePayloadRequest another = forRiverside(payload(13, 2 * PIECE));
        net.ok(STRANGER, "StagePayload", another, StagePayloadResponse.parser());
        assertThat(stage(piece(first, PIECE)).getComplete()).isTrue();
        stage(piece(payload(12, 2 * PIECE), 0));
    }

    @Test
    @DisplayName(
            "REC-2 what waits to be forwarded does so over a restart, and is pushed out by nobody who may send no more")
    void rec2_waitsToBeForwarded() throws Exception {
        StagePayloadRequest whole = forRiverside(payload(20, PIECE));
        assertThat(net.refused(STRANGER, "StagePayload", whole).getCode()).isEqualTo("CUSTODIAN_UNREACHABLE");
        net.restart(() -> net.passTime(2_000));
        assertThat(net.refused(STRANGER, "StagePayload", whole).getCode()).isEqualTo("CUSTODIAN_UNREACHABLE");

        byte[] second = payload(21, PIECE + 1);
        byte[] third = payload(22, PIECE + 1);
        net.ok(STRANGER, "StagePayload", forRiverside(second), StagePayloadResponse.parser());
        net.ok(STRANGER, "StagePayload", forRiverside(third), StagePayloadResponse.parser());
        for (int i = 0; i < MORE_THAN_ARE_FORWARDED; i++) {
            StagePayloadRequest tooMany = forRiverside(payload(100 + i, 1)).toBuilder()
                    .setTotalSize(2)
                    .build();
            assertThat(net.refused(STRANGER, "StagePayload", tooMany).getCode()).isEqualTo("QUOTA_EXCEEDED");
        }
        assertThat(net.refused(STRANGER, "StagePayload", whole).getCode()).isEqualTo("CUSTODIAN_UNREACHABLE");
    }

    private static StagePayloadRequest forRiverside(byte[] payload) {
        return piece(payload, 0).toBuilder().setCustodian("riverside").build();
    }

    @Test
    @DisplayName("REC-2 an upload that was cut off is not held, disclosed or served, and goes on over a restart")
    void rec2_truncated() throws Exception {
        byte[] payload = payload(7, 2 * PIECE + 5);
        stage(piece(payload, 0));
        ByteString record = net.record(CLINICIAN, patient, payload, new byte[32]);
        ByteString use = id();
        net.commit(
                CLINICIAN,
                TransactionBody.newBuilder()
                        .setAccessUse(AccessUse.newBuilder()
                                .addItems(AccessUse.Item.newBuilder()
                                        .setAccessId(use)
                                        .setRecordId(record)
                                        .setPurpose("TREAT"))));
        DiscloseRequest disclose = DiscloseRequest.newBuilder().setAccessId(use).build();
        assertThat(net.refused(CLINICIAN, "Disclose", disclose).getCode()).isEqualTo("PAYLOAD_NOT_HELD");
        net.restart(() -> net.passTime(2_000));
        assertThat(net.refused(CLINICIAN, "Disclose", disclose).getCode()).isEqualTo("PAYLOAD_NOT_HELD");
        assertThat(stage(piece(payload, 0)).getNextOffset())
                .as("where it stopped")
                .isEqualTo(PIECE);
        stage(piece(payload, PIECE));
        assertThat(stage(piece(payload, 2 * PIECE)).getComplete()).isTrue();
        DiscloseResponse disclosed = net.ok(CLINICIAN, "Disclose", disclose, DiscloseResponse.parser());
        FetchPayloadRequest fetch = FetchPayloadRequest.newBuilder()
                .setDownloadToken(disclosed.getDownloadToken())
                .build();
        assertThat(net.ok(CLINICIAN, "FetchPayload", fetch, FetchPayloadResponse.parser())
                        .getData()
                        .toByteArray())
                .isEqualTo(payload);
    }

    @Test
    @DisplayName("REC-2 a payload that rotted on disk is not served: it is put aside, and a right copy taken again")
    void rec2_rotten() throws Exception {
        byte[] payload = payload(8, PIECE);
        upload(payload);
        ByteString record = net.record(CLINICIAN, patient, payload, new byte[32]);
        net.consent(OFFICER, patient, STRANGER);
        ByteString access = net.access(STRANGER, record);
        DiscloseResponse disclosed = net.ok(
                STRANGER,
                "Disclose",
                DiscloseRequest.newBuilder().setAccessId(access).build(),
                DiscloseResponse.parser());
        String hash = Hash.sha256(payload).hex();
        Path file = net.vaultDirectory().resolve(hash.substring(0, 2)).resolve(hash);
        byte[] rotten = payload.clone();
        rotten[PIECE / 2] ^= 1;
        Files.write(file, rotten);
        FetchPayloadRequest fetch = FetchPayloadRequest.newBuilder()
                .setDownloadToken(disclosed.getDownloadToken())
                .build();
        Problem problem = net.refused(STRANGER, "FetchPayload", fetch);
        assertThat(List.of(problem.getCode(), problem.getRule())).isEqualTo(List.of("PAYLOAD_DAMAGED", "REC-2"));
        assertThat(net.refused(STRANGER, "FetchPayload", fetch).getCode()).isEqualTo("PAYLOAD_NOT_HELD");
        upload(payload);
        assertThat(net.ok(STRANGER, "FetchPayload", fetch, FetchPayloadResponse.parser())
                        .getData()
                        .toByteArray())
                .isEqualTo(payload);
    }
}
