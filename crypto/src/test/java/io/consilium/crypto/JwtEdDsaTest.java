package io.consilium.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JwtEdDsaTest {
    private final KeyPair keys = KeyPair.fromSeed(new byte[32]);
    private final Verifier verifier = new Ed25519Verifier();

    private String token() {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("sub", "hospital-a/dr-\"1\"");
        claims.put("exp", 1_900_000_000L);
        return JwtEdDsa.sign(claims, "hospital-a/7", keys.signer());
    }

    @Test
    void readsAndVerifiesItsOwnTokens() throws Exception {
        JwtEdDsa.Jwt jwt = JwtEdDsa.parse(token());
        assertThat(jwt.keyId()).isEqualTo("hospital-a/7");
        assertThat(jwt.text("sub")).hasValue("hospital-a/dr-\"1\"");
        assertThat(jwt.number("exp")).hasValue(1_900_000_000L);
        assertThat(jwt.text("exp")).isEmpty();
        assertThat(jwt.number("iat")).isEmpty();
        assertThat(jwt.verify(verifier, keys.publicKey())).isTrue();
    }

    @Test
    void verifiesTheExampleOfRfc8037() {
        byte[] seed = Base64.getUrlDecoder().decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
        String signed = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        byte[] signature = KeyPair.fromSeed(seed).signer().sign(signed.getBytes(StandardCharsets.US_ASCII));
        assertThat(Base64.getUrlEncoder().withoutPadding().encodeToString(signature))
                .isEqualTo("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
    }

    @Test
    void refusesAnyChangedCharacterOrAnotherKey() throws Exception {
        String token = token();
        assertThat(JwtEdDsa.parse(token)
                        .verify(
                                verifier,
                                KeyPair.fromSeed(keys.publicKey().bytes()).publicKey()))
                .isFalse();
        for (int i = 0; i < token.length(); i++) {
            char other = token.charAt(i) == 'A' ? 'B' : 'A';
            String changed = token.substring(0, i) + other + token.substring(i + 1);
            assertThat(verifies(changed)).as("character %d", i).isFalse();
        }
        assertThat(verifies(token)).isTrue();
    }

    private boolean verifies(String token) {
        try {
            return JwtEdDsa.parse(token).verify(verifier, keys.publicKey());
        } catch (CryptoException refused) {
            return false;
        }
    }

    @Test
    void refusesOtherHeaders() {
        List<String> headers = List.of(
                "{\"alg\":\"none\",\"typ\":\"JWT\",\"kid\":\"k\"}",
                "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"k\"}",
                "{\"alg\":\"EdDSA\",\"kid\":\"k\"}",
                "{\"alg\":\"EdDSA\",\"typ\":\"JWT\"}",
                "{\"alg\":\"EdDSA\",\"typ\":\"JWT\",\"kid\":7}",
                "{\"alg\":\"EdDSA\",\"typ\":\"JWT\",\"kid\":\"\"}",
                "{\"alg\":\"EdDSA\",\"typ\":\"JWT\",\"kid\":\"k\",\"crit\":\"x\"}",
                "{\"alg\":\"EdDSA\",\"alg\":\"none\",\"typ\":\"JWT\",\"kid\":\"k\"}",
                "[]",
                "");
        for (String header : headers) {
            refuses(part(header) + "." + part("{}") + "." + part("x"));
        }
    }

    @Test
    void refusesOtherShapes() {
        String token = token();
        refuses("");
        refuses("a.b");
        refuses(token + ".a");
        refuses(token + "=");
        refuses(token.replace('.', ' '));
        refuses("A".repeat(JwtEdDsa.MAX_CHARACTERS + 1));
        String claims = part("{\"nested\":{}}");
        refuses(token.substring(0, token.indexOf('.') + 1) + claims + token.substring(token.lastIndexOf('.')));
    }

    @Test
    void refusesToSignMoreThanItWouldRead() {
        assertThatThrownBy(() -> JwtEdDsa.sign(Map.of("a", "x".repeat(2000)), "k", keys.signer()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> JwtEdDsa.sign(Map.of("a", 1.5), "k", keys.signer()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void refuses(String token) {
        assertThatThrownBy(() -> JwtEdDsa.parse(token)).as(token).isInstanceOf(CryptoException.class);
    }

    private static String part(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
