package io.consilium.cli;

import io.consilium.cli.devnet.Devnet;
import io.consilium.cli.devnet.DevnetNode;
import io.consilium.cli.devnet.DevnetParties;
import io.consilium.cli.devnet.NodeLauncher;
import io.consilium.cli.devnet.NodeWatch;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.HealthProbe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A network of real node processes on this machine, for trying things out and for tests. */
@Command(
        addMethodSubcommands = false,
        name = "devnet",
        description = "Run a network of nodes on this machine.",
        footer = {
            "  consilium devnet up --background --dir ./net",
            "  CONSILIUM_HOME=./net consilium --context st-mary/admin chain status",
            "  consilium devnet kill-node 2 --dir ./net",
            "  consilium devnet down --dir ./net"
        })
final class DevnetCommands implements Runnable {
    private static final Duration READY_LIMIT = Duration.ofSeconds(60);
    private static final long WATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int LOG_LINES = 50;
    private static final long MAX_LOG_BYTES = 4L * 1024 * 1024;

    private final Session session;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    DevnetCommands(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Name a command; consilium devnet --help lists them");
    }

    @Command(
            name = "up",
            description = "Found a devnet in the directory, or use the one that is there, and start its nodes.",
            footer = "  consilium devnet up --nodes 4 --background --dir ./net")
    void up(
            @Option(names = "--nodes", paramLabel = "N", description = "How many nodes a new devnet has (default 4).")
                    Optional<Integer> count,
            @Option(names = "--dir", paramLabel = "DIR", description = "Directory (default ./devnet).")
                    Optional<Path> directory,
            @Option(names = "--background", description = "Return when all nodes are ready; else stay until Ctrl-C.")
                    boolean background,
            @Mixin BreakGlassOptions breakGlass)
            throws ClientException {
        NodeLauncher launcher = NodeLauncher.ofThisProcess();
        Path home = home(directory);
        Devnet devnet = Devnet.exists(home)
                ? existing(home, count, breakGlass)
                : Devnet.found(home, checked(count), breakGlass.times());
        long began = System.nanoTime();
        NodeWatch watch = new NodeWatch(devnet);
        List<DevnetNode> nodes = devnet.exclusively(() -> {
            List<DevnetNode> found = devnet.running();
            session.output().say(starting(devnet, found.size()));
            try {
                return ready(devnet, watch, launcher, found);
            } catch (ClientException notReady) {
                // Those that ran before may be ready without the ones that this command wanted.
                watch.stop(devnet.running().stream()
                        .filter(node -> !found.contains(node))
                        .toList());
                throw notReady;
            }
        });
        session.output()
                .say("Ready after " + tenths(System.nanoTime() - began) + " s. Use it: CONSILIUM_HOME="
                        + devnet.directory() + " consilium --context st-mary/admin chain status");
        print(devnet, nodes);
        if (!background) {
            session.output().flush();
            stayUntilStopped(devnet, watch);
        }
    }

    @Command(
            name = "status",
            description = "Show which nodes run and whether they are ready.",
            footer = "  consilium devnet status --dir ./net -o json")
    void status(
            @Option(names = "--dir", paramLabel = "DIR", description = "Directory (default ./devnet).")
                    Optional<Path> directory)
            throws ClientException {
        Devnet devnet = Devnet.open(home(directory));
        NodeWatch watch = new NodeWatch(devnet);
        List<Map<String, Object>> items = new ArrayList<>();
        for (DevnetNode node : devnet.nodes()) {
            Map<String, Object> item = item(node);
            boolean runs = node.process().isPresent();
            HealthProbe.Answer answer = runs ? watch.readiness(node) : new HealthProbe.Answer(false, "stopped");
            item.put("running", runs);
            item.put("ready", answer.good());
            item.put("state", answer.good() ? "ready" : answer.reasons());
            items.add(item);
        }
        session.output().list(List.of("number", "id", "api", "pid", "running", "state"), items, Optional.empty());
    }

    @Command(
            name = "down",
            description = "Stop all nodes; what they hold stays on disk.",
            footer = "  consilium devnet down --dir ./net")
    void down(
            @Option(names = "--dir", paramLabel = "DIR", description = "Directory (default ./devnet).")
                    Optional<Path> directory)
            throws ClientException {
        Devnet devnet = Devnet.open(home(directory));
        NodeWatch watch = new NodeWatch(devnet);
        devnet.exclusively(() -> {
            watch.stop(devnet.nodes());
            return devnet;
        });
        session.output().say("All nodes of " + devnet.directory() + " are stopped");
    }

