package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.EventType;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.DrugContainerState;
import io.consilium.proto.DrugContentsState;
import io.consilium.proto.DrugExceptionKind;
import io.consilium.proto.DrugItemSet;
import io.consilium.proto.DrugItemState;
import io.consilium.proto.DrugPack;
import io.consilium.proto.DrugSegmentState;
import io.consilium.proto.DrugStatus;
import io.consilium.proto.DrugStep;
import io.consilium.proto.DrugUnpack;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/** Packing and unpacking: one parent at a time, what goes in must be out, and in the packer's hands (DRU-3). */
final class PackRules {
    private static final String RULE = "DRU-3";

    private PackRules() {}

    static Optional<Rejection> pack(DrugBook book, DrugPack pack) {
        Optional<Rejection> refusal = Traders.handler(book.call(), RULE);
        if (refusal.isPresent()) {
            return refusal;
        }
        for (DrugPack.Aggregation aggregation : pack.getAggregationsList()) {
            refusal = aggregate(book, aggregation);
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        book.notice(
                EventType.DRUG_PACKED,
                List.of(book.institution()),
                pack.getAggregations(0).getContainerId());
        return Optional.empty();
    }

    private static Optional<Rejection> aggregate(DrugBook book, DrugPack.Aggregation aggregation) {
        ByteString id = aggregation.getContainerId();
        Optional<DrugContainerState> known = book.container(id);
        if (known.isEmpty() && !id.equals(DrugBlinding.bound(book.institution(), aggregation.getSeed()))) {
            return Optional.of(Refusal.ID_FOREIGN.rejection("a container's"));
        }
        DrugContainerState container = known.orElseGet(() -> DrugContainerState.newBuilder()
                .setId(id)
                .setPacker(book.institution())
                .setCustodian(book.institution())
                .setSealedLabel(aggregation.getSealedLabel())
                .build());
        Optional<Rejection> refusal = inHand(book, container);
        if (refusal.isPresent()) {
            return refusal;
        }
        DrugStep step = book.step("pack")
                .setObject(id)
                .setPlace(container.getHistoryCount() + 1)
                .build();
        Optional<DrugContainerState.Builder> packed = Containers.with(container.toBuilder(), step);
        if (packed.isEmpty()) {
            return Optional.of(Refusal.HISTORY_LIMIT.rejection());
        }
        book.put(packed.get().build());
        DrugContentsState.Builder contents = book.contents(id).toBuilder();
        for (DrugItemSet set : aggregation.getItemsList()) {
            refusal = items(book, set, step);
            if (refusal.isPresent()) {
                return refusal;
            }
            Containers.add(book, contents, set);
        }
        for (ByteString child : aggregation.getContainersList()) {
            refusal = container(book, child, container, step);
            if (refusal.isPresent()) {
                return refusal;
            }
            contents.addContainers(child);
        }
        book.put(DrugKeys.contents(id), contents.build());
        if (!Containers.fits(contents) || !Containers.lotsAnew(book, id)) {
            return Optional.of(Refusal.CONTAINER_FULL.rejection());
        }
        book.made(id);
        return Optional.empty();
    }

    /** A container that is here and not lost, and nothing happens to before what happened to it last. */
    private static Optional<Rejection> inHand(DrugBook book, DrugContainerState container) {
        return Holding.refusal(book, Thing.of(book, container))
                .or(() -> lost(book, container))
                .or(() -> StatusRules.order(book, container));
    }

    /** Destroyed, which is a finding, or not come. A new one does not stand in the book yet. */
    private static Optional<Rejection> lost(DrugBook book, DrugContainerState container) {
        return book.container(container.getId())
                .flatMap(known -> StatusRules.twice(book, known).or(() -> Containers.lost(book, known.getId())));
    }

    /** Packs that nothing happened to get their parent in the segment, all of a set with one write. */
    private static Optional<Rejection> items(DrugBook book, DrugItemSet set, DrugStep step) {
        Optional<DrugSegmentState> found = Packs.segment(book, set);
        if (found.isEmpty()) {
            return notCommissioned(book, set, ItemIds.at(set.getIds(), 0));
        }
        DrugSegmentState segment = found.get();
        String manufacturer = book.product(set.getProductId()).orElseThrow().getOwner();
        byte[] parents = Packs.parents(segment);
        int number = segment.getPackedCount() + 1;
        boolean changed = false;
        ByteBuffer commissioned = ItemIds.row(segment.getIds());
        ByteBuffer named = ItemIds.row(set.getIds());
        for (int i = 0; i < ItemIds.count(set.getIds()); i++) {
            ByteString id = ItemIds.at(set.getIds(), i);
            Optional<DrugItemState> own = book.itemAmongMany(set.getProductId(), id);
            if (own.isPresent()) {
                Optional<Rejection> refusal = own(book, set, own.get(), step);
                if (refusal.isPresent()) {
                    return refusal;
                }
                continue;
            }
            int at = ItemIds.find(commissioned, named, i * ItemIds.BYTES);
            if (at < 0) {
                return notCommissioned(book, set, id);
            }
            boolean packed = parents[2 * at] != 0 || parents[2 * at + 1] != 0;
            if (packed || !manufacturer.equals(book.institution())) {
                DrugItemState item =
                        Packs.inSegment(segment, set, id, manufacturer).orElseThrow();
                return Holding.refusal(book, Thing.of(book, item))
                        .or(() -> StatusRules.twice(book, item))
                        .or(() -> Optional.of(Refusal.HAS_PARENT.rejection()));
            }
            DrugStep made = segment.getCommissioned(segment.getCommissionings().byteAt(at) & 0xff);
            Optional<Rejection> early = StatusRules.order(book, made);
            if (early.isPresent()) {
                return early;
            }
            Packs.setParent(parents, at, number);
            changed = true;
        }
        if (changed) {
            book.put(
                    DrugKeys.segment(set.getLotId(), set.getSegment()),
                    segment.toBuilder()
                            .setParents(ByteString.copyFrom(parents))
                            .addPacked(step)
                            .build());
        }
        return Optional.empty();
    }

    private static Optional<Rejection> own(DrugBook book, DrugItemSet set, DrugItemState item, DrugStep step) {
        if (!item.getLotId().equals(set.getLotId()) || item.getSegment() != set.getSegment()) {
            return notCommissioned(book, set, item.getId());
        }
        Optional<Rejection> refusal =
                Holding.refusal(book, Thing.of(book, item)).or(() -> StatusRules.twice(book, item));
        if (refusal.isPresent()) {
            return refusal;
        }
        if (!item.getParent().isEmpty()) {
            return Optional.of(Refusal.HAS_PARENT.rejection());
        }
        if (item.getStatus() == DrugStatus.DRUG_MISSING) {
            return Optional.of(Refusal.MISSING_IN_TRANSIT.rejection());
        }
        refusal = StatusRules.order(book, item);
        if (refusal.isPresent()) {
            return refusal;
        }
        Optional<DrugItemState.Builder> packed = Packs.with(item, step);
        if (packed.isEmpty()) {
            return Optional.of(Refusal.HISTORY_LIMIT.rejection());
        }
        book.put(packed.get().setParent(step.getObject()).clearCustodian().build());
        if (Packs.isBlocked(item)) {
            Containers.block(book, step.getObject(), 1);
        }
        return Optional.empty();
    }

    private static Optional<Rejection> notCommissioned(DrugBook book, DrugItemSet set, ByteString id) {
        book.signal(Finding.of(DrugExceptionKind.DRUG_UNKNOWN_SERIAL, id, set.getProductId()));
        return Optional.of(Refusal.NOT_COMMISSIONED.rejection());
    }

    private static Optional<Rejection> container(
            DrugBook book, ByteString id, DrugContainerState parent, DrugStep step) {
        Optional<DrugContainerState> found = book.container(id);
        if (found.isEmpty()) {
            return Optional.of(Refusal.CONTAINER_UNKNOWN.rejection());
        }
        DrugContainerState child = found.get();
        Optional<Rejection> refusal = inHand(book, child);
        if (refusal.isPresent()) {
            return refusal;
        }
        if (!child.getParent().isEmpty()) {
            return Optional.of(Refusal.HAS_PARENT.rejection());
        }
        if (Containers.top(book, parent).getId().equals(id)
                || Containers.depth(book, parent) + Containers.height(book, id) > Containers.MAX_DEPTH) {
            return Optional.of(Refusal.HIERARCHY.rejection());
        }
        Optional<DrugContainerState.Builder> packed = Containers.with(child.toBuilder(), step);
        if (packed.isEmpty()) {
            return Optional.of(Refusal.HISTORY_LIMIT.rejection());
        }
        book.put(packed.get().setParent(step.getObject()).clearCustodian().build());
        if (child.getBlocked() > 0) {
            Containers.block(book, step.getObject(), child.getBlocked());
        }
        return Optional.empty();
    }

    static Optional<Rejection> unpack(DrugBook book, DrugUnpack unpack) {
        Optional<Rejection> refusal = Traders.handler(book.call(), RULE);
        if (refusal.isPresent()) {
            return refusal;
        }
        Optional<DrugContainerState> container = book.container(unpack.getContainerId());
        if (container.isEmpty()) {
            return Optional.of(Refusal.CONTAINER_UNKNOWN.rejection());
        }
        refusal = inHand(book, container.get());
        if (refusal.isPresent()) {
            return refusal;
        }
        DrugContentsState contents = book.contents(unpack.getContainerId());
        List<DrugItemSet> sets = unpack.getEverything() ? contents.getItemsList() : unpack.getItemsList();
        List<ByteString> containers =
                unpack.getEverything() ? contents.getContainersList() : unpack.getContainersList();
        int items = sets.stream().mapToInt(set -> ItemIds.count(set.getIds())).sum();
        if (items + containers.size() > MAX_UNPACKED) {
            return Optional.of(Refusal.TOO_MANY_AT_ONCE.rejection());
        }
        return takeOutItems(book, unpack.getContainerId(), sets)
                .or(() -> takeOutContainers(book, unpack.getContainerId(), containers))
                .or(() -> {
                    book.notice(EventType.DRUG_PACKED, List.of(book.institution()), unpack.getContainerId());
                    book.made(unpack.getContainerId());
                    return Optional.empty();
                });
    }

    /** Each pack that is taken out gets a state of its own. */
    static final int MAX_UNPACKED = 4_096;

    private static Optional<Rejection> takeOutItems(DrugBook book, ByteString parent, List<DrugItemSet> sets) {
        for (DrugItemSet set : sets) {
            for (ByteString id : ItemIds.list(set.getIds())) {
                Optional<Packs.Pack> pack = Packs.find(book, set, id);
                if (pack.isEmpty()) {
                    return notCommissioned(book, set, id);
                }
                if (!pack.get().item().getParent().equals(parent)) {
                    return Optional.of(Refusal.NOT_IN_CONTAINER.rejection());
                }
                book.put(Containers.takeOut(book, pack.get().item()).build());
            }
        }
        return Optional.empty();
    }

    private static Optional<Rejection> takeOutContainers(
            DrugBook book, ByteString parent, List<ByteString> containers) {
        for (ByteString id : containers) {
            Optional<DrugContainerState> child = book.container(id);
            if (child.isEmpty() || !child.get().getParent().equals(parent)) {
                return Optional.of(Refusal.NOT_IN_CONTAINER.rejection());
            }
            book.put(Containers.takeOut(book, child.get()).build());
        }
        return Optional.empty();
    }
}
