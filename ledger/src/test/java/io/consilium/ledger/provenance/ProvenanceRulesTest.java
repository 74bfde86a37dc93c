package io.consilium.ledger.provenance;

import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.TestChain.sealed;
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
import io.consilium.ledger.TestChain;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.LedgerEvent;
import io.consilium.ledger.block.Receipt;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugCompanyKey;
import io.consilium.proto.DrugDocument;
import io.consilium.proto.DrugErrorDeclaration;
import io.consilium.proto.DrugExceptionKind;
import io.consilium.proto.DrugExceptionState;
import io.consilium.proto.DrugExceptionStatus;
import io.consilium.proto.DrugKeyGrant;
import io.consilium.proto.DrugKeyKind;
import io.consilium.proto.DrugKeyRequest;
import io.consilium.proto.DrugLotState;
import io.consilium.proto.DrugProductAdd;
import io.consilium.proto.DrugRecall;
import io.consilium.proto.DrugReport;
import io.consilium.proto.DrugResolve;
import io.consilium.proto.DrugStatus;
import io.consilium.proto.DrugStatusChange;
import io.consilium.proto.DrugStatusKind;
import io.consilium.proto.DrugStep;
import io.consilium.proto.DrugUnpack;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ProvenanceRulesTest {
    private final DrugWorld world = new DrugWorld();

    private List<DrugExceptionKind> signals() {
        return world.exceptions().stream().map(DrugExceptionState::getKind).toList();
    }

    @Test
    @DisplayName("DRU-2 thousands of packs are commissioned by few values, not one a pack")
    void dru2_commissionInBulk() {
        BlockResult result = world.block(PACKER, world.commissioning(LOT, packs(0, 5_000)));
        assertThat(result.receipts().get(0).code()).isEqualTo("OK");
        assertThat(result.changes()).hasSizeLessThanOrEqualTo(7);
        assertThat(world.item(4_321).getStatus()).isEqualTo(DrugStatus.DRUG_ACTIVE);
        assertThat(world.item(4_321).getCustodian()).isEqualTo("helix");
        assertThat(result.events()).extracting(LedgerEvent::type).containsExactly("drug.commissioned");
    }

    @Test
    @DisplayName(
            "DRU-2 DRU-8 a serial of the product is commissioned once, in whichever lot, and its repetition reported")
    void dru2_duplicateSerial() {
        world.commission(0, 3_000);
        Receipt again = world.submit(PACKER, world.commissioning("other lot", List.of(pack(9_000), pack(2_345))));
        assertThat(again.code()).isEqualTo("DUPLICATE_SERIAL");
        assertThat(again.rule()).isEqualTo("DRU-2");
        assertThat(world.exceptions()).singleElement().satisfies(exception -> {
            assertThat(exception.getKind()).isEqualTo(DrugExceptionKind.DRUG_DUPLICATE_SERIAL);
            assertThat(exception.getObject()).isEqualTo(pack(2_345));
            assertThat(exception.getPartiesList()).containsExactly("helix", "medwatch");
        });
        assertThat(world.act(PACKER, world.commissioning(LOT, List.of(pack(9_001), pack(9_001)))))
                .isEqualTo("DUPLICATE_SERIAL DRU-2");
        assertThat(world.commission(9_000, 9_002)).isEqualTo("OK");
    }

    @Test
    @DisplayName("DRU-2 only the product's manufacturer commissions, and a lot keeps its date")
    void dru2_whoCommissions() {
        assertThat(world.act(DISTRIBUTOR, world.commissioning(LOT, packs(0, 1))))
                .isEqualTo("ROLE_REQUIRED DRU-2");
        assertThat(world.act("helix/researcher", world.commissioning(LOT, packs(0, 1))))
                .isEqualTo("ROLE_REQUIRED DRU-2");
        world.commission(0, 1);
        DrugAction.Builder other = world.commissioning(LOT, packs(1, 2));
        other.getCommissionBuilder().setExpiryMillis(world.chain.now + 5_000_000);
        assertThat(world.act(PACKER, other)).isEqualTo("LOT_MISMATCH DRU-2");
        DrugAction.Builder unknown = world.commissioning(LOT, packs(1, 2));
        unknown.getCommissionBuilder().setProductId(id("nothing"));
        assertThat(world.act(PACKER, unknown)).isEqualTo("PRODUCT_UNKNOWN DRU-2");
        DrugAction.Builder add = DrugAction.newBuilder()
                .setProductAdd(DrugProductAdd.newBuilder().setProductId(PRODUCT).setSeed(id("product")));
        assertThat(world.act(PACKER, add)).isEqualTo("PRODUCT_EXISTS DRU-2");
    }

    @Test
    @DisplayName("DRU-3 a child has one parent, and a new one only after it was taken out of the old one")
    void dru3_oneParent() {
        world.commission(0, 30);
        assertThat(world.pack(PACKER, "case 1", packs(0, 10))).isEqualTo("OK");
        assertThat(world.pack(PACKER, "case 2", packs(9, 20))).isEqualTo("HAS_PARENT DRU-3");
        DrugAction.Builder unpack = DrugAction.newBuilder()
                .setUnpack(DrugUnpack.newBuilder()
                        .setContainerId(box("case 1"))
                        .addAllItems(world.find(List.of(pack(9)))));
        assertThat(world.act(PACKER, unpack)).isEqualTo("OK");
        assertThat(world.act(PACKER, unpack)).isEqualTo("NOT_IN_CONTAINER DRU-3");
        assertThat(world.pack(PACKER, "case 2", packs(9, 20))).isEqualTo("OK");
        assertThat(world.item(9).getParent()).isEqualTo(box("case 2"));
        assertThat(world.pack(PACKER, "pallet", List.of(), "case 1", "case 2")).isEqualTo("OK");
        assertThat(world.pack(PACKER, "case 1", List.of(), "pallet")).isEqualTo("HIERARCHY DRU-3");
        assertThat(world.pack(PACKER, "other pallet", List.of(), "case 1")).isEqualTo("HAS_PARENT DRU-3");
        assertThat(world.pack(DISTRIBUTOR, "foreign", packs(25, 26))).isEqualTo("HELD_ELSEWHERE DRU-8");
    }

    @Test
    @DisplayName("DRU-3 a pallet of thousands is shipped and received by as few writes as one of ten")
    void dru3_palletOfThousands() {
        world.commission(0, 6_001);
        world.ship(PACKER, "labcorp", List.of(pack(6_000)));
        world.pack(PACKER, "small", packs(0, 10));
        world.pack(PACKER, "large", packs(10, 6_000));
        int small = world.block(PACKER, world.shipping("labcorp", List.of(), "small"))
                .changes()
                .size();
        BlockResult large = world.block(PACKER, world.shipping("labcorp", List.of(), "large"));
        assertThat(large.changes()).hasSize(small);
        assertThat(large.changes().values().stream()
                        .mapToInt(value -> value.orElseThrow().length)
                        .sum())
                .isLessThan(2_000);
        BlockResult received = world.block(DISTRIBUTOR, world.receiving(List.of(), "large"));
        assertThat(received.changes()).hasSizeLessThanOrEqualTo(2);
        assertThat(new PackSearch(world.chain.objects())
                        .custody(world.item(5_000))
                        .custodian())
                .isEqualTo("labcorp");
    }

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
        assertThat(signals()).containsExactly(DrugExceptionKind.DRUG_NO_DATA);
        world.ship(PACKER, "labcorp", List.of(), "case 1");
        assertThat(world.receive(DISTRIBUTOR, List.of(), "case 1", "case 2")).isEqualTo("OK");
        assertThat(signals()).contains(DrugExceptionKind.DRUG_OVER);
        assertThat(world.container("case 2").getCustodian()).isEqualTo("helix");
        assertThat(world.receive(DISTRIBUTOR, List.of(), "case 1")).isEqualTo("ALREADY_RECEIVED DRU-4");
        assertThat(world.ship(PACKER, "medwatch", List.of(), "case 2")).isEqualTo("INSTITUTION_ROLE DRU-4");
        assertThat(world.ship(PACKER, "nobody", List.of(), "case 2")).isEqualTo("INSTITUTION_UNKNOWN DRU-4");
    }

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
        assertThat(signals())
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
        assertThat(signals()).contains(DrugExceptionKind.DRUG_SUSPECT_PRODUCT);
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_RELEASE, 4)).isEqualTo("RELEASE_NOT_ALLOWED DRU-6");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_DESTROY, 4)).isEqualTo("OK");
        assertThat(world.container("case").getBlocked()).isZero();
        assertThat(world.ship(PHARMACIST, "labcorp", List.of(), "case")).isEqualTo("OK");
    }

    private DrugAction.Builder recalling(String name) {
        return DrugAction.newBuilder()
                .setRecall(DrugRecall.newBuilder()
                        .setRecallId(id(name))
                        .setProductId(PRODUCT)
                        .setSealedReason(ByteString.copyFromUtf8("sealed")));
    }

    @Test
    @DisplayName("DRU-6 a recalled lot is stopped at once wherever it is, under way too, and its holders are told")
    void dru6_recallLot() {
        world.commission(0, 30);
        world.pack(PACKER, "case 1", packs(0, 10));
        world.pack(PACKER, "case 2", packs(10, 20));
        world.ship(PACKER, "labcorp", List.of(), "case 1", "case 2");
        world.receive(DISTRIBUTOR, List.of(), "case 1", "case 2");
        world.ship(DISTRIBUTOR, "northside", List.of(), "case 2");
        DrugAction.Builder recall = recalling("recall");
        recall.getRecallBuilder().setLotId(LOT);
        assertThat(world.act(DISTRIBUTOR, recall)).isEqualTo("ROLE_REQUIRED DRU-6");
        DrugAction.Builder bare = recall.clone();
        bare.getRecallBuilder().clearSealedReason();
        assertThat(world.act(PACKER, bare)).isEqualTo("REASON_REQUIRED DRU-6");
        BlockResult result = world.block(PACKER, recall);
        assertThat(result.receipts().get(0).code()).isEqualTo("OK");
        assertThat(result.events().get(0).type()).isEqualTo("drug.recalled");
        assertThat(result.events().get(0).parties())
                .as("goods under way have a receiver")
                .containsExactly("helix", "labcorp", "northside");
        assertThat(world.ship(DISTRIBUTOR, "northside", List.of(), "case 1")).isEqualTo("RECALLED DRU-6");
        assertThat(world.receive(PHARMACIST, List.of(), "case 2")).isEqualTo("OK");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 12)).isEqualTo("RECALLED DRU-6");
        assertThat(world.act(
                        PACKER,
                        recalling("recall 2")
                                .setRecall(recall.getRecallBuilder().setRecallId(id("2")))))
                .isEqualTo("RECALLED_ALREADY DRU-6");
        assertThat(world.commission(30, 31)).isEqualTo("RECALLED DRU-6");
    }

    @Test
    @DisplayName(
            "DRU-6 single packs are recalled by the manufacturer's expansion of a range, and block their case alone")
    void dru6_recallPacks() {
        world.bringToPharmacy();
        DrugAction.Builder recall = recalling("packs");
        recall.getRecallBuilder().addAllItems(world.find(packs(2, 4)));
        assertThat(world.act(PACKER, recall)).isEqualTo("OK");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 2)).isEqualTo("RECALLED DRU-6");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 5)).isEqualTo("OK");
        assertThat(world.container("case").getBlocked()).isEqualTo(2);
        DrugAction.Builder ofALot = recalling("packs of a lot");
        ofALot.getRecallBuilder()
                .setLotId(DrugBlinding.bound("helix", id("another")))
                .addAllItems(world.find(packs(5, 6)));
        assertThat(world.act(PACKER, ofALot))
                .as("a recall says the lot of its packs")
                .isEqualTo("LOT_UNKNOWN DRU-6");
        assertThat(world.act(INSPECTOR, recalling("all"))).isEqualTo("OK");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 6)).isEqualTo("RECALLED DRU-6");
    }

    @Test
    @DisplayName("DRU-6 whom a recalled pack is under way to is told like who sent it")
    void dru6_recallPackUnderWay() {
        world.bringToPharmacy();
        world.ship(PHARMACIST, "st-mary", List.of(pack(2)));
        DrugAction.Builder recall = recalling("packs");
        recall.getRecallBuilder().addAllItems(world.find(packs(2, 3)));
        assertThat(world.block(PACKER, recall).events().get(0).parties())
                .containsExactly("helix", "northside", "st-mary");
    }

    @Test
    @DisplayName("DRU-8 an act that is dated before what is known of the pack is refused, and hides no counterfeit")
    void dru8_backDated() {
        world.bringToPharmacy();
        world.chain.pass(3_600_000);
        assertThat(world.act(PHARMACIST, dispensedEarlier(2))).isEqualTo("EVENT_ORDER DRU-8");
        assertThat(signals()).isEmpty();
        world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 1);
        assertThat(world.act("st-mary/apothecary", dispensedEarlier(1))).isEqualTo("ALREADY_DISPENSED DRU-5");
        assertThat(signals()).containsExactly(DrugExceptionKind.DRUG_DISPENSED_TWICE);
        assertThat(world.act("st-mary/apothecary", dispensedEarlier(2))).isEqualTo("HELD_ELSEWHERE DRU-8");
        assertThat(signals()).contains(DrugExceptionKind.DRUG_TWO_PLACES);
    }

    private DrugAction.Builder dispensedEarlier(int pack) {
        return DrugAction.newBuilder()
                .setEventTimeMillis(world.chain.now - 24 * 3_600_000)
                .setStatusChange(DrugStatusChange.newBuilder()
                        .setKind(DrugStatusKind.DRUG_DISPENSE)
                        .addAllItems(world.find(List.of(pack(pack)))));
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
        assertThat(signals()).containsExactly(DrugExceptionKind.DRUG_SHORT);

        world.ship(PACKER, "northside", packs(12, 13));
        assertThat(world.receive(PHARMACIST, List.of(pack(2), pack(12)))).isEqualTo("OK");
        assertThat(found(DrugExceptionKind.DRUG_TWO_PLACES)).satisfies(exception -> {
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

    private DrugExceptionState found(DrugExceptionKind kind) {
        return world.exceptions().stream()
                .filter(exception -> exception.getKind() == kind)
                .findFirst()
                .orElseThrow();
    }

    @Test
    @DisplayName("DRU-8 goods under way to one party that show up at another are a custody gap")
    void dru8_custodyGap() {
        world.commission(0, 10);
        world.pack(PACKER, "case", packs(0, 10));
        world.ship(PACKER, "labcorp", List.of(), "case");
        assertThat(world.receive(PHARMACIST, List.of(), "case")).isEqualTo("NOT_RECEIVER DRU-4");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 1)).isEqualTo("HELD_ELSEWHERE DRU-8");
        assertThat(signals()).containsOnly(DrugExceptionKind.DRUG_CUSTODY_GAP);
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

    @Test
    @DisplayName("DRU-1 a document is taken whole or not at all, an event once, none from the future")
    void dru1_document() {
        DrugAction commission =
                world.commissioning(LOT, packs(0, 5)).setEventId(id("event 1")).build();
        DrugAction bad =
                world.commissioning(LOT, packs(4, 6)).setEventId(id("event 2")).build();
        Receipt refused = world.submit(
                PACKER,
                DrugAction.newBuilder()
                        .setDocument(
                                DrugDocument.newBuilder().addActs(commission).addActs(bad)));
        assertThat(refused.code()).isEqualTo("DUPLICATE_SERIAL");
        assertThat(refused.message().getObjectIdsList())
                .containsExactly(id("event 2"), world.exceptions().get(0).getId());
        DrugAction.Builder good =
                DrugAction.newBuilder().setDocument(DrugDocument.newBuilder().addActs(commission));
        assertThat(world.act(PACKER, good)).isEqualTo("OK");
        assertThat(world.act(PACKER, good)).isEqualTo("EVENT_REPEATED DRU-1");
        assertThat(world.act(
                        PACKER, world.commissioning(LOT, packs(7, 8)).setEventTimeMillis(world.chain.now + 3_600_000)))
                .isEqualTo("EVENT_IN_FUTURE DRU-1");
    }

    @Test
    @DisplayName("DRU-1 an event is declared to be wrong by those who handle goods for who captured it, by nobody else")
    void dru1_whoDeclaresErrors() {
        world.act(PACKER, world.commissioning(LOT, packs(0, 5)).setEventId(id("event")));
        DrugAction.Builder declaring = DrugAction.newBuilder()
                .setErrorDeclaration(DrugErrorDeclaration.newBuilder()
                        .setDeclaredEventId(id("event"))
                        .setDeclaredMillis(world.chain.now));
        assertThat(world.act("helix/researcher", declaring)).isEqualTo("ROLE_REQUIRED DRU-1");
        assertThat(world.act(DISTRIBUTOR, declaring)).isEqualTo("EVENT_UNKNOWN DRU-1");
        assertThat(world.act(PACKER, declaring)).isEqualTo("OK");
    }

    @Test
    @DisplayName("DRU-9 a key is given by its owner to an authorised trading partner, and by nobody else")
    void dru9_keys() {
        DrugAction.Builder root = DrugAction.newBuilder()
                .setCompanyKey(
                        DrugCompanyKey.newBuilder().addSealed(sealed("helix")).addSealed(sealed(PACKER)));
        assertThat(world.act(PHARMACIST, root)).isEqualTo("RECIPIENT_NOT_ALLOWED DRU-9");
        assertThat(world.act(PHARMACIST, requesting(PHARMACIST, "r1"))).isEqualTo("COMPANY_KEY_UNKNOWN DRU-9");
        assertThat(world.act(PACKER, root)).isEqualTo("OK");
        assertThat(world.act(PACKER, root)).isEqualTo("COMPANY_KEY_EXISTS DRU-9");
        assertThat(world.act("st-mary/apothecary", requesting("st-mary/apothecary", "r2")))
                .isEqualTo("OK");
        assertThat(world.act("ethics/admin", requesting("ethics/admin", "r3"))).isEqualTo("NOT_TRADING_PARTNER DRU-9");
        assertThat(world.act(PHARMACIST, requesting(DISTRIBUTOR, "r1"))).isEqualTo("RECIPIENT_KEY_STALE DRU-9");
        assertThat(world.act(PHARMACIST, requesting(PHARMACIST, "r1"))).isEqualTo("OK");
        assertThat(world.act(PHARMACIST, requesting(PHARMACIST, "r1"))).isEqualTo("KEY_REQUEST_EXISTS DRU-9");
        DrugAction.Builder company = requesting(PHARMACIST, "r4");
        company.getKeyRequestBuilder().setKind(DrugKeyKind.DRUG_KEY_COMPANY);
        assertThat(world.act(PHARMACIST, company)).isEqualTo("OTHER_INSTITUTION DRU-9");
        DrugAction.Builder grant = DrugAction.newBuilder()
                .setKeyGrant(DrugKeyGrant.newBuilder()
                        .setRequestId(DrugBlinding.keptRequestId(
                                PHARMACIST, DrugKeyKind.DRUG_KEY_PRODUCT.getNumber(), id("r1")))
                        .setGranted(true)
                        .setEnvelope(ByteString.copyFromUtf8("sealed")));
        assertThat(world.act("st-mary", grant)).isEqualTo("OTHER_INSTITUTION DRU-9");
        assertThat(world.act("helix", grant)).isEqualTo("OK");
        assertThat(world.act("helix", grant)).isEqualTo("KEY_REQUEST_ANSWERED DRU-9");
    }

    private static DrugAction.Builder requesting(String member, String name) {
        return DrugAction.newBuilder()
                .setKeyRequest(DrugKeyRequest.newBuilder()
                        .setRequestId(id(name))
                        .setOwner("helix")
                        .setKind(DrugKeyKind.DRUG_KEY_PRODUCT)
                        .setRequesterKey(TestChain.encryptionKey(member).getKey()));
    }

    @Test
    @DisplayName("TX-6 a lot's segments fill up by small commissionings too, so that their number stays small")
    void tx6_smallCommissionings() {
        for (int i = 0; i < 50; i++) {
            assertThat(world.commission(i * 7, i * 7 + 7)).isEqualTo("OK");
        }
        DrugLotState lot = world.chain
                .objects()
                .read(DrugKeys.lot(LOT), DrugLotState.parser())
                .orElseThrow();
        assertThat(lot.getSegments()).isEqualTo(1);
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < 350; i += 7) {
            times.add(world.item(i).getHistory(0).getTimeMillis());
        }
        assertThat(times).isSorted().doesNotHaveDuplicates();
    }
}
