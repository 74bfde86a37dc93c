package io.consilium.ledger.provenance;

import static io.consilium.ledger.provenance.DrugWorld.DISTRIBUTOR;
import static io.consilium.ledger.provenance.DrugWorld.INSPECTOR;
import static io.consilium.ledger.provenance.DrugWorld.PHARMACIST;
import static io.consilium.ledger.provenance.DrugWorld.pack;
import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugExceptionKind;
import io.consilium.proto.DrugStatus;
import io.consilium.proto.DrugStatusChange;
import io.consilium.proto.DrugStatusKind;
import io.consilium.proto.DrugStep;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How a pack ends, what stops it for a while, and what is undone (DRU-5, DRU-6, DRU-8). */
class StatusRulesTest {
    private final DrugWorld world = new DrugWorld();

    @Test
    @DisplayName("DRU-5 a pack is dispensed once, by a pharmacist who holds it, out of its case by itself")
    void dru5_dispense() {
        world.bringToPharmacy();
        assertThat(world.change(DISTRIBUTOR, DrugStatusKind.DRUG_DISPENSE, 3)).isEqualTo("ROLE_REQUIRED DRU-5");
        assertThat(world.change("st-mary/apothecary", DrugStatusKind.DRUG_DISPENSE, 3))
                .isEqualTo("HELD_ELSEWHERE DRU-8");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 3)).isEqualTo("OK");
        assertThat(world.item(3).getStatus()).isEqualTo(DrugStatus.DRUG_DISPENSED);
        assertThat(world.item(3).getHistoryList())
                .extracting(DrugStep::getType)
                .containsExactly("commission", "pack", "unpack", "dispense");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 3)).isEqualTo("ALREADY_DISPENSED DRU-5");
        assertThat(world.signals())
                .containsExactlyInAnyOrder(DrugExceptionKind.DRUG_TWO_PLACES, DrugExceptionKind.DRUG_DISPENSED_TWICE);
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 77)).isEqualTo("NOT_COMMISSIONED DRU-8");
    }

    @Test
    @DisplayName("DRU-5 a decommissioning by mistake is undone where it was done within ten days, a destruction never")
    void dru5_undo() {
        world.bringToPharmacy();
        world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 1);
        assertThat(world.change(DISTRIBUTOR, DrugStatusKind.DRUG_UNDO, 1)).isEqualTo("UNDO_ELSEWHERE DRU-5");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_UNDO, 1)).isEqualTo("OK");
        assertThat(world.item(1).getStatus()).isEqualTo(DrugStatus.DRUG_ACTIVE);
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 1)).isEqualTo("OK");
        world.chain.pass(StatusRules.UNDO_MILLIS);
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_UNDO, 1)).isEqualTo("UNDO_TOO_LATE DRU-5");
        world.change(PHARMACIST, DrugStatusKind.DRUG_DESTROY, 2);
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_UNDO, 2)).isEqualTo("UNDO_NOT_ALLOWED DRU-5");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 2)).isEqualTo("DECOMMISSIONED DRU-5");
    }

    @Test
    @DisplayName("DRU-5 a pack is handed out in parts; a sample and an export end its way, for ten days by mistake")
    void dru5_partsSamplesExports() {
        world.bringToPharmacy();
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE_PARTIALLY, 1))
                .isEqualTo("OK");
        assertThat(world.item(1).getStatus()).isEqualTo(DrugStatus.DRUG_PARTIALLY_DISPENSED);
        assertThat(world.ship(PHARMACIST, "labcorp", List.of(pack(1))))
                .as("a patient has a part of it")
                .isEqualTo("PACK_OPENED DRU-5");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE_PARTIALLY, 1))
                .isEqualTo("OK");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_UNDO, 1)).isEqualTo("OK");
        assertThat(world.item(1).getStatus()).isEqualTo(DrugStatus.DRUG_PARTIALLY_DISPENSED);
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 1)).isEqualTo("OK");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE_PARTIALLY, 1))
                .isEqualTo("ALREADY_DISPENSED DRU-5");
        for (DrugStatusKind end : List.of(DrugStatusKind.DRUG_SAMPLE, DrugStatusKind.DRUG_EXPORT)) {
            assertThat(world.change(DISTRIBUTOR, end, 2)).isEqualTo("HELD_ELSEWHERE DRU-8");
            assertThat(world.change(PHARMACIST, end, 2)).isEqualTo("OK");
            assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 2))
                    .isEqualTo("DECOMMISSIONED DRU-5");
            assertThat(world.ship(PHARMACIST, "labcorp", List.of(pack(2)))).isEqualTo("DECOMMISSIONED DRU-5");
            assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_UNDO, 2)).isEqualTo("OK");
        }
        assertThat(world.item(2).getHistoryList())
                .extracting(DrugStep::getType)
                .containsSubsequence("sample", "undo", "export", "undo");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 2)).isEqualTo("OK");
    }

    @Test
    @DisplayName("DRU-5 what has expired is neither shipped nor dispensed, and may be returned or destroyed")
    void dru5_expired() {
        world.bringToPharmacy();
        world.chain.pass(DrugWorld.YEAR);
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 1)).isEqualTo("EXPIRED DRU-5");
        assertThat(world.ship(PHARMACIST, "labcorp", List.of(), "case")).isEqualTo("EXPIRED DRU-5");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_DESTROY, 1)).isEqualTo("OK");
        DrugAction.Builder goingBack = world.shipping("labcorp", List.of(), "case");
        goingBack.getShipBuilder().setReturnGoods(true);
        assertThat(world.act(PHARMACIST, goingBack)).isEqualTo("OK");
    }

    @Test
    @DisplayName("DRU-5 DRU-6 a pack in quarantine stops what it stands in until it is released or taken out")
    void dru6_quarantine() {
        world.bringToPharmacy();
        assertThat(world.change(INSPECTOR, DrugStatusKind.DRUG_QUARANTINE, 4)).isEqualTo("OK");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 4)).isEqualTo("QUARANTINED DRU-5");
        assertThat(world.ship(PHARMACIST, "labcorp", List.of(), "case")).isEqualTo("CONTENT_BLOCKED DRU-5");
        assertThat(world.change(DISTRIBUTOR, DrugStatusKind.DRUG_RELEASE, 4)).isEqualTo("HELD_ELSEWHERE DRU-8");
        assertThat(world.change(INSPECTOR, DrugStatusKind.DRUG_RELEASE, 4)).isEqualTo("OK");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_MARK_ILLEGITIMATE, 4))
                .isEqualTo("OK");
        assertThat(world.signals()).contains(DrugExceptionKind.DRUG_SUSPECT_PRODUCT);
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_RELEASE, 4)).isEqualTo("RELEASE_NOT_ALLOWED DRU-6");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_DESTROY, 4)).isEqualTo("OK");
        assertThat(world.container("case").getBlocked()).isZero();
        assertThat(world.ship(PHARMACIST, "labcorp", List.of(), "case")).isEqualTo("OK");
    }

    @Test
    @DisplayName("DRU-8 an act that is dated before what is known of the pack is refused, and hides no counterfeit")
    void dru8_backDated() {
        world.bringToPharmacy();
        world.chain.pass(3_600_000);
        assertThat(world.act(PHARMACIST, dispensedEarlier(2))).isEqualTo("EVENT_ORDER DRU-8");
        assertThat(world.signals()).isEmpty();
        world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 1);
        assertThat(world.act("st-mary/apothecary", dispensedEarlier(1))).isEqualTo("ALREADY_DISPENSED DRU-5");
        assertThat(world.signals()).containsExactly(DrugExceptionKind.DRUG_DISPENSED_TWICE);
        assertThat(world.act("st-mary/apothecary", dispensedEarlier(2))).isEqualTo("HELD_ELSEWHERE DRU-8");
        assertThat(world.signals()).contains(DrugExceptionKind.DRUG_TWO_PLACES);
    }

    private DrugAction.Builder dispensedEarlier(int pack) {
        return DrugAction.newBuilder()
                .setEventTimeMillis(world.chain.now - 24 * 3_600_000)
                .setStatusChange(DrugStatusChange.newBuilder()
                        .setKind(DrugStatusKind.DRUG_DISPENSE)
                        .addAllItems(world.find(List.of(pack(pack)))));
    }
}
