package io.consilium.cli;

import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** One command line run inside the test's process, and what it printed. */
record CommandLineRun(int exitCode, String out, String err) {
    static CommandLineRun of(Path home, String... words) {
        return withInput(home, "", words);
    }

    static CommandLineRun withInput(Path home, String input, String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exitCode = Main.run(
                List.of(words),
                Map.of("CONSILIUM_HOME", home.toString()),
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new CommandLineRun(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** What stands on stdout, as JSON. */
    Map<?, ?> json() throws JsonException {
        return (Map<?, ?>) JsonReader.read(out);
    }

    /** The error object on stderr. */
    Map<?, ?> error() throws JsonException {
        return (Map<?, ?>) JsonReader.read(err.strip());
    }
}