    @Command(
            name = "destroy",
            description = "Stop all nodes and delete the directory with all keys and data.",
            footer = "  consilium devnet destroy --dir ./net")
    void destroy(
            @Option(names = "--dir", paramLabel = "DIR", description = "Directory (default ./devnet).")
                    Optional<Path> directory)
            throws ClientException {
        Devnet devnet = Devnet.open(home(directory));
        NodeWatch watch = new NodeWatch(devnet);
        devnet.exclusively(() -> {
            watch.stop(devnet.nodes());
            return devnet;
        });
        devnet.delete();
        session.output().say(devnet.directory() + " is deleted");
    }

    @Command(
            name = "stop-node",
            description = "Stop one node in good order.",
            footer = "  consilium devnet stop-node 2 --dir ./net")
    void stopNode(
            @Parameters(paramLabel = "N", description = "Number of the node, from 1.") int number,
            @Option(names = "--dir", paramLabel = "DIR", description = "Directory (default ./devnet).")
                    Optional<Path> directory)
            throws ClientException {
        Devnet devnet = Devnet.open(home(directory));
        DevnetNode node = devnet.node(number);
        NodeWatch watch = new NodeWatch(devnet);
        boolean ran = devnet.exclusively(() -> {
            boolean runs = node.process().isPresent();
            watch.stop(List.of(node));
            return runs;
        });
        session.output().say(named(node) + (ran ? " is stopped" : " was not running"));
    }

    @Command(
            name = "start-node",
            description = "Start one node and return when its API answers, with a quorum or without.",
            footer = "  consilium devnet start-node 2 --dir ./net")
    void startNode(
            @Parameters(paramLabel = "N", description = "Number of the node, from 1.") int number,
            @Option(names = "--dir", paramLabel = "DIR", description = "Directory (default ./devnet).")
                    Optional<Path> directory)
            throws ClientException {
        NodeLauncher launcher = NodeLauncher.ofThisProcess();
        Devnet devnet = Devnet.open(home(directory));
        DevnetNode node = devnet.node(number);
        NodeWatch watch = new NodeWatch(devnet);
        List<DevnetNode> started = devnet.exclusively(() -> {
            if (node.process().isPresent()) {
                session.output().say(named(node) + " runs already");
            }
            List<DevnetNode> nodes = devnet.start(List.of(node), launcher);
            watch.untilLive(nodes, READY_LIMIT);
            return nodes;
        });
        print(devnet, started);
    }

    @Command(
            name = "kill-node",
            description = "End one node at once, as a power cut would (SIGKILL).",
            footer = "  consilium devnet kill-node 2 --dir ./net")
    void killNode(
            @Parameters(paramLabel = "N", description = "Number of the node, from 1.") int number,
            @Option(names = "--dir", paramLabel = "DIR", description = "Directory (default ./devnet).")
                    Optional<Path> directory)
            throws ClientException {
        Devnet devnet = Devnet.open(home(directory));
        DevnetNode node = devnet.node(number);
        NodeWatch watch = new NodeWatch(devnet);
        boolean ran = devnet.exclusively(() -> {
            boolean runs = node.process().isPresent();
            watch.kill(List.of(node));
            return runs;
        });
        session.output().say(named(node) + (ran ? " is killed" : " was not running"));
    }

    @Command(
            name = "logs",
            description = "Print the end of a node's log.",
            footer = "  consilium devnet logs 1 --lines 100 --dir ./net")
    void logs(
            @Parameters(paramLabel = "N", description = "Number of the node, from 1.") int number,
            @Option(
                            names = "--lines",
                            paramLabel = "LINES",
                            defaultValue = "" + LOG_LINES,
                            description = "How many lines (default " + LOG_LINES + ").")
                    int lines,
            @Option(names = "--dir", paramLabel = "DIR", description = "Directory (default ./devnet).")
                    Optional<Path> directory)
            throws ClientException {
        Devnet devnet = Devnet.open(home(directory));
        DevnetNode node = devnet.node(number);
        tail(devnet.console(node), lines);
        tail(devnet.log(node), lines);
    }

    /** Starts what does not run; a process that was ending when it was looked at, as after kill -9, is started anew, once. */
    private List<DevnetNode> ready(Devnet devnet, NodeWatch watch, NodeLauncher launcher, List<DevnetNode> found)
            throws ClientException {
        List<DevnetNode> started = devnet.start(devnet.nodes(), launcher);
        try {
            watch.untilReady(started, READY_LIMIT);
            return started;
        } catch (ClientException notReady) {
            if (devnet.running().containsAll(found)) {
                throw notReady;
            }
        }
        long left = found.stream().filter(devnet.running()::contains).count();
        long ending = found.size() - left;
        session.output()
                .say(ending + " of them " + (ending == 1 ? "was" : "were") + " just ending, " + left
                        + " run on: starting what is missing ...");
        List<DevnetNode> again = devnet.start(devnet.nodes(), launcher);
        watch.untilReady(again, READY_LIMIT);
        return again;
    }

    private static String named(DevnetNode node) {
        return "Node " + node.number() + " (" + node.id() + ")";
    }

