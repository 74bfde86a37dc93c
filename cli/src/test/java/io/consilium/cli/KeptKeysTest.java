package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.ledger.state.StateKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of granted keys: for their owner alone, by names that say nothing; without one all goes on (DRU-9). */
class KeptKeysTest {
    private static final StateKey KEY = StateKey.of("drug-key/00112233445566778899aabbccddeeff");

    private final List<String> notes = new ArrayList<>();

    @Test
    @DisplayName("DRU-9 what is kept only its owner reads, and only its member finds")
    void dru9_forTheOwnerAlone(@TempDir Path home) throws Exception {
        Path directory = home.resolve("granted").resolve("chain");
        KeptKeys keys = new KeptKeys(directory, "northside/pharmacist", notes::add);
        assertThat(keys.find(KEY)).isEmpty();
        keys.keep(KEY, new byte[] {1, 2, 3});
        keys.keep(KEY, new byte[] {4, 5});
        assertThat(keys.find(KEY)).hasValueSatisfying(bytes -> assertThat(bytes).containsExactly(4, 5));
        assertThat(new KeptKeys(directory, "northside/other", notes::add).find(KEY))
                .isEmpty();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.toList()).singleElement().satisfies(file -> {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .isEqualTo("rw-------");
                assertThat(file.getFileName().toString()).doesNotContain("0011", "northside");
            });
        }
        assertThat(notes).isEmpty();
    }

    @Test
    @DisplayName("DRU-9 a file that cannot be read or written costs a request, is told, and stops nothing")
    void dru9_unusable(@TempDir Path home) throws Exception {
        KeptKeys keys = new KeptKeys(home.resolve("granted"), "northside/pharmacist", notes::add);
        keys.keep(KEY, new byte[2 * 1024 * 1024]);
        assertThat(keys.find(KEY)).as("too large to be one").isEmpty();
        assertThat(notes).singleElement().asString().contains("cannot be read");
        Files.writeString(home.resolve("file"), "no directory");
        new KeptKeys(home.resolve("file"), "northside/pharmacist", notes::add).keep(KEY, new byte[] {1});
        assertThat(notes).hasSize(2).last().asString().contains("cannot be written");
    }
}
