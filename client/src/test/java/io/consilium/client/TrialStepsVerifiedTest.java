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
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("TRI-6 what a bundle says of a trial's steps must be what was signed")
class TrialStepsVerifiedTest {
    private final BundledTrial trial;

    TrialStepsVerifiedTest() throws Exception {
        trial = new BundledTrial();
    }

    private void refused(Consumer<TrialState.Builder> change, String why) {
        trial.refused(
                trial.bundle(state -> {
                    change.accept(state);
                    return state;
                }),
                why);
    }

    @Test
    @DisplayName("TRI-6 what the state says of a step must be what was signed")
    void stateAgainstTransactions() {
        refused(
                state -> state.getDecisionsBuilder(0).setApproved(false),
                "a decision is not what its transaction says");
        refused(state -> state.getDecisionsBuilder(0).setUntilMillis(1), "a decision is not what its transaction says");
        refused(
                state -> state.getDecisionsBuilder(0).setReviewer(BundledTrial.SPONSOR),
                "a step was signed by somebody else");
        refused(state -> state.setEthicsCommittee("d-clinic"), "a decision is not what its transaction says");
        refused(state -> state.getVersionsBuilder(0).setTimeMillis(TestChain.TIME), "a step happened at another time");
        refused(
                state -> state.getVersionsBuilder(1)
                        .setContentHash(state.getVersions(0).getContentHash()),
                "a version has another content");
        refused(
                state -> state.getEventsBuilder(0).setMilestone(TrialMilestone.UNBLINDED),
                "a milestone is not what was signed");
        refused(
                state -> state.getReleasesBuilder(0).setRelease(TrialRelease.getDefaultInstance()),
                "a release was altered");
        refused(TrialState.Builder::clearVersions, "its state names no version");
    }

    private ByteString unblinded(ByteString of, ReceiptStatus status) throws Exception {
        return trial.step(
                of,
                BundledTrial.SPONSOR,
                status,
                action -> action.setMark(TrialMark.newBuilder()
                        .setMilestone(TrialMilestone.UNBLINDED)
                        .setReason(BundledTrial.REASON)));
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

        ByteString foreign = unblinded(ByteString.copyFrom(new byte[16]), ReceiptStatus.APPLIED);
        refused(
                state -> state.addEvents(trial.event(foreign).setMilestone(TrialMilestone.UNBLINDED)),
                "a step is of another trial");
        ByteString never = unblinded(BundledTrial.TRIAL, ReceiptStatus.REFUSED);
        refused(
                state -> state.addEvents(trial.event(never).setMilestone(TrialMilestone.UNBLINDED)),
                "a step was refused by the chain");
    }
}
