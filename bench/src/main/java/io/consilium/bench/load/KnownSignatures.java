package io.consilium.bench.load;

import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.Hash;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.Signer;
import io.consilium.crypto.Verifier;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Verifies each signature once: the certificate of a block serves all its receipts, and a client need not verify what it
 * has signed itself. Safe for many threads.
 */
final class KnownSignatures implements Verifier {
    private static final int MAX_KNOWN = 2_000_000;

    private final Verifier real = Ed25519Verifier.accelerated(Ed25519Verifier.DEFAULT_MAX_CACHED_KEYS);
    private final Set<Hash> good = ConcurrentHashMap.newKeySet();

    Signer remembering(Signer signer) {
        return new Signer() {
            @Override
            public PublicKey publicKey() {
                return signer.publicKey();
            }

            @Override
            public byte[] sign(byte[] message) {
                byte[] signature = signer.sign(message);
                remember(name(signer.publicKey(), message, signature));
                return signature;
            }
        };
    }

    @Override
    public boolean verify(PublicKey key, byte[] message, byte[] signature) {
        Hash name = name(key, message, signature);
        if (good.contains(name)) {
            return true;
        }
        boolean valid = real.verify(key, message, signature);
        if (valid) {
            remember(name);
        }
        return valid;
    }

    /** Forgets everything; between two rates, so that memory stays bounded. */
    void clear() {
        good.clear();
    }

    private void remember(Hash name) {
        if (good.size() < MAX_KNOWN) {
            good.add(name);
        }
    }

    private static Hash name(PublicKey key, byte[] message, byte[] signature) {
        return Hash.sha256(key.bytes(), signature, message);
    }
}
