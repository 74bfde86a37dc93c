package io.consilium.crypto;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * HPKE's base mode written down from RFC 9180, apart from the library: proven by the published vectors for AES-128-GCM,
 * and then a witness for AES-256-GCM, for which the RFC prints none with X25519.
 */
record HpkeReference(byte[] key, byte[] baseNonce) {
    private static final byte[] KEM_SUITE = {'K', 'E', 'M', 0, 32};

    static HpkeReference sender(int aeadId, int keyBytes, byte[] ephemeralPrivate, byte[] recipientPublic, byte[] info)
            throws CryptoException {
        byte[] enc = X25519.fromPrivate(ephemeralPrivate).publicKey();
        byte[] agreed = X25519.agree(ephemeralPrivate, recipientPublic);
        byte[] eaePrk = extract(KEM_SUITE, new byte[0], "eae_prk", agreed);
        byte[] shared = expand(KEM_SUITE, eaePrk, "shared_secret", concat(enc, recipientPublic), 32);
        byte[] suite = {'H', 'P', 'K', 'E', 0, 32, 0, 1, 0, (byte) aeadId};
        byte[] context = concat(
                new byte[] {0},
                extract(suite, new byte[0], "psk_id_hash", new byte[0]),
                extract(suite, new byte[0], "info_hash", info));
        byte[] secret = extract(suite, shared, "secret", new byte[0]);
        return new HpkeReference(
                expand(suite, secret, "key", context, keyBytes), expand(suite, secret, "base_nonce", context, 12));
    }

    byte[] seal(byte[] aad, byte[] plaintext) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, baseNonce));
        cipher.updateAAD(aad);
        return cipher.doFinal(plaintext);
    }

    private static byte[] extract(byte[] suite, byte[] salt, String label, byte[] input) {
        return Blinding.hmacSha256(salt, ascii("HPKE-v1"), suite, ascii(label), input);
    }

    private static byte[] expand(byte[] suite, byte[] key, String label, byte[] info, int length) {
        byte[] labeled = concat(
                ByteBuffer.allocate(2).putShort((short) length).array(), ascii("HPKE-v1"), suite, ascii(label), info);
        return Arrays.copyOf(Blinding.hmacSha256(key, labeled, new byte[] {1}), length);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
