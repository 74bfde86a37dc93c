package io.consilium.crypto;

import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Keys that followed one another, each earlier one sealed under the next (PRV-7). Who has the newest has all of them; who
 * has an earlier one learns nothing of a later.
 */
public final class KeyChain {
    private KeyChain() {}

    /** The link that leads from a key back to the one before it. */
    public static byte[] link(byte[] previous, byte[] next, SecureRandom random) {
        return SealedBytes.seal(SealedBytes.Use.EARLIER_KEY, next, previous, random);
    }

    /**
     * Every key, oldest first and the newest last, each to be cleared by the caller.
     *
     * @param links one less than there are keys, oldest first
     */
    public static List<byte[]> open(byte[] newest, List<byte[]> links) throws CryptoException {
        Deque<byte[]> keys = new ArrayDeque<>();
        keys.addFirst(newest.clone());
        for (int i = links.size() - 1; i >= 0; i--) {
            byte[] key = SealedBytes.open(SealedBytes.Use.EARLIER_KEY, keys.getFirst(), links.get(i));
            if (key.length != Blinding.KEY_BYTES) {
                throw new CryptoException("an earlier key has " + Blinding.KEY_BYTES + " bytes, not " + key.length);
            }
            keys.addFirst(key);
        }
        return List.copyOf(keys);
    }
}
