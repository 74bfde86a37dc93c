package io.consilium.ledger.provenance;

import static io.consilium.ledger.provenance.DrugWorld.DISTRIBUTOR;
import static io.consilium.ledger.provenance.DrugWorld.INSPECTOR;
import static io.consilium.ledger.provenance.DrugWorld.LOT;
import static io.consilium.ledger.provenance.DrugWorld.PACKER;
import static io.consilium.ledger.provenance.DrugWorld.PHARMACIST;
import static io.consilium.ledger.provenance.DrugWorld.PRODUCT;
import static io.consilium.ledger.provenance.DrugWorld.box;
import static io.consilium.ledger.provenance.DrugWorld.pack;
import static io.consilium.ledger.provenance.DrugWorld.packs;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugExceptionKind;
import io.consilium.proto.DrugExceptionState;
import io.consilium.proto.DrugItemSet;
import io.consilium.proto.DrugReport;
import io.consilium.proto.DrugStatus;
import io.consilium.proto.DrugStatusKind;
import io.consilium.proto.DrugUnpack;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is lost stays lost, what came whole is whole, and time runs one way, for containers as for packs. */
class CustodyTruthTest {
    private static final long DAY = 24L * 3_600_000;

    private final DrugWorld world = new DrugWorld();

    @Test
    @DisplayName("DRU-4 DRU-5 a container that is lost stays missing, its packs with it, until its sender has it again")
    void dru4_lostContainer() {
        world.commission(0, 30);
        world.pack(PACKER, "a", packs(0, 10));
        world.pack(PACKER, "b", packs(10, 20));
        world.pack(PACKER, "pallet", List.of(), "a", "b");
        world.ship(PACKER, "labcorp", List.of(), "pallet");
        world.receive(DISTRIBUTOR, List.of(), "a");
        PackSearch search = new PackSearch(world.chain.objects());
        assertThat(search.gone(world.item(12).getParent())).as("under way").contains(DrugStatus.DRUG_MISSING);
        assertThat(search.gone(world.item(2).getParent())).isEmpty();
        world.settle(DISTRIBUTOR, DrugExceptionKind.DRUG_SHORT, "lost");
        assertThat(new PackSearch(world.chain.objects()).gone(world.item(12).getParent()))
                .contains(DrugStatus.DRUG_MISSING);
        assertThat(world.container("b").getCustodian()).isEqualTo("helix");
        assertThat(world.ship(PACKER, "northside", List.of(), "b")).isEqualTo("MISSING_IN_TRANSIT DRU-4");
        assertThat(world.ship(PACKER, "northside", packs(12, 13))).isEqualTo("MISSING_IN_TRANSIT DRU-4");
        assertThat(world.change(PACKER, DrugStatusKind.DRUG_EXPORT, 12)).isEqualTo("MISSING_IN_TRANSIT DRU-4");
        assertThat(world.pack(PACKER, "pallet 2", List.of(), "b")).isEqualTo("MISSING_IN_TRANSIT DRU-4");
        assertThat(world.pack(PACKER, "b", packs(25, 26))).isEqualTo("MISSING_IN_TRANSIT DRU-4");
        assertThat(world.act(
                        PACKER,
                        DrugAction.newBuilder()
                                .setUnpack(DrugUnpack.newBuilder()
                                        .setContainerId(box("b"))
                                        .setEverything(true))))
                .isEqualTo("MISSING_IN_TRANSIT DRU-4");
        assertThat(world.receive(DISTRIBUTOR, List.of(), "b")).isEqualTo("NOT_SHIPPED DRU-4");
        assertThat(world.receive(PACKER, List.of(), "b")).isEqualTo("OK");
        assertThat(world.ship(PACKER, "northside", List.of(), "b")).isEqualTo("OK");
    }

    @Test
    @DisplayName("DRU-4 DRU-5 what is lost goes back to nobody, its maker neither")
    void dru4_lostIsNotReturned() {
        world.commission(0, 20);
        world.pack(PACKER, "a", packs(0, 10));
        world.pack(PACKER, "b", packs(10, 20));
        world.ship(PACKER, "labcorp", List.of(), "a", "b");
        world.receive(DISTRIBUTOR, List.of(), "a", "b");
        world.ship(DISTRIBUTOR, "northside", List.of(), "a", "b");
        world.receive(PHARMACIST, List.of(), "a");
        world.settle(PHARMACIST, DrugExceptionKind.DRUG_SHORT, "lost");
        DrugAction.Builder back = world.shipping("helix", List.of(), "b");
        back.getShipBuilder().setReturnGoods(true);
        assertThat(world.act(DISTRIBUTOR, back)).isEqualTo("MISSING_IN_TRANSIT DRU-4");
        world.receive(DISTRIBUTOR, List.of(), "b");
        assertThat(world.act(DISTRIBUTOR, back)).isEqualTo("OK");
    }

