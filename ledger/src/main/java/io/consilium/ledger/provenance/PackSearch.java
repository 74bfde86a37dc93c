package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.state.StateKey;
import io.consilium.proto.DrugContainerState;
import io.consilium.proto.DrugItemSet;
import io.consilium.proto.DrugItemState;
import io.consilium.proto.DrugLotState;
import io.consilium.proto.DrugProductState;
import io.consilium.proto.DrugSegmentState;
import io.consilium.proto.DrugStatus;
import io.consilium.proto.DrugStep;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Finds where a pack lies, for queries: a client names the place in its transaction, so that the ledger need not search.
 * A pack of its own state is found at once, any other by a search through the product's segments.
 */
public final class PackSearch {
    private final LedgerState state;

    public PackSearch(LedgerState state) {
        this.state = state;
    }

    /** A pack, and the set of one that names it in a transaction. */
    public record Place(DrugItemSet set, DrugItemState item) {}

    /**
     * Where a pack lies, as the set of one that names it, and who has it.
     *
     * @param recalled by itself, whatever is said of its lot
     */
    public record Held(DrugItemSet set, Containers.Place custody, boolean recalled) {}

    public Optional<Place> find(ByteString productId, ByteString id) {
        return find(productId, id, ByteString.EMPTY);
    }

    /** @param lotId where it is likely to lie, or empty: looked at first, and nothing is concluded from it */
    public Optional<Place> find(ByteString productId, ByteString id, ByteString lotId) {
        Optional<DrugProductState> product = state.read(DrugKeys.product(productId), DrugProductState.parser());
        if (product.isEmpty()) {
            return Optional.empty();
        }
        Optional<DrugItemState> own = state.read(DrugKeys.item(productId, id), DrugItemState.parser());
        if (own.isPresent()) {
            return Optional.of(new Place(setOf(own.get()), own.get()));
        }
        ByteBuffer wanted = ItemIds.row(id);
        List<Place> found = new ArrayList<>();
        search(
                product.get(),
                lotId,
                1,
                row -> ItemIds.find(row, wanted, 0) < 0 ? List.of() : List.of(id),
                (segment, set) -> found.add(new Place(
                        set,
                        Packs.inSegment(segment, set, id, product.get().getOwner())
                                .orElseThrow())));
        return found.stream().findFirst();
    }

    /**
     * Where those of many packs lie that exist; one pass through the product's segments for all of them. What the packs
     * went through is not kept, since it is a hundred times as large.
     */
    public List<Held> places(ByteString productId, List<ByteString> ids) {
        Optional<DrugProductState> product = state.read(DrugKeys.product(productId), DrugProductState.parser());
        if (product.isEmpty()) {
            return List.of();
        }
        List<Held> found = new ArrayList<>();
        List<ByteString> rest = new ArrayList<>();
        Map<ByteString, Containers.Place> parents = new TreeMap<>(ByteString.unsignedLexicographicalComparator());
        Function<ByteString, Containers.Place> inside = id ->
                parents.computeIfAbsent(id, parent -> custody(container(parent).orElseThrow()));
        for (ByteString id : ids) {
            state.glance(DrugKeys.item(productId, id), DrugItemState.parser())
                    .ifPresentOrElse(
                            own -> found.add(new Held(
                                    setOf(own),
                                    own.getParent().isEmpty() ? custody(own) : inside.apply(own.getParent()),
                                    !own.getRecallId().isEmpty())),
                            () -> rest.add(id));
        }
        if (!rest.isEmpty()) {
            Containers.Place unpacked = new Containers.Place(product.get().getOwner(), ByteString.EMPTY);
            SerialSet wanted = new SerialSet(ItemIds.sorted(ItemIds.join(rest)));
            search(
                    product.get(),
                    ByteString.EMPTY,
                    rest.size(),
                    wanted::allIn,
                    (segment, set) -> found.add(new Held(
                            set,
                            Packs.packed(segment, ItemIds.find(segment.getIds(), set.getIds()))
                                    .map(DrugStep::getObject)
                                    .map(inside)
                                    .orElse(unpacked),
                            false)));
        }
        return found;
    }

    /** @param wanted of an ascending row of ids, those that are looked for */
    private void search(
            DrugProductState product,
            ByteString firstLot,
            int count,
            Function<ByteBuffer, List<ByteString>> wanted,
            BiConsumer<DrugSegmentState, DrugItemSet> found) {
        int left = count;
        for (ByteString lotId : lots(product, firstLot)) {
            int segments = lot(lotId).getSegments();
            for (int number = segments - 1; number >= 0 && left > 0; number--) {
                StateKey key = DrugKeys.segment(lotId, number);
                byte[] segment = state.raw(key).orElseThrow();
                List<ByteString> here = wanted.apply(Segments.ids(segment));
                if (!here.isEmpty()) {
                    DrugSegmentState read =
                            state.glance(key, DrugSegmentState.parser()).orElseThrow();
                    for (ByteString id : here) {
                        found.accept(read, set(product.getId(), lotId, number, id));
                    }
                    left -= here.size();
                }
            }
            if (left == 0) {
                return;
            }
        }
    }

    /** The one that is likely first, then the newest: they are the ones asked for. */
    private static List<ByteString> lots(DrugProductState product, ByteString first) {
        List<ByteString> lots = new ArrayList<>(product.getLotsList());
        Collections.reverse(lots);
        if (lots.remove(first)) {
            lots.add(0, first);
        }
        return lots;
    }

    public DrugLotState lot(ByteString lotId) {
        return state.read(DrugKeys.lot(lotId), DrugLotState.parser()).orElseThrow();
    }

    private static DrugItemSet setOf(DrugItemState item) {
        return set(item.getProductId(), item.getLotId(), item.getSegment(), item.getId());
    }

    private static DrugItemSet set(ByteString productId, ByteString lotId, int segment, ByteString id) {
        return DrugItemSet.newBuilder()
                .setProductId(productId)
                .setLotId(lotId)
                .setSegment(segment)
                .setIds(id)
                .build();
    }

    /** The same packs in as few sets as there are places, each in ascending order. */
    public static List<DrugItemSet> joined(List<DrugItemSet> sets) {
        Map<DrugItemSet, List<ByteString>> places = new LinkedHashMap<>();
        for (DrugItemSet set : sets) {
            places.computeIfAbsent(set.toBuilder().clearIds().build(), key -> new ArrayList<>())
                    .addAll(ItemIds.list(set.getIds()));
        }
        List<DrugItemSet> joined = new ArrayList<>();
        places.forEach((place, ids) -> joined.add(
                place.toBuilder().setIds(ItemIds.sorted(ItemIds.join(ids))).build()));
        return joined;
    }

    /** Who has a pack, and the shipment it is under way in. */
    public Containers.Place custody(DrugItemState item) {
        if (item.getParent().isEmpty()) {
            return new Containers.Place(item.getCustodian(), item.getShipmentId());
        }
        return custody(container(item.getParent()).orElseThrow());
    }

    public Containers.Place custody(DrugContainerState container) {
        DrugContainerState top = container;
        while (!top.getParent().isEmpty()) {
            top = container(top.getParent()).orElseThrow();
        }
        return new Containers.Place(top.getCustodian(), top.getShipmentId());
    }

    /** Whether a container, or one that it stands in, is destroyed or did not come. */
    public Optional<DrugStatus> gone(ByteString containerId) {
        return Containers.gone(this::container, containerId);
    }

    public Optional<DrugContainerState> container(ByteString id) {
        return state.read(DrugKeys.container(id), DrugContainerState.parser());
    }
}
