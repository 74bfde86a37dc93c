package io.consilium.client;

import com.google.protobuf.ByteString;
import io.consilium.crypto.CryptoException;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.crypto.X25519;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.PatientState;
import io.consilium.proto.SealedFor;
import java.security.SecureRandom;
import java.util.Optional;

/** Seals fresh keys to those who may hold them: a custodian institution, or the patient (PRV-3). */
public final class CustodianKeys {
    private final SecureRandom random = new SecureRandom();

    /** A scope key or patient secret that nobody has seen. */
    public byte[] freshKey() {
        byte[] key = new byte[32];
        random.nextBytes(key);
        return key;
    }

    /** 16 random bytes, as ids of objects are (ID-3). */
    public ByteString freshId() {
        byte[] id = new byte[16];
        random.nextBytes(id);
        return ByteString.copyFrom(id);
    }

    /** The patient's secret as it is sealed to the patient's key now, sealed to its next one; empty if it has none. */
    public Optional<SealedFor> resealSecret(PatientState patient, Identity present, ByteString nextKey)
            throws ClientException {
        Optional<SealedFor> own = patient.getPatientSecretList().stream()
                .filter(envelope -> envelope.getRecipient().equals(present.actor()))
                .findFirst();
        if (own.isEmpty()) {
            return Optional.empty();
        }
        try {
            byte[] secret = KeyEnvelope.open(
                    KeyEnvelope.Use.PATIENT_SECRET,
                    patient.getId().toByteArray(),
                    present.encryptionKey(),
                    own.get().getEnvelope().toByteArray());
            return Optional.of(seal(
                    KeyEnvelope.Use.PATIENT_SECRET, patient.getId(), present.actor(), nextKey.toByteArray(), secret));
        } catch (CryptoException refused) {
            throw new VerificationFailed(
                            "PATIENT_SECRET_UNREADABLE",
                            "What is sealed to the patient's present key does not open",
                            "Use the keystore that the patient signs with now")
                    .causedBy(refused);
        }
    }

    public SealedFor seal(KeyEnvelope.Use use, ByteString objectId, InstitutionState custodian, byte[] key)
            throws ClientException {
        return seal(
                use,
                objectId,
                custodian.getId(),
                custodian.getEncryptionKey().getKey().toByteArray(),
                key);
    }

    /** @param recipient institution slug or patient id, as the ledger names it */
    public SealedFor seal(KeyEnvelope.Use use, ByteString objectId, String recipient, byte[] recipientKey, byte[] key)
            throws ClientException {
        if (!X25519.isUsable(recipientKey)) {
            throw new ClientException(
                    FailureClass.REFUSED,
                    "RECIPIENT_KEY_UNUSABLE",
                    "The registered encryption key of " + recipient + " is unusable",
                    "It must be replaced before anything is sealed to it");
        }
        return SealedFor.newBuilder()
                .setRecipient(recipient)
                .setRecipientKey(ByteString.copyFrom(recipientKey))
                .setEnvelope(
                        ByteString.copyFrom(KeyEnvelope.seal(use, objectId.toByteArray(), recipientKey, key, random)))
                .build();
    }
}
