package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.EventType;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.identity.Signatories;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.DrugContainerState;
import io.consilium.proto.DrugExceptionKind;
import io.consilium.proto.DrugItemSet;
import io.consilium.proto.DrugItemState;
import io.consilium.proto.DrugLotState;
import io.consilium.proto.DrugShip;
import io.consilium.proto.DrugShipmentState;
import io.consilium.proto.DrugStatus;
import io.consilium.proto.DrugStep;
import io.consilium.proto.InstitutionState;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Shipping names the receiver; a pallet goes with one write, whatever stands on it (DRU-3, DRU-4). */
final class ShipRules {
    private static final String RULE = "DRU-4";

    private ShipRules() {}

    static Optional<Rejection> ship(DrugBook book, DrugShip ship) {
        Optional<Rejection> refusal = Traders.handler(book.call(), RULE).or(() -> receiver(book, ship));
        if (refusal.isPresent()) {
            return refusal;
        }
        if (book.shipment(ship.getShipmentId()).isPresent()) {
            return Optional.of(Refusal.SHIPMENT_EXISTS.rejection());
        }
        DrugStep step = book.step(ship.getReturnGoods() ? "return" : "ship")
                .setTo(ship.getTo())
                .setObject(ship.getShipmentId())
                .build();
        // before the goods, so that those which it names twice are found to be under way
        long time = book.call().timeMillis();
        book.put(
                DrugKeys.shipment(ship.getShipmentId()),
                DrugShipmentState.newBuilder()
                        .setId(ship.getShipmentId())
                        .setFrom(book.institution())
                        .setTo(ship.getTo())
                        .setReturnGoods(ship.getReturnGoods())
                        .addAllItems(ship.getItemsList())
                        .addAllContainers(ship.getContainersList())
                        .setSentMillis(time)
                        .setVersion(1)
                        .build());
        refusal = containers(book, ship, step).or(() -> items(book, ship, step));
        if (refusal.isPresent()) {
            return refusal;
        }
        for (String party : List.of(book.institution(), ship.getTo())) {
            book.index(LedgerIndexes.of(LedgerIndexes.INSTITUTION_SHIPMENTS, party, time, ship.getShipmentId()));
        }
        book.notice(EventType.DRUG_SHIPPED, List.of(book.institution(), ship.getTo()), ship.getShipmentId());
        book.made(ship.getShipmentId());
        return Optional.empty();
    }

    private static Optional<Rejection> receiver(DrugBook book, DrugShip ship) {
        Optional<InstitutionState> to = book.call().state().institution(ship.getTo());
        if (to.isEmpty()) {
            return Optional.of(Refusal.INSTITUTION_UNKNOWN.under(RULE, ship.getTo()));
        }
        if (!Signatories.isActive(to.get())) {
            return Optional.of(Refusal.INSTITUTION_INACTIVE.under(RULE, ship.getTo()));
        }
        return Traders.mayHold(to.get()) && !ship.getTo().equals(book.institution())
                ? Optional.empty()
                : Optional.of(Refusal.INSTITUTION_ROLE.under(
                        RULE, "goods go to another MANUFACTURER, WHOLESALER, PHARMACY or PROVIDER"));
    }

    private static Optional<Rejection> containers(DrugBook book, DrugShip ship, DrugStep step) {
        // before any is taken out of another, so that the order of their ids says nothing
        if (namesTwice(book, ship.getContainersList())) {
            return Optional.of(Refusal.UNDER_WAY.rejection());
        }
        for (ByteString id : ship.getContainersList()) {
            Optional<DrugContainerState> found = book.container(id);
            if (found.isEmpty()) {
                return Optional.of(Refusal.CONTAINER_UNKNOWN.rejection());
            }
            Optional<Rejection> refusal = Holding.refusal(book, Thing.of(book, found.get()))
                    .or(() -> StatusRules.twice(book, found.get()))
                    .or(() -> Containers.lost(book, id))
                    .or(() -> ship.getReturnGoods()
                            ? Returns.refusal(book, found.get(), ship.getTo())
                            : Handing.refusal(book, found.get()))
                    .or(() -> StatusRules.order(book, found.get()));
            if (refusal.isPresent()) {
                return refusal;
            }
            Optional<DrugContainerState.Builder> sent = Containers.with(Containers.takeOut(book, found.get()), step);
            if (sent.isEmpty()) {
                return Optional.of(Refusal.HISTORY_LIMIT.rejection());
            }
            book.put(sent.get().setShipmentId(ship.getShipmentId()).build());
            found.get().getLotsList().forEach(lot -> holds(book, lot, ship.getTo()));
        }
        return Optional.empty();
    }

