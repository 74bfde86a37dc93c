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
import io.consilium.proto.DrugReceive;
import io.consilium.proto.DrugShipmentState;
import io.consilium.proto.DrugStatus;
import io.consilium.proto.DrugStep;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Receiving matches shipping (DRU-4). What came is in the receiver's hands; what did not come is a SHORT exception and
 * stays under way as missing, until it comes after all or that is settled ({@link Undelivered}); what came and was not sent is an OVER or NO_DATA exception and
 * stays where the chain knows it.
 */
final class ReceiveRules {
    private static final String RULE = "DRU-4";
    static final String MISSING = "missing";
    private static final String RECEIVED_LATER = "received-later";
    private static final int MAX_MISSING = 1_024;

    private ReceiveRules() {}

    /** A pack of a product, or a container, of no product. */
    private record Name(ByteString productId, ByteString id) {
        static Name of(ByteString container) {
            return new Name(ByteString.EMPTY, container);
        }
    }

    /** What came of one shipment, and was not found to be part of it yet. */
    private static final class Arrival {
        final DrugShipmentState shipment;
        final Set<Name> names = new LinkedHashSet<>();

        /** The container that each of the names stands in, or none. */
        final Map<Name, ByteString> parents = new LinkedHashMap<>();

        Arrival(DrugShipmentState shipment) {
            this.shipment = shipment;
        }
    }

