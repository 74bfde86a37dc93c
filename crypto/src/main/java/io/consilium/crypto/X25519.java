package io.consilium.crypto;

import java.security.SecureRandom;
import java.util.HexFormat;

/** The key agreement of RFC 7748 on Curve25519: keys are 32 raw bytes. */
public final class X25519 {
    public static final int KEY_BYTES = 32;

    private static final String PREFIX = "x25519:";

    /** Any private key serves to find the public keys that lead every private key to zero. */
    private static final byte[] PROBE = new byte[KEY_BYTES];

    private X25519() {}

    public static X25519KeyPair generate(SecureRandom random) {
        byte[] privateKey = new byte[KEY_BYTES];
        random.nextBytes(privateKey);
        return fromPrivate(privateKey);
    }

    /** Computes the public key; throws {@link IllegalArgumentException} unless there are 32 bytes. */
    public static X25519KeyPair fromPrivate(byte[] privateKey) {
        requireLength(privateKey);
        byte[] publicKey = new byte[KEY_BYTES];
        org.bouncycastle.math.ec.rfc7748.X25519.scalarMultBase(privateKey, 0, publicKey, 0);
        return new X25519KeyPair(privateKey, publicKey);
    }

    /** The shared secret; refuses a public key of small order, with which anybody could compute it. */
    public static byte[] agree(byte[] privateKey, byte[] publicKey) throws CryptoException {
        requireLength(privateKey);
        requireLength(publicKey);
        byte[] secret = new byte[KEY_BYTES];
        if (!org.bouncycastle.math.ec.rfc7748.X25519.calculateAgreement(privateKey, 0, publicKey, 0, secret, 0)) {
            throw new CryptoException(
                    "the X25519 public key is a point of small order: no secret can be agreed with it");
        }
        return secret;
    }

    /** True for 32 bytes that are no point of small order. */
    public static boolean isUsable(byte[] publicKey) {
        return publicKey.length == KEY_BYTES
                && org.bouncycastle.math.ec.rfc7748.X25519.calculateAgreement(
                        PROBE, 0, publicKey, 0, new byte[KEY_BYTES], 0);
    }

    /** {@code x25519:} and 64 lowercase hexadecimal digits. */
    public static String text(byte[] publicKey) {
        requireLength(publicKey);
        return PREFIX + HexFormat.of().formatHex(publicKey);
    }

    /** Parses {@link #text}; throws {@link IllegalArgumentException} for anything else. */
    public static byte[] parse(String text) {
        if (!text.startsWith(PREFIX)) {
            throw new IllegalArgumentException("an encryption key is written x25519:<64 hexadecimal digits>");
        }
        return Hex.parse(text.substring(PREFIX.length()), KEY_BYTES, "an encryption key");
    }

    private static void requireLength(byte[] key) {
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException("an X25519 key has 32 bytes, not " + key.length);
        }
    }
}
