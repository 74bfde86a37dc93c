package io.consilium.node.api;

import static io.consilium.node.api.TestApiServer.CHAIN;
import static io.consilium.node.api.TestApiServer.MEMBER;
import static io.consilium.node.api.TestApiServer.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyPair;
import io.consilium.proto.Problem;
import io.consilium.proto.StatusRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens prove who asks, once, over a restart too. */
class ApiTokensTest {
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
    void tokensAreProvenFreshAndUsedOnce() throws Exception {
        assertThat(code("")).isEqualTo("NO_TOKEN");
        assertThat(code("garbage")).isEqualTo("BAD_TOKEN");
        assertThat(code("x".repeat(5000))).isEqualTo("BAD_TOKEN");
        String once = api.token();
        assertThat(code(once)).isEqualTo("OK");
        assertThat(code(once)).isEqualTo("TOKEN_REPLAYED");
        assertThat(code(ApiClient.token(api.key, MEMBER, CHAIN, "riverside", api.clock.get())))
                .isEqualTo("WRONG_AUDIENCE");
        assertThat(code(ApiClient.token(api.key, MEMBER, Hash.ZERO, "st-mary", api.clock.get())))
                .isEqualTo("WRONG_AUDIENCE");
        assertThat(code(ApiClient.token(api.key, "st-mary/nobody", CHAIN, "st-mary", api.clock.get())))
                .isEqualTo("UNKNOWN_CALLER");
        KeyPair other = KeyPair.generate(new SecureRandom());
        assertThat(code(ApiClient.token(other, MEMBER, CHAIN, "st-mary", api.clock.get())))
                .isEqualTo("UNKNOWN_CALLER");
        assertThat(code(ApiClient.token(api.key, MEMBER, CHAIN, "st-mary", api.clock.get() - 5_000)))
                .isEqualTo("TOKEN_BEFORE_START");
        String early = api.token();
        api.clock.addAndGet(91_000);
        assertThat(code(early)).isEqualTo("TOKEN_EXPIRED");
        String hourAhead = ApiClient.token(api.key, MEMBER, CHAIN, "st-mary", api.clock.get() + 3_600_000);
        assertThat(code(hourAhead)).isEqualTo("TOKEN_FROM_FUTURE");
        assertThat(problem(api.client.protobuf("Status", StatusRequest.getDefaultInstance(), hourAhead))
                        .getHint())
                .contains("off by 3600 s");
        Map<String, Object> longLived = ApiClient.claims(MEMBER, CHAIN, "st-mary", api.clock.get());
        longLived.put("exp", api.clock.get() / 1000 + 61);
        assertThat(code(ApiClient.token(api.key, MEMBER, longLived))).isEqualTo("BAD_TOKEN");
        Map<String, Object> extra = ApiClient.claims(MEMBER, CHAIN, "st-mary", api.clock.get());
        extra.put("admin", "true");
        assertThat(code(ApiClient.token(api.key, MEMBER, extra))).isEqualTo("BAD_TOKEN");
    }

    @Test
    void aNodeWhoseClockWentBackSaysSo() throws Exception {
        assertThat(code(api.token())).isEqualTo("OK");
        api.close();
        api.clock.addAndGet(-3_600_000);
        api.start();
        String token = api.token();
        assertThat(code(token)).isEqualTo("NODE_CLOCK_BEHIND");
        Problem problem = problem(api.client.protobuf("Status", StatusRequest.getDefaultInstance(), token));
        assertThat(problem.getError()).contains("3600 s behind");
        assertThat(problem.getHint()).contains("api-tokens");
        api.clock.addAndGet(3_601_000);
        assertThat(code(api.token())).isEqualTo("OK");
    }

