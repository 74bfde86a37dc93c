package io.consilium.node.api;

import static io.consilium.node.api.TestApiServer.MEMBER;
import static io.consilium.node.api.TestApiServer.problem;
import static io.consilium.node.api.TestApiServer.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.UnknownFieldSet;
import io.consilium.proto.StateRequest;
import io.consilium.proto.StatusRequest;
import io.consilium.proto.StatusResponse;
import io.consilium.proto.ValidatorsRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server's manners: schemas, forms of requests and errors, with a real server on a free port. */
class ApiServerTest {
    @TempDir
    Path directory;

    private TestApiServer api;

    @BeforeEach
    void start() throws Exception {
        api = new TestApiServer(directory);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void answersProtobufJsonAndRestAlike() throws Exception {
        var protobuf = api.client.protobuf("Status", StatusRequest.getDefaultInstance(), api.token());
        assertThat(protobuf.statusCode()).isEqualTo(200);
        assertThat(StatusResponse.parseFrom(protobuf.body()).getHeight()).isEqualTo(7);
        var json = api.client.post(
                "/consilium.v1.Consilium/Status",
                "application/json",
                "{}".getBytes(StandardCharsets.UTF_8),
                api.token());
        assertThat(text(json)).contains("\"height\":\"7\"");
        var rest = api.client.get("/v1/status", api.token());
        assertThat(rest.statusCode()).isEqualTo(200);
        assertThat(text(rest)).contains("\"node\":\"" + MEMBER);
        var posted = api.client.post(
                "/v1/state",
                "application/json",
                "{\"key\":\"member/x\"}".getBytes(StandardCharsets.UTF_8),
                api.token());
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
            var answer = api.client.post(
                    "/v1/state", "application/json", sloppy.getBytes(StandardCharsets.UTF_8), api.token());
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
        var answer = api.client.post(
                path, "application/json", body.replace('\'', '"').getBytes(StandardCharsets.UTF_8), api.token());
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(text(answer))
                .contains("\"path\":\"" + at + "\"", cause, "MALFORMED_REQUEST")
                .doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"text/plain", "application/x-www-form-urlencoded", "application/xml", "application/protobuf"})
    void refusesOtherMediaTypes(String type) throws Exception {
        var answer =
                api.client.post("/v1/state", type, "{\"key\":\"a\"}".getBytes(StandardCharsets.UTF_8), api.token());
        assertThat(answer.statusCode()).isEqualTo(415);
        assertThat(text(answer)).contains("UNSUPPORTED_MEDIA_TYPE", "application/json");
    }

    @Test
    void refusesUnknownFieldsInJsonAndProtobuf() throws Exception {
        var json = api.client.post(
                "/v1/state",
                "application/json",
                "{\"key\":\"a\",\"colour\":1}".getBytes(StandardCharsets.UTF_8),
                api.token());
        assertThat(json.statusCode()).isEqualTo(400);
        assertThat(json.headers().firstValue("content-type")).contains("application/problem+json");
        assertThat(text(json)).contains("MALFORMED_REQUEST").doesNotContain("Exception");
        var raw = api.client.post(
                "/consilium.v1.Consilium/State",
                "application/json",
                "{\"colour\":1}".getBytes(StandardCharsets.UTF_8),
                api.token());
        assertThat(raw.statusCode()).isEqualTo(400);
        StateRequest unknown = StateRequest.newBuilder()
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                99,
                                UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                        .build())
                .build();
        var binary = api.client.protobuf("State", unknown, api.token());
        assertThat(binary.statusCode()).isEqualTo(400);
        assertThat(problem(binary).getPath()).isEqualTo("#99");
        assertThat(problem(binary).getExitCode()).isEqualTo(6);
    }

    @Test
    @DisplayName("PRV-1 what somebody sent and could not be parsed is reported in no log")
    void prv1_requestsAreNotLogged() {
        assertThat(api.server.config().unloggedExceptionsReportIntervalMillis()).isZero();
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
            var answer = api.client.post(path, type, body, api.token());
            assertThat(answer.statusCode())
                    .as("%s %s", path, HexFormat.of().formatHex(body))
                    .isIn(200, 400, 404);
            assertThat(text(answer)).doesNotContain("Exception").doesNotContain("at io.");
        }
    }

    @Test
    void refusesGarbageWithAProblemAndNoTrace() throws Exception {
        var garbage = api.client.post(
                "/consilium.v1.Consilium/State", "application/protobuf", new byte[] {10, 127, 1, 2}, api.token());
        assertThat(garbage.statusCode()).isEqualTo(400);
        assertThat(problem(garbage).getCode()).isEqualTo("MALFORMED_REQUEST");
        var json = api.client.post(
                "/v1/state", "application/json", "{\"key\":".getBytes(StandardCharsets.UTF_8), api.token());
        assertThat(json.statusCode()).isEqualTo(400);
        assertThat(text(json)).doesNotContain("Exception").doesNotContain("at io.");
        var crash = api.client.protobuf(
                "State", StateRequest.newBuilder().setKey("crash").build(), api.token());
        assertThat(crash.statusCode()).isEqualTo(500);
        assertThat(problem(crash).getExitCode()).isEqualTo(1);
        assertThat(text(crash)).doesNotContain("secret detail");
    }

    @Test
    void namesUnknownPathsAndWrongMethods() throws Exception {
        assertThat(api.client.get("/nothing", api.token()).statusCode()).isEqualTo(404);
        assertThat(text(api.client.get("/nothing", api.token()))).contains("NO_SUCH_PATH");
        var unknownMethod = api.client.protobuf("Nothing", StatusRequest.getDefaultInstance(), api.token());
        assertThat(unknownMethod.statusCode()).isEqualTo(404);
        assertThat(problem(unknownMethod).getCode()).isEqualTo("NO_SUCH_PATH");
        var wrong = api.client.post("/v1/status", "application/json", new byte[0], api.token());
        assertThat(wrong.statusCode()).isEqualTo(405);
        assertThat(text(wrong)).contains("METHOD_NOT_ALLOWED");
        var media = api.client.post("/consilium.v1.Consilium/Status", "text/plain", new byte[0], api.token());
        assertThat(media.statusCode()).isEqualTo(415);
    }

    @Test
    void speaksGrpcWithProblemsInTrailers() {
        var factory = com.linecorp.armeria.client.ClientFactory.builder()
                .tlsNoVerify()
                .build();
        try (factory) {
            var stub = api.stub(factory, api.token());
            assertThat(stub.status(StatusRequest.getDefaultInstance()).getHeight())
                    .isEqualTo(7);
            assertThatThrownBy(() -> api.stub(factory, api.token()).validators(ValidatorsRequest.getDefaultInstance()))
                    .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
                        assertThat(e.getTrailers().get(ApiProblem.TRAILER).getExitCode())
                                .isEqualTo(3);
                    });
            assertThatThrownBy(() -> api.stub(factory, "garbage").status(StatusRequest.getDefaultInstance()))
                    .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
                        assertThat(e.getTrailers().get(ApiProblem.TRAILER).getCode())
                                .isEqualTo("BAD_TOKEN");
                    });
        }
    }

    @Test
    void healthIsOpenAndMetricsAreNot() {
        assertThat(api.client.get("/health/live", "").statusCode()).isEqualTo(200);
        assertThat(api.client.get("/metrics", "").statusCode()).isEqualTo(401);
        assertThat(api.client.get("/metrics", api.token()).statusCode()).isEqualTo(200);
    }
}