    @Test
    @DisplayName("DRU-4 DRU-5 a loose pack that is lost stays missing until its sender has it again")
    void dru4_lostPack() {
        world.commission(0, 3);
        world.ship(PACKER, "labcorp", packs(0, 3));
        world.receive(DISTRIBUTOR, packs(0, 2));
        world.settle(DISTRIBUTOR, DrugExceptionKind.DRUG_SHORT, "lost");
        assertThat(world.item(2).getStatus()).isEqualTo(DrugStatus.DRUG_MISSING);
        assertThat(world.item(2).getCustodian()).isEqualTo("helix");
        assertThat(world.ship(PACKER, "labcorp", packs(2, 3))).isEqualTo("MISSING_IN_TRANSIT DRU-4");
        assertThat(world.receive(PACKER, packs(2, 3))).isEqualTo("OK");
        assertThat(world.item(2).getStatus()).isEqualTo(DrugStatus.DRUG_ACTIVE);
        assertThat(world.ship(PACKER, "labcorp", packs(2, 3))).isEqualTo("OK");
    }

    @Test
    @DisplayName("DRU-4 all of a shipment that is lost stays missing until its sender has it again")
    void dru4_lostShipment() {
        world.commission(0, 3);
        world.pack(PACKER, "a", packs(0, 2));
        DrugAction.Builder shipping = world.shipping("labcorp", packs(2, 3), "a");
        world.act(PACKER, shipping);
        DrugAction.Builder nothing = DrugAction.newBuilder();
        nothing.getReceiveBuilder().setNothingOf(shipping.getShip().getShipmentId());
        world.act(DISTRIBUTOR, nothing);
        world.settle(DISTRIBUTOR, DrugExceptionKind.DRUG_NO_PRODUCT, "lost");
        assertThat(world.ship(PACKER, "northside", packs(2, 3), "a")).isEqualTo("MISSING_IN_TRANSIT DRU-4");
        assertThat(world.receive(PACKER, packs(2, 3), "a")).isEqualTo("OK");
        assertThat(world.ship(PACKER, "northside", packs(2, 3), "a")).isEqualTo("OK");
    }

    @Test
    @DisplayName("DRU-4 what its sender gets back on the way is found, settles the SHORT, and accuses nobody")
    void dru4_backOnTheWay() {
        world.commission(0, 12);
        world.pack(PACKER, "a", packs(0, 10));
        world.ship(PACKER, "labcorp", packs(10, 12), "a");
        world.receive(DISTRIBUTOR, packs(10, 11));
        assertThat(world.receive("st-mary/apothecary", packs(11, 12))).isEqualTo("NOT_RECEIVER DRU-4");
        assertThat(world.receive(PACKER, packs(11, 12), "a")).isEqualTo("OK");
        assertThat(world.exceptions().stream().filter(exception -> exception.getKind() == DrugExceptionKind.DRUG_SHORT))
                .hasSize(2)
                .allSatisfy(exception -> assertThat(exception.getResolution()).isEqualTo("back-with-sender"));
        assertThat(world.exceptions().stream()
                        .filter(exception -> exception.getKind() == DrugExceptionKind.DRUG_CUSTODY_GAP)
                        .map(DrugExceptionState::getCause))
                .containsExactly("st-mary");
        assertThat(world.item(11).getStatus()).isEqualTo(DrugStatus.DRUG_ACTIVE);
        assertThat(world.receive(DISTRIBUTOR, packs(11, 12))).isEqualTo("NOT_SHIPPED DRU-4");
        assertThat(world.ship(PACKER, "labcorp", packs(11, 12), "a")).isEqualTo("OK");
    }

