package io.consilium.ledger.provenance;

import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.provenance.DrugWorld.DISTRIBUTOR;
import static io.consilium.ledger.provenance.DrugWorld.LOT;
import static io.consilium.ledger.provenance.DrugWorld.PACKER;
import static io.consilium.ledger.provenance.DrugWorld.PRODUCT;
import static io.consilium.ledger.provenance.DrugWorld.box;
import static io.consilium.ledger.provenance.DrugWorld.pack;
import static io.consilium.ledger.provenance.DrugWorld.packs;
import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.LedgerEvent;
import io.consilium.ledger.block.Receipt;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugExceptionKind;
import io.consilium.proto.DrugLotState;
import io.consilium.proto.DrugProductAdd;
import io.consilium.proto.DrugStatus;
import io.consilium.proto.DrugUnpack;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Packs are commissioned once and stand in one container at a time (DRU-2, DRU-3). */
class CommissionAndPackTest {
    private final DrugWorld world = new DrugWorld();

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
