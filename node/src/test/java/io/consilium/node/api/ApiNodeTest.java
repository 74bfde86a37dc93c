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
import static io.consilium.node.api.TestNetwork.STRANGER_PRIVACY;
import static io.consilium.node.api.TestNetwork.hex;
import static io.consilium.node.api.TestNetwork.id;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.crypto.KeyPair;
import io.consilium.ledger.proof.StateValueProof;
import io.consilium.proto.AccessState;
import io.consilium.proto.BlockRequest;
import io.consilium.proto.BlockResponse;
import io.consilium.proto.ConsentCheckRequest;
import io.consilium.proto.ConsentCheckResponse;
import io.consilium.proto.DecisionOutcome;
import io.consilium.proto.ListRequest;
import io.consilium.proto.ListResponse;
import io.consilium.proto.MemberAdd;
import io.consilium.proto.MemberSuspend;
import io.consilium.proto.Noop;
import io.consilium.proto.PatientState;
import io.consilium.proto.ScopeKeyRequest;
import io.consilium.proto.ScopeKeyResponse;
import io.consilium.proto.StateRequest;
import io.consilium.proto.StateResponse;
import io.consilium.proto.StatusRequest;
import io.consilium.proto.StatusResponse;
import io.consilium.proto.SubmitRequest;
import io.consilium.proto.SubmitResult;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransactionReceipt;
import io.consilium.proto.TransactionRequest;
import io.consilium.proto.TransactionResponse;
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

