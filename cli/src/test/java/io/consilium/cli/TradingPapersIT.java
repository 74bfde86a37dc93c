package io.consilium.cli;

import static io.consilium.cli.CommandText.words;
import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.client.json.JsonFields;
import io.consilium.interop.gs1.CheckDigit;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Papers between trading partners on four node processes: evidence, transaction statements, given keys, sealed reasons. */
class TradingPapersIT extends TradeDesk {
    @Test
    @DisplayName("DRU-7 a signed answer proves itself later; one that was altered, or is none, is refused")
    void dru7_evidence() throws Exception {
        String answer = cluster.run(WHOLESALER, "drug", "verify", "--gtin", GTIN, "--serial", "P1", "--lot", "L1")
                .ended(0)
                .out();
        JsonFields checked = evidence(answer).ended(0).json();
        assertThat(checked.text("requester")).isEqualTo(WHOLESALER);
        assertThat(checked.text("status")).isEqualTo("ACTIVE");
        JsonFields receipt = JsonFields.of(io.consilium.client.json.JsonReader.read(answer), "")
                .object("receipt");
        String said = receipt.text("verification");
        String other = (said.endsWith("0")
                ? said.substring(0, said.length() - 1) + "1"
                : said.substring(0, said.length() - 1) + "0");
        assertThat(checked.text("item")).isEqualTo("(01)" + GTIN + "(21)P1");
        assertThat(checked.flag("lotAsked")).isTrue();
        assertThat(checked.flag("expiryAsked")).isFalse();
        evidence(answer, "--gtin", GTIN, "--serial", "P1", "--lot", "L1").ended(0);
        for (String[] elsewhere : new String[][] {
            {"--gtin", GTIN, "--serial", "P2"},
            {"--scan", "(01)" + GTIN + "(21)P1(10)L2"},
        }) {
            assertThat(evidence(answer, elsewhere).ended(9).err())
                    .as(String.join(" ", elsewhere))
                    .contains("ANSWER_OF_ANOTHER");
        }
        Cluster.Said unasked = evidence(answer, "--scan", "(01)" + GTIN + "(21)P1(10)L1", "--expiry", "2039-12-31")
                .ended(0);
        assertThat(unasked.json().has("expiry"))
                .as("what was not asked is not said")
                .isFalse();
        assertThat(unasked.json().texts("notAsked")).containsExactly("expiry");
        assertThat(unasked.err()).contains("not asked for");
        assertThat(evidence(answer.replace("(21)P1", "(21)P2")).ended(9).json().texts("contradicted"))
                .containsExactly("item");
        Cluster.Said altered = evidence(answer.replace(said, other)).ended(9);
        assertThat(altered.err()).contains("ANSWER_UNPROVEN");
        String signature = receipt.text("signature");
        evidence(answer.replace(signature, "00".repeat(signature.length() / 2))).ended(9);
        evidence("{\"receipt\":{\"verification\":\"xyz\"}}").ended(2);
        evidence("{}").ended(2);
    }

