package io.consilium.cli;

import io.consilium.cli.devnet.Devnet;
import io.consilium.cli.devnet.NodeLauncher;
import io.consilium.cli.devnet.NodeWatch;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Four nodes in a temporary directory for as long as a command runs: nothing of them stays, of an interrupted one neither. */
final class TemporaryDevnet implements AutoCloseable {
    private static final int NODES = 4;
    private static final Duration READY_LIMIT = Duration.ofSeconds(180);

    private final Session session;
    private final Devnet devnet;
    private final Thread cleanUp;

    private TemporaryDevnet(Session session, Devnet devnet) {
        this.session = session;
        this.devnet = devnet;
        this.cleanUp = new Thread(this::leave, "devnet-clean-up");
    }

    static TemporaryDevnet start(Session session, String prefix) throws ClientException {
        TemporaryDevnet temporary = new TemporaryDevnet(session, Devnet.found(directory(prefix), NODES));
        Runtime.getRuntime().addShutdownHook(temporary.cleanUp);
        session.output().say("Starting " + NODES + " nodes ...");
        try {
            Devnet devnet = temporary.devnet;
            devnet.exclusively(() -> {
                new NodeWatch(devnet)
                        .untilReady(devnet.start(devnet.nodes(), NodeLauncher.ofThisProcess()), READY_LIMIT);
                return devnet;
            });
            return temporary;
        } catch (ClientException failed) {
            temporary.close();
            throw failed;
        }
    }

    /** As it is known now, with its processes. */
    Devnet devnet() {
        return devnet;
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(cleanUp);
        leave();
    }

    private void leave() {
        try {
            Devnet found = Devnet.open(devnet.directory());
            new NodeWatch(found).stop(found.nodes());
            found.delete();
        } catch (ClientException failed) {
            session.output().say("consilium: " + failed.getMessage() + "\n  " + failed.hint());
        }
    }

    private static Path directory(String prefix) throws ClientException {
        try {
            return Files.createTempDirectory(prefix);
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
