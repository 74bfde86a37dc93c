package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeptHeightTest {
    @TempDir
    Path home;

    private final List<String> warnings = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    @Test
    @DisplayName("The newest height is kept for the next command, an older one does not replace it")
    void kept() {
        KeptHeight first = here();
        assertThat(first.height()).isZero();
        first.proven(7);
        first.proven(5);
        assertThat(first.height()).isEqualTo(7);
        KeptHeight beside = here();
        assertThat(beside.height()).isZero();
        beside.proven(6);
        first.keep();
        beside.keep();
        assertThat(here().height()).isEqualTo(7);
        assertThat(notes).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "seven", "-3", "99999999999999999999", "a text that is longer than any height can be"})
    @DisplayName("A file that holds no height is as none, and the next write replaces it")
    void torn(String content) throws Exception {
        Files.createDirectories(file().getParent());
        Files.writeString(file(), content);
        KeptHeight kept = here();
        assertThat(kept.height()).isZero();
        kept.proven(7);
        kept.keep();
        assertThat(here().height()).isEqualTo(7);
    }

    @Test
    @DisplayName("Where nothing can be written, a height is known to this command alone, and that is told")
    void unwritable() throws Exception {
        Files.writeString(home.resolve("seen"), "a file, not a directory");
        KeptHeight kept = here();
        assertThat(kept.height()).isZero();
        kept.proven(7);
        kept.keep();
        assertThat(kept.height()).isEqualTo(7);
        assertThat(here().height()).isZero();
        assertThat(notes).singleElement().asString().contains("cannot be written");
    }

    @Test
    @DisplayName("A command that asks no node leaves no file")
    void offline() {
        KeptHeight offline = here();
        offline.proven(7);
        offline.keep();
        assertThat(home).isEmptyDirectory();
        assertThat(here().height()).isZero();
    }

    @Test
    @DisplayName("A node that is behind is told, with both heights")
    void behind() {
        KeptHeight kept = here();
        assertThat(kept.height()).isZero();
        kept.proven(7);
        kept.missed(URI.create("https://127.0.0.1:7443"), 5);
        assertThat(warnings)
                .singleElement()
                .asString()
                .contains("https://127.0.0.1:7443 is at height 5, behind the height 7");
    }

    private KeptHeight here() {
        return new KeptHeight(file(), warnings::add, notes::add);
    }

    private Path file() {
        return home.resolve("seen").resolve("chain");
    }
}
