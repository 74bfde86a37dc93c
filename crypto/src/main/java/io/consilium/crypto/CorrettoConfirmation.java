package io.consilium.crypto;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Signature;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.Optional;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * Ed25519 by Amazon Corretto's native library, twice as fast as Bouncy Castle where it loads.
 *
 * <p>It skips the cofactor, so it refuses some signatures that ID-4 accepts: its yes counts, for a key that Bouncy Castle
 * found to be of order L, and its no means nothing. What it says yes to satisfies the equation without the cofactor, hence
 * with it, and has a canonical R, which it recomputes and compares byte by byte, and S below L.
 */
final class CorrettoConfirmation {
    private static final String PROVIDER = "com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider";
    private static final String KEYS_SWITCH = "com.amazon.corretto.crypto.provider.registerEdKeyFactory";
    private static final byte[] X509_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private final Provider provider;
    private final KeyFactory keys;
    private final ThreadLocal<Signature> signatures;

    private CorrettoConfirmation(Provider provider) throws NoSuchAlgorithmException {
        this.provider = provider;
        this.keys = KeyFactory.getInstance("Ed25519", provider);
        newSignature(provider); // fails here, if it fails at all
        this.signatures = ThreadLocal.withInitial(() -> {
            try {
                return newSignature(provider);
            } catch (NoSuchAlgorithmException gone) {
                throw new IllegalStateException("the native library has forgotten Ed25519", gone);
            }
        });
    }

    private static Signature newSignature(Provider provider) throws NoSuchAlgorithmException {
        return Signature.getInstance("EdDSA", provider);
    }

    /** Loads once in a process. Empty where the library is not on the class path or its native part does not load here. */
    static Optional<CorrettoConfirmation> loaded() {
        return Loaded.LIBRARY;
    }

    private static final class Loaded {
        static final Optional<CorrettoConfirmation> LIBRARY = load();
    }

    private static Optional<CorrettoConfirmation> load() {
        if (System.getProperty(KEYS_SWITCH) == null) {
            System.setProperty(KEYS_SWITCH, "true");
        }
        try {
            Object found = Class.forName(PROVIDER).getDeclaredConstructor().newInstance();
            return Optional.of(new CorrettoConfirmation((Provider) found));
        } catch (ReflectiveOperationException | GeneralSecurityException | LinkageError absent) {
            return Optional.empty();
        }
    }

    String name() {
        return provider.getName() + " " + provider.getVersionStr();
    }

    /** A key that was found valid; empty if this library does not take it. */
    Optional<java.security.PublicKey> key(PublicKey key) {
        byte[] encoded = new byte[X509_PREFIX.length + Ed25519.PUBLIC_KEY_SIZE];
        System.arraycopy(X509_PREFIX, 0, encoded, 0, X509_PREFIX.length);
        System.arraycopy(key.shared(), 0, encoded, X509_PREFIX.length, Ed25519.PUBLIC_KEY_SIZE);
        try {
            return Optional.of(keys.generatePublic(new X509EncodedKeySpec(encoded)));
        } catch (InvalidKeySpecException refused) {
            return Optional.empty();
        }
    }

    /** True: the signature is good. False: ask Bouncy Castle. */
    boolean confirms(java.security.PublicKey key, byte[] message, byte[] signature) {
        Signature verification = signatures.get();
        try {
            verification.initVerify(key);
            verification.update(message);
            return verification.verify(signature);
        } catch (InvalidKeyException | java.security.SignatureException undecided) {
            return false;
        }
    }
}