    private String code(String token) throws Exception {
        var response = api.client.protobuf("Status", StatusRequest.getDefaultInstance(), token);
        if (response.statusCode() == 200) {
            return "OK";
        }
        assertThat(response.statusCode()).isEqualTo(401);
        Problem problem = problem(response);
        assertThat(problem.getExitCode()).isEqualTo(4);
        assertThat(problem.getHint()).isNotEmpty();
        return problem.getCode();
    }

    private TokenHorizon horizon() throws IOException {
        return TokenHorizon.open(directory.resolve("horizon"), true, 0);
    }

    @Test
    void noTokenServesAgainWhereTheFileOfUsedOnesIsMissingOrDamaged() throws Exception {
        Path file = directory.resolve("tokens");
        for (int damage : new int[] {0, 8, 20, 40, -1, -2}) {
            String ahead = ApiClient.token(api.key, MEMBER, CHAIN, "st-mary", api.clock.get() + 20_000);
            assertThat(code(ahead)).isEqualTo("OK");
            api.close();
            byte[] bytes = Files.readAllBytes(file);
            if (damage == -1) {
                Files.delete(file);
            } else if (damage == -2) {
                Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
            } else {
                bytes[damage] ^= 1;
                Files.write(file, bytes);
            }
            api.clock.addAndGet(3_000);
            api.start();
            for (String token : List.of(api.token(), ahead)) {
                Problem problem = problem(api.client.protobuf("Status", StatusRequest.getDefaultInstance(), token));
                assertThat(problem.getCode()).isEqualTo("TOKENS_UNKNOWN");
                assertThat(problem.getExitCode()).isEqualTo(5);
                assertThat(problem.getHint()).contains("in 31 s");
            }
            api.close();
            api.clock.addAndGet(3_000);
            api.start();
            Problem restarted = problem(api.client.protobuf("Status", StatusRequest.getDefaultInstance(), api.token()));
            assertThat(restarted.getCode()).isEqualTo("TOKENS_UNKNOWN");
            assertThat(restarted.getHint()).contains("in 28 s");
            api.clock.addAndGet(28_000);
            assertThat(code(ahead)).isEqualTo("TOKEN_BEFORE_START");
            assertThat(code(api.token())).isEqualTo("OK");
            api.close();
            api.start();
            assertThat(code(api.token())).isEqualTo("TOKEN_BEFORE_START"); // of the same second as the newest before
            api.clock.addAndGet(2_000);
            assertThat(code(api.token())).isEqualTo("OK");
        }
    }

    @Test
    void tokensOfAnEarlierProcessAreRefusedAfterARestart() throws Exception {
        TokenHorizon before = horizon();
        assertThat(before.accepted(ApiPartsTest.jti(1), 1_000, 1_100, 1_000)).isTrue();
        assertThat(before.floorSeconds()).isZero();
        assertThat(horizon().floorSeconds()).isEqualTo(1_000);
    }

    @Test
    void aFastClockLocksNobodyOutAfterARestartAndItsTokensAreNotTakenAgain() throws Exception {
        TokenHorizon before = horizon();
        assertThat(before.accepted(ApiPartsTest.jti(1), 1_030, 1_121, 1_000)).isTrue();
        TokenHorizon after = horizon();
        assertThat(after.floorSeconds()).isLessThan(1_010);
        assertThat(after.ahead(1_010)).containsExactly(new TokenHorizon.Ahead(ApiPartsTest.jti(1), 1_121));
        assertThat(after.ahead(1_121)).isEmpty();
    }

    @Test
    void moreTokensFromAheadThanCanBeRememberedAreRefused() throws Exception {
        TokenHorizon horizon = horizon();
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
        String ahead = ApiClient.token(api.key, MEMBER, CHAIN, "st-mary", api.clock.get() + 20_000);
        assertThat(code(ahead)).isEqualTo("OK");
        api.close();
        api.clock.addAndGet(3_000);
        api.start();
        assertThat(code(api.token())).isEqualTo("OK");
        assertThat(code(ahead)).isEqualTo("TOKEN_REPLAYED");
    }
}