    @Test
    @DisplayName("DRU-8 what others say of a pack under way does not keep its receiver's earlier receipt out")
    void dru8_remarksAndOrder() {
        world.commission(0, 2);
        world.ship(PACKER, "northside", packs(0, 2));
        world.chain.pass(3_600_000);
        long came = world.chain.now;
        world.chain.pass(3_600_000);
        world.change(INSPECTOR, DrugStatusKind.DRUG_QUARANTINE, 0);
        world.change(INSPECTOR, DrugStatusKind.DRUG_RELEASE, 0);
        assertThat(world.act(PHARMACIST, world.receiving(packs(0, 1)).setEventTimeMillis(came - 2 * 3_600_000)))
                .isEqualTo("EVENT_ORDER DRU-8");
        assertThat(world.act(PHARMACIST, world.receiving(packs(0, 2)).setEventTimeMillis(came)))
                .isEqualTo("OK");
        world.chain.pass(3_600_000);
        world.change(PHARMACIST, DrugStatusKind.DRUG_QUARANTINE, 0);
        DrugAction.Builder destroyed = DrugAction.newBuilder().setEventTimeMillis(came);
        destroyed
                .getStatusChangeBuilder()
                .setKind(DrugStatusKind.DRUG_DESTROY)
                .setSealedReason(ByteString.copyFromUtf8("sealed"))
                .addAllItems(world.find(packs(0, 1)));
        assertThat(world.act(PHARMACIST, destroyed)).as("its own word counts").isEqualTo("EVENT_ORDER DRU-8");
    }

    @Test
    @DisplayName(
            "DRU-8 a pack that is on its way is known by its id alone, so that a node that is behind accuses nobody")
    void dru8_withoutItsPlace() {
        world.commission(0, 2);
        world.ship(PACKER, "northside", packs(0, 1));
        DrugAction.Builder receiving = DrugAction.newBuilder();
        receiving
                .getReceiveBuilder()
                .addItems(DrugItemSet.newBuilder()
                        .setProductId(DrugWorld.PRODUCT)
                        .setIds(packs(0, 1).get(0)));
        assertThat(world.act(PHARMACIST, receiving)).isEqualTo("OK");
        assertThat(world.signals()).isEmpty();
    }

    @Test
    @DisplayName("DRU-4 a pallet named together with what stands in it, however deep, came whole")
    void dru4_wholeAndPart() {
        world.commission(0, 30);
        world.pack(PACKER, "a", packs(0, 10));
        world.pack(PACKER, "b", packs(10, 20));
        world.pack(PACKER, "pallet", List.of(), "a", "b");
        world.ship(PACKER, "labcorp", List.of(), "pallet");
        assertThat(world.receive(DISTRIBUTOR, packs(11, 12), "pallet", "a")).isEqualTo("OK");
        assertThat(world.signals()).isEmpty();
        assertThat(world.container("b").getMissing()).isFalse();
        assertThat(world.ship(DISTRIBUTOR, "northside", List.of(), "b")).isEqualTo("OK");
        world.pack(PACKER, "c", packs(20, 25));
        world.pack(PACKER, "d", packs(25, 30));
        world.pack(PACKER, "pallet 2", List.of(), "c", "d");
        world.ship(PACKER, "labcorp", List.of(), "pallet 2");
        assertThat(world.receive(DISTRIBUTOR, packs(21, 22), "c"))
                .as("what of it came is named, with a pack of that: the rest is short")
                .isEqualTo("OK");
        assertThat(world.signals()).containsExactly(DrugExceptionKind.DRUG_SHORT);
        assertThat(world.container("d").getMissing()).isTrue();
    }

    @Test
    @DisplayName("DRU-3 DRU-8 whoever packs a pack or case that another holds is reported, packed as it is or not")
    void dru8_packingTheSecondOfASerial() {
        world.bringToPharmacy();
        assertThat(world.pack(DISTRIBUTOR, "copies", packs(3, 4))).isEqualTo("HELD_ELSEWHERE DRU-8");
        assertThat(world.signals()).containsExactly(DrugExceptionKind.DRUG_TWO_PLACES);
        assertThat(world.exceptions().get(0).getPartiesList()).contains("helix");
        world.change(PHARMACIST, DrugStatusKind.DRUG_QUARANTINE, 5);
        assertThat(world.pack(DISTRIBUTOR, "copies", packs(5, 6))).isEqualTo("HELD_ELSEWHERE DRU-8");
        world.commission(10, 20);
        world.pack(PACKER, "case 2", packs(10, 20));
        world.pack(PACKER, "pallet", List.of(), "case 2");
        assertThat(world.pack(DISTRIBUTOR, "copies", List.of(), "case 2")).isEqualTo("HELD_ELSEWHERE DRU-8");
        assertThat(world.signals()).hasSize(3).containsOnly(DrugExceptionKind.DRUG_TWO_PLACES);
        assertThat(world.pack(PACKER, "case 3", packs(10, 11))).isEqualTo("HAS_PARENT DRU-3");
        assertThat(world.pack(PACKER, "pallet 2", List.of(), "case 2")).isEqualTo("HAS_PARENT DRU-3");
    }

