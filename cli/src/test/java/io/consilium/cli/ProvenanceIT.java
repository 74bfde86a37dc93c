package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.cli.devnet.DevnetNode;
import io.consilium.client.BlindingKey;
import io.consilium.client.GenesisFile;
import io.consilium.client.NodeDirectory;
import io.consilium.client.NodeEndpoint;
import io.consilium.client.json.JsonFields;
import io.consilium.ledger.provenance.DrugKeys;
import io.consilium.ledger.state.LedgerState;
import io.consilium.proto.DrugLotState;
import io.consilium.storage.RocksChainStore;
import io.consilium.storage.StorageConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Ten thousand packs on four node processes, from the maker's line to the pharmacy, and what rivals see of them. */
@TestInstance(Lifecycle.PER_CLASS)
class ProvenanceIT {
    private static final String MAKER = "helix/packer";
    private static final String WHOLESALER = "transmed/operator";
    private static final String PHARMACIST = "northside/pharmacist";
    private static final String REGULATOR = "medwatch/inspector";
    private static final List<String> RIVALS = List.of("summit/operator", "orion/packer");
    private static final String GTIN = "00614141123452";
    private static final String LOT = "LOT-KX7731";
    private static final String SHORT_LIVED = "LOT-QZ0042";
    private static final String NAME = "Cardiol-Ibexine";
    private static final String REASON = "impurity-of-the-solvent";
    private static final String EXPIRY = "2031-12-31";
    private static final int PACKS = 10_000;
    private static final int IN_A_CASE = 100;
    private static final int ON_A_PALLET = 50;
    private static final Duration SHELF_LIFE = Duration.ofSeconds(60);

    private Cluster cluster;
    private String lotId = "";
    private long recallHeight;

    @BeforeAll
    void start() throws Exception {
        cluster = Cluster.start();
    }

    @AfterAll
    void stop() throws Exception {
        cluster.close();
    }

    @Test
    @DisplayName(
            "DRU-2 to DRU-9: made, packed, shipped, short, dispensed, recalled under way; rivals see and hold nothing")
    void fromMakerToPatient() throws Exception {
        cluster.json(MAKER, "drug", "product", "add", "--gtin", GTIN, "--name", NAME);
        shortLived();
        makeAndPack();
        handOn();
        dispense();
        nothingCame();
        regulator();
        expired();
        verificationRouter();
        recall();
        rivalsSeeNothing();
        String genesis = cluster.devnet.genesis().toString();
        cluster.watch.stop(cluster.devnet.nodes());
        inForceFromItsBlockOn(genesis);
        nothingOnDisk();
    }

    /** A pack that will have expired before its patient comes. */
    private void shortLived() throws Exception {
        String end =
                Instant.now().plus(SHELF_LIFE).truncatedTo(ChronoUnit.SECONDS).toString();
        refused(2, MAKER, words("drug", "commission", lot(SHORT_LIVED, end), "--serial", "OLD1"));
        Session session = cluster.session(MAKER);
        DrugDesk desk = new DrugDesk(session);
        BlindingKey key = desk.requireProduct(DrugDesk.pack(GTIN, "OLD1"));
        new Commissioning(
                        session, desk, key, SHORT_LIVED, end, Instant.parse(end).toEpochMilli(), 0)
                .run(List.of("OLD1"));
        cluster.json(MAKER, "drug", "ship", "--item", item("OLD1"), "--to", "northside");
        cluster.json(PHARMACIST, "drug", "receive", "--item", item("OLD1"));
    }

    private void makeAndPack() throws Exception {
        refused("NOT_COMMISSIONED", MAKER, "drug", "ship", "--item", item("NEVER"), "--to", "transmed");
        assertThat(cluster.run(MAKER, words("drug", "commission", lot(LOT, EXPIRY), "--serial", "T1,T2,T1"))
                        .ended(6)
                        .err())
                .as("a slip of the list is no second pack")
                .contains("SERIAL_REPEATED");
        Path serials = file("serials.txt", IntStream.range(0, PACKS).mapToObj(ProvenanceIT::serial));
        lotId = cluster.json(MAKER, words("drug", "commission", lot(LOT, EXPIRY), "--serials-file", serials.toString()))
                .text("lotId");
        Cluster.Said duplicate = refused(
                "DUPLICATE_SERIAL", MAKER, words("drug", "commission", lot(LOT, EXPIRY), "--serial", serial(4_321)));
        assertThat(duplicate.out()).contains("\"type\": \"duplicate-serial\"", serial(4_321));
        refused("LOT_MISMATCH", MAKER, words("drug", "commission", lot(LOT, "2032-01-31"), "--serial", "NEW"));
        Path hierarchy = file(
                "hierarchy.csv",
                Stream.concat(
                        IntStream.range(0, PACKS)
                                .mapToObj(pack -> sscc(1 + pack / IN_A_CASE) + "," + item(serial(pack))),
                        IntStream.rangeClosed(1, PACKS / IN_A_CASE)
                                .mapToObj(box -> sscc(901 + (box - 1) / ON_A_PALLET) + ",(00)" + sscc(box))));
        cluster.json(MAKER, "drug", "pack", "--aggregations", hierarchy.toString());
        refused("HAS_PARENT", MAKER, "drug", "pack", "--parent", sscc(77), "--child", item(serial(1)));
    }

