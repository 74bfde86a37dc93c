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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AfterHeightTest {
    private static final long LONG = 60_000;
    private static final long SHORT = 50;

    private final AtomicLong height = new AtomicLong(7);
    private final CountDownLatch asked = new CountDownLatch(2);
    private final AtomicInteger questions = new AtomicInteger();
    private final HttpClient http = HttpClient.newHttpClient();
    private AfterHeight heights = new AfterHeight(height::get, LONG);
    private Server server;
    private volatile long executesWhenAsked;

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
        heights.reached(7);
        assertThat(answer).isNotDone();
        executed(8);
        HttpResponse<String> reached = answer.get(30, TimeUnit.SECONDS);
        assertThat(reached.body()).isEqualTo("at 8");
        assertThat(reached.headers().firstValue("consilium-behind-at")).isEmpty();
        assertThat(questions)
                .as("asked when it came and when it was listed, not by the clock")
                .hasValue(2);
    }

    @Test
    @DisplayName("A height that is executed between the first look and the entry in the list is not waited for")
    void reachedMeanwhile() throws Exception {
        start(LONG);
        executesWhenAsked = 8;
        assertThat(ask("8").get(30, TimeUnit.SECONDS).body()).isEqualTo("at 8");
    }

    @Test
    @DisplayName("Who was answered leaves the place to the next")
    void placesAreFreeAgain() throws Exception {
        start(LONG);
        for (int round = 0; round < 2; round++) {
            List<CompletableFuture<HttpResponse<String>>> waiters = new ArrayList<>();
            int before = questions.get();
            for (int i = 0; i < AfterHeight.MAX_WAITING; i++) {
                waiters.add(ask(Long.toString(8 + round)));
            }
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (questions.get() < before + 2 * AfterHeight.MAX_WAITING) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                Thread.onSpinWait();
            }
            assertThat(waiters).noneMatch(CompletableFuture::isDone);
            executed(8 + round);
            for (CompletableFuture<HttpResponse<String>> waiter : waiters) {
                assertThat(waiter.get(30, TimeUnit.SECONDS).headers().firstValue("consilium-behind-at"))
                        .isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "1", "-1"})
    @DisplayName("A height that the node has costs nothing")
    void known(String named) throws Exception {
        start(LONG);
        assertThat(ask(named).get(30, TimeUnit.SECONDS).body()).isEqualTo("at 7");
        assertThat(asked.getCount()).isEqualTo(1);
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
    @DisplayName("A node that has the height when the wait ends does not call itself behind, woken or not")
    void reachedUnwoken() throws Exception {
        start(SHORT, () -> questions.getAndIncrement() < 2 ? 7 : 8);
        HttpResponse<String> answer = ask("8").get(30, TimeUnit.SECONDS);
        assertThat(answer.headers().firstValue("consilium-behind-at")).isEmpty();
        assertThat(questions).hasValue(3);
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
        executed(8);
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
        start(maxWaitMillis, this::asked);
    }

    private void start(long maxWaitMillis, LongSupplier newest) {
        HttpService service = (ctx, req) -> com.linecorp.armeria.common.HttpResponse.of("at " + height.get());
        heights = new AfterHeight(newest, maxWaitMillis);
        server = Server.builder()
                .http(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .service("/", service.decorate(heights))
                .build();
        server.start().join();
    }

    private long asked() {
        questions.incrementAndGet();
        asked.countDown();
        long now = height.get();
        height.accumulateAndGet(executesWhenAsked, Math::max);
        return now;
    }

    private void executed(long next) {
        height.set(next);
        heights.reached(next);
    }

    private CompletableFuture<HttpResponse<String>> ask(String named) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.activeLocalPort() + "/"))
                .header("consilium-after-height", named)
                .build();
        return http.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }
}
