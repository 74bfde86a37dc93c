package io.consilium.ledger.trials;

import static io.consilium.ledger.TestChain.ADAMS;
import static io.consilium.ledger.TestChain.BROWN;
import static io.consilium.ledger.TestChain.MINUTE;
import static io.consilium.ledger.TestChain.hash;
import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.trials.TestTrial.CHAIR;
import static io.consilium.ledger.trials.TestTrial.RESEARCHER;
import static io.consilium.ledger.trials.TestTrial.amendment;
import static io.consilium.ledger.trials.TestTrial.decision;
import static io.consilium.ledger.trials.TestTrial.registration;
import static io.consilium.ledger.trials.TestTrial.submission;
import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.proto.TrialRegistration;
import io.consilium.proto.TrialRelease;
import io.consilium.proto.TrialSpend;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Releases and the privacy budget. */
class SharingRulesTest {
    @Test
    @DisplayName("TRI-7 the budget is spent in integer micro-units and never more than there is")
    void tri7_budget() {
        TestTrial trial = TestTrial.approved();
        trial.must(ADAMS, action -> action.setSubmit(submission("d")));
        assertThat(trial.does(RESEARCHER, action -> action.setSpend(spend(1_000_000))))
                .isEqualTo("SIGNER_NOT_PERMITTED TRI-7");
        assertThat(trial.does("st-mary", action -> action.setSpend(spend(1_000_000))))
                .isEqualTo("SIGNER_NOT_PERMITTED TRI-7");
        assertThat(trial.does("helix", action -> action.setSpend(spend(1).setRequestedBy("helix/packer"))))
                .isEqualTo("ROLE_REQUIRED TRI-7");
        assertThat(trial.does("helix", action -> action.setSpend(spend(1).setDatasetId(id("none")))))
                .isEqualTo("DATASET_UNKNOWN TRI-7");
        trial.must("helix", action -> action.setSpend(spend(2_999_999)));
        assertThat(trial.does("helix", action -> action.setSpend(spend(2)))).isEqualTo("BUDGET_SPENT TRI-7");
        trial.must("helix", action -> action.setSpend(spend(1)));
        assertThat(trial.does("helix", action -> action.setSpend(spend(1)))).isEqualTo("BUDGET_SPENT TRI-7");
        assertThat(trial.does(
                        RESEARCHER,
                        action -> action.setAmend(amendment(1, registration().setPrivacyBudgetMicros(2_000_000)))))
                .isEqualTo("BUDGET_SPENT TRI-7");
    }

    @Test
    @DisplayName("TRI-7 TRI-2 a larger budget is spent after the committee's decision on it, not before")
    void tri7_raisedBudgetNeedsADecision() {
        TestTrial trial = TestTrial.approved();
        trial.must(ADAMS, action -> action.setSubmit(submission("d")));
        trial.must("helix", action -> action.setSpend(spend(3_000_000)));
        TrialRegistration.Builder raised = registration().setPrivacyBudgetMicros(90_000_000);
        trial.must(RESEARCHER, action -> action.setAmend(amendment(1, raised)));
        assertThat(trial.does("helix", action -> action.setSpend(spend(1)))).isEqualTo("ETHICS_APPROVAL_MISSING TRI-2");
        assertThat(trial.does("helix", action -> action.setRelease(release())))
                .isEqualTo("ETHICS_APPROVAL_MISSING TRI-2");
        trial.must(CHAIR, action -> action.setDecide(decision(raised, trial.chain.now + 10 * MINUTE)));
        assertThat(trial.does("helix", action -> action.setSpend(spend(1).setDatasetVersion(2))))
                .isEqualTo("DATASET_UNKNOWN TRI-7");
        trial.must("helix", action -> action.setSpend(spend(1)));
    }

    @Test
    @DisplayName("TRI-7 a question that is sent again is refused and costs nothing more")
    void tri7_queryOnce() {
        TestTrial trial = TestTrial.approved();
        trial.must(ADAMS, action -> action.setSubmit(submission("d")));
        TrialSpend.Builder once = spend(1_000_000);
        trial.must("helix", action -> action.setSpend(once));
        assertThat(trial.does("helix", action -> action.setSpend(once))).isEqualTo("QUERY_REPEATED TRI-7");
        assertThat(trial.state().getSpentMicros()).isEqualTo(1_000_000);
        assertThat(trial.state().getQueries()).isEqualTo(1);
    }

