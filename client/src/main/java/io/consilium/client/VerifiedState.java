package io.consilium.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.certificate.BlockHeader;
import io.consilium.ledger.genesis.GenesisState;
import io.consilium.ledger.proof.StateValueProof;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.Refusal;
import io.consilium.proto.AccessState;
import io.consilium.proto.ChainParameters;
import io.consilium.proto.ConsentState;
import io.consilium.proto.GuardianState;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.MemberState;
import io.consilium.proto.PatientState;
import io.consilium.proto.RecordState;
import io.consilium.proto.StateResponse;
import io.consilium.proto.TrialDatasetState;
import io.consilium.proto.TrialResultsState;
import io.consilium.proto.TrialState;
import io.consilium.proto.TrialSubjectState;
import io.consilium.proto.TrialVersionState;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads objects of the state through a node and believes only what the chain certified (TX-7). */
public final class VerifiedState {
    private final NodeClient client;
    private final ReceiptVerifier verifier;
    private final GenesisFile genesis;

    public VerifiedState(NodeClient client, ReceiptVerifier verifier, GenesisFile genesis) {
        this.client = client;
        this.verifier = verifier;
        this.genesis = genesis;
    }

    /** A value with the height and time of the block whose state it was read from. */
    public record At<T>(T value, long height, long timeMillis) {}

    public At<InstitutionState> institution(String slug) throws ClientException {
        return find(StateKeys.institution(slug), InstitutionState.parser())
                .orElseThrow(() -> unlisted("institution", slug));
    }

    public At<MemberState> member(String id) throws ClientException {
        return find(StateKeys.member(id), MemberState.parser()).orElseThrow(() -> unlisted("member", id));
    }

    public At<PatientState> patient(ByteString id) throws ClientException {
        return required(StateKeys.patient(id), PatientState.parser(), "such patient");
    }

    public At<GuardianState> guardian(ByteString id) throws ClientException {
        return required(StateKeys.guardian(id), GuardianState.parser(), "such guardian");
    }

    public At<RecordState> record(ByteString id) throws ClientException {
        return required(StateKeys.record(id), RecordState.parser(), "such record");
    }

    public At<ConsentState> consent(ByteString id) throws ClientException {
        return required(StateKeys.consent(id), ConsentState.parser(), "such consent");
    }

    public At<AccessState> access(ByteString id) throws ClientException {
        return required(StateKeys.access(id), AccessState.parser(), "such access");
    }

    public At<ChainParameters> parameters() throws ClientException {
        return required(StateKeys.PARAMETERS, ChainParameters.parser(), "chain parameters");
    }

    /** Trials are everybody's to see: one that is not there was never registered (TRI-1). */
    public At<TrialState> trial(ByteString id) throws ClientException {
        return find(StateKeys.trial(id), TrialState.parser()).orElseThrow(VerifiedState::unknownTrial);
    }

    public At<TrialVersionState> trialVersion(ByteString documentId) throws ClientException {
        return required(StateKeys.trialVersion(documentId), TrialVersionState.parser(), "such version of the trial");
    }

    public At<TrialResultsState> trialResults(ByteString documentId) throws ClientException {
        return required(StateKeys.trialResults(documentId), TrialResultsState.parser(), "such results of the trial");
    }

    public At<TrialSubjectState> trialSubject(ByteString pseudonym) throws ClientException {
        return required(StateKeys.trialSubject(pseudonym), TrialSubjectState.parser(), "such subject");
    }

    public At<TrialDatasetState> trialDataset(ByteString id) throws ClientException {
        return required(StateKeys.trialDataset(id), TrialDatasetState.parser(), "such dataset");
    }

    /** An object of a domain that knows its own keys; what is absent or hidden is empty. */
    public <T> Optional<At<T>> find(StateKey key, Parser<T> parser) throws ClientException {
        try {
            return read(key, parser);
        } catch (NodeRefusal refusal) {
            if (refusal.kind() == FailureClass.NOT_FOUND) {
                return Optional.empty();
            }
            throw refusal;
        }
    }

    private <T> At<T> required(StateKey key, Parser<T> parser, String what) throws ClientException {
        return find(key, parser).orElseThrow(() -> nothing(what));
    }

    /** Absent and hidden read alike (PRV-8). */
    private static ClientException nothing(String what) {
        return new ClientException(
                FailureClass.NOT_FOUND,
                "NOT_FOUND",
                "PRV-8",
                "",
                "There is no " + what + ", or you may not see it",
                "Check the id; if it is right, ask one of its parties or the patient's custodian");
    }

    /** The registries are everybody's to see. */
    private static ClientException unlisted(String what, String id) {
        return new ClientException(
                FailureClass.NOT_FOUND,
                "NOT_FOUND",
                "There is no " + what + " '" + id + "'",
                "See which there are: consilium " + what + " list");
    }

    private static ClientException unknownTrial() {
        Refusal unknown = Refusal.TRIAL_UNKNOWN;
        return new ClientException(
                FailureClass.NOT_FOUND,
                unknown.name(),
                unknown.rule(),
                "",
                "There is no such trial; nothing comes before its registration",
                "List the trials with consilium trial list");
    }

    private <T> Optional<At<T>> read(StateKey key, Parser<T> parser) throws ClientException {
        StateResponse response = client.state(new String(key.bytes(), StandardCharsets.UTF_8));
        // Before the first block there is no certificate, and the state is the one of the genesis.
        At<Optional<byte[]>> proven = response.getProof().isEmpty() ? atGenesis(key) : proven(key, response.getProof());
        Optional<byte[]> value = proven.value();
        if (value.isPresent() != response.getFound()
                || value.isPresent() && !response.getValue().equals(ByteString.copyFrom(value.get()))) {
            throw untrue("its proof is of another value");
        }
        try {
            return value.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new At<>(parser.parseFrom(value.get()), proven.height(), proven.timeMillis()));
        } catch (InvalidProtocolBufferException malformed) {
            throw untrue("the value is of a kind that this version does not know")
                    .causedBy(malformed);
        }
    }

    private At<Optional<byte[]>> atGenesis(StateKey key) throws VerificationFailed {
        GenesisState state = genesis.state();
        return new At<>(Optional.ofNullable(state.state().get(key)), 0, state.timeMillis());
    }

    private At<Optional<byte[]>> proven(StateKey key, ByteString encoded) throws ClientException {
        StateValueProof proof;
        try {
            proof = StateValueProof.decode(encoded.toByteArray());
        } catch (MalformedException malformed) {
            throw untrue("its proof cannot be read").causedBy(malformed);
        }
        if (!proof.proof().key().equals(key)) {
            throw untrue("its proof is of another object");
        }
        verifier.verify(proof);
        BlockHeader header = proof.block().header();
        return new At<>(proof.proof().value(), header.height(), header.timestampMillis());
    }

    private ClientException untrue(String reason) {
        return new VerificationFailed(
                "STATE_UNPROVEN",
                "What " + client.endpoint().uri() + " says of the state is not proven: " + reason,
                "Ask another node with --node");
    }
}
