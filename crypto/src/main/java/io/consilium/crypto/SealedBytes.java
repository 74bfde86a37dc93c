package io.consilium.crypto;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;

/** Short bytes on chain that the holders of one key alone can read; each use derives a key of its own from it (PRV-1). */
public final class SealedBytes {
    private SealedBytes() {}

    /** What the bytes are for; what is sealed for one use does not open for another. */
    public enum Use {
        /** Of a record's version or a dataset's, with the salt of its commitment; from its data key (PRV-1). */
        METADATA("consilium/metadata-key/v1"),
        /** Conditions of a consent's rule; from the patient's scope key (PRV-5). */
        CONDITIONS("consilium/conditions-key/v1"),
        /** The codes behind a consent's labels; from the patient's scope key (CON-5). */
        LABEL_CODES("consilium/label-codes-key/v1"),
        /** A patient's scope key; from the one that came after it (PRV-7). */
        EARLIER_KEY("consilium/earlier-scope-key/v1"),
        /** What conditions are held against; from the record's data key (PRV-5). */
        FACTS("consilium/facts-key/v1"),
        /** Of EPCIS events, what they say; from a key of its own (DRU-9). */
        EVENT_DETAILS("consilium/event-details-key/v1"),
        /** That key; from the one that two trading partners share (DRU-9). */
        EVENT_READER("consilium/event-reader-key/v1");

        private final String domain;

        Use(String domain) {
            this.domain = domain;
        }
    }

    public static byte[] seal(Use use, byte[] secret, byte[] plain, SecureRandom random) {
        ByteArrayOutputStream sealed = new ByteArrayOutputStream();
        try {
            PayloadCipher.encrypt(key(use, secret), new ByteArrayInputStream(plain), sealed, random);
        } catch (IOException impossible) {
            throw new UncheckedIOException("memory cannot fail to be written", impossible);
        }
        return sealed.toByteArray();
    }

    /** The bytes, or why they do not open with this key. */
    public static byte[] open(Use use, byte[] secret, byte[] sealed) throws CryptoException {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        try {
            PayloadCipher.decrypt(key(use, secret), new ByteArrayInputStream(sealed), plain);
        } catch (IOException impossible) {
            throw new UncheckedIOException("memory cannot fail to be read", impossible);
        }
        return plain.toByteArray();
    }

    private static byte[] key(Use use, byte[] secret) {
        return Hash.tagged(use.domain, secret).toBytes();
    }
}