    /** Of the first pallet one case is short. */
    private void handOn() throws Exception {
        cluster.json(MAKER, "drug", "ship", "--parent", sscc(901), "--parent", sscc(902), "--to", "transmed");
        String came = IntStream.range(1, ON_A_PALLET)
                .mapToObj(box -> "(00)" + sscc(box))
                .collect(Collectors.joining(","));
        Cluster.Said received = cluster.run(WHOLESALER, "drug", "receive", "--item", came, "--parent", sscc(902))
                .ended(0);
        assertThat(received.json().objects("exceptions")).singleElement().satisfies(exception -> {
            assertThat(exception.text("type")).isEqualTo("short");
            assertThat(exception.texts("parties")).containsExactly("helix", "transmed");
        });
        assertThat(cluster.run(MAKER, "drug", "exceptions").ended(0).out()).contains("short");
        cluster.json(WHOLESALER, "drug", "unpack", "--parent", sscc(901));
        cluster.json(WHOLESALER, "drug", "ship", "--parent", sscc(1), "--to", "northside");
        refused("NOT_RECEIVER", "riverside/admin", "drug", "receive", "--parent", sscc(1));
        cluster.json(PHARMACIST, "drug", "receive", "--parent", sscc(1));
    }

    private void dispense() throws Exception {
        pack(PHARMACIST, "verify", serial(5), "--lot", LOT, "--expiry", EXPIRY).ended(0);
        Cluster.Said wrongLot =
                pack(PHARMACIST, "verify", serial(5), "--lot", "OTHER").ended(9);
        assertThat(wrongLot.json().text("reason")).isEqualTo("No_match_GTIN_Serial_Lot");
        Cluster.Said unknown = pack(PHARMACIST, "verify", "FORGED").ended(9);
        assertThat(unknown.json().text("reason")).isEqualTo("No_match_GTIN_Serial");
        String code = item(serial(5));
        cluster.run(PHARMACIST, "drug", "verify", "--scan", code, "--lot", "OTHER")
                .ended(9);
        cluster.run(PHARMACIST, "drug", "verify", "--scan", code + "(10)" + LOT, "--lot", "OTHER")
                .ended(2);
        cluster.run(PHARMACIST, "drug", "verify", "--scan", code, "--serial", serial(6))
                .ended(2);
        otherPrint();
        told();
        cluster.run(PHARMACIST, "drug", "dispense", "--scan", item(serial(5)) + "(17)311231(10)" + LOT)
                .ended(0);
        Cluster.Said twice = pack(PHARMACIST, "dispense", serial(5)).ended(6);
        assertThat(twice.json().text("code")).isEqualTo("ALREADY_DISPENSED");
        assertThat(pack(PHARMACIST, "trace", serial(5)).ended(0).out()).contains("dispensed-twice", "lot-mismatch");
        assertThat(pack(PHARMACIST, "export", serial(5), "--format", "epcis")
                        .ended(0)
                        .out())
                .contains("AggregationEvent", LOT);
    }

    /** Lot and date that are scanned with a pack are compared before anything is done with it. */
    private void otherPrint() throws Exception {
        String lot = item(serial(5)) + "(17)311231(10)OTHER";
        String date = "https://id.gs1.org/01/" + GTIN + "/10/" + LOT + "/21/" + serial(5) + "?17=351231";
        assertThat(cluster.run(PHARMACIST, "drug", "dispense", "--scan", lot)
                        .ended(6)
                        .err())
                .contains("LOT_MISMATCH", "DRU-8");
        assertThat(cluster.run(PHARMACIST, "drug", "dispense", "--item", date)
                        .ended(6)
                        .err())
                .contains("EXPIRY_MISMATCH");
        assertThat(cluster.run(PHARMACIST, "drug", "ship", "--scan", lot, "--to", "transmed")
                        .ended(6)
                        .err())
                .contains("LOT_MISMATCH");
        assertThat(cluster.run(PHARMACIST, "drug", "receive", "--scan", lot)
                        .ended(6)
                        .err())
                .contains("LOT_MISMATCH");
        pack(PHARMACIST, "verify", serial(5), "--lot", LOT).ended(0);
    }

