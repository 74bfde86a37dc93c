package io.consilium.cli;

import io.consilium.cli.devnet.Devnet;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonFields;
import io.consilium.client.json.JsonReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the chapters of the demo tell their story with: each step is a command of this command line, run as a user would
 * run it, and the story ends with an error where a command answers other than it should.
 */
final class DemoStage {
    private final Session session;
    private final TemporaryDevnet network;
    private final Map<String, String> environment;
    private int chapter;

    DemoStage(Session session, TemporaryDevnet network) {
        this.session = session;
        this.network = network;
        this.environment = new HashMap<>(session.environment());
        environment.keySet().removeIf(name -> name.startsWith("CONSILIUM_"));
        environment.put("CONSILIUM_HOME", devnet().directory().toString());
    }

    /** What a command said. */
    record Said(int exitCode, String out, String err) {}

    Devnet devnet() {
        return network.devnet();
    }

    void chapter(String title) {
        chapter++;
        session.output().say("\n" + chapter + ". " + title);
    }

    void note(String text) {
        session.output().say("   " + text);
    }

    String field(int exitCode, String name, String context, String... words) throws ClientException {
        return text(json(exitCode, context, words), name);
    }

    JsonFields json(int exitCode, String context, String... words) throws ClientException {
        Said said = run(exitCode, context, words);
        try {
            return JsonFields.of(JsonReader.read(said.out()), "");
        } catch (JsonException malformed) {
            throw broken("its answer cannot be read: " + malformed.getMessage()).causedBy(malformed);
        }
    }

    /** A command that must be refused: its words are shown. */
    void refused(int exitCode, String context, String... words) throws ClientException {
        Said said = run(exitCode, context, words);
        said.err().lines().filter(line -> !line.isBlank()).limit(2).forEach(line -> note("  " + line.strip()));
        note("  (exit code " + exitCode + ")");
    }

    /** Runs a command as a user would; the story ends where its exit code is another. */
    Said run(int exitCode, String context, String... words) throws ClientException {
        List<String> command = new ArrayList<>(List.of("--context", context));
        command.addAll(Arrays.asList(words));
        note("$ consilium " + shown(command));
        command.addAll(List.of("-o", "json"));
        if (exitCode != 0) {
            command.removeAll(List.of("-o", "json"));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(
                command,
                environment,
                InputStream.nullInputStream(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        network.requireUninterrupted();
        Said said = new Said(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        if (code != exitCode) {
            throw broken("it ended with " + code + ", not " + exitCode + ": "
                    + said.err().lines().findFirst().orElse("no word"));
        }
        return said;
    }

    /** Long file names and ids are shortened for reading. */
    String shown(List<String> words) {
        String home = devnet().directory().toString() + "/";
        return String.join(
                " ",
                words.stream()
                        .map(word -> word.replace(home, ""))
                        .map(word -> word.contains(" ") ? "\"" + word + "\"" : word)
                        .toList());
    }

    Path out(String name) {
        return devnet().directory().resolve(name);
    }

    void absent(Path file) throws ClientException {
        if (Files.exists(file)) {
            throw broken(file + " was written although access was denied");
        }
    }

    static void same(Path a, Path b) throws ClientException {
        try {
            if (Files.mismatch(a, b) >= 0) {
                throw broken(b + " differs from " + a);
            }
        } catch (IOException failed) {
            throw broken(b + " cannot be read: " + failed.getMessage()).causedBy(failed);
        }
    }

    Path file(String name, byte[] content) throws ClientException {
        Path file = out(name);
        try {
            return Files.write(file, content);
        } catch (IOException failed) {
            throw broken(file + " cannot be written: " + failed.getMessage()).causedBy(failed);
        }
    }

    /** A document that comes with the program. */
    static byte[] resource(String name) throws ClientException {
        try (InputStream in = DemoStage.class.getResourceAsStream("demo/" + name)) {
            if (in == null) {
                throw broken("the document " + name + " is missing from the installation");
            }
            return in.readAllBytes();
        } catch (IOException failed) {
            throw broken("the document " + name + " cannot be read").causedBy(failed);
        }
    }

    static String text(JsonFields fields, String name) throws ClientException {
        try {
            return fields.text(name);
        } catch (JsonException missing) {
            throw broken(missing.getMessage() == null ? name + " is missing" : missing.getMessage())
                    .causedBy(missing);
        }
    }

    static long number(JsonFields fields, String name) throws ClientException {
        try {
            return fields.number(name);
        } catch (JsonException missing) {
            throw broken(missing.getMessage() == null ? name + " is missing" : missing.getMessage())
                    .causedBy(missing);
        }
    }

    static ClientException broken(String cause) {
        return new ClientException(
                FailureClass.INTERNAL,
                "DEMO_BROKEN",
                "The demo did not go as it should: " + cause,
                "Run it again with --keep and look at the nodes with consilium devnet logs");
    }
}
