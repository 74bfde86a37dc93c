package io.consilium.crypto;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * Ed25519 by Bouncy Castle, with the parsed keys kept.
 *
 * <p>ID-4: the key is a canonical encoding of a point of order exactly L, R is a canonical encoding, S is below L, and
 * the equation is multiplied by the cofactor. A library that skips the cofactor refuses some signatures that this
 * class accepts, so its refusal must never decide: two validators of different builds would disagree about a block.
 *
 * <p>Safe for use by many threads; the lock is held for a map access, not for the arithmetic.
 */
public final class Ed25519Verifier implements Verifier {
    public static final int DEFAULT_MAX_CACHED_KEYS = 65_536;

    private final Map<PublicKey, Ed25519.PublicPoint> points;

    public Ed25519Verifier() {
        this(DEFAULT_MAX_CACHED_KEYS);
    }

    /** Keeps the parsed points of at most {@code maxCachedKeys} keys, the least recently used goes first. */
    public Ed25519Verifier(int maxCachedKeys) {
        if (maxCachedKeys < 1) {
            throw new IllegalArgumentException("at least one key is cached, not " + maxCachedKeys);
        }
        this.points = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<PublicKey, Ed25519.PublicPoint> eldest) {
                return size() > maxCachedKeys;
            }
        };
    }

    @Override
    public boolean verify(PublicKey key, byte[] message, byte[] signature) {
        if (key.algorithm() != KeyAlgorithm.ED25519 || signature.length != Ed25519.SIGNATURE_SIZE) {
            return false;
        }
        return point(key)
                .map(point -> Ed25519.verify(signature, 0, point, message, 0, message.length))
                .orElse(false);
    }

    /** The library whose arithmetic decides, with its version, for figures that are published. */
    public static String provider() {
        String version = Ed25519.class.getPackage().getImplementationVersion();
        return version == null ? "BouncyCastle" : "BouncyCastle " + version;
    }

    /** Whether a key could ever have signed: canonical and of order exactly L (ID-4). */
    public boolean accepts(PublicKey key) {
        return key.algorithm() == KeyAlgorithm.ED25519 && point(key).isPresent();
    }

    private Optional<Ed25519.PublicPoint> point(PublicKey key) {
        Ed25519.PublicPoint known;
        synchronized (points) {
            known = points.get(key);
        }
        if (known != null) {
            return Optional.of(known);
        }
        Optional<Ed25519.PublicPoint> parsed =
                Optional.ofNullable(Ed25519.validatePublicKeyFullExport(key.shared(), 0));
        parsed.ifPresent(point -> {
            synchronized (points) {
                points.put(key, point);
            }
        });
        return parsed;
    }

    int cachedKeys() {
        synchronized (points) {
            return points.size();
        }
    }
}
