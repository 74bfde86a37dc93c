package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.consilium.cli.devnet.DevnetNode;
import io.consilium.client.json.JsonFields;
import io.consilium.client.json.JsonReader;
import io.consilium.interop.epcis.EpcisDocument;
import io.consilium.interop.epcis.EpcisEvent;
import java.io.RandomAccessFile;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Documents of EPCIS events on four node processes: what is taken, what is refused with its place, what is a no-op. */
@TestInstance(Lifecycle.PER_CLASS)
class EpcisCaptureIT {
    private static final String MAKER = "helix/packer";
    private static final String WHOLESALER = "transmed/operator";
    private static final String PHARMACIST = "northside/pharmacist";
    private static final String GTIN = "00614141123452";
    private static final String CASE = "urn:epc:id:sscc:0614141.0000000901";
    private static final String TRANSMED = "urn:epc:id:pgln:950600.013407";
    private static final String HELIX = "urn:epc:id:pgln:950600.013403";
    private static final String CONTEXT =
            "\"@context\":[\"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld\","
                    + "{\"cbvmda\":\"urn:epcglobal:cbv:mda:\"}]";
    private static final String MORNING = "2026-01-05T09:00:00Z";

    private static final String KEPT_LOT = "LOT-NK4471";
    private static final String STATEMENT = "under section 582";

    private Cluster cluster;

    @BeforeAll
    void start() throws Exception {
        cluster = Cluster.start();
        cluster.json(MAKER, "drug", "product", "add", "--gtin", GTIN, "--name", "Cardiol 10 mg");
    }

    /** Whatever was captured: nothing that trade keeps secret stands in clear on any node's disk (DRU-9). */
    @AfterAll
    void stop() throws Exception {
        try {
            cluster.watch.stop(cluster.devnet.nodes());
            for (DevnetNode node : cluster.devnet.nodes()) {
                assertThat(new DiskSearch(List.of(GTIN, GTIN.substring(1), "0614141.012345", KEPT_LOT, STATEMENT))
                                .in(node.dataDir()))
                        .as(node.id())
                        .isEmpty();
            }
        } finally {
            cluster.close();
        }
    }

    private static String document(List<String> events) {
        return "{" + CONTEXT + ",\"type\":\"EPCISDocument\",\"schemaVersion\":\"2.0\","
                + "\"creationDate\":\"2026-01-05T12:00:00Z\",\"epcisBody\":{\"eventList\":["
                + String.join(",", events) + "]}}";
    }

    private static String pack(String serial) {
        return "urn:epc:id:sgtin:0614141.012345." + serial;
    }

    private static String object(String action, String step, String time, String more, List<String> epcs) {
        return "{\"type\":\"ObjectEvent\",\"eventTime\":\"" + time
                + "\",\"eventTimeZoneOffset\":\"+00:00\",\"action\":\""
                + action + "\",\"bizStep\":\"" + step + "\"" + more + ",\"epcList\":[\"" + String.join("\",\"", epcs)
                + "\"]}";
    }

    private static String made(String lot, String... epcs) {
        return object(
                "ADD",
                "commissioning",
                MORNING,
                ",\"ilmd\":{\"cbvmda:lotNumber\":\"" + lot + "\",\"cbvmda:itemExpirationDate\":\"2039-12-31\"}",
                List.of(epcs));
    }

    private Cluster.Said capture(String context, List<String> events) throws Exception {
        return cluster.runWith(document(events), context, "drug", "capture", "-");
    }

    /** Refused with a code, a place and a rule, and nothing of it taken. */
    private void refused(String code, String path, String rule, List<String> events) throws Exception {
        Cluster.Said said = capture(MAKER, events).ended(6);
        JsonFields error = JsonFields.of(JsonReader.read(said.err().strip()), "");
        assertThat(error.text("code")).isEqualTo(code);
        assertThat(error.text("path")).isEqualTo(path);
        assertThat(error.text("rule")).isEqualTo(rule);
    }

    private String status(String serial) throws Exception {
        JsonFields answer = cluster.run(PHARMACIST, "drug", "verify", "--gtin", GTIN, "--serial", serial)
                .json();
        return answer.text("status");
    }

