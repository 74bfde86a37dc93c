package io.consilium.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ScenarioTest {
    private static List<Path> scripts() throws IOException, URISyntaxException {
        Path folder = Path.of(Objects.requireNonNull(ScenarioTest.class.getResource("/scenarios"))
                .toURI());
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".txt"))
                    .filter(file -> !file.endsWith("README.txt"))
                    .sorted()
                    .toList();
        }
    }

    /** A script's first line is its title. */
    @TestFactory
    Stream<DynamicTest> scenarios() throws IOException, URISyntaxException {
        return scripts().stream().map(file -> {
            String script = read(file);
            String title = script.lines().findFirst().orElse("").replaceFirst("^#\\s*", "");
            return DynamicTest.dynamicTest(
                    file.getFileName() + ": " + title, file.toUri(), () -> new Scenario().play(script));
        });
    }

    @Test
    void thereAreScenarios() throws IOException, URISyntaxException {
        assertThat(scripts()).hasSizeGreaterThan(40);
    }

    @Test
    void anExpectationThatDoesNotHoldFails() {
        assertThat(org.assertj.core.api.Assertions.catchThrowable(
                        () -> new Scenario().play("validators 4\nexpect height 1")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("line 2: expect height 1");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }
}