    private static String starting(Devnet devnet, int running) {
        int missing = devnet.nodes().size() - running;
        if (missing == 0) {
            return "The " + running + " nodes in " + devnet.directory() + " run already";
        }
        return "Starting " + missing + (missing == 1 ? " node" : " nodes") + " in " + devnet.directory()
                + (running == 0 ? " ..." : ", " + running + (running == 1 ? " runs" : " run") + " already ...");
    }

    private void stayUntilStopped(Devnet devnet, NodeWatch watch) throws ClientException {
        session.output().say("Ctrl-C stops all nodes.");
        Thread stop = new Thread(
                () -> {
                    try {
                        watch.stop(devnet.nodes());
                    } catch (ClientException failed) {
                        session.output().say("consilium: " + failed.getMessage());
                    }
                },
                "devnet-stop");
        Runtime.getRuntime().addShutdownHook(stop);
        while (true) {
            List<DevnetNode> all = Devnet.open(devnet.directory()).nodes();
            if (all.stream().allMatch(node -> node.process().isEmpty())) {
                session.output().say("No node runs any more");
                return;
            }
            LockSupport.parkNanos(WATCH_NANOS);
        }
    }

    private static Devnet existing(Path home, Optional<Integer> count, BreakGlassOptions breakGlass)
            throws ClientException {
        Devnet devnet = Devnet.open(home);
        if (breakGlass.given()) {
            throw new ClientException(
                    FailureClass.USAGE,
                    "GENESIS_FIXED",
                    "The chain of the devnet in " + devnet.directory() + " has its times already",
                    "Leave --break-glass-permit and --break-glass-review out, or name another directory with --dir");
        }
        if (count.isPresent() && count.get() != devnet.nodes().size()) {
            throw new ClientException(
                    FailureClass.USAGE,
                    "NODES_FIXED",
                    "The devnet in " + devnet.directory() + " has "
                            + devnet.nodes().size() + " nodes, not " + count.get(),
                    "Leave --nodes out, or name another directory with --dir");
        }
        return devnet;
    }

    private static int checked(Optional<Integer> count) throws ClientException {
        int nodes = count.orElse(4);
        if (nodes < DevnetParties.MIN_NODES || nodes > DevnetParties.MAX_NODES) {
            throw new ClientException(
                    FailureClass.USAGE,
                    "NODES_OUT_OF_RANGE",
                    "A devnet has " + DevnetParties.MIN_NODES + " to " + DevnetParties.MAX_NODES + " nodes, not "
                            + nodes,
                    "Give such a number with --nodes");
        }
        return nodes;
    }

    private void print(Devnet devnet, List<DevnetNode> nodes) {
        if (session.options().format == GlobalOptions.Format.table) {
            session.output()
                    .list(
                            List.of("number", "id", "api", "p2p", "pid"),
                            nodes.stream().map(DevnetCommands::item).toList(),
                            Optional.empty());
            return;
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("nodes", nodes.stream().map(DevnetCommands::item).toList());
        result.put("contexts", devnet.contexts());
        result.put("genesis", devnet.genesis().toString());
        result.put("directory", devnet.directory().toString());
        session.output().result(result);
    }

    private static Map<String, Object> item(DevnetNode node) {
        Map<String, Object> item = new LinkedHashMap<>();
        item.put("number", node.number());
        item.put("id", node.id());
        item.put("api", node.api().toString());
        item.put("p2p", node.p2p());
        item.put("pid", node.pid());
        item.put("dataDir", node.dataDir().toString());
        return item;
    }

    /** The directory named, or that of the environment where it holds a devnet, or ./devnet. */
    private Path home(Optional<Path> directory) {
        if (directory.isPresent()) {
            return directory.get();
        }
        return Optional.ofNullable(session.environment().get("CONSILIUM_HOME"))
                .map(Path::of)
                .filter(Devnet::exists)
                .orElse(Path.of("devnet"));
    }

    private void tail(Path file, int lines) throws ClientException {
        if (!Files.exists(file)) {
            return;
        }
        try (var channel = Files.newByteChannel(file)) {
            long from = Math.max(0, channel.size() - MAX_LOG_BYTES);
            channel.position(from);
            byte[] end = new byte[(int) (channel.size() - from)];
            java.nio.ByteBuffer buffer = java.nio.ByteBuffer.wrap(end);
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                continue;
            }
            List<String> all = new String(end, 0, buffer.position(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            all.subList(Math.max(0, all.size() - lines), all.size())
                    .forEach(session.output().raw()::println);
        } catch (IOException failed) {
            throw new ClientException(
                            FailureClass.USAGE,
                            "LOG_UNREADABLE",
                            file + " cannot be read: " + failed.getMessage(),
                            "Check its owner and mode")
                    .causedBy(failed);
        }
    }

    private static String tenths(long nanos) {
        long tenths = nanos / 100_000_000;
        return tenths / 10 + "." + tenths % 10;
    }
}
