package io.consilium.cli;

import io.consilium.bench.decision.DecisionBench;
import io.consilium.bench.load.LoadOptions;
import io.consilium.bench.load.LoadPage;
import io.consilium.bench.load.LoadReport;
import io.consilium.bench.load.LoadSetup;
import io.consilium.bench.load.LoadTest;
import io.consilium.bench.load.Roofline;
import io.consilium.bench.packs.PackOptions;
import io.consilium.cli.devnet.DevnetNode;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.NodeEndpoint;
import io.consilium.client.json.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code consilium bench}: figures of a cluster and of this machine. */
@Command(
        addMethodSubcommands = false,
        name = "bench",
        description = "Measure a cluster and this machine.",
        footer = {
            "  consilium bench load --json load.json --html load.html",
            "  consilium --context st-mary/admin bench load --rate 500 --seconds 30",
            "  consilium bench packs --packs 200000",
            "  consilium bench roofline -o json"
        })
final class BenchCommand implements Runnable {
    private static final String LOADING_CONTEXT = "st-mary/admin";
    private static final String PACKING_CONTEXT = "helix/packer";
    private static final Path TEMPORARY = Path.of(System.getProperty("java.io.tmpdir"));

    private final Session session;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    BenchCommand(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a command; consilium bench --help lists them");
    }

    @Command(
            name = "load",
            description = {
                "Send real record registrations at a fixed schedule.",
                "They have about 300 bytes and many signers; it is measured from the intended send time to a receipt verified here. Without --rate it finds the highest sustained rate.",
                "Without a context it starts four nodes of its own and removes them afterwards."
            },
            footer = {
                "  consilium bench load -o json",
                "  consilium --context st-mary/admin bench load --rate 1500 --seconds 30 --warmup 10"
            })
    int load(
            @Option(names = "--rate", paramLabel = "N", description = "This many transactions a second, and no others.")
                    Optional<Integer> rate,
            @Option(
                            names = "--seconds",
                            paramLabel = "S",
                            defaultValue = "10",
                            description = "Measured at each rate (default 10).")
                    int seconds,
            @Option(
                            names = "--warmup",
                            paramLabel = "S",
                            defaultValue = "3",
                            description = {
                                "With --rate: seconds of rising load before (default 3); then it goes on at the rate",
                                "until nothing waits and two medians in a row are alike, a minute at most."
                            })
                    int warmup,
            @Option(
                            names = "--keys",
                            paramLabel = "N",
                            defaultValue = "200",
                            description = "Members who sign (default 200).")
                    int keys,
            @Option(names = "--tenth", description = "With --rate: then a tenth of it too, on the same warm nodes.")
                    boolean tenth,
            @Option(names = "--json", paramLabel = "FILE", description = "Write the figures here too.")
                    Optional<Path> json,
            @Option(names = "--html", paramLabel = "FILE", description = "Write them as a page.") Optional<Path> html)
            throws Exception {
        UserFiles.requireNew(json);
        UserFiles.requireNew(html);
        LoadTest.keepConnections();
        LoadOptions options;
        try {
            options = new LoadOptions(
                    rate.map(OptionalInt::of).orElse(OptionalInt.empty()), seconds, warmup, keys, tenth);
        } catch (IllegalArgumentException wrong) {
            throw outOfBounds(wrong);
        }
        LoadReport report = hasContext()
                ? onContext((at, nodes) -> load(at, nodes, options))
                : onOwnCluster(LOADING_CONTEXT, (at, nodes) -> load(at, nodes, options));
        write(json, JsonWriter.indented(report.figures()) + System.lineSeparator());
        write(html, LoadPage.of(report));
        session.output().result(report.figures());
        return 0;
    }

