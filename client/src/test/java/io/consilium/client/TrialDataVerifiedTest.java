package io.consilium.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.client.trial.Consents;
import io.consilium.client.trial.TrialBundle;
import io.consilium.client.trial.TrialRecord;
import io.consilium.client.trial.VerifiedTrial;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateKeys;
import io.consilium.proto.TrialConsent;
import io.consilium.proto.TrialDatasetEntry;
import io.consilium.proto.TrialDatasetState;
import io.consilium.proto.TrialSubjectState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("TRI-6 datasets and subjects of a bundle are all there as they are now, or all left out")
class TrialDataVerifiedTest {
    private static final String NEWER = "a subject is shown as it was after the trial";

    private final BundledTrial trial;

    TrialDataVerifiedTest() throws Exception {
        trial = new BundledTrial();
    }

    @Test
    @DisplayName("TRI-5 TRI-6 every version of every dataset must be what was submitted or corrected, in this trial")
    void datasetsAgainstTransactions() {
        for (UnaryOperator<TrialDatasetState.Builder> forged : List.<UnaryOperator<TrialDatasetState.Builder>>of(
                state -> state.setName("DM"),
                state -> state.setPseudonym(BundledTrial.TRIAL),
                state -> state.removeVersions(0),
                state -> state.setVersions(0, state.getVersions(0).toBuilder().setContent(BundledTrial.CORRECTED)),
                state -> state.setVersions(1, state.getVersions(1).toBuilder().setContent(BundledTrial.SUBMITTED)),
                state -> state.setVersions(1, state.getVersions(1).toBuilder().setVersion(1)))) {
            trial.objects.put(
                    StateKeys.trialDataset(BundledTrial.DATASET),
                    Optional.of(forged.apply(trial.dataset.clone()).build().toByteArray()));
            trial.refused(trial.bundle(), "a dataset's version is not what its transaction says");
        }
        trial.objects.put(
                StateKeys.trialDataset(BundledTrial.DATASET),
                Optional.of(trial.dataset
                        .clone()
                        .setTrialId(BundledTrial.DATASET)
                        .build()
                        .toByteArray()));
        trial.refused(trial.bundle(), "a dataset is of another trial");
        trial.objects.put(
                StateKeys.trialDataset(BundledTrial.DATASET),
                Optional.of(trial.dataset
                        .clone()
                        .setVersions(0, trial.dataset.getVersions(0).toBuilder().setAuthor(BundledTrial.SPONSOR))
                        .build()
                        .toByteArray()));
        trial.refused(trial.bundle(), "a step was signed by somebody else");
    }

    @Test
    @DisplayName("TRI-5 TRI-6 a dataset that is proven as it was before its corrections is refused")
    void olderDatasetProof() {
        StateKey key = StateKeys.trialDataset(BundledTrial.DATASET);
        TrialBundle now = trial.bundle();
        trial.objects.put(
                key, Optional.of(trial.dataset.clone().removeVersions(1).build().toByteArray()));
        ByteString older = trial.proof(trial.bundle(), key);
        trial.refused(
                new TrialBundle(
                        now.trial(), BundledTrial.with(now.documents(), trial.place(key), older), now.receipts()),
                "a dataset has another number of versions than the trial says");
    }

    @Test
    @DisplayName(
            "TRI-6 a bundle of somebody whom datasets are not shown to holds for the rest; one without some does not")
    void withoutDatasets() throws Exception {
        TrialBundle whole = trial.bundle();
        TrialBundle without = without(whole, StateKeys.trialDataset(BundledTrial.DATASET));
        VerifiedTrial verified = trial.verify(without);
        assertThat(verified.datasets()).isFalse();
        TrialRecord record = verified.record();
        assertThat(record.reports()).hasSize(1);
        assertThat(record.state().getDatasetsCount()).isEqualTo(1);
        List<ByteString> registry = new ArrayList<>(without.documents());
        registry.remove(0);
        trial.refused(new TrialBundle(whole.trial(), registry, whole.receipts()), "missing");
        trial.refused(
                trial.bundle(state ->
                        state.setDatasets(0, state.getDatasets(0).toBuilder().setSubmittedMillis(7))),
                "began at another time");
        trial.refused(
                trial.bundle(state -> state.addDatasets(
                        TrialDatasetEntry.newBuilder().setId(BundledTrial.TRIAL).setVersions(1))),
                "missing");
    }

    @Test
    @DisplayName(
            "TRI-4 TRI-6 subjects are all in a bundle, with every consent, or none: one of them cannot be left out")
    void subjects() throws Exception {
        TrialBundle whole = trial.bundle();
        assertThat(Consents.of(trial.verify(whole).subjects().orElseThrow(), "2.0"))
                .isEqualTo(new Consents(2, 0, 1));
        TrialBundle one = without(whole, StateKeys.trialSubject(BundledTrial.FIRST));
        trial.refused(one, "it has another number of subjects than the trial says");
        VerifiedTrial none = trial.verify(without(
                whole, StateKeys.trialSubject(BundledTrial.FIRST), StateKeys.trialSubject(BundledTrial.SECOND)));
        assertThat(none.subjects()).isEmpty();
        assertThat(none.datasets()).isTrue();
        assertThat(none.record().state().getEnrolled()).isEqualTo(2);
    }

