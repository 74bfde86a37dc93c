package io.consilium.node.vault;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Hash;
import io.consilium.ledger.identity.PatientFamily;
import io.consilium.node.NodeGateway;
import io.consilium.node.api.ApiPolicy;
import io.consilium.node.api.ApiProblem;
import io.consilium.node.api.Caller;
import io.consilium.node.api.PolicySource;
import io.consilium.node.api.ProblemException;
import io.consilium.node.api.StateView;
import io.consilium.proto.MrnIndexRequest;
import io.consilium.proto.MrnIndexResponse;
import io.consilium.storage.SecretsStore;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The institution's own index from medical record numbers to patients (ID-3). It stands in this node's secrets alone:
 * nothing of it is on chain, in logs or in messages.
 *
 * <p>A number is looked up by its HMAC and the patient id behind it is encrypted, both under keys that follow from the
 * institution's private key, so that the disk alone tells neither numbers nor whom they belong to. One number belongs to
 * one patient; a patient may have several.
 */
public final class MrnIndex {
    private static final int MAX_CHARACTERS = 64;
    private static final int MAX_SYSTEM_CHARACTERS = 200;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final byte[] PREFIX = "mrn/".getBytes(StandardCharsets.US_ASCII);

    private final NodeGateway node;
    private final PolicySource policies;
    private final SecretsStore secrets;
    private final SecretKeySpec lookup;
    private final SecretKeySpec seal;
    private final SecureRandom random = new SecureRandom();

    public MrnIndex(NodeGateway node, PolicySource policies, SecretsStore secrets, byte[] institutionSecret) {
        this.node = node;
        this.policies = policies;
        this.secrets = secrets;
        this.lookup = new SecretKeySpec(
                Hash.tagged("consilium/mrn-lookup/v1", institutionSecret).toBytes(), "HmacSHA256");
        this.seal = new SecretKeySpec(
                Hash.tagged("consilium/mrn-seal/v1", institutionSecret).toBytes(), "AES");
        Arrays.fill(institutionSecret, (byte) 0);
    }

    public MrnIndexResponse answer(Caller caller, MrnIndexRequest request) {
        try (StateView view = StateView.open(node)) {
            requireKeeper(caller, view);
            byte[] name = name(request);
            ByteString patientId =
                    switch (request.getActionCase()) {
                        case LINK_PATIENT_ID -> link(view, name, ours(caller, view, request.getLinkPatientId()));
                        case UNLINK_PATIENT_ID -> unlink(name, request.getUnlinkPatientId());
                        case FIND ->
                            ours(
                                    caller,
                                    view,
                                    PatientFamily.rootOf(
                                            view.state(), find(name).orElseThrow(MrnIndex::unknown)));
                        case ACTION_NOT_SET ->
                            throw ApiProblem.malformed("it is not said whether to link, unlink or find", "action")
                                    .asException();
                    };
            return MrnIndexResponse.newBuilder().setPatientId(patientId).build();
        }
    }

    private void requireKeeper(Caller caller, StateView view) {
        if (!ApiPolicy.keepsMrns(caller) || !(caller instanceof Caller.Member member)) {
            throw ApiProblem.forbidden(
                            "ROLE_REQUIRED",
                            "medical record numbers are kept by an ADMIN, CLINICIAN or CONSENT_OFFICER",
                            "ID-3",
                            "ask one of your institution")
                    .asException();
        }
        if (!member.institution().equals(node.institution())) {
            throw WrongNode.problem(member.institution(), view.state(), "an institution's index is at its own node")
                    .asException();
        }
    }

    /** A patient in this institution's custody, else none. */
    private ByteString ours(Caller caller, StateView view, ByteString patientId) {
        ApiPolicy policy = policies.on(view.state());
        return view.state()
                .patient(patientId)
                .filter(patient -> policy.seesPatient(caller, patient))
                .map(patient -> patient.getId())
                .orElseThrow(() -> ApiProblem.notFound("patient").asException());
    }