    @Test
    @DisplayName("DRU-7 a signed no stays a no, and a file that says something else beside what was signed is refused")
    void dru7_evidenceOfANo() throws Exception {
        String no = cluster.run(WHOLESALER, "drug", "verify", "--gtin", GTIN, "--serial", "P1", "--lot", "OTHER")
                .ended(9)
                .out();
        JsonFields signed = evidence(no).ended(9).json();
        assertThat(signed.flag("verified")).isFalse();
        assertThat(signed.text("reason")).isEqualTo("No_match_GTIN_Serial_Lot");
        assertThat(signed.has("contradicted")).isFalse();

        Cluster.Said turned = evidence(no.replaceFirst("\"verified\": ?false", "\"verified\": true"))
                .ended(9);
        assertThat(turned.json().flag("verified")).isFalse();
        assertThat(turned.json().texts("contradicted")).containsExactly("verified");
        assertThat(turned.err()).contains("ANSWER_CONTRADICTED");

        String receipt = no.substring(no.indexOf('{', no.indexOf("\"receipt\"")), no.indexOf('}') + 1);
        String routed = "{\"verificationTimestamp\":\"" + signed.text("timestamp")
                + "\",\"data\":{\"verified\":false,\"verificationFailureReason\":\"No_match_GTIN_Serial_Lot\"},"
                + "\"evidence\":" + receipt + "}";
        assertThat(evidence(routed).ended(9).json().has("contradicted")).isFalse();
        assertThat(evidence(routed.replace("\"verified\":false", "\"verified\":true")
                                .replace("_Lot\"", "_Expiry\"")
                                .replaceFirst("\"signer\": ?\"[a-z-]+\"", "\"signer\":\"orion\""))
                        .ended(9)
                        .json()
                        .texts("contradicted"))
                .containsExactly("data.verified", "data.verificationFailureReason", "evidence.signer");
    }

    @Test
    @DisplayName("DRU-5 DRU-6 packs of several products are destroyed at once, each with a reason that its key opens")
    void dru5_reasonsOfSeveralProducts() throws Exception {
        String gtin = "00614141000012";
        cluster.json(MAKER, "drug", "product", "add", "--gtin", gtin, "--name", "Other");
        commission(MAKER, gtin, "M1", "M1");
        commission(MAKER, GTIN, "L9", "M2");
        cluster.json(
                MAKER,
                words("drug destroy --item ? --reason ?", "01" + gtin + "21M1,01" + GTIN + "21M2", "water damage"));
        for (String item : List.of("(01)" + gtin + "(21)M1", "(01)" + GTIN + "(21)M2")) {
            assertThat(cluster.run(MAKER, "drug", "trace", "--item", item)
                            .ended(0)
                            .out())
                    .contains("\"reason\": \"water damage\"");
        }
    }

    @Test
    @DisplayName("DRU-4 the transaction information names product, packs and parties; without one change of owner none")
    void dru4_dscsaPapers() throws Exception {
        Path addresses = cluster.file(
                "addresses.json",
                ("{\"" + gln("helix") + "\":{\"street\":\"1 Main St\",\"city\":\"Boston\",\"state\":\"MA\","
                                + "\"postalCode\":\"02101\",\"country\":\"US\"}}")
                        .getBytes(StandardCharsets.UTF_8));
        String json = cluster.run(
                        WHOLESALER,
                        words("drug export --gtin ? --serial P1,P2 --format dscsa --addresses ?", GTIN, addresses))
                .ended(0)
                .out();
        assertThat(json)
                .contains(
                        "Cardiol",
                        "10 mg",
                        "tablet",
                        "30 tablets",
                        "50090-0481-0",
                        "L1",
                        "P1",
                        "P2",
                        "2039-12-31",
                        "1 Main St")
                .contains("Helix Therapeutics", "TransMed Logistics");
        String paper = cluster.runPlain(
                        words("--context ? drug export --gtin ? --serial P1 --format dscsa", WHOLESALER, GTIN))
                .ended(0)
                .out();
        assertThat(paper).containsIgnoringCase("transaction statement").contains("Helix Therapeutics", "P1");
        assertThat(export(MAKER, "P3").ended(6).err()).contains("NOT_SHIPPED");
        cluster.json(WHOLESALER, "drug", "ship", "--gtin", GTIN, "--serial", "P2", "--to", "northside");
        cluster.json(PHARMACIST, "drug", "receive", "--gtin", GTIN, "--serial", "P2");
        assertThat(export(WHOLESALER, "P1,P2").ended(6).err()).contains("TRANSACTIONS_DIFFER");
        assertThat(export(MAKER, "P1,P2").ended(0).out())
                .as("a seller writes its own sale, whatever became of the packs since")
                .contains("Helix Therapeutics", "TransMed Logistics", "P2")
                .doesNotContain("Northside");
        String first = cluster.json(MAKER, "drug", "shipments").objects("items").stream()
                .map(shipment -> shipmentId(shipment))
                .findFirst()
                .orElseThrow();
        assertThat(cluster.run(
                                WHOLESALER,
                                words("drug export --gtin ? --serial P1,P2 --format dscsa --shipment ?", GTIN, first))
                        .ended(0)
                        .out())
                .contains("Helix Therapeutics", "P1", "P2")
                .doesNotContain("Northside");
        Cluster.Said malformed = cluster.run(
                WHOLESALER,
                words(
                        "drug export --gtin ? --serial P1 --format dscsa --addresses ?",
                        GTIN,
                        cluster.file("list.json", "{\"1\":[]}".getBytes(StandardCharsets.UTF_8))));
        malformed.ended(2);
    }

