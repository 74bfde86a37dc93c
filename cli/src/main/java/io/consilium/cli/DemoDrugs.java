package io.consilium.cli;

import static io.consilium.cli.CommandText.words;

import io.consilium.client.ClientException;
import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonFields;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The chapters of provenance: a case of medicine from its maker to a patient, and a recall that finds the rest of it. */
final class DemoDrugs {
    private static final String MAKER = "helix/packer";
    private static final String WHOLESALER = "transmed/operator";
    private static final String PHARMACIST = "northside/pharmacist";
    private static final String RIVAL = "orion/packer";
    private static final String GTIN = "00614141123452";
    private static final String LOT = "L7731";
    private static final String EXPIRY = "2031-12-31";
    private static final String CASE = "006141410000000012";
    private static final int PACKS = 20;

    private final DemoStage stage;

    DemoDrugs(DemoStage stage) {
        this.stage = stage;
    }

    void tell() throws ClientException {
        fromMakerToPatient();
        recall();
    }

    private void fromMakerToPatient() throws ClientException {
        stage.chapter("Medicine: every pack from its maker to the patient");
        stage.run(0, MAKER, "drug", "product", "add", "--gtin", GTIN, "--name", "Cardiol 10 mg");
        String serials = stage.file("serials.txt", lines("")).toString();
        String packs = stage.file("packs.txt", lines("(01)" + GTIN + "(21)")).toString();
        stage.run(
                0,
                MAKER,
                words("drug commission --gtin ? --lot ? --expiry ? --serials-file ?", GTIN, LOT, EXPIRY, serials));
        stage.run(0, MAKER, "drug", "pack", "--parent", CASE, "--children-file", packs);
        stage.run(0, MAKER, "drug", "ship", "--parent", CASE, "--to", "transmed");
        stage.run(0, WHOLESALER, "drug", "receive", "--parent", CASE);
        stage.run(0, WHOLESALER, "drug", "ship", "--parent", CASE, "--to", "northside");
        stage.run(0, PHARMACIST, "drug", "receive", "--parent", CASE);
        stage.note("the pharmacist scans a pack; its answer is signed");
        stage.run(0, PHARMACIST, "drug", "verify", "--scan", code("A1"));
        stage.run(0, PHARMACIST, "drug", "dispense", "--item", "(01)" + GTIN + "(21)A1");
        stage.note("the same serial once more, on a copy of the pack:");
        stage.refused(6, PHARMACIST, "drug", "dispense", "--item", "(01)" + GTIN + "(21)A1");
        stage.note("a serial that nobody made:");
        stage.refused(9, PHARMACIST, "drug", "verify", "--scan", code("FORGED"));
    }

    private void recall() throws ClientException {
        stage.chapter("A recall: in force at once, for every pack wherever it is");
        JsonFields recall = stage.json(
                0, MAKER, "drug", "recall", "--gtin", GTIN, "--lot", LOT, "--reason", "Impurity of the solvent");
        try {
            stage.note("goods of it are with " + String.join(", ", recall.texts("holders")));
        } catch (JsonException malformed) {
            throw DemoStage.broken("the holders cannot be read").causedBy(malformed);
        }
        stage.refused(6, PHARMACIST, "drug", "dispense", "--item", "(01)" + GTIN + "(21)A2");
        Path picture = stage.out("path.svg");
        stage.run(0, PHARMACIST, "drug", "trace", "--item", "(01)" + GTIN + "(21)A1", "--svg", picture.toString());
        if (!Files.isRegularFile(picture)) {
            throw DemoStage.broken("the picture of the path was not drawn");
        }
        stage.note("another maker sees none of this:");
        stage.refused(3, RIVAL, "drug", "trace", "--item", "(01)" + GTIN + "(21)A1");
    }

    /** What stands on a pack, as a scanner reads it. */
    private static String code(String serial) {
        return "(01)" + GTIN + "(21)" + serial + "(17)311231(10)" + LOT;
    }

    private static byte[] lines(String before) {
        return IntStream.rangeClosed(1, PACKS)
                .mapToObj(pack -> before + "A" + pack)
                .collect(Collectors.joining("\n"))
                .getBytes(StandardCharsets.UTF_8);
    }
}
