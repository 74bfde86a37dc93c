package io.consilium.bench.load;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.NodeClient;
import io.consilium.client.ReceiptVerifier;
import io.consilium.client.VerifiedReceipt;
import io.consilium.proto.StatusResponse;
import io.consilium.proto.SubmitResponse;
import io.consilium.proto.SubmitResult;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Real nodes over their client API; an outcome counts when its receipt was verified here, from the genesis alone. */
final class NodeTarget implements Target {
    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final String SYNCS = "consilium_store_syncs_total";

    private final List<NodeClient> clients;
    private final NodeClient own;
    private final ReceiptVerifier verifier;
    private final List<Long> pids;

    /** @param own the client of the institution's own node, which shows it its metrics */
    NodeTarget(List<NodeClient> clients, NodeClient own, ReceiptVerifier verifier, List<Long> pids) {
        this.clients = List.copyOf(clients);
        this.own = own;
        this.verifier = verifier;
        this.pids = pids;
    }

    @Override
    public List<Outcome> submit(long turn, List<byte[]> signed) {
        NodeClient client = clients.get((int) (turn % clients.size()));
        List<Outcome> outcomes = new ArrayList<>(signed.size());
        try {
            SubmitResponse response = client.submit(signed, WAIT);
            for (SubmitResult result : response.getResultsList()) {
                outcomes.add(outcome(result));
            }
        } catch (ClientException failed) {
            String failure = failed.code() + ": " + failed.getMessage();
            while (outcomes.size() < signed.size()) {
                outcomes.add(new Outcome(failure));
            }
        }
        return outcomes;
    }

    private Outcome outcome(SubmitResult result) {
        if (!result.getState().equals("COMMITTED")) {
            return new Outcome(result.getState() + " " + result.getProblem().getCode() + " "
                    + result.getProblem().getError());
        }
        try {
            VerifiedReceipt receipt = verifier.verify(result.getReceiptProof().toByteArray());
            return receipt.applied()
                    ? Outcome.VERIFIED
                    : new Outcome("refused: " + receipt.receipt().getCode());
        } catch (ClientException invalid) {
            return new Outcome(invalid.code() + ": " + invalid.getMessage());
        }
    }

    @Override
    public Counters counters() throws ClientException {
        try {
            return new Counters(ProcessCpu.micros(pids), clients.get(0).status().getHeight(), syncs());
        } catch (IOException failed) {
            throw new ClientException(
                            FailureClass.UNREACHABLE,
                            "NODE_ENDED",
                            "The CPU time of a node can no longer be read, so it has ended under load",
                            "See what its console and its log say last")
                    .causedBy(failed);
        }
    }

    private long syncs() throws ClientException {
        for (String line : own.metrics().split("\n", -1)) {
            if (line.startsWith(SYNCS + " ")) {
                return (long)
                        Double.parseDouble(line.substring(SYNCS.length() + 1).trim());
            }
        }
        return 0;
    }

    /** Transactions that wait at any node. */
    long pending() throws ClientException {
        long most = 0;
        for (NodeClient client : clients) {
            StatusResponse status = client.status();
            most = Math.max(most, status.getPending());
        }
        return most;
    }
}
