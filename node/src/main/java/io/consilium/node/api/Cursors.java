package io.consilium.node.api;

import io.consilium.crypto.Hash;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes places in lists and event streams opaque: encrypted, since a place may name what the caller may not see, and
 * bound to the caller and the question, so that nobody goes on where another stopped (PRV-8).
 */
public final class Cursors {
    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int MAX_CHARACTERS = 1_024;

    private final SecretKeySpec key;
    private final SecureRandom random = new SecureRandom();

    /** A secret of the node that outlives restarts, so that cursors do too. */
    public Cursors(byte[] nodeSecret) {
        this.key = new SecretKeySpec(
                Hash.tagged("consilium/api-cursor/v1", nodeSecret).toBytes(), "AES");
    }

    public String seal(Caller caller, String question, byte[] place) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        byte[] sealed = run(Cipher.ENCRYPT_MODE, nonce, bound(caller, question), place, 0, place.length);
        byte[] cursor = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
        System.arraycopy(sealed, 0, cursor, NONCE_BYTES, sealed.length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(cursor);
    }

    /** The place, or a {@link ProblemException} for a cursor of somebody else or of another question. */
    public byte[] open(Caller caller, String question, String cursor) {
        if (cursor.length() > MAX_CHARACTERS) {
            throw notOurs();
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(cursor);
        } catch (IllegalArgumentException e) {
            throw notOurs();
        }
        if (bytes.length < NONCE_BYTES + TAG_BITS / 8) {
            throw notOurs();
        }
        byte[] nonce = Arrays.copyOf(bytes, NONCE_BYTES);
        return run(Cipher.DECRYPT_MODE, nonce, bound(caller, question), bytes, NONCE_BYTES, bytes.length - NONCE_BYTES);
    }

    private byte[] run(int mode, byte[] nonce, byte[] bound, byte[] input, int offset, int length) {
        try {
            Cipher cipher = Cipher.getInstance(CIPHER);
            cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(bound);
            return cipher.doFinal(input, offset, length);
        } catch (javax.crypto.AEADBadTagException e) {
            throw notOurs();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime cannot run " + CIPHER, e);
        }
    }

    private static byte[] bound(Caller caller, String question) {
        return (caller.id() + "\n" + question).getBytes(StandardCharsets.UTF_8);
    }

    private static ProblemException notOurs() {
        return ApiProblem.malformed("the cursor is not one that this node gave you for this question", "cursor")
                .asException();
    }
}
