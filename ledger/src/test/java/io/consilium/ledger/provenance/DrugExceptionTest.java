package io.consilium.ledger.provenance;

import static io.consilium.ledger.provenance.DrugWorld.DISTRIBUTOR;
import static io.consilium.ledger.provenance.DrugWorld.INSPECTOR;
import static io.consilium.ledger.provenance.DrugWorld.LOT;
import static io.consilium.ledger.provenance.DrugWorld.PACKER;
import static io.consilium.ledger.provenance.DrugWorld.PHARMACIST;
import static io.consilium.ledger.provenance.DrugWorld.PRODUCT;
import static io.consilium.ledger.provenance.DrugWorld.pack;
import static io.consilium.ledger.provenance.DrugWorld.packs;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.Receipt;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugExceptionKind;
import io.consilium.proto.DrugExceptionState;
import io.consilium.proto.DrugExceptionStatus;
import io.consilium.proto.DrugReceive;
import io.consilium.proto.DrugReport;
import io.consilium.proto.DrugResolve;
import io.consilium.proto.DrugStatus;
import io.consilium.proto.DrugStatusChange;
import io.consilium.proto.DrugStatusKind;
import io.consilium.proto.DrugStep;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who closes an exception (DRU-8), and reasons (DRU-5, DRU-6). */
class DrugExceptionTest {
    private final DrugWorld world = new DrugWorld();

    private String resolve(String actor, DrugExceptionState exception, boolean investigating) {
        return resolve(actor, exception, investigating, investigating ? "" : "sealed");
    }

    private String resolve(String actor, DrugExceptionState exception, boolean investigating, String note) {
        String code = ExceptionResolution.codes(exception.getKind()).get(0);
        return resolve(actor, exception, investigating, note, code);
    }

    private String resolve(
            String actor, DrugExceptionState exception, boolean investigating, String note, String code) {
        return world.act(
                actor,
                DrugAction.newBuilder()
                        .setResolve(DrugResolve.newBuilder()
                                .setExceptionId(exception.getId())
                                .setInvestigating(investigating)
                                .setResolution(code)
                                .setSealedNote(ByteString.copyFromUtf8(note))));
    }

    @Test
    @DisplayName("DRU-8 who brought an exception about neither takes it on nor closes it; who is affected does")
    void dru8_causeDoesNotClose() {
        world.commission(0, 20);
        world.pack(PACKER, "a", packs(0, 10));
        world.pack(PACKER, "b", packs(10, 20));
        world.ship(PACKER, "labcorp", List.of(), "a", "b");
        world.receive(DISTRIBUTOR, List.of(), "a");
        DrugExceptionState shortage = world.exception(DrugExceptionKind.DRUG_SHORT);
        assertThat(shortage.getCause()).isEqualTo("helix");
        assertThat(resolve(PACKER, shortage, true)).isEqualTo("RESOLVE_NOT_ALLOWED DRU-8");
        assertThat(resolve(PACKER, shortage, false)).isEqualTo("RESOLVE_NOT_ALLOWED DRU-8");
        assertThat(resolve(DISTRIBUTOR, shortage, true)).isEqualTo("OK");
        assertThat(resolve(DISTRIBUTOR, shortage, false, ""))
                .as("why is sealed for the parties")
                .isEqualTo("REASON_REQUIRED DRU-8");
        assertThat(resolve(DISTRIBUTOR, shortage, false)).isEqualTo("OK");
        assertThat(world.exception(DrugExceptionKind.DRUG_SHORT).getNoteBy()).isEqualTo("labcorp");
        assertThat(world.exception(DrugExceptionKind.DRUG_SHORT).getStatus())
                .isEqualTo(DrugExceptionStatus.DRUG_RESOLVED);
    }

