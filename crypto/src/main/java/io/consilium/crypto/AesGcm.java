package io.consilium.crypto;

import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES-GCM under one key, with nonces of 12 and tags of 16 bytes; owned by one thread, since the cipher is reused. */
final class AesGcm {
    static final int KEY_BYTES = 32;
    static final int NONCE_BYTES = 12;
    static final int TAG_BYTES = 16;

    private final Cipher cipher;
    private final SecretKeySpec key;

    /** The JDK's cipher, because it runs on the processor's AES and carry-less multiplication instructions. */
    AesGcm(byte[] key) {
        if (key.length != 16 && key.length != KEY_BYTES) {
            throw new IllegalArgumentException("an AES key has 16 or 32 bytes here, not " + key.length);
        }
        this.key = new SecretKeySpec(key, "AES");
        try {
            this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java runtime has no AES/GCM/NoPadding", missing);
        }
    }

    /** Ciphertext and tag; a nonce must never be used twice with one key. */
    byte[] seal(byte[] nonce, byte[] aad, byte[] plaintext, int length) {
        try {
            start(Cipher.ENCRYPT_MODE, nonce, aad);
            return cipher.doFinal(plaintext, 0, length);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("AES-GCM cannot fail to encrypt", impossible);
        }
    }

    /** The plaintext; throws {@link AEADBadTagException} when key, nonce, additional data or ciphertext differ. */
    byte[] open(byte[] nonce, byte[] aad, byte[] ciphertext, int length) throws AEADBadTagException {
        if (length < TAG_BYTES) {
            throw new AEADBadTagException("shorter than a tag");
        }
        try {
            start(Cipher.DECRYPT_MODE, nonce, aad);
            return cipher.doFinal(ciphertext, 0, length);
        } catch (AEADBadTagException refused) {
            throw refused;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("AES-GCM cannot fail otherwise than by its tag", impossible);
        }
    }

    private void start(int mode, byte[] nonce, byte[] aad) throws GeneralSecurityException {
        if (nonce.length != NONCE_BYTES) {
            throw new IllegalArgumentException("a nonce has 12 bytes, not " + nonce.length);
        }
        cipher.init(mode, key, new GCMParameterSpec(8 * TAG_BYTES, nonce));
        cipher.updateAAD(aad);
    }
}
