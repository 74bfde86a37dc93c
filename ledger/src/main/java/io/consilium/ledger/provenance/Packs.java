package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import io.consilium.ledger.tx.Refusal;
import io.consilium.proto.DrugItemSet;
import io.consilium.proto.DrugItemState;
import io.consilium.proto.DrugProductState;
import io.consilium.proto.DrugSegmentState;
import io.consilium.proto.DrugStatus;
import io.consilium.proto.DrugStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds packs. A pack that nothing has happened to but commissioning and its first packing stands in a segment of its lot
 * with a thousand others; whatever else happens to it gives it a state of its own (DRU-2). So a million packs cost a
 * thousand values, and the few that stand out cost one each.
 */
public final class Packs {
    /** Items of one segment. */
    public static final int SEGMENT_ITEMS = 1_024;

    public static final int MAX_HISTORY = 128;

    /** Steps beyond, for what stops a pack: that a path is full protects nobody from a recall (DRU-6). */
    static final int RESERVED_STEPS = 32;

    private static final int PARENT_BYTES = 2;

    private Packs() {}

    /** A pack as it is now, whether it has a state of its own, and the set that it was named in. */
    record Pack(DrugItemState item, boolean own, DrugProductState product) {}

    /** Every pack of the sets, or empty at the first that was not commissioned where the set says. */
    static Optional<List<Pack>> all(DrugBook book, List<DrugItemSet> sets) {
        List<Pack> packs = new ArrayList<>();
        for (DrugItemSet set : sets) {
            for (ByteString id : ItemIds.list(set.getIds())) {
                Optional<Pack> pack = find(book, set, id);
                if (pack.isEmpty()) {
                    return Optional.empty();
                }
                packs.add(pack.get());
            }
        }
        return Optional.of(packs);
    }

    static Optional<Pack> find(DrugBook book, DrugItemSet set, ByteString id) {
        Optional<DrugProductState> product = book.product(set.getProductId());
        if (product.isEmpty()) {
            return Optional.empty();
        }
        Optional<DrugItemState> own = book.item(set.getProductId(), id);
        if (own.isPresent()) {
            DrugItemState item = own.get();
            // a node that is behind names a pack without the place that it does not know yet
            boolean same = set.getLotId().isEmpty()
                    || item.getLotId().equals(set.getLotId()) && item.getSegment() == set.getSegment();
            return same ? Optional.of(new Pack(item, true, product.get())) : Optional.empty();
        }
        return segment(book, set)
                .flatMap(segment -> inSegment(segment, set, id, product.get().getOwner()))
                .map(item -> new Pack(item, false, product.get()));
    }

    /** The segment that a set names, if it is one of the set's product. */
    static Optional<DrugSegmentState> segment(DrugBook book, DrugItemSet set) {
        boolean ofProduct = !set.getLotId().isEmpty()
                && book.lot(set.getLotId())
                        .filter(lot -> lot.getProductId().equals(set.getProductId()))
                        .isPresent();
        return ofProduct ? book.segment(set.getLotId(), set.getSegment()) : Optional.empty();
    }

    /** A pack that has no state of its own, as its segment tells it. */
    public static Optional<DrugItemState> inSegment(
            DrugSegmentState segment, DrugItemSet set, ByteString id, String manufacturer) {
        int place = ItemIds.find(segment.getIds(), id);
        if (place < 0) {
            return Optional.empty();
        }
        DrugItemState.Builder item = DrugItemState.newBuilder()
                .setId(id)
                .setProductId(set.getProductId())
                .setLotId(set.getLotId())
                .setSegment(set.getSegment())
                .setStatus(DrugStatus.DRUG_ACTIVE)
                .addHistory(segment.getCommissioned(segment.getCommissionings().byteAt(place) & 0xff));
        Optional<DrugStep> packed = packed(segment, place);
        if (packed.isPresent()) {
            item.addHistory(packed.get()).setParent(packed.get().getObject());
        } else {
            item.setCustodian(manufacturer);
        }
        return Optional.of(item.build());
    }

    /** Where and when the item at a place was first packed. */
    public static Optional<DrugStep> packed(DrugSegmentState segment, int place) {
        int number = parent(segment.getParents(), place);
        return number == 0 ? Optional.empty() : Optional.of(segment.getPacked(number - 1));
    }

    static int parent(ByteString parents, int place) {
        return parents.isEmpty()
                ? 0
                : (parents.byteAt(place * PARENT_BYTES) & 0xff) << 8 | parents.byteAt(place * PARENT_BYTES + 1) & 0xff;
    }

    static byte[] parents(DrugSegmentState segment) {
        return segment.getParents().isEmpty()
                ? new byte[ItemIds.count(segment.getIds()) * PARENT_BYTES]
                : segment.getParents().toByteArray();
    }

    static void setParent(byte[] parents, int place, int number) {
        parents[place * PARENT_BYTES] = (byte) (number >>> 8);
        parents[place * PARENT_BYTES + 1] = (byte) number;
    }

    static boolean isFinal(DrugStatus status) {
        return switch (status) {
            case DRUG_DISPENSED, DRUG_SAMPLED, DRUG_DESTROYED, DRUG_EXPORTED, DRUG_DECOMMISSIONED -> true;
            default -> false;
        };
    }

    /** Whether whatever it stands in cannot be handed on because of it. */
    static boolean isBlocked(DrugItemState item) {
        return switch (item.getStatus()) {
            case DRUG_QUARANTINED, DRUG_SUSPECT, DRUG_ILLEGITIMATE, DRUG_MISSING, DRUG_PARTIALLY_DISPENSED -> true;
            default -> !item.getRecallId().isEmpty();
        };
    }

    /** Adds a step to the path; a path that is as long as can be kept takes no more. */
    static Optional<DrugItemState.Builder> with(DrugItemState item, DrugStep step) {
        return with(item, step, MAX_HISTORY);
    }

    /** The same for a step that stops the pack. */
    static Optional<DrugItemState.Builder> stopped(DrugItemState item, DrugStep step) {
        return with(item, step, MAX_HISTORY + RESERVED_STEPS);
    }

    private static Optional<DrugItemState.Builder> with(DrugItemState item, DrugStep step, int most) {
        return item.getHistoryCount() >= most
                ? Optional.empty()
                : Optional.of(item.toBuilder().addHistory(step));
    }

    static Refusal refusalOf(DrugStatus status) {
        return switch (status) {
            case DRUG_DISPENSED -> Refusal.ALREADY_DISPENSED;
            case DRUG_QUARANTINED -> Refusal.QUARANTINED;
            case DRUG_SUSPECT -> Refusal.SUSPECT;
            case DRUG_ILLEGITIMATE -> Refusal.ILLEGITIMATE;
            case DRUG_MISSING -> Refusal.MISSING_IN_TRANSIT;
            default -> Refusal.DECOMMISSIONED;
        };
    }
}
