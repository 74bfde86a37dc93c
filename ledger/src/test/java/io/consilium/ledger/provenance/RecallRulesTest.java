package io.consilium.ledger.provenance;

import static io.consilium.ledger.TestChain.id;
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
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugRecall;
import io.consilium.proto.DrugStatusKind;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A recall stops a lot or single packs at once, wherever they are (DRU-6). */
class RecallRulesTest {
    private final DrugWorld world = new DrugWorld();

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
}
