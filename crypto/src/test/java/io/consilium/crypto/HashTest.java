package io.consilium.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HashTest {
    private static final Hash ABC = Hash.fromHex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

    @Test
    void concatenatesItsParts() throws Exception {
        byte[] ab = "ab".getBytes(StandardCharsets.US_ASCII);
        byte[] c = "c".getBytes(StandardCharsets.US_ASCII);
        assertThat(Hash.sha256(ab, c)).isEqualTo(ABC);
        assertThat(Hash.sha256(new ByteArrayInputStream("abc".getBytes(StandardCharsets.US_ASCII))))
                .isEqualTo(ABC);
    }

    @Test
    void separatesDomainsByTheirLength() {
        assertThat(Hash.tagged("ab", new byte[] {'c'})).isEqualTo(Hash.sha256(new byte[] {2, 'a', 'b', 'c'}));
        assertThat(Hash.tagged("ab", new byte[] {'c'})).isNotEqualTo(Hash.tagged("a", new byte[] {'b', 'c'}));
        assertThatThrownBy(() -> Hash.tagged("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Hash.tagged("x".repeat(256))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void numbersItsBitsFromTheMostSignificant() {
        Hash hash = Hash.fromHex("81" + "00".repeat(30) + "01");
        assertThat(IntStream.range(0, 256).filter(i -> hash.bit(i) == 1)).containsExactly(0, 7, 255);
        assertThat(hash.at(0)).isEqualTo((byte) 0x81);
    }

    @Test
    void ordersAsAnUnsignedNumber() {
        Hash small = Hash.fromHex("7f" + "ff".repeat(31));
        Hash large = Hash.fromHex("80" + "00".repeat(31));
        assertThat(small).isLessThan(large);
        assertThat(Hash.ZERO).isLessThan(small);
        assertThat(large.compareTo(Hash.fromHex(large.hex()))).isZero();
    }

    @Test
    void refusesAnythingButLowercaseHexOf32Bytes() {
        String hex = ABC.hex();
        for (String wrong : List.of(
                "",
                hex.substring(1),
                hex + "0",
                hex.toUpperCase(Locale.ROOT),
                "g" + hex.substring(1),
                "０" + hex.substring(1))) {
            assertThatThrownBy(() -> Hash.fromHex(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> Hash.of(new byte[31])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void cannotBeChangedFromOutside() {
        byte[] bytes = ABC.toBytes();
        Hash copy = Hash.of(bytes);
        bytes[0] ^= 1;
        copy.toBytes()[1] ^= 1;
        assertThat(copy).isEqualTo(ABC).hasSameHashCodeAs(ABC);
        assertThat(copy.shortHex()).isEqualTo("ba7816bf");
        ByteBuffer buffer = ByteBuffer.allocate(32);
        copy.writeTo(buffer);
        assertThat(Hash.of(buffer.array())).isEqualTo(copy);
    }

    @Test
    void aFailedHashLeavesNothingForTheNext() {
        byte[][] broken = {{1, 2, 3}, null};
        assertThatThrownBy(() -> Hash.sha256(broken)).isInstanceOf(NullPointerException.class);
        assertThat(Hash.sha256("abc".getBytes(StandardCharsets.US_ASCII))).isEqualTo(ABC);
    }
}
