package io.consilium.node.api;

import static io.consilium.node.api.TestNetwork.CLINICIAN;
import static io.consilium.node.api.TestNetwork.OFFICER;
import static io.consilium.node.api.TestNetwork.STRANGER;
import static io.consilium.node.api.TestNetwork.hex;
import static io.consilium.node.api.TestNetwork.id;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.crypto.SealedBytes;
import io.consilium.proto.AccessRequest;
import io.consilium.proto.AccessState;
import io.consilium.proto.Code;
import io.consilium.proto.ConditionOutcome;
import io.consilium.proto.Conditions;
import io.consilium.proto.ConsentCheckRequest;
import io.consilium.proto.ConsentCheckResponse;
import io.consilium.proto.ConsentGrant;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.DecisionOutcome;
import io.consilium.proto.DiscloseRequest;
import io.consilium.proto.DiscloseResponse;
import io.consilium.proto.Period;
import io.consilium.proto.RecordAmend;
import io.consilium.proto.RecordContent;
import io.consilium.proto.RecordFacts;
import io.consilium.proto.RecordState;
import io.consilium.proto.StagePayloadRequest;
import io.consilium.proto.StagePayloadResponse;
import io.consilium.proto.StateRequest;
import io.consilium.proto.StateResponse;
import io.consilium.proto.TransactionBody;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The custodian's node judges sealed conditions, and only its PERMIT opens anything (PRV-5). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConditionOutcomesTest {
    private static final long MAY_2024 = 1_714_521_600_000L;
    private static final long DAY = 86_400_000L;

    private TestNetwork net;
    private ByteString patient;
    private ByteString within;
    private ByteString outside;
    private ByteString untimed;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        net = new TestNetwork(directory);
        patient = net.patient(OFFICER);
        within = record(Optional.of(facts(MAY_2024)));
        outside = record(Optional.of(facts(MAY_2024 - 400 * DAY)));
        untimed = record(Optional.empty());
        grant(patient, conditions(net.scopeKey(patient)));
    }

    @AfterAll
    void stop() {
        net.close();
    }

    /** A ciphertext that the custodian's vault holds. */
    private byte[] staged() throws Exception {
        byte[] ciphertext = TestNetwork.ciphertext();
        StagePayloadRequest whole = StagePayloadRequest.newBuilder()
                .setCiphertextHash(ByteString.copyFrom(Hash.sha256(ciphertext).toBytes()))
                .setTotalSize(ciphertext.length)
                .setData(ByteString.copyFrom(ciphertext))
                .setCustodian("st-mary")
                .build();
        net.ok(CLINICIAN, "StagePayload", whole, StagePayloadResponse.parser());
        return ciphertext;
    }

    private static RecordFacts facts(long day) {
        return RecordFacts.newBuilder()
                .setClinical(Period.newBuilder().setStartMillis(day).setEndMillis(day + DAY))
                .build();
    }

    private ByteString record(Optional<RecordFacts> facts) throws Exception {
        return net.record(CLINICIAN, patient, staged(), new byte[32], facts);
    }

    /** Data of 2024 alone, sealed under the key. */
    private static ByteString conditions(byte[] key) {
        Conditions conditions = Conditions.newBuilder()
                .setDataPeriod(
                        Period.newBuilder().setStartMillis(MAY_2024 - 121 * DAY).setEndMillis(MAY_2024 + 245 * DAY))
                .build();
        return ByteString.copyFrom(
                SealedBytes.seal(SealedBytes.Use.CONDITIONS, key, conditions.toByteArray(), new SecureRandom()));
    }

    private void grant(ByteString whose, ByteString sealed) throws Exception {
        net.consent(
                hex(whose),
                whose,
                ConsentRule.newBuilder().addActors("riverside").setSealedConditions(sealed));
    }

    private AccessState access(ByteString access) throws Exception {
        StateRequest request =
                StateRequest.newBuilder().setKey("access/" + hex(access)).build();
        return AccessState.parseFrom(
                net.ok(OFFICER, "State", request, StateResponse.parser()).getValue());
    }

    private static DiscloseRequest disclose(ByteString access) {
        return DiscloseRequest.newBuilder().setAccessId(access).build();
    }

    @Test
    @DisplayName("PRV-5 consent check answers PERMIT_CONDITIONAL, before anybody has judged")
    void prv5_check() throws Exception {
        ConsentCheckResponse answer = net.ok(
                STRANGER,
                "ConsentCheck",
                ConsentCheckRequest.newBuilder()
                        .setPatientId(patient)
                        .setRecordId(outside)
                        .setBy(STRANGER)
                        .setPurpose("TREAT")
                        .build(),
                ConsentCheckResponse.parser());
        assertThat(answer.getDecision().getOutcome()).isEqualTo(DecisionOutcome.PERMIT_CONDITIONAL);
    }

    @Test
    @DisplayName("PRV-5 data within the sealed period is judged PERMIT and then disclosed")
    void prv5_within() throws Exception {
        ByteString access = net.access(STRANGER, within);
        net.ok(STRANGER, "Disclose", disclose(access), DiscloseResponse.parser());
        AccessState judged = access(access);
        assertThat(judged.getDecision().getOutcome()).isEqualTo(DecisionOutcome.PERMIT_CONDITIONAL);
        assertThat(judged.getOutcome().getOutcome()).isEqualTo(DecisionOutcome.PERMIT);
        assertThat(judged.getOutcome().getReason()).isEqualTo("CONDITIONS_PERMIT");
        assertThat(judged.hasDisclosure()).isTrue();
    }

    @Test
    @DisplayName("PRV-5 data outside of it, and data of unknown time, are judged DENY and never disclosed")
    void prv5_outside() throws Exception {
        ByteString denied = net.access(STRANGER, outside);
        assertThat(net.refused(STRANGER, "Disclose", disclose(denied)).getCode())
                .isEqualTo("ACCESS_DENIED");
        assertThat(net.refused(STRANGER, "Disclose", disclose(denied)).getExitCode())
                .isEqualTo(4);
        assertThat(access(denied).getOutcome().getReason()).isEqualTo("CONDITIONS_DENY");
        ByteString untold = net.access(STRANGER, untimed);
        assertThat(net.refused(STRANGER, "Disclose", disclose(untold)).getCode())
                .isEqualTo("ACCESS_DENIED");
        assertThat(access(untold).getOutcome().getReason()).isEqualTo("CONDITIONS_UNTOLD");
        assertThat(access(untold).hasDisclosure()).isFalse();
    }

    @Test
    @DisplayName("PRV-5 conditions under another key than the patient's open nothing")
    void prv5_foreignConditions() throws Exception {
        ByteString other = net.patient(OFFICER);
        byte[] wrongKey = net.scopeKey(patient);
        grant(other, conditions(wrongKey));
        ByteString record = net.record(CLINICIAN, other, staged(), new byte[32], Optional.of(facts(MAY_2024)));
        ByteString access = net.access(STRANGER, record);
        assertThat(net.refused(STRANGER, "Disclose", disclose(access)).getCode())
                .isEqualTo("ACCESS_DENIED");
    }

    @Test
    @DisplayName("PRV-5 the node posts an outcome of its own accord, whether anybody fetches or not")
    void prv5_postedUnasked() throws Exception {
        ByteString access = net.access(STRANGER, within);
        assertThat(outcome(access).getOutcome()).isEqualTo(DecisionOutcome.PERMIT);
        assertThat(access(access).getVersion()).isEqualTo(2);
    }

    private ConditionOutcome outcome(ByteString access) throws Exception {
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (!access(access).hasOutcome()) {
            assertThat(System.nanoTime()).as("no outcome within a minute").isLessThan(deadline);
            Thread.onSpinWait();
        }
        return access(access).getOutcome();
    }

    @Test
    @DisplayName("PRV-5 PRV-4 a version that kept its labels is judged by the codes of the version that told them")
    void prv5_keptLabels() throws Exception {
        ByteString other = net.patient(OFFICER);
        Code code = Code.newBuilder()
                .setSystem("http://loinc.org")
                .setCode("2339-0")
                .build();
        RecordFacts first = facts(MAY_2024).toBuilder().addCodes(code).build();
        Conditions conditions = Conditions.newBuilder().addCodes(code).build();
        ByteString sealed = ByteString.copyFrom(SealedBytes.seal(
                SealedBytes.Use.CONDITIONS, net.scopeKey(other), conditions.toByteArray(), new SecureRandom()));
        grant(other, sealed);
        byte[] dataKey = new byte[32];
        ByteString record = net.record(CLINICIAN, other, staged(), dataKey, Optional.of(first));
        assertThat(reason(record)).isEqualTo("CONDITIONS_PERMIT");
        amend(record, dataKey, facts(MAY_2024).toBuilder().setCodesOfVersion(1).build());
        assertThat(reason(record)).isEqualTo("CONDITIONS_PERMIT");
        amend(record, dataKey, facts(MAY_2024).toBuilder().setCodesOfVersion(2).build());
        assertThat(reason(record)).isEqualTo("CONDITIONS_PERMIT");
        amend(record, dataKey, facts(MAY_2024));
        assertThat(reason(record)).isEqualTo("CONDITIONS_DENY");
        amend(record, dataKey, facts(MAY_2024).toBuilder().setCodesOfVersion(5).build());
        assertThat(reason(record)).as("names itself").isEqualTo("CONDITIONS_UNTOLD");
    }

    @Test
    @DisplayName(
            "PRV-5 PRV-4 a sealed deny holds for the first version as soon as the newest meets it, a permit does not")
    void prv5_deniesReachEarlierVersions() throws Exception {
        ByteString other = net.patient(OFFICER);
        Code code = Code.newBuilder()
                .setSystem("http://loinc.org")
                .setCode("2339-0")
                .build();
        Conditions conditions = Conditions.newBuilder().addCodes(code).build();
        ByteString sealed = ByteString.copyFrom(SealedBytes.seal(
                SealedBytes.Use.CONDITIONS, net.scopeKey(other), conditions.toByteArray(), new SecureRandom()));
        ConsentRule.Builder rule = ConsentRule.newBuilder()
                .addActors("riverside")
                .addPurposes("TREAT")
                .setSealedConditions(sealed);
        byte[] dataKey = new byte[32];
        byte[] otherKey = new byte[32];
        ByteString denied = net.record(CLINICIAN, other, staged(), dataKey, Optional.of(facts(MAY_2024)));
        ByteString permitted = net.record(CLINICIAN, other, staged(), otherKey, Optional.of(facts(MAY_2024)));
        net.commit(hex(other), granting(other, rule.clone().setPermit(true).addRecordIds(permitted)));
        net.commit(
                hex(other),
                granting(
                        other,
                        rule.clone().addRecordIds(denied),
                        rule.clone().setPermit(true).addRecordIds(denied).clearSealedConditions()));
        assertThat(outcome(reading(denied, 1)).getReason()).isEqualTo("CONDITIONS_PERMIT");
        amend(denied, dataKey, facts(MAY_2024).toBuilder().addCodes(code).build());
        amend(permitted, otherKey, facts(MAY_2024).toBuilder().addCodes(code).build());
        assertThat(outcome(reading(denied, 1)).getReason()).isEqualTo("CONDITIONS_DENY");
        assertThat(outcome(reading(denied, 2)).getReason()).isEqualTo("CONDITIONS_DENY");
        assertThat(outcome(reading(permitted, 1)).getReason()).isEqualTo("CONDITIONS_DENY");
        assertThat(outcome(reading(permitted, 2)).getReason()).isEqualTo("CONDITIONS_PERMIT");
        amend(denied, dataKey, facts(MAY_2024));
        assertThat(outcome(reading(denied, 2)).getReason())
                .as("the version asked for")
                .isEqualTo("CONDITIONS_DENY");
        assertThat(outcome(reading(denied, 3)).getReason()).isEqualTo("CONDITIONS_PERMIT");
    }

    private static TransactionBody.Builder granting(ByteString patient, ConsentRule.Builder... rules) {
        ConsentTerms.Builder terms = ConsentTerms.newBuilder();
        for (ConsentRule.Builder rule : rules) {
            terms.addRules(rule);
        }
        return TransactionBody.newBuilder()
                .setConsentGrant(ConsentGrant.newBuilder()
                        .setConsentId(id())
                        .setPatientId(patient)
                        .setTerms(terms));
    }

    private ByteString reading(ByteString record, long version) throws Exception {
        ByteString access = id();
        net.commit(
                STRANGER,
                TransactionBody.newBuilder()
                        .setAccessRequest(AccessRequest.newBuilder()
                                .setAccessId(access)
                                .setRecordId(record)
                                .setRecordVersion(version)
                                .setPurpose("TREAT")));
        return access;
    }

    /** Why a new access to the newest version was permitted or denied. */
    private String reason(ByteString record) throws Exception {
        return outcome(net.access(STRANGER, record)).getReason();
    }

    private void amend(ByteString record, byte[] dataKey, RecordFacts facts) throws Exception {
        StateRequest request =
                StateRequest.newBuilder().setKey("record/" + hex(record)).build();
        RecordState state = RecordState.parseFrom(
                net.ok(CLINICIAN, "State", request, StateResponse.parser()).getValue());
        RecordContent content = state.getVersions(state.getVersionsCount() - 1).getContent().toBuilder()
                .setSealedFacts(ByteString.copyFrom(
                        SealedBytes.seal(SealedBytes.Use.FACTS, dataKey, facts.toByteArray(), new SecureRandom())))
                .build();
        net.commit(
                CLINICIAN,
                TransactionBody.newBuilder()
                        .setRecordAmend(RecordAmend.newBuilder()
                                .setRecordId(record)
                                .setPredecessor(state.getVersionsCount())
                                .setSealedReason(ByteString.copyFromUtf8("sealed"))
                                .setContent(content)));
    }
}
