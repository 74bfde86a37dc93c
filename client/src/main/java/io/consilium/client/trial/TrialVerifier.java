package io.consilium.client.trial;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import io.consilium.client.ClientException;
import io.consilium.client.ReceiptFile;
import io.consilium.client.ReceiptVerifier;
import io.consilium.client.VerificationFailed;
import io.consilium.client.VerifiedReceipt;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.ledger.proof.StateValueProof;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.trials.TrialIds;
import io.consilium.ledger.tx.ActorName;
import io.consilium.proto.TrialAction;
import io.consilium.proto.TrialDataVersion;
import io.consilium.proto.TrialDatasetEntry;
import io.consilium.proto.TrialDatasetState;
import io.consilium.proto.TrialDecide;
import io.consilium.proto.TrialDecision;
import io.consilium.proto.TrialEvent;
import io.consilium.proto.TrialPublish;
import io.consilium.proto.TrialRegistration;
import io.consilium.proto.TrialReleased;
import io.consilium.proto.TrialResultsState;
import io.consilium.proto.TrialState;
import io.consilium.proto.TrialSubjectState;
import io.consilium.proto.TrialVersion;
import io.consilium.proto.TrialVersionState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Verifies a trial's bundle from the genesis alone (TRI-6).
 *
 * <p>The proven state names every step of the trial with its transaction. Each of these must be in the bundle with a valid
 * receipt, be signed by whom the state names, stand in a block of the time that the state names, and say what the state
 * and the proven documents say. So nothing can be left out, put in or altered. Datasets are told by their commitments, and
 * subjects by their state with every consent, all of them or none: where they are not shown to who made the bundle the state
 * proves their numbers alone, as it does of queries.
 */
public final class TrialVerifier {
    private final ReceiptVerifier verifier;

    public TrialVerifier(ReceiptVerifier verifier) {
        this.verifier = verifier;
    }

    /**
     * What the bundle proves; throws {@link VerificationFailed} (exit 9) for a bundle that does not hold, or exit 2 for one
     * that is wholly of another chain than the genesis.
     */
    public VerifiedTrial verify(TrialBundle bundle) throws ClientException {
        try {
            return verified(bundle);
        } catch (ClientException failure) {
            if (failure.code().equals(ReceiptVerifier.WRONG_GENESIS)
                    && chains(bundle).size() > 1) {
                throw failed("its parts are of more than one chain").causedBy(failure);
            }
            throw failure;
        }
    }

    /** The chains that the blocks of its parts name. */
    private static Set<Hash> chains(TrialBundle bundle) throws VerificationFailed {
        Set<Hash> chains = new HashSet<>();
        chains.add(decoded(bundle.trial()).block().header().chainId());
        for (ByteString document : bundle.documents()) {
            chains.add(decoded(document).block().header().chainId());
        }
        for (ByteString receipt : bundle.receipts()) {
            chains.add(
                    ReceiptFile.decode(receipt.toByteArray()).block().header().chainId());
        }
        return chains;
    }

    private VerifiedTrial verified(TrialBundle bundle) throws ClientException {
        StateValueProof proof = proof(bundle.trial());
        TrialState state = value(proof, TrialState.parser());
        require(proof.proof().key().equals(StateKeys.trial(state.getId())), "its state is of another object");
        Map<StateKey, StateValueProof> documents = new TreeMap<>();
        for (ByteString encoded : bundle.documents()) {
            StateValueProof document = proof(encoded);
            require(documents.put(document.proof().key(), document) == null, "it holds a document twice");
        }
        Map<String, VerifiedReceipt> receipts = new TreeMap<>();
        for (ByteString encoded : bundle.receipts()) {
            VerifiedReceipt receipt = verifier.verify(encoded.toByteArray());
            receipts.put(receipt.transaction().txId().hex(), receipt);
        }
        List<TrialRegistration> versions = new ArrayList<>();
        for (TrialVersion version : state.getVersionsList()) {
            versions.add(version(state, version, documents, receipts));
        }
        require(!versions.isEmpty(), "its state names no version");
        for (TrialDecision decision : state.getDecisionsList()) {
            decision(state, decision, receipts);
        }
        List<TrialResultsState> publications = new ArrayList<>();
        for (TrialEvent event : state.getEventsList()) {
            publication(state, event, documents, receipts).ifPresent(publications::add);
        }
        for (TrialReleased released : state.getReleasesList()) {
            VerifiedReceipt receipt = step(receipts, released.getTxId(), state.getSponsor(), released.getTimeMillis());
            require(action(state, receipt).getRelease().equals(released.getRelease()), "a release was altered");
        }
        // A bundle of somebody who may not see these has none; their numbers stand in the trial's own state.
        boolean datasets = state.getDatasetsCount() == 0 || holds(documents, StateKeys.TRIAL_DATASET);
        if (datasets) {
            datasets(state, documents, receipts);
        }
        Optional<List<TrialSubjectState>> subjects =
                state.getEnrolled() == 0 || holds(documents, StateKeys.TRIAL_SUBJECT)
                        ? Optional.of(subjects(state, proof.block().header().timestampMillis(), documents))
                        : Optional.empty();
        int named = versions.size()
                + publications.size()
                + (datasets ? state.getDatasetsCount() : 0)
                + subjects.map(List::size).orElse(0);
        require(documents.size() == named, "it holds documents that the trial does not name");
        BlockHeader header = proof.block().header();
        TrialRecord record = new TrialRecord(state, versions, publications, header.height(), header.timestampMillis());
        return new VerifiedTrial(record, datasets, subjects);
    }

