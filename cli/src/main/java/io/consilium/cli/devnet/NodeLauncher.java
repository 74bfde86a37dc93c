package io.consilium.cli.devnet;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.crypto.PrivateFile;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Starts node processes through the launcher script, which holds a node's JVM flags and replaces itself by Java, so that
 * the process id is the node's.
 */
public final class NodeLauncher {
    /** What the launcher gives a node is enough in a network of so many; more peers take more. */
    private static final int NODES_OF_USUAL_HEAP = 7;

    private static final int USUAL_HEAP_MEBIBYTES = 256;
    private static final int MEBIBYTES_A_PEER = 8;

    private static final Path SETSID = Path.of("/usr/bin/setsid");

    private final Path script;

    private NodeLauncher(Path script) {
        this.script = script;
    }

    /** The launcher that this command line was started with. */
    public static NodeLauncher ofThisProcess() throws ClientException {
        Path script = Path.of(
                Optional.ofNullable(System.getProperty("consilium.launcher")).orElse("consilium"));
        if (!Files.isExecutable(script)) {
            throw new ClientException(
                    FailureClass.USAGE,
                    "LAUNCHER_MISSING",
                    "The launcher script is not known, so no node can be started",
                    "Run the command through ./consilium at the root of the installation");
        }
        return new NodeLauncher(script);
    }

    /** The launcher script. */
    public Path script() {
        return script;
    }

    private static int heapMebibytes(int nodes) {
        return USUAL_HEAP_MEBIBYTES + (nodes - NODES_OF_USUAL_HEAP) * MEBIBYTES_A_PEER;
    }

    /** The process inherits no stream and no terminal; what it prints goes to the node's console log. */
    Process start(DevnetNode node, int nodes) throws ClientException {
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(SETSID)) {
            // A session of its own: closing the terminal must not end the node.
            command.add(SETSID.toString());
        }
        command.add(script.toString());
        command.addAll(List.of(
                "node", "run", "--config", DevnetLayout.config(node.dataDir()).toString()));
        File console = DevnetLayout.console(node.dataDir()).toFile();
        try {
            PrivateFile.directoriesOf(console.toPath());
            ProcessBuilder process = new ProcessBuilder(command);
            if (nodes > NODES_OF_USUAL_HEAP) {
                process.environment()
                        .merge(
                                "CONSILIUM_JAVA_OPTS",
                                "-Xmx" + heapMebibytes(nodes) + "m",
                                (own, heap) -> heap + " " + own);
            }
            return process.directory(node.dataDir().toFile())
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(console))
                    .start();
        } catch (IOException failed) {
            throw new ClientException(
                            FailureClass.INTERNAL,
                            "NODE_NOT_STARTED",
                            "Node " + node.number() + " (" + node.id() + ") cannot be started: " + failed.getMessage(),
                            "Check that " + script + " runs and that " + console.getParent() + " can be written")
                    .causedBy(failed);
        }
    }
}
