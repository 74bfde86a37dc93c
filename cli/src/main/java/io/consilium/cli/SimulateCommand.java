package io.consilium.cli;

import io.consilium.bench.simulator.Simulation;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.crypto.PrivateFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code consilium simulate}: whole clusters in virtual time, one a seed, with faults and the checks of every step. */
@Command(
        name = "simulate",
        description = {
            "Run whole clusters in virtual time, with faults.",
            "One a seed: the production's node with a network, disks and clocks that fail as the seed says. Ends with 9 when a seed broke an invariant, and says how to replay it."
        },
        footer = {
            "  consilium simulate --seeds 500",
            "  consilium simulate --seeds 5000 --from 10001 --threads 2 -o json",
            "  consilium simulate --replay 42 --trace seed-42.txt"
        })
final class SimulateCommand implements Callable<Integer> {
    private static final int SHOWN_LINES = 200;

    private final Session session;

    @Option(names = "--seeds", paramLabel = "N", defaultValue = "100", description = "How many seeds (default 100).")
    private long seeds;

    @Option(names = "--from", paramLabel = "S", defaultValue = "1", description = "The first seed (default 1).")
    private long from;

    @Option(names = "--replay", paramLabel = "SEED", description = "Run this seed alone, twice, and show its trace.")
    private Optional<Long> replay = Optional.empty();

    @Option(names = "--trace", paramLabel = "FILE", description = "Of a replay: write every line of the trace here.")
    private Optional<Path> trace = Optional.empty();

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Seeds at one time, each on one thread (default: the processors, at most 2).")
    private Optional<Integer> threads = Optional.empty();

    SimulateCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws Exception {
        return replay.isPresent() ? replay(replay.get()) : run();
    }

    private int run() throws ClientException, InterruptedException {
        int workers = threads.orElse(Math.min(2, Runtime.getRuntime().availableProcessors()));
        if (seeds < 1 || workers < 1) {
            throw new ClientException(
                    FailureClass.USAGE, "OPTION_INVALID", "Seeds and threads are 1 or more", "Give a larger number");
        }
        Simulation.Report report;
        try (Progress progress = new Progress(session.output(), "Simulating", seeds, 1)) {
            report = Simulation.run(from, seeds, workers, step -> progress.at(step.done()));
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("from", report.from());
        result.put("seeds", report.seeds());
        result.put("passed", report.done() - report.failures().size());
        result.put("failed", report.failures().size());
        result.put("blocks", report.blocks());
        result.put("transactions", report.transactions());
        result.put("virtualSeconds", report.virtualMillis() / 1_000);
        result.put("elapsedMillis", report.elapsedMillis());
        result.put("failures", failures(report.failures()));
        session.output().result(result);
        for (Simulation.Failure failure : report.failures()) {
            session.output()
                    .say("Seed " + failure.seed() + " broke " + failure.invariant() + ": " + failure.what()
                            + System.lineSeparator() + "  Replay it: " + failure.command());
        }
        return report.sound() ? 0 : FailureClass.VERIFICATION_FAILED.exitCode();
    }

    private static List<Map<String, Object>> failures(List<Simulation.Failure> failures) {
        List<Map<String, Object>> listed = new ArrayList<>();
        for (Simulation.Failure failure : failures) {
            listed.add(failure(failure));
        }
        return listed;
    }

    private static Map<String, Object> failure(Simulation.Failure failure) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("seed", failure.seed());
        one.put("invariant", failure.invariant());
        one.put("what", failure.what());
        one.put("replay", failure.command());
        return one;
    }

    private int replay(long seed) throws ClientException {
        ArrayDeque<String> newest = new ArrayDeque<>();
        Simulation.SeedResult played;
        if (trace.isPresent()) {
            played = writeTrace(seed, trace.get());
        } else {
            played = Simulation.replay(seed, line -> {
                newest.add(line);
                if (newest.size() > SHOWN_LINES) {
                    newest.remove();
                }
            });
        }
        newest.forEach(session.output()::say);
        if (newest.size() == SHOWN_LINES) {
            session.output().say("These are the last " + SHOWN_LINES + " lines; all of them: --trace FILE");
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("seed", played.seed());
        result.put("traceHash", played.traceHash());
        result.put("events", played.events());
        result.put("blocks", played.blocks());
        result.put("transactions", played.transactions());
        result.put("virtualMillis", played.virtualMillis());
        result.put("passed", played.failure().isEmpty());
        played.failure().ifPresent(failure -> {
            result.put("invariant", failure.invariant());
            result.put("what", failure.what());
        });
        session.output().result(result);
        return played.failure().isEmpty() ? 0 : FailureClass.VERIFICATION_FAILED.exitCode();
    }

    private static Simulation.SeedResult writeTrace(long seed, Path file) throws ClientException {
        UserFiles.requireNew(file);
        try (PrintWriter writer = new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8))) {
            Simulation.SeedResult played = Simulation.replay(seed, writer::println);
            if (writer.checkError()) {
                throw new IOException("the disk may be full");
            }
            return played;
        } catch (IOException failed) {
            throw UserFiles.unwritable(file, PrivateFile.reason(failed)).causedBy(failed);
        }
    }
}
