package io.consilium.cli.devnet;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.GenesisFile;
import io.consilium.client.HealthProbe;
import io.consilium.client.HealthProbe.Question;
import io.consilium.client.NodeDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for node processes: until they answer, until they are ready, until they are gone. */
public final class NodeWatch {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(2);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final String CAUSE = "consilium: ";
    private static final int MAX_CONSOLE_BYTES = 64 * 1024;

    private final Devnet devnet;
    private final NodeDirectory directory;

    public NodeWatch(Devnet devnet) throws ClientException {
        this.devnet = devnet;
        this.directory = GenesisFile.read(devnet.genesis()).directory();
    }

    /** Until the API of every given node answers, with a quorum or without. */
    public void untilLive(List<DevnetNode> nodes, Duration limit) throws ClientException {
        await(nodes, limit, Question.LIVE);
    }

    /** Until every given node is connected, in agreement with a quorum, and says so. */
    public void untilReady(List<DevnetNode> nodes, Duration limit) throws ClientException {
        await(nodes, limit, Question.READY);
    }

    /** Whether the node says that it is ready; if not, why not, or that it cannot be reached. */
    public HealthProbe.Answer readiness(DevnetNode node) throws ClientException {
        return probe(node).ask(Question.READY, PROBE_LIMIT);
    }

    private HealthProbe probe(DevnetNode node) throws ClientException {
        return new HealthProbe(directory.resolve(node.api(), PROBE_LIMIT));
    }

    private void await(List<DevnetNode> nodes, Duration limit, Question question) throws ClientException {
        long deadline = System.nanoTime() + limit.toNanos();
        for (DevnetNode node : nodes) {
            HealthProbe probe = probe(node);
            HealthProbe.Answer answer = probe.ask(question, PROBE_LIMIT);
            while (!answer.good()) {
                for (DevnetNode each : nodes) {
                    if (each.process().isEmpty()) {
                        throw died(each);
                    }
                }
                if (System.nanoTime() > deadline) {
                    throw new ClientException(
                            FailureClass.OUTCOME_UNKNOWN,
                            "NODE_NOT_READY",
                            "Node " + node.number() + " (" + node.id() + ") is not "
                                    + question.name().toLowerCase(Locale.ROOT) + " after " + limit.toSeconds() + " s: "
                                    + answer.reasons(),
                            "See consilium devnet logs " + node.number() + " --dir " + devnet.directory());
                }
                LockSupport.parkNanos(POLL_NANOS);
                answer = probe.ask(question, PROBE_LIMIT);
            }
        }
    }

    /** Asks the processes to end, waits, and ends by force what is left. */
    public void stop(List<DevnetNode> nodes) throws ClientException {
        nodes.forEach(node -> node.process().ifPresent(ProcessHandle::destroy));
        long deadline = System.nanoTime() + STOP_LIMIT.toNanos();
        for (DevnetNode node : nodes) {
            while (node.process().isPresent() && System.nanoTime() < deadline) {
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
        kill(nodes);
    }

    /** Ends the processes at once, as a power cut would (SIGKILL). */
    public void kill(List<DevnetNode> nodes) throws ClientException {
        for (DevnetNode node : nodes) {
            node.process().ifPresent(ProcessHandle::destroyForcibly);
            while (node.process().isPresent()) {
                LockSupport.parkNanos(POLL_NANOS / 10);
            }
            devnet.ended(node);
        }
    }

    /** Gives on what the node said last: its cause, its next step, its exit code. */
    private ClientException died(DevnetNode node) {
        List<String> console = console(devnet.console(node));
        String cause = "";
        String hint = "See consilium devnet logs " + node.number() + " --dir " + devnet.directory();
        for (int i = 0; i < console.size(); i++) {
            if (console.get(i).startsWith(CAUSE)) {
                cause = ": " + console.get(i).substring(CAUSE.length());
                if (i + 1 < console.size() && console.get(i + 1).startsWith("  ")) {
                    hint = console.get(i + 1).strip();
                }
            }
        }
        OptionalInt exitCode = devnet.exitCode(node);
        return new ClientException(
                exitCode.isPresent() ? FailureClass.ofExitCode(exitCode.getAsInt()) : FailureClass.CONFLICT,
                "NODE_ENDED",
                "Node " + node.number() + " (" + node.id() + ") ended while starting" + cause,
                hint);
    }

    private static List<String> console(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            int from = Math.max(0, bytes.length - MAX_CONSOLE_BYTES);
            return new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException unreadable) {
            return List.of("consilium: " + file + " cannot be read");
        }
    }
}
