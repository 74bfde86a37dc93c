package io.consilium.node;

import io.consilium.crypto.Hash;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.Verifier;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers the newest signatures that were found good: a vote comes once as a message and again in certificates of every
 * peer. A signature found bad is not remembered, so nobody can fill the memory with bad ones. Safe for many threads.
 */
final class MemoizingVerifier implements Verifier {
    private final Verifier verifier;
    private final Map<Hash, Boolean> good;

    MemoizingVerifier(Verifier verifier, int maxRemembered) {
        this.verifier = verifier;
        this.good = new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Hash, Boolean> eldest) {
                return size() > maxRemembered;
            }
        };
    }

    @Override
    public boolean verify(PublicKey key, byte[] message, byte[] signature) {
        Hash asked = Hash.sha256(key.bytes(), signature, message);
        synchronized (good) {
            if (good.containsKey(asked)) {
                return true;
            }
        }
        boolean valid = verifier.verify(key, message, signature);
        if (valid) {
            synchronized (good) {
                good.put(asked, true);
            }
        }
        return valid;
    }
}
