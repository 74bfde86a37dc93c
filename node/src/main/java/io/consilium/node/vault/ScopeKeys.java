package io.consilium.node.vault;

import com.google.protobuf.ByteString;
import io.consilium.crypto.CryptoException;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.crypto.X25519KeyPair;
import io.consilium.ledger.identity.Signatories;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.tx.ActorName;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.ApiPolicy;
import io.consilium.node.api.ApiProblem;
import io.consilium.node.api.Caller;
import io.consilium.node.api.PolicySource;
import io.consilium.node.api.ProblemException;
import io.consilium.node.api.StateView;
import io.consilium.proto.Code;
import io.consilium.proto.GuardianState;
import io.consilium.proto.MemberKeys;
import io.consilium.proto.PatientState;
import io.consilium.proto.ScopeKeyRequest;
import io.consilium.proto.ScopeKeyResponse;
import io.consilium.proto.SealedFor;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Gives a patient's scope key to those who label and consent for the patient, sealed to each anew (PRV-3, PRV-4). */
public final class ScopeKeys {
    private final NodeGateway node;
    private final PolicySource policies;
    private final X25519KeyPair institutionKey;
    private final SecureRandom random;

    public ScopeKeys(NodeGateway node, PolicySource policies, X25519KeyPair institutionKey, SecureRandom random) {
        this.node = node;
        this.policies = policies;
        this.institutionKey = institutionKey;
        this.random = random;
    }

    public ScopeKeyResponse scopeKey(Caller caller, ScopeKeyRequest request) {
        try (StateView view = StateView.open(node)) {
            ApiPolicy policy = policies.on(view.state());
            PatientState patient = view.state()
                    .patient(request.getPatientId())
                    .filter(found -> policy.seesPatient(caller, found))
                    .orElseThrow(() -> ApiProblem.notFound("patient").asException());
            if (!policy.holdsScopeKey(caller, patient)) {
                throw ApiProblem.forbidden(
                                "ROLE_REQUIRED",
                                "your roles do not include one that labels or consents for patients",
                                "PRV-4",
                                "ask a CLINICIAN or CONSENT_OFFICER of the custodian")
                        .asException();
            }
            SealedFor sealed;
            if (caller instanceof Caller.Member member) {
                sealed = reseal(member, patient, view.state());
            } else if (caller instanceof Caller.Guardian guardian) {
                sealed = ofGuardian(guardian, patient, view.state());
            } else {
                sealed = sealedTo(patient, caller.id()).orElseThrow(() -> ApiProblem.notFound("scope key sealed to you")
                        .asException());
            }
            return ScopeKeyResponse.newBuilder()
                    .setScopeKey(sealed)
                    .setLabelEpoch(patient.getLabelEpoch())
                    .addAllEarlierKeys(patient.getEarlierKeysList())
                    .build();
        }
    }

    /** A key of an earlier epoch would make labels that match nothing. */
    private static SealedFor ofGuardian(Caller.Guardian caller, PatientState patient, LedgerState state) {
        GuardianState guardian = ActorName.parse(caller.id())
                .filter(ActorName.Patient.class::isInstance)
                .flatMap(name -> state.guardian(((ActorName.Patient) name).id()))
                .orElseThrow(
                        () -> ApiProblem.notFound("scope key sealed to you").asException());
        if (guardian.getLabelEpoch() != patient.getLabelEpoch()) {
            throw ApiProblem.refused(
                            "LABEL_EPOCH_STALE",
                            "the patient's scope key was changed after the guardian's appointment",
                            "PRV-7",
                            "ask a CONSENT_OFFICER of the custodian for a new appointment")
                    .asException();
        }
        return guardian.getScopeKey();
    }

    private SealedFor reseal(Caller.Member member, PatientState patient, LedgerState state) {
        requireOwnNode(member.institution(), state);
        ByteString recipientKey = encryptionKey(member, state);
        SealedFor ours = sealedTo(patient, node.institution())
                .orElseThrow(() -> ApiProblem.notFound("scope key sealed to your institution")
                        .asException());
        byte[] patientId = patient.getId().toByteArray();
        byte[] envelope = rewrap(
                KeyEnvelope.Use.SCOPE_KEY,
                patientId,
                ours.getEnvelope().toByteArray(),
                KeyEnvelope.Use.SCOPE_KEY,
                patientId,
                recipientKey.toByteArray());
        return SealedFor.newBuilder()
                .setRecipient(member.id())
                .setRecipientKey(recipientKey)
                .setEnvelope(ByteString.copyFrom(envelope))
                .build();
    }

