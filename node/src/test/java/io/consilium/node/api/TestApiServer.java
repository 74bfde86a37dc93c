package io.consilium.node.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import io.consilium.crypto.Certificates;
import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyPair;
import io.consilium.node.api.grpc.ConsiliumGrpc;
import io.consilium.node.config.NodeConfig;
import io.consilium.proto.Problem;
import io.consilium.proto.StateResponse;
import io.consilium.proto.StatusResponse;
import io.consilium.proto.SubmitRequest;
import io.consilium.proto.SubmitResponse;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/** A real server on a free port, behind which nothing works but what the manners of the server need. */
final class TestApiServer implements AutoCloseable {
    static final Hash CHAIN = Hash.sha256(new byte[] {1});
    static final String MEMBER = "st-mary/dr-adams";

    private final Path directory;

    final KeyPair key = KeyPair.generate(new SecureRandom());
    final AtomicLong clock = new AtomicLong(1_750_000_000_000L);
    final BlockingQueue<SubmitRequest> submitted = new LinkedBlockingQueue<>();
    final CompletableFuture<SubmitResponse> answers = new CompletableFuture<>();
    ApiServer server;
    ApiClient client;

    TestApiServer(Path directory) throws Exception {
        this.directory = directory;
        start();
    }

    /** Also once more, after {@link #close}: with what the first one kept on disk. */
    void start() throws Exception {
        NodeConfig config = NodeConfig.load(
                Optional.empty(),
                Map.of(),
                Map.of(
                        "node.institution",
                        "st-mary",
                        "api.port",
                        "0",
                        "api.request-timeout-millis",
                        "1500",
                        "api.max-request-bytes",
                        "524288",
                        "api.max-in-flight-bytes",
                        "1048576"));
        java.security.KeyPair tls = Certificates.generateP256(new SecureRandom());
        X509Certificate certificate = Certificates.p256(tls, "st-mary", List.of());
        Caller caller = new Caller.Member(MEMBER, "st-mary", Set.of("CLINICIAN"), Set.of("PROVIDER"));
        Authenticator authenticator = new Authenticator(
                CHAIN,
                "st-mary",
                config.tokens(),
                id -> id.equals(MEMBER)
                        ? Optional.of(new CallerDirectory.Entry(caller, key.publicKey()))
                        : Optional.empty(),
                new Ed25519Verifier(),
                clock::get,
                TokenHorizon.open(directory.resolve("tokens"), server == null, clock.get() / 1_000 + 30));
        CallerCheck check = new CallerCheck(authenticator, new TokenBuckets(1000, 1000, clock::get));
        server = ApiServer.start(
                config.api(),
                tls.getPrivate(),
                certificate,
                operations(),
                check,
                new AfterHeight(() -> 7, AfterHeight.MAX_WAIT_MILLIS),
                new ApiServer.Pages(
                        Map.of("/health/live", (ctx, req) -> HttpResponse.of(HttpStatus.OK)),
                        Map.of("/metrics", (ctx, req) -> HttpResponse.of(HttpStatus.OK))),
                ApiServer.blockingExecutor(config.api()),
                new SimpleMeterRegistry(),
                () -> {});
        client = new ApiClient(Certificates.spkiSha256(certificate), server.port());
    }

    @Override
    public void close() {
        server.close();
    }

    private Operations operations() {
        return new Operations(
                (caller, request) -> {
                    submitted.add(request);
                    return answers;
                },
                refuse(),
                Operation.immediate((caller, request) -> StatusResponse.newBuilder()
                        .setNode(caller.id())
                        .setHeight(7)
                        .build()),
                refuse(),
                (caller, request) -> new CompletableFuture<>(),
                Operation.immediate((caller, request) -> {
                    if (request.getKey().equals("crash")) {
                        throw new IllegalStateException("secret detail");
                    }
                    return StateResponse.newBuilder().setFound(true).build();
                }),
                refuse(),
                refuse(),
                refuse(),
                refuse(),
                refuse(),
                refuse(),
                refuse(),
                refuse(),
                refuse(),
                refuse(),
                refuse(),
                refuse(),
                refuse(),
                refuse(),
                refuse());
    }

    private static <Q, R> Operation<Q, R> refuse() {
        return (caller, request) ->
                CompletableFuture.failedFuture(ApiProblem.notFound("thing").asException());
    }

    String token() {
        return ApiClient.token(key, MEMBER, CHAIN, "st-mary", clock.get());
    }

    static Problem problem(java.net.http.HttpResponse<byte[]> response) throws Exception {
        assertThat(response.headers().firstValue("content-type")).contains("application/protobuf");
        assertThat(response.headers().firstValue("x-consilium-problem")).contains("1");
        return Problem.parseFrom(response.body());
    }

    static String text(java.net.http.HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    ConsiliumGrpc.ConsiliumBlockingStub stub(com.linecorp.armeria.client.ClientFactory factory, String token) {
        return com.linecorp.armeria.client.grpc.GrpcClients.builder("gproto+https://127.0.0.1:" + server.port())
                .factory(factory)
                .auth(com.linecorp.armeria.common.auth.AuthToken.ofOAuth2(token))
                .build(ConsiliumGrpc.ConsiliumBlockingStub.class);
    }
}
