package io.consilium.cli.devnet;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonFields;
import io.consilium.client.json.JsonReader;
import io.consilium.client.json.JsonWriter;
import io.consilium.crypto.KeystoreException;
import io.consilium.crypto.PrivateFile;
import io.consilium.node.process.NodeStartException;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A devnet of one directory: what devnet.json tells of it, and the operations on it.
 *
 * <p>A lock file keeps two commands from starting or stopping nodes of one directory at the same time.
 */
public final class Devnet {
    private static final int MAX_DESCRIPTION_BYTES = 1024 * 1024;

    private final DevnetLayout layout;
    private final List<String> contexts;
    private final Map<Long, Process> children = new ConcurrentHashMap<>();
    private volatile List<DevnetNode> nodes;
    private boolean retired;

    private Devnet(DevnetLayout layout, List<DevnetNode> nodes, List<String> contexts) {
        this.layout = layout;
        this.nodes = List.copyOf(nodes);
        this.contexts = List.copyOf(contexts);
    }

    /** Something that starts or stops nodes, run under the directory's lock. */
    public interface Operation<T> {
        T run() throws ClientException;
    }

    public static boolean exists(Path directory) {
        return Files.exists(new DevnetLayout(directory).description());
    }

    /** Makes keys, genesis and node directories; refuses a directory that holds something else. */
    public static Devnet found(Path directory, int nodes) throws ClientException {
        return found(directory, nodes, BreakGlassTimes.USUAL);
    }

    /** The same with other times of rule ACC-3 in the genesis. */
    public static Devnet found(Path directory, int nodes, BreakGlassTimes breakGlass) throws ClientException {
        Path home = directory.toAbsolutePath().normalize();
        DevnetLayout layout = new DevnetLayout(home);
        try {
            // Nothing is left in a directory of something else.
            if (Files.exists(home) && !Files.exists(layout.lock())) {
                requireEmpty(layout);
            }
            PrivateFile.directories(home);
            return exclusively(layout, () -> found(layout, nodes, breakGlass));
        } catch (IOException failed) {
            throw unusable(home, failed);
        }
    }

    private static Devnet found(DevnetLayout layout, int nodes, BreakGlassTimes breakGlass) throws ClientException {
        Path home = layout.directory();
        try {
            requireEmpty(layout);
            List<DevnetNode> founded = new DevnetFounding(home, nodes, breakGlass, System.currentTimeMillis()).found();
            List<String> contexts = new ArrayList<>();
            DevnetParties.of(nodes)
                    .forEach(party -> party.people().forEach(person -> contexts.add(party.memberId(person))));
            Devnet devnet = new Devnet(layout, founded, contexts);
            devnet.save();
            return devnet;
        } catch (IOException | KeystoreException | NodeStartException failed) {
            throw unusable(home, failed);
        }
    }

    public static Devnet open(Path directory) throws ClientException {
        Path home = directory.toAbsolutePath().normalize();
        DevnetLayout layout = new DevnetLayout(home);
        if (!exists(home)) {
            throw new ClientException(
                    FailureClass.USAGE,
                    "DEVNET_MISSING",
                    home + " holds no devnet",
                    "Start one there: consilium devnet up --dir " + home);
        }
        try {
            JsonFields root =
                    JsonFields.of(JsonReader.read(PrivateFile.read(layout.description(), MAX_DESCRIPTION_BYTES)), "");
            List<DevnetNode> nodes = new ArrayList<>();
            for (JsonFields node : root.objects("nodes")) {
                nodes.add(new DevnetNode(
                        nodes.size() + 1,
                        node.text("id"),
                        URI.create(node.text("api")),
                        node.text("p2p"),
                        node.number("pid"),
                        node.number("startedMillis"),
                        Path.of(node.text("dataDir"))));
            }
            return new Devnet(layout, nodes, root.texts("contexts"));
        } catch (JsonException | IllegalArgumentException damaged) {
            throw new ClientException(
                            FailureClass.VERIFICATION_FAILED,
                            "DEVNET_DAMAGED",
                            layout.description() + " is damaged: " + damaged.getMessage(),
                            "Remove the directory and start anew: consilium devnet up --dir " + home)
                    .causedBy(damaged);
        } catch (IOException failed) {
            throw unusable(home, failed);
        }
    }

    public Path directory() {
        return layout.directory();
    }

    public Path genesis() {
        return layout.genesis();
    }

    public List<DevnetNode> nodes() {
        return nodes;
    }

    public List<String> contexts() {
        return contexts;
    }

    public DevnetNode node(int number) throws ClientException {
        if (number < 1 || number > nodes.size()) {
            throw new ClientException(
                    FailureClass.USAGE,
                    "NODE_UNKNOWN",
                    "There is no node " + number,
                    "Nodes are numbered 1 to " + nodes.size() + "; see consilium devnet status");
        }
        return nodes.get(number - 1);
    }