    @Test
    @DisplayName(
            "DRU-9 a maker without a node gives its products' keys by hand, each once, and only what was given opens")
    void dru9_givenKeys() throws Exception {
        List<String> gtins = List.of("00356789123455", "00356789123462");
        for (String gtin : gtins) {
            cluster.json(NODELESS, "drug", "product", "add", "--gtin", gtin, "--name", "Orionin");
            commission(NODELESS, gtin, "OL", "O1");
        }
        assertThat(verify(gtins.get(0)).ended(5).err()).contains("drug product grant");
        long before = height();
        for (int i = 0; i < 2; i++) {
            JsonFields given =
                    cluster.json(NODELESS, "drug", "product", "grant", "--gtin", gtins.get(0), "--to", PHARMACIST);
            assertThat(given.texts("givenTo")).containsExactly(PHARMACIST);
        }
        assertThat(height()).as("the second gives nothing again").isEqualTo(before + 1);
        assertThat(verify(gtins.get(0)).ended(0).json().text("status")).isEqualTo("ACTIVE");
        verify(gtins.get(1)).ended(5);
        cluster.json(NODELESS, "drug", "product", "grant", "--gtin", gtins.get(1), "--to", "northside");
        verify(gtins.get(1)).ended(0);
        cluster.run(NODELESS, "drug", "product", "grant", "--gtin", gtins.get(0), "--to", "ethics/chair")
                .ended(4);
        String box = "00356789000000001";
        for (int again = 0; again < 2; again++) {
            assertThat(cluster.run(PHARMACIST, "drug", "trace", "--item", "(00)" + box + CheckDigit.of(box))
                            .ended(5)
                            .err())
                    .as("nobody is waited for who cannot answer")
                    .contains("runs no node");
        }
    }

    @Test
    @DisplayName("DRU-2 DRU-3 a long list that was cut off goes on where it ended, and nobody is told of duplicates")
    void dru2_cutOff() throws Exception {
        String gtin = "00614141000029";
        cluster.json(MAKER, "drug", "product", "add", "--gtin", gtin, "--name", "Long");
        List<String> serials =
                IntStream.range(0, 15_003).mapToObj(number -> "C" + number).toList();
        commissionFile(gtin, serials.subList(0, 15_000));
        for (int again = 0; again < 2; again++) {
            JsonFields done = commissionFile(gtin, serials);
            assertThat(done.number("packsDone")).isEqualTo(15_003);
        }
        assertThat(cluster.run(MAKER, "drug", "exceptions").ended(0).out()).doesNotContain("duplicate-serial");
        List<String> boxes = List.of(SSCC, OTHER_SSCC);
        Path hierarchy = cluster.file(
                "boxes.csv",
                (boxes.get(0) + ",(01)" + gtin + "(21)C0\n" + boxes.get(1) + ",(01)" + gtin + "(21)C1\n" + boxes.get(1)
                                + ",https://id.gs1.org/01/" + gtin + "/21/C1\n")
                        .getBytes(StandardCharsets.UTF_8));
        cluster.json(MAKER, "drug", "pack", "--parent", boxes.get(0), "--child", "(01)" + gtin + "(21)C0");
        cluster.run(MAKER, "drug", "pack", "--aggregations", hierarchy.toString())
                .ended(6);
        cluster.run(MAKER, "drug", "pack", "--aggregations", hierarchy.toString(), "--done", "2")
                .ended(2);
        cluster.json(MAKER, "drug", "pack", "--aggregations", hierarchy.toString(), "--done", "1");
        assertThat(cluster.run(MAKER, "drug", "trace", "--gtin", gtin, "--serial", "C1")
                        .ended(0)
                        .out())
                .contains("SSCC " + boxes.get(1));
    }

