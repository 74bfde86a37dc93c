package io.consilium.ledger.provenance;

import static io.consilium.ledger.TestChain.id;
import static io.consilium.ledger.provenance.DrugWorld.DISTRIBUTOR;
import static io.consilium.ledger.provenance.DrugWorld.LOT;
import static io.consilium.ledger.provenance.DrugWorld.PACKER;
import static io.consilium.ledger.provenance.DrugWorld.PHARMACIST;
import static io.consilium.ledger.provenance.DrugWorld.PRODUCT;
import static io.consilium.ledger.provenance.DrugWorld.box;
import static io.consilium.ledger.provenance.DrugWorld.packs;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.BlockResult;
import io.consilium.ledger.block.LedgerEvent;
import io.consilium.ledger.block.Receipt;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugDocument;
import io.consilium.proto.DrugItemSet;
import io.consilium.proto.DrugLotState;
import io.consilium.proto.DrugPack;
import io.consilium.proto.DrugReceive;
import io.consilium.proto.DrugStatus;
import io.consilium.proto.DrugStatusChange;
import io.consilium.proto.DrugStatusKind;
import io.consilium.proto.DrugUnpack;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Everything in provenance has a bound: what a container holds, and what one transaction makes validators do (TX-6). */
class DrugBoundsTest {
    private static final int A_TRANSACTION = 15_000;

    private final DrugWorld world = new DrugWorld();

    private void commission(int count) {
        for (int from = 0; from < count; from += A_TRANSACTION) {
            assertThat(world.commission(from, Math.min(count, from + A_TRANSACTION)))
                    .isEqualTo("OK");
        }
    }

    /** As {@link DrugWorld#find}, by one search for all. */
    private List<DrugItemSet> places(List<ByteString> ids) {
        return PackSearch.joined(new PackSearch(world.chain.objects())
                .places(PRODUCT, ids).stream().map(PackSearch.Held::set).toList());
    }

    private Receipt packing(String container, List<ByteString> ids) {
        return world.submit(
                PACKER,
                DrugAction.newBuilder()
                        .setPack(DrugPack.newBuilder()
                                .addAggregations(DrugPack.Aggregation.newBuilder()
                                        .setContainerId(box(container))
                                        .setSeed(id(container))
                                        .addAllItems(places(ids)))));
    }