    /** A patient has a part of it: the rest is no pack to trade in. */
    private static Optional<Rejection> opened(DrugItemState item) {
        return item.getStatus() == DrugStatus.DRUG_PARTIALLY_DISPENSED
                ? Optional.of(Refusal.PACK_OPENED.rejection())
                : Optional.empty();
    }

    /** Whom any of a lot is sent to hears of its recall from then on, under way too (DRU-6). */
    private static void holds(DrugBook book, ByteString lotId, String institution) {
        DrugLotState lot = book.lot(lotId).orElseThrow();
        if (!lot.getHoldersList().contains(institution)) {
            TreeSet<String> holders = new TreeSet<>(lot.getHoldersList());
            holders.add(institution);
            book.put(
                    DrugKeys.lot(lotId),
                    lot.toBuilder()
                            .clearHolders()
                            .addAllHolders(holders)
                            .setVersion(lot.getVersion() + 1)
                            .build());
        }
    }

    /** Whether one of the containers stands in another of them, however deep; of who holds them, for others learn nothing. */
    private static boolean namesTwice(DrugBook book, List<ByteString> containers) {
        Set<ByteString> named = new LinkedHashSet<>(containers);
        return containers.stream()
                .flatMap(id -> book.container(id).stream())
                .filter(container ->
                        Holding.notHeld(book, Thing.of(book, container)).isEmpty())
                .anyMatch(container -> Containers.around(book, container).anyMatch(named::contains));
    }

    private static Optional<Rejection> items(DrugBook book, DrugShip ship, DrugStep step) {
        for (DrugItemSet set : ship.getItemsList()) {
            for (ByteString id : ItemIds.list(set.getIds())) {
                Optional<Packs.Pack> pack = Packs.find(book, set, id);
                if (pack.isEmpty()) {
                    book.signal(Finding.of(DrugExceptionKind.DRUG_UNKNOWN_SERIAL, id, set.getProductId()));
                    return Optional.of(Refusal.NOT_COMMISSIONED.rejection());
                }
                Optional<Rejection> refusal = item(book, ship, pack.get().item(), step);
                if (refusal.isPresent()) {
                    return refusal;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Rejection> item(DrugBook book, DrugShip ship, DrugItemState item, DrugStep step) {
        Optional<Rejection> refusal = StatusRules.twice(book, item).or(() -> Holding.refusal(book, Thing.of(book, item))
                .or(() -> ship.getReturnGoods()
                        ? Returns.refusal(book, item, ship.getTo())
                        : opened(item).or(() -> Handing.refusal(book, item)))
                .or(() -> item.getStatus() == DrugStatus.DRUG_MISSING
                        ? Optional.of(Refusal.MISSING_IN_TRANSIT.rejection())
                        : Containers.lost(book, item.getParent()))
                .or(() -> StatusRules.order(book, item)));
        if (refusal.isPresent()) {
            return refusal;
        }
        DrugItemState out = Containers.takeOut(book, item).build();
        Optional<DrugItemState.Builder> sent = Packs.with(out, step);
        if (sent.isEmpty()) {
            return Optional.of(Refusal.HISTORY_LIMIT.rejection());
        }
        book.put(sent.get().setShipmentId(ship.getShipmentId()).build());
        holds(book, item.getLotId(), ship.getTo());
        return Optional.empty();
    }
}
