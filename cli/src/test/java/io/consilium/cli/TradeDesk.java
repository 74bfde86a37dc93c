package io.consilium.cli;

import static io.consilium.cli.CommandText.words;

import io.consilium.client.json.JsonFields;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** A maker's packs at a wholesaler, on four node processes, and what their people do at the command line. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class TradeDesk {
    static final String MAKER = "helix/packer";
    static final String WHOLESALER = "transmed/operator";
    static final String PHARMACIST = "northside/pharmacist";
    static final String INSPECTOR = "medwatch/inspector";
    static final String GTIN = "00614141123452";
    static final String NODELESS = "orion/packer";

    static final String SSCC = "006141410000005017";
    static final String OTHER_SSCC = "006141410000005024";

    Cluster cluster;

    @BeforeAll
    void start() throws Exception {
        cluster = Cluster.start();
        cluster.json(
                MAKER,
                words(
                        "drug product add --gtin ? --name Cardiol --ndc 50090-0481-0 --strength ?"
                                + " --dosage-form tablet --container-size ?",
                        GTIN,
                        "10 mg",
                        "30 tablets"));
        commission(MAKER, GTIN, "L1", "P1,P2,P3,Q1");
        cluster.json(MAKER, "drug", "ship", "--gtin", GTIN, "--serial", "P1,P2,Q1", "--to", "transmed");
        cluster.json(WHOLESALER, "drug", "receive", "--gtin", GTIN, "--serial", "P1,P2");
    }

    @AfterAll
    void stop() throws Exception {
        cluster.close();
    }

    void commission(String maker, String gtin, String lot, String serials) throws Exception {
        cluster.json(
                maker, words("drug commission --gtin ? --lot ? --expiry 2039-12-31 --serial ?", gtin, lot, serials));
    }

    static String shipmentId(JsonFields shipment) {
        try {
            return shipment.text("shipmentId");
        } catch (io.consilium.client.json.JsonException malformed) {
            throw new AssertionError(malformed);
        }
    }

    Cluster.Said evidence(String answer, String... more) throws Exception {
        Path file = cluster.file("answer.json", answer.getBytes(StandardCharsets.UTF_8));
        List<String> words = new ArrayList<>(List.of("drug", "verify", "--evidence", file.toString()));
        words.addAll(List.of(more));
        return cluster.run(WHOLESALER, words.toArray(new String[0]));
    }

    Cluster.Said export(String context, String serials) {
        return cluster.run(context, "drug", "export", "--gtin", GTIN, "--serial", serials, "--format", "dscsa");
    }

    String gln(String institution) throws Exception {
        return cluster.json(MAKER, "institution", "show", institution).text("gln");
    }

    Cluster.Said verify(String gtin) {
        return cluster.run(PHARMACIST, "drug", "verify", "--gtin", gtin, "--serial", "O1");
    }

    JsonFields commissionFile(String gtin, List<String> serials) throws Exception {
        Path file = cluster.file("long.txt", String.join("\n", serials).getBytes(StandardCharsets.UTF_8));
        return cluster.json(
                MAKER, words("drug commission --gtin ? --lot LONG --expiry 2039-12-31 --serials-file ?", gtin, file));
    }

    long height() throws Exception {
        return cluster.json(MAKER, "chain", "status").number("height");
    }

    static String type(JsonFields exception) {
        try {
            return exception.text("type");
        } catch (io.consilium.client.json.JsonException malformed) {
            throw new IllegalStateException(malformed);
        }
    }
}
