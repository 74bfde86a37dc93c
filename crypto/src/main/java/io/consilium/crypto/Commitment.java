package io.consilium.crypto;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;

/** A hash of a plaintext under a random salt: without the salt it tells nothing, with it it proves the content (PRV-2). */
public final class Commitment {
    public static final int SALT_BYTES = 32;

    private static final String DOMAIN = "consilium/commitment/v1";

    private Commitment() {}

    /** A digest of domain and salt: what it makes of the plaintext that follows is the commitment. */
    public static MessageDigest begin(byte[] salt) {
        if (salt.length != SALT_BYTES) {
            throw new IllegalArgumentException("a commitment's salt has 32 bytes, not " + salt.length);
        }
        MessageDigest digest = Hash.newDigest();
        digest.update(Hash.domainPrefix(DOMAIN));
        digest.update(salt);
        return digest;
    }

    /** Reads the plaintext to its end; the stream stays open. */
    public static Hash of(byte[] salt, InputStream plaintext) throws IOException {
        return Hash.finish(begin(salt), plaintext);
    }

    public static Hash of(byte[] salt, byte[] plaintext) {
        try {
            return of(salt, new ByteArrayInputStream(plaintext));
        } catch (IOException impossible) {
            throw new UncheckedIOException("memory cannot fail to be read", impossible);
        }
    }
}
