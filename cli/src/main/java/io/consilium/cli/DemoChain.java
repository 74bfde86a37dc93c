package io.consilium.cli;

import static io.consilium.cli.CommandText.words;

import io.consilium.cli.devnet.DevnetNode;
import io.consilium.cli.devnet.NodeWatch;
import io.consilium.client.ClientException;
import io.consilium.client.json.JsonFields;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The chapters of the chain itself: a validator that dies and comes back, and proofs that need no node. */
final class DemoChain {
    private static final int WRITES_WITHOUT_ONE = 5;
    private static final int VICTIM = 4;

    private final DemoStage stage;
    private final NodeWatch watch;
    private final TemporaryDevnet network;

    DemoChain(DemoStage stage, TemporaryDevnet network) throws ClientException {
        this.stage = stage;
        this.watch = new NodeWatch(network.devnet());
        this.network = network;
    }

    void withoutOneValidator() throws ClientException {
        DevnetNode victim = stage.devnet().node(VICTIM);
        stage.chapter("One of four validators is killed; writing goes on");
        watch.kill(List.of(victim));
        stage.note("killed " + victim.id() + " (kill -9)");
        for (int i = 0; i < WRITES_WITHOUT_ONE; i++) {
            stage.run(0, DemoRecords.AUTHOR, "patient", "register");
        }
        network.startNodes();
        stage.note("started it again; it caught up:");
        List<String> roots = new ArrayList<>();
        for (DevnetNode node : stage.devnet().nodes()) {
            JsonFields status = stage.json(0, DemoRecords.AUTHOR, words("chain status --node ?", node.api()));
            roots.add(DemoStage.text(status, "stateRoot"));
            stage.note(node.id() + "  height " + DemoStage.number(status, "height") + "  state root "
                    + DemoStage.text(status, "stateRoot"));
        }
        if (roots.stream().distinct().count() != 1) {
            throw DemoStage.broken("the nodes have different state roots");
        }
    }

    /** Stops every node and proves with what is left. */
    void proofsWithoutNodes(DemoRecords.Told told) throws ClientException {
        Path receipt = stage.out("receipt.json");
        stage.chapter("Proofs that need no node");
        stage.run(0, DemoRecords.AUTHOR, "chain", "receipt", told.registration(), "--out", receipt.toString());
        watch.stop(stage.devnet().nodes());
        stage.note("stopped every node");
        stage.run(
                0,
                DemoRecords.AUTHOR,
                words(
                        "chain verify-receipt ? --genesis ?",
                        receipt,
                        stage.devnet().genesis()));
        stage.run(
                0,
                DemoRecords.AUTHOR,
                words(
                        "record verify ? --opening ? --genesis ?",
                        told.document(),
                        told.opening(),
                        stage.devnet().genesis()));
        Path forged = stage.file("forged.json", "{}".getBytes(StandardCharsets.UTF_8));
        stage.refused(
                9,
                DemoRecords.AUTHOR,
                words(
                        "record verify ? --opening ? --genesis ?",
                        forged,
                        told.opening(),
                        stage.devnet().genesis()));
    }
}
