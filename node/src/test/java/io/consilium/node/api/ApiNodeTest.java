package io.consilium.node.api;

import static io.consilium.node.api.TestNetwork.ADMIN;
import static io.consilium.node.api.TestNetwork.CLINICIAN;
import static io.consilium.node.api.TestNetwork.INSPECTOR;
import static io.consilium.node.api.TestNetwork.OFFICER;
import static io.consilium.node.api.TestNetwork.OPERATOR;
import static io.consilium.node.api.TestNetwork.PRIVACY;
import static io.consilium.node.api.TestNetwork.RESEARCHER;
import static io.consilium.node.api.TestNetwork.STRANGER;
import static io.consilium.node.api.TestNetwork.STRANGER_ADMIN;
import static io.consilium.node.api.TestNetwork.hex;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyPair;
import io.consilium.ledger.proof.StateValueProof;
import io.consilium.proto.ListRequest;
import io.consilium.proto.ListResponse;
import io.consilium.proto.MemberAdd;
import io.consilium.proto.MemberSuspend;
import io.consilium.proto.Noop;
import io.consilium.proto.StateRequest;
import io.consilium.proto.StateResponse;
import io.consilium.proto.StatusRequest;
import io.consilium.proto.StatusResponse;
import io.consilium.proto.SubmitRequest;
import io.consilium.proto.SubmitResult;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransactionReceipt;
import io.consilium.proto.ValidatorsRequest;
import io.consilium.proto.ValidatorsResponse;
import io.consilium.proto.WatchEvent;
import io.consilium.proto.WatchRequest;
import io.consilium.proto.WatchResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The API against a real node: submissions, pages, watches, proofs, health. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiNodeTest {
    private TestNetwork net;
    private ByteString patient;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        net = new TestNetwork(directory);
        patient = net.patient(OFFICER);
    }

    @AfterAll
    void stop() {
        net.close();
    }

    @Test
    void statusAndValidatorsAreEverybodys() throws Exception {
        for (String as : List.of(CLINICIAN, OPERATOR, STRANGER, RESEARCHER, INSPECTOR, hex(patient))) {
            StatusResponse status = net.ok(as, "Status", StatusRequest.getDefaultInstance(), StatusResponse.parser());
            assertThat(status.getNode()).isEqualTo("st-mary");
            assertThat(status.getReady())
                    .as(status.getNotReadyReasonsList().toString())
                    .isTrue();
            ValidatorsResponse validators =
                    net.ok(as, "Validators", ValidatorsRequest.getDefaultInstance(), ValidatorsResponse.parser());
            assertThat(validators.getQuorum()).isEqualTo(1);
            assertThat(validators.getValidators(0).getEligibleLeader()).isTrue();
        }
    }

    private static ListRequest listOf(String list, String by) {
        return ListRequest.newBuilder().setList(list).setBy(by).build();
    }

    @Test
    void submissionsAreCheckedOneByOne() throws Exception {
        byte[] good = net.signed(CLINICIAN, noop());
        byte[] otherChain = net.signed(CLINICIAN, net.person(CLINICIAN).signing(), Hash.ZERO, noop());
        byte[] stranger = net.signed(CLINICIAN, KeyPair.generate(new SecureRandom()), net.chainId(), noop());
        byte[] forged = good.clone();
        forged[forged.length - 1] ^= 1;
        SubmitRequest request = SubmitRequest.newBuilder()
                .addTransactions(ByteString.copyFrom(good))
                .addTransactions(ByteString.copyFrom(otherChain))
                .addTransactions(ByteString.copyFrom(stranger))
                .addTransactions(ByteString.copyFrom(forged))
                .addTransactions(ByteString.copyFromUtf8("garbage"))
                .setWaitCommitted(true)
                .build();
        var results = net.ok(CLINICIAN, "Submit", request, io.consilium.proto.SubmitResponse.parser())
                .getResultsList();
        assertThat(results)
                .extracting(SubmitResult::getState)
                .containsExactly("COMMITTED", "REJECTED", "REJECTED", "REJECTED", "REJECTED");
        assertThat(results)
                .extracting(r -> r.getProblem().getCode())
                .containsExactly("", "WRONG_CHAIN", "KEY_NOT_ACTIVE", "SIGNATURE_INVALID", "TRANSACTION_MALFORMED");
        assertThat(results).extracting(r -> r.getProblem().getExitCode()).containsExactly(0, 6, 4, 6, 6);
        SubmitResult again = net.submit(CLINICIAN, good);
        assertThat(again.getState()).isEqualTo("COMMITTED");
        assertThat(again.getProblem().getCode()).isEqualTo("DUPLICATE_TRANSACTION");
        assertThat(again.getProblem().getExitCode()).isEqualTo(8);
        assertThat(net.refused(CLINICIAN, "Submit", SubmitRequest.getDefaultInstance())
                        .getCode())
                .isEqualTo("MALFORMED_REQUEST");
    }

    private static TransactionBody.Builder noop() {
        return TransactionBody.newBuilder().setNoop(Noop.getDefaultInstance());
    }

    @Test
    void suspendedMembersAreStrangersAtOnce() throws Exception {
        KeyPair key = KeyPair.generate(new SecureRandom());
        net.addPerson("st-mary/temp", key);
        net.commit(
                ADMIN,
                TransactionBody.newBuilder()
                        .setMemberAdd(MemberAdd.newBuilder()
                                .setMember("st-mary/temp")
                                .addRoles("CLINICIAN")
                                .setSigningKey(
                                        TestNetwork.ed25519(key.publicKey().bytes()))
                                .setEncryptionKey(TestNetwork.x25519(
                                        net.person("st-mary/temp").encryption().publicKey()))));
        net.ok("st-mary/temp", "Status", StatusRequest.getDefaultInstance(), StatusResponse.parser());
        net.commit(
                ADMIN,
                TransactionBody.newBuilder()
                        .setMemberSuspend(MemberSuspend.newBuilder().setMember("st-mary/temp")));
        var refused = net.refused("st-mary/temp", "Status", StatusRequest.getDefaultInstance());
        assertThat(refused.getCode()).isEqualTo("UNKNOWN_CALLER");
        assertThat(refused.getExitCode()).isEqualTo(4);
    }

    @Test
    @DisplayName("PRV-8 pages are filled over hidden entries, and cursors serve their caller and question only")
    void prv8_pagesAndCursors() throws Exception {
        ByteString own = net.patient(OFFICER);
        List<ByteString> records = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            records.add(net.record(CLINICIAN, own, TestNetwork.ciphertext(), new byte[32]));
        }
        ListRequest first = ListRequest.newBuilder()
                .setList("records")
                .setBy("patient/" + hex(own))
                .setLimit(2)
                .build();
        ListResponse page = net.ok(CLINICIAN, "List", first, ListResponse.parser());
        assertThat(page.getItemsCount()).isEqualTo(2);
        assertThat(page.getNextCursor()).isNotEmpty();
        ListRequest next = first.toBuilder().setCursor(page.getNextCursor()).build();
        ListResponse rest = net.ok(CLINICIAN, "List", next, ListResponse.parser());
        assertThat(rest.getItemsCount()).isEqualTo(1);
        assertThat(rest.getNextCursor()).isEmpty();
        assertThat(net.refused(OFFICER, "List", next).getPath()).isEqualTo("cursor");
        assertThat(net.refused(
                                CLINICIAN,
                                "List",
                                next.toBuilder()
                                        .setBy("patient/" + hex(patient))
                                        .build())
                        .getPath())
                .isEqualTo("cursor");
        assertThat(net.refused(
                                CLINICIAN,
                                "List",
                                next.toBuilder().setCursor("AAAA").build())
                        .getPath())
                .isEqualTo("cursor");
        assertThat(net.refused(CLINICIAN, "List", listOf("everything", "")).getExitCode())
                .isEqualTo(6);
    }

    @Test
    void publicAbsenceIsProven() throws Exception {
        StateResponse absent = net.ok(
                STRANGER,
                "State",
                StateRequest.newBuilder().setKey("member/st-mary/nobody").build(),
                StateResponse.parser());
        assertThat(absent.getFound()).isFalse();
        StateValueProof proof = StateValueProof.decode(absent.getProof().toByteArray());
        assertThat(proof.proof().value()).isEmpty();
        assertThat(proof.check(net.trustRoot(), new Ed25519Verifier())).isEmpty();
        assertThat(net.notFound(
                        STRANGER,
                        "State",
                        StateRequest.newBuilder().setKey("x".repeat(1_000)).build()))
                .isEqualTo(3);
    }

    @Test
    @DisplayName("INT-3 watchers resume by cursor, wait for what is theirs, and hear of nothing else")
    void int3_watchersHearOfWhatIsTheirs() throws Exception {
        WatchRequest fromNow = WatchRequest.getDefaultInstance();
        String custodian =
                net.ok(PRIVACY, "Watch", fromNow, WatchResponse.parser()).getNextCursor();
        String stranger =
                net.ok(RESEARCHER, "Watch", fromNow, WatchResponse.parser()).getNextCursor();
        ByteString own = net.patient(OFFICER);
        WatchResponse heard = net.ok(
                PRIVACY,
                "Watch",
                WatchRequest.newBuilder()
                        .setCursor(custodian)
                        .setWaitMillis(10_000)
                        .build(),
                WatchResponse.parser());
        assertThat(heard.getEventsList()).extracting(WatchEvent::getType).contains("patient.registered");
        assertThat(heard.getEventsList()).extracting(WatchEvent::getObject).contains(hex(own));
        WatchResponse nothing = net.ok(
                RESEARCHER,
                "Watch",
                WatchRequest.newBuilder().setCursor(stranger).build(),
                WatchResponse.parser());
        assertThat(nothing.getEventsList()).isEmpty();
        WatchResponse blocks = net.ok(
                RESEARCHER,
                "Watch",
                WatchRequest.newBuilder().setCursor(stranger).setBlocks(true).build(),
                WatchResponse.parser());
        assertThat(blocks.getEventsList()).extracting(WatchEvent::getType).containsOnly("block");
        WatchResponse after = net.ok(
                PRIVACY,
                "Watch",
                WatchRequest.newBuilder().setCursor(heard.getNextCursor()).build(),
                WatchResponse.parser());
        assertThat(after.getEventsList()).isEmpty();
        assertThat(net.refused(
                                OFFICER,
                                "Watch",
                                WatchRequest.newBuilder().setCursor(custodian).build())
                        .getPath())
                .isEqualTo("cursor");
    }

    @Test
    void healthIsOpenAndMetricsAreForThisNodesOperators() {
        var ready = net.client().get("/health/ready", "");
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(new String(ready.body(), StandardCharsets.UTF_8)).contains("\"ready\":true");
        assertThat(net.client().get("/metrics", "").statusCode()).isEqualTo(401);
        assertThat(net.client().get("/metrics", net.token(STRANGER_ADMIN)).statusCode())
                .isEqualTo(403);
        assertThat(net.client().get("/metrics", net.token(CLINICIAN)).statusCode())
                .isEqualTo(403);
        var metrics = net.client().get("/metrics", net.token(OPERATOR));
        assertThat(new String(metrics.body(), StandardCharsets.UTF_8)).contains("consilium_chain_height");
    }

    @Test
    void receiptsNameRuleAndCodeOfRefusals() throws Exception {
        TransactionReceipt refused = net.commit(
                STRANGER,
                TransactionBody.newBuilder()
                        .setMemberSuspend(MemberSuspend.newBuilder().setMember(CLINICIAN)));
        assertThat(refused.getCode()).isEqualTo("ROLE_REQUIRED");
        assertThat(refused.getRule()).startsWith("ID-");
    }
}
