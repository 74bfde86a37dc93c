package io.consilium.node.config;

import io.consilium.crypto.Certificates;
import io.consilium.crypto.CryptoException;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyPair;
import io.consilium.crypto.Keystore;
import io.consilium.crypto.KeystoreException;
import io.consilium.crypto.PublicKey;
import io.consilium.crypto.WrongPasswordException;
import io.consilium.crypto.X25519;
import io.consilium.crypto.X25519KeyPair;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The private keys of a node, kept in one encrypted file: it votes with the first, signs disclosures for its institution
 * with the second, opens what is sealed to the institution with the third, and proves itself to peers and clients with
 * the others.
 */
public final class NodeKeys {
    private static final String VALIDATOR = "validator";
    private static final String INSTITUTION_SIGNING = "institution-signing";
    private static final String INSTITUTION_ENCRYPTION = "institution-encryption";
    private static final String PEER_TLS = "peer-tls";
    private static final String API_TLS = "api-tls";
    private static final String API_TLS_PUBLIC = "api-tls-public";

    private final KeyPair validator;
    private final KeyPair institutionSigning;
    private final X25519KeyPair institutionEncryption;
    private final KeyPair peerTls;
    private final java.security.KeyPair apiTls;

    private NodeKeys(
            KeyPair validator,
            KeyPair institutionSigning,
            X25519KeyPair institutionEncryption,
            KeyPair peerTls,
            java.security.KeyPair apiTls) {
        this.validator = validator;
        this.institutionSigning = institutionSigning;
        this.institutionEncryption = institutionEncryption;
        this.peerTls = peerTls;
        this.apiTls = apiTls;
    }

    public static NodeKeys generate(SecureRandom random) {
        return new NodeKeys(
                KeyPair.generate(random),
                KeyPair.generate(random),
                X25519.generate(random),
                KeyPair.generate(random),
                Certificates.generateP256(random));
    }

    /** Opens the keystore that {@link #write} wrote. */
    public static NodeKeys read(Path keystore, char[] password) throws WrongPasswordException, KeystoreException {
        Keystore.Secrets secrets = Keystore.read(keystore, password);
        try {
            Map<String, byte[]> entries = secrets.entries();
            PrivateKey apiPrivate = Certificates.p256PrivateKey(entry(keystore, entries, API_TLS));
            java.security.PublicKey apiPublic = KeyFactory.getInstance("EC")
                    .generatePublic(new X509EncodedKeySpec(entry(keystore, entries, API_TLS_PUBLIC)));
            return new NodeKeys(
                    KeyPair.fromSeed(entry(keystore, entries, VALIDATOR)),
                    KeyPair.fromSeed(entry(keystore, entries, INSTITUTION_SIGNING)),
                    X25519.fromPrivate(entry(keystore, entries, INSTITUTION_ENCRYPTION)),
                    KeyPair.fromSeed(entry(keystore, entries, PEER_TLS)),
                    new java.security.KeyPair(apiPublic, apiPrivate));
        } catch (KeystoreException e) {
            throw e;
        } catch (IllegalArgumentException | CryptoException | java.security.GeneralSecurityException e) {
            throw new KeystoreException("keystore " + keystore + " holds a key of the wrong form; restore it", e);
        } finally {
            secrets.clear();
        }
    }

    private static byte[] entry(Path keystore, Map<String, byte[]> entries, String name) throws KeystoreException {
        byte[] entry = entries.get(name);
        if (entry == null) {
            throw new KeystoreException(
                    "keystore " + keystore + " has no entry '" + name + "'; is it a node's keystore?");
        }
        return entry;
    }

    /** Writes the keystore, mode 0600; the public keys stand in it in clear. */
    public void write(Path keystore, char[] password, Keystore.Cost cost) throws KeystoreException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put(VALIDATOR, validator.seed());
        entries.put(INSTITUTION_SIGNING, institutionSigning.seed());
        entries.put(INSTITUTION_ENCRYPTION, institutionEncryption.privateKey());
        entries.put(PEER_TLS, peerTls.seed());
        entries.put(API_TLS, apiTls.getPrivate().getEncoded());
        entries.put(API_TLS_PUBLIC, apiTls.getPublic().getEncoded());
        Map<String, String> publicKeys = new LinkedHashMap<>();
        publicKeys.put(VALIDATOR, validator.publicKey().text());
        publicKeys.put(INSTITUTION_SIGNING, institutionSigning.publicKey().text());
        publicKeys.put(INSTITUTION_ENCRYPTION, X25519.text(institutionEncryption.publicKey()));
        publicKeys.put(PEER_TLS, peerTls.publicKey().text());
        publicKeys.put(API_TLS, "spki-sha256:" + apiTlsSpkiSha256().hex());
        Keystore.Secrets secrets = new Keystore.Secrets(entries);
        try {
            Keystore.write(keystore, password, cost, secrets, publicKeys);
        } finally {
            secrets.clear();
            entries.values().forEach(secret -> java.util.Arrays.fill(secret, (byte) 0));
        }
    }

    /** Signs votes, and nothing else. */
    public KeyPair validator() {
        return validator;
    }

    /** Signs the institution's own transactions: disclosures. */
    public KeyPair institutionSigning() {
        return institutionSigning;
    }

    /** Opens scope keys and data keys that are sealed to the institution. */
    public X25519KeyPair institutionEncryption() {
        return institutionEncryption;
    }

    public KeyPair peerTls() {
        return peerTls;
    }

    public PrivateKey apiTlsPrivateKey() {
        return apiTls.getPrivate();
    }

    /** A self-signed certificate for the API's key; clients pin the key, so a new one at each start is as good. */
    public X509Certificate apiCertificate(String institution, List<String> hosts) {
        return Certificates.p256(apiTls, institution, hosts);
    }

    /** What the registry pins (ID-1). */
    public Hash apiTlsSpkiSha256() {
        return Hash.sha256(apiTls.getPublic().getEncoded());
    }

    /** The public key that peers know this node by. */
    public PublicKey peerTlsKey() {
        return peerTls.publicKey();
    }

    @Override
    public String toString() {
        return "NodeKeys[validator " + validator.publicKey().text() + "]";
    }
}