    /** Whoever is told of a pack that is not genuine reads which one it is, also of a product that there is not. */
    private void told() throws Exception {
        Cluster.Said noProduct = cluster.run(
                        PHARMACIST, "drug", "verify", "--scan", "(01)00614141999996(21)NONE(17)311231(10)X")
                .ended(9);
        assertThat(noProduct.json().flag("reported")).isTrue();
        for (String reader : List.of(MAKER, REGULATOR)) {
            List<String> shown = new ArrayList<>();
            for (JsonFields exception :
                    cluster.json(reader, "drug", "exceptions").objects("items")) {
                if (exception.text("type").equals("unknown-serial")
                        || exception.text("type").endsWith("mismatch")) {
                    shown.add(cluster.run(reader, "drug", "exceptions", "show", exception.text("exceptionId"))
                            .ended(0)
                            .out());
                }
            }
            assertThat(String.join("\n", shown))
                    .as(reader)
                    .contains(item("FORGED"), NAME, item(serial(5)) + "(10)OTHER", "(01)00614141999996(21)NONE");
        }
    }

    /** Shipped by mistake: it never left its maker, who has it again when that is settled and he says so. */
    private void nothingCame() throws Exception {
        cluster.json(MAKER, words("drug", "commission", lot(LOT, EXPIRY), "--serial", "LEFT1"));
        String shipment = cluster.json(MAKER, "drug", "ship", "--item", item("LEFT1"), "--to", "transmed")
                .text("shipmentId");
        JsonFields nothing = cluster.json(WHOLESALER, "drug", "receive", "--nothing-of", shipment)
                .objects("exceptions")
                .get(0);
        assertThat(nothing.text("type")).isEqualTo("no-product");
        refused("UNDER_WAY", MAKER, "drug", "ship", "--item", item("LEFT1"), "--to", "northside");
        cluster.json(
                WHOLESALER,
                "drug",
                "exceptions",
                "resolve",
                nothing.text("exceptionId"),
                "--outcome",
                "not-sent",
                "--reason",
                "stands on its ramp");
        refused("MISSING_IN_TRANSIT", MAKER, "drug", "ship", "--item", item("LEFT1"), "--to", "northside");
        cluster.json(MAKER, "drug", "receive", "--item", item("LEFT1"));
        cluster.json(MAKER, "drug", "ship", "--item", item("LEFT1"), "--to", "northside");
        cluster.json(PHARMACIST, "drug", "receive", "--item", item("LEFT1"));
        assertThat(pack(PHARMACIST, "trace", "LEFT1").ended(0).out()).contains("not-received");
    }

    /** The regulator stops and frees a pack; the pharmacy hands out in part, gives a sample and sends abroad. */
    private void regulator() throws Exception {
        pack(REGULATOR, "quarantine", serial(7), "--reason", "sample drawn").ended(0);
        refused("QUARANTINED", PHARMACIST, "drug", "dispense", "--gtin", GTIN, "--serial", serial(7));
        pack(REGULATOR, "release", serial(7), "--reason", "nothing found").ended(0);
        assertThat(pack(REGULATOR, "trace", serial(7)).ended(0).out()).contains("northside", REGULATOR);
        assertThat(pack(PHARMACIST, "trace", serial(7)).ended(0).out())
                .as("whoever has it reads why it was stopped and freed")
                .contains("\"reason\": \"sample drawn\"", "\"reason\": \"nothing found\"");
        pack(PHARMACIST, "dispense", serial(7), "--partial").ended(0);
        assertThat(pack(PHARMACIST, "verify", serial(7)).ended(0).json().text("status"))
                .isEqualTo("PARTIALLY_DISPENSED");
        assertThat(pack(WHOLESALER, "verify", serial(7)).ended(9).json().text("reason"))
                .as("the rest of it is traded by nobody")
                .isEqualTo("Not_for_re-distribution");
        pack(PHARMACIST, "ship", serial(7), "--to", "transmed").ended(6);
        pack(PHARMACIST, "destroy", serial(8), "--sample", "--reason", "laboratory")
                .ended(0);
        pack(PHARMACIST, "destroy", serial(9), "--export", "--reason", "to Norway")
                .ended(0);
    }

