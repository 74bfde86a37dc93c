package io.consilium.client;

import com.google.protobuf.ByteString;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.trials.TrialIds;
import io.consilium.proto.ReceiptStatus;
import io.consilium.proto.TrialMark;
import io.consilium.proto.TrialMilestone;
import io.consilium.proto.TrialRelease;
import io.consilium.proto.TrialResult;
import io.consilium.proto.TrialState;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("TRI-6 what a bundle says of a trial's steps must be what was signed")
class TrialStepsVerifiedTest {
    private final BundledTrial trial;

    TrialStepsVerifiedTest() throws Exception {
        trial = new BundledTrial();
    }

    @Test
    @DisplayName("TRI-6 what the state says of a step must be what was signed")
    void stateAgainstTransactions() {
        trial.refused(
                trial.bundle(state ->
                        state.setDecisions(0, state.getDecisions(0).toBuilder().setApproved(false))),
                "a decision is not what its transaction says");
        trial.refused(
                trial.bundle(state ->
                        state.setDecisions(0, state.getDecisions(0).toBuilder().setUntilMillis(1))),
                "a decision is not what its transaction says");
        trial.refused(
                trial.bundle(state ->
                        state.setDecisions(0, state.getDecisions(0).toBuilder().setReviewer(BundledTrial.SPONSOR))),
                "a step was signed by somebody else");
        trial.refused(
                trial.bundle(state -> state.setEthicsCommittee("d-clinic")),
                "a decision is not what its transaction says");
        trial.refused(
                trial.bundle(state ->
                        state.setVersions(0, state.getVersions(0).toBuilder().setTimeMillis(TestChain.TIME))),
                "a step happened at another time");
        trial.refused(
                trial.bundle(state -> state.setVersions(
                        1,
                        state.getVersions(1).toBuilder()
                                .setContentHash(state.getVersions(0).getContentHash()))),
                "a version has another content");
        trial.refused(
                trial.bundle(state ->
                        state.setEvents(0, state.getEvents(0).toBuilder().setMilestone(TrialMilestone.UNBLINDED))),
                "a milestone is not what was signed");
        trial.refused(
                trial.bundle(state -> state.setReleases(
                        0, state.getReleases(0).toBuilder().setRelease(TrialRelease.getDefaultInstance()))),
                "a release was altered");
        trial.refused(trial.bundle(TrialState.Builder::clearVersions), "its state names no version");
    }

    @Test
    @DisplayName("TRI-6 results and versions must be what was signed, in this trial, and applied")
    void documentsAgainstTransactions() throws Exception {
        StateKey published = StateKeys.trialResults(TrialIds.resultsDocument(BundledTrial.TRIAL, 1));
        byte[] honest = trial.objects.get(published).orElseThrow();
        trial.objects.put(
                published,
                Optional.of(BundledTrial.results(
                        TrialResult.newBuilder().setOutcome(BundledTrial.PAIN).build())));
        trial.refused(trial.bundle(), "results are not what was published");
        trial.objects.put(published, Optional.of(honest));

        ByteString foreign = trial.step(
                ByteString.copyFrom(new byte[16]),
                BundledTrial.SPONSOR,
                ReceiptStatus.APPLIED,
                action -> action.setMark(TrialMark.newBuilder()
                        .setMilestone(TrialMilestone.UNBLINDED)
                        .setReason(BundledTrial.REASON)));
        trial.refused(
                trial.bundle(state -> state.addEvents(trial.event(foreign).setMilestone(TrialMilestone.UNBLINDED))),
                "a step is of another trial");
        ByteString never = trial.step(
                BundledTrial.TRIAL,
                BundledTrial.SPONSOR,
                ReceiptStatus.REFUSED,
                action -> action.setMark(TrialMark.newBuilder()
                        .setMilestone(TrialMilestone.UNBLINDED)
                        .setReason(BundledTrial.REASON)));
        trial.refused(
                trial.bundle(state -> state.addEvents(trial.event(never).setMilestone(TrialMilestone.UNBLINDED))),
                "a step was refused by the chain");
    }
}