    private static boolean holds(Map<StateKey, StateValueProof> documents, String kind) {
        return documents.keySet().stream().anyMatch(key -> key.toString().startsWith(kind));
    }

    private static void datasets(
            TrialState state, Map<StateKey, StateValueProof> documents, Map<String, VerifiedReceipt> receipts)
            throws VerificationFailed {
        for (TrialDatasetEntry entry : state.getDatasetsList()) {
            TrialDatasetState dataset =
                    document(documents, StateKeys.trialDataset(entry.getId()), TrialDatasetState.parser());
            dataset(state, dataset, receipts);
            require(
                    dataset.getVersionsCount() == entry.getVersions(),
                    "a dataset has another number of versions than the trial says");
            require(
                    dataset.getVersions(0).getTimeMillis() == entry.getSubmittedMillis(),
                    "a dataset began at another time than the trial says");
        }
    }

    /**
     * As many as are enrolled, changed as often as the trial says: so none is left out, or shown as it was before (TRI-4).
     * That holds since none is shown as it was after the trial's block: such a one would stand in for what another lacks.
     */
    private static List<TrialSubjectState> subjects(
            TrialState state, long trialMillis, Map<StateKey, StateValueProof> documents) throws VerificationFailed {
        List<TrialSubjectState> subjects = new ArrayList<>();
        long changes = 0;
        for (Map.Entry<StateKey, StateValueProof> document : documents.entrySet()) {
            if (!document.getKey().toString().startsWith(StateKeys.TRIAL_SUBJECT)) {
                continue;
            }
            TrialSubjectState subject = value(document.getValue(), TrialSubjectState.parser());
            require(
                    subject.getTrialId().equals(state.getId()) && subject.getConsentsCount() > 0,
                    "a subject is of another trial");
            require(subject.getChangedMillis() <= trialMillis, "a subject is shown as it was after the trial");
            changes += subject.getVersion() - 1;
            subjects.add(subject);
        }
        require(subjects.size() == state.getEnrolled(), "it has another number of subjects than the trial says");
        require(changes == state.getSubjectChanges(), "a subject was changed more often than it shows");
        return subjects;
    }

    private static TrialRegistration version(
            TrialState state,
            TrialVersion version,
            Map<StateKey, StateValueProof> documents,
            Map<String, VerifiedReceipt> receipts)
            throws VerificationFailed {
        TrialVersionState document =
                document(documents, StateKeys.trialVersion(version.getDocumentId()), TrialVersionState.parser());
        TrialRegistration registration = document.getRegistration();
        require(
                TrialIds.contentHash(registration).equals(version.getContentHash())
                        && document.getTrialId().equals(state.getId())
                        && document.getVersion() == version.getNumber(),
                "a version has another content");
        TrialAction action =
                action(state, step(receipts, version.getTxId(), version.getAuthor(), version.getTimeMillis()));
        boolean same = version.getNumber() == 1
                ? action.getRegister().getRegistration().equals(registration)
                : action.getAmend().getRegistration().equals(registration)
                        && action.getAmend().getPredecessor() == version.getNumber() - 1;
        require(same, "a version is not what its transaction registered");
        return registration;
    }

    private static void decision(TrialState state, TrialDecision decision, Map<String, VerifiedReceipt> receipts)
            throws VerificationFailed {
        TrialDecide decide = action(
                        state, step(receipts, decision.getTxId(), decision.getReviewer(), decision.getTimeMillis()))
                .getDecide();
        require(
                decide.getApprove() == decision.getApproved()
                        && decide.getProtocolVersion().equals(decision.getProtocolVersion())
                        && decide.getIcfVersion().equals(decision.getIcfVersion())
                        && decide.getUntilMillis() == decision.getUntilMillis()
                        && decide.getContentHash().equals(version(state, decision.getTrialVersion()))
                        && ActorName.institutionOf(decision.getReviewer()).equals(state.getEthicsCommittee()),
                "a decision is not what its transaction says");
    }

    /** The content that a version registered; nothing where there is no such version. */
    private static ByteString version(TrialState state, long number) {
        return state.getVersionsList().stream()
                .filter(version -> version.getNumber() == number)
                .map(TrialVersion::getContentHash)
                .findFirst()
                .orElse(ByteString.EMPTY);
    }

