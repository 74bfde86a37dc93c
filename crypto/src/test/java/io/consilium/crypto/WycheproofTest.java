package io.consilium.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.BiConsumer;
import javax.crypto.AEADBadTagException;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContext;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.junit.jupiter.api.Test;

/** Every primitive in use, against the edge cases that project Wycheproof collects. */
class WycheproofTest {
    @Test
    void ed25519() {
        Ed25519Verifier verifier = new Ed25519Verifier();
        int count = each("ed25519_test.json", (group, test) -> {
            PublicKey key =
                    PublicKey.ed25519(Conformance.hex(group.get("publicKey").get("pk")));
            boolean accepted = verifier.verify(key, Conformance.hex(test.get("msg")), Conformance.hex(test.get("sig")));
            assertThat(accepted).as(name(test)).isEqualTo(valid(test));
        });
        assertThat(count).isEqualTo(151);
    }

    @Test
    void x25519() {
        int count = each("x25519_test.json", (group, test) -> {
            byte[] privateKey = Conformance.hex(test.get("private"));
            byte[] publicKey = Conformance.hex(test.get("public"));
            byte[] shared = Conformance.hex(test.get("shared"));
            if (Arrays.equals(shared, new byte[32])) {
                assertThat(X25519.isUsable(publicKey)).as(name(test)).isFalse();
                assertThatThrownBy(() -> X25519.agree(privateKey, publicKey)).isInstanceOf(CryptoException.class);
            } else {
                assertThat(X25519.isUsable(publicKey)).as(name(test)).isTrue();
                assertThat(agree(privateKey, publicKey)).as(name(test)).isEqualTo(shared);
            }
        });
        assertThat(count).isEqualTo(518);
    }

    @Test
    void aesGcmWithNoncesOf12AndTagsOf16Bytes() {
        int[] checked = {0};
        each("aes_gcm_test.json", (group, test) -> {
            boolean ours = group.get("ivSize").asInt() == 96
                    && group.get("tagSize").asInt() == 128
                    && group.get("keySize").asInt() != 192;
            if (ours) {
                checkAesGcm(test);
                checked[0]++;
            }
        });
        assertThat(checked[0]).isGreaterThan(100);
    }

    private static void checkAesGcm(JsonNode test) {
        AesGcm aead = new AesGcm(Conformance.hex(test.get("key")));
        byte[] nonce = Conformance.hex(test.get("iv"));
        byte[] aad = Conformance.hex(test.get("aad"));
        byte[] plaintext = Conformance.hex(test.get("msg"));
        byte[] sealed = HexFormat.of()
                .parseHex(test.get("ct").asText() + test.get("tag").asText());
        if (valid(test)) {
            assertThat(aead.seal(nonce, aad, plaintext, plaintext.length))
                    .as(name(test))
                    .isEqualTo(sealed);
            assertThat(open(aead, nonce, aad, sealed)).as(name(test)).isEqualTo(plaintext);
        } else {
            assertThatThrownBy(() -> aead.open(nonce, aad, sealed, sealed.length))
                    .as(name(test))
                    .isInstanceOf(AEADBadTagException.class);
        }
    }

    @Test
    void hkdfAsHpkeUsesIt() {
        X25519KeyPair pair = X25519.fromPrivate(new byte[32]);
        HPKEContext hkdf = HpkeEnvelope.suite(HPKE.aead_AES_GCM256)
                .setupBaseR(pair.publicKey(), HpkeEnvelope.pair(pair), new byte[0]);
        int count = each("hkdf_sha256_test.json", (group, test) -> {
            byte[] salt = Conformance.hex(test.get("salt"));
            byte[] info = Conformance.hex(test.get("info"));
            int size = test.get("size").asInt();
            byte[] pseudorandomKey = hkdf.extract(salt, Conformance.hex(test.get("ikm")));
            if (valid(test)) {
                assertThat(hkdf.expand(pseudorandomKey, info, size))
                        .as(name(test))
                        .isEqualTo(Conformance.hex(test.get("okm")));
            } else {
                assertThatThrownBy(() -> expand(pseudorandomKey, info, size))
                        .as(name(test))
                        .isNotNull();
            }
        });
        assertThat(count).isEqualTo(86);
    }

    private static void expand(byte[] pseudorandomKey, byte[] info, int size) {
        HKDFBytesGenerator generator = new HKDFBytesGenerator(new SHA256Digest());
        generator.init(HKDFParameters.skipExtractParameters(pseudorandomKey, info));
        generator.generateBytes(new byte[size], 0, size);
    }

    @Test
    void hmacSha256() {
        int count = each("hmac_sha256_test.json", (group, test) -> {
            byte[] expected = Conformance.hex(test.get("tag"));
            byte[] mac = Blinding.hmacSha256(Conformance.hex(test.get("key")), Conformance.hex(test.get("msg")));
            boolean equal = Arrays.equals(Arrays.copyOf(mac, expected.length), expected);
            assertThat(equal).as(name(test)).isEqualTo(valid(test));
        });
        assertThat(count).isEqualTo(174);
    }

    private static byte[] agree(byte[] privateKey, byte[] publicKey) {
        try {
            return X25519.agree(privateKey, publicKey);
        } catch (CryptoException refused) {
            throw new AssertionError(refused);
        }
    }

    private static byte[] open(AesGcm aead, byte[] nonce, byte[] aad, byte[] sealed) {
        try {
            return aead.open(nonce, aad, sealed, sealed.length);
        } catch (AEADBadTagException refused) {
            throw new AssertionError(refused);
        }
    }

    private static int each(String file, BiConsumer<JsonNode, JsonNode> check) {
        JsonNode vectors = Conformance.json(Conformance.require("wycheproof/" + file));
        int count = 0;
        for (JsonNode group : vectors.get("testGroups")) {
            for (JsonNode test : group.get("tests")) {
                check.accept(group, test);
                count++;
            }
        }
        return count;
    }

    private static boolean valid(JsonNode test) {
        return test.get("result").asText().equals("valid");
    }

    private static String name(JsonNode test) {
        return "test " + test.get("tcId").asInt() + " " + test.get("comment").asText();
    }
}
