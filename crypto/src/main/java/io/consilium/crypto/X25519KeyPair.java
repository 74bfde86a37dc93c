package io.consilium.crypto;

import java.security.MessageDigest;
import java.util.Arrays;

/** An X25519 private key with its public key; the accessors give fresh copies. */
public record X25519KeyPair(byte[] privateKey, byte[] publicKey) {
    public X25519KeyPair {
        if (privateKey.length != X25519.KEY_BYTES || publicKey.length != X25519.KEY_BYTES) {
            throw new IllegalArgumentException("X25519 keys have 32 bytes each");
        }
        privateKey = privateKey.clone();
        publicKey = publicKey.clone();
    }

    /** A fresh copy of the secret: clear it after use. */
    @Override
    public byte[] privateKey() {
        return privateKey.clone();
    }

    @Override
    public byte[] publicKey() {
        return publicKey.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof X25519KeyPair pair
                && Arrays.equals(publicKey, pair.publicKey)
                && MessageDigest.isEqual(privateKey, pair.privateKey);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(publicKey);
    }

    @Override
    public String toString() {
        return "X25519KeyPair[" + X25519.text(publicKey) + "]";
    }
}
