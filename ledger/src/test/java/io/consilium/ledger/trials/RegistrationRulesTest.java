package io.consilium.ledger.trials;

import static io.consilium.ledger.TestChain.ADAMS;
import static io.consilium.ledger.TestChain.MINUTE;
import static io.consilium.ledger.trials.TestTrial.CHAIR;
import static io.consilium.ledger.trials.TestTrial.RESEARCHER;
import static io.consilium.ledger.trials.TestTrial.TRIAL;
import static io.consilium.ledger.trials.TestTrial.amendment;
import static io.consilium.ledger.trials.TestTrial.decision;
import static io.consilium.ledger.trials.TestTrial.enrolment;
import static io.consilium.ledger.trials.TestTrial.milestone;
import static io.consilium.ledger.trials.TestTrial.outcome;
import static io.consilium.ledger.trials.TestTrial.register;
import static io.consilium.ledger.trials.TestTrial.registration;
import static io.consilium.ledger.trials.TestTrial.renewal;
import static io.consilium.ledger.trials.TestTrial.status;
import static io.consilium.ledger.trials.TestTrial.submission;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.ledger.TestChain;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.LedgerEvent;
import io.consilium.ledger.block.Receipt;
import io.consilium.ledger.state.StateKeys;
import io.consilium.proto.TrialDecide;
import io.consilium.proto.TrialMilestone;
import io.consilium.proto.TrialRegistration;
import io.consilium.proto.TrialState;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Registration, decisions and amendments. */
class RegistrationRulesTest {
    @Test
    @DisplayName("TRI-1 the sponsor's RESEARCHER registers; the content stands in a document of its own")
    void tri1_register() {
        TestChain chain = new TestChain();
        BlockResult result =
                chain.block(chain.transaction(RESEARCHER, body -> body.setTrial(register(TRIAL, registration()))));
        assertThat(result.receipts().get(0).code()).isEqualTo("OK");
        ByteString document = TrialIds.versionDocument(TRIAL, 1);
        assertThat(result.changes().keySet())
                .containsExactlyInAnyOrder(StateKeys.trial(TRIAL), StateKeys.trialVersion(document));
        assertThat(result.events()).extracting(LedgerEvent::type).containsExactly("trial.registered");
        assertThat(result.events().get(0).parties()).containsExactly("ethics", "helix", "riverside", "st-mary");
        TrialState trial = chain.objects().trial(TRIAL).orElseThrow();
        assertThat(trial.getVersions(0).getContentHash())
                .isEqualTo(TrialIds.contentHash(registration().build()));
        assertThat(trial.getBudgetMicros()).isEqualTo(3_000_000);
        assertThat(chain.objects().trialVersion(document).orElseThrow().getRegistration())
                .isEqualTo(registration().build());
    }

    @Test
    @DisplayName("TRI-1 others, unfit parties, repeated names and a trial without primary outcome are refused")
    void tri1_registerRefused() {
        assertThat(answer("helix/admin", registration())).isEqualTo("ROLE_REQUIRED TRI-1");
        assertThat(answer("helix", registration())).isEqualTo("SIGNER_NOT_PERMITTED TRI-1");
        assertThat(answer(RESEARCHER, registration().setSponsor("st-mary"))).isEqualTo("NOT_TRIAL_SPONSOR TRI-1");
        assertThat(answer(RESEARCHER, registration().setEthicsCommittee("medwatch")))
                .isEqualTo("INSTITUTION_ROLE TRI-1");
        assertThat(answer(RESEARCHER, registration().addSites("unknown"))).isEqualTo("INSTITUTION_UNKNOWN TRI-1");
        assertThat(answer(RESEARCHER, registration().clearSites().addSites("northside")))
                .isEqualTo("INSTITUTION_ROLE TRI-1");
        assertThat(answer(RESEARCHER, registration().addOutcomes(outcome(" pAIN ", "NRS", "week 1", false))))
                .isEqualTo("OUTCOME_REPEATED TRI-1");
        assertThat(answer(RESEARCHER, TestTrial.with(outcome("Sleep", "PSQI", "week 12", false))))
                .isEqualTo("PRIMARY_OUTCOME_MISSING TRI-1");
        TestTrial trial = TestTrial.registered();
        assertThat(trial.chain.answer(RESEARCHER, body -> body.setTrial(register(TRIAL, registration()))))
                .isEqualTo("TRIAL_EXISTS TRI-1");
    }

    @Test
    @DisplayName("TRI-1 TRI-2 nobody is sponsor and ethics committee of one trial")
    void tri1_sponsorAndCommittee() {
        assertThat(answer(RESEARCHER, registration().setEthicsCommittee("helix")))
                .isEqualTo("TRIAL_PARTY_TWICE TRI-1");
    }

