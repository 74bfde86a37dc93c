package io.consilium.bench.packs;

import com.google.protobuf.ByteString;
import io.consilium.client.BlindingKey;
import io.consilium.client.ClientException;
import io.consilium.ledger.provenance.ItemIds;
import io.consilium.ledger.provenance.Packs;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugCommission;
import io.consilium.proto.DrugItemSet;
import io.consilium.proto.DrugPack;
import io.consilium.proto.DrugShip;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/**
 * The acts of a packing line, as a manufacturer's system sends them: one lot in one commissioning, then its cases and
 * their pallet in one packing. Since a lot is made by one transaction, the line knows where each of its packs lies.
 */
final class PackActs {
    private static final long SHELF_LIFE_MILLIS = 2L * 365 * 24 * 3_600_000;

    private final BlindingKey product;
    private final BlindingKey logistics;
    private final LongFunction<String> sscc;
    private final long expiryMillis;

    PackActs(BlindingKey product, BlindingKey logistics, LongFunction<String> sscc, long nowMillis) {
        this.product = product;
        this.logistics = logistics;
        this.sscc = sscc;
        this.expiryMillis = nowMillis + SHELF_LIFE_MILLIS;
    }

    /**
     * One lot on one pallet.
     *
     * @param number tells lots apart
     * @param pallet number of the pallet's SSCC; its cases' numbers follow
     * @param ids of the packs, in the order in which they are made
     */
    record Lot(int number, long pallet, List<ByteString> ids) {}

    /** @param firstContainer number of the pallet's SSCC; its cases' numbers follow */
    Lot lot(int number, int packs, long firstContainer) {
        List<ByteString> ids = new ArrayList<>(packs);
        for (int pack = 0; pack < packs; pack++) {
            ids.add(product.itemId(serial(number, pack)));
        }
        return new Lot(number, firstContainer, ids);
    }

    static String serial(int lot, int pack) {
        return "P" + lot + "S" + pack;
    }

    static String lotNumber(int lot) {
        return "B" + lot;
    }

    DrugAction commission(Lot lot) throws ClientException {
        String number = lotNumber(lot.number());
        return DrugAction.newBuilder()
                .setCommission(DrugCommission.newBuilder()
                        .setProductId(product.productId())
                        .setLotId(product.lotId(number))
                        .setLotSeed(product.lotSeed(number))
                        .setExpiryMillis(expiryMillis)
                        .setSealedLot(product.seal(number + "\nin two years"))
                        .setIds(ItemIds.join(lot.ids())))
                .build();
    }

    /** The lot's packs in cases, the cases on a pallet. */
    DrugAction pack(Lot lot) throws ClientException {
        DrugPack.Builder pack = DrugPack.newBuilder();
        DrugPack.Aggregation.Builder pallet = container(lot.pallet());
        long number = lot.pallet() + 1;
        for (int from = 0; from < lot.ids().size(); from += PackOptions.IN_A_CASE) {
            int end = Math.min(from + PackOptions.IN_A_CASE, lot.ids().size());
            DrugPack.Aggregation.Builder box = container(number++);
            pack.addAggregations(box.addAllItems(sets(lot, from, end)));
            pallet.addContainers(box.getContainerId());
        }
        List<ByteString> cases = new ArrayList<>(pallet.getContainersList());
        cases.sort(ByteString.unsignedLexicographicalComparator());
        pack.addAggregations(pallet.clearContainers().addAllContainers(cases));
        return DrugAction.newBuilder().setPack(pack).build();
    }

    private DrugPack.Aggregation.Builder container(long number) throws ClientException {
        String text = sscc.apply(number);
        return DrugPack.Aggregation.newBuilder()
                .setContainerId(logistics.containerId(text))
                .setSeed(logistics.containerSeed(text))
                .setSealedLabel(logistics.seal(text));
    }

    /** Packs of one case, which may lie in two segments. */
    private List<DrugItemSet> sets(Lot lot, int from, int end) {
        List<DrugItemSet> sets = new ArrayList<>();
        int at = from;
        while (at < end) {
            int segment = at / Packs.SEGMENT_ITEMS;
            int until = Math.min(end, (segment + 1) * Packs.SEGMENT_ITEMS);
            sets.add(DrugItemSet.newBuilder()
                    .setProductId(product.productId())
                    .setLotId(product.lotId(lotNumber(lot.number())))
                    .setSegment(segment)
                    .setIds(ItemIds.sorted(ItemIds.join(lot.ids().subList(at, until))))
                    .build());
            at = until;
        }
        return sets;
    }

    DrugAction ship(long pallet, ByteString shipmentId, String to) {
        return DrugAction.newBuilder()
                .setShip(DrugShip.newBuilder()
                        .setShipmentId(shipmentId)
                        .setTo(to)
                        .addContainers(logistics.containerId(sscc.apply(pallet))))
                .build();
    }
}