    static Optional<Rejection> receive(DrugBook book, DrugReceive receive) {
        Optional<Rejection> refusal = Traders.handler(book.call(), RULE);
        if (refusal.isPresent()) {
            return refusal;
        }
        if (!receive.getNothingOf().isEmpty()) {
            return nothing(book, receive.getNothingOf());
        }
        Map<ByteString, Arrival> arrivals = new LinkedHashMap<>();
        Optional<Rejection> first = Optional.empty();
        Optional<Rejection> early = Optional.empty();
        Map<Name, Optional<Thing>> strays = new LinkedHashMap<>();
        for (ByteString id : receive.getContainersList()) {
            Optional<Rejection> stray = container(book, id, arrivals, strays);
            early = early.or(() -> stray.filter(ReceiveRules::isEarly));
            first = first.or(() -> stray);
        }
        for (DrugItemSet set : receive.getItemsList()) {
            for (ByteString id : ItemIds.list(set.getIds())) {
                Optional<Rejection> stray = item(book, set, id, arrivals, strays);
                early = early.or(() -> stray.filter(ReceiveRules::isEarly));
                first = first.or(() -> stray);
            }
        }
        strays(book, strays, arrivals.values());
        if (early.isPresent()) {
            return early;
        }
        if (arrivals.isEmpty()) {
            return first;
        }
        for (Arrival arrival : arrivals.values()) {
            refusal = close(book, arrival);
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        return Optional.empty();
    }

    private static boolean isEarly(Rejection rejection) {
        return rejection.refusal() == Refusal.EVENT_ORDER;
    }

    /** Something that came; what is under way in no shipment to here is a stray. */
    private static Optional<Rejection> container(
            DrugBook book, ByteString id, Map<ByteString, Arrival> arrivals, Map<Name, Optional<Thing>> strays) {
        Optional<DrugContainerState> found = book.container(id);
        if (found.isEmpty()) {
            strays.put(Name.of(id), Optional.empty());
            return Optional.of(Refusal.CONTAINER_UNKNOWN.rejection());
        }
        DrugContainerState container = found.get();
        Optional<Rejection> ended = StatusRules.twice(book, container);
        if (ended.isPresent()) {
            return ended;
        }
        Containers.Place place = Containers.place(book, container);
        if (Recovery.isBySender(book, container.getMissing(), place)) {
            return Recovery.receive(book, container, place);
        }
        Optional<Rejection> stray = arrive(book, Thing.of(book, container), container.getParent(), arrivals, strays);
        if (stray.isPresent()) {
            return stray;
        }
        if (container.getMissing()) {
            // it had been missed: it comes late
            late(book, Objects.requireNonNull(arrivals.get(place.shipmentId())), Name.of(id));
            book.put(container.toBuilder()
                    .setMissing(false)
                    .clearShipmentId()
                    .setCustodian(book.institution())
                    .addHistory(received(book, place.shipmentId()))
                    .build());
        }
        return Optional.empty();
    }

    private static Optional<Rejection> item(
            DrugBook book,
            DrugItemSet set,
            ByteString id,
            Map<ByteString, Arrival> arrivals,
            Map<Name, Optional<Thing>> strays) {
        Optional<Packs.Pack> pack = Packs.find(book, set, id);
        if (pack.isEmpty()) {
            book.signal(Finding.of(DrugExceptionKind.DRUG_UNKNOWN_SERIAL, id, set.getProductId()));
            return Optional.of(Refusal.NOT_COMMISSIONED.rejection());
        }
        DrugItemState item = pack.get().item();
        Optional<Rejection> ended = StatusRules.twice(book, item);
        if (ended.isPresent()) {
            return ended;
        }
        Containers.Place place = Containers.place(book, item);
        if (Recovery.isBySender(book, item.getStatus() == DrugStatus.DRUG_MISSING, place)) {
            return Recovery.receive(book, item, place);
        }
        Optional<Rejection> stray = arrive(book, Thing.of(book, item), item.getParent(), arrivals, strays);
        if (stray.isEmpty() && item.getStatus() == DrugStatus.DRUG_MISSING) {
            late(book, Objects.requireNonNull(arrivals.get(place.shipmentId())), new Name(item.getProductId(), id));
            book.put(item.toBuilder()
                    .setStatus(Recovery.beforeMissing(item))
                    .clearShipmentId()
                    .setCustodian(book.institution())
                    .addHistory(received(book, place.shipmentId()))
                    .build());
        }
        return stray;
    }

    private static Optional<Rejection> arrive(
            DrugBook book,
            Thing thing,
            ByteString parent,
            Map<ByteString, Arrival> arrivals,
            Map<Name, Optional<Thing>> strays) {
        Containers.Place place = thing.place();
        if (!place.underWay()) {
            strays.put(new Name(thing.productId(), thing.id()), Optional.of(thing));
            boolean here = place.custodian().equals(book.institution());
            return Optional.of((here ? Refusal.ALREADY_RECEIVED : Refusal.NOT_SHIPPED).rejection());
        }
        DrugShipmentState shipment = book.shipment(place.shipmentId()).orElseThrow();
        if (!shipment.getTo().equals(book.institution())) {
            book.signal(thing.finding(
                    book,
                    DrugExceptionKind.DRUG_CUSTODY_GAP,
                    List.of(shipment.getFrom(), shipment.getTo()),
                    book.institution()));
            return Optional.of(Refusal.NOT_RECEIVER.rejection());
        }
        Optional<Rejection> early = StatusRules.order(book, thing.last());
        if (early.isPresent()) {
            return early;
        }
        Arrival arrival = arrivals.computeIfAbsent(shipment.getId(), key -> new Arrival(shipment));
        Name name = new Name(thing.productId(), thing.id());
        arrival.names.add(name);
        arrival.parents.put(name, parent);
        return Optional.empty();
    }

    /** More of a sender's goods than it sent is OVER; goods of which no shipment tells are NO_DATA. */
    private static void strays(DrugBook book, Map<Name, Optional<Thing>> strays, Collection<Arrival> arrivals) {
        strays.forEach((name, stray) -> {
            if (stray.isEmpty()) {
                book.signal(Finding.of(DrugExceptionKind.DRUG_NO_DATA, name.id(), ByteString.EMPTY));
                return;
            }
            Thing thing = stray.get();
            String custodian = thing.place().custodian();
            if (custodian.equals(book.institution())) {
                again(book, thing, arrivals);
                return;
            }
            boolean over = arrivals.stream()
                    .anyMatch(arrival -> arrival.shipment.getFrom().equals(custodian));
            book.signal(
                    over
                            ? over(thing, custodian)
                            : thing.finding(
                                    book, DrugExceptionKind.DRUG_NO_DATA, List.of(custodian), book.institution()));
        });
    }

    /**
     * Something that is here came once more: scanned again it came by the same shipment, or alone. Beside what others sent it
     * is a second one of its name.
     */
    private static void again(DrugBook book, Thing thing, Collection<Arrival> arrivals) {
        List<DrugShipmentState> shipments =
                arrivals.stream().map(arrival -> arrival.shipment).toList();
        boolean scannedAgain = thing.path().get().stream().anyMatch(step -> shipments.stream()
                .anyMatch(shipment -> shipment.getId().equals(step.getObject())));
        if (!shipments.isEmpty() && !scannedAgain) {
            List<String> senders = shipments.stream()
                    .map(DrugShipmentState::getFrom)
                    .distinct()
                    .toList();
            book.signal(thing.finding(
                    book, DrugExceptionKind.DRUG_TWO_PLACES, senders, senders.size() == 1 ? senders.get(0) : ""));
        }
    }

    /** Its sender is known by the rest of what came, whoever is on the path of this one. */
    private static Finding over(Thing thing, String sender) {
        return new Finding(DrugExceptionKind.DRUG_OVER, thing.id(), thing.productId(), List.of(sender), sender);
    }

    private static Optional<Rejection> close(DrugBook book, Arrival arrival) {
        DrugShipmentState shipment = arrival.shipment;
        Set<Name> missing = new LinkedHashSet<>();
        if (shipment.getReceivedMillis() == 0) {
            boolean inner = namesInside(arrival);
            if (inner) {
                arrival.names.removeIf(name -> standsInAnother(book, arrival, name));
                inner = namesInside(arrival);
            }
            for (ByteString id : shipment.getContainersList()) {
                Optional<Rejection> refusal = shippedContainer(book, arrival, id, inner, missing);
                if (refusal.isPresent()) {
                    return refusal;
                }
            }
            for (DrugItemSet set : shipment.getItemsList()) {
                for (ByteString id : ItemIds.list(set.getIds())) {
                    Optional<DrugItemState> sent = book.item(set.getProductId(), id);
                    if (sent.isEmpty()) {
                        return Optional.of(Refusal.NOT_COMMISSIONED.rejection());
                    }
                    shippedItem(book, arrival, sent.get(), missing);
                }
            }
        }
        // it stands deeper in what came, or in something that is missing
        if (!arrival.names.isEmpty()) {
            return Optional.of(Refusal.RECEIVE_DEPTH.rejection());
        }
        if (missing.size() > MAX_MISSING) {
            return Optional.of(Refusal.TOO_MANY_AT_ONCE.rejection());
        }
        for (Name name : missing) {
            String sender = shipment.getFrom();
            book.signal(
                    new Finding(DrugExceptionKind.DRUG_SHORT, name.id(), name.productId(), List.of(sender), sender));
        }
        book.put(
                DrugKeys.shipment(shipment.getId()),
                shipment.toBuilder()
                        .setReceivedMillis(book.call().timeMillis())
                        .setVersion(shipment.getVersion() + 1)
                        .build());
        ExceptionRules.settle(
                book,
                book.institution(),
                DrugExceptionKind.DRUG_NO_PRODUCT,
                ByteString.EMPTY,
                shipment.getId(),
                RECEIVED_LATER);
        book.notice(EventType.DRUG_RECEIVED, List.of(shipment.getFrom(), shipment.getTo()), shipment.getId());
        book.made(shipment.getId());
        return Optional.empty();
    }

    /** Whether anything came by itself that was sent within a container; most receipts name what was sent. */
    private static boolean namesInside(Arrival arrival) {
        Set<Name> sent = new LinkedHashSet<>();
        arrival.shipment.getContainersList().forEach(id -> sent.add(Name.of(id)));
        arrival.shipment.getItemsList().forEach(set -> ItemIds.list(set.getIds())
                .forEach(id -> sent.add(new Name(set.getProductId(), id))));
        return !sent.containsAll(arrival.names);
    }

    /** What stands in something that came by its own name came with it. */
    private static boolean standsInAnother(DrugBook book, Arrival arrival, Name name) {
        ByteString at = arrival.parents.getOrDefault(name, ByteString.EMPTY);
        while (!at.isEmpty()) {
            if (arrival.names.contains(Name.of(at))) {
                return true;
            }
            at = book.container(at).orElseThrow().getParent();
        }
        return false;
    }

    private static void shippedItem(DrugBook book, Arrival arrival, DrugItemState item, Set<Name> missing) {
        Name name = new Name(item.getProductId(), item.getId());
        if (arrival.names.remove(name)) {
            book.put(item.toBuilder()
                    .clearShipmentId()
                    .setCustodian(book.institution())
                    .addHistory(received(book, arrival.shipment.getId()))
                    .build());
        } else {
            miss(book, item);
            missing.add(name);
        }
    }

    /** A container that was sent: it came whole, or some of what stands in it was named, or it did not come. */
    private static Optional<Rejection> shippedContainer(
            DrugBook book, Arrival arrival, ByteString id, boolean inner, Set<Name> missing) {
        DrugContainerState container = book.container(id).orElseThrow();
        boolean whole = arrival.names.remove(Name.of(id));
        boolean part = inner && inside(book, id).anyMatch(arrival.names::contains);
        if (!whole && !part) {
            miss(book, container);
            missing.add(Name.of(id));
            return Optional.empty();
        }
        if (part) {
            Optional<Rejection> refusal = missInside(book, arrival, book.contents(id), missing);
            if (refusal.isPresent()) {
                return refusal;
            }
            Containers.settle(book);
            container = book.container(id).orElseThrow();
        }
        // what was sent can always be received: its sending left room in its path for that
        book.put(container.toBuilder()
                .clearShipmentId()
                .setCustodian(book.institution())
                .addHistory(received(book, arrival.shipment.getId()))
                .build());
        return Optional.empty();
    }

    private static Stream<Name> inside(DrugBook book, ByteString containerId) {
        DrugContentsState contents = book.contents(containerId);
        contents.getItemsList().forEach(set -> book.work().look(set.getIds().size()));
        return Stream.concat(
                contents.getContainersList().stream().map(Name::of),
                contents.getItemsList().stream().flatMap(set -> ItemIds.list(set.getIds()).stream()
                        .map(id -> new Name(set.getProductId(), id))));
    }

    private static Optional<Rejection> missInside(
            DrugBook book, Arrival arrival, DrugContentsState contents, Set<Name> missing) {
        for (ByteString child : contents.getContainersList()) {
            if (!arrival.names.remove(Name.of(child))) {
                DrugContainerState out = Containers.takeOut(
                                book, book.container(child).orElseThrow())
                        .build();
                miss(book, out);
                missing.add(Name.of(child));
            }
        }
        for (DrugItemSet set : contents.getItemsList()) {
            for (ByteString id : ItemIds.list(set.getIds())) {
                Name name = new Name(set.getProductId(), id);
                if (!arrival.names.remove(name)) {
                    if (missing.size() > MAX_MISSING) {
                        return Optional.of(Refusal.TOO_MANY_AT_ONCE.rejection());
                    }
                    Packs.Pack pack = Packs.find(book, set, id).orElseThrow();
                    miss(book, Containers.takeOut(book, pack.item()).build());
                    missing.add(name);
                }
            }
        }
        return Optional.empty();
    }

    private static void miss(DrugBook book, DrugContainerState container) {
        book.put(container.toBuilder()
                .setMissing(true)
                .addHistory(book.step(MISSING).setObject(container.getShipmentId()))
                .build());
    }

    private static void miss(DrugBook book, DrugItemState item) {
        book.put(item.toBuilder()
                .setStatus(DrugStatus.DRUG_MISSING)
                .addHistory(book.step(MISSING).setObject(item.getShipmentId()).setBefore(item.getStatus()))
                .build());
    }

    private static void late(DrugBook book, Arrival arrival, Name name) {
        arrival.names.remove(name);
        ExceptionRules.settle(
                book, book.institution(), DrugExceptionKind.DRUG_SHORT, name.productId(), name.id(), RECEIVED_LATER);
    }

    /** Data without product: nothing came of a shipment. */
    private static Optional<Rejection> nothing(DrugBook book, ByteString shipmentId) {
        Optional<DrugShipmentState> found =
                book.shipment(shipmentId).filter(shipment -> shipment.getTo().equals(book.institution()));
        if (found.isEmpty()) {
            return Optional.of(Refusal.SHIPMENT_UNKNOWN.rejection());
        }
        if (found.get().getReceivedMillis() != 0 || found.get().getReturnedMillis() != 0) {
            return Optional.of(Refusal.ALREADY_RECEIVED.rejection());
        }
        String sender = found.get().getFrom();
        book.signal(
                new Finding(DrugExceptionKind.DRUG_NO_PRODUCT, shipmentId, ByteString.EMPTY, List.of(sender), sender));
        return Optional.empty();
    }

    private static DrugStep received(DrugBook book, ByteString shipmentId) {
        return book.step("receive").setObject(shipmentId).build();
    }
}