    private static String answer(String actor, TrialRegistration.Builder registration) {
        return new TestChain().answer(actor, body -> body.setTrial(register(TRIAL, registration)));
    }

    @Test
    @DisplayName("TRI-1 whatever comes before registration is refused")
    void tri1_nothingBeforeRegistration() {
        TestTrial trial = new TestTrial();
        assertThat(trial.does(ADAMS, action -> action.setEnroll(enrolment("s", "p", "1.0"))))
                .isEqualTo("TRIAL_UNKNOWN TRI-1");
        assertThat(trial.does(ADAMS, action -> action.setSubmit(submission("d"))))
                .isEqualTo("TRIAL_UNKNOWN TRI-1");
        assertThat(trial.does(RESEARCHER, action -> action.setMark(milestone(TrialMilestone.DATABASE_LOCKED))))
                .isEqualTo("TRIAL_UNKNOWN TRI-1");
    }

    @Test
    @DisplayName("TRI-2 only the trial's committee decides, only on what is registered now, only for the future")
    void tri2_decide() {
        TestTrial trial = TestTrial.registered();
        long until = trial.chain.now + 30 * MINUTE;
        assertThat(trial.does("ethics/admin", action -> action.setDecide(decision("1.0", "1.0", until))))
                .isEqualTo("ROLE_REQUIRED TRI-2");
        assertThat(trial.does(RESEARCHER, action -> action.setDecide(decision("1.0", "1.0", until))))
                .isEqualTo("ROLE_REQUIRED TRI-2");
        assertThat(trial.does("zeta-board/chair", action -> action.setDecide(decision("1.0", "1.0", until))))
                .as("another committee")
                .isEqualTo("NOT_TRIAL_COMMITTEE TRI-2");
        assertThat(trial.does(CHAIR, action -> action.setDecide(decision("1.1", "1.0", until))))
                .isEqualTo("DECISION_VERSION_OTHER TRI-2");
        assertThat(trial.does(CHAIR, action -> action.setDecide(decision("1.0", "1.0", trial.chain.now))))
                .isEqualTo("DECISION_OVER TRI-2");
        assertThat(trial.does(CHAIR, action -> action.setDecide(decision("1.0", "1.0", until))))
                .isEqualTo("OK");
        assertThat(trial.state().getDecisions(0).getReviewer()).isEqualTo(CHAIR);
    }

    @Test
    @DisplayName(
            "TRI-2 a decision is on the content that was read: not on another of the same names, nor on a superseded one")
    void tri2_decisionOnContent() {
        TestTrial trial = TestTrial.registered();
        long until = trial.chain.now + 30 * MINUTE;
        TrialRegistration.Builder swapped = registration().setSampleSize(7);
        TrialRegistration.Builder other = registration().setSampleSize(8);
        TrialDecide.Builder onFirst = decision(registration(), until);
        // The amendment and the decision were signed at once; both amendments follow version 1.
        List<Receipt> receipts = trial.chain
                .block(
                        trial.signed(RESEARCHER, action -> action.setAmend(amendment(1, swapped))),
                        trial.signed(RESEARCHER, action -> action.setAmend(amendment(1, other))),
                        trial.signed(CHAIR, action -> action.setDecide(onFirst)))
                .receipts();
        assertThat(receipts)
                .extracting(Receipt::code)
                .containsExactly("OK", "TRIAL_VERSION_CONFLICT", "DECISION_VERSION_OTHER");
        assertThat(trial.does(CHAIR, action -> action.setDecide(decision(other, until))))
                .as("on an amendment that was refused")
                .isEqualTo("DECISION_VERSION_OTHER TRI-2");
        assertThat(trial.does(ADAMS, action -> action.setEnroll(enrolment("s", "p", "1.0"))))
                .isEqualTo("ETHICS_APPROVAL_MISSING TRI-2");
        trial.must(CHAIR, action -> action.setDecide(decision(swapped, until)));
        trial.enrols(ADAMS, "s", "p");
        assertThat(trial.state().getDecisionsList())
                .extracting(decision -> decision.getTrialVersion())
                .containsExactly(2L);
    }

