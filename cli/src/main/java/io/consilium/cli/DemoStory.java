package io.consilium.cli;

import io.consilium.cli.devnet.Devnet;
import io.consilium.cli.devnet.DevnetNode;
import io.consilium.cli.devnet.NodeLauncher;
import io.consilium.cli.devnet.NodeWatch;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The story that the demo tells: a laboratory result at one hospital, a physician at another who may not, may, and may
 * no longer read it, a validator that dies and comes back, and a proof that needs no node.
 *
 * <p>Each step is a command of this command line, run as a user would run it; the story ends with an error where a
 * command answers other than it should.
 */
final class DemoStory {
    private static final Duration READY_LIMIT = Duration.ofSeconds(60);
    private static final int WRITES_WITHOUT_ONE = 5;
    private static final int VICTIM = 4;
    private static final String DOCUMENT = "demo/observation.json";
    private static final String OFFICER = "st-mary/consent";
    private static final String AUTHOR = "st-mary/dr-adams";
    private static final String READER = "riverside/dr-brown";

    private final Session session;
    private final Devnet devnet;
    private final NodeWatch watch;
    private final NodeLauncher launcher;
    private final Map<String, String> environment;
    private int chapter;

    DemoStory(Session session, Devnet devnet, NodeWatch watch, NodeLauncher launcher) {
        this.session = session;
        this.devnet = devnet;
        this.watch = watch;
        this.launcher = launcher;
        this.environment = new HashMap<>(session.environment());
        environment.keySet().removeIf(name -> name.startsWith("CONSILIUM_"));
        environment.put("CONSILIUM_HOME", devnet.directory().toString());
    }

    /** What a command said. */
    private record Said(int exitCode, String out, String err) {}

    void tell() throws ClientException {
        Path document = file("observation.json", resource());
        Path form = file(
                "signed-consent.txt", "The patient's signed consent form, scanned.".getBytes(StandardCharsets.UTF_8));

        chapter("A record is registered; its content stays where it is, encrypted");
        String patient = field(0, "patientId", AUTHOR, "patient", "register");
        JsonFields added = json(0, AUTHOR, "record", "add", document.toString(), "--patient", patient);
        String record = text(added, "recordId");
        String opening = text(added, "opening");
        Path receipt = devnet.directory().resolve("receipt.json");

        chapter("A physician of another hospital asks for it, without consent");
        decided("DENY", patient, record);
        refused(4, READER, "record", "get", record, "--out", out("denied.json").toString());
        absent(out("denied.json"));

        chapter("The patient consents; the consent officer records it with the signed form");
        String consent = field(
                0,
                "consentId",
                OFFICER,
                "consent",
                "grant",
                "--patient",
                patient,
                "--to",
                READER,
                "--purpose",
                "TREAT",
                "--all",
                "--evidence",
                form.toString());
        decided("PERMIT", patient, record);
        run(
                0,
                READER,
                "record",
                "get",
                record,
                "--out",
                out("observation-received.json").toString());
        same(document, out("observation-received.json"));
        note("what " + READER + " received is the document, byte for byte");

        chapter("The consent is revoked");
        run(0, OFFICER, "consent", "revoke", consent, "--reason", "The patient changed their mind");
        decided("DENY", patient, record);
        refused(4, READER, "record", "get", record, "--out", out("revoked.json").toString());
        absent(out("revoked.json"));
        run(0, "st-mary/privacy", "access", "list", "--patient", patient);

        withoutOneValidator();

        chapter("Proofs that need no node");
        run(0, AUTHOR, "chain", "receipt", text(added, "txId"), "--out", receipt.toString());
        watch.stop(devnet.nodes());
        note("stopped every node");
        run(
                0,
                AUTHOR,
                "chain",
                "verify-receipt",
                receipt.toString(),
                "--genesis",
                devnet.genesis().toString());
        run(
                0,
                AUTHOR,
                "record",
                "verify",
                document.toString(),
                "--opening",
                opening,
                "--genesis",
                devnet.genesis().toString());
        Path forged = file("forged.json", "{}".getBytes(StandardCharsets.UTF_8));
        refused(
                9,
                AUTHOR,
                "record",
                "verify",
                forged.toString(),
                "--opening",
                opening,
                "--genesis",
                devnet.genesis().toString());
    }

