package io.consilium.node.api;

import static io.consilium.node.api.TestNetwork.CLINICIAN;
import static io.consilium.node.api.TestNetwork.INSPECTOR;
import static io.consilium.node.api.TestNetwork.OPERATOR;
import static io.consilium.node.api.TestNetwork.STRANGER_ADMIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.consilium.crypto.Ed25519Verifier;
import io.consilium.crypto.Hash;
import io.consilium.crypto.KeyEnvelope;
import io.consilium.ledger.provenance.DrugBlinding;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugCommission;
import io.consilium.proto.DrugCompanyKey;
import io.consilium.proto.DrugProductAdd;
import io.consilium.proto.DrugVerification;
import io.consilium.proto.TransactionBody;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The responder of the verification router service: who may ask, what is answered, and what proves it (DRU-7). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VerificationRouterTest {
    private static final String GTIN = "00614141123452";
    private static final String PACK = "/verify/gtin/" + GTIN + "/lot/L%2F1/ser/A%2F1?exp=391231";
    private static final byte[] ROOT = new byte[32];

    private TestNetwork net;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        net = TestNetwork.ofTraders(directory);
        byte[] key = DrugBlinding.productKey(ROOT, GTIN);
        commit(DrugAction.newBuilder()
                .setCompanyKey(DrugCompanyKey.newBuilder()
                        .addSealed(net.sealed(
                                "st-mary",
                                KeyEnvelope.Use.COMPANY_ROOT,
                                ByteString.copyFrom(DrugBlinding.companyObject("st-mary")),
                                ROOT))));
        commit(DrugAction.newBuilder()
                .setProductAdd(DrugProductAdd.newBuilder()
                        .setProductId(DrugBlinding.productId("st-mary", key))
                        .setSeed(DrugBlinding.productSeed(key))));
        commit(DrugAction.newBuilder()
                .setCommission(DrugCommission.newBuilder()
                        .setProductId(DrugBlinding.productId("st-mary", key))
                        .setLotId(DrugBlinding.lotId("st-mary", key, "L/1"))
                        .setLotSeed(DrugBlinding.lotSeed(key, "L/1"))
                        .setExpiryMillis(LocalDate.of(2040, 1, 1)
                                .atStartOfDay(ZoneOffset.UTC)
                                .toInstant()
                                .toEpochMilli())
                        .setIds(DrugBlinding.itemId(key, "A/1"))));
    }

    private void commit(DrugAction.Builder action) throws Exception {
        assertThat(net.commit(OPERATOR, TransactionBody.newBuilder().setDrug(action))
                        .getCode())
                .isEqualTo("OK");
    }

    @AfterAll
    void stop() {
        net.close();
    }

    private HttpResponse<byte[]> get(String as, String path) throws Exception {
        return net.client().get(path, net.token(as));
    }

    private JsonNode ok(String as, String path) throws Exception {
        HttpResponse<byte[]> response = get(as, path);
        assertThat(response.statusCode())
                .as(new String(response.body(), "UTF-8"))
                .isEqualTo(200);
        return new ObjectMapper().readTree(response.body());
    }

    private String refused(String as, String path, int status) throws Exception {
        HttpResponse<byte[]> response = get(as, path);
        assertThat(response.statusCode())
                .as(new String(response.body(), "UTF-8"))
                .isEqualTo(status);
        return new ObjectMapper().readTree(response.body()).path("code").asText();
    }

    @Test
    @DisplayName("DRU-7 a partner's request is answered in the standard's fields, signed by the institution")
    void dru7_verified() throws Exception {
        JsonNode answer = ok(
                STRANGER_ADMIN,
                PACK + "&linkType=verificationService&context=dscsaSaleableReturn&reqGLN=0614141000036"
                        + "&corrUUID=08dd5e1b-78e7-4dee-9f55-e69f5edf099b");
        assertThat(answer.path("data").path("verified").asBoolean()).isTrue();
        assertThat(answer.path("corrUUID").asText()).isEqualTo("08dd5e1b-78e7-4dee-9f55-e69f5edf099b");
        assertThat(answer.path("responderGLN").asText()).hasSize(13);
        byte[] said = HexFormat.of()
                .parseHex(answer.path("evidence").path("verification").asText());
        byte[] signature = HexFormat.of()
                .parseHex(answer.path("evidence").path("signature").asText());
        assertThat(new Ed25519Verifier()
                        .verify(
                                net.institutionKey("st-mary").publicKey(),
                                Hash.tagged("consilium/drug-verification/v1", said)
                                        .toBytes(),
                                signature))
                .isTrue();
        DrugVerification verification = DrugVerification.parseFrom(said);
        assertThat(verification.getRequester()).isEqualTo(STRANGER_ADMIN);
        assertThat(verification.getVerified()).isTrue();
    }

    @Test
    @DisplayName("DRU-7 what does not match is answered with the standard's reasons")
    void dru7_reasons() throws Exception {
        assertThat(reason(PACK.replace("A%2F1", "B1"))).isEqualTo("No_match_GTIN_Serial");
        assertThat(reason(PACK.replace("L%2F1", "L2"))).isEqualTo("No_match_GTIN_Serial_Lot");
        assertThat(reason(PACK.replace("391231", "381231"))).isEqualTo("No_match_GTIN_Serial_Expiry");
        assertThat(reason(PACK.replace("391231", "381231").replace("L%2F1", "L2")))
                .isEqualTo("No_match_GTIN_Serial_Lot_Expiry");
    }

    private String reason(String path) throws Exception {
        JsonNode data = ok(INSPECTOR, path).path("data");
        assertThat(data.path("verified").asBoolean()).isFalse();
        return data.path("verificationFailureReason").asText();
    }

    @Test
    @DisplayName("DRU-7 only trading partners ask, under their own GLN, and about this responder's products")
    void dru7_whoMayAsk() throws Exception {
        assertThat(refused("helix/admin", PACK, 403)).isEqualTo("NOT_TRADING_PARTNER");
        assertThat(refused(CLINICIAN, PACK, 403)).isEqualTo("NOT_TRADING_PARTNER");
        assertThat(refused(STRANGER_ADMIN, PACK + "&reqGLN=0614141000005", 403)).isEqualTo("GLN_FOREIGN");
        assertThat(refused(STRANGER_ADMIN, PACK.replace(GTIN, "04012345123456"), 404))
                .isEqualTo("NOT_FOUND");
        assertThat(net.client().get(PACK, "").statusCode()).isEqualTo(401);
    }

    @Test
    @DisplayName("DRU-7 a request that is not well formed is refused with the parameter at fault")
    void dru7_malformed() throws Exception {
        assertThat(refused(INSPECTOR, PACK.replace("123452", "123453"), 400)).isEqualTo("MALFORMED_REQUEST");
        assertThat(refused(INSPECTOR, PACK.replace("391231", "391331"), 400)).isEqualTo("MALFORMED_REQUEST");
        assertThat(refused(INSPECTOR, PACK.replace("?exp=391231", ""), 400)).isEqualTo("MALFORMED_REQUEST");
        assertThat(refused(INSPECTOR, PACK + "&linkType=pip", 400)).isEqualTo("MALFORMED_REQUEST");
        assertThat(refused(INSPECTOR, PACK + "&corrUUID=1", 400)).isEqualTo("MALFORMED_REQUEST");
        assertThat(refused(INSPECTOR, PACK + "&other=1", 400)).isEqualTo("MALFORMED_REQUEST");
        assertThat(refused(INSPECTOR, PACK.replace("A%2F1", "1".repeat(21)), 400))
                .isEqualTo("MALFORMED_REQUEST");
    }

    @Test
    @DisplayName(
            "PRV-1 an address that would be logged wherever it passes is refused, and the answer does not repeat it")
    void prv1_noPersonalDataInAddresses() throws Exception {
        for (String name : List.of("email", "telephone")) {
            for (String path : List.of(PACK + "&", "/checkConnectivity?gtin=" + GTIN + "&")) {
                HttpResponse<byte[]> response = get(INSPECTOR, path + name + "=ann@example.org");
                assertThat(response.statusCode()).isEqualTo(400);
                String text = new String(response.body(), StandardCharsets.UTF_8);
                JsonNode problem = new ObjectMapper().readTree(text);
                assertThat(problem.path("code").asText()).isEqualTo("PERSONAL_DATA");
                assertThat(problem.path("rule").asText()).isEqualTo("PRV-1");
                assertThat(problem.path("path").asText()).isEqualTo(name);
                assertThat(problem.path("hint").asText()).contains("leave email and telephone out");
                assertThat(text).doesNotContain("ann@example.org");
            }
        }
    }

    @Test
    @DisplayName("DRU-7 a partner tries the connection by GTIN")
    void dru7_connectivity() throws Exception {
        assertThat(ok(INSPECTOR, "/checkConnectivity?gtin=" + GTIN)
                        .path("responderGLN")
                        .asText())
                .hasSize(13);
        assertThat(refused(INSPECTOR, "/checkConnectivity?gtin=04012345123456", 404))
                .isEqualTo("NOT_FOUND");
        for (String gtin : List.of(GTIN, "00614141999996")) {
            assertThat(refused("helix/admin", "/checkConnectivity?gtin=" + gtin, 403))
                    .as("a rival maker learns of no product whether there is one")
                    .isEqualTo("NOT_TRADING_PARTNER");
        }
        assertThat(ok(OPERATOR, "/checkConnectivity?gtin=" + GTIN).has("responderGLN"))
                .isTrue();
    }

    @Test
    @DisplayName("DRU-7 guesses are limited by institution")
    void dru7_rate() {
        AtomicLong clock = new AtomicLong();
        TokenBuckets rate = new TokenBuckets(20, 100, clock::get);
        Caller guesser = member("riverside/admin", "riverside");
        for (int i = 0; i < 100; i++) {
            VerificationRouter.requireRate(rate, guesser, 1);
        }
        assertThatThrownBy(() -> VerificationRouter.requireRate(rate, member("riverside/other", "riverside"), 1))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        refused -> assertThat(refused.problem().httpStatus()).isEqualTo(429));
        VerificationRouter.requireRate(rate, member("summit/admin", "summit"), 1);
        clock.addAndGet(50);
        VerificationRouter.requireRate(rate, guesser, 1);
    }

    @Test
    @DisplayName("DRU-9 who asks for many at once waits for as long as they take one by one, however long that is")
    void dru9_rateOfMany() {
        AtomicLong clock = new AtomicLong();
        TokenBuckets rate = new TokenBuckets(20, 100, clock::get);
        assertThat(rate.borrow("summit", 15_000)).isTrue();
        assertThat(rate.borrow("summit", 1)).isFalse();
        clock.addAndGet((15_000 - 100) / 20 * 1_000L);
        assertThat(rate.borrow("summit", 1)).isFalse();
        clock.addAndGet(50);
        assertThat(rate.borrow("summit", 1)).isTrue();
        clock.addAndGet(Long.MAX_VALUE / 2);
        for (int i = 0; i < 100; i++) {
            assertThat(rate.take("summit", 1)).isTrue();
        }
        assertThat(rate.take("summit", 1)).isFalse();
    }

    @Test
    @DisplayName("DRU-7 the rate is the node's setting: who asks faster is told to wait, others are answered")
    void dru7_rateOfANode(@TempDir Path directory) throws Exception {
        Map<String, String> slow = Map.of("quota.verifications-per-second", "1", "quota.verification-burst", "3");
        try (TestNetwork slowNet = TestNetwork.ofTraders(directory, slow)) {
            HttpResponse<byte[]> response = slowNet.client().get(PACK, slowNet.token(INSPECTOR));
            for (int asked = 1; asked < 100 && response.statusCode() != 429; asked++) {
                response = slowNet.client().get(PACK, slowNet.token(INSPECTOR));
            }
            assertThat(response.statusCode()).isEqualTo(429);
            JsonNode problem = new ObjectMapper().readTree(response.body());
            assertThat(problem.path("code").asText()).isEqualTo("QUOTA_EXCEEDED");
            assertThat(problem.path("hint").asText()).contains("wait");
            assertThat(slowNet.client().get(PACK, slowNet.token(STRANGER_ADMIN)).statusCode())
                    .isEqualTo(404);
        }
    }

    private static Caller member(String id, String institution) {
        return new Caller.Member(id, institution, Set.of("ADMIN"), Set.of("WHOLESALER"));
    }
}
