package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.EventType;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.DrugCommission;
import io.consilium.proto.DrugExceptionKind;
import io.consilium.proto.DrugLotState;
import io.consilium.proto.DrugProductState;
import io.consilium.proto.DrugSegmentState;
import io.consilium.proto.DrugStep;
import java.util.List;
import java.util.Optional;

/**
 * Commissioning: packs come into being, thousands in one transaction, each serial of a product once (DRU-2).
 *
 * <p>A lot keeps its packs in segments of 1,024, in the order in which they were made, so that a case's packs stand
 * together. A new serial is compared with every segment of the product: reading sixteen bytes a pack costs far less than a
 * key in the tree would.
 */
final class CommissionRules {
    static final int MAX_LOTS = 4_096;
    static final int MAX_SEGMENTS = 4_096;
    private static final int MAX_COMMISSIONINGS = 255;
    private static final String RULE = "DRU-2";

    private CommissionRules() {}

    static Optional<Rejection> commission(DrugBook book, DrugCommission commission) {
        Optional<Rejection> refusal = Traders.manufacturer(book.call(), RULE);
        if (refusal.isPresent()) {
            return refusal;
        }
        Optional<DrugProductState> found = book.product(commission.getProductId());
        if (found.isEmpty() || !found.get().getOwner().equals(book.institution())) {
            return Optional.of(Refusal.PRODUCT_UNKNOWN.rejection());
        }
        DrugProductState product = found.get();
        Optional<DrugLotState> known = book.lot(commission.getLotId());
        refusal = lot(book, product, known, commission);
        if (refusal.isPresent()) {
            return refusal;
        }
        if (segments(book, product) + ItemIds.count(commission.getIds()) / Packs.SEGMENT_ITEMS >= Work.MAX_COMPARED) {
            return Optional.of(Refusal.PRODUCT_FULL.rejection());
        }
        Optional<ByteString> duplicate = book.serials().duplicate(book, product, commission.getIds());
        if (duplicate.isPresent()) {
            book.signal(Finding.own(book, DrugExceptionKind.DRUG_DUPLICATE_SERIAL, duplicate.get(), product.getId()));
            return Optional.of(Refusal.DUPLICATE_SERIAL.rejection());
        }
        DrugLotState lot = known.orElseGet(() -> newLot(book, product, commission));
        return append(book, lot, commission.getIds()).or(() -> {
            book.notice(EventType.DRUG_COMMISSIONED, List.of(product.getOwner()), product.getId());
            book.made(commission.getLotId());
            return Optional.empty();
        });
    }

    private static Optional<Rejection> lot(
            DrugBook book, DrugProductState product, Optional<DrugLotState> known, DrugCommission commission) {
        if (known.isEmpty()) {
            if (!commission.getLotId().equals(DrugBlinding.bound(book.institution(), commission.getLotSeed()))) {
                return Optional.of(Refusal.ID_FOREIGN.rejection("a lot's"));
            }
            if (product.getLotsCount() >= MAX_LOTS) {
                return Optional.of(Refusal.PRODUCT_FULL.rejection());
            }
            return commission.getExpiryMillis() <= book.call().timeMillis()
                    ? Optional.of(Refusal.EXPIRED.under(RULE, "a lot is made before it expires"))
                    : Optional.empty();
        }
        DrugLotState lot = known.get();
        if (!lot.getProductId().equals(product.getId()) || lot.getExpiryMillis() != commission.getExpiryMillis()) {
            return Optional.of(Refusal.LOT_MISMATCH.rejection());
        }
        return lot.getRecallId().isEmpty() && product.getRecallId().isEmpty()
                ? Optional.empty()
                : Optional.of(Refusal.RECALLED.rejection());
    }

    private static int segments(DrugBook book, DrugProductState product) {
        return product.getLotsList().stream()
                .mapToInt(id -> book.lot(id).orElseThrow().getSegments())
                .sum();
    }

    private static DrugLotState newLot(DrugBook book, DrugProductState product, DrugCommission commission) {
        book.put(
                DrugKeys.product(product.getId()),
                product.toBuilder()
                        .addLots(commission.getLotId())
                        .setVersion(product.getVersion() + 1)
                        .build());
        return DrugLotState.newBuilder()
                .setId(commission.getLotId())
                .setProductId(product.getId())
                .setExpiryMillis(commission.getExpiryMillis())
                .setSealedLot(commission.getSealedLot())
                .build();
    }

    /** Fills the lot's last segment and opens new ones. */
    private static Optional<Rejection> append(DrugBook book, DrugLotState lot, ByteString ids) {
        DrugStep step = book.step("commission").build();
        int segments = lot.getSegments();
        int taken = 0;
        if (segments > 0) {
            DrugSegmentState last = book.segment(lot.getId(), segments - 1).orElseThrow();
            int room = Packs.SEGMENT_ITEMS - ItemIds.count(last.getIds());
            if (room > 0 && last.getCommissionedCount() < MAX_COMMISSIONINGS) {
                taken = Math.min(room, ItemIds.count(ids));
                book.put(
                        DrugKeys.segment(lot.getId(), segments - 1),
                        Segments.with(last, ids.substring(0, taken * ItemIds.BYTES), step));
                book.place(lot, segments - 1, ids.substring(0, taken * ItemIds.BYTES));
            }
        }
        while (taken < ItemIds.count(ids)) {
            if (segments >= MAX_SEGMENTS) {
                return Optional.of(Refusal.PRODUCT_FULL.rejection());
            }
            int end = Math.min(taken + Packs.SEGMENT_ITEMS, ItemIds.count(ids));
            ByteString part = ids.substring(taken * ItemIds.BYTES, end * ItemIds.BYTES);
            book.put(
                    DrugKeys.segment(lot.getId(), segments),
                    Segments.with(DrugSegmentState.getDefaultInstance(), part, step));
            book.place(lot, segments, part);
            segments++;
            taken = end;
        }
        book.put(
                DrugKeys.lot(lot.getId()),
                lot.toBuilder()
                        .setSegments(segments)
                        .setVersion(lot.getVersion() + 1)
                        .build());
        return Optional.empty();
    }
}
