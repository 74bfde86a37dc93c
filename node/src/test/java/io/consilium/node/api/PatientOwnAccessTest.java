package io.consilium.node.api;

import static io.consilium.node.api.TestNetwork.CLINICIAN;
import static io.consilium.node.api.TestNetwork.OFFICER;
import static io.consilium.node.api.TestNetwork.STRANGER;
import static io.consilium.node.api.TestNetwork.hex;
import static io.consilium.node.api.TestNetwork.id;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.crypto.KeyPair;
import io.consilium.proto.AccessState;
import io.consilium.proto.ConsentCheckRequest;
import io.consilium.proto.ConsentCheckResponse;
import io.consilium.proto.ConsentGrant;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.DiscloseRequest;
import io.consilium.proto.DiscloseResponse;
import io.consilium.proto.FetchPayloadRequest;
import io.consilium.proto.FetchPayloadResponse;
import io.consilium.proto.GuardianAppointment;
import io.consilium.proto.ListRequest;
import io.consilium.proto.ListResponse;
import io.consilium.proto.PatientGuardian;
import io.consilium.proto.Period;
import io.consilium.proto.Problem;
import io.consilium.proto.ScopeKeyRequest;
import io.consilium.proto.ScopeKeyResponse;
import io.consilium.proto.SealedFor;
import io.consilium.proto.StagePayloadRequest;
import io.consilium.proto.StagePayloadResponse;
import io.consilium.proto.StateRequest;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.WatchRequest;
import io.consilium.proto.WatchResponse;
import java.net.http.HttpResponse;
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

