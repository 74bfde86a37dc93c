package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.DrugExceptionKind;
import io.consilium.proto.DrugShipmentState;
import java.util.List;
import java.util.Optional;

/** Only who holds goods acts on them; goods that show up in two places, or without a hand-over, are a signal (DRU-8). */
final class Holding {
    private Holding() {}

    static Optional<Rejection> refusal(DrugBook book, ByteString object, ByteString productId, Containers.Place place) {
        if (place.underWay()) {
            DrugShipmentState shipment = book.shipment(place.shipmentId()).orElseThrow();
            if (shipment.getTo().equals(book.institution())) {
                return Optional.of(Refusal.NOT_RECEIVED.rejection());
            }
            if (shipment.getFrom().equals(book.institution())) {
                return Optional.of(Refusal.UNDER_WAY.rejection());
            }
            book.signal(
                    DrugExceptionKind.DRUG_CUSTODY_GAP,
                    object,
                    productId,
                    List.of(shipment.getFrom(), shipment.getTo()));
            return Optional.of(Refusal.HELD_ELSEWHERE.rejection());
        }
        if (place.custodian().equals(book.institution())) {
            return Optional.empty();
        }
        book.signal(DrugExceptionKind.DRUG_TWO_PLACES, object, productId, List.of(place.custodian()));
        return Optional.of(Refusal.HELD_ELSEWHERE.rejection());
    }
}
