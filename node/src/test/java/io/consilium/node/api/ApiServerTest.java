package io.consilium.node.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import io.consilium.crypto.Certificates;
import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyPair;
import io.consilium.node.api.grpc.ConsiliumGrpc;
import io.consilium.node.config.NodeConfig;
import io.consilium.proto.BlockRequest;
import io.consilium.proto.Problem;
import io.consilium.proto.StateRequest;
import io.consilium.proto.StateResponse;
import io.consilium.proto.StatusRequest;
import io.consilium.proto.StatusResponse;
import io.consilium.proto.SubmitRequest;
import io.consilium.proto.SubmitResponse;
import io.consilium.proto.SubmitResult;
import io.consilium.proto.ValidatorsRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server's manners: tokens, schemas, bounds and errors, with a real server on a free port. */
class ApiServerTest {
    private static final Hash CHAIN = Hash.sha256(new byte[] {1});
    private static final String MEMBER = "st-mary/dr-adams";

    @TempDir
    Path directory;

    private final KeyPair key = KeyPair.generate(new SecureRandom());
    private final AtomicLong clock = new AtomicLong(1_750_000_000_000L);
    private final BlockingQueue<SubmitRequest> submitted = new LinkedBlockingQueue<>();
    private final CompletableFuture<SubmitResponse> answers = new CompletableFuture<>();
    private ApiServer server;
    private ApiClient client;

