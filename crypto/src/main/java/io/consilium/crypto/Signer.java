package io.consilium.crypto;

/** A holder of one private signing key. */
public interface Signer {
    PublicKey publicKey();

    /** A fresh signature, the same for the same message: 64 bytes of Ed25519. */
    byte[] sign(byte[] message);
}
