package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.cli.devnet.BreakGlassTimes;
import io.consilium.cli.devnet.Devnet;
import io.consilium.cli.devnet.DevnetNode;
import io.consilium.cli.devnet.NodeLauncher;
import io.consilium.cli.devnet.NodeWatch;
import io.consilium.client.json.JsonFields;
import io.consilium.client.json.JsonReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Four real node processes and the command line against them, for tests. */
final class Cluster implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final int LAST_LINES = 15;

    final Devnet devnet;
    final NodeWatch watch;
    private final NodeLauncher launcher;
    private final Map<String, String> environment = new HashMap<>();

    private Cluster(Devnet devnet) throws Exception {
        this.devnet = devnet;
        this.watch = new NodeWatch(devnet);
        this.launcher = NodeLauncher.ofThisProcess();
        environment.put("CONSILIUM_HOME", devnet.directory().toString());
    }

    static Cluster start() throws Exception {
        return start(BreakGlassTimes.USUAL);
    }

    static Cluster start(BreakGlassTimes breakGlass) throws Exception {
        // As a user's first command does: nodes then find the class-data archive made.
        Process prepared = new ProcessBuilder(System.getProperty("consilium.launcher"), "--version")
                .inheritIO()
                .start();
        assertThat(prepared.waitFor()).isZero();
        Cluster cluster = new Cluster(Devnet.found(Files.createTempDirectory("consilium-it-"), 4, breakGlass));
        try {
            cluster.start(cluster.devnet.nodes());
        } catch (Exception failed) {
            cluster.close();
            throw failed;
        }
        return cluster;
    }

    /** Until it holds; asked with a rest between, since each command of this process opens a connection of its own. */
    static void await(String what, Callable<Boolean> holds) throws Exception {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!holds.call()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    /** What a command said. */
    record Said(int exitCode, String out, String err) {
        JsonFields json() throws Exception {
            return JsonFields.of(JsonReader.read(out), "");
        }

        Said ended(int expected) {
            assertThat(exitCode).as("%s%s", out, err).isEqualTo(expected);
            return this;
        }

        /** Refused in the form that every refusal has: a cause, a next step, no stack trace. */
        Said refused(int expected) {
            ended(expected);
            assertThat(out).isEmpty();
            assertThat(err.lines().filter(line -> !line.isBlank()).count())
                    .as(err)
                    .isLessThanOrEqualTo(3);
            assertThat(err).startsWith("consilium: ").doesNotContain("Exception", "\tat ");
            assertThat(err.lines().skip(1).findFirst().orElse(""))
                    .as("next step")
                    .isNotBlank();
            return this;
        }
    }

    /** Runs a command with JSON results. */
    Said run(String context, String... words) {
        return runTelling(new ByteArrayOutputStream(), context, words);
    }

    /** The same with something on the standard input. */
    Said runWith(String input, String context, String... words) {
        List<String> command = new ArrayList<>(List.of("--context", context));
        command.addAll(List.of(words));
        command.addAll(List.of("-o", "json"));
        return run(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), command);
    }

    Said runPlain(String... words) {
        return run(InputStream.nullInputStream(), List.of(words));
    }

    /** What a command of a context works with, for what no command does. */
    Session session(String context) {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        Session session = new Session(environment, InputStream.nullInputStream(), nowhere, nowhere);
        session.options().context = java.util.Optional.of(context);
        return session;
    }

    /** A command that takes its time, with what it said so far. */
    Said runTelling(ByteArrayOutputStream out, String context, String... words) {
        List<String> command = new ArrayList<>(List.of("--context", context));
        command.addAll(List.of(words));
        command.addAll(List.of("-o", "json"));
        return run(InputStream.nullInputStream(), command, out);
    }

    private Said run(InputStream in, List<String> words) {
        return run(in, words, new ByteArrayOutputStream());
    }

    private Said run(InputStream in, List<String> words, ByteArrayOutputStream out) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(
                words,
                environment,
                in,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Said(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    JsonFields json(String context, String... words) throws Exception {
        return run(context, words).ended(0).json();
    }

    String field(String name, String context, String... words) throws Exception {
        return json(context, words).text(name);
    }

    /** Fetches a record into a file of the devnet's directory, in the place of an earlier one. */
    Said get(String context, String record, String purpose, String out, String... more) throws IOException {
        Path file = devnet.directory().resolve(out);
        Files.deleteIfExists(file);
        List<String> command = new ArrayList<>(
                List.of("--context", context, "record", "get", record, "--purpose", purpose, "--out", file.toString()));
        command.addAll(List.of(more));
        return runPlain(command.toArray(new String[0]));
    }

    /** Grants a consent with a signed form. */
    String grant(String officer, String patient, String... terms) throws Exception {
        List<String> words = new ArrayList<>(List.of("consent", "grant", "--patient", patient));
        words.addAll(List.of(terms));
        words.addAll(List.of("--evidence", form().toString()));
        return field("consentId", officer, words.toArray(new String[0]));
    }

    /** A form on paper, as it was scanned. */
    Path form() throws IOException {
        return file("form.txt", "signed".getBytes(StandardCharsets.UTF_8));
    }

    void start(List<DevnetNode> nodes) throws Exception {
        live(nodes);
        watch.untilReady(current(nodes), LIMIT);
    }

    /** Starts nodes that cannot become ready for want of a quorum. */
    void live(List<DevnetNode> nodes) throws Exception {
        devnet.exclusively(() -> {
            watch.untilLive(devnet.start(current(nodes), launcher), LIMIT);
            return nodes;
        });
    }

    void kill(List<DevnetNode> nodes) throws Exception {
        watch.kill(current(nodes));
    }

    /** The same nodes as they are known now, with their processes. */
    private List<DevnetNode> current(List<DevnetNode> nodes) {
        return nodes.stream().map(node -> devnet.nodes().get(node.number() - 1)).toList();
    }

    /** A node of its own, the way the launcher's preparation starts one: it ends with the process of that id. */
    Process startFor(DevnetNode node, long companion) throws IOException {
        ProcessBuilder process = new ProcessBuilder(
                System.getProperty("consilium.launcher"),
                "node",
                "run",
                "--config",
                node.dataDir().resolve("node.toml").toString());
        process.environment().put("CONSILIUM_STOP_WITH", Long.toString(companion));
        return process.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    Path file(String name, byte[] content) throws IOException {
        return Files.write(devnet.directory().resolve(name), content);
    }

    /** A node that no test ended and that is gone all the same is a failure, told with the last it logged. */
    @Override
    public void close() throws Exception {
        List<String> endedByThemselves = new ArrayList<>();
        for (DevnetNode node : devnet.nodes()) {
            OptionalInt exitCode = devnet.exitCode(node);
            if (exitCode.isPresent()) {
                endedByThemselves.add(node.id() + " ended with exit code " + exitCode.getAsInt() + "\n"
                        + lastLines(devnet.console(node)) + lastLines(devnet.log(node)));
            }
        }
        watch.stop(devnet.nodes());
        devnet.delete();
        assertThat(endedByThemselves).isEmpty();
    }

    private static String lastLines(Path file) throws IOException {
        if (!Files.exists(file)) {
            return "";
        }
        List<String> lines = Files.readAllLines(file);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size())) + "\n";
    }
}