    private DrugAction.Builder packing(String container, List<ByteString> packs, String... containers) {
        DrugAction.Builder action = DrugAction.newBuilder();
        action.getPackBuilder()
                .addAggregationsBuilder()
                .setContainerId(box(container))
                .setSeed(io.consilium.ledger.TestChain.id(container))
                .addAllItems(world.find(packs))
                .addAllContainers(DrugWorld.ids(containers));
        return action;
    }

    @Test
    @DisplayName(
            "DRU-8 nothing is packed before it was made, shipped before it was packed, or received before it was sent")
    void dru8_orderOfContainers() {
        world.commission(0, 20);
        long made = world.chain.now;
        assertThat(world.act(PACKER, DrugWorld.at(packing("a", packs(0, 10)), made - DAY)))
                .isEqualTo("EVENT_ORDER DRU-8");
        assertThat(world.act(PACKER, DrugWorld.at(packing("a", packs(0, 10)), made)))
                .isEqualTo("OK");
        assertThat(world.act(PACKER, DrugWorld.at(packing("pallet", List.of(), "a"), made - DAY)))
                .isEqualTo("EVENT_ORDER DRU-8");
        assertThat(world.act(PACKER, DrugWorld.at(packing("a", packs(10, 11)), made - DAY)))
                .isEqualTo("EVENT_ORDER DRU-8");
        assertThat(world.act(PACKER, DrugWorld.at(world.shipping("labcorp", List.of(), "a"), made - DAY)))
                .isEqualTo("EVENT_ORDER DRU-8");
        assertThat(world.ship(PACKER, "labcorp", packs(15, 16), "a")).isEqualTo("OK");
        assertThat(world.act(DISTRIBUTOR, DrugWorld.at(world.receiving(packs(15, 16), "a"), made - DAY)))
                .isEqualTo("EVENT_ORDER DRU-8");
        assertThat(world.act(DISTRIBUTOR, DrugWorld.at(world.receiving(packs(15, 16)), made - DAY)))
                .isEqualTo("EVENT_ORDER DRU-8");
        assertThat(world.receive(DISTRIBUTOR, packs(15, 16), "a")).isEqualTo("OK");
    }

    @Test
    @DisplayName("DRU-1 DRU-6 a captured inspection releases what is stopped and notes all else")
    void dru6_inspected() {
        world.bringToPharmacy();
        world.change(PHARMACIST, DrugStatusKind.DRUG_QUARANTINE, 1);
        DrugAction.Builder inspected = DrugAction.newBuilder();
        inspected
                .getStatusChangeBuilder()
                .setKind(DrugStatusKind.DRUG_RELEASE)
                .setSealedReason(ByteString.copyFromUtf8("sealed"))
                .addAllItems(world.find(packs(1, 3)));
        assertThat(world.act(PHARMACIST, inspected.clone())).isEqualTo("STATUS_UNCHANGED DRU-5");
        DrugAction.Builder document = DrugAction.newBuilder();
        document.getDocumentBuilder().addActs(inspected.setEventId(io.consilium.ledger.TestChain.id("event")));
        assertThat(world.act(PHARMACIST, document)).isEqualTo("OK");
        assertThat(world.item(1).getStatus()).isEqualTo(DrugStatus.DRUG_ACTIVE);
        assertThat(world.item(2).getHistoryList())
                .noneMatch(step -> step.getType().equals("release"));
    }

    @Test
    @DisplayName("DRU-8 the regulator is told of what may not be genuine, and of what only its author would hear of")
    void dru8_regulatorHears() {
        world.commission(0, 10);
        world.act(PACKER, world.commissioning(LOT, packs(3, 4)));
        DrugExceptionState duplicate = world.exception(DrugExceptionKind.DRUG_DUPLICATE_SERIAL);
        assertThat(duplicate.getPartiesList()).containsExactly("helix", "medwatch");
        world.act(
                PHARMACIST,
                DrugAction.newBuilder()
                        .setReport(DrugReport.newBuilder()
                                .setKind(DrugExceptionKind.DRUG_UNKNOWN_SERIAL)
                                .setProductId(PRODUCT)
                                .setItemId(pack(77))));
        assertThat(world.exception(DrugExceptionKind.DRUG_UNKNOWN_SERIAL).getPartiesList())
                .containsExactly("helix", "medwatch", "northside");
        world.pack(PACKER, "a", packs(0, 2));
        world.pack(PACKER, "b", packs(4, 6));
        world.ship(PACKER, "labcorp", List.of(), "a", "b");
        world.receive(DISTRIBUTOR, List.of(), "a");
        assertThat(world.exception(DrugExceptionKind.DRUG_SHORT).getPartiesList())
                .containsExactly("helix", "labcorp");
    }
}
