package io.consilium.node.net;

import io.consilium.crypto.Certificates;
import io.consilium.crypto.PublicKey;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.Socket;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Predicate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The TLS 1.3 of peers: both sides show a self-signed certificate of their Ed25519 peer key, and the registry alone says
 * which keys are known. Names, dates and issuers of certificates mean nothing here: the pinned key is the identity.
 */
final class PeerTls {
    private static final String TLS_1_3 = "TLSv1.3";
    private static final long SESSION_SECONDS = 1;

    private final SslContext server;
    private final SslContext client;

    PeerTls(PrivateKey key, X509Certificate certificate, Predicate<PublicKey> known) throws SSLException {
        PinnedKeys pinned = new PinnedKeys(known);
        this.server = SslContextBuilder.forServer(key, certificate)
                .sslProvider(SslProvider.JDK)
                .protocols(TLS_1_3)
                .trustManager(pinned)
                .clientAuth(ClientAuth.REQUIRE)
                .sessionCacheSize(1)
                .sessionTimeout(SESSION_SECONDS)
                .build();
        this.client = SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .protocols(TLS_1_3)
                .keyManager(key, certificate)
                .trustManager(pinned)
                .endpointIdentificationAlgorithm(null)
                .sessionCacheSize(1)
                .sessionTimeout(SESSION_SECONDS)
                .build();
    }

    SslContext server() {
        return server;
    }

    SslContext client() {
        return client;
    }

    /** The Ed25519 key of the certificate that the other side proved to hold. */
    static Optional<PublicKey> peerKey(SSLSession session) {
        try {
            Certificate[] chain = session.getPeerCertificates();
            return chain.length == 0 ? Optional.empty() : ed25519(chain[0]);
        } catch (SSLPeerUnverifiedException withoutCertificate) {
            return Optional.empty();
        }
    }

    private static Optional<PublicKey> ed25519(Certificate certificate) {
        return certificate instanceof X509Certificate x509 ? Certificates.ed25519Key(x509) : Optional.empty();
    }

    /** Trusts exactly the certificates whose key is in the registry. */
    private static final class PinnedKeys extends X509ExtendedTrustManager {
        private final Predicate<PublicKey> known;

        PinnedKeys(Predicate<PublicKey> known) {
            this.known = known;
        }

        private void check(X509Certificate[] chain) throws CertificateException {
            Optional<PublicKey> key = chain.length == 0 ? Optional.empty() : ed25519(chain[0]);
            if (key.isEmpty()) {
                throw new CertificateException("the peer's certificate carries no Ed25519 key");
            }
            if (!known.test(key.get())) {
                throw new CertificateException("no institution of the registry has peer key "
                        + key.get().text());
            }
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            check(chain);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
