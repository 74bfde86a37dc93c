package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

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

    private final List<String> notes = new ArrayList<>();

    @Test
    @DisplayName("The newest height is kept for the next command, an older one does not replace it")
    void kept() {
        KeptHeight first = here();
        assertThat(first.height()).isZero();
        first.proven(7);
        first.proven(5);
        assertThat(first.height()).isEqualTo(7);
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
        assertThat(here().height()).isEqualTo(7);
    }

    @Test
    @DisplayName("Where nothing can be written, a height is known to this command alone, and that is told")
    void unwritable() throws Exception {
        Files.writeString(home.resolve("seen"), "a file, not a directory");
        KeptHeight kept = here();
        assertThat(kept.height()).isZero();
        kept.proven(7);
        assertThat(kept.height()).isEqualTo(7);
        assertThat(here().height()).isZero();
        assertThat(notes).singleElement().asString().contains("cannot be written");
    }

    @Test
    @DisplayName("A command that asks no node leaves no file")
    void offline() {
        here().proven(7);
        assertThat(home).isEmptyDirectory();
        assertThat(here().height()).isZero();
    }

    private KeptHeight here() {
        return new KeptHeight(file(), notes::add);
    }

    private Path file() {
        return home.resolve("seen").resolve("chain");
    }
}
