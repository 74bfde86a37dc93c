package io.consilium.client;

import io.consilium.crypto.CryptoException;
import io.consilium.crypto.Hash;
import io.consilium.crypto.PayloadCipher;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/** Free text on chain, readable to the holders of one key alone (PRV-1). */
final class SealedText {
    /** What the ledger takes of one sealed text. */
    static final int MAX_SEALED_BYTES = 8 * 1024;

    private SealedText() {}

    /** What a text is for; each use has a key of its own, derived from the same secret. */
    enum Use {
        /** Of an amendment or a revocation; from the patient's scope key. */
        REASON("consilium/reason-key/v1"),
        /** Of a consent, the codes behind its labels; from the patient's scope key. */
        LABEL_CODES("consilium/label-codes-key/v1"),
        /** Of a break-glass; from a key of its own (ACC-3). */
        RATIONALE("consilium/rationale-key/v1"),
        /** Of what its review found; from the same key. */
        REVIEW_NOTE("consilium/review-note-key/v1"),
        /** Of a step in a trial; from a key of its own. */
        TRIAL_REASON("consilium/trial-reason-key/v1"),
        /** Of a product, a lot, a container or an exception; from the key that blinds it. */
        PROVENANCE("consilium/provenance-key/v1");

        private final String domain;

        Use(String domain) {
            this.domain = domain;
        }

        private byte[] key(byte[] secret) {
            return Hash.tagged(domain, secret).toBytes();
        }
    }

    static byte[] seal(Use use, byte[] secret, String text, SecureRandom random) throws ClientException {
        return seal(use, secret, text, random, MAX_SEALED_BYTES);
    }

    static byte[] seal(Use use, byte[] secret, String text, SecureRandom random, int maxSealedBytes)
            throws ClientException {
        ByteArrayOutputStream sealed = new ByteArrayOutputStream();
        try {
            PayloadCipher.encrypt(
                    use.key(secret), new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), sealed, random);
        } catch (IOException impossible) {
            throw new UncheckedIOException("memory cannot fail to be written", impossible);
        }
        return requireFits(sealed.toByteArray(), text, maxSealedBytes);
    }

    static byte[] requireFits(byte[] sealed, String text, int maxSealedBytes) throws MalformedInput {
        if (sealed.length > maxSealedBytes) {
            throw new MalformedInput(
                    "",
                    "A text of " + text.length() + " characters is too long",
                    "Shorten it to about " + maxSealedBytes + " bytes");
        }
        return sealed;
    }

    static String open(Use use, byte[] secret, byte[] sealed) throws CryptoException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try {
            PayloadCipher.decrypt(use.key(secret), new ByteArrayInputStream(sealed), text);
        } catch (IOException impossible) {
            throw new UncheckedIOException("memory cannot fail to be read", impossible);
        }
        return text.toString(StandardCharsets.UTF_8);
    }
}
