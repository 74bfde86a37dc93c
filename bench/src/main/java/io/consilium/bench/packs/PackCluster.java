package io.consilium.bench.packs;

import io.consilium.bench.load.LoadSetup;
import io.consilium.bench.load.ProcessCpu;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.NodeClient;
import io.consilium.client.ReceiptVerifier;
import io.consilium.client.Submitter;
import io.consilium.client.TransactionBuilder;
import io.consilium.client.TransactionDraft;
import io.consilium.client.VerifiedReceipt;
import io.consilium.proto.DrugAction;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The nodes that packs are made on: acts go in, verified receipts come out, and what the nodes spend is read. */
final class PackCluster {
    private static final Duration WAIT = Duration.ofSeconds(60);
    private static final String STATE_WRITES = "consilium_state_writes_total";

    private final LoadSetup setup;
    private final TransactionBuilder builder;
    private final List<NodeClient> clients = new ArrayList<>();
    private final List<Submitter> submitters = new ArrayList<>();
    private final NodeClient own;

    PackCluster(LoadSetup setup) throws ClientException {
        this.setup = setup;
        this.builder = TransactionBuilder.of(setup.genesis().chainId(), setup.identity());
        ReceiptVerifier verifier = new ReceiptVerifier(setup.genesis().trustRoot());
        for (LoadSetup.Node node : setup.nodes()) {
            NodeClient client = new NodeClient(setup.genesis().chainId(), node.endpoint(), setup.identity(), WAIT);
            clients.add(client);
            submitters.add(new Submitter(client, verifier, WAIT));
        }
        String institution = setup.identity().actor().split("/", 2)[0];
        own = clients.stream()
                .filter(client -> client.endpoint().institution().equals(institution))
                .findFirst()
                .orElse(clients.get(0));
    }

    /** One act that has been applied, by the bytes that were signed for it. */
    record Done(int signedBytes, long nanos) {}

    /**
     * Puts an act on chain and verifies its receipt from the genesis.
     *
     * @param turn chooses the node, so that lines use all of them
     */
    Done apply(int turn, DrugAction action) throws ClientException {
        TransactionDraft draft = builder.draft(
                TransactionBuilder.validUntil(System.currentTimeMillis(), WAIT), body -> body.setDrug(action));
        byte[] signed = builder.sign(draft);
        long start = System.nanoTime();
        VerifiedReceipt receipt = submitters.get(turn % submitters.size()).submit(signed, draft.txId());
        long nanos = System.nanoTime() - start;
        Optional<ClientException> refusal = Submitter.failure(receipt.receipt());
        if (refusal.isPresent()) {
            throw refusal.get();
        }
        return new Done(signed.length, nanos);
    }

    /**
     * What the nodes have counted so far.
     *
     * @param cpuMicros of all node processes on this machine
     * @param stateWrites authenticated values written by one node
     */
    record Counters(long cpuMicros, long stateWrites, long blocks) {
        Counters since(Counters before) {
            return new Counters(cpuMicros - before.cpuMicros, stateWrites - before.stateWrites, blocks - before.blocks);
        }

        Counters plus(Counters other) {
            return new Counters(cpuMicros + other.cpuMicros, stateWrites + other.stateWrites, blocks + other.blocks);
        }
    }

    Counters counters() throws ClientException {
        try {
            return new Counters(
                    ProcessCpu.micros(setup.pids()), stateWrites(), own.status().getHeight());
        } catch (IOException failed) {
            throw new ClientException(
                            FailureClass.UNREACHABLE,
                            "NODE_STOPPED",
                            "A node's CPU time cannot be read: " + failed.getMessage(),
                            "Look at the node's log; it may have stopped")
                    .causedBy(failed);
        }
    }

    private long stateWrites() throws ClientException {
        for (String line : own.metrics().split("\n", -1)) {
            if (line.startsWith(STATE_WRITES + " ")) {
                return (long)
                        Double.parseDouble(line.substring(STATE_WRITES.length()).trim());
            }
        }
        throw new ClientException(
                FailureClass.INTERNAL,
                "FIGURE_MISSING",
                "The node's metrics do not tell " + STATE_WRITES,
                "Use nodes of this version");
    }
}
