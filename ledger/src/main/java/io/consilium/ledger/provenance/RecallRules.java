package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.EventType;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.DrugItemSet;
import io.consilium.proto.DrugItemState;
import io.consilium.proto.DrugLotState;
import io.consilium.proto.DrugProductState;
import io.consilium.proto.DrugRecall;
import io.consilium.proto.DrugRecallState;
import java.util.Optional;
import java.util.TreeSet;

/** Recalls by product, lot or item: in force at once for every pack wherever it is, under way too (DRU-6). */
final class RecallRules {
    private static final String RULE = "DRU-6";
    private static final String STEP = "recall";

    private RecallRules() {}

    static Optional<Rejection> recall(DrugBook book, DrugRecall recall) {
        Optional<DrugProductState> found = book.product(recall.getProductId());
        Optional<Rejection> refusal = who(book, found);
        if (refusal.isPresent()) {
            return refusal;
        }
        if (recall.getSealedReason().isEmpty()) {
            return Optional.of(Refusal.REASON_REQUIRED.under(RULE, ""));
        }
        DrugProductState product = found.orElseThrow();
        if (book.read(DrugKeys.recall(recall.getRecallId()), DrugRecallState.parser())
                .isPresent()) {
            return Optional.of(Refusal.RECALL_EXISTS.rejection());
        }
        TreeSet<String> parties = new TreeSet<>();
        parties.add(product.getOwner());
        parties.add(book.institution());
        refusal = recall.getItemsCount() > 0
                ? items(book, recall, parties)
                : recall.getLotId().isEmpty() ? product(book, product, recall, parties) : lot(book, recall, parties);
        if (refusal.isPresent()) {
            return refusal;
        }
        book.put(
                DrugKeys.recall(recall.getRecallId()),
                DrugRecallState.newBuilder()
                        .setId(recall.getRecallId())
                        .setProductId(recall.getProductId())
                        .setLotId(recall.getLotId())
                        .setRecaller(book.call().signatory().name())
                        .setSealedReason(recall.getSealedReason())
                        .setRecalledMillis(book.call().timeMillis())
                        .addAllItems(recall.getItemsList())
                        .setVersion(1)
                        .build());
        book.index(LedgerIndexes.of(
                LedgerIndexes.INSTITUTION_RECALLS,
                product.getOwner(),
                book.call().timeMillis(),
                recall.getRecallId()));
        book.notice(EventType.DRUG_RECALLED, parties, recall.getRecallId());
        book.made(recall.getRecallId());
        return Optional.empty();
    }

    private static Optional<Rejection> who(DrugBook book, Optional<DrugProductState> product) {
        if (Traders.isRegulator(book.call())) {
            return product.isPresent() ? Optional.empty() : Optional.of(Refusal.PRODUCT_UNKNOWN.rejection());
        }
        return Traders.manufacturer(book.call(), RULE)
                .or(() -> product.filter(found -> found.getOwner().equals(book.institution()))
                                .isPresent()
                        ? Optional.empty()
                        : Optional.of(Refusal.PRODUCT_UNKNOWN.rejection()));
    }

    private static Optional<Rejection> product(
            DrugBook book, DrugProductState product, DrugRecall recall, TreeSet<String> parties) {
        if (!product.getRecallId().isEmpty()) {
            return Optional.of(Refusal.RECALLED_ALREADY.rejection());
        }
        product.getLotsList()
                .forEach(id -> parties.addAll(book.lot(id).orElseThrow().getHoldersList()));
        book.put(
                DrugKeys.product(product.getId()),
                product.toBuilder()
                        .setRecallId(recall.getRecallId())
                        .setVersion(product.getVersion() + 1)
                        .build());
        return Optional.empty();
    }

    private static Optional<Rejection> lot(DrugBook book, DrugRecall recall, TreeSet<String> parties) {
        Optional<DrugLotState> found =
                book.lot(recall.getLotId()).filter(lot -> lot.getProductId().equals(recall.getProductId()));
        if (found.isEmpty()) {
            return Optional.of(Refusal.LOT_UNKNOWN.rejection());
        }
        DrugLotState lot = found.get();
        if (!lot.getRecallId().isEmpty()) {
            return Optional.of(Refusal.RECALLED_ALREADY.rejection());
        }
        parties.addAll(lot.getHoldersList());
        book.put(
                DrugKeys.lot(lot.getId()),
                lot.toBuilder()
                        .setRecallId(recall.getRecallId())
                        .setVersion(lot.getVersion() + 1)
                        .build());
        return Optional.empty();
    }

    /** Single packs: each stands out of its lot from now on and blocks what it stands in. */
    private static Optional<Rejection> items(DrugBook book, DrugRecall recall, TreeSet<String> parties) {
        for (DrugItemSet set : recall.getItemsList()) {
            for (ByteString id : ItemIds.list(set.getIds())) {
                Optional<Packs.Pack> pack = Packs.find(book, set, id);
                if (pack.isEmpty() || !set.getProductId().equals(recall.getProductId())) {
                    return Optional.of(Refusal.NOT_COMMISSIONED.rejection());
                }
                boolean otherLot = !recall.getLotId().isEmpty()
                        && !pack.get().item().getLotId().equals(recall.getLotId());
                if (otherLot) {
                    return Optional.of(Refusal.LOT_UNKNOWN.under(RULE, "a pack that is named is of another lot"));
                }
                DrugItemState item = pack.get().item();
                // a path without room for the step hinders no recall
                DrugItemState state = Packs.stopped(
                                item,
                                book.step(STEP).setBefore(item.getStatus()).build())
                        .orElseGet(item::toBuilder)
                        .setRecallId(recall.getRecallId())
                        .build();
                book.put(state);
                if (!item.getParent().isEmpty() && !Packs.isBlocked(item)) {
                    Containers.block(book, item.getParent(), 1);
                }
                Containers.Place place = Containers.place(book, state);
                parties.add(place.custodian());
                book.shipment(place.shipmentId()).ifPresent(shipment -> parties.add(shipment.getTo()));
            }
        }
        return Optional.empty();
    }
}
