package io.consilium.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class CanonicalCodecTest {
    @Test
    void writesBigEndianNumbersOfFixedWidth() {
        byte[] bytes = new CanonicalWriter()
                .writeByte(255)
                .writeFlag(true)
                .writeInt(-2)
                .writeLong(258)
                .writeBytes(new byte[] {7}, 1)
                .writeText("é", 2)
                .toBytes();
        assertThat(HexFormat.of().formatHex(bytes))
                .isEqualTo("ff" + "01" + "fffffffe" + "0000000000000102" + "0000000107" + "00000002c3a9");
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void readsBackWhatWasWritten(
            @ForAll int number,
            @ForAll long longNumber,
            @ForAll boolean flag,
            @ForAll @Size(max = 400) byte[] bytes,
            @ForAll @Size(value = 32) byte[] hash)
            throws Exception {
        byte[] written = new CanonicalWriter()
                .writeInt(number)
                .writeBytes(bytes, 400)
                .writeLong(longNumber)
                .writeHash(Hash.of(hash))
                .writeFlag(flag)
                .writeKey(PublicKey.ed25519(hash))
                .toBytes();
        CanonicalReader reader = new CanonicalReader(written, "test");
        assertThat(reader.readInt()).isEqualTo(number);
        assertThat(reader.readBytes(400)).isEqualTo(bytes);
        assertThat(reader.readLong()).isEqualTo(longNumber);
        assertThat(reader.readHash()).isEqualTo(Hash.of(hash));
        assertThat(reader.readFlag()).isEqualTo(flag);
        assertThat(reader.readKey()).isEqualTo(PublicKey.ed25519(hash));
        reader.end();
        assertThatThrownBy(() -> read(Arrays.copyOf(written, written.length - 1)))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> read(Arrays.copyOf(written, written.length + 1)))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("1 bytes too many");
    }

    private static void read(byte[] bytes) throws MalformedException {
        CanonicalReader.decode(bytes, 1000, "test", reader -> {
            reader.readInt();
            reader.readBytes(400);
            reader.readLong();
            reader.readHash();
            reader.readFlag();
            return reader.readKey();
        });
    }

    @Test
    void refusesLengthsBeyondTheirBoundBeforeReading() {
        refuses("7fffffff", reader -> reader.readBytes(100), "at most 100");
        refuses("ffffffff", reader -> reader.readBytes(100), "4294967295");
        refuses("00000003aabb", reader -> reader.readBytes(100), "3 bytes expected, 2 are left");
        refuses("00000005", reader -> reader.readCount(4), "at most 4");
    }

    @Test
    void refusesWhatHasAnotherSpelling() {
        refuses("02", CanonicalReader::readFlag, "a flag is 0 or 1");
        refuses("00000002c080", reader -> reader.readText(10), "not UTF-8");
        refuses("00000003eda080", reader -> reader.readText(10), "not UTF-8");
        refuses("02" + "00".repeat(32), CanonicalReader::readKey, "unknown");
    }

    @Test
    void refusesMoreThanTheWholeBound() {
        assertThatThrownBy(() -> CanonicalReader.decode(new byte[5], 4, "thing", CanonicalReader::readInt))
                .isInstanceOf(MalformedException.class)
                .hasMessage("thing: 5 bytes, at most 4 are allowed");
    }

    @Test
    void writerRefusesWhatTheReaderWould() {
        CanonicalWriter writer = new CanonicalWriter();
        assertThatThrownBy(() -> writer.writeByte(256)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> writer.writeByte(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> writer.writeBytes(new byte[2], 1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static void refuses(String hex, CanonicalReader.Decoder<?> decoder, String reason) {
        assertThatThrownBy(() -> CanonicalReader.decode(HexFormat.of().parseHex(hex), 1000, "thing", decoder))
                .isInstanceOf(MalformedException.class)
                .hasMessageStartingWith("thing: ")
                .hasMessageContaining(reason)
                .hasMessageContaining("at byte ");
    }
}