    /** The key that a member's envelopes are sealed to. */
    ByteString encryptionKey(Caller.Member member, LedgerState state) {
        return state.member(member.id())
                .flatMap(found -> Signatories.keysAt(found, policies.asOfMillis()))
                .map(MemberKeys::getEncryptionKey)
                .map(key -> key.getKey())
                .filter(key -> !key.isEmpty())
                .orElseThrow(() -> ApiProblem.refused(
                                "ENCRYPTION_KEY_MISSING",
                                "you have no encryption key that a key could be sealed to",
                                "PRV-3",
                                "rotate your keys and register an encryption key")
                        .asException());
    }

    void requireOwnNode(String institution, LedgerState state) {
        if (!node.institution().equals(institution)) {
            throw WrongNode.problem(institution, state, "the key is held by the node of " + institution)
                    .asException();
        }
    }

    private static Optional<SealedFor> sealedTo(PatientState patient, String recipient) {
        return sealedTo(patient.getScopeKeyList(), recipient);
    }

    static Optional<SealedFor> sealedTo(List<SealedFor> sealed, String recipient) {
        return sealed.stream()
                .filter(each -> each.getRecipient().equals(recipient))
                .findFirst();
    }

    /** Labels of codes, made where the scope key is; another custodian's patient is asked for at that custodian's node. */
    public Set<ByteString> labels(PatientState patient, LedgerState state, List<Code> codes) {
        Optional<SealedFor> ours = sealedTo(patient, node.institution());
        if (ours.isEmpty()) {
            requireOwnNode(patient.getCustodians(0), state);
        }
        try (KeyRing ring = ring(patient).orElseThrow(ScopeKeys::unreadable)) {
            Set<ByteString> labels = new LinkedHashSet<>();
            for (Code code : codes) {
                for (int i = 0; i < ring.keys().size(); i++) {
                    labels.add(ring.label(i, code));
                }
            }
            return labels;
        }
    }

    /** The patient's scope keys, if they are sealed to this institution and open. */
    Optional<KeyRing> ring(PatientState patient) {
        return sealedTo(patient, node.institution())
                .flatMap(ours -> open(
                        KeyEnvelope.Use.SCOPE_KEY,
                        patient.getId().toByteArray(),
                        ours.getEnvelope().toByteArray()))
                .flatMap(newest -> ring(patient, newest));
    }

    private static Optional<KeyRing> ring(PatientState patient, byte[] newest) {
        try {
            return Optional.of(KeyRing.of(patient, newest));
        } catch (CryptoException broken) {
            return Optional.empty();
        }
    }

    /** A key that is sealed to this institution, to be cleared by the caller; empty if it does not open. */
    Optional<byte[]> open(KeyEnvelope.Use use, byte[] object, byte[] envelope) {
        byte[] privateKey = institutionKey.privateKey();
        try {
            return Optional.of(KeyEnvelope.open(use, object, privateKey, envelope));
        } catch (CryptoException otherKey) {
            return Optional.empty();
        } finally {
            Arrays.fill(privateKey, (byte) 0);
        }
    }

    static ProblemException unreadable() {
        return ApiProblem.refused(
                        "ENVELOPE_UNREADABLE",
                        "the key that was sealed to this institution does not open",
                        "PRV-3",
                        "the institution's encryption key may have changed; seal the key to it anew")
                .asException();
    }

    /** Opens what is sealed to the institution and seals it to another key; the key itself never leaves memory. */
    byte[] rewrap(
            KeyEnvelope.Use openUse,
            byte[] openObject,
            byte[] envelope,
            KeyEnvelope.Use sealUse,
            byte[] sealObject,
            byte[] recipientKey) {
        byte[] privateKey = institutionKey.privateKey();
        try {
            byte[] key = KeyEnvelope.open(openUse, openObject, privateKey, envelope);
            try {
                return KeyEnvelope.seal(sealUse, sealObject, recipientKey, key, random);
            } finally {
                Arrays.fill(key, (byte) 0);
            }
        } catch (CryptoException e) {
            throw unreadable();
        } finally {
            Arrays.fill(privateKey, (byte) 0);
        }
    }
}
