package io.consilium.crypto;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/** A 32-byte key sealed to one X25519 key, bound to what it is for and to the object it belongs to (PRV-3). */
public final class KeyEnvelope {
    /** A key, and HPKE around it. */
    public static final int BYTES = PayloadCipher.KEY_BYTES + HpkeEnvelope.OVERHEAD_BYTES;

    /** What a sealed key is for; an envelope of one use does not open as another. */
    public enum Use {
        /** Blinds the labels of a patient; the object is the patient id. */
        SCOPE_KEY("consilium/seal/scope-key/v1"),
        /** Stands behind the pseudonyms of a patient; the object is the patient id. */
        PATIENT_SECRET("consilium/seal/patient-secret/v1"),
        /** Decrypts a record's payload, sealed to the custodian at registration; the object is the record id. */
        DATA_KEY("consilium/seal/data-key/v1"),
        /** The same key, re-wrapped for a requester; the object is the access id. */
        DISCLOSED_KEY("consilium/seal/disclosed-key/v1"),
        /** Opens why the glass was broken; the object is the access id of the break-glass (ACC-3). */
        RATIONALE_KEY("consilium/seal/rationale-key/v1"),
        /** Opens the reason of a step in a trial; the object is the trial id. */
        TRIAL_REASON("consilium/seal/trial-reason/v1"),
        /** The root of a company's blinding keys; the object is the SHA-256 of its slug. */
        COMPANY_ROOT("consilium/seal/company-root/v1"),
        /** A key that blinds the packs of one product or the SSCCs of one company; the object is the request's id. */
        BLINDING_KEY("consilium/seal/blinding-key/v1");

        private final byte[] info;

        Use(String info) {
            this.info = info.getBytes(StandardCharsets.US_ASCII);
        }
    }

    private KeyEnvelope() {}

    /** Throws {@link IllegalArgumentException} for a recipient key that is not usable and a key not of 32 bytes. */
    public static byte[] seal(Use use, byte[] objectId, byte[] recipientPublicKey, byte[] key, SecureRandom random) {
        if (key.length != PayloadCipher.KEY_BYTES) {
            throw new IllegalArgumentException("a sealed key has 32 bytes, not " + key.length);
        }
        return HpkeEnvelope.seal(recipientPublicKey, use.info, objectId, key, random);
    }

    /** The key, or why the envelope does not open. */
    public static byte[] open(Use use, byte[] objectId, byte[] recipientPrivateKey, byte[] envelope)
            throws CryptoException {
        if (envelope.length != BYTES) {
            throw new CryptoException("the envelope of a key has " + BYTES + " bytes, not " + envelope.length);
        }
        return HpkeEnvelope.open(recipientPrivateKey, use.info, objectId, envelope);
    }
}