    @Test
    @DisplayName("DRU-9 kept keys that are damaged, cut or of another file are read from the chain again")
    void dru9_damagedKeptKeys() throws Exception {
        String[] verify = {"drug", "verify", "--gtin", GTIN, "--serial", "P1"};
        cluster.run(WHOLESALER, verify).ended(0);
        List<Path> files;
        try (Stream<Path> all = Files.walk(cluster.devnet.directory().resolve("granted"))) {
            files = all.filter(Files::isRegularFile).toList();
        }
        assertThat(files).hasSizeGreaterThan(1);
        List<byte[]> good = new ArrayList<>();
        for (Path file : files) {
            good.add(Files.readAllBytes(file));
        }
        for (int damage = 0; damage < 4; damage++) {
            for (int i = 0; i < files.size(); i++) {
                byte[] bytes = good.get(i).clone();
                bytes[bytes.length / 2] ^= 1;
                Files.write(
                        files.get(i),
                        switch (damage) {
                            case 0 -> "no key".getBytes(StandardCharsets.UTF_8);
                            case 1 -> bytes;
                            case 2 -> new byte[0];
                            default -> good.get((i + 1) % files.size());
                        });
            }
            cluster.run(WHOLESALER, verify).ended(0);
            cluster.run(MAKER, verify).ended(0);
        }
    }

    @Test
    @DisplayName("DRU-8 an exception is resolved with a reason that its parties open and nobody else")
    void dru8_sealedReason() throws Exception {
        JsonFields shortage = cluster.json(WHOLESALER, "drug", "exceptions").objects("items").stream()
                .filter(exception -> type(exception).equals("short"))
                .findFirst()
                .orElseThrow();
        String id = shortage.text("exceptionId");
        cluster.run(WHOLESALER, "drug", "exceptions", "resolve", id, "--outcome", "not-sent")
                .ended(2);
        cluster.json(
                WHOLESALER, words("drug exceptions resolve ? --outcome not-sent --reason ?", id, "it stood at gate 4"));
        for (String party : List.of(WHOLESALER, MAKER)) {
            JsonFields shown = cluster.json(party, "drug", "exceptions", "show", id);
            assertThat(shown.text("status")).as(party).isEqualTo("resolved");
            assertThat(shown.text("reason")).as(party).isEqualTo("it stood at gate 4");
        }
        assertThat(cluster.json(INSPECTOR, "drug", "exceptions", "show", id).has("reason"))
                .as("the regulator sees the exception, the reason was sealed for the parties")
                .isFalse();
        cluster.run("summit/operator", "drug", "exceptions", "show", id).ended(3);
    }

    @Test
    @DisplayName("DRU-9 whoever asks twice for a product that there is not is answered twice, and at once")
    void dru9_noSuchProduct() throws Exception {
        for (int again = 0; again < 2; again++) {
            JsonFields none = cluster.run(WHOLESALER, "drug", "verify", "--gtin", "00614141999996", "--serial", "1")
                    .ended(9)
                    .json();
            assertThat(none.text("status")).isEqualTo("UNKNOWN");
        }
    }

