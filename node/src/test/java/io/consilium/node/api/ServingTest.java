package io.consilium.node.api;

import static io.consilium.node.api.TestNetwork.CLINICIAN;
import static io.consilium.node.api.TestNetwork.OFFICER;
import static io.consilium.node.api.TestNetwork.PRIVACY;
import static io.consilium.node.api.TestNetwork.STRANGER;
import static io.consilium.node.api.TestNetwork.STRANGER_ADMIN;
import static io.consilium.node.api.TestNetwork.hex;
import static io.consilium.node.api.TestNetwork.id;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyPair;
import io.consilium.crypto.X25519;
import io.consilium.ledger.proof.ReceiptProof;
import io.consilium.proto.AccessRequest;
import io.consilium.proto.AccessState;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.Disclose;
import io.consilium.proto.DiscloseRequest;
import io.consilium.proto.DiscloseResponse;
import io.consilium.proto.FetchPayloadRequest;
import io.consilium.proto.FetchPayloadResponse;
import io.consilium.proto.MemberAdd;
import io.consilium.proto.MemberSuspend;
import io.consilium.proto.Problem;
import io.consilium.proto.RecordErase;
import io.consilium.proto.StagePayloadRequest;
import io.consilium.proto.StagePayloadResponse;
import io.consilium.proto.StateRequest;
import io.consilium.proto.StateResponse;
import io.consilium.proto.SubmitResult;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransactionReceipt;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The custodian's node serves a permitted requester the record it asked for, while the permit is young, and nobody else
 * anything else (ACC-2): each other way is tried over the API itself, over restarts of the node too.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ServingTest {
    private static final String LEAVING = "riverside/dr-leaving";

    private final byte[] open = TestNetwork.ciphertext();
    private final byte[] closed = TestNetwork.ciphertext();
    private TestNetwork net;
    private ByteString patient;
    private ByteString openRecord;
    private ByteString closedRecord;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        net = new TestNetwork(directory);
        patient = net.patient(OFFICER);
        openRecord = recordOf(open);
        closedRecord = recordOf(closed);
        consent(STRANGER, openRecord);
    }

    @AfterAll
    void stop() {
        net.close();
    }

    private ByteString recordOf(byte[] ciphertext) throws Exception {
        StagePayloadRequest whole = StagePayloadRequest.newBuilder()
                .setCiphertextHash(hash(ciphertext))
                .setTotalSize(ciphertext.length)
                .setData(ByteString.copyFrom(ciphertext))
                .setCustodian(TestNetwork.NODE)
                .build();
        assertThat(net.ok(CLINICIAN, "StagePayload", whole, StagePayloadResponse.parser())
                        .getComplete())
                .isTrue();
        return net.record(CLINICIAN, patient, ciphertext, new byte[32]);
    }

    private void consent(String grantee, ByteString record) throws Exception {
        net.consent(
                OFFICER, patient, ConsentRule.newBuilder().addActors(grantee).addRecordIds(record));
    }

    private static ByteString hash(byte[] bytes) {
        return ByteString.copyFrom(Hash.sha256(bytes).toBytes());
    }

    private static DiscloseRequest disclosing(ByteString access) {
        return DiscloseRequest.newBuilder().setAccessId(access).build();
    }

    private DiscloseResponse disclose(String as, ByteString access) throws Exception {
        return net.ok(as, "Disclose", disclosing(access), DiscloseResponse.parser());
    }

    private static FetchPayloadRequest byToken(DiscloseResponse disclosed) {
        return FetchPayloadRequest.newBuilder()
                .setDownloadToken(disclosed.getDownloadToken())
                .build();
    }

    private static FetchPayloadRequest byAccess(ByteString access) {
        return FetchPayloadRequest.newBuilder().setAccessId(access).build();
    }

    private byte[] served(String as, FetchPayloadRequest fetch) throws Exception {
        return net.ok(as, "FetchPayload", fetch, FetchPayloadResponse.parser())
                .getData()
                .toByteArray();
    }

    private String refusal(String as, String method, Message request) throws Exception {
        Problem problem = net.refused(as, method, request);
        assertThat(problem.getError()).isNotBlank();
        assertThat(problem.getHint()).isNotBlank();
        return problem.getCode() + " " + problem.getRule();
    }

    private AccessState access(ByteString access) throws Exception {
        StateRequest request =
                StateRequest.newBuilder().setKey("access/" + hex(access)).build();
        return AccessState.parseFrom(
                net.ok(PRIVACY, "State", request, StateResponse.parser()).getValue());
    }

    /** The receipt of a disclosure that this institution's node signs. */
    private String disclosureBy(String institution, Disclose.Builder disclose) throws Exception {
        byte[] signed = net.signed(
                institution,
                net.institutionKey(institution),
                net.chainId(),
                TransactionBody.newBuilder().setDisclose(disclose));
        SubmitResult result = net.submit(STRANGER, signed);
        assertThat(result.getState()).as(result.toString()).isEqualTo("COMMITTED");
        TransactionReceipt receipt = TransactionReceipt.parseFrom(
                ReceiptProof.decode(result.getReceiptProof().toByteArray()).receipt());
        return receipt.getCode() + " " + receipt.getRule();
    }

    private Disclose.Builder disclosure(ByteString access) {
        return Disclose.newBuilder()
                .setAccessId(access)
                .setCiphertextHash(hash(open))
                .setEnvelopeHash(hash(new byte[] {1}))
                .setRecipientKey(
                        ByteString.copyFrom(net.person(STRANGER).encryption().publicKey()));
    }

    @Test
    @Order(1)
    @DisplayName("ACC-2 without a permit: no disclosure, no bytes by access, by token or by nothing")
    void acc2_withoutPermit() throws Exception {
        ByteString denied = net.access(STRANGER, closedRecord);
        assertThat(refusal(STRANGER, "Disclose", disclosing(denied))).startsWith("ACCESS_DENIED");
        assertThat(refusal(STRANGER, "FetchPayload", byAccess(denied))).startsWith("NOT_FOUND");
        assertThat(refusal(STRANGER, "FetchPayload", FetchPayloadRequest.getDefaultInstance()))
                .isEqualTo("DOWNLOAD_TOKEN_INVALID ACC-2");
        assertThat(disclosureBy(TestNetwork.NODE, disclosure(denied).setCiphertextHash(hash(closed))))
                .as("a node that would disclose it all the same")
                .isEqualTo("NOTHING_TO_DISCLOSE ACC-2");
        assertThat(access(denied).hasDisclosure()).isFalse();
        assertThat(access(denied).getVersion()).isEqualTo(1);
    }

    @Test
    @Order(1)
    @DisplayName("ACC-2 CON-1 nothing is served under another action than reading, whatever a consent says of it")
    void acc2_anotherAction() throws Exception {
        for (String action : List.of("disclose", "correct")) {
            ByteString other = id();
            net.commit(
                    STRANGER,
                    TransactionBody.newBuilder()
                            .setAccessRequest(AccessRequest.newBuilder()
                                    .setAccessId(other)
                                    .setRecordId(openRecord)
                                    .setPurpose("TREAT")
                                    .setAction(action)));
            assertThat(refusal(STRANGER, "Disclose", disclosing(other))).isEqualTo("NOTHING_TO_DISCLOSE ACC-2");
            assertThat(refusal(STRANGER, "FetchPayload", byAccess(other))).startsWith("NOT_FOUND");
            assertThat(disclosureBy(TestNetwork.NODE, disclosure(other))).isEqualTo("NOTHING_TO_DISCLOSE ACC-2");
        }
    }

    @Test
    @Order(2)
    @DisplayName("ACC-2 a permit that is not disclosed yet serves nothing, and nobody but the custodian discloses it")
    void acc2_beforeDisclosure() throws Exception {
        ByteString access = net.access(STRANGER, openRecord);
        assertThat(refusal(STRANGER, "FetchPayload", byAccess(access))).startsWith("NOT_FOUND");
        assertThat(disclosureBy("riverside", disclosure(access))).isEqualTo("NOT_CUSTODIAN ACC-2");
        assertThat(access(access).hasDisclosure()).isFalse();
        assertThat(refusal(STRANGER, "FetchPayload", byAccess(access))).startsWith("NOT_FOUND");
    }

    @Test
    @Order(3)
    @DisplayName("ACC-2 a permit for one record opens no other, whichever way it is named")
    void acc2_anotherRecord() throws Exception {
        ByteString permitted = net.access(STRANGER, openRecord);
        ByteString denied = net.access(STRANGER, closedRecord);
        assertThat(disclosureBy(TestNetwork.NODE, disclosure(permitted).setCiphertextHash(hash(closed))))
                .isEqualTo("CIPHERTEXT_OTHER ACC-2");
        DiscloseResponse disclosed = disclose(STRANGER, permitted);
        assertThat(disclosed.getCiphertextHash()).isEqualTo(hash(open));
        FetchPayloadRequest both =
                byToken(disclosed).toBuilder().setAccessId(denied).build();
        assertThat(refusal(STRANGER, "FetchPayload", both)).startsWith("NOT_FOUND");
        assertThat(served(STRANGER, byToken(disclosed))).isEqualTo(open);
        assertThat(served(STRANGER, byAccess(permitted))).isEqualTo(open);
        assertThat(refusal(
                        STRANGER,
                        "FetchPayload",
                        byAccess(permitted).toBuilder().setOffset(open.length).build()))
                .as("beyond its end")
                .startsWith("MALFORMED_REQUEST");
    }

    @Test
    @Order(4)
    @DisplayName("ACC-2 another person, and another key of the same person, get nothing")
    void acc2_anotherKey() throws Exception {
        ByteString permitted = net.access(STRANGER, openRecord);
        assertThat(disclosureBy(
                        TestNetwork.NODE,
                        disclosure(permitted)
                                .setRecipientKey(ByteString.copyFrom(
                                        X25519.generate(new SecureRandom()).publicKey()))))
                .isEqualTo("RECIPIENT_KEY_CHANGED ACC-2");
        DiscloseResponse disclosed = disclose(STRANGER, permitted);
        for (String other : List.of(STRANGER_ADMIN, CLINICIAN, PRIVACY, hex(patient))) {
            assertThat(refusal(other, "Disclose", disclosing(permitted)))
                    .as(other)
                    .startsWith("NOT_FOUND");
            assertThat(refusal(other, "FetchPayload", byAccess(permitted)))
                    .as(other)
                    .startsWith("NOT_FOUND");
            assertThat(refusal(other, "FetchPayload", byToken(disclosed)))
                    .as(other)
                    .startsWith("DOWNLOAD_TOKEN_INVALID");
        }
    }

    @Test
    @Order(5)
    @DisplayName("ACC-2 a repetition makes no second disclosure and no unlimited bytes, over a restart either")
    void acc2_replay() throws Exception {
        ByteString permitted = id();
        byte[] asking = net.signed(
                STRANGER,
                TransactionBody.newBuilder()
                        .setAccessRequest(io.consilium.proto.AccessRequest.newBuilder()
                                .setAccessId(permitted)
                                .setRecordId(openRecord)
                                .setPurpose("TREAT")));
        SubmitResult once = net.submit(STRANGER, asking);
        String token = net.token(STRANGER);
        DiscloseResponse disclosed = DiscloseResponse.parseFrom(
                net.client().protobuf("Disclose", disclosing(permitted), token).body());
        assertThat(disclosed.getCiphertextHash()).isEqualTo(hash(open));

        // the request of the requester, and the bearer's token, once more
        assertThat(net.submit(STRANGER, asking).getReceiptProof()).isEqualTo(once.getReceiptProof());
        var replayed = net.client().protobuf("Disclose", disclosing(permitted), token);
        assertThat(replayed.statusCode()).isEqualTo(401);
        assertThat(Problem.parseFrom(replayed.body()).getCode()).isEqualTo("TOKEN_REPLAYED");
        assertThat(access(permitted).getVersion())
                .as("asked and disclosed once")
                .isEqualTo(2);

        // a token is good for the bytes of the payload twice, since a download may break
        served(STRANGER, byToken(disclosed));
        served(STRANGER, byToken(disclosed));
        assertThat(refusal(STRANGER, "FetchPayload", byToken(disclosed))).startsWith("DOWNLOAD_TOKEN_INVALID");

        String unused = net.token(STRANGER);
        net.restart(() -> net.passTime(2_000)); // tokens tell seconds
        for (String old : List.of(token, unused)) {
            var again = net.client().protobuf("Disclose", disclosing(permitted), old);
            assertThat(again.statusCode()).as("a token of before the restart").isEqualTo(401);
        }
        assertThat(refusal(STRANGER, "FetchPayload", byToken(disclosed))).startsWith("DOWNLOAD_TOKEN_INVALID");
        DiscloseResponse again = disclose(STRANGER, permitted);
        assertThat(again.getDisclosureTxId()).isEqualTo(disclosed.getDisclosureTxId());
        assertThat(again.getDataKey()).as("the envelope on chain").isEqualTo(disclosed.getDataKey());
        assertThat(disclosureBy(TestNetwork.NODE, disclosure(permitted))).isEqualTo("ALREADY_DISCLOSED ACC-2");
        assertThat(access(permitted).getVersion()).isEqualTo(2);
        served(STRANGER, byAccess(permitted));
        served(STRANGER, byAccess(permitted));
        assertThat(refusal(STRANGER, "FetchPayload", byAccess(permitted))).startsWith("DOWNLOAD_TOKEN_INVALID");
    }

    @Test
    @Order(6)
    @DisplayName("ACC-2 a member suspended between request and fetch gets nothing, before and after the disclosure")
    void acc2_suspendedMeanwhile() throws Exception {
        KeyPair signing = KeyPair.generate(new SecureRandom());
        net.addPerson(LEAVING, signing);
        net.commit(
                STRANGER_ADMIN,
                TransactionBody.newBuilder()
                        .setMemberAdd(MemberAdd.newBuilder()
                                .setMember(LEAVING)
                                .addRoles("CLINICIAN")
                                .setSigningKey(
                                        TestNetwork.ed25519(signing.publicKey().bytes()))
                                .setEncryptionKey(TestNetwork.x25519(
                                        net.person(LEAVING).encryption().publicKey()))));
        consent(LEAVING, openRecord);
        ByteString waiting = net.access(LEAVING, openRecord);
        ByteString begun = net.access(LEAVING, openRecord);
        DiscloseResponse disclosed = disclose(LEAVING, begun);
        net.commit(
                STRANGER_ADMIN,
                TransactionBody.newBuilder()
                        .setMemberSuspend(MemberSuspend.newBuilder().setMember(LEAVING)));
        for (var response : List.of(
                net.call(LEAVING, "Disclose", disclosing(waiting)),
                net.call(LEAVING, "FetchPayload", byToken(disclosed)),
                net.call(LEAVING, "FetchPayload", byAccess(begun)))) {
            assertThat(response.statusCode()).isEqualTo(401);
            assertThat(Problem.parseFrom(response.body()).getExitCode()).isEqualTo(4);
        }
        assertThat(disclosureBy(
                        TestNetwork.NODE,
                        disclosure(waiting)
                                .setRecipientKey(ByteString.copyFrom(
                                        net.person(LEAVING).encryption().publicKey()))))
                .isEqualTo("PERMIT_WITHDRAWN ACC-2");
        assertThat(access(waiting).hasDisclosure()).isFalse();
    }

    @Test
    @Order(7)
    @DisplayName("ACC-2 PRV-6 after an erasure every way is closed, over a restart too")
    void acc2_afterErasure() throws Exception {
        byte[] ciphertext = TestNetwork.ciphertext();
        ByteString record = recordOf(ciphertext);
        consent(STRANGER, record);
        ByteString waiting = net.access(STRANGER, record);
        ByteString begun = net.access(STRANGER, record);
        DiscloseResponse disclosed = disclose(STRANGER, begun);
        assertThat(served(STRANGER, byAccess(begun))).isEqualTo(ciphertext);
        net.commit(
                PRIVACY,
                TransactionBody.newBuilder()
                        .setRecordErase(
                                RecordErase.newBuilder().setRecordId(record).setBasis("gdpr-17")));
        for (boolean restarted : new boolean[] {false, true}) {
            assertThat(refusal(STRANGER, "Disclose", disclosing(waiting))).isEqualTo("RECORD_PURGED PRV-6");
            assertThat(refusal(STRANGER, "Disclose", disclosing(begun))).isEqualTo("RECORD_PURGED PRV-6");
            assertThat(refusal(STRANGER, "FetchPayload", byAccess(begun))).isEqualTo("RECORD_PURGED PRV-6");
            assertThat(refusal(STRANGER, "FetchPayload", byToken(disclosed)))
                    .isEqualTo(restarted ? "DOWNLOAD_TOKEN_INVALID ACC-2" : "RECORD_PURGED PRV-6");
            assertThat(disclosureBy(TestNetwork.NODE, disclosure(waiting).setCiphertextHash(hash(ciphertext))))
                    .isEqualTo("RECORD_PURGED PRV-6");
            if (!restarted) {
                net.restart(() -> net.passTime(2_000));
            }
        }
        assertThat(access(waiting).hasDisclosure()).isFalse();
    }

    @Test
    @Order(8)
    @DisplayName("REC-2 a node that holds no copy sends on to the custodian, and serves nothing")
    void rec2_otherCustodian() throws Exception {
        ByteString theirs = net.patient(STRANGER_ADMIN);
        byte[] content = TestNetwork.ciphertext();
        ByteString record = net.record(STRANGER, theirs, content, new byte[32]);
        net.consent(hex(theirs), theirs, CLINICIAN);
        ByteString access = net.access(CLINICIAN, record);
        assertThat(refusal(CLINICIAN, "Disclose", disclosing(access))).startsWith("WRONG_NODE");
        assertThat(disclosureBy(
                        "riverside",
                        disclosure(access)
                                .setCiphertextHash(hash(content))
                                .setRecipientKey(ByteString.copyFrom(
                                        net.person(CLINICIAN).encryption().publicKey()))))
                .startsWith("OK");
        assertThat(refusal(CLINICIAN, "FetchPayload", byAccess(access))).startsWith("WRONG_NODE");
    }

    @Test
    @Order(9)
    @DisplayName("ACC-2 a permit that grew too old serves nothing by any way, over a restart either")
    void acc2_tooOld() throws Exception {
        ByteString waiting = net.access(STRANGER, openRecord);
        ByteString begun = net.access(STRANGER, openRecord);
        DiscloseResponse disclosed = disclose(STRANGER, begun);
        assertThat(served(STRANGER, byAccess(begun))).isEqualTo(open);
        net.passTime(TestNetwork.PERMIT_AGE_MILLIS + 1_000);
        for (boolean restarted : new boolean[] {false, true}) {
            assertThat(refusal(STRANGER, "Disclose", disclosing(waiting))).startsWith("PERMIT_TOO_OLD");
            assertThat(refusal(STRANGER, "Disclose", disclosing(begun))).startsWith("PERMIT_TOO_OLD");
            assertThat(refusal(STRANGER, "FetchPayload", byAccess(begun))).startsWith("PERMIT_TOO_OLD");
            assertThat(refusal(STRANGER, "FetchPayload", byToken(disclosed))).startsWith("DOWNLOAD_TOKEN_INVALID");
            if (!restarted) {
                net.restart(() -> net.passTime(2_000));
            }
        }
        assertThat(disclosureBy(TestNetwork.NODE, disclosure(waiting))).isEqualTo("PERMIT_TOO_OLD ACC-2");
        assertThat(access(waiting).hasDisclosure()).isFalse();
    }
}