    @BeforeEach
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
                TokenHorizon.open(directory.resolve("tokens")));
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

    @AfterEach
    void stop() {
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

    private String token() {
        return ApiClient.token(key, MEMBER, CHAIN, "st-mary", clock.get());
    }

    private static Problem problem(java.net.http.HttpResponse<byte[]> response) throws Exception {
        assertThat(response.headers().firstValue("content-type")).contains("application/protobuf");
        assertThat(response.headers().firstValue("x-consilium-problem")).contains("1");
        return Problem.parseFrom(response.body());
    }

    private static String text(java.net.http.HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    @Test
    void answersProtobufJsonAndRestAlike() throws Exception {
        var protobuf = client.protobuf("Status", StatusRequest.getDefaultInstance(), token());
        assertThat(protobuf.statusCode()).isEqualTo(200);
        assertThat(StatusResponse.parseFrom(protobuf.body()).getHeight()).isEqualTo(7);
        var json = client.post(
                "/consilium.v1.Consilium/Status", "application/json", "{}".getBytes(StandardCharsets.UTF_8), token());
        assertThat(text(json)).contains("\"height\":\"7\"");
        var rest = client.get("/v1/status", token());
        assertThat(rest.statusCode()).isEqualTo(200);
        assertThat(text(rest)).contains("\"node\":\"" + MEMBER);
        var posted = client.post(
                "/v1/state", "application/json", "{\"key\":\"member/x\"}".getBytes(StandardCharsets.UTF_8), token());
        assertThat(text(posted)).contains("\"found\":true");
        assertThat(posted.headers().firstValue("x-content-type-options")).contains("nosniff");
        assertThat(posted.headers().firstValue("server")).isEmpty();
    }

    @Test
    void refusesJsonThatSaysAThingTwiceOrInAnotherType() throws Exception {
        for (String sloppy : List.of(
                "{\"key\":\"a\",\"key\":\"b\"}",
                "{\"key\":\"a\"} and more",
                "{\"key\":\"a\"}{\"key\":\"b\"}",
                "{\"key\":[\"a\"]}",
                "{\"key\":{\"a\":1}}",
                "[{\"key\":\"a\"}]")) {
            var answer = client.post("/v1/state", "application/json", sloppy.getBytes(StandardCharsets.UTF_8), token());
            assertThat(answer.statusCode()).as(sloppy).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/state | {'key':'a','colour':'secret'} | colour | unknown field",
                "/v1/state | {'key':['secret']} | key | a text expected",
                "/v1/lists | {'limit':'secret'} | limit | a whole number expected",
                "/v1/state | ['secret'] | body | an object expected",
                "/v1/consents:check | {'explain':'secret'} | explain | true or false expected",
                "/v1/lists | {'labels':[{'system':'s'},{'code':'c','shade':'secret'}]} | labels[1].shade | unknown field",
                "/v1/transactions | {'transactions':['AA==','%secret']} | transactions[1] | bytes in base64 expected",
                "/consilium.v1.Consilium/State | {'colour':'secret'} | colour | unknown field"
            })
    @DisplayName("PRV-1 what is wrong in JSON is named by its place and told without its value")
    void prv1_namesTheFieldThatIsWrong(String path, String body, String at, String cause) throws Exception {
        var answer = client.post(
                path, "application/json", body.replace('\'', '"').getBytes(StandardCharsets.UTF_8), token());
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(text(answer))
                .contains("\"path\":\"" + at + "\"", cause, "MALFORMED_REQUEST")
                .doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"text/plain", "application/x-www-form-urlencoded", "application/xml", "application/protobuf"})
    void refusesOtherMediaTypes(String type) throws Exception {
        var answer = client.post("/v1/state", type, "{\"key\":\"a\"}".getBytes(StandardCharsets.UTF_8), token());
        assertThat(answer.statusCode()).isEqualTo(415);
        assertThat(text(answer)).contains("UNSUPPORTED_MEDIA_TYPE", "application/json");
    }

    @Test
    void refusesUnknownFieldsInJsonAndProtobuf() throws Exception {
        var json = client.post(
                "/v1/state",
                "application/json",
                "{\"key\":\"a\",\"colour\":1}".getBytes(StandardCharsets.UTF_8),
                token());
        assertThat(json.statusCode()).isEqualTo(400);
        assertThat(json.headers().firstValue("content-type")).contains("application/problem+json");
        assertThat(text(json)).contains("MALFORMED_REQUEST").doesNotContain("Exception");
        var raw = client.post(
                "/consilium.v1.Consilium/State",
                "application/json",
                "{\"colour\":1}".getBytes(StandardCharsets.UTF_8),
                token());
        assertThat(raw.statusCode()).isEqualTo(400);
        StateRequest unknown = StateRequest.newBuilder()
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                99,
                                UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                        .build())
                .build();
        var binary = client.protobuf("State", unknown, token());
        assertThat(binary.statusCode()).isEqualTo(400);
        assertThat(problem(binary).getPath()).isEqualTo("#99");
        assertThat(problem(binary).getExitCode()).isEqualTo(6);
    }

    @Test
    @DisplayName("PRV-1 what somebody sent and could not be parsed is reported in no log")
    void prv1_requestsAreNotLogged() {
        assertThat(server.config().unloggedExceptionsReportIntervalMillis()).isZero();
    }

    /** Seeded, so that a failure can be looked at again. */
    @Test
    void anyBytesAreAnsweredOrRefusedAndNothingElse() throws Exception {
        Random random = new Random(20261126);
        byte[] seed = "{\"key\":\"member/st-mary\\u002fdr-adams\",\"height\":\"7\"}".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 150; i++) {
            byte[] body = i % 2 == 0 ? new byte[random.nextInt(200)] : seed.clone();
            if (i % 2 == 0) {
                random.nextBytes(body);
            } else {
                for (int change = random.nextInt(4); change >= 0; change--) {
                    body[random.nextInt(body.length)] = (byte) random.nextInt(256);
                }
            }
            String type = i % 3 == 0 ? "application/protobuf" : "application/json";
            String path = i % 4 < 2 || i % 3 == 0 ? "/consilium.v1.Consilium/State" : "/v1/state";
            var answer = client.post(path, type, body, token());
            assertThat(answer.statusCode())
                    .as("%s %s", path, HexFormat.of().formatHex(body))
                    .isIn(200, 400, 404);
            assertThat(text(answer)).doesNotContain("Exception").doesNotContain("at io.");
        }
    }

    @Test
    void refusesGarbageWithAProblemAndNoTrace() throws Exception {
        var garbage = client.post(
                "/consilium.v1.Consilium/State", "application/protobuf", new byte[] {10, 127, 1, 2}, token());
        assertThat(garbage.statusCode()).isEqualTo(400);
        assertThat(problem(garbage).getCode()).isEqualTo("MALFORMED_REQUEST");
        var json = client.post("/v1/state", "application/json", "{\"key\":".getBytes(StandardCharsets.UTF_8), token());
        assertThat(json.statusCode()).isEqualTo(400);
        assertThat(text(json)).doesNotContain("Exception").doesNotContain("at io.");
        var crash = client.protobuf(
                "State", StateRequest.newBuilder().setKey("crash").build(), token());
        assertThat(crash.statusCode()).isEqualTo(500);
        assertThat(problem(crash).getExitCode()).isEqualTo(1);
        assertThat(text(crash)).doesNotContain("secret detail");
    }

    @Test
    void refusesOversizedBodies() throws Exception {
        SubmitRequest large = SubmitRequest.newBuilder()
                .addTransactions(ByteString.copyFrom(new byte[600_000]))
                .build();
        var announced = client.protobuf("Submit", large, token());
        assertThat(announced.statusCode()).isEqualTo(413);
        assertThat(problem(announced).getCode()).isEqualTo("REQUEST_TOO_LARGE");
        var streamed = client.streamed("/consilium.v1.Consilium/Submit", large.toByteArray(), token());
        assertThat(streamed.statusCode()).isEqualTo(413);
    }

    @Test
    @DisplayName("TX-6 what was done is answered however little room there is, and its room is free once it was read")
    void tx6_answersOfWhatWasDone() throws Exception {
        SubmitResponse done = SubmitResponse.newBuilder()
                .addResults(SubmitResult.newBuilder().setReceiptProof(ByteString.copyFrom(new byte[2 << 20])))
                .build();
        answers.complete(done);
        for (int i = 0; i < 3; i++) {
            var large = client.protobuf("Submit", submission(1), token());
            assertThat(large.statusCode()).isEqualTo(200);
            assertThat(SubmitResponse.parseFrom(large.body())).isEqualTo(done);
        }
    }

    private static SubmitRequest submission(int transactions) {
        return SubmitRequest.newBuilder()
                .addAllTransactions(Collections.nCopies(transactions, ByteString.copyFrom(new byte[] {1})))
                .build();
    }

    @Test
    @DisplayName("TX-6 a small request of very many transactions is refused before it is built")
    void tx6_countsWhatARequestHoldsBeforeItIsBuilt() throws Exception {
        SubmitRequest many = submission(120_000);
        var binary = client.protobuf("Submit", many, token());
        assertThat(binary.statusCode()).isEqualTo(413);
        assertThat(problem(binary).getCode()).isEqualTo("REQUEST_TOO_LARGE");
        assertThat(problem(binary).getError()).contains("values");
        assertThat(problem(binary).getHint()).isEqualTo("split it into smaller requests");
        String body = "{\"transactions\":[" + "\"AQ==\",".repeat(60_000) + "\"AQ==\"]}";
        var json = client.post("/v1/transactions", "application/json", body.getBytes(StandardCharsets.UTF_8), token());
        assertThat(json.statusCode()).isEqualTo(413);
        assertThat(text(json)).contains("REQUEST_TOO_LARGE", "more values");
        try (var factory = com.linecorp.armeria.client.ClientFactory.builder()
                .tlsNoVerify()
                .build()) {
            assertThatThrownBy(() -> stub(factory, token()).submit(many))
                    .isInstanceOfSatisfying(StatusRuntimeException.class, e -> assertThat(
                                    e.getTrailers().get(ApiProblem.TRAILER).getCode())
                            .isEqualTo("REQUEST_TOO_LARGE"));
        }
        assertThat(submitted).isEmpty();
        answers.complete(SubmitResponse.getDefaultInstance());
        assertThat(client.protobuf("Submit", submission(1_000), token()).statusCode())
                .isEqualTo(200);
    }

    @Test
    @DisplayName("TX-6 what requests take in memory counts against the bound, not their bytes alone")
    void tx6_requestsAreChargedForWhatTheyHold() throws Exception {
        SubmitRequest request = submission(4_000);
        List<CompletableFuture<Integer>> waiting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            waiting.add(CompletableFuture.supplyAsync(
                    () -> client.protobuf("Submit", request, token()).statusCode()));
            assertThat(submitted.poll(30, TimeUnit.SECONDS)).isNotNull();
        }
        var fourth = client.protobuf("Submit", request, token());
        assertThat(fourth.statusCode()).isEqualTo(503);
        assertThat(problem(fourth).getCode()).isEqualTo("BUSY");
        answers.complete(SubmitResponse.getDefaultInstance());
        for (CompletableFuture<Integer> each : waiting) {
            assertThat(each.join()).isEqualTo(200);
        }
        assertThat(client.protobuf("Submit", request, token()).statusCode()).isEqualTo(200);
    }

    @Test
    void answersInTimeOrSaysThatItDidNot() throws Exception {
        var late = client.protobuf("Block", BlockRequest.getDefaultInstance(), token());
        assertThat(late.statusCode()).isEqualTo(504);
        assertThat(problem(late).getCode()).isEqualTo("TIMEOUT");
        assertThat(problem(late).getExitCode()).isEqualTo(7);
        var rest = client.get("/v1/blocks/1", token());
        assertThat(rest.statusCode()).isEqualTo(504);
        assertThat(text(rest)).contains("TIMEOUT");
    }

    @Test
    void refusesOversizedHeadersWithAProblem() throws Exception {
        var response = client.http1("/v1/status", "x".repeat(20_000));
        assertThat(response.statusCode()).isBetween(400, 499);
        assertThat(text(response)).contains("\"code\"").doesNotContain("Exception");
    }

    @Test
    void namesUnknownPathsAndWrongMethods() throws Exception {
        assertThat(client.get("/nothing", token()).statusCode()).isEqualTo(404);
        assertThat(text(client.get("/nothing", token()))).contains("NO_SUCH_PATH");
        var unknownMethod = client.protobuf("Nothing", StatusRequest.getDefaultInstance(), token());
        assertThat(unknownMethod.statusCode()).isEqualTo(404);
        assertThat(problem(unknownMethod).getCode()).isEqualTo("NO_SUCH_PATH");
        var wrong = client.post("/v1/status", "application/json", new byte[0], token());
        assertThat(wrong.statusCode()).isEqualTo(405);
        assertThat(text(wrong)).contains("METHOD_NOT_ALLOWED");
        var media = client.post("/consilium.v1.Consilium/Status", "text/plain", new byte[0], token());
        assertThat(media.statusCode()).isEqualTo(415);
    }

    @Test
    void tokensAreProvenFreshAndUsedOnce() throws Exception {
        assertThat(code("")).isEqualTo("NO_TOKEN");
        assertThat(code("garbage")).isEqualTo("BAD_TOKEN");
        assertThat(code("x".repeat(5000))).isEqualTo("BAD_TOKEN");
        String once = token();
        assertThat(code(once)).isEqualTo("OK");
        assertThat(code(once)).isEqualTo("TOKEN_REPLAYED");
        assertThat(code(ApiClient.token(key, MEMBER, CHAIN, "riverside", clock.get())))
                .isEqualTo("WRONG_AUDIENCE");
        assertThat(code(ApiClient.token(key, MEMBER, Hash.ZERO, "st-mary", clock.get())))
                .isEqualTo("WRONG_AUDIENCE");
        assertThat(code(ApiClient.token(key, "st-mary/nobody", CHAIN, "st-mary", clock.get())))
                .isEqualTo("UNKNOWN_CALLER");
        KeyPair other = KeyPair.generate(new SecureRandom());
        assertThat(code(ApiClient.token(other, MEMBER, CHAIN, "st-mary", clock.get())))
                .isEqualTo("UNKNOWN_CALLER");
        assertThat(code(ApiClient.token(key, MEMBER, CHAIN, "st-mary", clock.get() - 5_000)))
                .isEqualTo("TOKEN_BEFORE_START");
        String early = token();
        clock.addAndGet(91_000);
        assertThat(code(early)).isEqualTo("TOKEN_EXPIRED");
        String hourAhead = ApiClient.token(key, MEMBER, CHAIN, "st-mary", clock.get() + 3_600_000);
        assertThat(code(hourAhead)).isEqualTo("TOKEN_FROM_FUTURE");
        assertThat(problem(client.protobuf("Status", StatusRequest.getDefaultInstance(), hourAhead))
                        .getHint())
                .contains("off by 3600 s");
        Map<String, Object> longLived = ApiClient.claims(MEMBER, CHAIN, "st-mary", clock.get());
        longLived.put("exp", clock.get() / 1000 + 61);
        assertThat(code(ApiClient.token(key, MEMBER, longLived))).isEqualTo("BAD_TOKEN");
        Map<String, Object> extra = ApiClient.claims(MEMBER, CHAIN, "st-mary", clock.get());
        extra.put("admin", "true");
        assertThat(code(ApiClient.token(key, MEMBER, extra))).isEqualTo("BAD_TOKEN");
    }

    @Test
    void aNodeWhoseClockWentBackSaysSo() throws Exception {
        assertThat(code(token())).isEqualTo("OK");
        server.close();
        clock.addAndGet(-3_600_000);
        start();
        String token = token();
        assertThat(code(token)).isEqualTo("NODE_CLOCK_BEHIND");
        Problem problem = problem(client.protobuf("Status", StatusRequest.getDefaultInstance(), token));
        assertThat(problem.getError()).contains("3600 s behind");
        assertThat(problem.getHint()).contains("api-tokens");
        clock.addAndGet(3_601_000);
        assertThat(code(token())).isEqualTo("OK");
    }

    private String code(String token) throws Exception {
        var response = client.protobuf("Status", StatusRequest.getDefaultInstance(), token);
        if (response.statusCode() == 200) {
            return "OK";
        }
        assertThat(response.statusCode()).isEqualTo(401);
        Problem problem = problem(response);
        assertThat(problem.getExitCode()).isEqualTo(4);
        assertThat(problem.getHint()).isNotEmpty();
        return problem.getCode();
    }

    @Test
    void speaksGrpcWithProblemsInTrailers() {
        var factory = com.linecorp.armeria.client.ClientFactory.builder()
                .tlsNoVerify()
                .build();
        try (factory) {
            var stub = stub(factory, token());
            assertThat(stub.status(StatusRequest.getDefaultInstance()).getHeight())
                    .isEqualTo(7);
            assertThatThrownBy(() -> stub(factory, token()).validators(ValidatorsRequest.getDefaultInstance()))
                    .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
                        assertThat(e.getTrailers().get(ApiProblem.TRAILER).getExitCode())
                                .isEqualTo(3);
                    });
            assertThatThrownBy(() -> stub(factory, "garbage").status(StatusRequest.getDefaultInstance()))
                    .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
                        assertThat(e.getTrailers().get(ApiProblem.TRAILER).getCode())
                                .isEqualTo("BAD_TOKEN");
                    });
        }
    }

    private ConsiliumGrpc.ConsiliumBlockingStub stub(com.linecorp.armeria.client.ClientFactory factory, String token) {
        return com.linecorp.armeria.client.grpc.GrpcClients.builder("gproto+https://127.0.0.1:" + server.port())
                .factory(factory)
                .auth(com.linecorp.armeria.common.auth.AuthToken.ofOAuth2(token))
                .build(ConsiliumGrpc.ConsiliumBlockingStub.class);
    }

    @Test
    void healthIsOpenAndMetricsAreNot() {
        assertThat(client.get("/health/live", "").statusCode()).isEqualTo(200);
        assertThat(client.get("/metrics", "").statusCode()).isEqualTo(401);
        assertThat(client.get("/metrics", token()).statusCode()).isEqualTo(200);
    }

    @Test
    void tokensOfAnEarlierProcessAreRefusedAfterARestart() throws Exception {
        TokenHorizon before = TokenHorizon.open(directory.resolve("horizon"));
        assertThat(before.accepted(ApiPartsTest.jti(1), 1_000, 1_100, 1_000)).isTrue();
        assertThat(before.floorSeconds()).isZero();
        assertThat(TokenHorizon.open(directory.resolve("horizon")).floorSeconds())
                .isEqualTo(1_000);
    }

    @Test
    void aFastClockLocksNobodyOutAfterARestartAndItsTokensAreNotTakenAgain() throws Exception {
        TokenHorizon before = TokenHorizon.open(directory.resolve("horizon"));
        assertThat(before.accepted(ApiPartsTest.jti(1), 1_030, 1_121, 1_000)).isTrue();
        TokenHorizon after = TokenHorizon.open(directory.resolve("horizon"));
        assertThat(after.floorSeconds()).isLessThan(1_010);
        assertThat(after.ahead(1_010)).containsExactly(new TokenHorizon.Ahead(ApiPartsTest.jti(1), 1_121));
        assertThat(after.ahead(1_121)).isEmpty();
    }

    @Test
    void moreTokensFromAheadThanCanBeRememberedAreRefused() throws Exception {
        TokenHorizon horizon = TokenHorizon.open(directory.resolve("horizon"));
        for (int i = 0; i < TokenHorizon.MAX_AHEAD; i++) {
            assertThat(horizon.accepted(ApiPartsTest.jti(i), 1_030, 1_121, 1_000))
                    .isTrue();
        }
        assertThat(horizon.accepted(ApiPartsTest.jti(-1), 1_030, 1_121, 1_000)).isFalse();
        assertThat(horizon.accepted(ApiPartsTest.jti(-1), 1_000, 1_121, 1_000)).isTrue();
        assertThat(horizon.accepted(ApiPartsTest.jti(-2), 1_160, 1_240, 1_121)).isTrue();
    }

    @Test
    void aTokenFromAheadServesOnceOverARestartToo() throws Exception {
        String ahead = ApiClient.token(key, MEMBER, CHAIN, "st-mary", clock.get() + 20_000);
        assertThat(code(ahead)).isEqualTo("OK");
        server.close();
        clock.addAndGet(3_000);
        start();
        assertThat(code(token())).isEqualTo("OK");
        assertThat(code(ahead)).isEqualTo("TOKEN_REPLAYED");
    }
}
