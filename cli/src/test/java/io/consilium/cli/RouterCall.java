package io.consilium.cli;

import io.consilium.client.Identity;
import io.consilium.client.NodeDirectory;
import io.consilium.client.NodeEndpoint;
import io.consilium.client.json.JsonFields;
import io.consilium.client.json.JsonReader;
import io.consilium.crypto.JwtEdDsa;
import java.io.InputStream;
import java.net.URL;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Questions as a verification router sends them: REST over TLS, with the token of a member. */
final class RouterCall {
    private static final long TOKEN_SECONDS = 60;

    private final Cluster cluster;
    private final NodeEndpoint node;

    RouterCall(Cluster cluster, NodeEndpoint node) {
        this.cluster = cluster;
        this.node = node;
    }

    record Answer(int status, byte[] body) {
        JsonFields object(String name) throws Exception {
            return JsonFields.of(JsonReader.read(body), "").object(name);
        }
    }

    static NodeDirectory nodes(Cluster cluster, String context) throws Exception {
        return NodeDirectory.of(cluster.session(context).genesis().document());
    }

    Answer get(String context, String path) throws Exception {
        Session session = cluster.session(context);
        Identity identity = session.identity();
        Map<String, Object> claims = new LinkedHashMap<>();
        long now = System.currentTimeMillis() / 1_000;
        claims.put("iss", identity.actor());
        claims.put("aud", session.genesis().chainId().hex() + "/" + node.institution());
        claims.put("iat", now);
        claims.put("exp", now + TOKEN_SECONDS);
        claims.put("jti", UUID.randomUUID().toString().replace("-", ""));
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, new TrustManager[] {new Anybody()}, new SecureRandom());
        URL url = node.uri().resolve(path).toURL();
        HttpsURLConnection connection = (HttpsURLConnection) url.openConnection();
        connection.setSSLSocketFactory(tls.getSocketFactory());
        connection.setHostnameVerifier((host, ssl) -> true);
        connection.setRequestProperty(
                "authorization", "Bearer " + JwtEdDsa.sign(claims, identity.actor(), identity.signer()));
        int status = connection.getResponseCode();
        try (InputStream body =
                status == HttpsURLConnection.HTTP_OK ? connection.getInputStream() : connection.getErrorStream()) {
            return new Answer(status, body.readAllBytes());
        }
    }

    /** Which key a node shows is another test's question. */
    private static final class Anybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            // a node asks for none
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            // any key will do
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
