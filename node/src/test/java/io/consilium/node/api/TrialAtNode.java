package io.consilium.node.api;

import static io.consilium.node.api.TestNetwork.CLINICIAN;
import static io.consilium.node.api.TestNetwork.id;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Commitment;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.crypto.PayloadCipher;
import io.consilium.crypto.SealedBytes;
import io.consilium.ledger.trials.TrialIds;
import io.consilium.ledger.tx.ActorName;
import io.consilium.proto.Problem;
import io.consilium.proto.StagePayloadRequest;
import io.consilium.proto.StagePayloadResponse;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransactionReceipt;
import io.consilium.proto.TrialAction;
import io.consilium.proto.TrialAmend;
import io.consilium.proto.TrialCorrect;
import io.consilium.proto.TrialDataContent;
import io.consilium.proto.TrialDecide;
import io.consilium.proto.TrialEnroll;
import io.consilium.proto.TrialOutcome;
import io.consilium.proto.TrialQueryRequest;
import io.consilium.proto.TrialReason;
import io.consilium.proto.TrialRegister;
import io.consilium.proto.TrialRegistration;
import io.consilium.proto.TrialReleaseRequest;
import io.consilium.proto.TrialState;
import io.consilium.proto.TrialSubjectChange;
import io.consilium.proto.TrialSubmit;
import io.consilium.proto.WithdrawalRule;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A sponsor's node with trials on it, and short ways to act in them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TrialAtNode {
    static final String SPONSOR = TestNetwork.TRIAL_RESEARCHER;
    static final SecureRandom RANDOM = new SecureRandom();

    TestNetwork net;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        net = new TestNetwork(directory);
    }

    @AfterAll
    void stop() {
        net.close();
    }

    TransactionReceipt act(String as, ByteString trial, Consumer<TrialAction.Builder> content) throws Exception {
        TrialAction.Builder action = TrialAction.newBuilder().setTrialId(trial);
        content.accept(action);
        return net.commit(as, TransactionBody.newBuilder().setTrial(action));
    }

    void must(String as, ByteString trial, Consumer<TrialAction.Builder> content) throws Exception {
        assertThat(act(as, trial, content).getCode()).isEqualTo("OK");
    }

    static TrialRegistration.Builder registration(String form, String... uses) {
        return TrialRegistration.newBuilder()
                .setTitle("A trial")
                .setSponsor("st-mary")
                .setPublicContact("st-mary")
                .setScientificContact("st-mary")
                .setEthicsCommittee("medwatch")
                .addSites("riverside")
                .addSites("st-mary")
                .setSampleSize(100)
                .addAllDataUse(List.of(uses))
                .addOutcomes(TrialOutcome.newBuilder()
                        .setName("Pain")
                        .setMeasure("VAS")
                        .setTimePoint("week 12")
                        .setPrimary(true))
                .setProtocolVersion("1.0")
                .setIcfVersion(form)
                .setProtocolHash(ByteString.copyFrom(new byte[32]))
                .setAnonymityThreshold(3)
                .setPrivacyBudgetMicros(100_000_000)
                .setWithdrawalRule(WithdrawalRule.EXCLUDE_EARLIER_DATA);
    }

    ByteString approvedTrial(String... uses) throws Exception {
        ByteString trial = id();
        must(
                SPONSOR,
                trial,
                action -> action.setRegister(TrialRegister.newBuilder().setRegistration(registration("1.0", uses))));
        approve(trial, registration("1.0", uses));
        return trial;
    }

    void approve(ByteString trial, TrialRegistration.Builder on) throws Exception {
        must(
                TestNetwork.REVIEWER,
                trial,
                action -> action.setDecide(TrialDecide.newBuilder()
                        .setApprove(true)
                        .setProtocolVersion(on.getProtocolVersion())
                        .setIcfVersion(on.getIcfVersion())
                        .setContentHash(TrialIds.contentHash(on.build()))
                        .setUntilMillis(net.now() + 3_600_000)));
    }

    ByteString enrol(ByteString trial, String form) throws Exception {
        return enrol(trial, form, random32());
    }

    ByteString enrol(ByteString trial, String form, ByteString nullifier) throws Exception {
        ByteString pseudonym = id();
        must(CLINICIAN, trial, action -> action.setEnroll(enrolment(pseudonym, form, nullifier)));
        return pseudonym;
    }

    static TrialEnroll.Builder enrolment(ByteString pseudonym, String form, ByteString nullifier) {
        return TrialEnroll.newBuilder()
                .setPseudonym(pseudonym)
                .setNullifier(nullifier)
                .setIcfVersion(form)
                .setEvidenceHash(random32());
    }

    static ByteString random32() {
        byte[] bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    /** Sealed to the sponsor, staged at its node, registered. */
    ByteString dataset(ByteString trial, String name, String... lines) throws Exception {
        return dataset(trial, name, ByteString.EMPTY, lines.length - 1, lines);
    }

    ByteString dataset(ByteString trial, String name, ByteString subject, int rows, String... lines) throws Exception {
        return dataset(trial, name, subject, rows, content -> {}, lines);
    }

    /** A ciphertext on its way into the sponsor's vault. */
    static StagePayloadRequest staged(ByteString trial, byte[] ciphertext) {
        return StagePayloadRequest.newBuilder()
                .setCiphertextHash(ByteString.copyFrom(Hash.sha256(ciphertext).toBytes()))
                .setTotalSize(ciphertext.length)
                .setData(ByteString.copyFrom(ciphertext))
                .setCustodian("st-mary")
                .setTrialId(trial)
                .build();
    }

    ByteString dataset(
            ByteString trial,
            String name,
            ByteString subject,
            int rows,
            Consumer<TrialDataContent.Builder> otherwise,
            String... lines)
            throws Exception {
        return dataset(CLINICIAN, trial, name, subject, rows, otherwise, lines);
    }

    ByteString dataset(
            String author,
            ByteString trial,
            String name,
            ByteString subject,
            int rows,
            Consumer<TrialDataContent.Builder> otherwise,
            String... lines)
            throws Exception {
        ByteString dataset = id();
        TrialDataContent.Builder content = staged(author, trial, dataset, rows, lines);
        otherwise.accept(content);
        must(
                author,
                trial,
                action -> action.setSubmit(TrialSubmit.newBuilder()
                        .setDatasetId(dataset)
                        .setName(name)
                        .setPseudonym(subject)
                        .setContent(content)));
        return dataset;
    }

    /** The second version of a dataset. */
    void correct(ByteString trial, ByteString dataset, Consumer<TrialCorrect.Builder> otherwise, String... lines)
            throws Exception {
        TrialCorrect.Builder correction = TrialCorrect.newBuilder()
                .setDatasetId(dataset)
                .setPredecessor(1)
                .setContent(staged(CLINICIAN, trial, dataset, lines.length - 1, lines))
                .setReason(reason(trial));
        otherwise.accept(correction);
        must(CLINICIAN, trial, action -> action.setCorrect(correction));
    }

    /** Encrypted for the sponsor and sent to its node. */
    private TrialDataContent.Builder staged(
            String author, ByteString trial, ByteString dataset, int rows, String... lines) throws Exception {
        byte[] plain = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
        byte[] key = random32().toByteArray();
        ByteArrayOutputStream cipher = new ByteArrayOutputStream();
        PayloadCipher.encrypt(key, new ByteArrayInputStream(plain), cipher, RANDOM);
        byte[] ciphertext = cipher.toByteArray();
        StagePayloadRequest whole = staged(trial, ciphertext);
        net.ok(author, "StagePayload", whole, StagePayloadResponse.parser());
        byte[] salt = random32().toByteArray();
        String metadata = "{\"salt\":\"" + ActorName.hex(ByteString.copyFrom(salt)) + "\"}";
        return TrialDataContent.newBuilder()
                .setCommitment(ByteString.copyFrom(Commitment.of(salt, plain).toBytes()))
                .setSealedMetadata(ByteString.copyFrom(SealedBytes.seal(
                        SealedBytes.Use.METADATA, key, metadata.getBytes(StandardCharsets.UTF_8), RANDOM)))
                .setCiphertextHash(whole.getCiphertextHash())
                .setCiphertextSize(ciphertext.length)
                .addDataKey(net.sealed("st-mary", KeyEnvelope.Use.DATA_KEY, dataset, key))
                .setRows(rows)
                .setColumns(lines[0].split(",").length)
                .setSubjects(lines.length - 1)
                .setShape(TrialIds.shape(List.of(lines[0].split(","))));
    }

    TrialState state(ByteString trial) throws Exception {
        try (StateView view = StateView.open(net.node().gateway())) {
            return view.state().trial(trial).orElseThrow();
        }
    }

    static TrialReleaseRequest.Builder release(ByteString trial, ByteString dataset, String... quasi) {
        return TrialReleaseRequest.newBuilder()
                .setReleaseId(id())
                .setTrialId(trial)
                .setDatasetId(dataset)
                .addAllQuasiIdentifiers(List.of(quasi));
    }

    static TrialQueryRequest.Builder count(ByteString trial, ByteString dataset, long epsilonMicros) {
        return TrialQueryRequest.newBuilder()
                .setQueryId(id())
                .setTrialId(trial)
                .setDatasetId(dataset)
                .setKind("COUNT")
                .setEpsilonMicros(epsilonMicros);
    }

    /** Refused with a code, in words in which no number of subjects can hide. */
    void refusedWithoutNumbers(String code, TrialReleaseRequest.Builder request) throws Exception {
        Problem problem = net.refused(SPONSOR, "TrialRelease", request.build());
        assertThat(problem.getCode()).isEqualTo(code);
        assertThat(problem.getExitCode()).isEqualTo(6);
        assertThat(problem.getError() + problem.getHint() + problem.getPath()).doesNotContainPattern("\\d");
    }

    List<ByteString> enrol(ByteString trial, int subjects) throws Exception {
        List<ByteString> enrolled = new ArrayList<>();
        for (int i = 0; i < subjects; i++) {
            enrolled.add(enrol(trial, "1.0"));
        }
        return enrolled;
    }

    void withdraw(ByteString trial, List<ByteString> subjects) throws Exception {
        for (ByteString subject : subjects) {
            must(
                    CLINICIAN,
                    trial,
                    action -> action.setSubjectChange(TrialSubjectChange.newBuilder()
                            .setPseudonym(subject)
                            .setStatus("withdrawn")));
        }
    }

    void amend(ByteString trial, TrialRegistration.Builder registration) throws Exception {
        must(
                SPONSOR,
                trial,
                action -> action.setAmend(TrialAmend.newBuilder()
                        .setPredecessor(1)
                        .setRegistration(registration)
                        .setReason(reason(trial))));
    }

    private TrialReason reason(ByteString trial) {
        return TrialReason.newBuilder()
                .setSealedText(random32())
                .addKeys(net.sealed(
                        "st-mary", KeyEnvelope.Use.DATA_KEY, trial, random32().toByteArray()))
                .build();
    }
}
