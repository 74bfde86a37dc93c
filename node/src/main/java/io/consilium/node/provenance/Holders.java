package io.consilium.node.provenance;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.provenance.Containers;
import io.consilium.ledger.provenance.DrugKeys;
import io.consilium.ledger.provenance.ItemIds;
import io.consilium.ledger.provenance.PackSearch;
import io.consilium.ledger.provenance.Packs;
import io.consilium.node.api.ApiProblem;
import io.consilium.node.api.Caller;
import io.consilium.node.api.StateView;
import io.consilium.proto.DrugHeld;
import io.consilium.proto.DrugHolders;
import io.consilium.proto.DrugItemState;
import io.consilium.proto.DrugProductState;
import io.consilium.proto.DrugRecallState;
import io.consilium.proto.DrugSegmentState;
import io.consilium.proto.DrugShipmentState;
import io.consilium.proto.DrugStatus;
import io.consilium.proto.DrugStep;
import io.consilium.storage.IndexPage;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Who has goods of a recall now, those under way at both ends (DRU-6). */
final class Holders {
    private static final int PAGE = 1_000;

    private final StateView view;
    private final PackSearch search;
    private final TreeSet<String> holders = new TreeSet<>();
    private final Map<ByteString, DrugShipmentState> underWay =
            new TreeMap<>(ByteString.unsignedLexicographicalComparator());

    Holders(StateView view) {
        this.view = view;
        this.search = new PackSearch(view.state());
    }

    DrugHeld of(Caller caller, DrugHolders request) {
        DrugRecallState recall = view.state()
                .read(DrugKeys.recall(request.getRecallId()), DrugRecallState.parser())
                .orElseThrow(Holders::nothing);
        DrugProductState product = view.state()
                .read(DrugKeys.product(recall.getProductId()), DrugProductState.parser())
                .orElseThrow();
        boolean own = DrugPolicy.reader(caller)
                .filter(member -> member.institution().equals(product.getOwner()))
                .isPresent();
        if (!own && !DrugPolicy.isRegulator(caller)) {
            throw nothing();
        }
        if (recall.getItemsCount() > 0) {
            recall.getItemsList().forEach(set -> ItemIds.list(set.getIds())
                    .forEach(id -> search.find(set.getProductId(), id).ifPresent(place -> item(place.item()))));
        } else {
            List<ByteString> lots = recall.getLotId().isEmpty() ? product.getLotsList() : List.of(recall.getLotId());
            lots.forEach(lot -> lot(product, lot));
        }
        return DrugHeld.newBuilder()
                .setRecallId(recall.getId())
                .addAllHolders(holders)
                .addAllUnderWay(underWay.values())
                .build();
    }

    /** Items with a state of their own by their index, all others by the containers of their segments. */
    private void lot(DrugProductState product, ByteString lotId) {
        Set<ByteString> own = ownItems(product, lotId);
        int segments = search.lot(lotId).getSegments();
        for (int number = 0; number < segments; number++) {
            DrugSegmentState segment = view.state()
                    .glance(DrugKeys.segment(lotId, number), DrugSegmentState.parser())
                    .orElseThrow();
            TreeSet<ByteString> containers = new TreeSet<>(ByteString.unsignedLexicographicalComparator());
            for (int place = 0; place < ItemIds.count(segment.getIds()); place++) {
                if (own.contains(ItemIds.at(segment.getIds(), place))) {
                    continue;
                }
                Optional<DrugStep> packed = Packs.packed(segment, place);
                if (packed.isPresent()) {
                    containers.add(packed.get().getObject());
                } else {
                    holders.add(product.getOwner());
                }
            }
            containers.stream()
                    .filter(id -> !isDestroyed(id))
                    .forEach(id -> place(search.custody(search.container(id).orElseThrow())));
        }
    }

    private Set<ByteString> ownItems(DrugProductState product, ByteString lotId) {
        Set<ByteString> own = new HashSet<>();
        Optional<byte[]> after = Optional.empty();
        do {
            IndexPage page =
                    view.chain().scan(LedgerIndexes.LOT_ITEMS, LedgerIndexes.prefix(lotId), after, PAGE, false);
            for (IndexPage.Item entry : page.items()) {
                ByteString id = LedgerIndexes.idAt(entry.key());
                own.add(id);
                view.state()
                        .glance(DrugKeys.item(product.getId(), id), DrugItemState.parser())
                        .ifPresent(this::item);
            }
            after = page.nextAfterKey();
        } while (after.isPresent());
        return own;
    }

    private void item(DrugItemState item) {
        switch (item.getStatus()) {
            case DRUG_DISPENSED, DRUG_DESTROYED, DRUG_SAMPLED, DRUG_EXPORTED, DRUG_DECOMMISSIONED -> {}
            default -> {
                if (!isDestroyed(item.getParent())) {
                    place(search.custody(item));
                }
            }
        }
    }

    private boolean isDestroyed(ByteString container) {
        return search.gone(container).equals(Optional.of(DrugStatus.DRUG_DESTROYED));
    }

    private void place(Containers.Place place) {
        holders.add(place.custodian());
        if (place.underWay()) {
            DrugShipmentState shipment = view.state()
                    .read(DrugKeys.shipment(place.shipmentId()), DrugShipmentState.parser())
                    .orElseThrow();
            holders.add(shipment.getTo());
            underWay.put(
                    shipment.getId(),
                    shipment.toBuilder().clearItems().clearContainers().build());
        }
    }

    private static io.consilium.node.api.ProblemException nothing() {
        return ApiProblem.notFound("recall").asException();
    }
}
