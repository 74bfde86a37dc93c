package io.consilium.ledger.trials;

import static io.consilium.ledger.TestChain.ADAMS;
import static io.consilium.ledger.TestChain.hash;
import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.trials.TestTrial.RESEARCHER;
import static io.consilium.ledger.trials.TestTrial.TRIAL;
import static io.consilium.ledger.trials.TestTrial.register;
import static io.consilium.ledger.trials.TestTrial.registration;
import static io.consilium.ledger.trials.TestTrial.status;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.ledger.TestChain;
import io.consilium.proto.TrialRegistration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a transaction of a trial must look like. */
class TrialFormatTest {
    @Test
    @DisplayName("TX-6 texts and lists of a registration are bounded, ids and hashes have their length")
    void tx6_bounds() {
        assertMalformed(registration().setTitle(""), "title");
        assertMalformed(registration().setTitle("x".repeat(2_001)), "title");
        assertMalformed(registration().setTitle("a\u0007b"), "title");
        assertMalformed(registration().setProtocolHash(id("short")), "protocol_hash");
        assertMalformed(registration().addSites("aaa"), "sites");
        assertMalformed(registration().clearOutcomes(), "outcomes");
        assertMalformed(registration().setAnonymityThreshold(2), "anonymity_threshold");
        assertMalformed(registration().setPrivacyBudgetMicros(-1), "privacy_budget_micros");
        assertMalformed(registration().clearWithdrawalRule(), "withdrawal_rule");
        for (String noDate : new String[] {"soon", "2026-02-30", "+2026-01-01", "2026-1-1"}) {
            assertMalformed(registration().setPlannedStart(noDate), "planned_start");
            assertMalformed(registration().setPlannedCompletion(noDate), "planned_completion");
        }
        assertMalformed(
                registration().setPlannedStart("2026-05-01").setPlannedCompletion("2026-04-30"), "planned_completion");
        TestTrial dated = new TestTrial();
        dated.chain.applied(
                RESEARCHER,
                body -> body.setTrial(register(
                        TRIAL, registration().setPlannedStart("2026-05-01").setPlannedCompletion("2026-05-01"))));
        TrialRegistration.Builder large = registration();
        for (int i = 0; i < 60; i++) {
            large.addInclusionCriteria("x".repeat(1_900));
        }
        assertMalformed(large, "registration");
    }

    private static void assertMalformed(TrialRegistration.Builder registration, String path) {
        TestChain chain = new TestChain();
        assertThatThrownBy(() -> chain.transaction(RESEARCHER, body -> body.setTrial(register(TRIAL, registration))))
                .cause()
                .hasMessageContaining(path);
    }

    @Test
    @DisplayName("TRI-4 the hash of a signed form says which form it is of")
    void tri4_evidenceOfAForm() {
        TestTrial trial = TestTrial.approved();
        assertThatThrownBy(() -> trial.signed(
                        ADAMS,
                        action ->
                                action.setSubjectChange(status("s", "on-study").setEvidenceHash(hash("form")))))
                .cause()
                .hasMessageContaining("icf_version");
    }
}