    private void expired() throws Exception {
        Cluster.await(
                "the pack expires", () -> pack(PHARMACIST, "verify", "OLD1").exitCode() != 0);
        Cluster.Said verified = pack(PHARMACIST, "verify", "OLD1").ended(9);
        assertThat(verified.json().text("additionalInfo")).isEqualTo("Expired");
        refused("EXPIRED", PHARMACIST, "drug", "dispense", "--gtin", GTIN, "--serial", "OLD1");
    }

    /** A partner's verification router asks the maker's node, which alone knows its products. */
    private void verificationRouter() throws Exception {
        NodeDirectory nodes = RouterCall.nodes(cluster, MAKER);
        RouterCall maker = new RouterCall(cluster, nodes.ofInstitution("helix").orElseThrow());
        NodeEndpoint another = nodes.endpoints().stream()
                .filter(node -> !node.institution().equals("helix"))
                .findFirst()
                .orElseThrow();
        String path = "/verify/gtin/" + GTIN + "/lot/" + LOT + "/ser/" + serial(200) + "?exp=311231";
        assertThat(maker.get(WHOLESALER, path).object("data").flag("verified")).isTrue();
        JsonFields other = maker.get(PHARMACIST, path.replace(LOT, "OTHER")).object("data");
        assertThat(other.text("verificationFailureReason")).isEqualTo("No_match_GTIN_Serial_Lot");
        assertThat(maker.get(WHOLESALER, "/checkConnectivity?gtin=" + GTIN).status())
                .isEqualTo(200);
        assertThat(maker.get("orion/packer", path).status()).isEqualTo(403);
        assertThat(maker.get("orion/packer", "/checkConnectivity?gtin=" + GTIN).status())
                .as("a rival maker learns of no product")
                .isEqualTo(403);
        assertThat(new RouterCall(cluster, another).get(WHOLESALER, path).status())
                .as("another's node knows no products of the maker")
                .isEqualTo(404);
    }

    private void recall() throws Exception {
        cluster.json(WHOLESALER, "drug", "ship", "--parent", sscc(2), "--to", "northside");
        JsonFields recall = cluster.json(MAKER, "drug", "recall", "--gtin", GTIN, "--lot", LOT, "--reason", REASON);
        recallHeight = recall.number("height");
        assertThat(recall.texts("holders")).containsExactly("helix", "northside", "transmed");
        assertThat(recall.objects("inTransit"))
                .anySatisfy(shipment -> assertThat(List.of(shipment.text("from"), shipment.text("to")))
                        .containsExactly("transmed", "northside"));
        for (DevnetNode node : cluster.devnet.nodes()) {
            String uri = node.api().toString();
            Cluster.await(
                    node.id() + " has the recall",
                    () -> cluster.json(PHARMACIST, "chain", "status", "--node", uri)
                                    .number("height")
                            >= recallHeight);
            Cluster.Said verified =
                    pack(PHARMACIST, "verify", serial(150), "--node", uri).ended(9);
            assertThat(verified.json().text("additionalInfo")).as(node.id()).isEqualTo("Recalled");
        }
        assertThat(pack(PHARMACIST, "trace", serial(6)).ended(0).out()).contains(REASON);
        String id = recall.text("recallId");
        assertThat(cluster.json(REGULATOR, "drug", "recalls", "--institution", "helix")
                        .objects("items")
                        .get(0)
                        .text("recallId"))
                .isEqualTo(id);
        JsonFields shown = cluster.json(REGULATOR, "drug", "recalls", "show", id, "--gtin", GTIN);
        assertThat(shown.texts("holders")).containsExactly("helix", "northside", "transmed");
        assertThat(shown.text("reason")).isEqualTo(REASON);
        cluster.run("orion/packer", "drug", "recalls", "show", id).ended(3);
        refused("RECALLED", WHOLESALER, "drug", "ship", "--parent", sscc(3), "--to", "northside");
        assertThat(cluster.json(PHARMACIST, "drug", "receive", "--parent", sscc(2))
                        .texts("recalled"))
                .as("the receiver is warned")
                .containsExactly("(00)" + sscc(2));
        refused("RECALLED", PHARMACIST, "drug", "dispense", "--gtin", GTIN, "--serial", serial(150));
        cluster.json(PHARMACIST, "drug", "return", "--parent", sscc(2), "--to", "transmed");
    }

