package io.consilium.cli;

import io.consilium.cli.devnet.Devnet;
import io.consilium.cli.devnet.DevnetNode;
import io.consilium.client.ClientException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts four nodes, lets {@link DemoStory} happen on them, and leaves nothing behind. */
@Command(
        name = "demo",
        description = "See the whole story on four nodes of this machine.",
        footer = {"  consilium demo", "  consilium demo --keep"})
final class DemoCommand implements Callable<Integer> {
    private final Session session;

    @Option(names = "--keep", description = "Leave the nodes running and say how to go on with them.")
    private boolean keep;

    DemoCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws ClientException {
        try (TemporaryDevnet network = TemporaryDevnet.start(session, "consilium-demo-")) {
            Devnet devnet = network.devnet();
            for (DevnetNode node : devnet.nodes()) {
                session.output().say("  " + node.id() + "  " + node.api() + "  (process " + node.pid() + ")");
            }
            new DemoStory(session, network).tell();
            session.output().say("");
            if (keep) {
                network.startNodes();
                network.keep();
                session.output()
                        .say("The nodes go on. Use them:  CONSILIUM_HOME=" + devnet.directory()
                                + " consilium --context st-mary/admin chain status");
                session.output()
                        .say("Stop and delete them:       consilium devnet destroy --dir " + devnet.directory());
            }
        }
        return 0;
    }
}
