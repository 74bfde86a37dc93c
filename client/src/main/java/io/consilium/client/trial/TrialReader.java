package io.consilium.client.trial;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.NodeClient;
import io.consilium.client.VerificationFailed;
import io.consilium.client.VerifiedState;
import io.consilium.crypto.Hash;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateKeys;
import io.consilium.proto.ListRequest;
import io.consilium.proto.ListResponse;
import io.consilium.proto.TrialDataVersion;
import io.consilium.proto.TrialDatasetEntry;
import io.consilium.proto.TrialDatasetState;
import io.consilium.proto.TrialDecision;
import io.consilium.proto.TrialEvent;
import io.consilium.proto.TrialRegistration;
import io.consilium.proto.TrialReleased;
import io.consilium.proto.TrialResultsState;
import io.consilium.proto.TrialState;
import io.consilium.proto.TrialSubjectState;
import io.consilium.proto.TrialVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Reads trials through a node. */
public final class TrialReader {
    private static final int PAGE = 500;

    /** Of so many subjects each is asked for with its proof. */
    private static final int MAX_PROVEN = 100;

    /** Of more subjects a bundle holds the proofs where they are asked for. */
    public static final int MAX_UNASKED = 1_000;

    private static final int MAX_READINGS = 5;

    private final NodeClient client;
    private final VerifiedState state;

    public TrialReader(NodeClient client, VerifiedState state) {
        this.client = client;
        this.state = state;
    }

    /** The trial with its versions and publications, each value proven. */
    public TrialRecord record(ByteString trialId) throws ClientException {
        VerifiedState.At<TrialState> trial = state.trial(trialId);
        List<TrialRegistration> versions = new ArrayList<>();
        for (TrialVersion version : trial.value().getVersionsList()) {
            versions.add(state.trialVersion(version.getDocumentId()).value().getRegistration());
        }
        List<TrialResultsState> publications = new ArrayList<>();
        for (TrialEvent event : trial.value().getEventsList()) {
            if (event.hasPublication()) {
                publications.add(state.trialResults(event.getPublication().getDocumentId())
                        .value());
            }
        }
        return new TrialRecord(trial.value(), versions, publications, trial.height(), trial.timeMillis());
    }

    /**
     * The same with all that proves it, for a file: each part as it was at one block, or it is read again.
     *
     * @param everySubject with each subject, however many there are
     */
    public TrialBundle bundle(ByteString trialId, boolean everySubject) throws ClientException {
        for (int i = 0; i < MAX_READINGS; i++) {
            long version = state.trial(trialId).value().getVersion();
            TrialBundle bundle = read(trialId, everySubject);
            if (state.trial(trialId).value().getVersion() == version) {
                return bundle;
            }
        }
        throw new ClientException(
                FailureClass.CONFLICT,
                "TRIAL_CHANGING",
                "TRI-6",
                "",
                "The trial was changed while it was read, each of " + MAX_READINGS + " times",
                "Export it again when less is submitted");
    }

    private TrialBundle read(ByteString trialId, boolean everySubject) throws ClientException {
        TrialState trial = state.trial(trialId).value();
        Set<ByteString> steps = new LinkedHashSet<>();
        List<ByteString> documents = new ArrayList<>();
        for (TrialVersion version : trial.getVersionsList()) {
            steps.add(version.getTxId());
            documents.add(proof(StateKeys.trialVersion(version.getDocumentId())));
        }
        trial.getDecisionsList().stream().map(TrialDecision::getTxId).forEach(steps::add);
        for (TrialEvent event : trial.getEventsList()) {
            steps.add(event.getTxId());
            if (event.hasPublication()) {
                documents.add(
                        proof(StateKeys.trialResults(event.getPublication().getDocumentId())));
            }
        }
        trial.getReleasesList().stream().map(TrialReleased::getTxId).forEach(steps::add);
        for (TrialDatasetState dataset : shownDatasets(trial)) {
            documents.add(proof(StateKeys.trialDataset(dataset.getId())));
            dataset.getVersionsList().stream().map(TrialDataVersion::getTxId).forEach(steps::add);
        }
        if (everySubject || trial.getEnrolled() <= MAX_UNASKED) {
            TrialBundle.requireRoom(trial.getEnrolled());
            for (TrialSubjectState subject : listed(trialId)) {
                documents.add(proof(StateKeys.trialSubject(subject.getPseudonym())));
            }
        }
        List<ByteString> receipts = new ArrayList<>();
        for (ByteString txId : steps) {
            receipts.add(client.transaction(Hash.of(txId.toByteArray())).getReceiptProof());
        }
        return new TrialBundle(proof(StateKeys.trial(trialId)), documents, receipts);
    }

