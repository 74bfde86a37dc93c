package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.MalformedInput;
import io.consilium.interop.gs1.Gs1Key;
import io.consilium.ledger.provenance.ItemIds;
import io.consilium.ledger.provenance.PackSearch;
import io.consilium.proto.DrugItemSet;
import io.consilium.proto.DrugPack;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Aggregations, from a command line or a file of parents and children, in as few transactions as hold them: what stands
 * inside is packed first.
 */
final class Packing {
    private static final int MAX_TRANSACTION_BYTES = 180_000;
    private static final int MAX_AGGREGATIONS = 1_000;
    private static final int AGGREGATION_BYTES = 320;

    private final DrugDesk desk;

    Packing(DrugDesk desk) {
        this.desk = desk;
    }

    /** {@code parent,child} in each line; a heading is passed over. */
    static Map<Gs1Key, List<Gs1Key>> read(List<String> lines) throws ClientException {
        Map<Gs1Key, List<Gs1Key>> aggregations = new LinkedHashMap<>();
        for (String line : lines) {
            int comma = line.indexOf(',');
            if (comma < 0) {
                throw new MalformedInput("", "'" + line + "' is no pair of parent and child", "Write PARENT,CHILD");
            }
            String parent = line.substring(0, comma).strip();
            if (!parent.equalsIgnoreCase("parent")) {
                aggregations
                        .computeIfAbsent(parent(parent), key -> new ArrayList<>())
                        .add(DrugDesk.identifier("", line.substring(comma + 1).strip()));
            }
        }
        return aggregations;
    }

    static Gs1Key parent(String text) throws ClientException {
        Gs1Key parent = DrugDesk.identifier("--parent", sscc(text));
        if (!DrugDesk.isContainer(parent)) {
            throw new ClientException(
                    FailureClass.REFUSED,
                    "IDENTIFIER_UNFIT",
                    "DRU-3",
                    "--parent",
                    "A container is named by its SSCC, not by a " + parent.kind(),
                    "Give 18 digits, (00)..., an SSCC URN or a Digital Link");
        }
        return parent;
    }

    /** Eighteen bare digits are an SSCC. */
    static String sscc(String text) {
        return text.matches("\\d{18}") ? "(00)" + text : text;
    }

    /**
     * Transactions in the order in which they are to be sent.
     *
     * @param done how many containers of that order are packed already
     */
    List<DrugPack> transactions(Map<Gs1Key, List<Gs1Key>> aggregations, int done) throws ClientException {
        List<Gs1Key> parents = inside(aggregations).subList(done, aggregations.size());
        Set<Gs1Key> containers = new LinkedHashSet<>(parents);
        parents.forEach(parent -> children(aggregations, parent).stream()
                .filter(DrugDesk::isContainer)
                .forEach(containers::add));
        desk.containers().look(containers);
        Map<ByteString, DrugItemSet> places = places(aggregations);
        List<DrugPack> packs = new ArrayList<>();
        DrugPack.Builder pack = DrugPack.newBuilder();
        int bytes = 0;
        for (Gs1Key parent : parents) {
            DrugPack.Aggregation aggregation =
                    aggregation(parent, children(aggregations, parent), places, aggregations.keySet());
            int size = AGGREGATION_BYTES + aggregation.getSerializedSize();
            if (pack.getAggregationsCount() > 0
                    && (bytes + size > MAX_TRANSACTION_BYTES || pack.getAggregationsCount() == MAX_AGGREGATIONS)) {
                packs.add(pack.build());
                pack = DrugPack.newBuilder();
                bytes = 0;
            }
            pack.addAggregations(aggregation);
            bytes += size;
        }
        packs.add(pack.build());
        return packs;
    }

    /** What goes into a container; a second beep of the scanner is no second pack. */
    private static List<Gs1Key> children(Map<Gs1Key, List<Gs1Key>> aggregations, Gs1Key parent) {
        return aggregations.getOrDefault(parent, List.of()).stream().distinct().toList();
    }

    /** Where every pack lies, each product asked for once. */
    private Map<ByteString, DrugItemSet> places(Map<Gs1Key, List<Gs1Key>> aggregations) throws ClientException {
        Map<String, List<Gs1Key>> products = new LinkedHashMap<>();
        for (List<Gs1Key> children : aggregations.values()) {
            for (Gs1Key child : children) {
                if (!DrugDesk.isContainer(child)) {
                    products.computeIfAbsent(child.gtin().orElse(""), gtin -> new ArrayList<>())
                            .add(child);
                }
            }
        }
        Map<ByteString, DrugItemSet> places = new HashMap<>();
        for (List<Gs1Key> ofProduct : products.values()) {
            for (int from = 0; from < ofProduct.size(); from += MAX_ASKED) {
                List<Gs1Key> part = ofProduct.subList(from, Math.min(ofProduct.size(), from + MAX_ASKED));
                for (DrugItemSet set : Goods.of(desk, part).items()) {
                    for (ByteString id : ItemIds.list(set.getIds())) {
                        places.put(id, set.toBuilder().setIds(id).build());
                    }
                }
            }
        }
        return places;
    }

    private static final int MAX_ASKED = 15_000;

    /** Parents so that each comes after those that stand in it. */
    private static List<Gs1Key> inside(Map<Gs1Key, List<Gs1Key>> aggregations) throws ClientException {
        Set<Gs1Key> ordered = new LinkedHashSet<>();
        for (Gs1Key parent : aggregations.keySet()) {
            visit(parent, aggregations, ordered, new ArrayList<>());
        }
        return List.copyOf(ordered);
    }

    private static void visit(
            Gs1Key parent, Map<Gs1Key, List<Gs1Key>> aggregations, Set<Gs1Key> ordered, List<Gs1Key> path)
            throws ClientException {
        if (ordered.contains(parent) || !aggregations.containsKey(parent)) {
            return;
        }
        if (path.contains(parent)) {
            throw new ClientException(
                    FailureClass.REFUSED,
                    "HIERARCHY",
                    "DRU-3",
                    "",
                    "A container stands in itself",
                    "Check parents and children");
        }
        path.add(parent);
        for (Gs1Key child : aggregations.getOrDefault(parent, List.of())) {
            visit(child, aggregations, ordered, path);
        }
        path.remove(parent);
        ordered.add(parent);
    }

    private DrugPack.Aggregation aggregation(
            Gs1Key parent, List<Gs1Key> children, Map<ByteString, DrugItemSet> places, Set<Gs1Key> fresh)
            throws ClientException {
        PackContainers.Container container = desk.containers().toPack(parent);
        List<DrugItemSet> sets = new ArrayList<>();
        TreeSet<ByteString> containers = new TreeSet<>(ByteString.unsignedLexicographicalComparator());
        for (Gs1Key child : children) {
            if (DrugDesk.isContainer(child)) {
                containers.add(
                        fresh.contains(child)
                                ? desk.containers().toPack(child).id()
                                : desk.containers().require(child).id());
            } else {
                ByteString id = desk.requireProduct(child).itemId(child.serial());
                sets.add(places.getOrDefault(id, DrugItemSet.getDefaultInstance()));
            }
        }
        return container
                .packing(parent)
                .addAllItems(PackSearch.joined(sets))
                .addAllContainers(containers)
                .build();
    }
}
