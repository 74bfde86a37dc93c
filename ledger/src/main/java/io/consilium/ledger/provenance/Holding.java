package io.consilium.ledger.provenance;

import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.DrugExceptionKind;
import io.consilium.proto.DrugShipmentState;
import java.util.List;
import java.util.Optional;

/** Only who holds goods acts on them; goods that show up in two places, or without a hand-over, are a signal (DRU-8). */
final class Holding {
    private Holding() {}

    /** Refuses who does not hold a thing and yet does what only a holder can do; that is a finding. */
    static Optional<Rejection> refusal(DrugBook book, Thing thing) {
        Optional<Rejection> refusal = notHeld(book, thing);
        if (refusal.isPresent() && refusal.get().refusal() == Refusal.HELD_ELSEWHERE) {
            Containers.Place place = thing.place();
            if (place.underWay()) {
                DrugShipmentState shipment = book.shipment(place.shipmentId()).orElseThrow();
                book.signal(thing.finding(
                        book,
                        DrugExceptionKind.DRUG_CUSTODY_GAP,
                        List.of(shipment.getFrom(), shipment.getTo()),
                        book.institution()));
            } else {
                book.signal(thing.finding(
                        book, DrugExceptionKind.DRUG_TWO_PLACES, List.of(place.custodian()), book.institution()));
            }
        }
        return refusal;
    }

    /** The same for what needs no goods in hand, such as a word about them: a stranger's is refused, and that is all. */
    static Optional<Rejection> notHeld(DrugBook book, Thing thing) {
        Containers.Place place = thing.place();
        if (place.underWay()) {
            DrugShipmentState shipment = book.shipment(place.shipmentId()).orElseThrow();
            if (shipment.getTo().equals(book.institution())) {
                return Optional.of(Refusal.NOT_RECEIVED.rejection());
            }
            return Optional.of(
                    shipment.getFrom().equals(book.institution())
                            ? Refusal.UNDER_WAY.rejection()
                            : Refusal.HELD_ELSEWHERE.rejection());
        }
        return place.custodian().equals(book.institution())
                ? Optional.empty()
                : Optional.of(Refusal.HELD_ELSEWHERE.rejection());
    }
}