    @Test
    @DisplayName("DRU-4 DRU-5 a case that was lost is destroyed by its sender as a whole, and its packs verify nowhere")
    void dru5_lostCase() throws Exception {
        String gtin = "00614141000036";
        String sscc = "006141410000005031";
        cluster.json(MAKER, "drug", "product", "add", "--gtin", gtin, "--name", "Lost");
        commission(MAKER, gtin, "LC", "K1,K2");
        cluster.json(
                MAKER, "drug", "pack", "--parent", sscc, "--child", "(01)" + gtin + "(21)K1,(01)" + gtin + "(21)K2");
        String shipment = cluster.json(MAKER, "drug", "ship", "--parent", sscc, "--to", "transmed")
                .text("shipmentId");
        String[] destroy = {"drug", "destroy", "--parent", sscc, "--reason", "stolen on its way"};
        assertThat(cluster.run(MAKER, destroy).ended(6).err()).contains("UNDER_WAY");
        cluster.json(WHOLESALER, "drug", "receive", "--nothing-of", shipment);
        String id = cluster.json(WHOLESALER, "drug", "exceptions").objects("items").stream()
                .filter(exception -> type(exception).equals("no-product"))
                .findFirst()
                .orElseThrow()
                .text("exceptionId");
        cluster.json(
                WHOLESALER, words("drug exceptions resolve ? --resolution lost --reason ?", id, "the lorry is gone"));
        cluster.json(MAKER, destroy);
        assertThat(cluster.run(MAKER, destroy).ended(6).err()).contains("DECOMMISSIONED");
        String[] verify = {"drug", "verify", "--gtin", gtin, "--serial", "K1"};
        assertThat(cluster.run(MAKER, verify).ended(9).json().text("status")).isEqualTo("DESTROYED");
        assertThat(cluster.run(PHARMACIST, verify).ended(9).json().text("status"))
                .isEqualTo("ENDED");
        for (String item : List.of("(01)" + gtin + "(21)K1", "(00)" + sscc)) {
            assertThat(cluster.run(MAKER, "drug", "trace", "--item", item)
                            .ended(0)
                            .out())
                    .contains("\"DESTROYED\"", "stolen on its way");
        }
    }

    @Test
    @DisplayName(
            "DRU-5 a pallet's 400 cases are destroyed in one command with one reason, which who may see them reads")
    void dru5_manyDestroyed() throws Exception {
        String gtin = "00614141000043";
        List<String> cases = IntStream.range(0, 400)
                .mapToObj(i -> String.format("00614141%09d", 700_000 + i))
                .map(digits -> digits + CheckDigit.of(digits))
                .toList();
        cluster.json(MAKER, "drug", "product", "add", "--gtin", gtin, "--name", "Drowned");
        commission(
                MAKER,
                gtin,
                "LD",
                String.join(",", IntStream.range(0, 400).mapToObj(i -> "D" + i).toList()));
        Path hierarchy = cluster.file(
                "cases.csv",
                IntStream.range(0, 400)
                        .mapToObj(i -> cases.get(i) + ",(01)" + gtin + "(21)D" + i + "\n")
                        .collect(Collectors.joining())
                        .getBytes(StandardCharsets.UTF_8));
        cluster.json(MAKER, "drug", "pack", "--aggregations", hierarchy.toString());
        String reason = "water in the hall ".repeat(80);
        cluster.json(MAKER, "drug", "destroy", "--parent", String.join(",", cases), "--reason", reason);
        assertThat(cluster.json(MAKER, "drug", "trace", "--item", "(01)" + gtin + "(21)D399")
                        .text("status"))
                .isEqualTo("DESTROYED");
        for (String item : List.of("(01)" + gtin + "(21)D0", "(00)" + cases.get(399))) {
            assertThat(cluster.run(MAKER, "drug", "trace", "--item", item)
                            .ended(0)
                            .out())
                    .contains(reason.strip());
        }
    }
}