    @Test
    @DisplayName("DRU-1 DRU-3 DRU-4 a maker's document makes, packs and ships; its buyer passes it over and receives")
    void dru1_fromMakerToPharmacy() throws Exception {
        List<String> packs = IntStream.range(0, 20).mapToObj(i -> pack("C" + i)).toList();
        List<String> events = List.of(
                made("LOTC", packs.toArray(new String[0])),
                "{\"type\":\"AggregationEvent\",\"eventTime\":\"2026-01-05T10:00:00Z\",\"eventTimeZoneOffset\":\"+00:00\","
                        + "\"action\":\"ADD\",\"bizStep\":\"packing\",\"parentID\":\"" + CASE + "\",\"childEPCs\":[\""
                        + String.join("\",\"", packs) + "\"]}",
                object(
                        "OBSERVE",
                        "shipping",
                        "2026-01-05T11:00:00Z",
                        ",\"destinationList\":[{\"type\":\"possessing_party\",\"destination\":\"" + TRANSMED + "\"}]",
                        List.of(CASE)));
        assertThat(capture(MAKER, events).ended(0).json().number("captured")).isEqualTo(3);
        assertThat(capture(MAKER, events).ended(0).json().number("duplicates")).isEqualTo(3);
        assertThat(capture(WHOLESALER, events).ended(0).json().number("captured"))
                .as("the buyer has nothing to add to the seller's document")
                .isZero();
        assertThat(capture(
                                WHOLESALER,
                                List.of(object("OBSERVE", "receiving", "2026-01-05T12:00:00Z", "", List.of(CASE))))
                        .ended(0)
                        .json()
                        .number("captured"))
                .isEqualTo(1);
        assertThat(cluster.json(WHOLESALER, "drug", "trace", "--item", CASE).text("custodian"))
                .isEqualTo("transmed");
        dispensedInError(packs.get(0));
    }

    @Test
    @DisplayName("DRU-1 DRU-7 numbers of 64 digits that a document was captured with are numbers in the path's JSON")
    void dru7_longNumbers() throws Exception {
        List<BigDecimal> numbers = List.of(
                new BigDecimal("9".repeat(64)), new BigDecimal("-0." + "1".repeat(64)), new BigDecimal("1.5E+99"));
        String event =
                made("LOTLONG", pack("LONG1")).replace("\"ilmd\"", "\"cbvmda:readings\":" + numbers + ",\"ilmd\"");
        capture(MAKER, List.of(event)).ended(0);
        JsonFields made = cluster.json(MAKER, "drug", "trace", "--item", pack("LONG1"))
                .objects("events")
                .get(0);
        assertThat(made.object("epcis").value("cbvmda:readings")).isEqualTo(numbers);
    }

    private void dispensedInError(String pack) throws Exception {
        cluster.json(WHOLESALER, "drug", "ship", "--item", pack, "--to", "northside");
        cluster.json(PHARMACIST, "drug", "receive", "--item", pack);
        String time = java.time.Instant.now()
                .truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                .toString();
        String dispensed = object("OBSERVE", "dispensing", time, "", List.of(pack));
        capture(PHARMACIST, List.of(dispensed)).ended(0);
        assertThat(status("C0")).isEqualTo("DISPENSED");
        String error = ",\"errorDeclaration\":{\"declarationTime\":\"" + time + "\",\"reason\":\"did_not_occur\"},";
        String declared = dispensed.replace(",\"epcList\"", error + "\"epcList\"");
        assertThat(capture(PHARMACIST, List.of(declared)).ended(0).json().number("captured"))
                .isEqualTo(1);
        assertThat(status("C0")).isEqualTo("ACTIVE");
        assertThat(capture(PHARMACIST, List.of(declared)).ended(0).json().number("duplicates"))
                .isEqualTo(1);
        JsonFields trace = cluster.json(PHARMACIST, "drug", "trace", "--item", pack);
        assertThat(trace.objects("events").stream()
                        .filter(event -> event.has("errorDeclaration"))
                        .count())
                .as("the wrong step stays, marked")
                .isEqualTo(1);
    }

    @Test
    @DisplayName("DRU-1 DRU-2 what is wrong with one event is named with its place, and nothing is taken")
    void dru1_badInput() throws Exception {
        String good = made("LOTB", pack("B1"));
        refused(
                "EPCIS_INVALID",
                "epcisBody.eventList[1].epcList[0]",
                "DRU-1",
                List.of(good, made("LOTB", "https://id.gs1.org/01/00614141123453/21/1")));
        refused(
                "EPCIS_INVALID",
                "epcisBody.eventList[1].epcList[0]",
                "DRU-1",
                List.of(good, made("LOTB", pack("1".repeat(21)))));
        refused(
                "EPCIS_INVALID",
                "epcisBody.eventList[1].epcList[0]",
                "DRU-1",
                List.of(good, made("LOTB", pack("A%07"))));
        refused(
                "GTIN_FOREIGN",
                "epcisBody.eventList[1].epcList[0]",
                "DRU-2",
                List.of(good, made("LOTB", "urn:epc:id:sgtin:0356789.012345.1")));
        refused(
                "EVENT_IN_FUTURE",
                "epcisBody.eventList[1].eventTime",
                "DRU-1",
                List.of(good, made("LOTB", pack("B2")).replace("2026-01-05T09", "2126-01-05T09")));
        refused(
                "GLN_UNKNOWN",
                "epcisBody.eventList[1].destinationList[0]",
                "DRU-1",
                List.of(
                        good,
                        object(
                                "OBSERVE",
                                "shipping",
                                MORNING,
                                ",\"destinationList\":[{\"type\":\"possessing_party\","
                                        + "\"destination\":\"urn:epc:id:pgln:4049999.00000\"}]",
                                List.of(pack("B1")))));
        assertThat(status("B1")).isEqualTo("UNKNOWN");
    }