    @Test
    @DisplayName("DRU-8 an exception ends in one of the ways of its kind, so that no other word moves goods")
    void dru8_closedList() {
        world.commission(0, 20);
        world.pack(PACKER, "a", packs(0, 10));
        world.pack(PACKER, "b", packs(10, 20));
        world.ship(PACKER, "labcorp", List.of(), "a", "b");
        world.receive(DISTRIBUTOR, List.of(), "a");
        DrugExceptionState shortage = world.exception(DrugExceptionKind.DRUG_SHORT);
        for (String code : List.of("nope", "genuine", "NOT-SENT", "found")) {
            assertThat(resolve(DISTRIBUTOR, shortage, false, "sealed", code))
                    .as(code)
                    .isEqualTo("RESOLUTION_UNFIT DRU-8");
        }
        assertThat(world.container("b").getMissing()).isTrue();
        assertThat(resolve(DISTRIBUTOR, shortage, false, "sealed", "lost")).isEqualTo("OK");
        assertThat(world.container("b").getMissing()).as("nobody has it").isTrue();
        assertThat(world.container("b").getCustodian()).isEqualTo("helix");
        world.act(
                PACKER,
                DrugAction.newBuilder()
                        .setReport(DrugReport.newBuilder()
                                .setKind(DrugExceptionKind.DRUG_SUSPECT_PRODUCT)
                                .setProductId(PRODUCT)
                                .setItemId(pack(0))));
        DrugExceptionState suspect = world.exception(DrugExceptionKind.DRUG_SUSPECT_PRODUCT);
        assertThat(resolve(PACKER, suspect, false, "sealed", "lost")).isEqualTo("RESOLUTION_UNFIT DRU-8");
        assertThat(resolve(PACKER, suspect, false, "sealed", "genuine")).isEqualTo("OK");
    }

    private DrugAction.Builder nothingOf(ByteString shipment) {
        return DrugAction.newBuilder().setReceive(DrugReceive.newBuilder().setNothingOf(shipment));
    }

