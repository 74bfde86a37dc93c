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
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;

/** Calls a test server over TLS as any program could: the JDK's HTTP client and a token. */
final class ApiClient {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final HttpClient http;
    private final URI base;

    /** Trusts the key rather than the certificate, as clients of a node do. */
    ApiClient(Hash spki, int port) throws GeneralSecurityException {
        javax.net.ssl.X509ExtendedTrustManager pinned = new javax.net.ssl.X509ExtendedTrustManager() {
            @Override
            public void checkServerTrusted(X509Certificate[] chain, String type)
                    throws java.security.cert.CertificateException {
                if (!io.consilium.crypto.Certificates.spkiSha256(chain[0]).equals(spki)) {
                    throw new java.security.cert.CertificateException("not the pinned key");
                }
            }

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String type, java.net.Socket socket)
                    throws java.security.cert.CertificateException {
                checkServerTrusted(chain, type);
            }

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine)
                    throws java.security.cert.CertificateException {
                checkServerTrusted(chain, type);
            }

            @Override
            public void checkClientTrusted(X509Certificate[] chain, String type) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void checkClientTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void checkClientTrusted(X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine) {
                throw new UnsupportedOperationException();
            }

            @Override
            public X509Certificate[] getAcceptedIssuers() {
                return new X509Certificate[0];
            }
        };
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, new javax.net.ssl.TrustManager[] {pinned}, null);
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

    HttpResponse<byte[]> http1(String path, String token) {
        return send(
                HttpRequest.newBuilder(base.resolve(path))
                        .version(HttpClient.Version.HTTP_1_1)
                        .GET(),
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
