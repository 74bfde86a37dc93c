package io.consilium.cli;

import io.consilium.cli.devnet.Devnet;
import io.consilium.cli.devnet.DevnetNode;
import io.consilium.cli.devnet.NodeLauncher;
import io.consilium.cli.devnet.NodeWatch;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts four nodes, lets {@link DemoStory} happen on them, and leaves nothing behind. */
@Command(
        name = "demo",
        description = "See the whole story on four nodes of this machine.",
        footerHeading = "%nExamples:%n",
        footer = {"  consilium demo", "  consilium demo --keep"})
final class DemoCommand implements Callable<Integer> {
    private static final int NODES = 4;
    private static final Duration READY_LIMIT = Duration.ofSeconds(60);

    private final Session session;

    @Option(names = "--keep", description = "Leave the nodes running and say how to go on with them.")
    private boolean keep;

    DemoCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws ClientException {
        NodeLauncher launcher = NodeLauncher.ofThisProcess();
        Path directory = temporaryDirectory();
        Devnet devnet = Devnet.found(directory, NODES);
        NodeWatch watch = new NodeWatch(devnet);
        // An interrupted demo leaves nothing running either.
        ExitHook cleanUp = ExitHook.register("demo-clean-up", () -> leave(directory, false));
        boolean told = false;
        try {
            session.output().say("Starting " + NODES + " nodes ...");
            start(devnet, watch, launcher);
            for (DevnetNode node : devnet.nodes()) {
                session.output().say("  " + node.id() + "  " + node.api() + "  (process " + node.pid() + ")");
            }
            new DemoStory(session, devnet, watch, launcher).tell();
            if (keep) {
                start(devnet, watch, launcher);
            }
            told = true;
        } finally {
            cleanUp.remove();
            leave(directory, keep && told);
        }
        return 0;
    }

    private static void start(Devnet devnet, NodeWatch watch, NodeLauncher launcher) throws ClientException {
        devnet.exclusively(() -> {
            watch.untilReady(devnet.start(devnet.nodes(), launcher), READY_LIMIT);
            return devnet;
        });
    }

    private void leave(Path directory, boolean running) {
        try {
            Devnet devnet = Devnet.open(directory);
            if (running) {
                session.output()
                        .say("\nThe nodes go on. Use them:  CONSILIUM_HOME=" + devnet.directory()
                                + " consilium --context st-mary/admin chain status");
                session.output()
                        .say("Stop and delete them:       consilium devnet destroy --dir " + devnet.directory());
                return;
            }
            new NodeWatch(devnet).stop(devnet.nodes());
            devnet.delete();
            session.output().say("\nAll nodes are stopped, their files deleted.");
        } catch (ClientException failed) {
            session.output().say("consilium: " + failed.getMessage() + "\n  " + failed.hint());
        }
    }

    private static Path temporaryDirectory() throws ClientException {
        try {
            return Files.createTempDirectory("consilium-demo-");
        } catch (IOException failed) {
            throw new ClientException(
                            FailureClass.USAGE,
                            "DIRECTORY_UNUSABLE",
                            "No temporary directory can be made: " + failed.getMessage(),
                            "Set TMPDIR to a directory that you may write to")
                    .causedBy(failed);
        }
    }
}