    private void rivalsSeeNothing() throws Exception {
        String wholesalersTrace = pack(WHOLESALER, "trace", serial(5)).ended(0).out();
        assertThat(wholesalersTrace).contains("northside");
        for (String rival : RIVALS) {
            pack(rival, "trace", serial(5)).ended(3);
            pack(rival, "export", serial(5)).ended(3);
            cluster.run(rival, "drug", "trace", "--item", "(00)" + sscc(902)).ended(3);
            for (String list : List.of("shipments", "exceptions")) {
                assertThat(cluster.json(rival, "drug", list).objects("items")).isEmpty();
            }
        }
        pack("orion/packer", "verify", serial(5)).ended(4);
        assertThat(pack("summit/operator", "verify", serial(6)).ended(9).json().text("status"))
                .as("a partner is told whether a pack is genuine, and nothing of who has it")
                .isEqualTo("RECALLED");
        assertThat(cluster.json("summit/operator", "drug", "product", "list").objects("items"))
                .isEmpty();
    }

    /** Every node's state has the recall from the block that certified it on, and not before (DRU-6). */
    private void inForceFromItsBlockOn(String genesis) throws Exception {
        ByteString lot = ByteString.copyFrom(HexFormat.of().parseHex(lotId));
        for (DevnetNode node : cluster.devnet.nodes()) {
            try (RocksChainStore store = RocksChainStore.open(
                    chain(node).getParent(), GenesisFile.read(Path.of(genesis)).chainId(), StorageConfig.DEFAULT)) {
                assertThat(recalled(store, recallHeight - 1, lot)).as(node.id()).isFalse();
                assertThat(recalled(store, recallHeight, lot)).as(node.id()).isTrue();
            }
        }
    }

    private static boolean recalled(RocksChainStore store, long height, ByteString lot) {
        return !new LedgerState(store.stateAt(height).orElseThrow())
                .read(DrugKeys.lot(lot), DrugLotState.parser())
                .orElseThrow()
                .getRecallId()
                .isEmpty();
    }

    /** Neither in the files nor in the database's values, which the files hold compressed (DRU-9). */
    private void nothingOnDisk() throws Exception {
        List<String> secrets = List.of(
                GTIN, GTIN.substring(1), serial(4_321), LOT, SHORT_LIVED, EXPIRY, sscc(3), sscc(902), NAME, REASON);
        for (DevnetNode node : cluster.devnet.nodes()) {
            assertThat(new DiskSearch(secrets).in(node.dataDir())).isEmpty();
            assertThat(new DiskSearch(List.of(Integer.toString(PACKS))).inDatabase(chain(node)))
                    .isEmpty();
            assertThat(new DiskSearch(List.of(PHARMACIST)).inDatabase(chain(node)))
                    .as("the search finds what is there")
                    .isNotEmpty();
        }
    }

    private static Path chain(DevnetNode node) throws Exception {
        try (Stream<Path> files = Files.walk(node.dataDir())) {
            return files.filter(file -> file.getFileName().toString().equals("CURRENT"))
                    .findFirst()
                    .orElseThrow()
                    .getParent();
        }
    }

    private static String serial(int pack) {
        return "SER" + (7_000_000 + pack);
    }

    private static String item(String serial) {
        return "(01)" + GTIN + "(21)" + serial;
    }

    private static String[] lot(String lot, String expiry) {
        return new String[] {"--gtin", GTIN, "--lot", lot, "--expiry", expiry};
    }

    /** An SSCC of helix with its check digit. */
    private static String sscc(int number) {
        String digits = "00614141" + String.format("%09d", number);
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            sum += (digits.charAt(i) - '0') * (i % 2 == 0 ? 3 : 1);
        }
        return digits + (10 - sum % 10) % 10;
    }

    private Path file(String name, Stream<String> lines) throws Exception {
        return cluster.file(name, lines.collect(Collectors.joining("\n")).getBytes(StandardCharsets.UTF_8));
    }

    private void refused(int exitCode, String context, String... words) {
        cluster.run(context, words).ended(exitCode);
    }

    private Cluster.Said refused(String code, String context, String... words) throws Exception {
        Cluster.Said said = cluster.run(context, words).ended(6);
        assertThat(said.json().text("code")).isEqualTo(code);
        return said;
    }

    private Cluster.Said pack(String context, String command, String serial, String... more) {
        String[] pack = {"--gtin", GTIN, "--serial", serial};
        return cluster.run(context, words("drug", command, pack, more));
    }

    private static String[] words(String group, String command, String[] shared, String... more) {
        return Stream.of(Stream.of(group, command), Stream.of(shared), Stream.of(more))
                .flatMap(part -> part)
                .toArray(String[]::new);
    }
}
