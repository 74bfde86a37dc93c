package io.consilium.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.Hash;
import io.consilium.crypto.MalformedException;
import io.consilium.crypto.PublicKey;
import io.consilium.ledger.identity.Signatories;
import io.consilium.ledger.proof.StateValueProof;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.tx.ActorName;
import io.consilium.proto.AccessState;
import io.consilium.proto.ChainParameters;
import io.consilium.proto.GuardianState;
import io.consilium.proto.InspectorBundle;
import io.consilium.proto.InspectorLine;
import io.consilium.proto.InspectorLog;
import io.consilium.proto.KeyValue;
import io.consilium.proto.MemberState;
import io.consilium.proto.PatientState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Verifies an inspector's bundle from the genesis alone: the signature over the whole by a key that the chain knows, the
 * state of every access, and the receipt of every transaction that the access names.
 */
public final class InspectorCheck {
    private final ReceiptVerifier verifier;
    private final Hash chainId;

    public InspectorCheck(ReceiptVerifier verifier, Hash chainId) {
        this.verifier = verifier;
        this.chainId = chainId;
    }

    /** A patient's log, proven line by line. */
    public record Log(ByteString patientId, long height, long timeMillis, List<AccessState> accesses) {}

    /**
     * What a bundle proves, and who attests that it is all of it.
     *
     * @param part from 1
     * @param hash of this part's content
     * @param previous hash of the part before, empty in the first
     * @param last whether no part follows
     * @param fromMillis start of the attested time, 0 for the beginning
     * @param toMillis its end, exclusive, 0 for the height of each log
     */
    public record Verified(
            String signer,
            long madeMillis,
            List<Log> logs,
            int part,
            Hash hash,
            ByteString previous,
            boolean last,
            long fromMillis,
            long toMillis) {}

    /** Throws {@link VerificationFailed} (exit 9), or exit 2 for a bundle of another chain. */
    public Verified verify(InspectorFile file) throws ClientException {
        InspectorBundle bundle = file.bundle();
        if (!bundle.getChainId().equals(ByteString.copyFrom(chainId.toBytes()))) {
            throw new ClientException(
                    FailureClass.USAGE,
                    "WRONG_GENESIS",
                    "The bundle is of another chain than the genesis given",
                    "Give the genesis of the chain that it was made on with --genesis");
        }
        PublicKey key = signerKey(bundle);
        if (!new Ed25519Verifier().verify(key, InspectorFile.signed(file.content()), file.signature())) {
            throw failed("the signature over the whole is not that of " + bundle.getSigner());
        }
        List<Log> logs = new ArrayList<>();
        Set<ByteString> patients = new HashSet<>();
        for (InspectorLog log : bundle.getLogsList()) {
            Log checked = log(log);
            if (!patients.add(checked.patientId())) {
                throw failed("a patient's log is in it twice");
            }
            logs.add(checked);
        }
        if (bundle.getPart() < 1
                || (bundle.getPart() == 1) != bundle.getPrevious().isEmpty()) {
            throw failed("it does not say which part of the whole it is");
        }
        return new Verified(
                bundle.getSigner(),
                bundle.getMadeMillis(),
                logs,
                bundle.getPart(),
                file.contentHash(),
                bundle.getPrevious(),
                bundle.getLast(),
                bundle.getFromMillis(),
                bundle.getToMillis());
    }

    private PublicKey signerKey(InspectorBundle bundle) throws ClientException {
        StateValueProof proof = proof(bundle.getSignerProof());
        Optional<ActorName> name = ActorName.parse(bundle.getSigner());
        Optional<KeyValue> key;
        long time = proof.block().header().timestampMillis();
        if (name.orElse(null) instanceof ActorName.Patient patient) {
            key = ownKey(proof, patient.id(), time);
        } else if (name.orElse(null) instanceof ActorName.Member) {
            MemberState state = value(proof, StateKeys.member(bundle.getSigner()), MemberState.parser());
            key = Signatories.keysAt(state, time).map(keys -> keys.getSigningKey());
        } else {
            throw failed("its signer is neither a member nor a patient");
        }
        return PublicKey.ed25519(
                key.orElseThrow(() -> failed("its signer had no key")).getKey().toByteArray());
    }