    @Command(
            name = "roofline",
            description = {
                "Measure what this machine could do at best.",
                "Its cores verify each transaction once for each validator, and do nothing else."
            },
            footer = "  consilium bench roofline --validators 4 -o json")
    int roofline(
            @Option(
                            names = "--validators",
                            paramLabel = "N",
                            defaultValue = "4",
                            description = "Validators that share the cores (default 4).")
                    int validators,
            @Option(
                            names = "--seconds",
                            paramLabel = "S",
                            defaultValue = "5",
                            description = "How long to verify (default 5).")
                    int seconds,
            @Option(names = "--json", paramLabel = "FILE", description = "Write the figures here too.")
                    Optional<Path> json)
            throws ClientException {
        if (validators < 1 || seconds < 1) {
            throw new ClientException(
                    FailureClass.USAGE,
                    "OPTION_INVALID",
                    "Validators and seconds are 1 or more",
                    "Give a larger number");
        }
        UserFiles.requireNew(json);
        Map<String, Object> figures;
        try {
            figures = LoadReport.figures(Roofline.measure(validators, seconds, TEMPORARY));
        } catch (IOException failed) {
            throw unusable(TEMPORARY, failed);
        }
        write(json, JsonWriter.indented(figures) + System.lineSeparator());
        session.output().result(figures);
        return 0;
    }

    @Command(
            name = "decision",
            description = {
                "Measure what one consent decision costs in the ledger.",
                "From stored bytes, for a patient with many consents and records: five shapes of consents, each decided many times."
            },
            footer = "  consilium bench decision --consents 1000 --records 10000 -o json")
    int decision(
            @Option(
                            names = "--consents",
                            paramLabel = "N",
                            defaultValue = "1000",
                            description = "Active consents of the patient, at most 1024 (default 1000).")
                    int consents,
            @Option(
                            names = "--records",
                            paramLabel = "N",
                            defaultValue = "10000",
                            description = "Records of the patient (default 10000).")
                    int records,
            @Option(
                            names = "--decisions",
                            paramLabel = "N",
                            defaultValue = "5000",
                            description = "Decisions measured of each shape (default 5000).")
                    int decisions)
            throws ClientException {
        if (consents < 1 || consents > 1_024 || records < 1 || decisions < 1) {
            throw new ClientException(
                    FailureClass.USAGE,
                    "OPTION_INVALID",
                    "There are 1 to 1024 consents, and 1 or more records and decisions",
                    "Give other numbers");
        }
        List<Map<String, Object>> items = new ArrayList<>();
        for (DecisionBench.Result result : DecisionBench.measure(consents, records, decisions)) {
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("shape", result.shape());
            item.put("consents", result.consents());
            item.put("records", result.records());
            item.put("outcome", result.outcome());
            item.put("p50Micros", result.p50Micros());
            item.put("p99Micros", result.p99Micros());
            item.put("p99CpuMicros", result.p99CpuMicros());
            item.put("maxMicros", result.maxMicros());
            items.add(item);
        }
        session.output()
                .list(
                        List.of(
                                "shape",
                                "consents",
                                "records",
                                "outcome",
                                "p50Micros",
                                "p99Micros",
                                "p99CpuMicros",
                                "maxMicros"),
                        items,
                        Optional.empty());
        return 0;
    }

    @Command(
            name = "trials",
            description = {
                "Measure a large trial on four nodes of its own.",
                "Enrol, then submit, audit, report, verify, release and query, each command as a process of its own, with its time and the most memory that it held."
            },
            footer = "  consilium bench trials --subjects 10000 --columns 100 -o json")
    int trials(
            @Option(
                            names = "--subjects",
                            paramLabel = "N",
                            defaultValue = "10000",
                            description = "Subjects, each with one row (default 10000).")
                    int subjects,
            @Option(
                            names = "--columns",
                            paramLabel = "N",
                            defaultValue = "100",
                            description = "Columns of the dataset (default 100).")
                    int columns)
            throws Exception {
        if (subjects < 100 || columns < 10 || columns > 1_000) {
            throw new ClientException(
                    FailureClass.USAGE,
                    "OPTION_INVALID",
                    "There are 100 or more subjects and 10 to 1000 columns",
                    "Give other numbers");
        }
        session.output()
                .list(
                        List.of("step", "seconds", "cpuSeconds", "peakMebibytes"),
                        TrialBench.run(session, subjects, columns),
                        Optional.empty());
        return 0;
    }

    private boolean hasContext() {
        return session.options().context.isPresent() || session.options().node.isPresent();
    }

    private LoadReport load(Session at, List<LoadSetup.Node> nodes, LoadOptions options) throws Exception {
        return LoadTest.run(
                new LoadSetup(at.genesis(), nodes, at.identity()), options, TEMPORARY, session.output()::say);
    }

