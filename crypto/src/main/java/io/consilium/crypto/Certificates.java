package io.consilium.crypto;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.IPAddress;

/**
 * Self-signed X.509 certificates for TLS. Peers and clients pin the key that stands in the registry (ID-1), so names
 * and validity in a certificate grant nothing.
 */
public final class Certificates {
    public static final int MAX_PEM_CHARACTERS = 16 * 1024;

    /** RFC 5280, section 4.1.2.5: the date for a certificate without a well-defined end. */
    private static final Instant NO_END = Instant.parse("9999-12-31T23:59:59Z");

    private static final int API_VALIDITY_DAYS = 3650;
    private static final int SERIAL_BITS = 126;

    /** DER before the 32 bytes of an Ed25519 seed in PKCS#8, and of a public key in SubjectPublicKeyInfo (RFC 8410). */
    private static final byte[] ED25519_PKCS8 = {48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32};

    private static final byte[] ED25519_SPKI = {48, 42, 48, 5, 6, 3, 43, 101, 112, 3, 33, 0};

    private static final String PEM_BEGIN = "-----BEGIN CERTIFICATE-----";
    private static final String PEM_END = "-----END CERTIFICATE-----";

    private Certificates() {}

    /** The certificate of a peer, by the key that it signs blocks with or any other Ed25519 key. */
    public static X509Certificate ed25519(KeyPair keys, String commonName) {
        byte[] spki = Arrays.copyOf(ED25519_SPKI, ED25519_SPKI.length + 32);
        System.arraycopy(keys.publicKey().shared(), 0, spki, ED25519_SPKI.length, 32);
        return selfSigned(spki, jcaEd25519(keys), "Ed25519", commonName, List.of(), NO_END);
    }

    /** The certificate of an API, for {@code localhost}, {@code 127.0.0.1} and the given host names and addresses. */
    public static X509Certificate p256(java.security.KeyPair keys, String commonName, List<String> hosts) {
        List<String> names = new ArrayList<>(List.of("localhost", "127.0.0.1"));
        hosts.stream().filter(host -> !names.contains(host)).forEach(names::add);
        return selfSigned(
                keys.getPublic().getEncoded(),
                keys.getPrivate(),
                "SHA256withECDSA",
                commonName,
                names,
                Instant.now().plus(API_VALIDITY_DAYS, ChronoUnit.DAYS));
    }

    public static java.security.KeyPair generateP256(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java runtime has no curve P-256", missing);
        }
    }

    /** A private key of P-256 from its PKCS#8 bytes, as a keystore keeps it. */
    public static PrivateKey p256PrivateKey(byte[] pkcs8) throws CryptoException {
        try {
            return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException invalid) {
            throw new CryptoException("these bytes are no PKCS#8 key of an elliptic curve", invalid);
        }
    }

    /** The key in the form that the JDK's TLS takes. */
    public static PrivateKey jcaEd25519(KeyPair keys) {
        byte[] seed = keys.seed();
        byte[] pkcs8 = Arrays.copyOf(ED25519_PKCS8, ED25519_PKCS8.length + seed.length);
        System.arraycopy(seed, 0, pkcs8, ED25519_PKCS8.length, seed.length);
        try {
            return KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java runtime has no Ed25519", missing);
        } finally {
            Arrays.fill(seed, (byte) 0);
            Arrays.fill(pkcs8, (byte) 0);
        }
    }

    /** SHA-256 of the certificate's public key (SubjectPublicKeyInfo): what the registry pins. */
    public static Hash spkiSha256(X509Certificate certificate) {
        return Hash.sha256(certificate.getPublicKey().getEncoded());
    }

    /** The certificate's key, when it is an Ed25519 key. */
    public static Optional<PublicKey> ed25519Key(X509Certificate certificate) {
        byte[] spki = certificate.getPublicKey().getEncoded();
        int prefix = ED25519_SPKI.length;
        boolean ed25519 = spki.length == prefix + 32 && Arrays.equals(spki, 0, prefix, ED25519_SPKI, 0, prefix);
        return ed25519
                ? Optional.of(PublicKey.ed25519(Arrays.copyOfRange(spki, prefix, spki.length)))
                : Optional.empty();
    }

    public static String pem(X509Certificate certificate) {
        try {
            return PEM_BEGIN
                    + "\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
                    + "\n"
                    + PEM_END
                    + "\n";
        } catch (CertificateException invalid) {
            throw new IllegalArgumentException("a certificate that cannot be encoded", invalid);
        }
    }

    /** Reads exactly one certificate. */
    public static X509Certificate parsePem(String pem) throws CryptoException {
        String text = pem.strip();
        if (text.length() > MAX_PEM_CHARACTERS || !text.startsWith(PEM_BEGIN) || !text.endsWith(PEM_END)) {
            throw new CryptoException("a certificate in PEM form begins with " + PEM_BEGIN + ", ends with " + PEM_END
                    + " and has at most 16 KiB");
        }
        try {
            String body = text.substring(PEM_BEGIN.length(), text.length() - PEM_END.length());
            byte[] der = Base64.getDecoder().decode(body.replace("\r", "").replace("\n", ""));
            X509Certificate certificate = certificate(der);
            if (!Arrays.equals(certificate.getEncoded(), der)) {
                throw new CryptoException("the certificate in PEM form is followed by something else");
            }
            return certificate;
        } catch (IllegalArgumentException | CertificateException invalid) {
            throw new CryptoException("the certificate in PEM form is damaged", invalid);
        }
    }

    private static X509Certificate certificate(byte[] der) throws CertificateException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }

    private static X509Certificate selfSigned(
            byte[] spki, PrivateKey key, String algorithm, String commonName, List<String> hosts, Instant end) {
        X500Name name = new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.CN, commonName)
                .build();
        BigInteger serial = new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(SERIAL_BITS);
        // A day of grace for clocks that are late.
        Instant start = Instant.now().minus(1, ChronoUnit.DAYS);
        X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                name, serial, Date.from(start), Date.from(end), name, SubjectPublicKeyInfo.getInstance(spki));
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
            }));
            if (!hosts.isEmpty()) {
                builder.addExtension(Extension.subjectAlternativeName, false, alternativeNames(hosts));
            }
            return certificate(builder.build(new JcaContentSignerBuilder(algorithm).build(key))
                    .toASN1Structure()
                    .getEncoded());
        } catch (CertIOException | OperatorCreationException failed) {
            throw new IllegalStateException("a certificate cannot be signed with " + algorithm, failed);
        } catch (java.io.IOException | CertificateException failed) {
            throw new IllegalStateException("a certificate just built cannot be encoded", failed);
        }
    }

    private static GeneralNames alternativeNames(List<String> hosts) {
        return new GeneralNames(hosts.stream()
                .map(host ->
                        new GeneralName(IPAddress.isValid(host) ? GeneralName.iPAddress : GeneralName.dNSName, host))
                .toArray(GeneralName[]::new));
    }
}