    /** Of a patient, or of a guardian within the mandate: both have such names. */
    private static Optional<KeyValue> ownKey(StateValueProof proof, ByteString id, long timeMillis)
            throws ClientException {
        if (proof.proof().key().equals(StateKeys.guardian(id))) {
            GuardianState guardian = value(proof, StateKeys.guardian(id), GuardianState.parser());
            return Optional.of(guardian.getSigningKey())
                    .filter(key -> Signatories.isWithinMandate(guardian, timeMillis));
        }
        PatientState state = value(proof, StateKeys.patient(id), PatientState.parser());
        return state.hasControllerKey() ? Optional.of(state.getControllerKey()) : Optional.empty();
    }

    private Log log(InspectorLog log) throws ClientException {
        StateValueProof proof = proof(log.getAsOfProof());
        value(proof, StateKeys.PARAMETERS, ChainParameters.parser());
        List<AccessState> accesses = new ArrayList<>();
        Set<ByteString> ids = new HashSet<>();
        long before = 0;
        for (InspectorLine line : log.getLinesList()) {
            AccessState access = line(line, log.getPatientId());
            if (!ids.add(access.getId()) || access.getTimeMillis() < before) {
                throw failed("its lines repeat or are out of order");
            }
            before = access.getTimeMillis();
            accesses.add(access);
        }
        var header = proof.block().header();
        return new Log(log.getPatientId(), header.height(), header.timestampMillis(), accesses);
    }

    private AccessState line(InspectorLine line, ByteString patientId) throws ClientException {
        StateValueProof proof = proof(line.getAccessProof());
        AccessState access;
        try {
            access = AccessState.parseFrom(proof.proof().value().orElseThrow(() -> failed("an access is not there")));
        } catch (InvalidProtocolBufferException invalid) {
            throw failed("an access cannot be read").causedBy(invalid);
        }
        value(proof, StateKeys.access(access.getId()), AccessState.parser());
        if (!access.getPatientId().equals(patientId)) {
            throw failed("a line is of another patient");
        }
        Map<ByteString, VerifiedReceipt> receipts = new HashMap<>();
        for (ByteString encoded : line.getReceiptProofsList()) {
            VerifiedReceipt receipt = verifier.verify(encoded.toByteArray());
            receipts.put(receipt.receipt().getTxId(), receipt);
        }
        for (ByteString named : transactions(access)) {
            if (receipts.remove(named) == null) {
                throw failed("a line lacks the receipt of a transaction that it names");
            }
        }
        if (!receipts.isEmpty()) {
            throw failed("a line has a receipt of a transaction that it does not name");
        }
        return access;
    }

    /** The transactions behind an access: it was asked for, judged, disclosed, reviewed. */
    public static List<ByteString> transactions(AccessState access) {
        List<ByteString> ids = new ArrayList<>(List.of(access.getTxId()));
        if (access.hasOutcome()) {
            ids.add(access.getOutcome().getTxId());
        }
        if (access.hasDisclosure()) {
            ids.add(access.getDisclosure().getTxId());
        }
        if (access.getBreakGlass().hasReview()) {
            ids.add(access.getBreakGlass().getReview().getTxId());
        }
        return ids;
    }

    private StateValueProof proof(ByteString encoded) throws ClientException {
        try {
            StateValueProof proof = StateValueProof.decode(encoded.toByteArray());
            verifier.verify(proof);
            return proof;
        } catch (MalformedException malformed) {
            throw failed("a proof cannot be read").causedBy(malformed);
        }
    }

    private static <T> T value(StateValueProof proof, StateKey key, Parser<T> parser) throws ClientException {
        if (!proof.proof().key().equals(key)) {
            throw failed("a proof is of another object");
        }
        try {
            return parser.parseFrom(proof.proof().value().orElseThrow(() -> failed("an object is not there")));
        } catch (InvalidProtocolBufferException invalid) {
            throw failed("an object cannot be read").causedBy(invalid);
        }
    }

    private static VerificationFailed failed(String reason) {
        return new VerificationFailed(
                "BUNDLE_INVALID",
                "The bundle does not hold: " + reason,
                "Do not rely on it; ask its signer for another: consilium audit export");
    }
}
