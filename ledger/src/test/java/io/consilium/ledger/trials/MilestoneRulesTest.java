package io.consilium.ledger.trials;

import static io.consilium.ledger.TestChain.ADAMS;
import static io.consilium.ledger.trials.TestTrial.CHAIR;
import static io.consilium.ledger.trials.TestTrial.RESEARCHER;
import static io.consilium.ledger.trials.TestTrial.TRIAL;
import static io.consilium.ledger.trials.TestTrial.correction;
import static io.consilium.ledger.trials.TestTrial.enrolment;
import static io.consilium.ledger.trials.TestTrial.milestone;
import static io.consilium.ledger.trials.TestTrial.outcome;
import static io.consilium.ledger.trials.TestTrial.submission;
import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.proto.TrialMilestone;
import io.consilium.proto.TrialPublish;
import io.consilium.proto.TrialResult;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Lock, unlock, unblinding and publication. */
class MilestoneRulesTest {
    @Test
    @DisplayName("TRI-5 nothing after the lock until it is unlocked; unblinding is recorded")
    void tri5_lock() {
        TestTrial trial = TestTrial.approved();
        trial.must(ADAMS, action -> action.setSubmit(submission("d")));
        assertThat(trial.does(CHAIR, action -> action.setMark(milestone(TrialMilestone.DATABASE_LOCKED))))
                .isEqualTo("ROLE_REQUIRED TRI-5");
        assertThat(trial.does(RESEARCHER, action -> action.setMark(milestone(TrialMilestone.DATABASE_UNLOCKED))))
                .isEqualTo("TRIAL_NOT_LOCKED TRI-5");
        trial.must(RESEARCHER, action -> action.setMark(milestone(TrialMilestone.DATABASE_LOCKED)));
        assertThat(trial.does(ADAMS, action -> action.setSubmit(submission("late"))))
                .isEqualTo("TRIAL_LOCKED TRI-5");
        assertThat(trial.does(ADAMS, action -> action.setCorrect(correction("d", 1))))
                .isEqualTo("TRIAL_LOCKED TRI-5");
        assertThat(trial.does(ADAMS, action -> action.setEnroll(enrolment("s", "p", "1.0"))))
                .isEqualTo("TRIAL_LOCKED TRI-5");
        assertThat(trial.does(RESEARCHER, action -> action.setMark(milestone(TrialMilestone.DATABASE_LOCKED))))
                .isEqualTo("TRIAL_LOCKED TRI-5");
        trial.must(RESEARCHER, action -> action.setMark(milestone(TrialMilestone.DATABASE_UNLOCKED)));
        trial.must(ADAMS, action -> action.setCorrect(correction("d", 1)));
        trial.must(RESEARCHER, action -> action.setMark(milestone(TrialMilestone.UNBLINDED)));
        assertThat(trial.state().getEventsList())
                .extracting(event -> event.getMilestone())
                .containsExactly(
                        TrialMilestone.DATABASE_LOCKED, TrialMilestone.DATABASE_UNLOCKED, TrialMilestone.UNBLINDED);
    }

    @Test
    @DisplayName("TRI-6 the sponsor publishes; every publication is kept")
    void tri6_publish() {
        TestTrial trial = TestTrial.registered();
        TrialPublish.Builder results = TrialPublish.newBuilder()
                .addResults(TrialResult.newBuilder().setOutcome(outcome("Pain", "VAS score", "week 12", true)));
        assertThat(trial.does(ADAMS, action -> action.setPublish(results))).isEqualTo("ROLE_REQUIRED TRI-6");
        assertThat(trial.does(
                        RESEARCHER, action -> action.setPublish(results.clone().addResults(results.getResults(0)))))
                .isEqualTo("OUTCOME_REPEATED TRI-6");
        trial.must(RESEARCHER, action -> action.setPublish(results));
        trial.must(RESEARCHER, action -> action.setPublish(results.clone().setSummary("again")));
        assertThat(trial.chain.objects().trialResults(TrialIds.resultsDocument(TRIAL, 1)))
                .isPresent();
        assertThat(trial.chain
                        .objects()
                        .trialResults(TrialIds.resultsDocument(TRIAL, 2))
                        .orElseThrow()
                        .getSummary())
                .isEqualTo("again");
    }
}
