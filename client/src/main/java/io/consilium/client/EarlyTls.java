package io.consilium.client;

import io.consilium.proto.StatusRequest;
import java.nio.ByteBuffer;
import java.util.Set;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * Has Java load what the first connection of a process needs, on a thread of its own, while the command line is still
 * being read: on a machine with a second core a short command ends a tenth of a second sooner.
 */
public final class EarlyTls {
    private EarlyTls() {}

    /**
     * Returns at once; a process that ends sooner does not wait for it. Only for a process that connects to nodes and to
     * nothing else, and serves nobody.
     */
    public static void begin() {
        // A connection begins with one key share in place of two: every node takes X25519.
        System.setProperty("jdk.tls.namedGroups", "x25519");
        Thread loader = new Thread(EarlyTls::load, "early-tls");
        loader.setDaemon(true);
        loader.start();
    }

    private static void load() {
        try {
            SSLContext context = PinnedTrust.of(Set.of()).context();
            // Each connection brings its own; without this the JDK first builds one that trusts public authorities.
            HttpsURLConnection.setDefaultSSLSocketFactory(context.getSocketFactory());
            SSLEngine engine = context.createSSLEngine();
            engine.setUseClientMode(true);
            engine.beginHandshake();
            engine.wrap(
                    ByteBuffer.allocate(0),
                    ByteBuffer.allocate(engine.getSession().getPacketBufferSize()));
            StatusRequest.getDefaultInstance();
        } catch (SSLException | RuntimeException unready) {
            // Nothing was to be sent: the connection itself meets the same cause, and tells it.
        }
    }
}
