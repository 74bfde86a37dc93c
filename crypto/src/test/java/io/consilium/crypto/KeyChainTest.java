package io.consilium.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class KeyChainTest {
    private final SecureRandom random = new SecureRandom();
    private final byte[] first = fresh();
    private final byte[] second = fresh();
    private final byte[] third = fresh();
    private final List<byte[]> links =
            List.of(KeyChain.link(first, second, random), KeyChain.link(second, third, random));

    private byte[] fresh() {
        byte[] key = new byte[Blinding.KEY_BYTES];
        random.nextBytes(key);
        return key;
    }

    @Test
    @DisplayName("PRV-7 the newest key opens every earlier one")
    void prv7_backwards() throws CryptoException {
        assertThat(KeyChain.open(third, links)).containsExactly(first, second, third);
        assertThat(KeyChain.open(first, List.of())).containsExactly(first);
    }

    @Test
    @DisplayName("PRV-7 an earlier key opens no later one, and a wrong key nothing")
    void prv7_notForwards() {
        assertThatThrownBy(() -> KeyChain.open(first, links)).isInstanceOf(CryptoException.class);
        assertThatThrownBy(() -> KeyChain.open(second, links)).isInstanceOf(CryptoException.class);
    }

    @Test
    @DisplayName("PRV-7 a link that was changed does not open")
    void prv7_tampered() {
        byte[] changed = links.get(1).clone();
        changed[changed.length - 1] ^= 1;
        assertThatThrownBy(() -> KeyChain.open(third, List.of(links.get(0), changed)))
                .isInstanceOf(CryptoException.class);
    }
}
