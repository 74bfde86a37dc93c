package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.DrugContainerState;
import io.consilium.proto.DrugContentsState;
import io.consilium.proto.DrugItemSet;
import io.consilium.proto.DrugItemState;
import io.consilium.proto.DrugStatus;
import io.consilium.proto.DrugStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Containers and what stands in them (DRU-3). Custody belongs to the outermost one; each knows the lots in it and how
 * many things in it are blocked, so that handing on a pallet looks at one value, however many packs are in it.
 */
public final class Containers {
    /** Containers within containers. */
    public static final int MAX_DEPTH = 8;

    /** Packs that stand in a container directly, in as many places of the lots, and containers that do. */
    static final int MAX_ITEMS = 65_536;

    static final int MAX_PLACES = 4_096;
    static final int MAX_CHILDREN = 4_096;

    /** Lots of everything in a container, however deep. */
    static final int MAX_LOTS = 1_024;

    private Containers() {}

    /** The outermost container around this one, or itself. */
    static DrugContainerState top(DrugBook book, DrugContainerState container) {
        DrugContainerState top = container;
        for (int depth = 0; depth < MAX_DEPTH && !top.getParent().isEmpty(); depth++) {
            top = book.container(top.getParent()).orElseThrow();
        }
        return top;
    }

    /** The containers that this one stands in, from within. */
    static Stream<ByteString> around(DrugBook book, DrugContainerState container) {
        return Stream.iterate(container.getParent(), id -> !id.isEmpty(), id -> book.container(id)
                .orElseThrow()
                .getParent());
    }

    /** Whether nothing of a container can be handed on, for it, or one that it stands in, is destroyed or did not come. */
    static Optional<DrugStatus> gone(DrugBook book, ByteString containerId) {
        return gone(book::container, containerId);
    }

    static Optional<DrugStatus> gone(
            Function<ByteString, Optional<DrugContainerState>> containers, ByteString containerId) {
        ByteString at = containerId;
        while (!at.isEmpty()) {
            DrugContainerState container = containers.apply(at).orElseThrow();
            if (container.getDestroyed()) {
                return Optional.of(DrugStatus.DRUG_DESTROYED);
            }
            if (container.getMissing()) {
                return Optional.of(DrugStatus.DRUG_MISSING);
            }
            at = container.getParent();
        }
        return Optional.empty();
    }

    /** Why nothing of a container can be handed on. */
    static Optional<Rejection> lost(DrugBook book, ByteString containerId) {
        return gone(book, containerId).map(status -> Packs.refusalOf(status).rejection());
    }

    static int depth(DrugBook book, DrugContainerState container) {
        return 1 + (int) around(book, container).count();
    }

    /** How many levels stand below and including this one. */
    static int height(DrugBook book, ByteString containerId) {
        int height = 0;
        for (ByteString child : book.contents(containerId).getContainersList()) {
            height = Math.max(height, height(book, child));
        }
        return height + 1;
    }

    /** Where something is: who has it, and the shipment it is under way in. */
    public record Place(String custodian, ByteString shipmentId) {
        public boolean underWay() {
            return !shipmentId.isEmpty();
        }
    }

    static Place place(DrugBook book, DrugItemState item) {
        return item.getParent().isEmpty()
                ? new Place(item.getCustodian(), item.getShipmentId())
                : place(book, book.container(item.getParent()).orElseThrow());
    }

    static Place place(DrugBook book, DrugContainerState container) {
        DrugContainerState top = top(book, container);
        return new Place(top.getCustodian(), top.getShipmentId());
    }

    /** Takes an item out of its container; who has the container has the item (DRU-3). */
    static DrugItemState.Builder takeOut(DrugBook book, DrugItemState item) {
        DrugItemState.Builder out = item.toBuilder();
        if (item.getParent().isEmpty()) {
            return out;
        }
        ByteString from = item.getParent();
        Place place = place(book, item);
        DrugContentsState.Builder left = book.contents(from).toBuilder();
        remove(left, item);
        book.put(DrugKeys.contents(from), left.build());
        if (Packs.isBlocked(item)) {
            block(book, from, -1);
        }
        book.emptied(from);
        return out.clearParent()
                .setCustodian(place.custodian())
                .setShipmentId(place.shipmentId())
                .addHistory(unpacked(book, from));
    }

    private static DrugStep unpacked(DrugBook book, ByteString from) {
        return book.step("unpack")
                .setObject(from)
                .setPlace(book.container(from).orElseThrow().getHistoryCount())
                .build();
    }

