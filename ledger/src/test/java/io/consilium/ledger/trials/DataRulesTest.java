package io.consilium.ledger.trials;

import static io.consilium.ledger.TestChain.ADAMS;
import static io.consilium.ledger.TestChain.BROWN;
import static io.consilium.ledger.TestChain.MINUTE;
import static io.consilium.ledger.TestChain.hash;
import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.trials.TestTrial.CHAIR;
import static io.consilium.ledger.trials.TestTrial.RESEARCHER;
import static io.consilium.ledger.trials.TestTrial.TRIAL;
import static io.consilium.ledger.trials.TestTrial.amendment;
import static io.consilium.ledger.trials.TestTrial.content;
import static io.consilium.ledger.trials.TestTrial.correction;
import static io.consilium.ledger.trials.TestTrial.decision;
import static io.consilium.ledger.trials.TestTrial.enrolment;
import static io.consilium.ledger.trials.TestTrial.register;
import static io.consilium.ledger.trials.TestTrial.registration;
import static io.consilium.ledger.trials.TestTrial.renewal;
import static io.consilium.ledger.trials.TestTrial.status;
import static io.consilium.ledger.trials.TestTrial.submission;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.ledger.TestChain;
import io.consilium.proto.TrialCorrect;
import io.consilium.proto.TrialRegistration;
import io.consilium.proto.WithdrawalRule;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Datasets and their corrections. */
class DataRulesTest {
    @Test
    @DisplayName("TRI-5 data are sealed to the sponsor; a correction is a further version and keeps the original")
    void tri5_data() {
        TestTrial trial = TestTrial.approved();
        assertThat(trial.does("helix/packer", action -> action.setSubmit(submission("d"))))
                .isEqualTo("ROLE_REQUIRED TRI-5");
        assertThat(trial.does(
                        ADAMS,
                        action -> action.setSubmit(submission("d")
                                .setContent(content("d").clearDataKey().addDataKey(TestChain.sealed("st-mary"))))))
                .isEqualTo("RECIPIENT_NOT_ALLOWED PRV-3");
        trial.must(ADAMS, action -> action.setSubmit(submission("d")));
        assertThat(trial.does(ADAMS, action -> action.setSubmit(submission("d"))))
                .isEqualTo("DATASET_EXISTS TRI-5");
        assertThat(trial.does(BROWN, action -> action.setCorrect(correction("d", 1))))
                .isEqualTo("OTHER_INSTITUTION TRI-5");
        assertThat(trial.does(ADAMS, action -> action.setCorrect(correction("none", 1))))
                .isEqualTo("DATASET_UNKNOWN TRI-5");
        assertThat(trial.does(ADAMS, action -> action.setCorrect(correction("d", 1))))
                .isEqualTo("OK");
        assertThat(trial.does(ADAMS, action -> action.setCorrect(correction("d", 1))))
                .isEqualTo("DATASET_VERSION_CONFLICT TRI-5");
        assertThat(trial.state().getDatasetsList())
                .as("the trial itself says how many versions there are")
                .extracting(entry -> entry.getVersions())
                .containsExactly(2L);
        assertThat(trial.chain.objects().trialDataset(id("d")).orElseThrow().getVersionsList())
                .extracting(version -> version.getContent().getCommitment())
                .containsExactly(hash("commitment d"), hash("commitment corrected"));
    }

    @Test
    @DisplayName("TRI-5 TX-6 a trial has so many datasets and no more, and these may still be corrected")
    void tri5_asManyDatasetsAsCanBeKept() {
        TestTrial trial = TestTrial.approved();
        for (int i = 0; i < DataRules.MAX_DATASETS; i++) {
            String name = "d" + i;
            trial.must(ADAMS, action -> action.setSubmit(submission(name).setName(name)));
        }
        assertThat(trial.does(
                        ADAMS, action -> action.setSubmit(submission("more").setName("more"))))
                .isEqualTo("TRIAL_LIMIT TX-6");
        assertThat(trial.state().getDatasetsCount()).isEqualTo(DataRules.MAX_DATASETS);
        trial.must(ADAMS, action -> action.setCorrect(correction("d0", 1)));
    }

