package io.consilium.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;

class CertificatesTest {
    private final SecureRandom random = new SecureRandom();

    @Test
    void id1_peersMeetOverTls13WithPinnedEd25519Certificates() throws Exception {
        KeyPair one = KeyPair.generate(random);
        KeyPair two = KeyPair.generate(random);
        SSLContext client = context(Certificates.ed25519(one, "one"), Certificates.jcaEd25519(one), two.publicKey());
        SSLContext server = context(Certificates.ed25519(two, "two"), Certificates.jcaEd25519(two), one.publicKey());
        SSLEngine engine = handshake(client, server);
        assertThat(engine.getSession().getProtocol()).isEqualTo("TLSv1.3");
        X509Certificate peer = (X509Certificate) engine.getSession().getPeerCertificates()[0];
        assertThat(Certificates.ed25519Key(peer)).hasValue(two.publicKey());
    }

    @Test
    void id1_aPeerWithAnotherKeyIsRefused() throws Exception {
        KeyPair one = KeyPair.generate(random);
        KeyPair two = KeyPair.generate(random);
        KeyPair mallory = KeyPair.generate(random);
        SSLContext client =
                context(Certificates.ed25519(mallory, "one"), Certificates.jcaEd25519(mallory), two.publicKey());
        SSLContext server = context(Certificates.ed25519(two, "two"), Certificates.jcaEd25519(two), one.publicKey());
        assertThatThrownBy(() -> handshake(client, server)).isInstanceOf(SSLException.class);
    }

    @Test
    void apiCertificateNamesItsHostsAndIsTrustedAlone() throws Exception {
        java.security.KeyPair keys = Certificates.generateP256(random);
        X509Certificate certificate =
                Certificates.p256(keys, "hospital-a", List.of("node.example", "10.0.0.7", "localhost"));
        assertThat(certificate.getSubjectAlternativeNames().stream().map(name -> name.get(1)))
                .extracting(Object::toString)
                .containsExactly("localhost", "127.0.0.1", "node.example", "10.0.0.7");
        certificate.verify(keys.getPublic());
        certificate.checkValidity();
        assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=hospital-a");
        assertThat(Certificates.ed25519Key(certificate)).isEmpty();
    }

    @Test
    void pemReadsBackAndRefusesDamage() throws Exception {
        X509Certificate certificate = Certificates.ed25519(KeyPair.generate(random), "a");
        String pem = Certificates.pem(certificate);
        assertThat(Certificates.parsePem(pem)).isEqualTo(certificate);
        for (String wrong : List.of(
                "",
                "x",
                pem + pem,
                pem.replace("BEGIN", "BEGUN"),
                pem.substring(30),
                pem.replace("MI", "??"),
                " ".repeat(17_000) + "x")) {
            assertThatThrownBy(() -> Certificates.parsePem(wrong)).isInstanceOf(CryptoException.class);
        }
    }

    @Test
    void pinIsTheHashOfThePublicKeyAlone() throws Exception {
        KeyPair keys = KeyPair.generate(random);
        Hash first = Certificates.spkiSha256(Certificates.ed25519(keys, "a"));
        assertThat(Certificates.spkiSha256(Certificates.ed25519(keys, "b"))).isEqualTo(first);
        assertThat(Certificates.spkiSha256(Certificates.ed25519(KeyPair.generate(random), "a")))
                .isNotEqualTo(first);
    }

    @Test
    void p256KeysReadBackFromTheirPkcs8Bytes() throws Exception {
        java.security.KeyPair keys = Certificates.generateP256(random);
        byte[] pkcs8 = keys.getPrivate().getEncoded();
        assertThat(Certificates.p256PrivateKey(pkcs8)).isEqualTo(keys.getPrivate());
        pkcs8[0] = 0;
        assertThatThrownBy(() -> Certificates.p256PrivateKey(pkcs8)).isInstanceOf(CryptoException.class);
    }

    private static SSLContext context(X509Certificate certificate, PrivateKey key, PublicKey pinned) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("node", key, new char[0], new X509Certificate[] {certificate});
        KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(managers.getKeyManagers(), new TrustManager[] {new Pinned(pinned)}, null);
        return context;
    }

    private static SSLEngine handshake(SSLContext clientContext, SSLContext serverContext) throws SSLException {
        SSLEngine client = clientContext.createSSLEngine();
        SSLEngine server = serverContext.createSSLEngine();
        client.setUseClientMode(true);
        server.setUseClientMode(false);
        server.setNeedClientAuth(true);
        ByteBuffer toServer = ByteBuffer.allocate(64 * 1024);
        ByteBuffer toClient = ByteBuffer.allocate(64 * 1024);
        for (int step = 0; step < 50; step++) {
            step(client, toClient, toServer);
            step(server, toServer, toClient);
            if (done(client) && done(server)) {
                return client;
            }
        }
        throw new AssertionError("the handshake does not end");
    }

    private static boolean done(SSLEngine engine) {
        return engine.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NOT_HANDSHAKING
                && engine.getSession().getProtocol().equals("TLSv1.3");
    }

    private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
        ByteBuffer plain = ByteBuffer.allocate(64 * 1024);
        in.flip();
        while (in.hasRemaining()) {
            SSLEngineResult result = engine.unwrap(in, plain);
            tasks(engine);
            if (result.bytesConsumed() == 0) {
                break;
            }
        }
        in.compact();
        while (engine.wrap(ByteBuffer.allocate(0), out).bytesProduced() > 0) {
            tasks(engine);
        }
        tasks(engine);
    }

    private static void tasks(SSLEngine engine) {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    /** Accepts one key, as the registry pins it. */
    private static final class Pinned extends X509ExtendedTrustManager {
        private final PublicKey pinned;

        Pinned(PublicKey pinned) {
            this.pinned = pinned;
        }

        private void check(X509Certificate[] chain) throws CertificateException {
            try {
                chain[0].verify(chain[0].getPublicKey());
            } catch (GeneralSecurityException invalid) {
                throw new CertificateException(invalid);
            }
            if (!Certificates.ed25519Key(chain[0]).equals(Optional.of(pinned))) {
                throw new CertificateException("another key");
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
