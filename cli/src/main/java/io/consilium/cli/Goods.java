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
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Packs and containers as a transaction names them: blinded, and the packs by where they lie, which the node tells. A pack
 * that lies nowhere is named all the same, so that the chain refuses and reports it (DRU-8), and so is a container that the node does not show.
 *
 * @param packs pack by its blinded id
 * @param recalled those that are here, or on their way to here, and recalled
 */
record Goods(
        List<DrugItemSet> items, List<ByteString> containers, Map<ByteString, Gs1Key> packs, List<Gs1Key> recalled) {
    private static final int MAX_ASKED = 15_000;

    static Goods of(DrugDesk desk, List<Gs1Key> keys) throws ClientException {
        Map<String, List<Gs1Key>> products = new LinkedHashMap<>();
        List<Gs1Key> ssccs = new ArrayList<>();
        List<Gs1Key> recalled = new ArrayList<>();
        for (Gs1Key key : keys) {
            if (DrugDesk.isContainer(key)) {
                ssccs.add(key);
            } else {
                products.computeIfAbsent(requireGtin(key), gtin -> new ArrayList<>())
                        .add(key);
            }
        }
        List<DrugItemSet> items = new ArrayList<>();
        Map<ByteString, Gs1Key> packs = new LinkedHashMap<>();
        for (List<Gs1Key> ofProduct : products.values()) {
            items.addAll(find(desk, ofProduct, packs, recalled));
        }
        return new Goods(items, containers(desk, ssccs, recalled), packs, recalled);
    }

    private static List<ByteString> containers(DrugDesk desk, List<Gs1Key> ssccs, List<Gs1Key> recalled)
            throws ClientException {
        Map<Gs1Key, PackContainers.Container> meant = desk.containers().meant(ssccs);
        TreeSet<ByteString> containers = new TreeSet<>(ByteString.unsignedLexicographicalComparator());
        for (Gs1Key sscc : ssccs) {
            PackContainers.Container container = meant.get(sscc);
            if (container == null) {
                throw DrugDesk.noContainer();
            }
            containers.add(container.id());
            if (container.recalled()) {
                recalled.add(sscc);
            }
        }
        return List.copyOf(containers);
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
    private static List<DrugItemSet> find(
            DrugDesk desk, List<Gs1Key> keys, Map<ByteString, Gs1Key> packs, List<Gs1Key> recalled)
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
        for (ByteString id : ItemIds.list(found.getRecalled())) {
            Optional.ofNullable(packs.get(id)).ifPresent(recalled::add);
        }
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