    private static Optional<TrialResultsState> publication(
            TrialState state,
            TrialEvent event,
            Map<StateKey, StateValueProof> documents,
            Map<String, VerifiedReceipt> receipts)
            throws VerificationFailed {
        TrialAction action = action(state, step(receipts, event.getTxId(), event.getActor(), event.getTimeMillis()));
        if (!event.hasPublication()) {
            require(action.getMark().getMilestone() == event.getMilestone(), "a milestone is not what was signed");
            return Optional.empty();
        }
        TrialResultsState results = document(
                documents, StateKeys.trialResults(event.getPublication().getDocumentId()), TrialResultsState.parser());
        TrialPublish publish = action.getPublish();
        require(
                results.getTrialId().equals(state.getId())
                        && publish.getResultsList().equals(results.getResultsList())
                        && publish.getSummary().equals(results.getSummary()),
                "results are not what was published");
        return Optional.of(results);
    }

    /** Every version of a dataset is what somebody submitted or corrected, and the first said what the dataset is (TRI-5). */
    private static void dataset(TrialState state, TrialDatasetState dataset, Map<String, VerifiedReceipt> receipts)
            throws VerificationFailed {
        require(
                dataset.getTrialId().equals(state.getId()) && dataset.getVersionsCount() > 0,
                "a dataset is of another trial");
        for (int i = 0; i < dataset.getVersionsCount(); i++) {
            TrialDataVersion version = dataset.getVersions(i);
            TrialAction action =
                    action(state, step(receipts, version.getTxId(), version.getAuthor(), version.getTimeMillis()));
            boolean same = version.getVersion() == i + 1
                    && (i == 0
                            ? action.getSubmit().getDatasetId().equals(dataset.getId())
                                    && action.getSubmit().getName().equals(dataset.getName())
                                    && action.getSubmit().getPseudonym().equals(dataset.getPseudonym())
                                    && action.getSubmit().getContent().equals(version.getContent())
                            : action.getCorrect().getDatasetId().equals(dataset.getId())
                                    && action.getCorrect().getPredecessor() == i
                                    && action.getCorrect().getContent().equals(version.getContent()));
            require(same, "a dataset's version is not what its transaction says");
        }
    }

    /** The applied transaction of a step, by whom and when the state says; a node signs for its institution. */
    private static VerifiedReceipt step(
            Map<String, VerifiedReceipt> receipts, ByteString txId, String actor, long timeMillis)
            throws VerificationFailed {
        VerifiedReceipt receipt = Optional.ofNullable(receipts.get(ActorName.hex(txId)))
                .orElseThrow(() -> failed("the receipt of a step is missing"));
        require(receipt.applied(), "a step was refused by the chain");
        require(
                receipt.transaction().body().getSigners(0).getActor().equals(actor),
                "a step was signed by somebody else");
        require(receipt.header().timestampMillis() == timeMillis, "a step happened at another time");
        return receipt;
    }

    private static TrialAction action(TrialState state, VerifiedReceipt receipt) throws VerificationFailed {
        TrialAction action = receipt.transaction().body().getTrial();
        require(action.getTrialId().equals(state.getId()), "a step is of another trial");
        return action;
    }

    private StateValueProof proof(ByteString encoded) throws ClientException {
        StateValueProof proof = decoded(encoded);
        verifier.verify(proof);
        return proof;
    }

    private static StateValueProof decoded(ByteString encoded) throws VerificationFailed {
        try {
            return StateValueProof.decode(encoded.toByteArray());
        } catch (MalformedException malformed) {
            throw (VerificationFailed) failed("a state proof cannot be read").causedBy(malformed);
        }
    }

    private static <T> T document(Map<StateKey, StateValueProof> documents, StateKey key, Parser<T> parser)
            throws VerificationFailed {
        StateValueProof proof = Optional.ofNullable(documents.get(key))
                .orElseThrow(() -> failed("a document that the trial names is missing"));
        return value(proof, parser);
    }

    private static <T> T value(StateValueProof proof, Parser<T> parser) throws VerificationFailed {
        Optional<byte[]> value = proof.proof().value();
        require(value.isPresent(), "a proof is of an object that is not there");
        try {
            return parser.parseFrom(value.orElseThrow());
        } catch (InvalidProtocolBufferException malformed) {
            throw failed("a value is of a kind that this version does not know");
        }
    }

    private static void require(boolean holds, String fault) throws VerificationFailed {
        if (!holds) {
            throw failed(fault);
        }
    }

    static VerificationFailed failed(String reason) {
        return new VerificationFailed(
                "TRIAL_UNPROVEN",
                "The trial's bundle does not hold: " + reason,
                "Do not rely on it; export it again from a node that you trust more");
    }
}
