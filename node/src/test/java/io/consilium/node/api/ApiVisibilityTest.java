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
import io.consilium.crypto.KeyEnvelope;
import io.consilium.ledger.proof.StateValueProof;
import io.consilium.proto.AccessState;
import io.consilium.proto.BlockRequest;
import io.consilium.proto.BlockResponse;
import io.consilium.proto.ConsentCheckRequest;
import io.consilium.proto.ConsentCheckResponse;
import io.consilium.proto.DecisionOutcome;
import io.consilium.proto.ListRequest;
import io.consilium.proto.ListResponse;
import io.consilium.proto.Noop;
import io.consilium.proto.PatientState;
import io.consilium.proto.Problem;
import io.consilium.proto.ScopeKeyRequest;
import io.consilium.proto.ScopeKeyResponse;
import io.consilium.proto.StateRequest;
import io.consilium.proto.StateResponse;
import io.consilium.proto.SubmitResult;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransactionRequest;
import io.consilium.proto.TransactionResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Who sees what of the ledger: patients, records, consents, accesses, keys and transactions (PRV-8). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiVisibilityTest {
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

    @Test
    void institutionsAndMembersAreEverybodys() throws Exception {
        for (String as : List.of(CLINICIAN, STRANGER, INSPECTOR, hex(patient))) {
            assertThat(list(as, "institutions", "")).hasSize(4);
            assertThat(list(as, "members", "institution/riverside")).hasSize(3);
        }
        assertThat(net.notFound(CLINICIAN, "List", listOf("members", "institution/nowhere")))
                .isEqualTo(3);
    }

    @Test
    void whatIsInNoRegistryIsToldWithHowToListIt() {
        assertThat(List.of("institution/nowhere", "institution/No-Slug", "member/st-mary/nobody", "trial/none"))
                .allSatisfy(by -> {
                    String what = by.substring(0, by.indexOf('/'));
                    String list = what.equals("trial") ? "subjects" : "consents";
                    Problem problem = net.refused(CLINICIAN, "List", listOf(list, by));
                    assertThat(problem.getError()).isEqualTo("there is no such " + what);
                    assertThat(problem.getHint()).contains("consilium " + what + " list");
                });
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
            assertThat(net.notFound(as, "State", state)).isEqualTo(3);
            assertThat(net.notFound(as, "List", listOf("records", "patient/" + hex(patient))))
                    .isEqualTo(3);
        }
        assertThat(net.notFound(CLINICIAN, "List", listOf("records", "patient/" + hex(id()))))
                .isEqualTo(3);
        assertThat(net.notFound(CLINICIAN, "List", listOf("records", "patient/zz")))
                .isEqualTo(3);
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
            assertThat(net.notFound(as, "State", state)).isEqualTo(3);
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
        assertThat(net.notFound(RESEARCHER, "State", state)).isEqualTo(3);
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
        assertThat(net.notFound(RESEARCHER, "ConsentCheck", permitted)).isEqualTo(3);
        assertThat(net.notFound(RESEARCHER, "ConsentCheck", check(id(), id(), STRANGER)))
                .isEqualTo(3);
        assertThat(net.notFound(OFFICER, "ConsentCheck", check(id(), record, STRANGER)))
                .isEqualTo(3);
        assertThat(net.notFound(OFFICER, "ConsentCheck", check(patient, record, "riverside/nobody")))
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
            assertThat(net.notFound(as, "ScopeKey", request)).isEqualTo(3);
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
}
