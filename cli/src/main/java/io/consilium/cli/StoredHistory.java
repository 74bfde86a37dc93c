package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.node.config.NodeConfig;
import io.consilium.node.process.HistoryAudit;
import io.consilium.node.process.NodeStartException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Verifies the history in a stopped node's data directory by executing every block again. */
final class StoredHistory {
    private static final int HEIGHTS_PER_LINE = 1_000;

    private final Session session;

    StoredHistory(Session session) {
        this.session = session;
    }

    /** {@code observed}: the height whose changes are told, 0 for none. */
    Map<String, Object> verify(String configFile, long observed) throws ClientException {
        NodeConfig config = NodeSetup.config(UserFiles.existing(configFile), session.environment(), Map.of());
        HistoryAudit.Report report;
        try {
            report = HistoryAudit.run(config, observed, height -> {
                if (height % HEIGHTS_PER_LINE == 0) {
                    session.output().say("Verified " + height + " blocks");
                }
            });
        } catch (NodeStartException refused) {
            throw NodeSetup.failure(refused);
        }
        if (report.fault().isPresent()) {
            throw ChainHistory.broken(
                    report.fault().get().height(), report.fault().get().reason());
        }
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("verified", true);
        object.put("chainId", report.chainId().hex());
        object.put("from", 1L);
        object.put("to", report.height());
        object.put("blocks", report.height());
        object.put("stateRoot", report.stateRoot().hex());
        object.put("executed", true);
        report.changes().ifPresent(found -> object.put("changes", found.changes()));
        return object;
    }
}
