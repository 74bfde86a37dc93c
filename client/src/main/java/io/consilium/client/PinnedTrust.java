package io.consilium.client;

import io.consilium.crypto.Hash;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts the keys that genesis or registry pin, and no certificate authority.
 *
 * <p>The extended kind of trust manager, because the JDK adds its own checks of host names to the plain kind.
 */
final class PinnedTrust extends X509ExtendedTrustManager {
    static {
        // The JDK would send a request again on its own, with a token that the node has seen already. It reads this
        // once, when it opens its first connection, so it is set where each of ours begins.
        System.setProperty("sun.net.http.retryPost", "false");
    }

    private final Set<Hash> pinned;
    private volatile Optional<Hash> seen = Optional.empty();

    private PinnedTrust(Set<Hash> pinned) {
        this.pinned = pinned;
    }

    /** The server showed a key that is not pinned. */
    static final class WrongKey extends CertificateException {
        private static final long serialVersionUID = 1L;

        WrongKey(Hash shown) {
            super("the key " + shown.shortHex() + " is not pinned");
        }
    }

    static PinnedTrust of(Set<Hash> pinned) {
        return new PinnedTrust(Set.copyOf(pinned));
    }

    SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(null, new TrustManager[] {this}, null);
            return context;
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java runtime has no TLS 1.3, which every runtime must have", missing);
        }
    }

    /** The key that the last server showed. */
    Optional<Hash> seen() {
        return seen;
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        if (chain.length == 0) {
            throw new CertificateException("the server shows no certificate");
        }
        Hash shown = Hash.sha256(chain[0].getPublicKey().getEncoded());
        seen = Optional.of(shown);
        if (!pinned.contains(shown)) {
            throw new WrongKey(shown);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        throw new CertificateException("this side is a client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        throw new CertificateException("this side is a client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw new CertificateException("this side is a client");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