    private static void remove(DrugContentsState.Builder contents, DrugItemState item) {
        for (int i = 0; i < contents.getItemsCount(); i++) {
            DrugItemSet set = contents.getItems(i);
            int place = set.getLotId().equals(item.getLotId()) && set.getSegment() == item.getSegment()
                    ? ItemIds.find(set.getIds(), item.getId())
                    : -1;
            if (place >= 0) {
                ByteString left = ItemIds.without(set.getIds(), place);
                if (left.isEmpty()) {
                    contents.removeItems(i);
                } else {
                    contents.setItems(i, set.toBuilder().setIds(left));
                }
                return;
            }
        }
        throw new IllegalStateException("a container does not hold an item that says so");
    }

    /** Takes a container out of the one it stands in. */
    static DrugContainerState.Builder takeOut(DrugBook book, DrugContainerState container) {
        DrugContainerState.Builder out = container.toBuilder();
        if (container.getParent().isEmpty()) {
            return out;
        }
        ByteString from = container.getParent();
        Place place = place(book, container);
        DrugContentsState contents = book.contents(from);
        List<ByteString> left = new ArrayList<>(contents.getContainersList());
        left.remove(container.getId());
        book.put(
                DrugKeys.contents(from),
                contents.toBuilder().clearContainers().addAllContainers(left).build());
        if (container.getBlocked() > 0) {
            block(book, from, -container.getBlocked());
        }
        book.emptied(from);
        return out.clearParent()
                .setCustodian(place.custodian())
                .setShipmentId(place.shipmentId())
                .addHistory(unpacked(book, from));
    }

    /** Counts blocked things in a container and in those around it. */
    static void block(DrugBook book, ByteString containerId, int more) {
        ByteString at = containerId;
        while (!at.isEmpty()) {
            DrugContainerState container = book.container(at).orElseThrow();
            book.put(container.toBuilder()
                    .setBlocked(container.getBlocked() + more)
                    .build());
            at = container.getParent();
        }
    }

    /** Puts right the lots of what was taken out of; once an act, for it looks at everything that is left. */
    static void settle(DrugBook book) {
        book.takeEmptied().forEach(container -> lotsAnew(book, container));
    }

    /** Whether contents are as few as can be kept. */
    static boolean fits(DrugContentsState.Builder contents) {
        int items = contents.getItemsList().stream()
                .mapToInt(set -> ItemIds.count(set.getIds()))
                .sum();
        return items <= MAX_ITEMS
                && contents.getItemsCount() <= MAX_PLACES
                && contents.getContainersCount() <= MAX_CHILDREN;
    }

    /**
     * Reads the lots in a container anew from its contents, and so upwards while they change; false where they are more
     * than can be kept.
     */
    static boolean lotsAnew(DrugBook book, ByteString containerId) {
        ByteString at = containerId;
        while (!at.isEmpty()) {
            DrugContainerState container = book.container(at).orElseThrow();
            List<ByteString> lots = lots(book, at);
            if (lots.equals(container.getLotsList())) {
                return true;
            }
            if (lots.size() > MAX_LOTS) {
                return false;
            }
            book.put(container.toBuilder().clearLots().addAllLots(lots).build());
            at = container.getParent();
        }
        return true;
    }

    private static List<ByteString> lots(DrugBook book, ByteString containerId) {
        DrugContentsState contents = book.contents(containerId);
        TreeSet<ByteString> lots = new TreeSet<>(ByteString.unsignedLexicographicalComparator());
        contents.getItemsList().forEach(set -> lots.add(set.getLotId()));
        for (ByteString child : contents.getContainersList()) {
            List<ByteString> inside = book.container(child).orElseThrow().getLotsList();
            book.work().look((long) ItemIds.BYTES * inside.size());
            lots.addAll(inside);
        }
        return List.copyOf(lots);
    }

    /** Adds items to a contents' sets, each set ascending and each place once. */
    static void add(DrugBook book, DrugContentsState.Builder contents, DrugItemSet added) {
        book.work().look((long) ItemIds.BYTES * contents.getItemsCount());
        for (int i = 0; i < contents.getItemsCount(); i++) {
            DrugItemSet set = contents.getItems(i);
            if (set.getLotId().equals(added.getLotId()) && set.getSegment() == added.getSegment()) {
                contents.setItems(
                        i, set.toBuilder().setIds(ItemIds.sorted(set.getIds().concat(added.getIds()))));
                return;
            }
        }
        contents.addItems(added);
    }

    /** Adds a step to the container's path, unless it is as long as can be kept. */
    static Optional<DrugContainerState.Builder> with(DrugContainerState.Builder container, DrugStep step) {
        return container.getHistoryCount() >= Packs.MAX_HISTORY
                ? Optional.empty()
                : Optional.of(container.addHistory(step));
    }
}