    private synchronized ByteString link(StateView view, byte[] name, ByteString patientId) {
        // the number of a patient who has gone to another custodian is free for whoever has it now
        Optional<ByteString> linked = find(name).filter(found -> isInCustody(view, found));
        if (linked.isPresent() && !linked.get().equals(patientId)) {
            throw new ApiProblem(
                            409,
                            "MRN_LINKED",
                            "this number belongs to another patient of yours",
                            "ID-3",
                            "mrn",
                            "check the number; unlink it there first if it is right",
                            8)
                    .asException();
        }
        if (linked.isEmpty()) {
            secrets.put(name, encrypted(name, patientId));
        }
        return patientId;
    }

    private boolean isInCustody(StateView view, ByteString patientId) {
        return view.state()
                .patient(PatientFamily.rootOf(view.state(), patientId))
                .filter(patient -> patient.getCustodiansList().contains(node.institution()))
                .isPresent();
    }

    /** Also of a patient who has gone: the entry is the institution's own. */
    private synchronized ByteString unlink(byte[] name, ByteString patientId) {
        ByteString linked = find(name).filter(patientId::equals).orElseThrow(MrnIndex::unknown);
        secrets.delete(name);
        return linked;
    }

    private Optional<ByteString> find(byte[] name) {
        return secrets.get(name).map(value -> opened(name, value));
    }

    /** HMAC over system and number, each with its length, so that no two pairs run into one. */
    private byte[] name(MrnIndexRequest request) {
        String mrn = Normalizer.normalize(request.getMrn().strip(), Normalizer.Form.NFC);
        String system = request.getSystem().isEmpty() ? "urn:consilium:mrn:" + node.institution() : request.getSystem();
        boolean printable = mrn.chars().noneMatch(Character::isISOControl);
        if (mrn.isEmpty() || mrn.length() > MAX_CHARACTERS || !printable) {
            throw ApiProblem.malformed("a medical record number has 1 to " + MAX_CHARACTERS + " characters", "mrn")
                    .asException();
        }
        if (system.length() > MAX_SYSTEM_CHARACTERS) {
            throw ApiProblem.malformed("a system has at most " + MAX_SYSTEM_CHARACTERS + " characters", "system")
                    .asException();
        }
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(lookup);
            byte[] digest = mac.doFinal((system.length() + "|" + system + "|" + mrn).getBytes(StandardCharsets.UTF_8));
            byte[] name = Arrays.copyOf(PREFIX, PREFIX.length + digest.length);
            System.arraycopy(digest, 0, name, PREFIX.length, digest.length);
            return name;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime has no HmacSHA256", e);
        }
    }

    private byte[] encrypted(byte[] name, ByteString patientId) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        byte[] ciphertext = run(Cipher.ENCRYPT_MODE, nonce, name, patientId.toByteArray());
        byte[] value = Arrays.copyOf(nonce, NONCE_BYTES + ciphertext.length);
        System.arraycopy(ciphertext, 0, value, NONCE_BYTES, ciphertext.length);
        return value;
    }

    private ByteString opened(byte[] name, byte[] value) {
        byte[] nonce = Arrays.copyOf(value, NONCE_BYTES);
        return ByteString.copyFrom(
                run(Cipher.DECRYPT_MODE, nonce, name, Arrays.copyOfRange(value, NONCE_BYTES, value.length)));
    }

    /** Bound to its name, so that entries cannot be exchanged on disk. */
    private byte[] run(int mode, byte[] nonce, byte[] name, byte[] input) {
        try {
            Cipher cipher = Cipher.getInstance(CIPHER);
            cipher.init(mode, seal, new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(name);
            return cipher.doFinal(input);
        } catch (AEADBadTagException e) {
            throw new ApiProblem(
                            500,
                            "MRN_INDEX_DAMAGED",
                            "an entry of the index of medical record numbers does not open",
                            "ID-3",
                            "",
                            "restore the node's backup, or link the number again",
                            9)
                    .asException();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime cannot run " + CIPHER, e);
        }
    }

    private static ProblemException unknown() {
        return ApiProblem.notFound("patient with this number").asException();
    }
}
