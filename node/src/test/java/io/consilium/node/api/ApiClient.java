package io.consilium.node.api;

import com.google.protobuf.Message;
import io.consilium.crypto.Hash;
import io.consilium.crypto.JwtEdDsa;
import io.consilium.crypto.KeyPair;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Calls a test server over TLS as any program could: the JDK's HTTP client and a token. */
final class ApiClient {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final HttpClient http;
    private final URI base;

    ApiClient(X509Certificate certificate, int port) throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry("api", certificate);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, trust.getTrustManagers(), null);
        http = HttpClient.newBuilder().sslContext(tls).build();
        base = URI.create("https://127.0.0.1:" + port);
    }

    HttpResponse<byte[]> protobuf(String method, Message request, String token) {
        return post("/consilium.v1.Consilium/" + method, "application/protobuf", request.toByteArray(), token);
    }

    HttpResponse<byte[]> post(String path, String contentType, byte[] body, String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path))
                .header("content-type", contentType)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        return send(request, token);
    }

    /** Sends without announcing a length. */
    HttpResponse<byte[]> streamed(String path, byte[] body, String token) {
        return send(
                HttpRequest.newBuilder(base.resolve(path))
                        .header("content-type", "application/protobuf")
                        .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(body))),
                token);
    }

    HttpResponse<byte[]> get(String path, String token) {
        return send(HttpRequest.newBuilder(base.resolve(path)).GET(), token);
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request, String token) {
        if (!token.isEmpty()) {
            request.header("authorization", "Bearer " + token);
        }
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static String token(KeyPair key, String id, Hash chainId, String node, long nowMillis) {
        return token(key, id, claims(id, chainId, node, nowMillis));
    }

    static String token(KeyPair key, String id, Map<String, Object> claims) {
        return JwtEdDsa.sign(claims, id, key.signer());
    }

    static Map<String, Object> claims(String id, Hash chainId, String node, long nowMillis) {
        byte[] jti = new byte[16];
        RANDOM.nextBytes(jti);
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", id);
        claims.put("aud", chainId.hex() + "/" + node);
        claims.put("iat", nowMillis / 1000);
        claims.put("exp", nowMillis / 1000 + 60);
        claims.put("jti", HexFormat.of().formatHex(jti));
        return claims;
    }
}