    /** None to those whom datasets are not shown to: only the trial's parties and regulators see them (PRV-8). */
    private List<TrialDatasetState> shownDatasets(TrialState trial) throws ClientException {
        try {
            return datasets(trial);
        } catch (ClientException hidden) {
            if (hidden.kind() == FailureClass.NOT_FOUND) {
                return List.of();
            }
            throw hidden;
        }
    }

    private ByteString proof(StateKey key) throws ClientException {
        return client.state(new String(key.bytes(), StandardCharsets.UTF_8)).getProof();
    }

    /**
     * Every subject of a trial, in the order of enrolment, to those who may see them. There are as many as the chain proves
     * to be enrolled; of few each is proven, of more the list is the node's word.
     */
    public List<TrialSubjectState> subjects(ByteString trialId) throws ClientException {
        long atLeast = state.trial(trialId).value().getEnrolled();
        List<TrialSubjectState> subjects = listed(trialId);
        long atMost = subjects.size() <= atLeast
                ? atLeast
                : state.trial(trialId).value().getEnrolled();
        long different = subjects.stream()
                .map(TrialSubjectState::getPseudonym)
                .distinct()
                .count();
        requireWhole(subjects.size(), different, atLeast, atMost);
        if (subjects.size() > MAX_PROVEN) {
            return subjects;
        }
        List<TrialSubjectState> proven = new ArrayList<>();
        for (TrialSubjectState subject : subjects) {
            TrialSubjectState known = state.trialSubject(subject.getPseudonym()).value();
            if (!known.getTrialId().equals(trialId)) {
                throw otherwise();
            }
            proven.add(known);
        }
        return proven;
    }

    /** @param atLeast as many were enrolled before the list was asked for, and {@code atMost} after it */
    static void requireWhole(long listed, long different, long atLeast, long atMost) throws VerificationFailed {
        if (listed != different || listed < atLeast || listed > atMost) {
            throw new VerificationFailed(
                    "SUBJECTS_INCOMPLETE",
                    "The node lists " + listed + " subjects, and the chain proves that " + atLeast + " are enrolled",
                    "Do not rely on the list; ask the node of another institution");
        }
    }

    private List<TrialSubjectState> listed(ByteString trialId) throws ClientException {
        List<TrialSubjectState> subjects = new ArrayList<>();
        String cursor = "";
        do {
            ListResponse page = client.list(ListRequest.newBuilder()
                    .setList("subjects")
                    .setBy("trial/" + HexFormat.of().formatHex(trialId.toByteArray()))
                    .setLimit(PAGE)
                    .setCursor(cursor)
                    .build());
            for (ByteString item : page.getItemsList()) {
                subjects.add(subject(trialId, item));
            }
            cursor = page.getNextCursor();
        } while (!cursor.isEmpty());
        return subjects;
    }

    private static TrialSubjectState subject(ByteString trialId, ByteString item) throws VerificationFailed {
        try {
            TrialSubjectState subject = TrialSubjectState.parseFrom(item);
            if (subject.getTrialId().equals(trialId)) {
                return subject;
            }
        } catch (InvalidProtocolBufferException malformed) {
            throw otherwise();
        }
        throw otherwise();
    }

    private static VerificationFailed otherwise() {
        return new VerificationFailed(
                "ANSWER_MALFORMED",
                "An item of the list is no subject of the trial",
                "Check that node and client are of one version");
    }

    /** A dataset's proof may be of an older block than the trial's: then its corrections are missing. */
    static void requireCurrent(TrialDatasetState shown, TrialDatasetEntry proven) throws VerificationFailed {
        if (shown.getVersionsCount() < proven.getVersions()) {
            throw new VerificationFailed(
                    "DATASET_OUTDATED",
                    "The node shows " + shown.getVersionsCount()
                            + " versions of a dataset, and the chain proves that there" + " are "
                            + proven.getVersions(),
                    "Ask again, or the node of another institution");
        }
    }

    /** The trial's datasets in the order of submission, each value proven. */
    public List<TrialDatasetState> datasets(TrialState trial) throws ClientException {
        List<TrialDatasetState> datasets = new ArrayList<>();
        for (TrialDatasetEntry entry : trial.getDatasetsList()) {
            TrialDatasetState dataset = state.trialDataset(entry.getId()).value();
            requireCurrent(dataset, entry);
            datasets.add(dataset);
        }
        return datasets;
    }
}
