package io.consilium.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeysTest {
    private static final String SEED = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
    private static final String PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    private static final byte[] MESSAGE = "a vote".getBytes(StandardCharsets.UTF_8);

    private final SecureRandom random = new SecureRandom();

    @Test
    void signsAsRfc8032Says() {
        KeyPair keys = KeyPair.fromSeed(HexFormat.of().parseHex(SEED));
        assertThat(keys.publicKey().text()).isEqualTo("ed25519:" + PUBLIC);
        assertThat(HexFormat.of().formatHex(keys.signer().sign(new byte[0])))
                .isEqualTo(
                        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                                + "d25bf5f0595bbe24655141438e7a100b");
    }

    @Test
    void verifiesWhatWasSignedAndNothingElse() {
        KeyPair keys = KeyPair.generate(random);
        Ed25519Verifier verifier = new Ed25519Verifier();
        byte[] signature = keys.signer().sign(MESSAGE);
        assertThat(verifier.verify(keys.publicKey(), MESSAGE, signature)).isTrue();
        assertThat(keys.signer().sign(MESSAGE)).isEqualTo(signature);
        assertThat(verifier.verify(KeyPair.generate(random).publicKey(), MESSAGE, signature))
                .isFalse();
        assertThat(verifier.verify(keys.publicKey(), new byte[0], signature)).isFalse();
        assertThat(verifier.verify(keys.publicKey(), MESSAGE, new byte[63])).isFalse();
        assertThat(verifier.verify(keys.publicKey(), MESSAGE, new byte[65])).isFalse();
    }

    @Test
    void verifierKeepsABoundedNumberOfKeysAndAnswersTheSame() {
        Ed25519Verifier verifier = new Ed25519Verifier(3);
        List<KeyPair> keys =
                IntStream.range(0, 8).mapToObj(i -> KeyPair.generate(random)).toList();
        for (int round = 0; round < 2; round++) {
            for (KeyPair pair : keys) {
                assertThat(verifier.verify(
                                pair.publicKey(), MESSAGE, pair.signer().sign(MESSAGE)))
                        .isTrue();
                assertThat(verifier.cachedKeys()).isLessThanOrEqualTo(3);
            }
        }
        assertThat(verifier.accepts(PublicKey.ed25519(new byte[32]))).isFalse();
        assertThat(verifier.cachedKeys()).isEqualTo(3);
    }

    @Test
    void publicKeysReadTheirOwnText() {
        PublicKey key = KeyPair.generate(random).publicKey();
        assertThat(PublicKey.parse(key.text()))
                .isEqualTo(key)
                .hasSameHashCodeAs(key)
                .isEqualByComparingTo(key);
        for (String wrong :
                List.of("", PUBLIC, "x25519:" + PUBLIC, "ed25519:" + PUBLIC + "00", "ed25519:", "ED25519:" + PUBLIC)) {
            assertThatThrownBy(() -> PublicKey.parse(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> PublicKey.ed25519(new byte[31])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> KeyAlgorithm.fromCode(2)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void secretsDoNotShowInText() {
        KeyPair keys = KeyPair.generate(random);
        X25519KeyPair agreement = X25519.generate(random);
        String text = keys + " " + keys.signer() + " " + agreement;
        assertThat(text)
                .doesNotContain(HexFormat.of().formatHex(keys.seed()))
                .doesNotContain(HexFormat.of().formatHex(agreement.privateKey()));
    }

    @Test
    void x25519KeysReadTheirOwnText() {
        byte[] key = X25519.generate(random).publicKey();
        assertThat(X25519.parse(X25519.text(key))).isEqualTo(key);
        assertThatThrownBy(() -> X25519.parse("ed25519:" + PUBLIC)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> X25519.fromPrivate(new byte[31])).isInstanceOf(IllegalArgumentException.class);
        assertThat(X25519.isUsable(new byte[31])).isFalse();
    }
}