    @Test
    @DisplayName("TRI-2 no enrolment and no data without an approval that is valid at block time")
    void tri2_approvalAtBlockTime() {
        TestTrial trial = TestTrial.registered();
        assertThat(trial.does(ADAMS, action -> action.setEnroll(enrolment("s", "p", "1.0"))))
                .isEqualTo("ETHICS_APPROVAL_MISSING TRI-2");
        assertThat(trial.does(ADAMS, action -> action.setSubmit(submission("d"))))
                .isEqualTo("ETHICS_APPROVAL_MISSING TRI-2");
        long until = trial.chain.now + 10_000;
        trial.must(CHAIR, action -> action.setDecide(decision("1.0", "1.0", until)));
        trial.chain.now = until - 1_001;
        assertThat(trial.does(ADAMS, action -> action.setEnroll(enrolment("s", "p", "1.0"))))
                .as("one millisecond before the end")
                .isEqualTo("OK");
        trial.chain.now = until - 1_000;
        assertThat(trial.does(ADAMS, action -> action.setEnroll(enrolment("t", "q", "1.0"))))
                .isEqualTo("ETHICS_APPROVAL_EXPIRED TRI-2");
        assertThat(trial.does(ADAMS, action -> action.setSubmit(submission("d"))))
                .isEqualTo("ETHICS_APPROVAL_EXPIRED TRI-2");
        trial.must(CHAIR, action -> action.setDecide(decision("1.0", "1.0", until + MINUTE)));
        trial.must(CHAIR, action -> action.setDecide(decision("1.0", "1.0", 0).setApprove(false)));
        assertThat(trial.does(ADAMS, action -> action.setEnroll(enrolment("t", "q", "1.0"))))
                .as("the newest decision counts")
                .isEqualTo("ETHICS_REJECTED TRI-2");
    }

    @Test
    @DisplayName("TRI-3 an amendment is a new version that needs a new decision and makes older forms stale")
    void tri3_amend() {
        TestTrial trial = TestTrial.approved();
        trial.enrols(ADAMS, "s", "p");
        trial.must(
                RESEARCHER,
                action -> action.setAmend(
                        amendment(1, registration().setProtocolVersion("2.0").setIcfVersion("2.0"))));
        assertThat(trial.does(ADAMS, action -> action.setEnroll(enrolment("t", "q", "2.0"))))
                .isEqualTo("ETHICS_APPROVAL_MISSING TRI-2");
        assertThat(trial.does(CHAIR, action -> action.setDecide(decision("1.0", "1.0", trial.chain.now + MINUTE))))
                .isEqualTo("DECISION_VERSION_OTHER TRI-2");
        trial.must(CHAIR, action -> action.setDecide(decision("2.0", "2.0", trial.chain.now + 10 * MINUTE)));
        assertThat(trial.does(ADAMS, action -> action.setEnroll(enrolment("t", "q", "1.0"))))
                .isEqualTo("ICF_VERSION_STALE TRI-3");
        assertThat(trial.does(ADAMS, action -> action.setEnroll(enrolment("t", "q", "7.0"))))
                .isEqualTo("ICF_VERSION_UNKNOWN TRI-3");
        assertThat(trial.does(ADAMS, action -> action.setEnroll(enrolment("t", "q", "2.0"))))
                .isEqualTo("OK");
        assertThat(trial.does(
                        ADAMS, action -> action.setSubjectChange(status("s", "").setIcfVersion("2.0"))))
                .isEqualTo("EVIDENCE_MISSING TRI-4");
        trial.must(ADAMS, action -> action.setSubjectChange(renewal("s", "2.0")));
        assertThat(trial.subject("s").getConsentsList())
                .extracting(consent -> consent.getIcfVersion())
                .containsExactly("1.0", "2.0");
    }

    @Test
    @DisplayName("TRI-3 of two amendments at once one is refused as a conflict; parties do not change")
    void tri3_amendRefused() {
        TestTrial trial = TestTrial.registered();
        TrialRegistration.Builder other = registration().setSampleSize(200);
        assertThat(trial.does(ADAMS, action -> action.setAmend(amendment(1, other))))
                .isEqualTo("ROLE_REQUIRED TRI-3");
        assertThat(trial.does(RESEARCHER, action -> action.setAmend(amendment(1, registration()))))
                .isEqualTo("AMENDMENT_EMPTY TRI-3");
        assertThat(trial.does(RESEARCHER, action -> action.setAmend(amendment(1, other))))
                .isEqualTo("OK");
        assertThat(trial.does(RESEARCHER, action -> action.setAmend(amendment(1, registration()))))
                .isEqualTo("TRIAL_VERSION_CONFLICT TRI-3");
        assertThat(trial.does(
                        RESEARCHER,
                        action -> action.setAmend(amendment(2, registration().setSponsor("st-mary")))))
                .isEqualTo("TRIAL_PARTY_FIXED TRI-3");
        assertThat(trial.state().getVersionsCount()).isEqualTo(2);
    }
}