/** Every method of the API against a real node: who gets an answer, and what is in it (PRV-8). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiNodeTest {
    private TestNetwork net;
    private ByteString patient;
    private ByteString record;
    private ByteString consent;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        net = new TestNetwork(directory);
        patient = net.patient(OFFICER);
        record = net.record(CLINICIAN, patient, TestNetwork.ciphertext(), new byte[32]);
        consent = net.consent(OFFICER, patient, STRANGER);
    }

    @AfterAll
    void stop() {
        net.close();
    }

    private List<ByteString> list(String as, String list, String by) throws Exception {
        ListRequest request = ListRequest.newBuilder().setList(list).setBy(by).build();
        return net.ok(as, "List", request, ListResponse.parser()).getItemsList();
    }

    private int notFound(String as, String method, com.google.protobuf.Message request) throws Exception {
        var problem = net.refused(as, method, request);
        assertThat(problem.getCode()).isEqualTo("NOT_FOUND");
        return problem.getExitCode();
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

    @Test
    void institutionsAndMembersAreEverybodys() throws Exception {
        for (String as : List.of(CLINICIAN, STRANGER, INSPECTOR, hex(patient))) {
            assertThat(list(as, "institutions", "")).hasSize(4);
            assertThat(list(as, "members", "institution/riverside")).hasSize(3);
        }
        assertThat(notFound(CLINICIAN, "List", listOf("members", "institution/nowhere")))
                .isEqualTo(3);
    }

    private static ListRequest listOf(String list, String by) {
        return ListRequest.newBuilder().setList(list).setBy(by).build();
    }

    @Test
    @DisplayName("PRV-8 patients are seen by themselves and the custodian's staff, and hidden answers like unknown")
    void prv8_patientsAreSeenByThemselvesAndTheirCustodian() throws Exception {
        StateRequest known =
                StateRequest.newBuilder().setKey("patient/" + hex(patient)).build();
        StateRequest unknown =
                StateRequest.newBuilder().setKey("patient/" + hex(id())).build();
        for (String as : List.of(CLINICIAN, OFFICER, ADMIN, PRIVACY, hex(patient))) {
            StateResponse state = net.ok(as, "State", known, StateResponse.parser());
            assertThat(PatientState.parseFrom(state.getValue()).getId()).isEqualTo(patient);
            StateValueProof proof = StateValueProof.decode(state.getProof().toByteArray());
            assertThat(proof.check(net.trustRoot(), new Ed25519Verifier())).isEmpty();
        }
        for (String as : List.of(OPERATOR, STRANGER, STRANGER_ADMIN, RESEARCHER, INSPECTOR)) {
            var hidden = net.call(as, "State", known);
            var absent = net.call(as, "State", unknown);
            assertThat(hidden.statusCode()).isEqualTo(404).isEqualTo(absent.statusCode());
            assertThat(hidden.body()).isEqualTo(absent.body());
        }
        ByteString own = net.patient(STRANGER_ADMIN);
        assertThat(list(STRANGER, "patients", "")).hasSize(1);
        assertThat(list(STRANGER, "patients", "institution/st-mary")).isEmpty();
        assertThat(list(CLINICIAN, "patients", "institution/riverside")).isEmpty();
        assertThat(net.refused(hex(own), "State", known).getCode()).isEqualTo("NOT_FOUND");
    }

    @Test
    @DisplayName("PRV-8 a record is seen by patient, custodian, and whom a consent permits")
    void prv8_recordsAreSeenByCustodyAndConsent() throws Exception {
        StateRequest state =
                StateRequest.newBuilder().setKey("record/" + hex(record)).build();
        for (String as : List.of(CLINICIAN, OFFICER, hex(patient), STRANGER)) {
            assertThat(net.ok(as, "State", state, StateResponse.parser()).getFound())
                    .isTrue();
            assertThat(list(as, "records", "patient/" + hex(patient))).hasSize(1);
        }
        for (String as : List.of(STRANGER_PRIVACY, STRANGER_ADMIN, RESEARCHER, INSPECTOR, OPERATOR)) {
            assertThat(notFound(as, "State", state)).isEqualTo(3);
            assertThat(notFound(as, "List", listOf("records", "patient/" + hex(patient))))
                    .isEqualTo(3);
        }
        assertThat(notFound(CLINICIAN, "List", listOf("records", "patient/" + hex(id()))))
                .isEqualTo(3);
        assertThat(notFound(CLINICIAN, "List", listOf("records", "patient/zz"))).isEqualTo(3);
    }

    @Test
    @DisplayName("PRV-8 a consent is seen by patient, custodian and the grantee it names")
    void prv8_consentsAreSeenByThePartiesTheyName() throws Exception {
        StateRequest state =
                StateRequest.newBuilder().setKey("consent/" + hex(consent)).build();
        for (String as : List.of(OFFICER, CLINICIAN, hex(patient), STRANGER)) {
            assertThat(net.ok(as, "State", state, StateResponse.parser()).getFound())
                    .isTrue();
        }
        for (String as : List.of(OFFICER, CLINICIAN, STRANGER)) {
            assertThat(list(as, "consents", "member/" + STRANGER)).isNotEmpty();
        }
        assertThat(list(hex(patient), "consents", "patient/" + hex(patient))).isNotEmpty();
        for (String as : List.of(STRANGER_ADMIN, RESEARCHER, INSPECTOR, OPERATOR)) {
            assertThat(notFound(as, "State", state)).isEqualTo(3);
            assertThat(list(as, "consents", "member/" + STRANGER)).isEmpty();
        }
    }

    @Test
    @DisplayName("CON-2 the requester sees the decision alone, patient and custodian the reason")
    void con2_accessesShowTheReasonToPatientAndCustodianAlone() throws Exception {
        ByteString own = net.patient(OFFICER);
        ByteString secret = net.record(CLINICIAN, own, TestNetwork.ciphertext(), new byte[32]);
        ByteString access = net.access(RESEARCHER, secret);
        for (String as : List.of(PRIVACY, OFFICER, hex(own))) {
            AccessState seen = AccessState.parseFrom(
                    list(as, "accesses", "patient/" + hex(own)).get(0));
            assertThat(seen.getDecision().getReason()).isEqualTo("NO_CONSENT");
        }
        AccessState mine = AccessState.parseFrom(
                list(RESEARCHER, "accesses", "member/" + RESEARCHER).get(0));
        assertThat(mine.getId()).isEqualTo(access);
        assertThat(mine.getDecision().getOutcome()).isEqualTo(DecisionOutcome.DENY);
        assertThat(mine.getDecision().getReason()).isEmpty();
        assertThat(list("helix/admin", "accesses", "member/" + RESEARCHER)).isEmpty();
        StateRequest state =
                StateRequest.newBuilder().setKey("access/" + hex(access)).build();
        assertThat(notFound(RESEARCHER, "State", state)).isEqualTo(3);
        assertThat(net.ok(PRIVACY, "State", state, StateResponse.parser()).getFound())
                .isTrue();
    }

    @Test
    void logReadersSeeWhatTheirPeopleAskedFor() throws Exception {
        ByteString own = net.patient(OFFICER);
        ByteString secret = net.record(CLINICIAN, own, TestNetwork.ciphertext(), new byte[32]);
        net.access(STRANGER, secret);
        assertThat(list(STRANGER_PRIVACY, "accesses", "member/" + STRANGER)).isNotEmpty();
        assertThat(list(STRANGER_ADMIN, "accesses", "member/" + STRANGER)).isEmpty();
        assertThat(list(INSPECTOR, "accesses", "member/" + STRANGER)).isEmpty();
    }

    @Test
    @DisplayName(
            "CON-2 consent check tells the reason to custodian and patient, the decision to the requester, nothing else")
    void con2_consentCheckByRole() throws Exception {
        ConsentCheckRequest permitted = check(patient, record, STRANGER);
        ConsentCheckResponse byCustodian = net.ok(OFFICER, "ConsentCheck", permitted, ConsentCheckResponse.parser());
        assertThat(byCustodian.getDecision().getOutcome()).isEqualTo(DecisionOutcome.PERMIT);
        assertThat(byCustodian.getDecision().getConsentId()).isEqualTo(consent);
        assertThat(byCustodian.getAsOfMillis()).isGreaterThan(0);
        ConsentCheckResponse byRequester = net.ok(STRANGER, "ConsentCheck", permitted, ConsentCheckResponse.parser());
        assertThat(byRequester.getDecision().getOutcome()).isEqualTo(DecisionOutcome.PERMIT);
        assertThat(byRequester.getDecision().getConsentId().isEmpty()).isTrue();
        ConsentCheckResponse byPatient = net.ok(hex(patient), "ConsentCheck", permitted, ConsentCheckResponse.parser());
        assertThat(byPatient.getDecision().getReason()).isEqualTo("EXPLICIT_PERMIT");
        // Denied, hidden and unknown answer alike to who asks for itself.
        var denied =
                net.ok(RESEARCHER, "ConsentCheck", check(patient, record, RESEARCHER), ConsentCheckResponse.parser());
        var unknown = net.ok(RESEARCHER, "ConsentCheck", check(id(), id(), RESEARCHER), ConsentCheckResponse.parser());
        assertThat(denied.getDecision()).isEqualTo(unknown.getDecision());
        assertThat(notFound(RESEARCHER, "ConsentCheck", permitted)).isEqualTo(3);
        assertThat(notFound(RESEARCHER, "ConsentCheck", check(id(), id(), STRANGER)))
                .isEqualTo(3);
        assertThat(notFound(OFFICER, "ConsentCheck", check(id(), record, STRANGER)))
                .isEqualTo(3);
        assertThat(notFound(OFFICER, "ConsentCheck", check(patient, record, "riverside/nobody")))
                .isEqualTo(3);
        assertThat(net.refused(
                                OFFICER,
                                "ConsentCheck",
                                permitted.toBuilder().setPurpose("FUN").build())
                        .getCode())
                .isEqualTo("PURPOSE_UNKNOWN");
    }

    private static ConsentCheckRequest check(ByteString patient, ByteString record, String by) {
        return ConsentCheckRequest.newBuilder()
                .setPatientId(patient)
                .setRecordId(record)
                .setBy(by)
                .setPurpose("TREAT")
                .build();
    }

    @Test
    @DisplayName("PRV-3 the scope key is sealed anew to the custodian's staff that labels, and to nobody else")
    void prv3_scopeKeyByRole() throws Exception {
        ScopeKeyRequest request =
                ScopeKeyRequest.newBuilder().setPatientId(patient).build();
        for (String as : List.of(CLINICIAN, OFFICER, ADMIN, PRIVACY)) {
            ScopeKeyResponse response = net.ok(as, "ScopeKey", request, ScopeKeyResponse.parser());
            byte[] opened = KeyEnvelope.open(
                    KeyEnvelope.Use.SCOPE_KEY,
                    patient.toByteArray(),
                    net.person(as).encryption().privateKey(),
                    response.getScopeKey().getEnvelope().toByteArray());
            assertThat(opened).isEqualTo(net.scopeKey(patient));
            assertThat(response.getLabelEpoch()).isEqualTo(1);
        }
        for (String as : List.of(OPERATOR, STRANGER, RESEARCHER, INSPECTOR)) {
            assertThat(notFound(as, "ScopeKey", request)).isEqualTo(3);
        }
        ByteString elsewhere = net.patient(STRANGER_ADMIN);
        var wrongNode = net.refused(
                STRANGER,
                "ScopeKey",
                ScopeKeyRequest.newBuilder().setPatientId(elsewhere).build());
        assertThat(wrongNode.getCode()).isEqualTo("WRONG_NODE");
        assertThat(wrongNode.getPath()).startsWith("https://");
    }

    @Test
    @DisplayName("PRV-8 transactions are seen by their parties and UNKNOWN to others")
    void prv8_transactionsAreSeenByTheirParties() throws Exception {
        byte[] signed = net.signed(OFFICER, TransactionBody.newBuilder().setNoop(Noop.getDefaultInstance()));
        SubmitResult noop = net.submit(OFFICER, signed);
        assertThat(state(STRANGER, noop.getTxId())).isEqualTo("APPLIED");
        ByteString own = net.patient(OFFICER);
        PatientState state = PatientState.parseFrom(net.ok(
                        OFFICER,
                        "State",
                        StateRequest.newBuilder().setKey("patient/" + hex(own)).build(),
                        StateResponse.parser())
                .getValue());
        assertThat(state.getRegisteredBy()).isEqualTo(OFFICER);
        BlockResponse tip = net.ok(
                OFFICER, "Block", BlockRequest.newBuilder().setWithBody(true).build(), BlockResponse.parser());
        ByteString txId = tip.getTransactionIds(tip.getTransactionIdsCount() - 1);
        for (String as : List.of(OFFICER, CLINICIAN, PRIVACY, hex(own))) {
            assertThat(state(as, txId)).isEqualTo("APPLIED");
        }
        for (String as : List.of(STRANGER, OPERATOR, RESEARCHER, INSPECTOR)) {
            assertThat(state(as, txId)).isEqualTo("UNKNOWN");
            BlockResponse block = net.ok(
                    as,
                    "Block",
                    BlockRequest.newBuilder()
                            .setHeight(
                                    tip.getReceiptsCount() == 0
                                            ? 0
                                            : tip.getReceipts(0).getHeight())
                            .setWithBody(true)
                            .build(),
                    BlockResponse.parser());
            assertThat(block.getTransactionIdsList()).doesNotContain(txId);
            assertThat(block.getHeader()).isEqualTo(tip.getHeader());
        }
        assertThat(state(OFFICER, ByteString.copyFrom(new byte[32]))).isEqualTo("UNKNOWN");
        assertThat(net.refused(
                                OFFICER,
                                "Block",
                                BlockRequest.newBuilder().setHeight(1_000_000).build())
                        .getExitCode())
                .isEqualTo(3);
    }

    private String state(String as, ByteString txId) throws Exception {
        TransactionRequest request =
                TransactionRequest.newBuilder().setTxId(txId).build();
        return net.ok(as, "Transaction", request, TransactionResponse.parser()).getState();
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
        assertThat(notFound(
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
