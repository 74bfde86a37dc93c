package io.consilium.crypto;

import java.util.Arrays;
import java.util.HexFormat;

/** A public signing key with its algorithm; only its length is checked here, the rest by the {@link Verifier}. */
public record PublicKey(KeyAlgorithm algorithm, byte[] bytes) implements Comparable<PublicKey> {

    public PublicKey {
        if (bytes.length != algorithm.keyBytes()) {
            throw new IllegalArgumentException("a public key of " + algorithm.text() + " has " + algorithm.keyBytes()
                    + " bytes, not " + bytes.length);
        }
        bytes = bytes.clone();
    }

    public static PublicKey ed25519(byte[] raw) {
        return new PublicKey(KeyAlgorithm.ED25519, raw);
    }

    /** Parses {@code ed25519:} and 64 lowercase hexadecimal digits; throws {@link IllegalArgumentException} otherwise. */
    public static PublicKey parse(String text) {
        int colon = text.indexOf(':');
        for (KeyAlgorithm algorithm : KeyAlgorithm.values()) {
            if (colon >= 0 && algorithm.text().equals(text.substring(0, colon))) {
                return new PublicKey(
                        algorithm, Hex.parse(text.substring(colon + 1), algorithm.keyBytes(), "a public key"));
            }
        }
        throw new IllegalArgumentException("a public key is written ed25519:<64 hexadecimal digits>");
    }

    /** A fresh copy. */
    @Override
    public byte[] bytes() {
        return bytes.clone();
    }

    /** The array inside, never to be changed. */
    byte[] shared() {
        return bytes;
    }

    public String text() {
        return algorithm.text() + ":" + HexFormat.of().formatHex(bytes);
    }

    @Override
    public int compareTo(PublicKey other) {
        int byAlgorithm = Byte.compare(algorithm.code(), other.algorithm.code());
        return byAlgorithm != 0 ? byAlgorithm : Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PublicKey key && algorithm == key.algorithm && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return text();
    }
}
