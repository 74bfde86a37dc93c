package io.consilium.node.api;

import static io.consilium.node.api.TestNetwork.CLINICIAN;
import static io.consilium.node.api.TestNetwork.RESEARCHER;
import static io.consilium.node.api.TestNetwork.STRANGER;
import static io.consilium.node.api.TestNetwork.id;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.proto.StagePayloadResponse;
import io.consilium.proto.TrialCheckRequest;
import io.consilium.proto.TrialCheckResponse;
import io.consilium.proto.TrialDataContent;
import io.consilium.proto.TrialRegistration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the sponsor's node finds of data that a client did not check. */
class TrialCheckTest extends TrialAtNode {
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
    @DisplayName("TRI-5 a correction that puts one subject in for another is found by who reads both versions")
    void tri5_exchangedSubjects() throws Exception {
        ByteString trial = approvedTrial();
        List<ByteString> enrolled = enrol(trial, 3);
        String[] lines = new String[4];
        lines[0] = "USUBJID,SEX";
        for (int i = 0; i < 3; i++) {
            lines[i + 1] = TestNetwork.hex(enrolled.get(i)) + ",F";
        }
        ByteString exchanged = dataset(trial, "DM", lines[0], lines[1], lines[2]);
        correct(trial, exchanged, correction -> {}, lines[0], lines[1], lines[3]);
        TrialCheckResponse found = check(trial, exchanged);
        assertThat(found.getDatasetVersion()).isEqualTo(2);
        assertThat(found.getPath()).isEqualTo("subjects");
        assertThat(found.getFault()).contains("has others").doesNotContain(lines[2].substring(0, 32));

        ByteString more = dataset(trial, "VS", lines[0], lines[1], lines[2]);
        correct(trial, more, correction -> {}, lines);
        assertThat(check(trial, more).getFault()).as("one more").isEmpty();
        ByteString fewer = dataset(trial, "LB", lines[0], lines[1], lines[2]);
        correct(trial, fewer, correction -> correction.setSubjectsRemoved(true), lines[0], lines[1]);
        assertThat(check(trial, fewer).getFault()).as("said to be removed").isEmpty();

        ByteString saidFewer = dataset(trial, "AE", lines[0], lines[1], lines[2]);
        correct(
                trial,
                saidFewer,
                correction -> correction
                        .setSubjectsRemoved(true)
                        .setContent(correction.getContent().toBuilder().setNotEnrolled(1)),
                lines[0],
                lines[1],
                lines[3]);
        assertThat(check(trial, saidFewer).getFault())
                .as("removed, by what the submitter said of who is enrolled")
                .contains("has others");
    }

    @Test
    @DisplayName(
            "TRI-5 who was enrolled after a version that names it is not missed in the next, nor taken for another")
    void tri5_enrolledSince() throws Exception {
        ByteString trial = approvedTrial();
        List<ByteString> enrolled = enrol(trial, 3);
        ByteString since = id();
        String header = "USUBJID,SEX";
        String first = TestNetwork.hex(enrolled.get(0)) + ",F";
        String second = TestNetwork.hex(enrolled.get(1)) + ",F";
        String third = TestNetwork.hex(enrolled.get(2)) + ",F";
        String late = TestNetwork.hex(since) + ",F";
        ByteString left =
                dataset(trial, "DM", ByteString.EMPTY, 2, content -> content.setNotEnrolled(1), header, first, late);
        ByteString removed = dataset(trial, "VS", header, first, second);
        correct(
                trial,
                removed,
                correction -> correction
                        .setSubjectsRemoved(true)
                        .setContent(correction.getContent().toBuilder().setNotEnrolled(1)),
                header,
                first,
                late);
        must(CLINICIAN, trial, action -> action.setEnroll(enrolment(since, "1.0", random32())));
        correct(trial, left, correction -> {}, header, first, third);
        assertThat(check(trial, left).getFault()).isEmpty();
        assertThat(check(trial, removed).getFault()).isEmpty();
    }

    @Test
    @DisplayName("TRI-5 where the version before cannot be read, the later one is checked and told not to be compared")
    void tri5_notCompared() throws Exception {
        ByteString trial = approvedTrial();
        String[] lines = {"USUBJID,SEX", TestNetwork.hex(enrol(trial, "1.0")) + ",F"};
        int asked = 0;
        for (Map.Entry<String, Consumer<TrialDataContent.Builder>> before :
                Map.<String, Consumer<TrialDataContent.Builder>>of(
                                "commitment: ", content -> content.setCommitment(random32()),
                                "PAYLOAD_NOT_HELD: ", content -> content.setCiphertextHash(random32()),
                                "DATASET_TOO_LARGE: ", content -> content.setCiphertextSize(1L << 27))
                        .entrySet()) {
            ByteString dataset = dataset(trial, "C" + (asked++), ByteString.EMPTY, 1, before.getValue(), lines);
            correct(trial, dataset, correction -> {}, lines);
            TrialCheckResponse checked = check(trial, dataset);
            assertThat(checked.getDatasetVersion()).isEqualTo(2);
            assertThat(checked.getFault()).isEmpty();
            assertThat(checked.getNotCompared()).startsWith(before.getKey());
        }
        ByteString compared = dataset(trial, "WHOLE", lines);
        correct(trial, compared, correction -> {}, lines);
        assertThat(check(trial, compared).getNotCompared()).isEmpty();
    }

    @Test
    @DisplayName(
            "TRI-5 whose site an amendment left out brings corrections of what it submitted; who submitted nothing does not")
    void tri5_authorOfALeftOutSite() throws Exception {
        ByteString trial = approvedTrial();
        ByteString other = approvedTrial();
        dataset(STRANGER, trial, "VS", ByteString.EMPTY, 1, content -> {}, "USUBJID,SEX", "1,F");
        TrialRegistration.Builder without = registration("2.0").clearSites().addSites("st-mary");
        for (ByteString left : List.of(trial, other)) {
            amend(left, without);
            approve(left, without);
        }
        net.ok(STRANGER, "StagePayload", staged(trial, random32().toByteArray()), StagePayloadResponse.parser());
        assertThat(net.refused(
                                STRANGER,
                                "StagePayload",
                                staged(other, random32().toByteArray()))
                        .getExitCode())
                .isEqualTo(4);
    }
}
