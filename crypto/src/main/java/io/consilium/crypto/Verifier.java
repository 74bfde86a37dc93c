package io.consilium.crypto;

/** The one signature predicate of the chain (ID-4). */
public interface Verifier {
    /** False for a wrong signature, a wrong length and an unusable key alike; it never throws for bad input. */
    boolean verify(PublicKey key, byte[] message, byte[] signature);
}