    @Test
    @DisplayName("TRI-7 a release that is sent again is refused, whatever it knows of")
    void tri7_releaseOnce() {
        TestTrial trial = TestTrial.approved();
        trial.must(ADAMS, action -> action.setSubmit(submission("d")));
        TrialRelease.Builder once = release();
        trial.must("helix", action -> action.setRelease(once));
        assertThat(trial.does("helix", action -> action.setRelease(once.setReleasesBefore(1))))
                .isEqualTo("RELEASE_REPEATED TRI-7");
        assertThat(trial.state().getReleasesCount()).isEqualTo(1);
    }

    private int asked;

    /** Each a question of its own. */
    private TrialSpend.Builder spend(long epsilonMicros) {
        return TrialSpend.newBuilder()
                .setQueryId(id("query" + asked++))
                .setDatasetId(id("d"))
                .setDatasetVersion(1)
                .setEpsilonMicros(epsilonMicros)
                .setRequestedBy(RESEARCHER);
    }

    @Test
    @DisplayName("TRI-7 a release to another needs an approval and a permitted use, and knows of every earlier one")
    void tri7_release() {
        TestTrial trial = TestTrial.approved();
        trial.must(ADAMS, action -> action.setSubmit(submission("d")));
        assertThat(trial.does(RESEARCHER, action -> action.setRelease(release())))
                .isEqualTo("SIGNER_NOT_PERMITTED TRI-7");
        assertThat(trial.does("helix", action -> action.setRelease(release().setDatasetVersion(2))))
                .isEqualTo("DATASET_UNKNOWN TRI-7");
        trial.must("helix", action -> action.setRelease(release()));
        assertThat(trial.does("helix", action -> action.setRelease(release()))).isEqualTo("RELEASE_OVERTAKEN TRI-7");
        TrialRelease.Builder shared = release().setReleasesBefore(1).setRecipient(BROWN);
        assertThat(trial.does("helix", action -> action.setRelease(shared))).isEqualTo("DATA_USE_NOT_PERMITTED TRI-7");
        assertThat(trial.does(
                        "helix",
                        action -> action.setRelease(
                                shared.clone().addDataUse("HMB").setRecipient("st-mary/nobody"))))
                .isEqualTo("MEMBER_UNKNOWN TRI-7");
        trial.must("helix", action -> action.setRelease(shared.addDataUse("HMB")));
        trial.chain.pass(200 * MINUTE);
        assertThat(trial.does(
                        "helix",
                        action -> action.setRelease(release()
                                .setReleasesBefore(2)
                                .setRecipient(BROWN)
                                .addDataUse("HMB"))))
                .isEqualTo("ETHICS_APPROVAL_EXPIRED TRI-2");
    }

    @Test
    @DisplayName("TRI-7 the threshold is not lowered once something was released under it")
    void tri7_thresholdIsNotLowered() {
        TestTrial trial = TestTrial.approved();
        trial.must(ADAMS, action -> action.setSubmit(submission("d")));
        TrialRegistration.Builder lower = registration().setAnonymityThreshold(10);
        trial.must(RESEARCHER, action -> action.setAmend(amendment(1, lower)));
        trial.must(CHAIR, action -> action.setDecide(decision(lower, trial.chain.now + 10 * MINUTE)));
        trial.must("helix", action -> action.setRelease(release()));
        assertThat(trial.does(
                        RESEARCHER,
                        action -> action.setAmend(amendment(2, registration().setAnonymityThreshold(9)))))
                .isEqualTo("ANONYMITY_LOWERED TRI-7");
        trial.must(
                RESEARCHER,
                action -> action.setAmend(amendment(2, registration().setAnonymityThreshold(12))));
    }

    /** Each a release of its own. */
    private TrialRelease.Builder release() {
        return TrialRelease.newBuilder()
                .setReleaseId(id("release" + asked++))
                .setDatasetId(id("d"))
                .setDatasetVersion(1)
                .addQuasiIdentifiers("SEX")
                .setContentHash(hash("content"))
                .setRequestedBy(RESEARCHER);
    }
}
