package io.consilium.node.api;

import static io.consilium.node.api.TestNetwork.CLINICIAN;
import static io.consilium.node.api.TestNetwork.RESEARCHER;
import static io.consilium.node.api.TestNetwork.id;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.ledger.tx.ActorName;
import io.consilium.proto.Problem;
import io.consilium.proto.TrialQueryRequest;
import io.consilium.proto.TrialQueryResponse;
import io.consilium.proto.TrialReleaseRequest;
import io.consilium.proto.TrialReleaseResponse;
import io.consilium.proto.TrialSubjectChange;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Microdata of one release, held against the list, the threshold and the consents. */
class TrialReleaseTest extends TrialAtNode {
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
    @DisplayName("TRI-7 without a valid approval nothing is shared, and nothing is opened to say so")
    void tri7_approval() throws Exception {
        ByteString trial = approvedTrial("HMB");
        ByteString dataset = dataset(trial, "DM", "USUBJID,SEX", "1,F", "2,F", "3,F");
        amend(trial, registration("2.0", "HMB"));
        refusedWithoutNumbers("ETHICS_APPROVAL_MISSING", release(trial, dataset, "SEX"));
        refusedWithoutNumbers("ETHICS_APPROVAL_MISSING", release(trial, id(), "SEX"));
        TrialQueryRequest question = count(trial, id(), 1_000_000).build();
        assertThat(net.refused(SPONSOR, "TrialQuery", question).getCode()).isEqualTo("ETHICS_APPROVAL_MISSING");
        assertThat(state(trial).getSpentMicros()).isZero();
    }
}
