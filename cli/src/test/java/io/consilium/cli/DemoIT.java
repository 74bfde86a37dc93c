package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoIT {
    /** By chapter, what shows that it came to its end. */
    private static final List<List<String>> OUTCOMES = List.of(
            List.of("record add"),
            List.of("record get", "(exit code 4)"),
            List.of("received is the document, byte for byte"),
            List.of("consent revoke", "(exit code 4)", "access list"),
            List.of(
                    "reads until ",
                    "the privacy officer reads: \"Unconscious in the emergency room\"",
                    "access review"),
            List.of("  TREAT  ", "  BTG  ", "audit export", "audit verify"),
            List.of("(exit code 6)", "enrolled under the pseudonym ", "and at a second site:"),
            List.of("trial release", "(exit code 6)", "mean age with noise: \"value\""),
            List.of(
                    "Pain intensity: switched",
                    "Sleep quality: switched",
                    "Adverse events: as-registered",
                    "trial verify"),
            List.of("drug dispense", "(exit code 6)", "(exit code 9)"),
            List.of("goods of it are with ", "(exit code 6)", "drug trace", "(exit code 3)"),
            List.of("(kill -9)", "it caught up:", "state root "),
            List.of("stopped every node", "verify-receipt", "record verify", "(exit code 9)"));

    @TempDir
    Path home;

    @Test
    @DisplayName("The demo tells its chapters to the end, and leaves no process and no file")
    void demo() throws Exception {
        Path temporary = Files.createDirectories(home.resolve("temporary"));
        ProcessBuilder builder = new ProcessBuilder(System.getProperty("consilium.launcher"), "demo");
        builder.environment().put("CONSILIUM_JAVA_OPTS", "-Djava.io.tmpdir=" + temporary);
        Process demo = builder.redirectErrorStream(true).start();
        List<StringBuilder> chapters = new ArrayList<>();
        StringBuilder said = new StringBuilder();
        Set<ProcessHandle> started = new HashSet<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(demo.getInputStream(), StandardCharsets.UTF_8))) {
            Optional<String> line = Optional.ofNullable(lines.readLine());
            while (line.isPresent()) {
                said.append(line.get()).append('\n');
                if (line.get().startsWith((chapters.size() + 1) + ". ")) {
                    chapters.add(new StringBuilder());
                    demo.descendants().forEach(started::add);
                }
                if (!chapters.isEmpty()) {
                    chapters.get(chapters.size() - 1).append(line.get()).append('\n');
                }
                line = Optional.ofNullable(lines.readLine());
            }
        }
        assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).as("%s", said).isZero();
        assertThat(chapters).hasSameSizeAs(OUTCOMES);
        for (int i = 0; i < OUTCOMES.size(); i++) {
            assertThat(chapters.get(i)).contains(OUTCOMES.get(i));
        }
        assertThat(said.toString().lines()).noneMatch(line -> line.startsWith("consilium: "));
        assertThat(started).as("the nodes, and one of them anew").hasSizeGreaterThanOrEqualTo(5);
        for (ProcessHandle process : started) {
            process.onExit().get(10, TimeUnit.SECONDS);
        }
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left).isEmpty();
        }
    }
}
