package io.consilium.crypto;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * Ed25519 by Bouncy Castle, with the parsed keys kept.
 *
 * <p>ID-4: the key is a canonical encoding of a point of order exactly L, R is a canonical encoding, S is below L, and
 * the equation is multiplied by the cofactor. A library that skips the cofactor refuses some signatures that this
 * class accepts, so its refusal must never decide: two validators of different builds would disagree about a block. An
 * {@link #accelerated} verifier asks such a library first and takes its yes only.
 *
 * <p>Safe for use by many threads; the lock is held for a map access, not for the arithmetic.
 */
public final class Ed25519Verifier implements Verifier {
    public static final int DEFAULT_MAX_CACHED_KEYS = 65_536;

    private final Optional<CorrettoConfirmation> confirmation;
    private final Map<PublicKey, Parsed> parsed;

    /** A valid key in the form of each library. */
    private record Parsed(Ed25519.PublicPoint point, Optional<java.security.PublicKey> confirming) {}

    public Ed25519Verifier() {
        this(DEFAULT_MAX_CACHED_KEYS);
    }

    /** Keeps the parsed points of at most {@code maxCachedKeys} keys, the least recently used goes first. */
    public Ed25519Verifier(int maxCachedKeys) {
        this(maxCachedKeys, Optional.empty());
    }

    /**
     * The same answers sooner, where a native library loads. Loading it takes a while: for nodes and long work, not for a
     * command.
     */
    public static Ed25519Verifier accelerated(int maxCachedKeys) {
        return new Ed25519Verifier(maxCachedKeys, CorrettoConfirmation.loaded());
    }

    private Ed25519Verifier(int maxCachedKeys, Optional<CorrettoConfirmation> confirmation) {
        if (maxCachedKeys < 1) {
            throw new IllegalArgumentException("at least one key is cached, not " + maxCachedKeys);
        }
        this.confirmation = confirmation;
        this.parsed = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<PublicKey, Parsed> eldest) {
                return size() > maxCachedKeys;
            }
        };
    }

    @Override
    public boolean verify(PublicKey key, byte[] message, byte[] signature) {
        if (key.algorithm() != KeyAlgorithm.ED25519 || signature.length != Ed25519.SIGNATURE_SIZE) {
            return false;
        }
        Optional<Parsed> valid = parsed(key);
        return valid.isPresent()
                && (isConfirmed(valid.get(), message, signature)
                        || Ed25519.verify(signature, 0, valid.get().point(), message, 0, message.length));
    }

    private boolean isConfirmed(Parsed key, byte[] message, byte[] signature) {
        return confirmation.isPresent()
                && key.confirming().isPresent()
                && confirmation.get().confirms(key.confirming().get(), message, signature);
    }

    /** The native library that is asked first, if one has loaded. */
    public Optional<String> confirmedBy() {
        return confirmation.map(CorrettoConfirmation::name);
    }

    /** Whose arithmetic answers, for figures that are published. */
    public String provider() {
        String decides = "Bouncy Castle " + new BouncyCastleProvider().getVersionStr();
        return confirmedBy()
                .map(library -> decides + ", confirmed by " + library)
                .orElse(decides);
    }

    /** Whether a key could ever have signed: canonical and of order exactly L (ID-4). */
    public boolean accepts(PublicKey key) {
        return key.algorithm() == KeyAlgorithm.ED25519 && parsed(key).isPresent();
    }

    private Optional<Parsed> parsed(PublicKey key) {
        Parsed known;
        synchronized (parsed) {
            known = parsed.get(key);
        }
        if (known != null) {
            return Optional.of(known);
        }
        Optional<Parsed> fresh = Optional.ofNullable(Ed25519.validatePublicKeyFullExport(key.shared(), 0))
                .map(point -> new Parsed(point, confirmation.flatMap(library -> library.key(key))));
        fresh.ifPresent(valid -> {
            synchronized (parsed) {
                parsed.put(key, valid);
            }
        });
        return fresh;
    }

    int cachedKeys() {
        synchronized (parsed) {
            return parsed.size();
        }
    }
}
