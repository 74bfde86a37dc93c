package io.consilium.node.vault;

import com.google.protobuf.ByteString;
import io.consilium.crypto.CryptoException;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.crypto.X25519KeyPair;
import io.consilium.ledger.identity.MemberRole;
import io.consilium.ledger.identity.PatientFamily;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.trials.TrialIds;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.ApiPolicy;
import io.consilium.node.api.ApiProblem;
import io.consilium.node.api.Caller;
import io.consilium.node.api.PolicySource;
import io.consilium.node.api.StateView;
import io.consilium.proto.PatientState;
import io.consilium.proto.SealedFor;
import io.consilium.proto.TrialNullifierRequest;
import io.consilium.proto.TrialNullifierResponse;
import io.consilium.proto.TrialState;
import java.util.Arrays;
import java.util.Optional;

/**
 * Computes what refuses a second enrolment of a patient (TRI-4). A custodian's node does it, so that the secret behind
 * all nullifiers of a patient reaches no other machine; a clinician of another site who was given the patient's id learns
 * by it whether the patient is in that one trial, which a second enrolment would tell too, and nothing else.
 */
public final class TrialNullifiers {
    private static final String RULE = "TRI-4";

    private final NodeGateway node;
    private final PolicySource policies;
    private final X25519KeyPair institutionKey;

    public TrialNullifiers(NodeGateway node, PolicySource policies, X25519KeyPair institutionKey) {
        this.node = node;
        this.policies = policies;
        this.institutionKey = institutionKey;
    }

    public TrialNullifierResponse nullifier(Caller caller, TrialNullifierRequest request) {
        try (StateView view = StateView.open(node)) {
            TrialState trial = view.state().trial(request.getTrialId()).orElseThrow(() -> ApiProblem.unlisted("trial")
                    .asException());
            Caller.Member clinician = clinician(caller, trial);
            Optional<PatientState> found = view.state().patient(request.getPatientId());
            PatientState patient = found.filter(each -> each.getCustodiansList().contains(node.institution()))
                    .orElseThrow(() -> elsewhere(view, clinician, found));
            return TrialNullifierResponse.newBuilder()
                    .setNullifier(nullifier(view.state(), patient, trial.getId()))
                    .build();
        }
    }

    /**
     * The one under which this person is enrolled, by whichever of its merged ids; else that of the id which goes on, so that
     * of two enrolments to come one is refused (ID-3). Ids whose secret this institution does not hold are not seen.
     */
    private ByteString nullifier(LedgerState state, PatientState patient, ByteString trialId) {
        Optional<ByteString> first = Optional.empty();
        for (PatientState id : PatientFamily.of(state, patient)) {
            Optional<ByteString> nullifier = ScopeKeys.sealedTo(id.getPatientSecretList(), node.institution())
                    .map(secret -> nullifier(id, secret, trialId));
            if (nullifier.flatMap(state::trialNullifier).isPresent()) {
                return nullifier.get();
            }
            first = first.or(() -> nullifier);
        }
        return first.orElseThrow(() -> ApiProblem.refused(
                        "PATIENT_SECRET_MISSING",
                        "the custodian holds no secret of this patient",
                        RULE,
                        "register the patient with a client of this chain's version")
                .asException());
    }

    private static Caller.Member clinician(Caller caller, TrialState trial) {
        if (caller instanceof Caller.Member member
                && trial.getSitesList().contains(member.institution())
                && member.roles().contains(MemberRole.CLINICIAN.name())) {
            return member;
        }
        throw ApiProblem.forbidden(
                        "ROLE_REQUIRED",
                        "subjects are enrolled by a CLINICIAN of a site of the trial",
                        RULE,
                        "ask one of them")
                .asException();
    }

    /** Its own patient's clinician is sent on to the node that can answer; to others the patient is unknown. */
    private RuntimeException elsewhere(StateView view, Caller.Member clinician, Optional<PatientState> patient) {
        ApiPolicy policy = policies.on(view.state());
        boolean own = patient.map(found -> policy.seesPatient(clinician, found)).orElse(false);
        return own
                ? WrongNode.problem(
                                clinician.institution(),
                                view.state(),
                                "the patient's secret is held by the node of " + clinician.institution())
                        .asException()
                : ApiProblem.notFound("patient").asException();
    }

    private ByteString nullifier(PatientState patient, SealedFor sealed, ByteString trialId) {
        byte[] privateKey = institutionKey.privateKey();
        try {
            byte[] secret = KeyEnvelope.open(
                    KeyEnvelope.Use.PATIENT_SECRET,
                    patient.getId().toByteArray(),
                    privateKey,
                    sealed.getEnvelope().toByteArray());
            try {
                return TrialIds.nullifier(secret, trialId);
            } finally {
                Arrays.fill(secret, (byte) 0);
            }
        } catch (CryptoException e) {
            throw ApiProblem.refused(
                            "ENVELOPE_UNREADABLE",
                            "the secret that was sealed to this institution does not open",
                            "PRV-3",
                            "the institution's encryption key may have changed; seal the secret to it anew")
                    .asException();
        } finally {
            Arrays.fill(privateKey, (byte) 0);
        }
    }
}
