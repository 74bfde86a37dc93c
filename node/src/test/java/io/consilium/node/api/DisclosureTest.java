package io.consilium.node.api;

import static io.consilium.node.api.TestNetwork.ADMIN;
import static io.consilium.node.api.TestNetwork.CLINICIAN;
import static io.consilium.node.api.TestNetwork.OFFICER;
import static io.consilium.node.api.TestNetwork.OPERATOR;
import static io.consilium.node.api.TestNetwork.STRANGER;
import static io.consilium.node.api.TestNetwork.STRANGER_ADMIN;
import static io.consilium.node.api.TestNetwork.hex;
import static io.consilium.node.api.TestNetwork.id;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.crypto.KeyPair;
import io.consilium.crypto.X25519;
import io.consilium.crypto.X25519KeyPair;
import io.consilium.ledger.proof.ReceiptProof;
import io.consilium.proto.AccessState;
import io.consilium.proto.AccessUse;
import io.consilium.proto.ConsentRevoke;
import io.consilium.proto.DiscloseRequest;
import io.consilium.proto.DiscloseResponse;
import io.consilium.proto.FetchPayloadRequest;
import io.consilium.proto.FetchPayloadResponse;
import io.consilium.proto.ListRequest;
import io.consilium.proto.ListResponse;
import io.consilium.proto.MemberAdd;
import io.consilium.proto.MemberRotateKey;
import io.consilium.proto.Problem;
import io.consilium.proto.StagePayloadRequest;
import io.consilium.proto.StagePayloadResponse;
import io.consilium.proto.TransactionBody;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** No committed disclosure, no bytes (ACC-2): every way to bytes that must be closed, and the one that is open. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DisclosureTest {
    private final byte[] ciphertext = TestNetwork.ciphertext();
    private final byte[] dataKey = new byte[32];
    private TestNetwork net;
    private ByteString patient;
    private ByteString record;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        net = new TestNetwork(directory);
        patient = net.patient(OFFICER);
        stage(ciphertext);
        record = net.record(CLINICIAN, patient, ciphertext, dataKey);
    }

    @AfterAll
    void stop() {
        net.close();
    }

    private static StagePayloadRequest piece(byte[] payload, int offset, int length) {
        return StagePayloadRequest.newBuilder()
                .setCiphertextHash(ByteString.copyFrom(Hash.sha256(payload).toBytes()))
                .setTotalSize(payload.length)
                .setOffset(offset)
                .setData(ByteString.copyFrom(payload, offset, length))
                .setCustodian("st-mary")
                .build();
    }

    private void stage(byte[] payload) throws Exception {
        StagePayloadResponse first =
                net.ok(CLINICIAN, "StagePayload", piece(payload, 0, 10), StagePayloadResponse.parser());
        assertThat(first.getComplete()).isFalse();
        assertThat(first.getNextOffset()).isEqualTo(10);
        StagePayloadResponse rest = net.ok(
                CLINICIAN, "StagePayload", piece(payload, 10, payload.length - 10), StagePayloadResponse.parser());
        assertThat(rest.getComplete()).isTrue();
    }

    private static DiscloseRequest request(ByteString access) {
        return DiscloseRequest.newBuilder().setAccessId(access).build();
    }

    private DiscloseResponse disclose(String as, ByteString access) throws Exception {
        return net.ok(as, "Disclose", request(access), DiscloseResponse.parser());
    }

    private Problem refused(String as, ByteString access) throws Exception {
        return net.refused(as, "Disclose", request(access));
    }

    private static FetchPayloadRequest fetch(DiscloseResponse disclosed) {
        return FetchPayloadRequest.newBuilder()
                .setDownloadToken(disclosed.getDownloadToken())
                .build();
    }

    private byte[] open(String as, ByteString access, DiscloseResponse disclosed) throws Exception {
        return KeyEnvelope.open(
                KeyEnvelope.Use.DISCLOSED_KEY,
                access.toByteArray(),
                net.person(as).encryption().privateKey(),
                disclosed.getDataKey().getEnvelope().toByteArray());
    }

    private AccessState access(ByteString access) throws Exception {
        ListRequest request = ListRequest.newBuilder()
                .setList("accesses")
                .setBy("patient/" + hex(patient))
                .setLimit(100)
                .build();
        for (ByteString item :
                net.ok(OFFICER, "List", request, ListResponse.parser()).getItemsList()) {
            AccessState state = AccessState.parseFrom(item);
            if (state.getId().equals(access)) {
                return state;
            }
        }
        throw new AssertionError("no such access");
    }

    @Test
    @Order(1)
    @DisplayName("ACC-2 without a permit there are no bytes, and the denied access is on chain")
    void acc2_deniedAccessGetsNothing() throws Exception {
        ByteString access = net.access(STRANGER, record);
        Problem problem = refused(STRANGER, access);
        assertThat(problem.getCode()).isEqualTo("ACCESS_DENIED");
        assertThat(problem.getExitCode()).isEqualTo(4);
        assertThat(access(access).hasDisclosure()).isFalse();
        assertThat(refused(STRANGER, id()).getCode()).isEqualTo("NOT_FOUND");
    }

    @Test
    @Order(2)
    @DisplayName("ACC-2 a permitted access is disclosed on chain first, then served to its requester alone")
    void acc2_permittedAccessIsDisclosedThenServed() throws Exception {
        ByteString consent = net.consent(OFFICER, patient, STRANGER);
        ByteString access = net.access(STRANGER, record);
        assertThat(refused(CLINICIAN, access).getCode()).isEqualTo("NOT_FOUND");
        DiscloseResponse disclosed = disclose(STRANGER, access);
        assertThat(access(access).getDisclosure().getTxId()).isEqualTo(disclosed.getDisclosureTxId());
        assertThat(access(access).getDisclosure().getEnvelopeHash().toByteArray())
                .isEqualTo(Hash.sha256(disclosed.getDataKey().getEnvelope().toByteArray())
                        .toBytes());
        assertThat(open(STRANGER, access, disclosed)).isEqualTo(dataKey);
        ReceiptProof proof = ReceiptProof.decode(disclosed.getRecordProof().toByteArray());
        assertThat(proof.check(net.trustRoot(), new Ed25519Verifier())).isEmpty();
        FetchPayloadResponse bytes = net.ok(STRANGER, "FetchPayload", fetch(disclosed), FetchPayloadResponse.parser());
        assertThat(bytes.getData().toByteArray()).isEqualTo(ciphertext);

        // Another caller's token is worth nothing, nor is one that was made up.
        assertThat(net.refused(CLINICIAN, "FetchPayload", fetch(disclosed)).getCode())
                .isEqualTo("DOWNLOAD_TOKEN_INVALID");
        assertThat(net.refused(
                                STRANGER,
                                "FetchPayload",
                                FetchPayloadRequest.newBuilder()
                                        .setDownloadToken("x")
                                        .build())
                        .getExitCode())
                .isEqualTo(4);

        // Once more is the same disclosure with the same envelope: nothing new on chain.
        DiscloseResponse again = disclose(STRANGER, access);
        assertThat(again.getDisclosureTxId()).isEqualTo(disclosed.getDisclosureTxId());
        assertThat(again.getDataKey()).isEqualTo(disclosed.getDataKey());
        assertThat(access(access).getVersion()).isEqualTo(2);

        // A revoked consent ends the download under way and every repetition.
        net.commit(
                OFFICER,
                TransactionBody.newBuilder()
                        .setConsentRevoke(ConsentRevoke.newBuilder().setConsentId(consent)));
        assertThat(net.refused(STRANGER, "FetchPayload", fetch(again)).getCode())
                .isEqualTo("PERMIT_WITHDRAWN");
        assertThat(refused(STRANGER, access).getCode()).isEqualTo("PERMIT_WITHDRAWN");
    }

    @Test
    @Order(3)
    void twoRequestsAtOnceMakeOneDisclosure() throws Exception {
        net.consent(OFFICER, patient, STRANGER);
        ByteString access = net.access(STRANGER, record);
        List<CompletableFuture<DiscloseResponse>> both = List.of(
                CompletableFuture.supplyAsync(() -> discloseUnchecked(access)),
                CompletableFuture.supplyAsync(() -> discloseUnchecked(access)));
        assertThat(both.get(0).join().getDataKey()).isEqualTo(both.get(1).join().getDataKey());
        assertThat(both.get(0).join().getDisclosureTxId())
                .isEqualTo(both.get(1).join().getDisclosureTxId());
        assertThat(access(access).getVersion()).isEqualTo(2);
    }

    private DiscloseResponse discloseUnchecked(ByteString access) {
        try {
            return disclose(STRANGER, access);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @Order(4)
    void tokensServeABoundedNumberOfBytes() throws Exception {
        ByteString access = net.access(STRANGER, record);
        FetchPayloadRequest fetch = fetch(disclose(STRANGER, access));
        net.ok(STRANGER, "FetchPayload", fetch, FetchPayloadResponse.parser());
        net.ok(STRANGER, "FetchPayload", fetch, FetchPayloadResponse.parser());
        assertThat(net.refused(STRANGER, "FetchPayload", fetch).getCode()).isEqualTo("DOWNLOAD_TOKEN_INVALID");
    }

    @Test
    @Order(5)
    @DisplayName("ACC-2 a permit to one key is not served to another")
    void acc2_anotherKeyGetsNothing() throws Exception {
        KeyPair signing = KeyPair.generate(new SecureRandom());
        net.addPerson("riverside/dr-new", signing);
        X25519KeyPair encryption = net.person("riverside/dr-new").encryption();
        net.commit(
                STRANGER_ADMIN,
                TransactionBody.newBuilder()
                        .setMemberAdd(MemberAdd.newBuilder()
                                .setMember("riverside/dr-new")
                                .addRoles("CLINICIAN")
                                .setSigningKey(
                                        TestNetwork.ed25519(signing.publicKey().bytes()))
                                .setEncryptionKey(TestNetwork.x25519(encryption.publicKey()))));
        net.consent(OFFICER, patient, "riverside/dr-new");
        ByteString access = net.access("riverside/dr-new", record);
        KeyPair fresh = KeyPair.generate(new SecureRandom());
        net.commit(
                STRANGER_ADMIN,
                TransactionBody.newBuilder()
                        .setMemberRotateKey(MemberRotateKey.newBuilder()
                                .setMember("riverside/dr-new")
                                .setSigningKey(
                                        TestNetwork.ed25519(fresh.publicKey().bytes()))
                                .setEncryptionKey(TestNetwork.x25519(
                                        X25519.generate(new SecureRandom()).publicKey()))));
        net.addPerson("riverside/dr-new", fresh);
        assertThat(refused("riverside/dr-new", access).getCode()).isEqualTo("RECIPIENT_KEY_CHANGED");
        assertThat(access(access).hasDisclosure()).isFalse();
    }

    @Test
    @Order(6)
    @DisplayName("ACC-1 the custodian's own clinician reads by a use, others of its staff do not")
    void acc1_usesOfTheCustodiansStaff() throws Exception {
        ByteString use = id();
        net.commit(CLINICIAN, use(use));
        DiscloseResponse read = disclose(CLINICIAN, use);
        assertThat(read.getDisclosureTxId().isEmpty()).isTrue();
        assertThat(open(CLINICIAN, use, read)).isEqualTo(dataKey);
        assertThat(net.ok(CLINICIAN, "FetchPayload", fetch(read), FetchPayloadResponse.parser())
                        .getData()
                        .toByteArray())
                .isEqualTo(ciphertext);
        ByteString denied = id();
        net.commit(ADMIN, use(denied));
        assertThat(refused(ADMIN, denied).getExitCode()).isEqualTo(4);
    }

    private TransactionBody.Builder use(ByteString access) {
        return TransactionBody.newBuilder()
                .setAccessUse(AccessUse.newBuilder()
                        .addItems(AccessUse.Item.newBuilder()
                                .setAccessId(access)
                                .setRecordId(record)
                                .setPurpose("TREAT")));
    }

    @Test
    @Order(7)
    void payloadsThatAreNotHereAreNotDisclosed() throws Exception {
        ByteString missing = net.record(CLINICIAN, patient, TestNetwork.ciphertext(), new byte[32]);
        ByteString access = net.access(STRANGER, missing);
        Problem problem = refused(STRANGER, access);
        assertThat(problem.getCode()).isEqualTo("PAYLOAD_NOT_HELD");
        assertThat(problem.getExitCode()).isEqualTo(5);
        assertThat(access(access).hasDisclosure()).isFalse();
    }

    @Test
    @Order(8)
    @DisplayName("REC-2 payloads are taken whole, checked, bounded, and from their custodian's staff only")
    void rec2_staging() throws Exception {
        byte[] payload = TestNetwork.ciphertext();
        for (String as : List.of(OPERATOR, OFFICER, STRANGER)) {
            assertThat(net.refused(as, "StagePayload", piece(payload, 0, 10)).getExitCode())
                    .isEqualTo(4);
        }
        StagePayloadRequest wrong = piece(payload, 0, payload.length).toBuilder()
                .setCiphertextHash(
                        ByteString.copyFrom(Hash.sha256(new byte[] {7}).toBytes()))
                .build();
        assertThat(net.refused(CLINICIAN, "StagePayload", wrong).getCode()).isEqualTo("PAYLOAD_HASH");
        StagePayloadRequest shortHash = piece(payload, 0, 10).toBuilder()
                .setCiphertextHash(ByteString.copyFromUtf8("x"))
                .build();
        assertThat(net.refused(CLINICIAN, "StagePayload", shortHash).getPath()).isEqualTo("ciphertextHash");
        StagePayloadRequest huge =
                piece(payload, 0, 10).toBuilder().setTotalSize(1L << 50).build();
        assertThat(net.refused(CLINICIAN, "StagePayload", huge).getExitCode()).isIn(5, 6);
        StagePayloadRequest elsewhere = piece(payload, 0, payload.length).toBuilder()
                .setCustodian("riverside")
                .build();
        // No such node is connected, so the payload waits here and the caller is told.
        assertThat(net.refused(CLINICIAN, "StagePayload", elsewhere).getExitCode())
                .isEqualTo(4);
        assertThat(net.refused(STRANGER, "StagePayload", elsewhere).getCode()).isEqualTo("CUSTODIAN_UNREACHABLE");
    }

    @Test
    @Order(9)
    @DisplayName("ACC-2 a permit that is too old is not served")
    void acc2_oldPermitsGetNothing() throws Exception {
        ByteString access = net.access(STRANGER, record);
        DiscloseResponse young = disclose(STRANGER, access);
        ByteString waiting = net.access(STRANGER, record);
        net.passTime(TestNetwork.PERMIT_AGE_MILLIS + 1_000);
        assertThat(refused(STRANGER, waiting).getCode()).isEqualTo("PERMIT_TOO_OLD");
        assertThat(refused(STRANGER, access).getCode()).isEqualTo("PERMIT_TOO_OLD");
        assertThat(net.refused(STRANGER, "FetchPayload", fetch(young)).getCode())
                .isEqualTo("DOWNLOAD_TOKEN_INVALID");
        assertThat(access(waiting).hasDisclosure()).isFalse();
    }
}
