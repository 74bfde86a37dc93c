package io.consilium.client;

import com.google.protobuf.MessageLite;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.consilium.crypto.Certificates;
import io.consilium.crypto.Hash;
import io.consilium.proto.Problem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A server that answers as a test tells it to, behind the API key of the chain's first institution. */
final class FakeNode implements AutoCloseable {
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** How a method answers. */
    interface Answer {
        void to(HttpExchange exchange, byte[] request) throws IOException;
    }

    final Map<String, Answer> answers = new ConcurrentHashMap<>();

    /** The authorization of each request that came. */
    final List<String> tokens = Collections.synchronizedList(new ArrayList<>());

    /** The height that each request named, "null" where it named none. */
    final List<String> heights = Collections.synchronizedList(new ArrayList<>());

    private final TestChain chain;
    private final HttpsServer server;

    FakeNode(TestChain chain) throws Exception {
        this.chain = chain;
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls(chain.apiTls)));
        server.createContext("/consilium.v1.Consilium/", exchange -> {
            tokens.add(String.valueOf(exchange.getRequestHeaders().getFirst("authorization")));
            heights.add(String.valueOf(exchange.getRequestHeaders().getFirst("consilium-after-height")));
            byte[] request = exchange.getRequestBody().readAllBytes();
            String method = exchange.getRequestURI().getPath().replaceAll(".*/", "");
            answers.getOrDefault(method, (e, r) -> e.sendResponseHeaders(404, -1))
                    .to(exchange, request);
            exchange.close();
        });
        server.start();
    }

    static SSLContext tls(java.security.KeyPair keys) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("node", keys.getPrivate(), new char[0], new Certificate[] {
            Certificates.p256(keys, "node", List.of("127.0.0.1"))
        });
        KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(managers.getKeyManagers(), null, new SecureRandom());
        return context;
    }

    URI uri() {
        return URI.create("https://127.0.0.1:" + server.getAddress().getPort());
    }

    NodeClient client() {
        return client(Hash.sha256(chain.apiTls.getPublic().getEncoded()));
    }

    NodeClient client(Hash pinned) {
        return client(pinned, SeenHeight.NONE);
    }

    NodeClient client(SeenHeight seen) {
        return client(Hash.sha256(chain.apiTls.getPublic().getEncoded()), seen);
    }

    private NodeClient client(Hash pinned, SeenHeight seen) {
        return new NodeClient(
                chain.genesis.chainId(),
                new NodeEndpoint("a-clinic", uri(), pinned),
                chain.doctorIdentity(),
                TIMEOUT,
                seen);
    }

    static void reply(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.getResponseHeaders().add("content-type", "application/protobuf");
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    static void reply(HttpExchange exchange, MessageLite answer) throws IOException {
        reply(exchange, 200, answer.toByteArray());
    }

    static void refuse(HttpExchange exchange, int status, String code, FailureClass kind) throws IOException {
        exchange.getResponseHeaders().add("x-consilium-problem", "1");
        reply(
                exchange,
                status,
                Problem.newBuilder()
                        .setCode(code)
                        .setError("refused by the test")
                        .setHint("none")
                        .setExitCode(kind.exitCode())
                        .build()
                        .toByteArray());
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