    @Command(
            name = "packs",
            description = {
                "Measure what a pack costs, commissioned lot by lot.",
                "Packs of one product go into cases of 100 and pallets of 10000, in one transaction each; then pallets of 10 and of 10000 packs are shipped, and one pack asked for with drug verify and drug trace as a user does.",
                "Without a context it starts four nodes of its own and removes them afterwards; with one, it acts as that manufacturer's OPERATOR."
            },
            footer = {
                "  consilium bench packs -o json",
                "  consilium --context helix/packer bench packs --packs 100000 --lines 2"
            })
    int packs(
            @Option(
                            names = "--packs",
                            paramLabel = "N",
                            defaultValue = "1000000",
                            description = "Packs to make, by whole pallets of 10000 (default 1000000).")
                    int packs,
            @Option(
                            names = "--warmup",
                            paramLabel = "N",
                            defaultValue = "100000",
                            description = "Packs of another product made before (default 100000).")
                    int warmUp,
            @Option(
                            names = "--lines",
                            paramLabel = "N",
                            defaultValue = "4",
                            description = "Packing lines side by side (default 4).")
                    int lines,
            @Option(
                            names = "--pallets",
                            paramLabel = "N",
                            defaultValue = "20",
                            description = "Pallets of each size to ship (default 20).")
                    int pallets,
            @Option(names = "--json", paramLabel = "FILE", description = "Write the figures here too.")
                    Optional<Path> json)
            throws Exception {
        UserFiles.requireNew(json);
        LoadTest.keepConnections();
        PackOptions options;
        try {
            options = new PackOptions(packs, warmUp, lines, Math.min(pallets, packs / PackOptions.ON_A_PALLET));
        } catch (IllegalArgumentException wrong) {
            throw outOfBounds(wrong);
        }
        ClusterWork<Map<String, Object>> work = (at, nodes) -> new BenchPacks(at).measure(nodes, options);
        Map<String, Object> figures = hasContext() ? onContext(work) : onOwnCluster(PACKING_CONTEXT, work);
        write(json, JsonWriter.indented(figures) + System.lineSeparator());
        session.output().result(figures);
        return 0;
    }

    private static ClientException outOfBounds(IllegalArgumentException wrong) {
        return new ClientException(
                FailureClass.USAGE, "OPTION_INVALID", "Out of bounds: " + wrong.getMessage(), "Give another number");
    }

    /** What is measured on a running cluster, as the member of a session. */
    private interface ClusterWork<T> {
        T on(Session at, List<LoadSetup.Node> nodes) throws Exception;
    }

    /** The cluster of a context: every node that genesis names, as the context's member. */
    private <T> T onContext(ClusterWork<T> work) throws Exception {
        List<LoadSetup.Node> nodes = new ArrayList<>();
        for (NodeEndpoint endpoint : session.genesis().directory().endpoints()) {
            nodes.add(new LoadSetup.Node(endpoint, OptionalLong.empty()));
        }
        return work.on(session, nodes);
    }

    private <T> T onOwnCluster(String context, ClusterWork<T> work) throws Exception {
        try (TemporaryDevnet network = TemporaryDevnet.start(session, "consilium-bench-")) {
            Session inside = session.at(network.devnet().directory(), context);
            List<LoadSetup.Node> nodes = new ArrayList<>();
            for (DevnetNode node : network.devnet().nodes()) {
                NodeEndpoint endpoint = inside.genesis()
                        .directory()
                        .ofInstitution(node.id())
                        .orElseThrow(() -> new IllegalStateException(node.id() + " is no node of its own genesis"));
                nodes.add(new LoadSetup.Node(endpoint, OptionalLong.of(node.pid())));
            }
            return work.on(inside, nodes);
        }
    }

    private static void write(Optional<Path> file, String text) throws ClientException {
        if (file.isPresent()) {
            UserFiles.publish(file.get(), text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static ClientException unusable(Path path, IOException failed) {
        return new ClientException(
                        FailureClass.USAGE,
                        "FILE_UNWRITABLE",
                        path + " cannot be written: " + failed.getMessage(),
                        "Name a place that you may write to; CONSILIUM_JAVA_OPTS=-Djava.io.tmpdir=DIR is that of temporary files")
                .causedBy(failed);
    }
}
