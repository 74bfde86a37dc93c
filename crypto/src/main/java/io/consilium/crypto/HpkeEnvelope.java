package io.consilium.crypto;

import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContextWithEncapsulation;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PublicKeyParameters;

/**
 * A message sealed to one X25519 key by HPKE in base mode (RFC 9180): DHKEM(X25519, HKDF-SHA256), HKDF-SHA256,
 * AES-256-GCM (PRV-3). The bytes are the encapsulated key of 32 bytes and the ciphertext with its 16-byte tag.
 *
 * <p>Base mode does not say who sealed: that is the signature of the transaction around the envelope.
 */
public final class HpkeEnvelope {
    public static final int MAX_PLAINTEXT_BYTES = 256 * 1024;
    public static final int OVERHEAD_BYTES = X25519.KEY_BYTES + AesGcm.TAG_BYTES;

    private HpkeEnvelope() {}

    /**
     * Seals with a fresh ephemeral key. Throws {@link IllegalArgumentException} for a recipient key that is not
     * {@link X25519#isUsable usable} and for a plaintext of more than {@value #MAX_PLAINTEXT_BYTES} bytes.
     */
    public static byte[] seal(
            byte[] recipientPublicKey, byte[] info, byte[] aad, byte[] plaintext, SecureRandom random) {
        if (!X25519.isUsable(recipientPublicKey)) {
            throw new IllegalArgumentException("the recipient's X25519 key is unusable, it must be replaced");
        }
        if (plaintext.length > MAX_PLAINTEXT_BYTES) {
            throw new IllegalArgumentException("an envelope holds at most " + MAX_PLAINTEXT_BYTES + " bytes, not "
                    + plaintext.length + "; larger content goes into an encrypted payload");
        }
        X25519KeyPair ephemeral = X25519.generate(random);
        HPKEContextWithEncapsulation context =
                suite(HPKE.aead_AES_GCM256).setupBaseS(publicKey(recipientPublicKey), info, pair(ephemeral));
        try {
            byte[] ciphertext = context.seal(aad, plaintext);
            byte[] envelope = Arrays.copyOf(context.getEncapsulation(), X25519.KEY_BYTES + ciphertext.length);
            System.arraycopy(ciphertext, 0, envelope, X25519.KEY_BYTES, ciphertext.length);
            return envelope;
        } catch (InvalidCipherTextException impossible) {
            throw new IllegalStateException("AES-GCM cannot fail to encrypt", impossible);
        }
    }

    /** Opens, or says why not; {@code info} and {@code aad} must be those of the sealing. */
    public static byte[] open(byte[] recipientPrivateKey, byte[] info, byte[] aad, byte[] envelope)
            throws CryptoException {
        if (envelope.length < OVERHEAD_BYTES || envelope.length > OVERHEAD_BYTES + MAX_PLAINTEXT_BYTES) {
            throw new CryptoException("a sealed envelope has " + OVERHEAD_BYTES + " to "
                    + (OVERHEAD_BYTES + MAX_PLAINTEXT_BYTES) + " bytes, not " + envelope.length);
        }
        byte[] encapsulation = Arrays.copyOf(envelope, X25519.KEY_BYTES);
        if (!X25519.isUsable(encapsulation)) {
            throw new CryptoException("the sealed envelope starts with an X25519 point of small order");
        }
        X25519KeyPair recipient = X25519.fromPrivate(recipientPrivateKey);
        byte[] ciphertext = Arrays.copyOfRange(envelope, X25519.KEY_BYTES, envelope.length);
        try {
            return suite(HPKE.aead_AES_GCM256)
                    .setupBaseR(encapsulation, pair(recipient), info)
                    .open(aad, ciphertext);
        } catch (InvalidCipherTextException refused) {
            throw new CryptoException(
                    "the envelope does not open: it is sealed to another key, for another use, or altered", refused);
        }
    }

    /** The cipher is a parameter for the published vectors alone, which have none for AES-256. */
    static HPKE suite(short aead) {
        return new HPKE(HPKE.mode_base, HPKE.kem_X25519_SHA256, HPKE.kdf_HKDF_SHA256, aead);
    }

    static X25519PublicKeyParameters publicKey(byte[] raw) {
        return new X25519PublicKeyParameters(raw, 0);
    }

    static AsymmetricCipherKeyPair pair(X25519KeyPair pair) {
        return new AsymmetricCipherKeyPair(
                publicKey(pair.publicKey()), new X25519PrivateKeyParameters(pair.privateKey(), 0));
    }
}
