package io.consilium.node.api;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.consilium.crypto.Hash;
import io.consilium.ledger.proof.CertifiedHeader;
import io.consilium.ledger.proof.StateValueProof;
import io.consilium.ledger.provenance.DrugKeys;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.state.StateProof;
import io.consilium.ledger.state.StateTree;
import io.consilium.node.NodeGateway;
import io.consilium.node.provenance.DrugPolicy;
import io.consilium.proto.StateRequest;
import io.consilium.proto.StateResponse;
import io.consilium.storage.ChainReader;
import java.util.HexFormat;
import java.util.Optional;

/** A value of the state with its proof, or the proof of its absence, by the namespaces that a caller may read (PRV-8). */
public final class StateQuery {
    private final NodeGateway node;
    private final PolicySource policies;

    public StateQuery(NodeGateway node, PolicySource policies) {
        this.node = node;
        this.policies = policies;
    }

    public StateResponse state(Caller caller, StateRequest request) {
        String key = request.getKey();
        StateKey stateKey =
                key(key).orElseThrow(() -> ApiProblem.notFound("object").asException());
        try (StateView view = StateView.open(node)) {
            if (!isPublic(key) && !sees(caller, key, view)) {
                throw ApiProblem.notFound("object").asException();
            }
            return prove(view.chain(), stateKey);
        }
    }

    private static Optional<StateKey> key(String key) {
        boolean known = StateKeys.isVersioned(key)
                || DrugKeys.isKey(key)
                || key.equals(StateKeys.PARAMETERS.toString())
                || key.equals(StateKeys.VALIDATORS.toString());
        return known ? Optional.of(StateKey.of(key)) : Optional.empty();
    }

    /** The registry and the chain's own values are everybody's, their absence too. */
    private static boolean isPublic(String key) {
        return key.startsWith(StateKeys.INSTITUTION)
                || key.startsWith(StateKeys.MEMBER)
                || key.startsWith("chain/")
                || key.startsWith(StateKeys.TRIAL)
                || key.startsWith(StateKeys.TRIAL_VERSION)
                || key.startsWith(StateKeys.TRIAL_RESULTS);
    }

    private boolean sees(Caller caller, String key, StateView view) {
        if (key.startsWith(DrugKeys.PREFIX)) {
            return new DrugPolicy(view.state()).seesKey(caller, key);
        }
        ApiPolicy policy = policies.on(view.state());
        int slash = key.indexOf('/') + 1;
        ByteString id = ByteString.copyFrom(HexFormat.of().parseHex(key.substring(slash)));
        return switch (key.substring(0, slash)) {
            case StateKeys.PATIENT -> policy.seesPatientId(caller, id);
            case StateKeys.GUARDIAN -> policy.seesGuardianId(caller, id);
            case StateKeys.RECORD -> policy.seesRecordId(caller, id);
            case StateKeys.CONSENT -> policy.seesConsentId(caller, id);
            // The value holds the reason of the decision, which the requester's side does not get (CON-2).
            case StateKeys.ACCESS ->
                view.state()
                        .access(id)
                        .map(access -> policy.seesWhole(caller, access))
                        .orElse(false);
            case StateKeys.TRIAL_SUBJECT, StateKeys.TRIAL_DATASET -> policy.seesTrialObject(caller, id);
            default -> false;
        };
    }

    private static StateResponse prove(ChainReader chain, StateKey key) {
        long height = chain.tipHeight();
        Optional<byte[]> value = chain.latest().get(key);
        StateResponse.Builder response = StateResponse.newBuilder().setFound(value.isPresent());
        value.ifPresent(bytes -> response.setValue(UnsafeByteOperations.unsafeWrap(bytes)));
        Optional<CertifiedHeader> certified = BlockProofs.certified(chain, height);
        if (certified.isPresent()) {
            Hash root = certified.get().header().stateRoot();
            StateProof proof = StateTree.prove(chain.nodes(), height, root, key);
            response.setProof(UnsafeByteOperations.unsafeWrap(new StateValueProof(proof, certified.get()).encode()));
        }
        return response.build();
    }
}
