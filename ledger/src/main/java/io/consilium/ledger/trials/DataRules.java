package io.consilium.ledger.trials;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.EventType;
import io.consilium.ledger.block.IndexEntry;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.block.Outcome;
import io.consilium.ledger.block.Writes;
import io.consilium.ledger.identity.Call;
import io.consilium.ledger.identity.MemberRole;
import io.consilium.ledger.identity.SealedKeys;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.ActorName;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.TrialCorrect;
import io.consilium.proto.TrialDataContent;
import io.consilium.proto.TrialDataVersion;
import io.consilium.proto.TrialDatasetEntry;
import io.consilium.proto.TrialDatasetNameState;
import io.consilium.proto.TrialDatasetState;
import io.consilium.proto.TrialState;
import io.consilium.proto.TrialSubjectState;
import io.consilium.proto.TrialSubmit;
import java.util.Optional;

/** Datasets, sealed to the sponsor; a correction is a further version, and after the lock there is none (TRI-5). */
final class DataRules {
    static final int MAX_DATASETS = 256;
    static final int MAX_VERSIONS = 128;

    private static final String RULE = "TRI-5";

    private DataRules() {}

    static Outcome submit(Call call, TrialState trial) {
        TrialSubmit submit = call.body().getTrial().getSubmit();
        Optional<Rejection> refusal = byParty(call, trial)
                .or(() -> EthicsApproval.refusal(trial, call.timeMillis()))
                .or(() -> TrialRules.unlocked(trial))
                .or(() -> subject(call, trial, submit.getPseudonym()))
                .or(() -> keys(call, trial, submit.getContent()));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        String institution = ActorName.institutionOf(call.signatory().name());
        ByteString name = TrialIds.datasetName(trial.getId(), institution, submit.getName(), submit.getPseudonym());
        if (call.state().trialDataset(submit.getDatasetId()).isPresent()
                || call.state().isTrialDatasetNameTaken(name)) {
            return Outcome.refused(Refusal.DATASET_EXISTS);
        }
        if (trial.getDatasetsCount() == MAX_DATASETS) {
            return Outcome.refused(Refusal.TRIAL_LIMIT.rejection(MAX_DATASETS + " datasets"));
        }
        TrialDatasetState dataset = TrialDatasetState.newBuilder()
                .setId(submit.getDatasetId())
                .setTrialId(trial.getId())
                .setName(submit.getName())
                .setPseudonym(submit.getPseudonym())
                .addVersions(version(call, 1, submit.getContent()))
                .setVersion(1)
                .build();
        TrialState.Builder next = trial.toBuilder()
                .addDatasets(TrialDatasetEntry.newBuilder()
                        .setId(submit.getDatasetId())
                        .setVersions(1)
                        .setSubmittedMillis(call.timeMillis()));
        Writes writes = new Writes()
                .put(StateKeys.trialDataset(dataset.getId()), dataset)
                .put(
                        StateKeys.trialDatasetName(name),
                        TrialDatasetNameState.newBuilder()
                                .setDatasetId(dataset.getId())
                                .setVersion(1)
                                .build())
                .put(
                        StateKeys.trial(trial.getId()),
                        next.setVersion(trial.getVersion() + 1).build())
                .index(claim(trial, dataset.getId(), submit.getContent()))
                .notify(EventType.TRIAL_DATA_SUBMITTED, TrialRules.parties(trial), dataset.getId());
        return Outcome.applied(writes, dataset.getId(), 1);
    }

    static Outcome correct(Call call, TrialState trial) {
        TrialCorrect correct = call.body().getTrial().getCorrect();
        Optional<TrialDatasetState> found = of(call, trial, correct.getDatasetId());
        if (found.isEmpty()) {
            return Outcome.refused(Refusal.DATASET_UNKNOWN);
        }
        TrialDatasetState dataset = found.get();
        Optional<Rejection> refusal = (isAuthor(call, dataset)
                        ? call.requireRole(RULE, MemberRole.CLINICIAN, MemberRole.RESEARCHER)
                        : byParty(call, trial).or(() -> byAuthorOrSponsor(call, trial, dataset)))
                .or(() -> EthicsApproval.refusal(trial, call.timeMillis()))
                .or(() -> TrialRules.unlocked(trial))
                .or(() -> correctable(call, trial, dataset.getPseudonym()))
                .or(() -> keys(call, trial, correct.getContent()));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        if (correct.getPredecessor() != dataset.getVersionsCount()) {
            return Outcome.refused(
                    Refusal.DATASET_VERSION_CONFLICT.rejection("version " + dataset.getVersionsCount() + " is newest"));
        }
        ByteString shape = dataset.getVersions(0).getContent().getShape();
        if (!correct.getContent().getShape().equals(shape)) {
            return Outcome.refused(Refusal.DATASET_SHAPE_OTHER);
        }
        TrialDataContent before =
                dataset.getVersions(dataset.getVersionsCount() - 1).getContent();
        if (enrolled(correct.getContent()) < enrolled(before) && !correct.getSubjectsRemoved()) {
            return Outcome.refused(Refusal.DATASET_SUBJECTS_FEWER);
        }
        if (dataset.getVersionsCount() == MAX_VERSIONS) {
            return Outcome.refused(Refusal.TRIAL_LIMIT.rejection(MAX_VERSIONS + " versions of a dataset"));
        }
        long number = dataset.getVersionsCount() + 1L;
        Writes writes = new Writes()
                .put(
                        StateKeys.trialDataset(dataset.getId()),
                        dataset.toBuilder()
                                .addVersions(version(call, number, correct.getContent()))
                                .setVersion(number)
                                .build())
                .put(
                        StateKeys.trial(trial.getId()),
                        counted(trial, dataset.getId(), number)
                                .setVersion(trial.getVersion() + 1)
                                .build())
                .index(claim(trial, dataset.getId(), correct.getContent()))
                .notify(EventType.TRIAL_DATA_CORRECTED, TrialRules.parties(trial), dataset.getId());
        return Outcome.applied(writes, dataset.getId(), number);
    }

