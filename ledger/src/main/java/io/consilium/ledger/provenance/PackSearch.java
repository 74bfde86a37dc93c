package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import io.consilium.ledger.state.LedgerState;
import io.consilium.proto.DrugContainerState;
import io.consilium.proto.DrugItemSet;
import io.consilium.proto.DrugItemState;
import io.consilium.proto.DrugLotState;
import io.consilium.proto.DrugProductState;
import io.consilium.proto.DrugSegmentState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

    public Optional<Place> find(ByteString productId, ByteString id) {
        return Optional.ofNullable(find(productId, List.of(id)).get(id));
    }

    /** Those of the packs that exist; one pass through the product's segments for all of them. */
    public Map<ByteString, Place> find(ByteString productId, List<ByteString> ids) {
        Map<ByteString, Place> found = new LinkedHashMap<>();
        Optional<DrugProductState> product = state.read(DrugKeys.product(productId), DrugProductState.parser());
        if (product.isEmpty()) {
            return found;
        }
        List<ByteString> rest = new ArrayList<>();
        for (ByteString id : ids) {
            Optional<DrugItemState> own = state.read(DrugKeys.item(productId, id), DrugItemState.parser());
            if (own.isEmpty()) {
                rest.add(id);
            } else {
                found.put(id, new Place(setOf(own.get()), own.get()));
            }
        }
        if (!rest.isEmpty()) {
            search(product.get(), rest, found);
        }
        return found;
    }

    private void search(DrugProductState product, List<ByteString> ids, Map<ByteString, Place> found) {
        ByteString sorted = ItemIds.sorted(ItemIds.join(ids));
        SerialSet wanted = new SerialSet(sorted);
        int left = ids.size();
        // the newest lots first: they are the ones asked for
        for (int i = product.getLotsCount() - 1; i >= 0 && left > 0; i--) {
            ByteString lotId = product.getLots(i);
            int segments = lot(lotId).getSegments();
            for (int number = segments - 1; number >= 0 && left > 0; number--) {
                DrugSegmentState segment = state.glance(DrugKeys.segment(lotId, number), DrugSegmentState.parser())
                        .orElseThrow();
                for (ByteString id : wanted.allIn(segment.getIds())) {
                    DrugItemSet set = set(product.getId(), lotId, number, id);
                    DrugItemState item = Packs.inSegment(segment, set, id, product.getOwner())
                            .orElseThrow();
                    found.put(id, new Place(set, item));
                    left--;
                }
            }
        }
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

    public Optional<DrugContainerState> container(ByteString id) {
        return state.read(DrugKeys.container(id), DrugContainerState.parser());
    }
}
