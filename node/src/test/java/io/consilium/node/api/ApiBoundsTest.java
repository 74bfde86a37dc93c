package io.consilium.node.api;

import static io.consilium.node.api.TestApiServer.problem;
import static io.consilium.node.api.TestApiServer.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.consilium.proto.BlockRequest;
import io.consilium.proto.SubmitRequest;
import io.consilium.proto.SubmitResponse;
import io.consilium.proto.SubmitResult;
import io.grpc.StatusRuntimeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much a request may hold and how long it may take. */
class ApiBoundsTest {
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
    void refusesOversizedBodies() throws Exception {
        SubmitRequest large = SubmitRequest.newBuilder()
                .addTransactions(ByteString.copyFrom(new byte[600_000]))
                .build();
        var announced = api.client.protobuf("Submit", large, api.token());
        assertThat(announced.statusCode()).isEqualTo(413);
        assertThat(problem(announced).getCode()).isEqualTo("REQUEST_TOO_LARGE");
        var streamed = api.client.streamed("/consilium.v1.Consilium/Submit", large.toByteArray(), api.token());
        assertThat(streamed.statusCode()).isEqualTo(413);
    }

    @Test
    @DisplayName("TX-6 what was done is answered however little room there is, and its room is free once it was read")
    void tx6_answersOfWhatWasDone() throws Exception {
        SubmitResponse done = SubmitResponse.newBuilder()
                .addResults(SubmitResult.newBuilder().setReceiptProof(ByteString.copyFrom(new byte[2 << 20])))
                .build();
        api.answers.complete(done);
        for (int i = 0; i < 3; i++) {
            var large = api.client.protobuf("Submit", submission(1), api.token());
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
        var binary = api.client.protobuf("Submit", many, api.token());
        assertThat(binary.statusCode()).isEqualTo(413);
        assertThat(problem(binary).getCode()).isEqualTo("REQUEST_TOO_LARGE");
        assertThat(problem(binary).getError()).contains("values");
        assertThat(problem(binary).getHint()).isEqualTo("split it into smaller requests");
        String body = "{\"transactions\":[" + "\"AQ==\",".repeat(60_000) + "\"AQ==\"]}";
        var json = api.client.post(
                "/v1/transactions", "application/json", body.getBytes(StandardCharsets.UTF_8), api.token());
        assertThat(json.statusCode()).isEqualTo(413);
        assertThat(text(json)).contains("REQUEST_TOO_LARGE", "more values");
        try (var factory = com.linecorp.armeria.client.ClientFactory.builder()
                .tlsNoVerify()
                .build()) {
            assertThatThrownBy(() -> api.stub(factory, api.token()).submit(many))
                    .isInstanceOfSatisfying(StatusRuntimeException.class, e -> assertThat(
                                    e.getTrailers().get(ApiProblem.TRAILER).getCode())
                            .isEqualTo("REQUEST_TOO_LARGE"));
        }
        assertThat(api.submitted).isEmpty();
        api.answers.complete(SubmitResponse.getDefaultInstance());
        assertThat(api.client.protobuf("Submit", submission(1_000), api.token()).statusCode())
                .isEqualTo(200);
    }

    @Test
    @DisplayName("TX-6 what requests take in memory counts against the bound, not their bytes alone")
    void tx6_requestsAreChargedForWhatTheyHold() throws Exception {
        SubmitRequest request = submission(4_000);
        List<CompletableFuture<Integer>> waiting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            waiting.add(CompletableFuture.supplyAsync(
                    () -> api.client.protobuf("Submit", request, api.token()).statusCode()));
            assertThat(api.submitted.poll(30, TimeUnit.SECONDS)).isNotNull();
        }
        var fourth = api.client.protobuf("Submit", request, api.token());
        assertThat(fourth.statusCode()).isEqualTo(503);
        assertThat(problem(fourth).getCode()).isEqualTo("BUSY");
        api.answers.complete(SubmitResponse.getDefaultInstance());
        for (CompletableFuture<Integer> each : waiting) {
            assertThat(each.join()).isEqualTo(200);
        }
        assertThat(api.client.protobuf("Submit", request, api.token()).statusCode())
                .isEqualTo(200);
    }

    @Test
    void answersInTimeOrSaysThatItDidNot() throws Exception {
        var late = api.client.protobuf("Block", BlockRequest.getDefaultInstance(), api.token());
        assertThat(late.statusCode()).isEqualTo(504);
        assertThat(problem(late).getCode()).isEqualTo("TIMEOUT");
        assertThat(problem(late).getExitCode()).isEqualTo(7);
        var rest = api.client.get("/v1/blocks/1", api.token());
        assertThat(rest.statusCode()).isEqualTo(504);
        assertThat(text(rest)).contains("TIMEOUT");
    }

    @Test
    void refusesOversizedHeadersWithAProblem() throws Exception {
        var response = api.client.http1("/v1/status", "x".repeat(20_000));
        assertThat(response.statusCode()).isBetween(400, 499);
        assertThat(text(response)).contains("\"code\"").doesNotContain("Exception");
    }
}