    @Test
    @DisplayName("DRU-4 DRU-8 nothing came of a shipment: told to its sender, who has the goods again when he says so")
    void dru4_noProduct() {
        world.commission(0, 20);
        world.pack(PACKER, "a", packs(0, 10));
        DrugAction.Builder shipping = world.shipping("labcorp", List.of(pack(12)), "a");
        ByteString shipment = shipping.getShip().getShipmentId();
        world.act(PACKER, shipping);
        assertThat(world.act(PHARMACIST, nothingOf(shipment))).isEqualTo("SHIPMENT_UNKNOWN DRU-4");
        BlockResult told = world.block(DISTRIBUTOR, nothingOf(shipment));
        assertThat(told.receipts().get(0).code()).isEqualTo("OK");
        assertThat(told.events()).singleElement().satisfies(event -> {
            assertThat(event.type()).isEqualTo("drug.exception-opened");
            assertThat(event.parties()).containsExactly("helix", "labcorp");
        });
        DrugExceptionState nothing = world.exception(DrugExceptionKind.DRUG_NO_PRODUCT);
        assertThat(world.ship(PACKER, "northside", List.of(), "a")).isEqualTo("UNDER_WAY DRU-4");
        assertThat(resolve(PACKER, nothing, false)).isEqualTo("RESOLVE_NOT_ALLOWED DRU-8");
        assertThat(resolve(DISTRIBUTOR, nothing, true)).isEqualTo("OK");
        assertThat(world.container("a").getShipmentId()).isEqualTo(shipment);
        assertThat(resolve(DISTRIBUTOR, nothing, false)).isEqualTo("OK");
        assertThat(world.container("a").getHistoryList())
                .extracting(DrugStep::getType)
                .endsWith("ship", "not-received");
        assertThat(world.act(DISTRIBUTOR, nothingOf(shipment))).isEqualTo("ALREADY_RECEIVED DRU-4");
        assertThat(world.receive(DISTRIBUTOR, List.of(), "a")).isEqualTo("NOT_SHIPPED DRU-4");
        assertThat(world.ship(PACKER, "northside", List.of(pack(12)), "a"))
                .as("only its receiver says that it was not sent")
                .isEqualTo("MISSING_IN_TRANSIT DRU-4");
        assertThat(world.receive(PACKER, List.of(pack(12)), "a")).isEqualTo("OK");
        assertThat(world.ship(PACKER, "northside", List.of(pack(12)), "a")).isEqualTo("OK");
        assertThat(world.receive(PHARMACIST, List.of(pack(12)), "a")).isEqualTo("OK");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 12)).isEqualTo("OK");
    }

    @Test
    @DisplayName("DRU-4 DRU-8 a shipment that comes after all closes what was opened about it, and is received")
    void dru4_comesAfterAll() {
        world.commission(0, 1);
        DrugAction.Builder shipping = world.shipping("labcorp", List.of(pack(0)));
        world.act(PACKER, shipping);
        world.act(DISTRIBUTOR, nothingOf(shipping.getShip().getShipmentId()));
        assertThat(world.receive(DISTRIBUTOR, List.of(pack(0)))).isEqualTo("OK");
        DrugExceptionState nothing = world.exception(DrugExceptionKind.DRUG_NO_PRODUCT);
        assertThat(nothing.getStatus()).isEqualTo(DrugExceptionStatus.DRUG_RESOLVED);
        assertThat(nothing.getResolution()).isEqualTo("received-later");
        assertThat(world.item(0).getCustodian()).isEqualTo("labcorp");
    }

    @Test
    @DisplayName(
            "DRU-4 DRU-8 what was short and is settled is its sender's, with its state once he has it or the regulator says so")
    void dru4_shortSettled() {
        world.commission(0, 20);
        world.pack(PACKER, "a", packs(0, 10));
        world.ship(PACKER, "labcorp", packs(12, 14), "a");
        world.receive(DISTRIBUTOR, List.of(pack(12)));
        assertThat(world.item(13).getStatus()).isEqualTo(DrugStatus.DRUG_MISSING);
        for (DrugExceptionState shortage : world.exceptions()) {
            String who = shortage.getObject().equals(pack(13)) ? DISTRIBUTOR : INSPECTOR;
            assertThat(resolve(who, shortage, false)).isEqualTo("OK");
        }
        assertThat(world.container("a").getMissing()).as("says the regulator").isFalse();
        assertThat(world.item(13).getStatus()).as("a thief would say so too").isEqualTo(DrugStatus.DRUG_MISSING);
        assertThat(world.item(13).getCustodian()).isEqualTo("helix");
        assertThat(world.receive(DISTRIBUTOR, packs(13, 14))).isEqualTo("NOT_SHIPPED DRU-4");
        assertThat(world.receive(PACKER, packs(13, 14))).isEqualTo("OK");
        assertThat(world.item(13).getStatus()).isEqualTo(DrugStatus.DRUG_ACTIVE);
        assertThat(world.receive(DISTRIBUTOR, packs(13, 14))).isEqualTo("NOT_SHIPPED DRU-4");
        assertThat(world.change(PACKER, DrugStatusKind.DRUG_DESTROY, 13)).isEqualTo("OK");
        assertThat(world.ship(PACKER, "labcorp", List.of(), "a")).isEqualTo("OK");
    }

    @Test
    @DisplayName(
            "DRU-8 a maker's duplicate serial is closed by the regulator, a double dispensing not by its pharmacist")
    void dru8_ownFault() {
        world.bringToPharmacy();
        world.act(PACKER, world.commissioning(LOT, List.of(pack(1))));
        DrugExceptionState duplicate = world.exception(DrugExceptionKind.DRUG_DUPLICATE_SERIAL);
        assertThat(resolve(PACKER, duplicate, false)).isEqualTo("RESOLVE_NOT_ALLOWED DRU-8");
        assertThat(resolve(INSPECTOR, duplicate, false)).isEqualTo("OK");
        world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 1);
        world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 1);
        DrugExceptionState twice = world.exception(DrugExceptionKind.DRUG_DISPENSED_TWICE);
        assertThat(resolve(PHARMACIST, twice, false)).isEqualTo("RESOLVE_NOT_ALLOWED DRU-8");
        assertThat(resolve(PACKER, twice, false)).isEqualTo("OK");
    }

    @Test
    @DisplayName("DRU-8 whether a pack is genuine says its maker or the regulator, not who found or has it")
    void dru8_genuineness() {
        world.bringToPharmacy();
        world.act(
                PHARMACIST,
                DrugAction.newBuilder()
                        .setReport(DrugReport.newBuilder()
                                .setKind(DrugExceptionKind.DRUG_SUSPECT_PRODUCT)
                                .setProductId(PRODUCT)
                                .setItemId(pack(2))));
        DrugExceptionState suspect = world.exception(DrugExceptionKind.DRUG_SUSPECT_PRODUCT);
        assertThat(resolve(PHARMACIST, suspect, false)).isEqualTo("RESOLVE_NOT_ALLOWED DRU-8");
        assertThat(resolve(PACKER, suspect, true)).isEqualTo("OK");
        assertThat(resolve(PACKER, suspect, false)).isEqualTo("OK");
    }

    @Test
    @DisplayName("DRU-8 of a product that there is not says the maker whose prefix it carries what is genuine")
    void dru8_genuinenessOfNoProduct() {
        world.act(
                PHARMACIST,
                DrugAction.newBuilder()
                        .setReport(DrugReport.newBuilder()
                                .setKind(DrugExceptionKind.DRUG_UNKNOWN_SERIAL)
                                .setItemId(pack(2))
                                .setMaker("helix")));
        DrugExceptionState unknown = world.exception(DrugExceptionKind.DRUG_UNKNOWN_SERIAL);
        assertThat(resolve(PHARMACIST, unknown, false, "sealed", "genuine")).isEqualTo("RESOLVE_NOT_ALLOWED DRU-8");
        assertThat(resolve(PACKER, unknown, false, "sealed", "illegitimate")).isEqualTo("OK");
    }

    @Test
    @DisplayName("DRU-5 DRU-6 a reason stays with the step that it is for, sealed as it came")
    void dru6_reasonsAreKept() {
        world.bringToPharmacy();
        world.change(INSPECTOR, DrugStatusKind.DRUG_QUARANTINE, 3);
        world.change(INSPECTOR, DrugStatusKind.DRUG_RELEASE, 3);
        assertThat(world.item(3).getHistoryList().stream()
                        .filter(step -> !step.getSealedReason().isEmpty())
                        .map(step ->
                                step.getType() + " " + step.getSealedReason().toStringUtf8()))
                .containsExactly("quarantine sealed", "release sealed");
    }

    @Test
    @DisplayName(
            "DRU-8 what is found again after it was resolved is open again, told to its parties, and taken on anew")
    void dru8_foundAgain() {
        world.bringToPharmacy();
        DrugAction.Builder report = DrugAction.newBuilder()
                .setReport(DrugReport.newBuilder()
                        .setKind(DrugExceptionKind.DRUG_SUSPECT_PRODUCT)
                        .setProductId(PRODUCT)
                        .setItemId(pack(2)));
        world.act(PHARMACIST, report);
        DrugExceptionState first = world.exception(DrugExceptionKind.DRUG_SUSPECT_PRODUCT);
        assertThat(resolve(PACKER, first, false)).isEqualTo("OK");
        Receipt again = world.submit(PHARMACIST, report);
        assertThat(again.code()).isEqualTo("OK");
        DrugExceptionState reopened = world.exception(DrugExceptionKind.DRUG_SUSPECT_PRODUCT);
        assertThat(reopened.getId()).isEqualTo(first.getId());
        assertThat(reopened.getStatus()).isEqualTo(DrugExceptionStatus.DRUG_OPEN);
        assertThat(reopened.getOccurrences()).isEqualTo(2);
        assertThat(reopened.getOwner()).isEmpty();
        assertThat(reopened.getResolution()).isEmpty();
        assertThat(reopened.getSealedNote().isEmpty()).isTrue();
        assertThat(reopened.getNoteBy()).isEmpty();
        assertThat(resolve(INSPECTOR, reopened, true)).isEqualTo("OK");
        world.act(PHARMACIST, report);
        DrugExceptionState underWay = world.exception(DrugExceptionKind.DRUG_SUSPECT_PRODUCT);
        assertThat(underWay.getStatus())
                .as("who has taken it on goes on")
                .isEqualTo(DrugExceptionStatus.DRUG_INVESTIGATING);
        assertThat(underWay.getOwner()).isEqualTo("medwatch");
    }

    @Test
    @DisplayName("DRU-5 DRU-6 what stops, frees, destroys or takes back has a reason; handing out needs none")
    void dru6_reasons() {
        world.bringToPharmacy();
        assertThat(bare(DrugStatusKind.DRUG_DESTROY)).isEqualTo("REASON_REQUIRED DRU-5");
        assertThat(bare(DrugStatusKind.DRUG_UNDO)).isEqualTo("REASON_REQUIRED DRU-5");
        assertThat(bare(DrugStatusKind.DRUG_QUARANTINE)).isEqualTo("REASON_REQUIRED DRU-6");
        assertThat(bare(DrugStatusKind.DRUG_RELEASE)).isEqualTo("REASON_REQUIRED DRU-6");
        assertThat(bare(DrugStatusKind.DRUG_MARK_SUSPECT)).isEqualTo("REASON_REQUIRED DRU-6");
        assertThat(bare(DrugStatusKind.DRUG_MARK_ILLEGITIMATE)).isEqualTo("REASON_REQUIRED DRU-6");
        assertThat(bare(DrugStatusKind.DRUG_DISPENSE)).isEqualTo("OK");
    }

    private String bare(DrugStatusKind kind) {
        return world.act(
                PHARMACIST,
                DrugAction.newBuilder()
                        .setStatusChange(
                                DrugStatusChange.newBuilder().setKind(kind).addAllItems(world.find(List.of(pack(3))))));
    }
}
