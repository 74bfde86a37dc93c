package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.BlindingKey;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.MalformedInput;
import io.consilium.interop.gs1.Gs1Key;
import io.consilium.interop.gs1.KeyKind;
import io.consilium.ledger.provenance.ItemIds;
import io.consilium.proto.DrugFind;
import io.consilium.proto.DrugFound;
import io.consilium.proto.DrugItemSet;
import io.consilium.proto.DrugRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Packs and containers as a transaction names them: blinded, and the packs by where they lie, which the node tells. A pack
 * that lies nowhere is named all the same, so that the chain refuses and reports it (DRU-8), and so is a container that the node does not show.
 *
 * @param packs pack by its blinded id
 */
record Goods(List<DrugItemSet> items, List<ByteString> containers, Map<ByteString, Gs1Key> packs) {
    private static final int MAX_ASKED = 15_000;

    static Goods of(DrugDesk desk, List<Gs1Key> keys) throws ClientException {
        Map<String, List<Gs1Key>> products = new LinkedHashMap<>();
        TreeSet<ByteString> containers = new TreeSet<>(ByteString.unsignedLexicographicalComparator());
        for (Gs1Key key : keys) {
            if (DrugDesk.isContainer(key)) {
                containers.add(
                        desk.meant(key).orElseThrow(DrugDesk::noContainer).id());
            } else {
                products.computeIfAbsent(requireGtin(key), gtin -> new ArrayList<>())
                        .add(key);
            }
        }
        List<DrugItemSet> items = new ArrayList<>();
        Map<ByteString, Gs1Key> packs = new LinkedHashMap<>();
        for (List<Gs1Key> ofProduct : products.values()) {
            items.addAll(find(desk, ofProduct, packs));
        }
        return new Goods(items, List.copyOf(containers), packs);
    }

    private static String requireGtin(Gs1Key key) throws ClientException {
        if (key.kind() != KeyKind.SGTIN) {
            throw new ClientException(
                    FailureClass.REFUSED,
                    "IDENTIFIER_UNFIT",
                    "DRU-2",
                    "",
                    "A pack is named by GTIN and serial, a container by its SSCC, not by a " + key.kind(),
                    "Write --gtin G --serial S, (01)...(21)..., (00)..., a URN or a Digital Link");
        }
        return key.gtin().orElseThrow();
    }

    /** Packs of one product. */
    static List<DrugItemSet> find(DrugDesk desk, List<Gs1Key> keys, Map<ByteString, Gs1Key> packs)
            throws ClientException {
        BlindingKey key = desk.requireProduct(keys.get(0));
        Set<ByteString> ids = new LinkedHashSet<>();
        for (Gs1Key pack : keys) {
            ByteString id = key.itemId(pack.serial());
            packs.put(id, pack);
            ids.add(id);
        }
        if (ids.size() > MAX_ASKED) {
            throw new MalformedInput("", "More than " + MAX_ASKED + " packs at once", "Do it in parts");
        }
        DrugFound found = desk.ask(DrugRequest.newBuilder()
                        .setFind(DrugFind.newBuilder()
                                .setProductId(key.productId())
                                .setIds(ItemIds.join(List.copyOf(ids))))
                        .build())
                .getFound();
        List<DrugItemSet> sets = new ArrayList<>(found.getItemsList());
        sets.forEach(set -> ids.removeAll(ItemIds.list(set.getIds())));
        if (!ids.isEmpty()) {
            sets.add(DrugItemSet.newBuilder()
                    .setProductId(key.productId())
                    .setIds(ItemIds.sorted(ItemIds.join(List.copyOf(ids))))
                    .build());
        }
        return sets;
    }
}
