package io.consilium.crypto;

import java.security.SecureRandom;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/** An Ed25519 signing key with its 32-byte seed (RFC 8032). */
public final class KeyPair {
    public static final int SEED_BYTES = Ed25519.SECRET_KEY_SIZE;

    private final byte[] seed;
    private final PublicKey publicKey;

    private KeyPair(byte[] ownedSeed) {
        byte[] point = new byte[Ed25519.PUBLIC_KEY_SIZE];
        Ed25519.generatePublicKey(ownedSeed, 0, point, 0);
        this.seed = ownedSeed;
        this.publicKey = PublicKey.ed25519(point);
    }

    public static KeyPair generate(SecureRandom random) {
        byte[] seed = new byte[SEED_BYTES];
        random.nextBytes(seed);
        return new KeyPair(seed);
    }

    /** Copies the seed; throws {@link IllegalArgumentException} unless it has 32 bytes. */
    public static KeyPair fromSeed(byte[] seed) {
        if (seed.length != SEED_BYTES) {
            throw new IllegalArgumentException("an Ed25519 seed has 32 bytes, not " + seed.length);
        }
        return new KeyPair(seed.clone());
    }

    public PublicKey publicKey() {
        return publicKey;
    }

    /** A fresh copy of the secret: clear it after use. */
    public byte[] seed() {
        return seed.clone();
    }

    public Signer signer() {
        return new Ed25519Signer(seed, publicKey);
    }

    @Override
    public String toString() {
        return "KeyPair[" + publicKey + "]";
    }

    /** Signs with the public key at hand, so that it is not computed anew for each message. */
    private record Ed25519Signer(byte[] seed, PublicKey publicKey) implements Signer {
        @Override
        public byte[] sign(byte[] message) {
            byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
            Ed25519.sign(seed, 0, publicKey.shared(), 0, message, 0, message.length, signature, 0);
            return signature;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Ed25519Signer signer && publicKey.equals(signer.publicKey);
        }

        @Override
        public int hashCode() {
            return publicKey.hashCode();
        }

        @Override
        public String toString() {
            return "Signer[" + publicKey + "]";
        }
    }
}
