package io.consilium.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyncedMarkTest {
    @TempDir
    Path directory;

    @Test
    void remembersTheLastNumberWithoutBeingClosed() throws Exception {
        assertThat(SyncedMark.read(directory)).isEmpty();
        try (SyncedMark mark = SyncedMark.open(directory, 3)) {
            assertThat(SyncedMark.read(directory)).hasValue(3);
            for (int i = 4; i < 20; i++) {
                mark.advance(i);
                assertThat(SyncedMark.read(directory)).hasValue(i);
            }
            assertThatThrownBy(() -> mark.advance(18)).isInstanceOf(IllegalStateException.class);
        }
        try (SyncedMark mark = SyncedMark.open(directory, 7)) {
            mark.advance(19);
            assertThat(SyncedMark.read(directory)).hasValue(19);
            mark.reset(2);
        }
        assertThat(SyncedMark.read(directory)).hasValue(2);
    }

    @Test
    void everyTornWriteLeavesTheNumberBefore() throws Exception {
        Path file = directory.resolve(SyncedMark.FILE);
        byte[] before;
        byte[] after;
        try (SyncedMark mark = SyncedMark.open(directory, 1)) {
            mark.advance(0x0102030405L);
            before = Files.readAllBytes(file);
            mark.advance(0x0102030406L);
            after = Files.readAllBytes(file);
        }
        for (int torn = 0; torn < after.length; torn++) {
            byte[] mixed = before.clone();
            System.arraycopy(after, 0, mixed, 0, torn);
            Files.write(file, mixed);
            assertThat(SyncedMark.read(directory).orElseThrow()).isBetween(0x0102030405L, 0x0102030406L);
        }
        Files.write(file, new byte[3]);
        assertThat(SyncedMark.read(directory)).isEmpty();
    }

    @Test
    void bytesAreFixed() throws Exception {
        SyncedMark.open(directory, 258).close();
        byte[] bytes = Files.readAllBytes(directory.resolve(SyncedMark.FILE));
        assertThat(bytes).hasSize(528);
        assertThat(HexFormat.of().formatHex(bytes, 0, 12)).isEqualTo("43534d310000000000000102");
        assertThat(HexFormat.of().formatHex(bytes, 512, 524)).isEqualTo("43534d310000000000000102");
    }
}
