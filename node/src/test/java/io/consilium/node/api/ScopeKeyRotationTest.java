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
import io.consilium.crypto.Blinding;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyChain;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.crypto.SealedBytes;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.proto.Code;
import io.consilium.proto.Conditions;
import io.consilium.proto.ConsentCheckRequest;
import io.consilium.proto.ConsentCheckResponse;
import io.consilium.proto.ConsentGrant;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentState;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.CustodyRequest;
import io.consilium.proto.CustodyResponse;
import io.consilium.proto.LabelGroup;
import io.consilium.proto.ListRequest;
import io.consilium.proto.ListResponse;
import io.consilium.proto.PatientState;
import io.consilium.proto.RecordContent;
import io.consilium.proto.RecordFacts;
import io.consilium.proto.RecordRegister;
import io.consilium.proto.RecordState;
import io.consilium.proto.ScopeKeyRequest;
import io.consilium.proto.ScopeKeyResponse;
import io.consilium.proto.StateRequest;
import io.consilium.proto.StateResponse;
import io.consilium.proto.TransactionBody;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The custodian's node gives a patient a new scope key, and everything that was made with the old one (PRV-7). */
class ScopeKeyRotationTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Code PSY = Code.newBuilder()
            .setSystem("http://terminology.hl7.org/CodeSystem/v3-ActCode")
            .setCode("PSY")
            .build();

    private TestNetwork net;
    private ByteString patient;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        net = new TestNetwork(directory);
        patient = net.patient(OFFICER);
    }

    @AfterEach
    void stop() {
        net.close();
    }

    private static ByteString label(byte[] key, int epoch, Code code) {
        return ByteString.copyFrom(Blinding.label(key, epoch, code.getSystem(), code.getCode()));
    }

    /** A record with the label PSY. */
    private ByteString record(Optional<RecordFacts> facts) throws Exception {
        ByteString id = id();
        byte[] dataKey = new byte[32];
        RANDOM.nextBytes(dataKey);
        byte[] key = net.scopeKey(patient);
        RecordContent.Builder content = RecordContent.newBuilder()
                .setCommitment(ByteString.copyFrom(Hash.sha256(dataKey).toBytes()))
                .setCiphertextHash(
                        ByteString.copyFrom(Hash.sha256(id.toByteArray()).toBytes()))
                .setCiphertextSize(10)
                .addLabels(label(
                        key,
                        1,
                        facts.isPresent()
                                ? PSY
                                : Code.newBuilder().setCode("X").setSystem("y").build()))
                .addAllSensitivityLabels(Sensitivity.R.recordCodes().stream()
                        .map(code -> label(key, 1, code))
                        .sorted(ByteString.unsignedLexicographicalComparator())
                        .toList())
                .addDataKey(net.sealed("st-mary", KeyEnvelope.Use.DATA_KEY, id, dataKey))
                .setLabelEpoch(1);
        facts.ifPresent(known -> content.setSealedFacts(
                ByteString.copyFrom(SealedBytes.seal(SealedBytes.Use.FACTS, dataKey, known.toByteArray(), RANDOM))));
        net.commit(
                CLINICIAN,
                TransactionBody.newBuilder()
                        .setRecordRegister(RecordRegister.newBuilder()
                                .setRecordId(id)
                                .setPatientId(patient)
                                .setCustodian("st-mary")
                                .setContent(content)));
        return id;
    }

    private ByteString psychiatric() throws Exception {
        return record(Optional.of(RecordFacts.newBuilder().addCodes(PSY).build()));
    }

    /** Riverside reads for treatment what has the label PSY, sealed codes and a sealed condition beside it. */
    private ByteString consent() throws Exception {
        ByteString id = id();
        byte[] key = net.scopeKey(patient);
        byte[] conditions = Conditions.newBuilder().addCodes(PSY).build().toByteArray();
        ConsentRule.Builder rule = ConsentRule.newBuilder()
                .setPermit(true)
                .addActors("riverside")
                .addPurposes("TREAT")
                .addLabels(LabelGroup.newBuilder().addLabels(label(key, 1, PSY)))
                .addLabels(LabelGroup.newBuilder()
                        .addLabels(label(key, 1, Sensitivity.R.permitCode().orElseThrow())))
                .setSealedConditions(
                        ByteString.copyFrom(SealedBytes.seal(SealedBytes.Use.CONDITIONS, key, conditions, RANDOM)));
        net.commit(
                hex(patient),
                TransactionBody.newBuilder()
                        .setConsentGrant(ConsentGrant.newBuilder()
                                .setConsentId(id)
                                .setPatientId(patient)
                                .setTerms(
                                        ConsentTerms.newBuilder().addRules(rule).setSealedCodes(psy()))));
        return id;
    }

    private CustodyRequest request(boolean rotate) {
        return CustodyRequest.newBuilder()
                .setPatientId(patient)
                .setRotateKey(rotate)
                .build();
    }

    private CustodyResponse rotate(boolean rotate) throws Exception {
        return net.ok(PRIVACY, "Custody", request(rotate), CustodyResponse.parser());
    }

    private byte[] newKey(String as) throws Exception {
        ScopeKeyRequest request =
                ScopeKeyRequest.newBuilder().setPatientId(patient).build();
        ScopeKeyResponse response = net.ok(as, "ScopeKey", request, ScopeKeyResponse.parser());
        assertThat(response.getLabelEpoch()).isEqualTo(2);
        byte[] key = KeyEnvelope.open(
                KeyEnvelope.Use.SCOPE_KEY,
                patient.toByteArray(),
                net.person(as).encryption().privateKey(),
                response.getScopeKey().getEnvelope().toByteArray());
        List<byte[]> links = response.getEarlierKeysList().stream()
                .map(ByteString::toByteArray)
                .toList();
        assertThat(KeyChain.open(key, links).get(0)).isEqualTo(net.scopeKey(patient));
        return key;
    }

    private ByteString value(String key) throws Exception {
        return net.ok(OFFICER, "State", StateRequest.newBuilder().setKey(key).build(), StateResponse.parser())
                .getValue();
    }

    private String decision(ByteString record) throws Exception {
        ConsentCheckRequest request = ConsentCheckRequest.newBuilder()
                .setPatientId(patient)
                .setRecordId(record)
                .setBy(STRANGER)
                .setPurpose("TREAT")
                .build();
        return net.ok(OFFICER, "ConsentCheck", request, ConsentCheckResponse.parser())
                .getDecision()
                .getOutcome()
                .name();
    }

    @Test
    @DisplayName(
            "PRV-7 a new key for custodian and patient; labels, codes and conditions are made anew, decisions stay")
    void prv7_rotates() throws Exception {
        ByteString record = psychiatric();
        ByteString consent = consent();
        assertThat(decision(record)).isEqualTo("PERMIT_CONDITIONAL");
        CustodyResponse response = rotate(true);
        assertThat(response.getConsents()).isEqualTo(1);
        assertThat(response.getRecords()).isEqualTo(1);
        assertThat(response.getLeft()).isZero();
        assertThat(response.getMore()).isFalse();
        byte[] key = newKey(OFFICER);
        assertThat(newKey(hex(patient))).isEqualTo(key).isNotEqualTo(net.scopeKey(patient));
        RecordContent content = RecordState.parseFrom(value("record/" + hex(record)))
                .getVersions(0)
                .getContent();
        assertThat(content.getLabelsList()).containsExactly(label(key, 2, PSY));
        assertThat(content.getSensitivityLabelsList())
                .containsExactlyInAnyOrderElementsOf(Sensitivity.R.recordCodes().stream()
                        .map(code -> label(key, 2, code))
                        .toList());
        ConsentTerms terms =
                ConsentState.parseFrom(value("consent/" + hex(consent))).getTerms();
        assertThat(terms.getLabelEpoch()).isEqualTo(2);
        assertThat(terms.getRules(0).getLabels(0).getLabelsList()).containsExactly(label(key, 2, PSY));
        byte[] conditions = SealedBytes.open(
                SealedBytes.Use.CONDITIONS,
                key,
                terms.getRules(0).getSealedConditions().toByteArray());
        assertThat(Conditions.parseFrom(conditions).getCodesList()).containsExactly(PSY);
        byte[] codes = SealedBytes.open(
                SealedBytes.Use.LABEL_CODES, key, terms.getSealedCodes().toByteArray());
        assertThat(new String(codes, StandardCharsets.UTF_8)).contains("PSY");
        assertThat(decision(record)).isEqualTo("PERMIT_CONDITIONAL");
        assertThat(rotate(false).getTxId()).as("nothing is left to do").isEqualTo(ByteString.EMPTY);
        ListRequest list = ListRequest.newBuilder()
                .setList("records")
                .setBy("patient/" + hex(patient))
                .addLabels(PSY)
                .build();
        assertThat(net.ok(OFFICER, "List", list, ListResponse.parser()).getItemsCount())
                .isEqualTo(1);
    }

    @Test
    @DisplayName("PRV-7 what nobody can explain keeps its label, is counted, and no permit by label reaches it")
    void prv7_unknownLabels() throws Exception {
        ByteString unknown = record(Optional.empty());
        CustodyResponse response = rotate(true);
        assertThat(response.getRecords()).isZero();
        assertThat(response.getLeft()).isEqualTo(1);
        assertThat(response.getMore()).isFalse();
        RecordContent content = RecordState.parseFrom(value("record/" + hex(unknown)))
                .getVersions(0)
                .getContent();
        assertThat(content.getLabelEpoch()).isEqualTo(1);
        assertThat(rotate(false).getLeft()).isEqualTo(1);
    }

    @Test
    @DisplayName("PRV-7 TX-6 what does not fit into one transaction follows in the next ones")
    void prv7_severalTransactions() throws Exception {
        psychiatric();
        large();
        large();
        CustodyResponse first = rotate(true);
        assertThat(first.getConsents()).isEqualTo(1);
        assertThat(first.getMore()).isTrue();
        CustodyResponse second = rotate(false);
        assertThat(second.getConsents()).isEqualTo(1);
        assertThat(second.getMore()).isFalse();
        assertThat(first.getRecords() + second.getRecords()).isEqualTo(1);
    }

    /** A consent with labels of about 130 KB. */
    private void large() throws Exception {
        LabelGroup.Builder group = LabelGroup.newBuilder();
        for (int i = 0; i < 64; i++) {
            group.addLabels(label(net.scopeKey(patient), 1, PSY));
        }
        ConsentTerms.Builder terms = ConsentTerms.newBuilder();
        for (int i = 0; i < 7; i++) {
            ConsentRule.Builder rule = ConsentRule.newBuilder().setPermit(true).addActors("riverside");
            for (int j = 0; j < 16; j++) {
                rule.addLabels(group);
            }
            terms.addRules(rule);
        }
        net.commit(
                hex(patient),
                TransactionBody.newBuilder()
                        .setConsentGrant(ConsentGrant.newBuilder()
                                .setConsentId(id())
                                .setPatientId(patient)
                                .setTerms(terms.setSealedCodes(psy()))));
    }

    private ByteString psy() {
        String codes = "[[\"CODE\",\"" + PSY.getSystem() + "\",\"PSY\"]]   ";
        return ByteString.copyFrom(SealedBytes.seal(
                SealedBytes.Use.LABEL_CODES, net.scopeKey(patient), codes.getBytes(StandardCharsets.UTF_8), RANDOM));
    }

    @Test
    @DisplayName("PRV-7 PRV-8 other roles are refused, and to others the patient is unknown")
    void prv7_whoMayAsk() throws Exception {
        assertThat(net.refused(CLINICIAN, "Custody", request(true)).getCode()).isEqualTo("ROLE_REQUIRED");
        assertThat(net.refused(hex(patient), "Custody", request(true)).getCode())
                .isEqualTo("ROLE_REQUIRED");
        assertThat(net.refused(STRANGER_ADMIN, "Custody", request(true)).getCode())
                .isEqualTo("NOT_FOUND");
        assertThat(net.refused(
                                PRIVACY,
                                "Custody",
                                CustodyRequest.newBuilder()
                                        .setPatientId(patient)
                                        .build())
                        .getCode())
                .isEqualTo("MALFORMED_REQUEST");
        assertThat(PatientState.parseFrom(value("patient/" + hex(patient))).getLabelEpoch())
                .isEqualTo(1);
    }
}