    @Test
    @DisplayName(
            "TX-6 a container holds 65,536 packs and not one more; ten thousand on a pallet are shipped and received")
    void tx6_itemsOfAContainer() {
        int most = Containers.MAX_ITEMS;
        commission(most + 1);
        for (int from = 0; from < most; from += A_TRANSACTION) {
            assertThat(packing("pallet", packs(from, Math.min(most, from + A_TRANSACTION)))
                            .code())
                    .isEqualTo("OK");
        }
        assertThat(packing("pallet", packs(most, most + 1)).code()).isEqualTo("CONTAINER_FULL");
        assertThat(world.ship(PACKER, "labcorp", List.of(), "pallet")).isEqualTo("OK");
        BlockResult received = world.block(DISTRIBUTOR, world.receiving(List.of(), "pallet"));
        assertThat(received.receipts().get(0).code()).isEqualTo("OK");
        assertThat(received.changes()).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    @DisplayName("TX-6 packs of as many lots stand in a container as it can tell, however deep")
    void tx6_lotsOfAContainer() {
        int most = Containers.MAX_LOTS;
        DrugDocument.Builder lots = DrugDocument.newBuilder();
        for (int i = 0; i <= most; i++) {
            lots.addActs(world.commissioning("lot " + i, packs(i, i + 1)));
        }
        assertThat(world.act(PACKER, DrugAction.newBuilder().setDocument(lots))).isEqualTo("OK");
        assertThat(packing("case", packs(0, most + 1)).code()).isEqualTo("CONTAINER_FULL");
        assertThat(packing("case", packs(0, most)).code()).isEqualTo("OK");
        assertThat(packing("other case", packs(most, most + 1)).code()).isEqualTo("OK");
        assertThat(world.pack(PACKER, "pallet", List.of(), "case", "other case"))
                .isEqualTo("CONTAINER_FULL TX-6");
        assertThat(world.pack(PACKER, "pallet", List.of(), "case")).isEqualTo("OK");
    }

    @Test
    @DisplayName("TX-6 a document that unpacks more than one transaction may write has no effect")
    void tx6_unpackedInOneDocument() {
        int cases = Work.MAX_WRITTEN / PackRules.MAX_UNPACKED;
        int each = PackRules.MAX_UNPACKED;
        commission(cases * each);
        DrugDocument.Builder all = DrugDocument.newBuilder();
        for (int i = 0; i < cases; i++) {
            assertThat(packing("case " + i, packs(i * each, (i + 1) * each)).code())
                    .isEqualTo("OK");
            all.addActs(DrugAction.newBuilder()
                    .setEventId(id("event " + i))
                    .setUnpack(DrugUnpack.newBuilder()
                            .setContainerId(box("case " + i))
                            .setEverything(true)));
        }
        BlockResult refused = world.block(PACKER, DrugAction.newBuilder().setDocument(all));
        assertThat(refused.receipts().get(0).code()).isEqualTo("TOO_MANY_AT_ONCE");
        assertThat(refused.receipts().get(0).message().getObjectIdsList()).containsExactly(id("event " + (cases - 1)));
        assertThat(refused.changes()).isEmpty();
        all.clearActs()
                .addActs(DrugAction.newBuilder()
                        .setUnpack(DrugUnpack.newBuilder()
                                .setContainerId(box("case 0"))
                                .setEverything(true)));
        assertThat(world.act(PACKER, DrugAction.newBuilder().setDocument(all))).isEqualTo("OK");
        assertThat(world.container("case 0").getLotsList()).isEmpty();
        assertThat(world.item(1).getParent()).isEqualTo(ByteString.EMPTY);
    }

    @Test
    @DisplayName("TX-6 the cases of a pallet are taken off it in one act, and its lots are right afterwards")
    void tx6_manyCasesOffAPallet() {
        int cases = 600;
        commission(cases);
        DrugPack.Builder all = DrugPack.newBuilder();
        String[] names = IntStream.range(0, cases).mapToObj(i -> "case " + i).toArray(String[]::new);
        for (int i = 0; i < cases; i++) {
            all.addAggregations(DrugPack.Aggregation.newBuilder()
                    .setContainerId(box(names[i]))
                    .setSeed(id(names[i]))
                    .addAllItems(places(packs(i, i + 1))));
        }
        assertThat(world.act(PACKER, DrugAction.newBuilder().setPack(all))).isEqualTo("OK");
        assertThat(world.pack(PACKER, "pallet", List.of(), names)).isEqualTo("OK");
        assertThat(world.ship(PACKER, "labcorp", List.of(), names)).isEqualTo("OK");
        assertThat(world.container("pallet").getLotsList()).isEmpty();
        assertThat(world.container("case 7").getLotsList()).containsExactly(LOT);
    }

    @Test
    @DisplayName("TX-6 more findings than one transaction may make are no findings at all")
    void tx6_findings() {
        world.commission(0, 1);
        List<ByteString> unknown = packs(1, Work.MAX_FINDINGS + 2);
        DrugAction.Builder receive = DrugAction.newBuilder()
                .setReceive(DrugReceive.newBuilder()
                        .addItems(DrugItemSet.newBuilder()
                                .setProductId(PRODUCT)
                                .setIds(ItemIds.sorted(ItemIds.join(unknown)))));
        BlockResult refused = world.block(PHARMACIST, receive);
        assertThat(refused.receipts().get(0).code()).isEqualTo("TOO_MANY_AT_ONCE");
        assertThat(refused.changes()).isEmpty();
        assertThat(refused.events()).isEmpty();
    }

    private Receipt changing(DrugStatusKind kind, List<ByteString> ids) {
        return world.submit(
                PACKER,
                DrugAction.newBuilder()
                        .setStatusChange(DrugStatusChange.newBuilder()
                                .setKind(kind)
                                .setSealedReason(ByteString.copyFromUtf8("sealed"))
                                .addAllItems(places(ids))));
    }

    @Test
    @DisplayName("TX-6 many packs that went through much are changed in parts, not all at once")
    void tx6_heavyPacks() {
        int many = 4_000;
        commission(many);
        String code = "OK";
        int rounds = 0;
        while (code.equals("OK")) {
            DrugStatusKind kind = rounds++ % 2 == 0 ? DrugStatusKind.DRUG_QUARANTINE : DrugStatusKind.DRUG_RELEASE;
            code = changing(kind, packs(0, many)).code();
        }
        assertThat(code).isEqualTo("TOO_MUCH_WORK");
        assertThat(rounds).isLessThan(Packs.MAX_HISTORY);
        DrugStatusKind next = world.item(1).getStatus() == DrugStatus.DRUG_ACTIVE
                ? DrugStatusKind.DRUG_QUARANTINE
                : DrugStatusKind.DRUG_RELEASE;
        assertThat(changing(next, packs(0, many / 2)).code()).isEqualTo("OK");
    }

    @Test
    @DisplayName("TX-6 a product that has as many packs as can be compared takes no more")
    void tx6_productFull() {
        world.commission(0, 1);
        DrugLotState lot = world.chain
                .objects()
                .read(DrugKeys.lot(LOT), DrugLotState.parser())
                .orElseThrow();
        world.chain.state.put(
                DrugKeys.lot(LOT),
                lot.toBuilder().setSegments(Work.MAX_COMPARED).build().toByteArray());
        assertThat(world.commission(1, 2)).isEqualTo("PRODUCT_FULL TX-6");
    }

    @Test
    @DisplayName("DRU-6 those who hear of a change hear of all its packs by one event")
    void dru6_oneEventAnAct() {
        world.bringToPharmacy();
        DrugAction.Builder stop = DrugAction.newBuilder()
                .setStatusChange(DrugStatusChange.newBuilder()
                        .setKind(DrugStatusKind.DRUG_QUARANTINE)
                        .setSealedReason(ByteString.copyFromUtf8("sealed"))
                        .addAllItems(world.find(packs(0, 9))));
        BlockResult result = world.block(PACKER, stop);
        assertThat(result.receipts().get(0).message().getObjectIdsList()).hasSize(9);
        assertThat(result.events()).extracting(LedgerEvent::type).containsExactly("drug.status-changed");
        assertThat(result.events().get(0).parties()).containsExactly("helix", "northside");
        assertThat(world.change(PHARMACIST, DrugStatusKind.DRUG_DISPENSE, 9)).isEqualTo("OK");
    }
}