    @Test
    @DisplayName(
            "TRI-4 TRI-5 of a withdrawn subject earlier data are corrected where the protocol keeps them, else not")
    void tri4_withdrawalRule() {
        TestTrial trial = TestTrial.approved();
        trial.enrols(ADAMS, "s", "p");
        trial.must(ADAMS, action -> action.setSubmit(submission("d").setPseudonym(id("s"))));
        trial.must(ADAMS, action -> action.setSubmit(submission("of all").setName("VS")));
        trial.must(ADAMS, action -> action.setSubjectChange(status("s", "withdrawn")));
        trial.must(ADAMS, action -> action.setCorrect(correction("d", 1)));
        TrialRegistration.Builder excluding = registration().setWithdrawalRule(WithdrawalRule.EXCLUDE_EARLIER_DATA);
        trial.must(RESEARCHER, action -> action.setAmend(amendment(1, excluding)));
        trial.must(CHAIR, action -> action.setDecide(decision(excluding, trial.chain.now + 10 * MINUTE)));
        assertThat(trial.does(ADAMS, action -> action.setCorrect(correction("d", 2))))
                .isEqualTo("SUBJECT_WITHDRAWN TRI-5");
        trial.must(ADAMS, action -> action.setCorrect(correction("of all", 1)));
    }

    @Test
    @DisplayName("TRI-4 what a subject was promised when it signed or left is not taken back by an amendment")
    void tri4_withdrawalRuleIsKept() {
        TestTrial trial = new TestTrial();
        TrialRegistration.Builder excluding = registration().setWithdrawalRule(WithdrawalRule.EXCLUDE_EARLIER_DATA);
        long until = trial.chain.now + 100 * MINUTE;
        trial.chain.applied(RESEARCHER, body -> body.setTrial(register(TRIAL, excluding)));
        trial.must(CHAIR, action -> action.setDecide(decision(excluding, until)));
        for (String subject : List.of("left before", "signed before", "signed anew")) {
            trial.must(ADAMS, action -> action.setEnroll(enrolment(subject, subject, "1.0")));
            trial.must(ADAMS, action -> action.setSubmit(submission(subject).setPseudonym(id(subject))));
        }
        trial.must(ADAMS, action -> action.setSubjectChange(status("left before", "withdrawn")));
        TrialRegistration.Builder keeping = registration().setIcfVersion("2.0");
        trial.must(RESEARCHER, action -> action.setAmend(amendment(1, keeping)));
        trial.must(CHAIR, action -> action.setDecide(decision(keeping, until)));
        trial.must(ADAMS, action -> action.setSubjectChange(renewal("signed anew", "2.0")));
        trial.must(ADAMS, action -> action.setSubjectChange(status("signed before", "withdrawn")));
        trial.must(ADAMS, action -> action.setSubjectChange(status("signed anew", "withdrawn")));
        assertThat(trial.does(ADAMS, action -> action.setCorrect(correction("left before", 1))))
                .isEqualTo("SUBJECT_WITHDRAWN TRI-5");
        assertThat(trial.does(ADAMS, action -> action.setCorrect(correction("signed before", 1))))
                .isEqualTo("SUBJECT_WITHDRAWN TRI-5");
        trial.must(ADAMS, action -> action.setCorrect(correction("signed anew", 1)));
    }

    @Test
    @DisplayName("TRI-5 a name is one dataset of an institution and subject; the same name again is refused")
    void tri5_name() {
        TestTrial trial = TestTrial.approved();
        trial.enrols(ADAMS, "s", "p");
        trial.must(ADAMS, action -> action.setSubmit(submission("d")));
        assertThat(trial.does(ADAMS, action -> action.setSubmit(submission("e"))))
                .isEqualTo("DATASET_EXISTS TRI-5");
        assertThat(trial.does(ADAMS, action -> action.setSubmit(submission("e").setName("adsl"))))
                .isEqualTo("DATASET_EXISTS TRI-5");
        trial.must(ADAMS, action -> action.setSubmit(submission("e").setName("DM")));
        trial.must(BROWN, action -> action.setSubmit(submission("other-site")));
        trial.must(ADAMS, action -> action.setSubmit(submission("of-one").setPseudonym(id("s"))));
        assertThat(trial.does(
                        ADAMS,
                        action -> action.setSubmit(submission("of-one-again").setPseudonym(id("s")))))
                .isEqualTo("DATASET_EXISTS TRI-5");
        assertThat(trial.state().getDatasetsCount()).isEqualTo(4);
    }

