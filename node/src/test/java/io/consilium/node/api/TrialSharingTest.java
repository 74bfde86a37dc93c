package io.consilium.node.api;

import static io.consilium.node.api.TestNetwork.CLINICIAN;
import static io.consilium.node.api.TestNetwork.RESEARCHER;
import static io.consilium.node.api.TestNetwork.STRANGER;
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
import io.consilium.proto.PatientMerge;
import io.consilium.proto.PatientRegister;
import io.consilium.proto.Problem;
import io.consilium.proto.StagePayloadRequest;
import io.consilium.proto.StagePayloadResponse;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransactionReceipt;
import io.consilium.proto.TrialAction;
import io.consilium.proto.TrialAmend;
import io.consilium.proto.TrialCheckRequest;
import io.consilium.proto.TrialCheckResponse;
import io.consilium.proto.TrialDataContent;
import io.consilium.proto.TrialDecide;
import io.consilium.proto.TrialEnroll;
import io.consilium.proto.TrialNullifierRequest;
import io.consilium.proto.TrialNullifierResponse;
import io.consilium.proto.TrialOutcome;
import io.consilium.proto.TrialQueryRequest;
import io.consilium.proto.TrialQueryResponse;
import io.consilium.proto.TrialReason;
import io.consilium.proto.TrialRegister;
import io.consilium.proto.TrialRegistration;
import io.consilium.proto.TrialRelease;
import io.consilium.proto.TrialReleaseRequest;
import io.consilium.proto.TrialReleaseResponse;
import io.consilium.proto.TrialState;
import io.consilium.proto.TrialSubjectChange;
import io.consilium.proto.TrialSubmit;
import io.consilium.proto.WithdrawalRule;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What the sponsor's node, and a custodian's, answer about a trial: nullifiers, releases, noised aggregates. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TrialSharingTest {
    private static final String SPONSOR = TestNetwork.TRIAL_RESEARCHER;
    private static final SecureRandom RANDOM = new SecureRandom();

    private TestNetwork net;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        net = new TestNetwork(directory);
    }

    @AfterAll
    void stop() {
        net.close();
    }

    private TransactionReceipt act(String as, ByteString trial, Consumer<TrialAction.Builder> content)
            throws Exception {
        TrialAction.Builder action = TrialAction.newBuilder().setTrialId(trial);
        content.accept(action);
        return net.commit(as, TransactionBody.newBuilder().setTrial(action));
    }

    private void must(String as, ByteString trial, Consumer<TrialAction.Builder> content) throws Exception {
        assertThat(act(as, trial, content).getCode()).isEqualTo("OK");
    }

    private static TrialRegistration.Builder registration(String form, String... uses) {
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

    private ByteString approvedTrial(String... uses) throws Exception {
        ByteString trial = id();
        must(
                SPONSOR,
                trial,
                action -> action.setRegister(TrialRegister.newBuilder().setRegistration(registration("1.0", uses))));
        approve(trial, registration("1.0", uses));
        return trial;
    }

    private void approve(ByteString trial, TrialRegistration.Builder on) throws Exception {
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

    private ByteString enrol(ByteString trial, String form) throws Exception {
        return enrol(trial, form, random32());
    }

    private ByteString enrol(ByteString trial, String form, ByteString nullifier) throws Exception {
        ByteString pseudonym = id();
        must(CLINICIAN, trial, action -> action.setEnroll(enrolment(pseudonym, form, nullifier)));
        return pseudonym;
    }

    private static TrialEnroll.Builder enrolment(ByteString pseudonym, String form, ByteString nullifier) {
        return TrialEnroll.newBuilder()
                .setPseudonym(pseudonym)
                .setNullifier(nullifier)
                .setIcfVersion(form)
                .setEvidenceHash(random32());
    }

    private static ByteString random32() {
        byte[] bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    /** Sealed to the sponsor, staged at its node, registered. */
    private ByteString dataset(ByteString trial, String name, String... lines) throws Exception {
        return dataset(trial, name, ByteString.EMPTY, lines.length - 1, lines);
    }

    private ByteString dataset(ByteString trial, String name, ByteString subject, int rows, String... lines)
            throws Exception {
        return dataset(trial, name, subject, rows, content -> {}, lines);
    }

    private ByteString dataset(
            ByteString trial,
            String name,
            ByteString subject,
            int rows,
            Consumer<TrialDataContent.Builder> otherwise,
            String... lines)
            throws Exception {
        byte[] plain = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
        byte[] key = random32().toByteArray();
        ByteArrayOutputStream cipher = new ByteArrayOutputStream();
        PayloadCipher.encrypt(key, new ByteArrayInputStream(plain), cipher, RANDOM);
        byte[] ciphertext = cipher.toByteArray();
        ByteString hash = ByteString.copyFrom(Hash.sha256(ciphertext).toBytes());
        StagePayloadRequest whole = StagePayloadRequest.newBuilder()
                .setCiphertextHash(hash)
                .setTotalSize(ciphertext.length)
                .setData(ByteString.copyFrom(ciphertext))
                .setCustodian("st-mary")
                .setTrialId(trial)
                .build();
        net.ok(CLINICIAN, "StagePayload", whole, StagePayloadResponse.parser());
        ByteString dataset = id();
        byte[] salt = random32().toByteArray();
        String metadata = "{\"salt\":\"" + ActorName.hex(ByteString.copyFrom(salt)) + "\"}";
        TrialDataContent.Builder content = TrialDataContent.newBuilder()
                .setCommitment(ByteString.copyFrom(Commitment.of(salt, plain).toBytes()))
                .setSealedMetadata(ByteString.copyFrom(SealedBytes.seal(
                        SealedBytes.Use.METADATA, key, metadata.getBytes(StandardCharsets.UTF_8), RANDOM)))
                .setCiphertextHash(hash)
                .setCiphertextSize(ciphertext.length)
                .addDataKey(net.sealed("st-mary", KeyEnvelope.Use.DATA_KEY, dataset, key))
                .setRows(rows)
                .setColumns(lines[0].split(",").length)
                .setSubjects(lines.length - 1)
                .setShape(TrialIds.shape(List.of(lines[0].split(","))));
        otherwise.accept(content);
        must(
                CLINICIAN,
                trial,
                action -> action.setSubmit(TrialSubmit.newBuilder()
                        .setDatasetId(dataset)
                        .setName(name)
                        .setPseudonym(subject)
                        .setContent(content)));
        return dataset;
    }

    private TrialState state(ByteString trial) throws Exception {
        try (StateView view = StateView.open(net.node().gateway())) {
            return view.state().trial(trial).orElseThrow();
        }
    }

    private static TrialReleaseRequest.Builder release(ByteString trial, ByteString dataset, String... quasi) {
        return TrialReleaseRequest.newBuilder()
                .setReleaseId(id())
                .setTrialId(trial)
                .setDatasetId(dataset)
                .addAllQuasiIdentifiers(List.of(quasi));
    }

    private static TrialQueryRequest.Builder count(ByteString trial, ByteString dataset, long epsilonMicros) {
        return TrialQueryRequest.newBuilder()
                .setQueryId(id())
                .setTrialId(trial)
                .setDatasetId(dataset)
                .setKind("COUNT")
                .setEpsilonMicros(epsilonMicros);
    }

    /** Refused with a code, in words in which no number of subjects can hide. */
    private void refusedWithoutNumbers(String code, TrialReleaseRequest.Builder request) throws Exception {
        Problem problem = net.refused(SPONSOR, "TrialRelease", request.build());
        assertThat(problem.getCode()).isEqualTo(code);
        assertThat(problem.getExitCode()).isEqualTo(6);
        assertThat(problem.getError() + problem.getHint() + problem.getPath()).doesNotContainPattern("\\d");
    }

    private ByteString patient(byte[] secret) throws Exception {
        ByteString patient = id();
        net.commit(
                CLINICIAN,
                TransactionBody.newBuilder()
                        .setPatientRegister(PatientRegister.newBuilder()
                                .setPatientId(patient)
                                .setCustodian("st-mary")
                                .addScopeKey(net.sealed(
                                        "st-mary",
                                        KeyEnvelope.Use.SCOPE_KEY,
                                        patient,
                                        random32().toByteArray()))
                                .addPatientSecret(
                                        net.sealed("st-mary", KeyEnvelope.Use.PATIENT_SECRET, patient, secret))));
        return patient;
    }

    private ByteString nullifier(ByteString trial, ByteString patient) throws Exception {
        return net.ok(
                        CLINICIAN,
                        "TrialNullifier",
                        TrialNullifierRequest.newBuilder()
                                .setTrialId(trial)
                                .setPatientId(patient)
                                .build(),
                        TrialNullifierResponse.parser())
                .getNullifier();
    }

    private void merge(ByteString root, ByteString alias, boolean undo) throws Exception {
        assertThat(net.commit(
                                TestNetwork.OFFICER,
                                TransactionBody.newBuilder()
                                        .setPatientMerge(PatientMerge.newBuilder()
                                                .setRootId(root)
                                                .setAliasId(alias)
                                                .setUndo(undo)
                                                .setEvidenceHash(random32())))
                        .getCode())
                .isEqualTo("OK");
    }

    @Test
    @DisplayName("TRI-4 ID-3 a person is enrolled once, by whichever of its merged ids, and whenever they were merged")
    void tri4_mergedPatients() throws Exception {
        byte[] rootSecret = random32().toByteArray();
        byte[] aliasSecret = random32().toByteArray();
        ByteString root = patient(rootSecret);
        ByteString alias = patient(aliasSecret);
        ByteString enrolledBefore = approvedTrial();
        ByteString enrolledAfter = approvedTrial();
        enrol(enrolledBefore, "1.0", nullifier(enrolledBefore, alias));
        assertThat(nullifier(enrolledBefore, root)).isEqualTo(TrialIds.nullifier(rootSecret, enrolledBefore));
        merge(root, alias, false);
        // Enrolled as the alias: the root is the same person now.
        assertThat(refusedEnrolment(enrolledBefore, nullifier(enrolledBefore, root)))
                .isEqualTo("ALREADY_ENROLLED");
        assertThat(refusedEnrolment(enrolledBefore, nullifier(enrolledBefore, alias)))
                .isEqualTo("ALREADY_ENROLLED");
        // Enrolled as neither: of the two ids one is let in.
        enrol(enrolledAfter, "1.0", nullifier(enrolledAfter, alias));
        assertThat(refusedEnrolment(enrolledAfter, nullifier(enrolledAfter, root)))
                .isEqualTo("ALREADY_ENROLLED");
        // Two persons after all.
        merge(root, alias, true);
        enrol(enrolledBefore, "1.0", nullifier(enrolledBefore, root));
    }

    private String refusedEnrolment(ByteString trial, ByteString nullifier) throws Exception {
        return act(CLINICIAN, trial, action -> action.setEnroll(enrolment(id(), "1.0", nullifier)))
                .getCode();
    }

    @Test
    @DisplayName("TRI-4 a custodian's node tells clinicians of sites the nullifier, one for each trial")
    void tri4_nullifier() throws Exception {
        byte[] secret = random32().toByteArray();
        ByteString patient = patient(secret);
        ByteString one = approvedTrial();
        ByteString other = approvedTrial();
        TrialNullifierRequest request = TrialNullifierRequest.newBuilder()
                .setTrialId(one)
                .setPatientId(patient)
                .build();
        for (String clinician : List.of(CLINICIAN, STRANGER)) {
            assertThat(net.ok(clinician, "TrialNullifier", request, TrialNullifierResponse.parser())
                            .getNullifier())
                    .isEqualTo(TrialIds.nullifier(secret, one));
        }
        assertThat(net.ok(
                                CLINICIAN,
                                "TrialNullifier",
                                request.toBuilder().setTrialId(other).build(),
                                TrialNullifierResponse.parser())
                        .getNullifier())
                .isEqualTo(TrialIds.nullifier(secret, other))
                .isNotEqualTo(TrialIds.nullifier(secret, one));
        for (String outsider : List.of(RESEARCHER, SPONSOR, TestNetwork.INSPECTOR, TestNetwork.OFFICER)) {
            assertThat(net.refused(outsider, "TrialNullifier", request).getCode())
                    .as(outsider)
                    .isEqualTo("ROLE_REQUIRED");
        }
        assertThat(net.refused(
                                CLINICIAN,
                                "TrialNullifier",
                                request.toBuilder().setPatientId(id()).build())
                        .getExitCode())
                .isEqualTo(3);
        ByteString without = net.patient(CLINICIAN);
        assertThat(net.refused(
                                CLINICIAN,
                                "TrialNullifier",
                                request.toBuilder().setPatientId(without).build())
                        .getCode())
                .isEqualTo("PATIENT_SECRET_MISSING");
    }

    private TrialCheckResponse check(ByteString trial, ByteString dataset) throws Exception {
        return net.ok(SPONSOR, "TrialCheck", checkRequest(trial, dataset), TrialCheckResponse.parser());
    }

    private static TrialCheckRequest checkRequest(ByteString trial, ByteString dataset) {
        return TrialCheckRequest.newBuilder()
                .setTrialId(trial)
                .setDatasetId(dataset)
                .build();
    }

    @Test
    @DisplayName(
            "TRI-5 the sponsor's node finds what a client did not check or said otherwise, and tells no value of it")
    void tri5_check() throws Exception {
        ByteString trial = approvedTrial();
        String subject = TestNetwork.hex(enrol(trial, "1.0"));
        int asked = 0;
        String today = LocalDate.now(ZoneOffset.UTC).toString();
        ByteString good = dataset(trial, "GOOD", "USUBJID,VSDTC", subject + "," + today);
        assertThat(check(trial, good).getFault()).isEmpty();
        assertThat(check(trial, good).getNotEnrolled()).isZero();
        TrialCheckResponse early =
                check(trial, dataset(trial, "EARLY", "USUBJID,VSDTC", subject + "," + today, subject + ",2020-01-01"));
        assertThat(early.getPath()).isEqualTo("rows[1].VSDTC");
        assertThat(early.getFault()).contains("before").doesNotContain("2020", subject);
        assertThat(check(trial, dataset(trial, "DM", "USUBJID,SEX", subject + ",F", subject + ",M"))
                        .getPath())
                .isEqualTo("rows[1]");
        assertThat(check(trial, dataset(trial, "STRANGER", "USUBJID,SEX", "nobody,F"))
                        .getPath())
                .as("said to be enrolled")
                .isEqualTo("notEnrolled");
        assertThat(check(trial, dataset(trial, "MORE", ByteString.EMPTY, 7, "USUBJID,SEX", subject + ",F"))
                        .getPath())
                .isEqualTo("rows");
        assertThat(check(trial, dataset(trial, "SPACED", "USUBJID,VSDTC", subject + " ,2020-01-01"))
                        .getPath())
                .isEqualTo("rows[0].VSDTC");
        String[] lines = {"USUBJID,SEX", subject + ",F"};
        for (Consumer<TrialDataContent.Builder> otherwise : List.<Consumer<TrialDataContent.Builder>>of(
                content -> content.setCommitment(random32()), TrialDataContent.Builder::clearSealedMetadata)) {
            TrialCheckResponse other =
                    check(trial, dataset(trial, "C" + (asked++), ByteString.EMPTY, 1, otherwise, lines));
            assertThat(other.getPath()).isEqualTo("commitment");
        }
        for (String other : List.of(CLINICIAN, TestNetwork.INSPECTOR, RESEARCHER)) {
            assertThat(net.refused(other, "TrialCheck", checkRequest(trial, good))
                            .getCode())
                    .isEqualTo("ROLE_REQUIRED");
        }
        assertThat(net.refused(
                                SPONSOR,
                                "TrialCheck",
                                checkRequest(trial, good).toBuilder()
                                        .setDatasetVersion(2)
                                        .build())
                        .getExitCode())
                .isEqualTo(3);
    }

    @Test
    @DisplayName("TRI-7 microdata are released where nobody stands out, and no refusal tells a number")
    void tri7_release() throws Exception {
        ByteString trial = approvedTrial("HMB");
        ByteString dataset = dataset(
                trial,
                "ADSL",
                "USUBJID,SEX,SMOKER,AGEGR1,ZIP",
                "1,F,Y,young,10001",
                "2,F,Y,young,10001",
                "3,F,N,young,10001",
                "4,M,N,young,10001",
                "5,M,N,old,10001",
                "6,M,Y,young,10001");
        assertThat(net.refused(
                                RESEARCHER,
                                "TrialRelease",
                                release(trial, dataset, "SEX").build())
                        .getCode())
                .isEqualTo("ROLE_REQUIRED");
        refusedWithoutNumbers("CELLS_TOO_SMALL", release(trial, dataset, "AGEGR1"));
        refusedWithoutNumbers("CELLS_TOO_SMALL", release(trial, dataset, "SEX", "SMOKER"));
        refusedWithoutNumbers("COLUMN_NOT_RELEASABLE", release(trial, dataset, "ZIP"));
        refusedWithoutNumbers(
                "COLUMN_NOT_RELEASABLE", release(trial, dataset, "SEX").addColumns("USUBJID"));
        refusedWithoutNumbers("COLUMN_UNKNOWN", release(trial, dataset, "NONE"));
        Problem unknown = net.refused(
                SPONSOR,
                "TrialRelease",
                release(trial, dataset, "SEX").addColumns("SMOKES").build());
        assertThat(unknown.getPath()).isEqualTo("--columns");
        assertThat(unknown.getError()).contains("SMOKES").doesNotContain("SEX");
        assertThat(state(trial).getReleasesCount()).as("nothing half-made").isZero();

        TrialReleaseResponse released =
                net.ok(SPONSOR, "TrialRelease", release(trial, dataset, "SEX").build(), TrialReleaseResponse.parser());
        assertThat(released.getSmallestCell()).isEqualTo(3);
        assertThat(released.getContent().toStringUtf8()).isEqualTo("SEX\r\nF\r\nF\r\nF\r\nM\r\nM\r\nM\r\n");
        assertThat(state(trial).getReleases(0).getRelease().getContentHash())
                .isEqualTo(ByteString.copyFrom(
                        Hash.sha256(released.getContent().toByteArray()).toBytes()));
        // Safe alone, but whoever has the first release beside it could tell people apart.
        refusedWithoutNumbers("CELLS_TOO_SMALL", release(trial, dataset, "SMOKER"));
    }

    @Test
    @DisplayName("TRI-7 the visits of one patient are one person, and rows of nobody are not released or counted")
    void tri7_rowsAreNotPeople() throws Exception {
        ByteString trial = approvedTrial("HMB");
        String[] visits = {"VISIT,SEX", "1,F", "2,F", "3,F", "4,F", "5,F"};
        ByteString subject = enrol(trial, "1.0");
        ByteString one = dataset(trial, "VS", subject, 5, visits);
        refusedWithoutNumbers("CELLS_TOO_SMALL", release(trial, one, "SEX"));
        assertThat(net.ok(SPONSOR, "TrialQuery", count(trial, one, 30_000_000).build(), TrialQueryResponse.parser())
                        .getValues(0))
                .isEqualTo("1");
        must(
                CLINICIAN,
                trial,
                action -> action.setSubjectChange(
                        TrialSubjectChange.newBuilder().setPseudonym(subject).setStatus("withdrawn")));
        assertThat(net.ok(SPONSOR, "TrialQuery", count(trial, one, 30_000_000).build(), TrialQueryResponse.parser())
                        .getValues(0))
                .as("who withdrew is left out of a dataset that has no column of subjects")
                .isEqualTo("0");

        ByteString nobodys = dataset(trial, "LB", visits);
        refusedWithoutNumbers("SUBJECTS_UNNAMED", release(trial, nobodys, "SEX"));
        assertThat(net.refused(
                                SPONSOR,
                                "TrialQuery",
                                count(trial, nobodys, 1_000_000).build())
                        .getCode())
                .isEqualTo("SUBJECTS_UNNAMED");
        assertThat(net.refused(
                                SPONSOR,
                                "TrialQuery",
                                count(trial, nobodys, 40_000_001).build())
                        .getCode())
                .as("the budget is looked at before anything is opened")
                .isEqualTo("BUDGET_SPENT");
        assertThat(state(trial).getSpentMicros()).isEqualTo(60_000_000);
    }

    @Test
    @DisplayName("TRI-7 a release that differs by few subjects from one of another dataset is refused")
    void tri7_differenceBetweenDatasets() throws Exception {
        ByteString trial = approvedTrial("HMB");
        ByteString adsl =
                dataset(trial, "ADSL", "USUBJID,SEX", "S1,F", "S2, F", "s3 ,F ", "S4,F", "S5,M", "S6,M", "S7,M");
        ByteString dm =
                dataset(trial, "DM", "usubjid,sex,arm", "s2,F,A", "s3,F,A", "s4,F,A", "s5,M,B", "s6,M,B", "s7,M,B");
        TrialReleaseResponse all =
                net.ok(SPONSOR, "TrialRelease", release(trial, adsl, "SEX").build(), TrialReleaseResponse.parser());
        assertThat(all.getContent().toStringUtf8())
                .as("what the check takes for one value is printed as one")
                .isEqualTo("SEX\r\nF\r\nF\r\nF\r\nF\r\nM\r\nM\r\nM\r\n");
        refusedWithoutNumbers("CELLS_TOO_SMALL", release(trial, dm, "sex"));
        refusedWithoutNumbers("CELLS_TOO_SMALL", release(trial, dm, "arm").addColumns("SEX"));
        refusedWithoutNumbers("CELLS_TOO_SMALL", release(trial, dm, "arm"));
        ByteString arms = dataset(
                trial,
                "ARMS",
                "USUBJID,ARM,GENDER",
                "s1,A,F",
                "s2,A,F",
                "s3,A,F",
                "s4,A,F",
                "s5,B,M",
                "s6,B,M",
                "s7,B,M");
        net.ok(SPONSOR, "TrialRelease", release(trial, arms, "ARM").build(), TrialReleaseResponse.parser());
        ByteString renamed = dataset(trial, "DM2", "USUBJID,GENDER", "s2,f", "s3,f", "s4,f", "s5,m", "s6,m", "s7,m");
        refusedWithoutNumbers("CELLS_TOO_SMALL", release(trial, renamed, "GENDER"));
    }

    @Test
    @DisplayName("TRI-7 of three releases that are safe in pairs the last is refused, in whichever order they come")
    void tri7_differenceOverThreeReleases() throws Exception {
        for (List<String> order : List.of(List.of("POOL", "A", "B"), List.of("A", "B", "POOL"))) {
            ByteString trial = approvedTrial("HMB");
            int asked = 0;
            for (String name : order) {
                TrialReleaseRequest.Builder release = release(
                        trial,
                        dataset(
                                trial,
                                name,
                                switch (name) {
                                    case "A" -> people(site("a", 8, 8));
                                    case "B" -> people(site("b", 4, 4));
                                    default -> people(site("a", 8, 8), site("b", 4, 4), site("c", 1, 0));
                                }),
                        "SEX");
                if (++asked < order.size()) {
                    net.ok(SPONSOR, "TrialRelease", release.build(), TrialReleaseResponse.parser());
                } else {
                    refusedWithoutNumbers("CELLS_TOO_SMALL", release);
                }
            }
        }
    }

    @Test
    @DisplayName(
            "TRI-7 of people whom two datasets name differently no measure is released twice, which would join them")
    void tri7_otherNames() throws Exception {
        ByteString trial = approvedTrial("HMB");
        List<String> adsl = new ArrayList<>(List.of("USUBJID,SEX,WEIGHT"));
        List<String> dm = new ArrayList<>(List.of("SUBJID,ARM,WEIGHT"));
        for (int i = 0; i < 6; i++) {
            adsl.add("01-701-" + i + (i < 3 ? ",F," : ",M,") + (60 + i) + ".5");
            dm.add(i + (i % 2 == 0 ? ",A," : ",B,") + (60 + i) + ".5");
        }
        ByteString first = dataset(trial, "ADSL", adsl.toArray(new String[0]));
        ByteString second = dataset(trial, "DM", dm.toArray(new String[0]));
        net.ok(
                SPONSOR,
                "TrialRelease",
                release(trial, first, "SEX").addColumns("WEIGHT").build(),
                TrialReleaseResponse.parser());
        refusedWithoutNumbers("CELLS_TOO_SMALL", release(trial, second, "ARM").addColumns("WEIGHT"));
        net.ok(SPONSOR, "TrialRelease", release(trial, second, "ARM").build(), TrialReleaseResponse.parser());
    }

    private static List<String> site(String name, int women, int men) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < women + men; i++) {
            lines.add(name + i + (i < women ? ",F" : ",M"));
        }
        return lines;
    }

    @SafeVarargs
    private static String[] people(List<String>... sites) {
        List<String> lines = new ArrayList<>(List.of("USUBJID,SEX"));
        List.of(sites).forEach(lines::addAll);
        return lines.toArray(new String[0]);
    }

    @Test
    @DisplayName(
            "TRI-7 a release is compared with what an earlier one showed, not with what was so when that was committed")
    void tri7_withdrawalBetweenCheckAndCommit() throws Exception {
        ByteString trial = approvedTrial("HMB");
        List<ByteString> leaving = enrol(trial, 4);
        ByteString dataset = sexes(trial, leaving);
        withdraw(trial, leaving.subList(0, 3));
        long judged;
        try (StateView view = StateView.open(net.node().gateway())) {
            judged = view.tipMillis();
        }
        // the node looked at the data, then somebody withdrew, then its release was committed
        withdraw(trial, leaving.subList(3, 4));
        TransactionBody.Builder late = TransactionBody.newBuilder()
                .setTrial(TrialAction.newBuilder()
                        .setTrialId(trial)
                        .setRelease(TrialRelease.newBuilder()
                                .setReleaseId(id())
                                .setDatasetId(dataset)
                                .setDatasetVersion(1)
                                .addQuasiIdentifiers("SEX")
                                .setContentHash(random32())
                                .setRequestedBy(SPONSOR)
                                .setAsOfMillis(judged)));
        byte[] signed = net.signed("st-mary", net.institutionKey("st-mary"), net.chainId(), late);
        assertThat(net.submit(SPONSOR, signed).getState()).isEqualTo("COMMITTED");
        assertThat(state(trial).getReleasesCount()).isEqualTo(1);
        refusedWithoutNumbers("CELLS_TOO_SMALL", release(trial, dataset, "SEX"));
    }

    @Test
    @DisplayName("TRI-7 TRI-3 who was left in by an earlier protocol is not taken as left out of what it released")
    void tri7_otherWithdrawalRule() throws Exception {
        TrialRegistration.Builder keeping =
                registration("1.0", "HMB").setWithdrawalRule(WithdrawalRule.KEEP_EARLIER_DATA);
        ByteString trial = id();
        must(
                SPONSOR,
                trial,
                action -> action.setRegister(TrialRegister.newBuilder().setRegistration(keeping)));
        approve(trial, keeping);
        List<ByteString> leaving = enrol(trial, 4);
        ByteString dataset = sexes(trial, leaving);
        withdraw(trial, leaving);
        net.ok(SPONSOR, "TrialRelease", release(trial, dataset, "SEX").build(), TrialReleaseResponse.parser());
        TrialRegistration.Builder excluding = registration("2.0", "HMB");
        amend(trial, excluding);
        approve(trial, excluding);
        refusedWithoutNumbers("CELLS_TOO_SMALL", release(trial, dataset, "SEX"));
    }

    @Test
    @DisplayName("TRI-7 TRI-4 who left under a rule that excludes its data stays out of what an amendment would keep")
    void tri7_withdrawalRuleIsKept() throws Exception {
        ByteString trial = approvedTrial("HMB");
        List<ByteString> leaving = enrol(trial, 4);
        ByteString dataset = sexes(trial, leaving);
        withdraw(trial, leaving);
        TrialRegistration.Builder keeping =
                registration("2.0", "HMB").setWithdrawalRule(WithdrawalRule.KEEP_EARLIER_DATA);
        amend(trial, keeping);
        approve(trial, keeping);
        assertThat(net.ok(
                                SPONSOR,
                                "TrialQuery",
                                count(trial, dataset, 30_000_000).build(),
                                TrialQueryResponse.parser())
                        .getValues(0))
                .isEqualTo("6");
        assertThat(net.ok(
                                SPONSOR,
                                "TrialRelease",
                                release(trial, dataset, "SEX").build(),
                                TrialReleaseResponse.parser())
                        .getContent()
                        .toStringUtf8())
                .isEqualTo("SEX\r\nF\r\nF\r\nF\r\nM\r\nM\r\nM\r\n");
    }

    private List<ByteString> enrol(ByteString trial, int subjects) throws Exception {
        List<ByteString> enrolled = new ArrayList<>();
        for (int i = 0; i < subjects; i++) {
            enrolled.add(enrol(trial, "1.0"));
        }
        return enrolled;
    }

    private void withdraw(ByteString trial, List<ByteString> subjects) throws Exception {
        for (ByteString subject : subjects) {
            must(
                    CLINICIAN,
                    trial,
                    action -> action.setSubjectChange(TrialSubjectChange.newBuilder()
                            .setPseudonym(subject)
                            .setStatus("withdrawn")));
        }
    }

    /** Three women and three men who stay, and the women and one man who leave. */
    private ByteString sexes(ByteString trial, List<ByteString> leaving) throws Exception {
        List<String> lines = new ArrayList<>(List.of("USUBJID,SEX", "a,F", "b,F", "c,F", "d,M", "e,M", "f,M"));
        for (int i = 0; i < leaving.size(); i++) {
            lines.add(ActorName.hex(leaving.get(i)) + (i < leaving.size() - 1 ? ",F" : ",M"));
        }
        return dataset(trial, "ADSL", lines.toArray(new String[0]));
    }

    private void amend(ByteString trial, TrialRegistration.Builder registration) throws Exception {
        must(
                SPONSOR,
                trial,
                action -> action.setAmend(TrialAmend.newBuilder()
                        .setPredecessor(1)
                        .setRegistration(registration)
                        .setReason(TrialReason.newBuilder()
                                .setSealedText(random32())
                                .addKeys(net.sealed(
                                        "st-mary",
                                        KeyEnvelope.Use.DATA_KEY,
                                        trial,
                                        random32().toByteArray())))));
    }

    @Test
    @DisplayName("TRI-7 what is sent again is refused: one answer, one release, one spending")
    void tri7_sentAgain() throws Exception {
        ByteString trial = approvedTrial("HMB");
        ByteString dataset = dataset(trial, "ADSL", "USUBJID,SEX", "1,F", "2,F", "3,F");
        TrialQueryRequest question = count(trial, dataset, 1_000_000).build();
        net.ok(SPONSOR, "TrialQuery", question, TrialQueryResponse.parser());
        Problem again = net.refused(SPONSOR, "TrialQuery", question);
        assertThat(again.getCode()).isEqualTo("QUERY_REPEATED");
        assertThat(again.getExitCode()).isEqualTo(8);
        assertThat(state(trial).getSpentMicros()).isEqualTo(1_000_000);
        TrialReleaseRequest release = release(trial, dataset, "SEX").build();
        net.ok(SPONSOR, "TrialRelease", release, TrialReleaseResponse.parser());
        assertThat(net.refused(SPONSOR, "TrialRelease", release).getCode()).isEqualTo("RELEASE_REPEATED");
        assertThat(state(trial).getReleasesCount()).isEqualTo(1);
        assertThat(net.refused(
                                SPONSOR,
                                "TrialQuery",
                                question.toBuilder().clearQueryId().build())
                        .getPath())
                .isEqualTo("query_id");
        assertThat(net.refused(
                                SPONSOR,
                                "TrialRelease",
                                release.toBuilder().clearReleaseId().build())
                        .getPath())
                .isEqualTo("release_id");
    }

    @Test
    @DisplayName("TRI-7 what the node's memory cannot hold is refused before it is read")
    void tri7_tooLarge() throws Exception {
        ByteString trial = approvedTrial("HMB");
        ByteString announced = dataset(trial, "LB", ByteString.EMPTY, 10_000_000, "USUBJID,SEX", "1,F");
        refusedWithoutNumbers("DATASET_TOO_LARGE", release(trial, announced, "SEX"));
        assertThat(net.refused(
                                SPONSOR,
                                "TrialQuery",
                                count(trial, announced, 1_000_000).build())
                        .getCode())
                .isEqualTo("DATASET_TOO_LARGE");
        assertThat(state(trial).getSpentMicros()).isZero();
    }

    @Test
    @DisplayName("TRI-7 a use must be permitted by the form that each subject signed")
    void tri7_dataUse() throws Exception {
        ByteString trial = approvedTrial("HMB");
        List<String> lines = new ArrayList<>(List.of("USUBJID,SEX"));
        List<ByteString> subjects = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            subjects.add(enrol(trial, "1.0"));
            lines.add(ActorName.hex(subjects.get(i)) + ",F");
        }
        ByteString dataset = dataset(trial, "DM", lines.toArray(new String[0]));
        amend(trial, registration("2.0", "GRU"));
        approve(trial, registration("2.0", "GRU"));
        TrialReleaseRequest.Builder origins = release(trial, dataset, "SEX").setRecipient(RESEARCHER);
        refusedWithoutNumbers("DATA_USE_NOT_PERMITTED", origins.clone().addDataUse("NRES"));
        // The form that is registered now permits research on origins, the one that these signed does not.
        refusedWithoutNumbers("DATA_USE_NOT_PERMITTED", origins.clone().addDataUse("POA"));
        for (ByteString subject : subjects) {
            must(
                    CLINICIAN,
                    trial,
                    action -> action.setSubjectChange(TrialSubjectChange.newBuilder()
                            .setPseudonym(subject)
                            .setIcfVersion("2.0")
                            .setEvidenceHash(random32())));
        }
        net.ok(SPONSOR, "TrialRelease", origins.clone().addDataUse("POA").build(), TrialReleaseResponse.parser());
        assertThat(state(trial).getReleases(0).getRelease().getRecipient()).isEqualTo(RESEARCHER);
    }

    @Test
    @DisplayName("TRI-7 an answer costs its epsilon, a question that cannot be asked costs nothing")
    void tri7_query() throws Exception {
        ByteString trial = approvedTrial("HMB");
        ByteString leaving = enrol(trial, "1.0");
        List<String> lines = new ArrayList<>(List.of("USUBJID,AGE"));
        for (int i = 0; i < 40; i++) {
            lines.add((i == 0 ? ActorName.hex(leaving) : "s" + i) + ",50");
        }
        ByteString dataset = dataset(trial, "ADSL", lines.toArray(new String[0]));
        assertThat(net.refused(
                                RESEARCHER,
                                "TrialQuery",
                                count(trial, dataset, 1_000_000).build())
                        .getCode())
                .isEqualTo("ROLE_REQUIRED");
        Problem unanswerable = net.refused(
                SPONSOR,
                "TrialQuery",
                count(trial, dataset, 1_000_000)
                        .setKind("SUM")
                        .setColumn("WEIGHT")
                        .setLow("0")
                        .setHigh("1")
                        .build());
        assertThat(unanswerable.getCode()).isEqualTo("QUERY_INVALID");
        assertThat(unanswerable.getPath()).isEqualTo("--sum");
        assertThat(unanswerable.getError()).contains("WEIGHT");
        assertThat(state(trial).getSpentMicros()).isZero();

        // With an epsilon of 30 the noise is zero but for one in 10^13.
        TrialQueryResponse counted =
                net.ok(SPONSOR, "TrialQuery", count(trial, dataset, 30_000_000).build(), TrialQueryResponse.parser());
        assertThat(counted.getValues(0)).isEqualTo("40");
        assertThat(counted.getBudgetLeftMicros()).isEqualTo(70_000_000);
        must(
                CLINICIAN,
                trial,
                action -> action.setSubjectChange(
                        TrialSubjectChange.newBuilder().setPseudonym(leaving).setStatus("withdrawn")));
        assertThat(net.ok(
                                SPONSOR,
                                "TrialQuery",
                                count(trial, dataset, 30_000_000).build(),
                                TrialQueryResponse.parser())
                        .getValues(0))
                .as("who withdrew is left out, as the protocol says")
                .isEqualTo("39");
        Problem spent = net.refused(
                SPONSOR, "TrialQuery", count(trial, dataset, 40_000_001).build());
        assertThat(spent.getCode()).isEqualTo("BUDGET_SPENT");
        assertThat(state(trial).getSpentMicros()).isEqualTo(60_000_000);
        assertThat(state(trial).getQueries()).isEqualTo(2);
    }

    @Test
    @DisplayName("TRI-7 of many questions at once as many are answered as the budget pays for")
    void tri7_atOnce() throws Exception {
        ByteString trial = approvedTrial("HMB");
        ByteString dataset = dataset(trial, "DM", "USUBJID,SEX", "1,F", "2,M");
        ExecutorService askers = Executors.newFixedThreadPool(12);
        try {
            List<Future<String>> asked = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                TrialQueryRequest question = count(trial, dataset, 20_000_000).build();
                asked.add(askers.submit(() -> {
                    HttpResponse<byte[]> response = net.call(SPONSOR, "TrialQuery", question);
                    return response.statusCode() == 200
                            ? "answered"
                            : Problem.parseFrom(response.body()).getCode();
                }));
            }
            List<String> outcomes = new ArrayList<>();
            for (Future<String> outcome : asked) {
                outcomes.add(outcome.get(60, TimeUnit.SECONDS));
            }
            assertThat(outcomes).filteredOn("answered"::equals).hasSize(5);
            assertThat(outcomes).filteredOn("BUDGET_SPENT"::equals).hasSize(7);
            assertThat(state(trial).getSpentMicros()).isEqualTo(100_000_000);
        } finally {
            askers.shutdownNow();
        }
    }
}