    private void withoutOneValidator() throws ClientException {
        DevnetNode victim = devnet.node(VICTIM);
        chapter("One of four validators is killed; writing goes on");
        watch.kill(List.of(victim));
        note("killed " + victim.id() + " (kill -9)");
        for (int i = 0; i < WRITES_WITHOUT_ONE; i++) {
            run(0, AUTHOR, "patient", "register");
        }
        devnet.exclusively(() -> {
            watch.untilReady(devnet.start(List.of(devnet.node(VICTIM)), launcher), READY_LIMIT);
            return devnet;
        });
        note("started it again; it caught up:");
        List<String> roots = new ArrayList<>();
        for (DevnetNode node : devnet.nodes()) {
            JsonFields status =
                    json(0, AUTHOR, "chain", "status", "--node", node.api().toString());
            roots.add(text(status, "stateRoot"));
            note(node.id() + "  height " + number(status, "height") + "  state root " + text(status, "stateRoot"));
        }
        if (roots.stream().distinct().count() != 1) {
            throw broken("the nodes have different state roots");
        }
    }

    /** Asks every node; all must answer alike. */
    private void decided(String expected, String patient, String record) throws ClientException {
        for (DevnetNode node : devnet.nodes()) {
            String decision = field(
                    0,
                    "decision",
                    OFFICER,
                    "consent",
                    "check",
                    "--patient",
                    patient,
                    "--record",
                    record,
                    "--by",
                    READER,
                    "--purpose",
                    "TREAT",
                    "--node",
                    node.api().toString());
            note(node.id() + " decides " + decision);
            if (!decision.equals(expected)) {
                throw broken(node.id() + " decides " + decision + ", not " + expected);
            }
        }
    }

    private void chapter(String title) {
        chapter++;
        session.output().say("\n" + chapter + ". " + title);
    }

    private void note(String text) {
        session.output().say("   " + text);
    }

    private String field(int exitCode, String name, String context, String... words) throws ClientException {
        return text(json(exitCode, context, words), name);
    }

    private JsonFields json(int exitCode, String context, String... words) throws ClientException {
        Said said = run(exitCode, context, words);
        try {
            return JsonFields.of(JsonReader.read(said.out()), "");
        } catch (JsonException malformed) {
            throw broken("its answer cannot be read: " + malformed.getMessage()).causedBy(malformed);
        }
    }

    /** A command that must be refused: its words are shown. */
    private void refused(int exitCode, String context, String... words) throws ClientException {
        Said said = run(exitCode, context, words);
        said.err().lines().filter(line -> !line.isBlank()).limit(2).forEach(line -> note("  " + line.strip()));
        note("  (exit code " + exitCode + ")");
    }

    private Said run(int exitCode, String context, String... words) throws ClientException {
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
        Said said = new Said(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        if (code != exitCode) {
            throw broken("it ended with " + code + ", not " + exitCode + ": "
                    + said.err().lines().findFirst().orElse("no word"));
        }
        return said;
    }

    /** Long file names and ids are shortened for reading. */
    private String shown(List<String> words) {
        String home = devnet.directory().toString() + "/";
        return String.join(
                " ",
                words.stream()
                        .map(word -> word.replace(home, ""))
                        .map(word -> word.contains(" ") ? "\"" + word + "\"" : word)
                        .toList());
    }

    private Path out(String name) {
        return devnet.directory().resolve(name);
    }

    private void absent(Path file) throws ClientException {
        if (Files.exists(file)) {
            throw broken(file + " was written although access was denied");
        }
    }

    private static void same(Path a, Path b) throws ClientException {
        try {
            if (Files.mismatch(a, b) >= 0) {
                throw broken(b + " differs from " + a);
            }
        } catch (IOException failed) {
            throw broken(b + " cannot be read: " + failed.getMessage()).causedBy(failed);
        }
    }

    private Path file(String name, byte[] content) throws ClientException {
        Path file = out(name);
        try {
            return Files.write(file, content);
        } catch (IOException failed) {
            throw broken(file + " cannot be written: " + failed.getMessage()).causedBy(failed);
        }
    }

    private static byte[] resource() throws ClientException {
        try (InputStream in = DemoStory.class.getResourceAsStream(DOCUMENT)) {
            if (in == null) {
                throw broken("the document " + DOCUMENT + " is missing from the installation");
            }
            return in.readAllBytes();
        } catch (IOException failed) {
            throw broken("the document " + DOCUMENT + " cannot be read").causedBy(failed);
        }
    }

    private static String text(JsonFields fields, String name) throws ClientException {
        try {
            return fields.text(name);
        } catch (JsonException missing) {
            throw broken(missing.getMessage() == null ? name + " is missing" : missing.getMessage())
                    .causedBy(missing);
        }
    }

    private static long number(JsonFields fields, String name) throws ClientException {
        try {
            return fields.number(name);
        } catch (JsonException missing) {
            throw broken(missing.getMessage() == null ? name + " is missing" : missing.getMessage())
                    .causedBy(missing);
        }
    }

    private static ClientException broken(String cause) {
        return new ClientException(
                FailureClass.INTERNAL,
                "DEMO_BROKEN",
                "The demo did not go as it should: " + cause,
                "Run it again with --keep and look at the nodes with consilium devnet logs");
    }
}
