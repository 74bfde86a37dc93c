package io.consilium.node.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Server;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AfterHeightTest {
    private static final long LONG = 60_000;
    private static final long SHORT = 50;

    private final AtomicLong height = new AtomicLong(7);
    private final CountDownLatch asked = new CountDownLatch(3);
    private final HttpClient http = HttpClient.newHttpClient();
    private Server server;

    @AfterEach
    void stop() {
        server.stop().join();
    }

    @Test
    @DisplayName("A request that names a height is answered from that height on")
    void waits() throws Exception {
        start(LONG);
        CompletableFuture<HttpResponse<String>> answer = ask("8");
        assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(answer).isNotDone();
        height.set(8);
        HttpResponse<String> reached = answer.get(30, TimeUnit.SECONDS);
        assertThat(reached.body()).isEqualTo("at 8");
        assertThat(reached.headers().firstValue("consilium-behind-at")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "1", "-1"})
    @DisplayName("A height that the node has costs nothing")
    void known(String named) throws Exception {
        start(LONG);
        assertThat(ask(named).get(30, TimeUnit.SECONDS).body()).isEqualTo("at 7");
        assertThat(asked.getCount()).isEqualTo(2);
    }

    @Test
    @DisplayName("A node that does not reach the height in time answers from what it has")
    void bounded() throws Exception {
        start(SHORT);
        HttpResponse<String> answer = ask(Long.toString(Long.MAX_VALUE)).get(30, TimeUnit.SECONDS);
        assertThat(answer.body()).isEqualTo("at 7");
        assertThat(answer.headers().firstValue("consilium-behind-at")).contains("7");
    }

    @Test
    @DisplayName("Where many wait already, the next is answered at once")
    void manyWaiters() throws Exception {
        start(LONG);
        List<CompletableFuture<HttpResponse<String>>> waiters = new ArrayList<>();
        for (int i = 0; i <= AfterHeight.MAX_WAITING; i++) {
            waiters.add(ask("8"));
        }
        CompletableFuture<Object> first = CompletableFuture.anyOf(waiters.toArray(new CompletableFuture<?>[0]));
        assertThat(((HttpResponse<?>) first.get(30, TimeUnit.SECONDS)).body()).isEqualTo("at 7");
        assertThat(waiters).filteredOn(CompletableFuture::isDone).hasSize(1);
        height.set(8);
        for (CompletableFuture<HttpResponse<String>> waiter : waiters) {
            waiter.get(30, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "secret", "9223372036854775808", "1.5"})
    @DisplayName("What is no height is refused by the header's name, and not repeated")
    void malformed(String named) throws Exception {
        start(SHORT);
        HttpResponse<String> answer = ask(named).get(30, TimeUnit.SECONDS);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body())
                .contains("\"path\":\"consilium-after-height\"", "MALFORMED_REQUEST")
                .doesNotContain("secret");
    }

    private void start(long maxWaitMillis) {
        HttpService service = (ctx, req) -> com.linecorp.armeria.common.HttpResponse.of("at " + height.get());
        server = Server.builder()
                .http(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .service(
                        "/",
                        service.decorate(new AfterHeight(
                                () -> {
                                    asked.countDown();
                                    return height.get();
                                },
                                maxWaitMillis)))
                .build();
        server.start().join();
    }

    private CompletableFuture<HttpResponse<String>> ask(String named) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.activeLocalPort() + "/"))
                .header("consilium-after-height", named)
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }
}