    @Test
    @DisplayName("DRU-1 of ten thousand events with one bad in the middle nothing is taken; without it all, and once")
    void dru1_tenThousand() throws Exception {
        cluster.json(
                MAKER,
                "drug",
                "commission",
                "--gtin",
                GTIN,
                "--lot",
                "LOTX",
                "--expiry",
                "2039-12-31",
                "--serial",
                "X1");
        List<String> events = new ArrayList<>(IntStream.range(0, 10_000)
                .mapToObj(i -> made("LOTT", pack("T" + i)))
                .toList());
        events.set(5_000, made("LOTT", pack("X1")));
        Cluster.Said said = capture(MAKER, events).ended(6);
        assertThat(said.json().number("eventIndex")).isEqualTo(5_000);
        assertThat(said.json().text("code")).isEqualTo("DUPLICATE_SERIAL");
        assertThat(said.err()).contains("Event 5000 (counted from 0)").contains("eventList[5000]");
        assertThat(status("T4999")).isEqualTo("UNKNOWN");
        events.remove(5_000);
        assertThat(capture(MAKER, events).ended(0).json().number("captured")).isEqualTo(9_999);
        assertThat(status("T9999")).isEqualTo("ACTIVE");
        assertThat(capture(MAKER, events).ended(0).json().number("duplicates")).isEqualTo(9_999);
    }