    public Path console(DevnetNode node) {
        return DevnetLayout.console(node.dataDir());
    }

    public Path log(DevnetNode node) {
        return DevnetLayout.log(node.dataDir());
    }

    /** Runs an operation while no other command starts or stops nodes of this directory. */
    public <T> T exclusively(Operation<T> operation) throws ClientException {
        return exclusively(layout, operation);
    }

    private static <T> T exclusively(DevnetLayout layout, Operation<T> operation) throws ClientException {
        try (FileChannel channel =
                        FileChannel.open(layout.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = tryLock(layout, channel)) {
            if (!lock.isValid()) {
                throw busy(layout);
            }
            return operation.run();
        } catch (IOException failed) {
            throw unusable(layout.directory(), failed);
        }
    }

    /** The nodes whose processes are there. */
    public List<DevnetNode> running() {
        return nodes.stream().filter(node -> node.process().isPresent()).toList();
    }

    /** Starts the nodes that do not run; processes outlive this one. */
    public List<DevnetNode> start(List<DevnetNode> wanted, NodeLauncher launcher) throws ClientException {
        List<DevnetNode> started = new ArrayList<>();
        for (DevnetNode node : wanted) {
            started.add(node.process().isPresent() ? node : start(node, launcher));
        }
        return started;
    }

    private synchronized DevnetNode start(DevnetNode node, NodeLauncher launcher) throws ClientException {
        if (retired) {
            throw new ClientException(
                    FailureClass.CONFLICT, "DEVNET_ENDING", "The nodes are being stopped", "Start them again later");
        }
        Process process = launcher.start(node, nodes().size());
        children.put(process.pid(), process);
        DevnetNode running = node.running(process.toHandle());
        replace(running);
        return running;
    }

    /** From now on this process starts no node here; those that run are known. */
    public synchronized void retire() {
        retired = true;
    }

    /** The exit code of a node that this process started and that has ended. */
    public OptionalInt exitCode(DevnetNode node) {
        Process child = children.get(node.pid());
        return child == null || child.isAlive() ? OptionalInt.empty() : OptionalInt.of(child.exitValue());
    }

    /** Notes that the node's process ended. */
    public void ended(DevnetNode node) throws ClientException {
        replace(node.stopped());
    }

    private synchronized void replace(DevnetNode changed) throws ClientException {
        List<DevnetNode> all = new ArrayList<>(nodes);
        all.set(changed.number() - 1, changed);
        nodes = List.copyOf(all);
        try {
            save();
        } catch (IOException failed) {
            throw unusable(layout.directory(), failed);
        }
    }

    /** Deletes the directory and all that stands in it. */
    public void delete() throws ClientException {
        DirectoryTree.delete(layout.directory());
    }

    private void save() throws IOException {
        List<Map<String, Object>> list = new ArrayList<>();
        for (DevnetNode node : nodes) {
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("id", node.id());
            item.put("api", node.api().toString());
            item.put("p2p", node.p2p());
            item.put("pid", node.pid());
            item.put("startedMillis", node.startedMillis());
            item.put("dataDir", node.dataDir().toString());
            list.add(item);
        }
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("nodes", list);
        root.put("contexts", contexts);
        root.put("genesis", layout.genesis().toString());
        PrivateFile.replace(layout.description(), (JsonWriter.indented(root) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static FileLock tryLock(DevnetLayout layout, FileChannel channel) throws IOException, ClientException {
        try {
            return Optional.ofNullable(channel.tryLock()).orElseThrow(() -> busy(layout));
        } catch (OverlappingFileLockException held) {
            throw busy(layout);
        }
    }

    private static ClientException busy(DevnetLayout layout) {
        return new ClientException(
                FailureClass.CONFLICT,
                "DEVNET_BUSY",
                "Another command makes, starts or stops nodes of " + layout.directory(),
                "Wait until it has ended and try again");
    }

    private static void requireEmpty(DevnetLayout layout) throws IOException, ClientException {
        try (Stream<Path> files = Files.list(layout.directory())) {
            if (!files.allMatch(layout.lock()::equals)) {
                throw new ClientException(
                        FailureClass.CONFLICT,
                        "DIRECTORY_IN_USE",
                        layout.directory() + " holds other files",
                        "Name an empty or a new directory with --dir");
            }
        }
    }

    private static ClientException unusable(Path directory, Exception failed) {
        String reason = failed instanceof IOException io ? PrivateFile.reason(io) : String.valueOf(failed.getMessage());
        return new ClientException(
                        FailureClass.USAGE,
                        "DIRECTORY_UNUSABLE",
                        directory + " cannot be used: " + reason,
                        "Name a directory that you may write to with --dir")
                .causedBy(failed);
    }
}