    @Test
    @DisplayName("TRI-4 TRI-6 a subject that is proven as it was before it withdrew is refused")
    void olderSubjectProof() throws Exception {
        StateKey key = StateKeys.trialSubject(BundledTrial.SECOND);
        ByteString older = trial.proof(trial.bundle(), key);
        trial.subject(BundledTrial.SECOND, "withdrawn", "1.0", "2.0");
        TrialBundle now = trial.bundle();
        assertThat(Consents.of(trial.verify(now).subjects().orElseThrow(), "2.0"))
                .isEqualTo(new Consents(2, 1, 1));
        trial.refused(
                new TrialBundle(
                        now.trial(), BundledTrial.with(now.documents(), trial.place(key), older), now.receipts()),
                "a subject was changed more often than it shows");
    }

    @Test
    @DisplayName("TRI-4 TRI-6 an older proof of who withdrew is not balanced by a newer one of somebody else")
    void olderProofBalancedByANewerOne() throws Exception {
        StateKey first = StateKeys.trialSubject(BundledTrial.FIRST);
        StateKey second = StateKeys.trialSubject(BundledTrial.SECOND);
        ByteString older = trial.proof(trial.bundle(), second);
        trial.later();
        trial.subject(BundledTrial.SECOND, "withdrawn", "1.0", "2.0");
        TrialBundle now = trial.bundle();
        trial.later();
        trial.subject(BundledTrial.FIRST, BundledTrial.PENDING, "1.0", "2.0");
        ByteString newer = trial.proof(trial.bundle(), first);
        List<ByteString> balanced = BundledTrial.with(
                BundledTrial.with(now.documents(), trial.place(second), older), trial.place(first), newer);
        trial.refused(new TrialBundle(now.trial(), balanced, now.receipts()), NEWER);
    }

    @Test
    @DisplayName("TRI-4 TRI-6 who withdrew is not left out for somebody who was enrolled later")
    void leftOutForALaterOne() throws Exception {
        int place = trial.place(StateKeys.trialSubject(BundledTrial.SECOND));
        trial.subject(BundledTrial.SECOND, "withdrawn", "1.0", "2.0");
        TrialBundle now = trial.bundle();
        trial.later();
        trial.subject(BundledTrial.THIRD, "on-study", "1.0", "2.0");
        ByteString other = trial.proof(trial.bundle(), StateKeys.trialSubject(BundledTrial.THIRD));
        trial.refused(
                new TrialBundle(now.trial(), BundledTrial.with(now.documents(), place, other), now.receipts()), NEWER);
    }

    @Test
    @DisplayName("TRI-6 subjects proven at a later block than the trial hold where nothing of them has changed since")
    void unchangedSinceAtALaterBlock() throws Exception {
        TrialBundle before = trial.bundle();
        trial.later();
        TrialBundle after = trial.bundle();
        VerifiedTrial verified = trial.verify(new TrialBundle(before.trial(), after.documents(), before.receipts()));
        assertThat(verified.subjects().orElseThrow()).hasSize(2);
    }

    @Test
    @DisplayName("TRI-6 a bundle with two proofs of one object is refused, whichever of them is right")
    void proofsOfOneObject() {
        TrialBundle now = trial.bundle();
        trial.later();
        List<ByteString> twice = new ArrayList<>(now.documents());
        twice.add(trial.proof(trial.bundle(), StateKeys.trialSubject(BundledTrial.FIRST)));
        trial.refused(new TrialBundle(now.trial(), twice, now.receipts()), "it holds a document twice");
    }

    @Test
    @DisplayName("TRI-4 TRI-6 a subject of another trial is none of this one")
    void subjectOfAnotherTrial() {
        trial.objects.put(
                StateKeys.trialSubject(BundledTrial.FIRST),
                Optional.of(TrialSubjectState.newBuilder()
                        .setPseudonym(BundledTrial.FIRST)
                        .setTrialId(BundledTrial.DATASET)
                        .setVersion(1)
                        .addConsents(TrialConsent.getDefaultInstance())
                        .build()
                        .toByteArray()));
        trial.refused(trial.bundle(), "a subject is of another trial");
    }

    private TrialBundle without(TrialBundle whole, StateKey... keys) {
        List<ByteString> documents = new ArrayList<>(whole.documents());
        for (StateKey key : keys) {
            documents.remove(trial.proof(whole, key));
        }
        return new TrialBundle(whole.trial(), documents, whole.receipts());
    }
}
