package io.consilium.ledger.trials;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.EventType;
import io.consilium.ledger.block.Outcome;
import io.consilium.ledger.block.Writes;
import io.consilium.ledger.identity.Call;
import io.consilium.ledger.identity.MemberRole;
import io.consilium.ledger.identity.Signatories;
import io.consilium.ledger.identity.Signatory;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.TrialDatasetState;
import io.consilium.proto.TrialQueryState;
import io.consilium.proto.TrialRelease;
import io.consilium.proto.TrialReleased;
import io.consilium.proto.TrialSpend;
import io.consilium.proto.TrialState;
import io.consilium.proto.TrialVersionState;
import java.util.Optional;

/** Releases and the privacy budget: what is public of a sharing, decided before any value leaves the sponsor (TRI-7). */
final class SharingRules {
    static final int MAX_RELEASES = 64;

    private static final String RULE = "TRI-7";

    private SharingRules() {}

    static Outcome release(Call call, TrialState trial) {
        TrialRelease release = call.body().getTrial().getRelease();
        Optional<Rejection> refusal = bySponsorsNode(call, trial, release.getRequestedBy())
                .or(() -> EthicsApproval.refusal(trial, call.timeMillis()))
                .or(() -> recipient(call, trial, release));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        Optional<TrialDatasetState> dataset = DataRules.of(call, trial, release.getDatasetId());
        if (dataset.isEmpty() || !hasVersion(dataset.get(), release.getDatasetVersion())) {
            return Outcome.refused(Refusal.DATASET_UNKNOWN.under(RULE, ""));
        }
        if (isRepeated(trial, release.getReleaseId())) {
            return Outcome.refused(Refusal.RELEASE_REPEATED);
        }
        // Two checks that did not know of each other's release could together tell what neither does.
        if (release.getReleasesBefore() != trial.getReleasesCount()) {
            return Outcome.refused(Refusal.RELEASE_OVERTAKEN);
        }
        if (trial.getReleasesCount() == MAX_RELEASES) {
            return Outcome.refused(Refusal.TRIAL_LIMIT.rejection(MAX_RELEASES + " releases"));
        }
        TrialState.Builder next = trial.toBuilder()
                .addReleases(TrialReleased.newBuilder()
                        .setRelease(release)
                        .setTimeMillis(call.timeMillis())
                        .setTxId(call.txId()));
        return TrialRules.changed(call, next, new Writes(), EventType.TRIAL_RELEASED);
    }

    static Outcome spend(Call call, TrialState trial) {
        TrialSpend spend = call.body().getTrial().getSpend();
        Optional<Rejection> refusal = bySponsorsNode(call, trial, spend.getRequestedBy())
                .or(() -> EthicsApproval.refusal(trial, call.timeMillis()));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        Optional<TrialDatasetState> dataset = DataRules.of(call, trial, spend.getDatasetId());
        if (dataset.isEmpty() || !hasVersion(dataset.get(), spend.getDatasetVersion())) {
            return Outcome.refused(Refusal.DATASET_UNKNOWN.under(RULE, ""));
        }
        if (call.state().isTrialQueryAsked(spend.getQueryId())) {
            return Outcome.refused(Refusal.QUERY_REPEATED);
        }
        if (spend.getEpsilonMicros() > trial.getBudgetMicros() - trial.getSpentMicros()) {
            return Outcome.refused(Refusal.BUDGET_SPENT);
        }
        TrialState.Builder next = trial.toBuilder()
                .setSpentMicros(trial.getSpentMicros() + spend.getEpsilonMicros())
                .setQueries(trial.getQueries() + 1);
        Writes writes = new Writes()
                .put(
                        StateKeys.trialQuery(spend.getQueryId()),
                        TrialQueryState.newBuilder()
                                .setTrialId(trial.getId())
                                .setVersion(1)
                                .build());
        return TrialRules.changed(call, next, writes, EventType.TRIAL_QUERIED);
    }

    /** A client that lost the answer sends its request again: it is taken once. */
    private static boolean isRepeated(TrialState trial, ByteString releaseId) {
        return trial.getReleasesList().stream()
                .anyMatch(earlier -> earlier.getRelease().getReleaseId().equals(releaseId));
    }

    private static boolean hasVersion(TrialDatasetState dataset, long version) {
        return version >= 1 && version <= dataset.getVersionsCount();
    }

    /** The node answers what a RESEARCHER of its institution asked: it holds the data, and it commits before it answers. */
    private static Optional<Rejection> bySponsorsNode(Call call, TrialState trial, String requestedBy) {
        boolean own = call.signatory() instanceof Signatory.Node node
                && node.institution().getId().equals(trial.getSponsor());
        if (!own) {
            return Optional.of(Refusal.SIGNER_NOT_PERMITTED.under(RULE, "the sponsor's node signs"));
        }
        Optional<Signatory.Person> person = Signatories.person(call.state(), requestedBy)
                .filter(Signatories::isActive)
                .filter(found -> found.isOf(trial.getSponsor()) && found.has(MemberRole.RESEARCHER));
        return person.isPresent()
                ? Optional.empty()
                : Optional.of(Refusal.ROLE_REQUIRED.under(RULE, "RESEARCHER of the sponsor is needed"));
    }

    /** What leaves the sponsor needs a use that the registered consent form permits. */
    private static Optional<Rejection> recipient(Call call, TrialState trial, TrialRelease release) {
        if (release.getRecipient().isEmpty()) {
            return Optional.empty();
        }
        boolean active = Signatories.person(call.state(), release.getRecipient())
                .filter(Signatories::isActive)
                .isPresent();
        if (!active) {
            return Optional.of(Refusal.MEMBER_UNKNOWN.under(RULE, "the recipient"));
        }
        TrialVersionState current = call.state()
                .trialVersion(EthicsApproval.current(trial).getDocumentId())
                .orElseThrow();
        return DataUse.permits(current.getRegistration().getDataUseList(), release.getDataUseList())
                ? Optional.empty()
                : Optional.of(Refusal.DATA_USE_NOT_PERMITTED.rejection());
    }
}
