package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.cli.devnet.Devnet;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A command with nodes of its own that is interrupted by a real signal. */
class InterruptIT {
    private static final int EXIT_OF_A_SIGNAL = 128;

    @TempDir
    Path home;

    @ParameterizedTest(name = "{0} at \"{2}\"")
    @CsvSource({"INT, 2, Starting 4 nodes", "TERM, 15, 1. ", "HUP, 1, 2. "})
    @DisplayName("An interrupted demo leaves no process and no file, and says nothing of what the interrupt cut off")
    void demo(String signal, int number, String at) throws Exception {
        // A process started in the background of a script would be deaf to the first two.
        ProcessBuilder builder = new ProcessBuilder(
                "env", "--default-signal=INT,HUP,TERM", System.getProperty("consilium.launcher"), "demo");
        builder.environment()
                .put("CONSILIUM_JAVA_OPTS", "-Djava.io.tmpdir=" + Files.createDirectories(home.resolve("temporary")));
        Process demo = builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.PIPE)
                .start();
        List<String> said = new ArrayList<>();
        List<ProcessHandle> started;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(demo.getInputStream(), StandardCharsets.UTF_8))) {
            Optional<String> line = Optional.ofNullable(lines.readLine());
            while (line.isPresent() && !line.get().startsWith(at)) {
                said.add(line.get());
                line = Optional.ofNullable(lines.readLine());
            }
            assertThat(line).as("%s", said).isPresent();
            started = demo.descendants().toList();
            assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(demo.pid()))
                            .start()
                            .waitFor())
                    .isZero();
            lines.lines().forEach(said::add);
        }
        assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).isEqualTo(EXIT_OF_A_SIGNAL + number);
        assertThat(said).noneMatch(line -> line.startsWith("consilium: ") || line.contains("Exception"));
        for (ProcessHandle process : started) {
            process.onExit().get(10, TimeUnit.SECONDS);
        }
        try (Stream<Path> left = Files.list(home.resolve("temporary"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    @DisplayName("A node that ends by itself during a measurement is told with its exit code, and its files are kept")
    void aNodeThatEnds() throws Exception {
        Path temporary = Files.createDirectories(home.resolve("temporary"));
        ProcessBuilder builder = new ProcessBuilder(
                System.getProperty("consilium.launcher"),
                "bench",
                "load",
                "--rate",
                "10",
                "--warmup",
                "0",
                "--seconds",
                "1");
        builder.environment().put("CONSILIUM_JAVA_OPTS", "-Djava.io.tmpdir=" + temporary);
        Process bench = builder.redirectErrorStream(true).start();
        List<String> said = new ArrayList<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(bench.getInputStream(), StandardCharsets.UTF_8))) {
            Optional<String> line = Optional.ofNullable(lines.readLine());
            while (line.isPresent() && !line.get().startsWith("Adding members")) {
                said.add(line.get());
                line = Optional.ofNullable(lines.readLine());
            }
            assertThat(line).as("%s", said).isPresent();
            try (Stream<Path> made = Files.list(temporary)) {
                Path network = made.filter(Devnet::exists).findFirst().orElseThrow();
                ProcessHandle node = Devnet.open(network).node(3).process().orElseThrow();
                assertThat(node.destroyForcibly()).isTrue();
            }
            lines.lines().forEach(said::add);
        }
        assertThat(bench.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(said).anyMatch(line -> line.equals("consilium: Node 3 (helix) ended by itself with exit code 137"));
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left).anyMatch(directory -> Files.exists(directory.resolve("nodes/3-helix/logs/node.log")));
        }
    }
}