    @Test
    @DisplayName("TRI-5 a correction has the columns of what it corrects")
    void tri5_shape() {
        TestTrial trial = TestTrial.approved();
        trial.must(ADAMS, action -> action.setSubmit(submission("d")));
        ByteString other = TrialIds.shape(List.of("USUBJID", "AGE"));
        assertThat(trial.does(
                        ADAMS,
                        action -> action.setCorrect(correction("d", 1)
                                .setContent(content("corrected").setShape(other)))))
                .isEqualTo("DATASET_SHAPE_OTHER TRI-5");
        ByteString reordered = TrialIds.shape(List.of("sex", "usubjid", "age"));
        trial.must(
                ADAMS,
                action -> action.setCorrect(
                        correction("d", 1).setContent(content("corrected").setShape(reordered))));
    }

    @Test
    @DisplayName(
            "TRI-5 data come from a site's CLINICIAN or the sponsor's RESEARCHER, not from the one's role at the other")
    void tri5_roles() {
        TestTrial trial = TestTrial.approved();
        assertThat(trial.does("helix/doctor", action -> action.setSubmit(submission("d"))))
                .isEqualTo("ROLE_REQUIRED TRI-5");
        assertThat(trial.does("st-mary/researcher", action -> action.setSubmit(submission("d"))))
                .isEqualTo("ROLE_REQUIRED TRI-5");
        trial.must(ADAMS, action -> action.setSubmit(submission("d")));
        assertThat(trial.does("st-mary/researcher", action -> action.setCorrect(correction("d", 1))))
                .isEqualTo("ROLE_REQUIRED TRI-5");
        trial.must(RESEARCHER, action -> action.setCorrect(correction("d", 1)));
        trial.must(RESEARCHER, action -> action.setSubmit(submission("e")));
    }

    @Test
    @DisplayName("TRI-5 a correction in which fewer enrolled subjects stand is refused unless it says that it is meant")
    void tri5_subjectsVanish() {
        TestTrial trial = TestTrial.approved();
        trial.must(ADAMS, action -> action.setSubmit(submission("d")));
        TrialCorrect.Builder fewer =
                correction("d", 1).setContent(content("corrected").setSubjects(11));
        assertThat(trial.does(ADAMS, action -> action.setCorrect(fewer))).isEqualTo("DATASET_SUBJECTS_FEWER TRI-5");
        trial.must(ADAMS, action -> action.setCorrect(fewer.clone().setSubjectsRemoved(true)));
        assertThat(trial.does(
                        ADAMS,
                        action -> action.setCorrect(
                                correction("d", 2).setContent(content("again").setSubjects(10)))))
                .as("held against the version before, not the first")
                .isEqualTo("DATASET_SUBJECTS_FEWER TRI-5");
        trial.must(
                ADAMS,
                action -> action.setCorrect(correction("d", 2)
                        .setContent(content("again").setSubjects(11).setNotEnrolled(10))));
    }

    @Test
    @DisplayName(
            "TRI-5 whoever submitted a dataset corrects it, also when an amendment left its site out; nobody else does")
    void tri5_author() {
        TestTrial trial = TestTrial.approved();
        trial.must(ADAMS, action -> action.setSubmit(submission("d")));
        TrialRegistration.Builder without = registration().clearSites().addSites("riverside");
        trial.must(RESEARCHER, action -> action.setAmend(amendment(1, without)));
        trial.must(CHAIR, action -> action.setDecide(decision(without, trial.chain.now + 10 * MINUTE)));
        assertThat(trial.does(ADAMS, action -> action.setSubmit(submission("e").setName("DM"))))
                .isEqualTo("NOT_TRIAL_SITE TRI-5");
        assertThat(trial.does("st-mary/researcher", action -> action.setCorrect(correction("d", 1))))
                .isEqualTo("NOT_TRIAL_SITE TRI-5");
        assertThat(trial.does(BROWN, action -> action.setCorrect(correction("d", 1))))
                .isEqualTo("OTHER_INSTITUTION TRI-5");
        trial.must(ADAMS, action -> action.setCorrect(correction("d", 1)));
        trial.must(RESEARCHER, action -> action.setCorrect(correction("d", 2)));
    }

    @Test
    @DisplayName("TRI-6 the trial itself says since when a dataset is there")
    void tri6_since() {
        TestTrial trial = TestTrial.approved();
        trial.must(ADAMS, action -> action.setSubmit(submission("d")));
        long since = trial.chain
                .objects()
                .trialDataset(id("d"))
                .orElseThrow()
                .getVersions(0)
                .getTimeMillis();
        trial.must(ADAMS, action -> action.setCorrect(correction("d", 1)));
        assertThat(trial.state().getDatasetsList())
                .extracting(entry -> entry.getSubmittedMillis())
                .containsExactly(since);
    }
}
