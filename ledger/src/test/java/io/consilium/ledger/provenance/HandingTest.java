package io.consilium.ledger.provenance;

import static io.consilium.ledger.provenance.DrugWorld.DISTRIBUTOR;
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
import io.consilium.proto.DrugExceptionStatus;
import io.consilium.proto.DrugReport;
import io.consilium.proto.DrugResolve;
import io.consilium.proto.DrugStatusKind;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Goods change hands when both sides say so; what does not fit is an exception (DRU-4, DRU-8). */
class HandingTest {
    private final DrugWorld world = new DrugWorld();

    @Test
    @DisplayName("DRU-4 what did not come is SHORT and stays under way until it comes after all")
    void dru4_short() {
        world.commission(0, 30);
        world.pack(PACKER, "case 1", packs(0, 10));
        world.pack(PACKER, "case 2", packs(10, 20));
        world.pack(PACKER, "pallet", List.of(), "case 1", "case 2");
        world.ship(PACKER, "labcorp", List.of(), "pallet");
        assertThat(world.receive(DISTRIBUTOR, List.of(), "case 1")).isEqualTo("OK");
        assertThat(world.exceptions()).singleElement().satisfies(exception -> {
            assertThat(exception.getKind()).isEqualTo(DrugExceptionKind.DRUG_SHORT);
            assertThat(exception.getObject()).isEqualTo(box("case 2"));
            assertThat(exception.getPartiesList()).containsExactly("helix", "labcorp");
        });
        assertThat(world.container("pallet").getCustodian()).isEqualTo("labcorp");
        assertThat(world.ship(DISTRIBUTOR, "northside", List.of(), "case 2")).isEqualTo("NOT_RECEIVED DRU-4");
        assertThat(world.receive(DISTRIBUTOR, List.of(), "case 2")).isEqualTo("OK");
        assertThat(world.container("case 2").getCustodian()).isEqualTo("labcorp");
        assertThat(world.exceptions().get(0).getStatus()).isEqualTo(DrugExceptionStatus.DRUG_RESOLVED);
    }

    @Test
    @DisplayName("DRU-4 what came and was not sent is OVER beside what was, NO_DATA alone, and changes no hands")
    void dru4_overAndNoData() {
        world.commission(0, 30);
        world.pack(PACKER, "case 1", packs(0, 10));
        world.pack(PACKER, "case 2", packs(10, 20));
        assertThat(world.receive(DISTRIBUTOR, List.of(), "case 2")).isEqualTo("NOT_SHIPPED DRU-4");
        assertThat(world.signals()).containsExactly(DrugExceptionKind.DRUG_NO_DATA);
        world.ship(PACKER, "labcorp", List.of(), "case 1");
        assertThat(world.receive(DISTRIBUTOR, List.of(), "case 1", "case 2")).isEqualTo("OK");
        assertThat(world.signals()).contains(DrugExceptionKind.DRUG_OVER);
        assertThat(world.container("case 2").getCustodian()).isEqualTo("helix");
        assertThat(world.receive(DISTRIBUTOR, List.of(), "case 1")).isEqualTo("ALREADY_RECEIVED DRU-4");
        assertThat(world.ship(PACKER, "medwatch", List.of(), "case 2")).isEqualTo("INSTITUTION_ROLE DRU-4");
        assertThat(world.ship(PACKER, "nobody", List.of(), "case 2")).isEqualTo("INSTITUTION_UNKNOWN DRU-4");
    }

    @Test
    @DisplayName("DRU-8 a second pack of one serial that comes in a delivery, or is sent on, is a counterfeit signal")
    void dru8_secondPackOfASerial() {
        world.bringToPharmacy();
        world.commission(10, 20);
        world.ship(PACKER, "northside", packs(10, 12));
        assertThat(world.receive(PHARMACIST, List.of(pack(10)))).isEqualTo("OK");
        assertThat(world.receive(PHARMACIST, List.of(pack(10), pack(11))))
                .as("scanned again with what comes late")
                .isEqualTo("OK");
        assertThat(world.receive(PHARMACIST, List.of(pack(10)))).isEqualTo("ALREADY_RECEIVED DRU-4");
        assertThat(world.signals()).containsExactly(DrugExceptionKind.DRUG_SHORT);

        world.ship(PACKER, "northside", packs(12, 13));
        assertThat(world.receive(PHARMACIST, List.of(pack(2), pack(12)))).isEqualTo("OK");
        assertThat(world.exception(DrugExceptionKind.DRUG_TWO_PLACES)).satisfies(exception -> {
            assertThat(exception.getObject()).isEqualTo(pack(2));
            assertThat(exception.getPartiesList()).containsExactly("helix", "northside");
            assertThat(exception.getCause()).isEqualTo("helix");
        });

        world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 1);
        world.ship(PACKER, "northside", packs(13, 14));
        assertThat(world.receive(PHARMACIST, List.of(pack(1), pack(13)))).isEqualTo("OK");
        assertThat(world.receive(DISTRIBUTOR, List.of(pack(1)))).isEqualTo("ALREADY_DISPENSED DRU-5");
        assertThat(world.ship(DISTRIBUTOR, "northside", List.of(pack(1)))).isEqualTo("ALREADY_DISPENSED DRU-5");
        assertThat(world.exceptions().stream()
                        .filter(exception -> exception.getKind() == DrugExceptionKind.DRUG_DISPENSED_TWICE))
                .extracting(DrugExceptionState::getOccurrences)
                .containsExactlyInAnyOrder(1, 2);
    }

    @Test
    @DisplayName("DRU-8 goods under way to one party that show up at another are a custody gap")
    void dru8_custodyGap() {
        world.commission(0, 10);
        world.pack(PACKER, "case", packs(0, 10));
        world.ship(PACKER, "labcorp", List.of(), "case");
        assertThat(world.receive(PHARMACIST, List.of(), "case")).isEqualTo("NOT_RECEIVER DRU-4");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 1)).isEqualTo("HELD_ELSEWHERE DRU-8");
        assertThat(world.signals()).containsOnly(DrugExceptionKind.DRUG_CUSTODY_GAP);
        assertThat(world.exceptions().get(0).getPartiesList()).containsExactly("helix", "northside");
    }

    @Test
    @DisplayName("DRU-8 a report opens one exception however often it is made, and a party of it resolves it")
    void dru8_reportAndResolve() {
        world.commission(0, 1);
        DrugAction.Builder report = DrugAction.newBuilder()
                .setReport(DrugReport.newBuilder()
                        .setKind(DrugExceptionKind.DRUG_LOT_MISMATCH)
                        .setProductId(PRODUCT)
                        .setItemId(pack(0)));
        assertThat(world.act(PHARMACIST, report)).isEqualTo("OK");
        assertThat(world.act(PHARMACIST, report)).isEqualTo("OK");
        DrugExceptionState exception = world.exceptions().get(0);
        assertThat(exception.getOccurrences()).isEqualTo(2);
        DrugAction.Builder resolve = DrugAction.newBuilder()
                .setResolve(DrugResolve.newBuilder()
                        .setExceptionId(exception.getId())
                        .setResolution("illegitimate")
                        .setSealedNote(ByteString.copyFromUtf8("sealed")));
        assertThat(world.act(DISTRIBUTOR, resolve)).isEqualTo("EXCEPTION_UNKNOWN DRU-4");
        assertThat(world.act(PACKER, resolve)).isEqualTo("OK");
        assertThat(world.act(PACKER, resolve)).isEqualTo("EXCEPTION_RESOLVED DRU-4");
        assertThat(world.exceptions().get(0).getOwner()).isEqualTo("helix");
    }
}
