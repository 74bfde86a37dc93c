package io.consilium.cli;

import io.consilium.cli.devnet.Devnet;
import io.consilium.cli.devnet.DevnetNode;
import io.consilium.cli.devnet.DirectoryTree;
import io.consilium.cli.devnet.NodeLauncher;
import io.consilium.cli.devnet.NodeWatch;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Four nodes in a temporary directory for as long as a command runs. Nothing of them stays, of an interrupted command
 * neither: no process, no file, and no word of what the interrupt cut off.
 */
final class TemporaryDevnet implements AutoCloseable {
    private static final int NODES = 4;
    private static final Duration READY_LIMIT = Duration.ofSeconds(180);
    private static final Duration SILENCE_LIMIT = Duration.ofSeconds(3);

    private final Session session;
    private final NodeLauncher launcher;
    private final ExitHook cleanUp;
    private Optional<Path> directory = Optional.empty();
    private Optional<Devnet> devnet = Optional.empty();
    private volatile boolean interrupted;
    private boolean kept;

    private TemporaryDevnet(Session session, NodeLauncher launcher) {
        this.session = session;
        this.launcher = launcher;
        this.cleanUp = ExitHook.register("devnet-clean-up", this::interrupted);
    }

    static TemporaryDevnet start(Session session, String prefix) throws ClientException {
        TemporaryDevnet network = new TemporaryDevnet(session, NodeLauncher.ofThisProcess());
        session.output().say("Starting " + NODES + " nodes ...");
        try {
            network.found(prefix);
            network.startNodes();
            return network;
        } catch (ClientException failed) {
            network.close();
            throw failed;
        }
    }

    /** An interrupt waits for its end, and knows of every file then. */
    private synchronized void found(String prefix) throws ClientException {
        requireUninterrupted();
        try {
            Path made = Files.createTempDirectory(prefix);
            directory = Optional.of(made);
            devnet = Optional.of(Devnet.found(made, NODES));
        } catch (IOException failed) {
            throw new ClientException(
                            FailureClass.USAGE,
                            "DIRECTORY_UNUSABLE",
                            "No temporary directory can be made: " + failed.getMessage(),
                            "Name another place with CONSILIUM_JAVA_OPTS=-Djava.io.tmpdir=DIR")
                    .causedBy(failed);
        }
    }

    /** Starts those that do not run. */
    void startNodes() throws ClientException {
        Devnet all = devnet();
        all.exclusively(() -> {
            new NodeWatch(all).untilReady(all.start(all.nodes(), launcher), READY_LIMIT);
            return all;
        });
    }

    /** What an interrupted command learns of its nodes is not worth a word. */
    void requireUninterrupted() throws ClientException {
        if (interrupted) {
            throw new ClientException(FailureClass.CONFLICT, "INTERRUPTED", "Interrupted", "Run it again");
        }
    }

    Devnet devnet() {
        return devnet.orElseThrow();
    }

    /** The nodes go on when the command ends. */
    void keep() {
        kept = true;
    }

    @Override
    public void close() {
        cleanUp.remove();
        if (kept) {
            return;
        }
        try {
            if (sayWhatEnded()) {
                stopNodes();
                session.output().say("All nodes are stopped, their files are in " + devnet().directory() + ".");
                return;
            }
            leave(() -> {});
            session.output().say("All nodes are stopped, their files deleted.");
        } catch (ClientException failed) {
            say(failed);
        }
    }

    /** The command goes on until it misses what is stopped here, and may write a file until then. */
    private void interrupted(ExitHook hook) {
        synchronized (this) {
            interrupted = true;
        }
        devnet.ifPresent(Devnet::retire);
        try {
            leave(() -> hook.awaitSilence(SILENCE_LIMIT));
        } catch (ClientException failed) {
            say(failed);
        }
    }

    /** Nothing here ends a node without noting it, so that what is told has ended by itself. */
    private boolean sayWhatEnded() {
        boolean any = false;
        for (DevnetNode node : devnet.map(Devnet::nodes).orElse(List.of())) {
            OptionalInt exitCode = devnet().exitCode(node);
            if (exitCode.isPresent()) {
                any = true;
                session.output()
                        .say("consilium: Node " + node.number() + " (" + node.id() + ") ended by itself with exit code "
                                + exitCode.getAsInt() + "\n  See " + devnet().console(node) + " and "
                                + devnet().log(node));
            }
        }
        return any;
    }

    private void stopNodes() throws ClientException {
        if (devnet.isPresent()) {
            endCommands(devnet.get());
            new NodeWatch(devnet.get()).kill(devnet.get().nodes());
        }
    }

    private void leave(Runnable beforeDeleting) throws ClientException {
        stopNodes();
        beforeDeleting.run();
        if (directory.isPresent()) {
            DirectoryTree.delete(directory.get());
        }
    }

    /** Processes of this one that are no nodes: commands that it started and waits for. */
    private static void endCommands(Devnet devnet) {
        Set<Long> nodes = devnet.nodes().stream().map(DevnetNode::pid).collect(Collectors.toSet());
        ProcessHandle.current()
                .descendants()
                .filter(process -> !nodes.contains(process.pid()))
                .forEach(ProcessHandle::destroyForcibly);
    }

    private void say(ClientException failed) {
        session.output().say("consilium: " + failed.getMessage() + "\n  " + failed.hint());
    }
}