/** Patients and their guardians over the API: what is the patient's own, and nothing else (ID-3, PRV-8). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PatientOwnAccessTest {
    private static final long MANDATE_MILLIS = 600_000;

    private final byte[] ciphertext = TestNetwork.ciphertext();
    private final byte[] dataKey = new byte[32];
    private final ByteString guardian = id();
    private TestNetwork net;
    private ByteString patient;
    private ByteString other;
    private ByteString record;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        net = new TestNetwork(directory);
        patient = net.patient(OFFICER);
        other = net.patient(OFFICER);
        StagePayloadRequest whole = StagePayloadRequest.newBuilder()
                .setCiphertextHash(ByteString.copyFrom(Hash.sha256(ciphertext).toBytes()))
                .setTotalSize(ciphertext.length)
                .setData(ByteString.copyFrom(ciphertext))
                .setCustodian("st-mary")
                .build();
        net.ok(CLINICIAN, "StagePayload", whole, StagePayloadResponse.parser());
        record = net.record(CLINICIAN, patient, ciphertext, dataKey);
    }

    @AfterAll
    void stop() {
        net.close();
    }

    private void readsTheRecord(String as) throws Exception {
        ByteString access = net.access(as, record);
        DiscloseResponse disclosed = net.ok(
                as, "Disclose", DiscloseRequest.newBuilder().setAccessId(access).build(), DiscloseResponse.parser());
        byte[] opened = KeyEnvelope.open(
                KeyEnvelope.Use.DISCLOSED_KEY,
                access.toByteArray(),
                net.person(as).encryption().privateKey(),
                disclosed.getDataKey().getEnvelope().toByteArray());
        assertThat(opened).isEqualTo(dataKey);
        FetchPayloadRequest fetch = FetchPayloadRequest.newBuilder()
                .setDownloadToken(disclosed.getDownloadToken())
                .build();
        assertThat(net.ok(as, "FetchPayload", fetch, FetchPayloadResponse.parser())
                        .getData()
                        .toByteArray())
                .isEqualTo(ciphertext);
    }

    private List<ByteString> list(String as, String list) throws Exception {
        ListRequest request = ListRequest.newBuilder()
                .setList(list)
                .setBy("patient/" + hex(patient))
                .build();
        return net.ok(as, "List", request, ListResponse.parser()).getItemsList();
    }

    private String problem(String as, String method, Message request) throws Exception {
        HttpResponse<byte[]> response = net.call(as, method, request);
        return response.statusCode() == 200
                ? ""
                : Problem.parseFrom(response.body()).getCode();
    }

    @Test
    @Order(1)
    @DisplayName("PRV-8 ACC-1 a patient finds its records, asks for one, and alone can open what it is given")
    void prv8_patientReadsItsOwnRecord() throws Exception {
        readsTheRecord(hex(patient));
        assertThat(list(hex(patient), "records")).hasSize(1);
        List<ByteString> log = list(hex(patient), "accesses");
        assertThat(log).hasSize(1);
        AccessState access = AccessState.parseFrom(log.get(0));
        assertThat(access.getDecision().getReason()).isEqualTo("OWN_RECORD");
        assertThat(access.hasDisclosure()).isTrue();
    }

    @Test
    @Order(2)
    @DisplayName("PRV-8 another patient's objects answer like none")
    void prv8_patientsSeeNobodyElses() throws Exception {
        String stranger = hex(other);
        for (String key : List.of("patient/" + hex(patient), "record/" + hex(record))) {
            assertThat(problem(
                            stranger,
                            "State",
                            StateRequest.newBuilder().setKey(key).build()))
                    .isEqualTo("NOT_FOUND");
        }
        ListRequest records = ListRequest.newBuilder()
                .setList("records")
                .setBy("patient/" + hex(patient))
                .build();
        assertThat(problem(stranger, "List", records)).isEqualTo("NOT_FOUND");
        assertThat(problem(
                        stranger,
                        "Disclose",
                        DiscloseRequest.newBuilder()
                                .setAccessId(net.access(stranger, record))
                                .build()))
                .isEqualTo("ACCESS_DENIED");
    }

    @Test
    @Order(3)
    @DisplayName("CON-1 CON-2 a patient grants by its own signature and is told the reason of a decision")
    void con1_patientGrants() throws Exception {
        ByteString consent = id();
        net.commit(
                hex(patient),
                TransactionBody.newBuilder()
                        .setConsentGrant(ConsentGrant.newBuilder()
                                .setConsentId(consent)
                                .setPatientId(patient)
                                .setTerms(ConsentTerms.newBuilder()
                                        .addRules(ConsentRule.newBuilder()
                                                .setPermit(true)
                                                .addActors("riverside")))));
        ConsentCheckRequest check = ConsentCheckRequest.newBuilder()
                .setPatientId(patient)
                .setRecordId(record)
                .setBy(STRANGER)
                .setPurpose("TREAT")
                .build();
        ConsentCheckResponse answer = net.ok(hex(patient), "ConsentCheck", check, ConsentCheckResponse.parser());
        assertThat(answer.getDecision().getConsentId()).isEqualTo(consent);
        assertThat(problem(hex(other), "ConsentCheck", check)).isEqualTo("NOT_FOUND");
        ConsentCheckRequest why = check.toBuilder().setExplain(true).build();
        ConsentCheckResponse explained = net.ok(hex(patient), "ConsentCheck", why, ConsentCheckResponse.parser());
        assertThat(explained.getDecision()).isEqualTo(answer.getDecision());
        assertThat(explained.getExplanationComplete()).isTrue();
        assertThat(explained.getExplanationList()).hasSize(1);
        assertThat(explained.getExplanation(0).getFate()).isEqualTo("DECIDED");
        assertThat(explained.getExplanation(0).getRules(0).getResult()).isEqualTo("DECIDED");
        assertThat(problem(STRANGER, "ConsentCheck", why)).isEqualTo("REASON_HIDDEN");
        assertThat(problem(STRANGER, "ConsentCheck", check)).isEmpty();
    }

    @Test
    @Order(4)
    @DisplayName("CON-4 of a past time the chain's state is asked as it was then")
    void con4_pastStates() throws Exception {
        ConsentCheckRequest.Builder check = ConsentCheckRequest.newBuilder()
                .setPatientId(patient)
                .setRecordId(record)
                .setBy(STRANGER)
                .setPurpose("TREAT");
        ConsentCheckResponse now = net.ok(hex(patient), "ConsentCheck", check.build(), ConsentCheckResponse.parser());
        assertThat(now.getDecision().getReason()).isEqualTo("EXPLICIT_PERMIT");
        ByteString grant = list(hex(patient), "consents").get(0);
        long granted = io.consilium.proto.ConsentState.parseFrom(grant).getGrantedMillis();
        ConsentCheckResponse then = net.ok(
                hex(patient), "ConsentCheck", check.setAsOfMillis(granted).build(), ConsentCheckResponse.parser());
        assertThat(then.getDecision().getReason()).isEqualTo("EXPLICIT_PERMIT");
        ConsentCheckResponse before = net.ok(
                hex(patient), "ConsentCheck", check.setAsOfMillis(granted - 1).build(), ConsentCheckResponse.parser());
        assertThat(before.getDecision().getReason()).isEqualTo("NO_CONSENT");
        assertThat(before.getHeight()).isLessThan(then.getHeight());
        assertThat(net.ok(hex(patient), "ConsentCheck", check.setAsOfMillis(1).build(), ConsentCheckResponse.parser())
                        .getHeight())
                .isZero();
    }

    @Test
    @Order(4)
    @DisplayName("CON-6 PRV-8 whoever is granted something by its role is told, and nobody else of its institution")
    void con6_granteesByRoleAreTold() throws Exception {
        ByteString consent = id();
        String before = watch(STRANGER, "").getNextCursor();
        String adminsBefore = watch(TestNetwork.STRANGER_ADMIN, "").getNextCursor();
        net.commit(
                hex(patient),
                TransactionBody.newBuilder()
                        .setConsentGrant(ConsentGrant.newBuilder()
                                .setConsentId(consent)
                                .setPatientId(patient)
                                .setTerms(ConsentTerms.newBuilder()
                                        .addRules(ConsentRule.newBuilder()
                                                .setPermit(true)
                                                .addActors("role:CLINICIAN")))));
        assertThat(watch(STRANGER, before).getEventsList()).singleElement().satisfies(event -> {
            assertThat(event.getType()).isEqualTo("consent.granted");
            assertThat(event.getObject()).isEqualTo(hex(consent));
        });
        assertThat(watch(TestNetwork.STRANGER_ADMIN, adminsBefore).getEventsList())
                .isEmpty();
        StateRequest named =
                StateRequest.newBuilder().setKey("consent/" + hex(consent)).build();
        assertThat(problem(STRANGER, "State", named)).isEmpty();
        assertThat(problem(TestNetwork.STRANGER_ADMIN, "State", named)).isEqualTo("NOT_FOUND");
    }

    private WatchResponse watch(String as, String cursor) throws Exception {
        return net.ok(as, "Watch", WatchRequest.newBuilder().setCursor(cursor).build(), WatchResponse.parser());
    }

    @Test
    @Order(5)
    @DisplayName("ID-3 a guardian sees and does what the patient can, and nobody after the mandate's end")
    void id3_guardianActsUntilTheMandateEnds() throws Exception {
        KeyPair signing = KeyPair.generate(new SecureRandom());
        String name = hex(guardian);
        net.addPerson(name, signing);
        byte[] encryption = net.person(name).encryption().publicKey();
        byte[] sealed = KeyEnvelope.seal(
                KeyEnvelope.Use.SCOPE_KEY,
                patient.toByteArray(),
                encryption,
                net.scopeKey(patient),
                new SecureRandom());
        net.commit(
                hex(patient),
                TransactionBody.newBuilder()
                        .setPatientGuardian(PatientGuardian.newBuilder()
                                .setGuardianId(guardian)
                                .setAppoint(GuardianAppointment.newBuilder()
                                        .setPatientId(patient)
                                        .setSigningKey(TestNetwork.ed25519(
                                                signing.publicKey().bytes()))
                                        .setEncryptionKey(TestNetwork.x25519(encryption))
                                        .setMandate(Period.newBuilder().setEndMillis(net.now() + MANDATE_MILLIS))
                                        .setScopeKey(SealedFor.newBuilder()
                                                .setRecipient(name)
                                                .setRecipientKey(ByteString.copyFrom(encryption))
                                                .setEnvelope(ByteString.copyFrom(sealed)))
                                        .setLabelEpoch(1))));
        assertThat(list(name, "records")).hasSize(1);
        assertThat(list(name, "guardians")).hasSize(1);
        assertThat(net.ok(
                                name,
                                "ScopeKey",
                                ScopeKeyRequest.newBuilder()
                                        .setPatientId(patient)
                                        .build(),
                                ScopeKeyResponse.parser())
                        .getScopeKey()
                        .getEnvelope()
                        .toByteArray())
                .isEqualTo(sealed);
        readsTheRecord(name);
        List<ByteString> log = list(name, "log");
        assertThat(log).isEqualTo(list(hex(patient), "log")).isNotEmpty();
        assertThat(AccessState.parseFrom(log.get(log.size() - 1)).getRequester())
                .isEqualTo(name);
        StateRequest own = StateRequest.newBuilder().setKey("guardian/" + name).build();
        assertThat(problem(name, "State", own)).isEmpty();
        assertThat(problem(STRANGER, "State", own)).isEqualTo("NOT_FOUND");
        net.passTime(MANDATE_MILLIS + 1_000);
        assertThat(problem(name, "State", own)).isEqualTo("UNKNOWN_CALLER");
        assertThat(problem(hex(patient), "State", own)).isEmpty();
    }
}