    @Test
    @DisplayName("DRU-1 TX-6 bombs and files of 200 MB are refused in a line")
    void tx6_bombs() throws Exception {
        Cluster.Said bomb = cluster.runWith(
                "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><x>&b;</x>",
                MAKER,
                "drug",
                "capture",
                "-");
        assertThat(bomb.ended(6).err()).contains("document type declaration");
        Path large = cluster.file("large.json", "{".getBytes(StandardCharsets.UTF_8));
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(200L * 1024 * 1024);
        }
        assertThat(cluster.run(MAKER, "drug", "capture", large.toString())
                        .ended(6)
                        .err())
                .contains("FILE_TOO_LARGE");
        Files.delete(large);
    }

    private static final String RICH = ",\"recordTime\":\"2026-01-05T10:30:00.000Z\","
            + "\"bizTransactionList\":[{\"type\":\"po\",\"bizTransaction\":\"urn:epcglobal:cbv:bt:0614141000005:PO-77\"}],"
            + "\"sensorElementList\":[{\"sensorMetadata\":{\"time\":\"2026-01-05T10:20:00Z\"},"
            + "\"sensorReport\":[{\"type\":\"Temperature\",\"value\":5.10,\"uom\":\"CEL\"}]}],"
            + "\"ex:seal\":{\"ex:number\":\"S-991\",\"ex:intact\":\"yes\"},\"ex:notes\":[\"cold chain\",\"fragile\"]";

    private static String rich(String event) {
        return event.substring(0, event.length() - 1) + RICH + "}";
    }

    /** The events of an export, in the order of the document, without the context that each then names. */
    private List<Map<String, Object>> exported(String context, String item, String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of("drug", "export", "--item", item, "--format", "epcis"));
        words.addAll(List.of(more));
        Cluster.Said said = cluster.run(context, words.toArray(new String[0])).ended(0);
        List<Map<String, Object>> events = new ArrayList<>();
        for (EpcisEvent event :
                EpcisDocument.read(said.out().getBytes(StandardCharsets.UTF_8)).events()) {
            Map<String, Object> tree = tree(event.text());
            tree.remove("@context");
            events.add(tree);
        }
        return events;
    }

    @SuppressWarnings("unchecked") // an object of JSON is a map of texts
    private static Map<String, Object> tree(String event) throws Exception {
        return (Map<String, Object>) JsonReader.read(event);
    }

    @Test
    @DisplayName("DRU-1 DRU-9 what was captured is exported with nothing lost, for the institutions it names alone")
    void dru1_nothingLost() throws Exception {
        String context = CONTEXT.replace("}]", ",\"ex\":\"https://ns.example.com/epcis/\"}]");
        String made = rich(made(KEPT_LOT, pack("N1"), pack("N2"))
                .replace("\"cbvmda:lotNumber\"", "\"ex:line\":\"4\",\"cbvmda:lotNumber\""));
        String shipped = rich(object(
                "OBSERVE",
                "shipping",
                "2026-01-05T11:00:00Z",
                ",\"destinationList\":[{\"type\":\"possessing_party\",\"destination\":\"" + TRANSMED + "\"}]",
                List.of(pack("N1"))));
        String joined = "{\"type\":\"AssociationEvent\",\"eventTime\":\"" + MORNING
                + "\",\"eventTimeZoneOffset\":\"+00:00\",\"action\":\"ADD\",\"parentID\":\"" + pack("N2")
                + "\",\"childEPCs\":[\"urn:epc:id:giai:0614141.12345400\"],\"ex:logger\":\"L7\"}";
        List<String> events = List.of(made, shipped, joined);
        String head = "{\"epcisMasterData\":{\"vocabularyList\":[]},\"ex:statement\":\"" + STATEMENT + "\"}";
        String document = document(events)
                .replace(CONTEXT, context)
                .replace("\"epcisBody\"", "\"sender\":\"" + HELIX + "\",\"epcisHeader\":" + head + ",\"epcisBody\"");
        JsonFields captured = cluster.runWith(document, MAKER, "drug", "capture", "-")
                .ended(0)
                .json();
        assertThat(captured.number("captured")).isEqualTo(3);

        assertThat(exported(MAKER, pack("N1"))).containsExactly(tree(made), tree(shipped));
        Cluster.Said path = cluster.run(MAKER, "drug", "export", "--item", pack("N1"), "--format", "epcis")
                .ended(0);
        ObjectNode kept =
                EpcisDocument.read(path.out().getBytes(StandardCharsets.UTF_8)).head();
        assertThat(kept.path("epcisHeader").toString()).isEqualTo(head);
        assertThat(kept.path("sender").asText()).isEqualTo(HELIX);
        String hashId = captured.objects("events").get(2).text("hashId");
        assertThat(exported(MAKER, pack("N2"), "--event", hashId)).containsExactly(tree(joined));
        assertThat(exported(WHOLESALER, pack("N1")))
                .as("the shipping names the wholesaler, the commissioning does not")
                .hasSize(2)
                .contains(tree(shipped))
                .doesNotContain(tree(made));
        assertThat(cluster.json(WHOLESALER, "drug", "trace", "--item", pack("N1"))
                        .objects("events")
                        .get(1)
                        .object("epcis")
                        .object("ex:seal")
                        .text("ex:number"))
                .isEqualTo("S-991");
        cluster.run("summit/operator", "drug", "export", "--item", pack("N1")).ended(3);
        String commissioned = captured.objects("events").get(0).text("hashId");
        cluster.run("summit/operator", "drug", "export", "--item", pack("N1"), "--event", commissioned)
                .ended(3);
    }

    @Test
    @DisplayName("DRU-1 a member whose keys came after the root of an institution without a node captures, and is told")
    void dru1_withoutTheRoot() throws Exception {
        capture(MAKER, List.of(made("LOTK", pack("K1")))).ended(0);
        capture(PHARMACIST, List.of(object("OBSERVE", "storing", MORNING, "", List.of(pack("K1")))))
                .ended(0);
        cluster.json("northside/admin", "member", "rotate-key");
        Cluster.Said said = capture(
                        "northside/admin",
                        List.of(object("OBSERVE", "storing", "2026-01-05T13:00:00Z", "", List.of(pack("K1")))))
                .ended(0);
        assertThat(said.json().number("captured")).isEqualTo(1);
        assertThat(said.err()).contains("are not kept");
    }

    @Test
    @DisplayName(
            "DRU-1 DRU-9 a pharmacy without a node gives its supplier the key; the declared error goes out as well")
    void dru1_declaredBack() throws Exception {
        cluster.runWith(document(List.of(made("LOTR", pack("R1")))), MAKER, "drug", "capture", "-")
                .ended(0);
        cluster.json(MAKER, "drug", "ship", "--item", pack("R1"), "--to", "northside");
        cluster.json(PHARMACIST, "drug", "receive", "--item", pack("R1"));
        String time = java.time.Instant.now()
                .truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                .toString();
        String dispensed = object(
                "OBSERVE",
                "dispensing",
                time,
                ",\"sourceList\":[{\"type\":\"owning_party\",\"source\":\"" + HELIX + "\"}]",
                List.of(pack("R1")));
        String declared = dispensed.replace(
                ",\"epcList\"",
                ",\"errorDeclaration\":{\"declarationTime\":\"" + time
                        + "\",\"reason\":\"did_not_occur\"},\"epcList\"");
        capture(PHARMACIST, List.of(dispensed)).ended(0);
        capture(PHARMACIST, List.of(declared)).ended(0);
        for (String reader : List.of(PHARMACIST, MAKER)) {
            assertThat(exported(reader, pack("R1")))
                    .as(reader)
                    .containsSubsequence(tree(dispensed), tree(declared))
                    .doesNotHaveDuplicates();
        }
    }
}