    /** Nobody ceases to be enrolled, so who was in a version is in the next, or was taken out. */
    private static long enrolled(TrialDataContent content) {
        return (long) content.getSubjects() - content.getNotEnrolled();
    }

    /** The trial says how many versions of a dataset there are, so that nobody can show fewer. */
    private static TrialState.Builder counted(TrialState trial, ByteString datasetId, long versions) {
        TrialState.Builder next = trial.toBuilder();
        next.getDatasetsBuilderList().stream()
                .filter(entry -> entry.getId().equals(datasetId))
                .forEach(entry -> entry.setVersions(versions));
        return next;
    }

    /** A dataset of this trial. */
    static Optional<TrialDatasetState> of(Call call, TrialState trial, ByteString datasetId) {
        return call.state().trialDataset(datasetId).filter(dataset -> dataset.getTrialId()
                .equals(trial.getId()));
    }

    /** A CLINICIAN of a site, or a RESEARCHER of the sponsor. */
    private static Optional<Rejection> byParty(Call call, TrialState trial) {
        boolean sponsor = TrialRules.isOf(call, trial.getSponsor());
        boolean site = trial.getSitesList().stream().anyMatch(slug -> TrialRules.isOf(call, slug));
        return call.requireRole(RULE, MemberRole.CLINICIAN, MemberRole.RESEARCHER)
                .or(() -> sponsor || site ? Optional.empty() : Optional.of(Refusal.NOT_TRIAL_SITE.under(RULE, "")))
                .or(() -> sponsor && site
                        ? Optional.empty()
                        : call.requireRole(RULE, sponsor ? MemberRole.RESEARCHER : MemberRole.CLINICIAN));
    }

    /** Whoever submitted a dataset puts it right, also when an amendment has left its site out since. */
    private static boolean isAuthor(Call call, TrialDatasetState dataset) {
        return call.signatory().name().equals(dataset.getVersions(0).getAuthor());
    }

    private static Optional<Rejection> byAuthorOrSponsor(Call call, TrialState trial, TrialDatasetState dataset) {
        String author = ActorName.institutionOf(dataset.getVersions(0).getAuthor());
        return TrialRules.isOf(call, author) || TrialRules.isOf(call, trial.getSponsor())
                ? Optional.empty()
                : Optional.of(Refusal.OTHER_INSTITUTION.under(RULE, "its author's or the sponsor"));
    }

    private static Optional<Rejection> subject(Call call, TrialState trial, ByteString pseudonym) {
        if (pseudonym.isEmpty()) {
            return Optional.empty();
        }
        Optional<TrialSubjectState> subject = call.state()
                .trialSubject(pseudonym)
                .filter(found -> found.getTrialId().equals(trial.getId()));
        if (subject.isEmpty()) {
            return Optional.of(Refusal.SUBJECT_UNKNOWN.under(RULE, ""));
        }
        return withdrawn(subject.get()) ? Optional.of(Refusal.SUBJECT_WITHDRAWN.rejection()) : Optional.empty();
    }

    /** TRI-4: of a subject who withdrew earlier data stay and are put right, or are not used, as the protocol has it. */
    private static Optional<Rejection> correctable(Call call, TrialState trial, ByteString pseudonym) {
        if (pseudonym.isEmpty()) {
            return Optional.empty();
        }
        EarlierData earlier = new EarlierData(trial, version -> call.state()
                .trialVersion(version.getDocumentId())
                .orElseThrow()
                .getRegistration());
        return call.state()
                        .trialSubject(pseudonym)
                        .filter(subject -> earlier.excluded(subject, call.timeMillis()))
                        .isPresent()
                ? Optional.of(Refusal.SUBJECT_WITHDRAWN.rejection("the protocol excludes its earlier data"))
                : Optional.empty();
    }

    private static boolean withdrawn(TrialSubjectState subject) {
        return subject.getStatus().equals(SubjectStatus.WITHDRAWN.code());
    }

    private static Optional<Rejection> keys(Call call, TrialState trial, TrialDataContent content) {
        InstitutionState sponsor = call.state().institution(trial.getSponsor()).orElseThrow();
        return SealedKeys.refusal(content.getDataKeyList(), sponsor, ByteString.EMPTY, Refusal.DATA_KEY_MISSING);
    }

    /** The sponsor's vault keeps the data of every version. */
    private static IndexEntry claim(TrialState trial, ByteString datasetId, TrialDataContent content) {
        return LedgerIndexes.payload(
                trial.getSponsor(), content.getCiphertextHash(), StateKeys.trialDataset(datasetId));
    }

    private static TrialDataVersion version(Call call, long number, TrialDataContent content) {
        return TrialDataVersion.newBuilder()
                .setVersion(number)
                .setContent(content)
                .setAuthor(call.signatory().name())
                .setTimeMillis(call.timeMillis())
                .setTxId(call.txId())
                .build();
    }
}
