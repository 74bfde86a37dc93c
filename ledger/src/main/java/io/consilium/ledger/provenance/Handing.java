package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.DrugContainerState;
import io.consilium.proto.DrugItemState;
import io.consilium.proto.DrugLotState;
import io.consilium.proto.DrugProductState;
import io.consilium.proto.DrugStatus;
import java.util.Optional;

/** Whether goods may be handed on: not expired, recalled, quarantined, suspect or illegitimate at block time (DRU-5). */
final class Handing {
    private Handing() {}

    static Optional<Rejection> refusal(DrugBook book, DrugItemState item) {
        DrugStatus status = item.getStatus();
        if (status != DrugStatus.DRUG_ACTIVE && status != DrugStatus.DRUG_PARTIALLY_DISPENSED) {
            return Optional.of(Packs.refusalOf(status).rejection());
        }
        Optional<Rejection> lost = Containers.lost(book, item.getParent());
        if (lost.isPresent()) {
            return lost;
        }
        return item.getRecallId().isEmpty() ? ofLot(book, item.getLotId()) : Optional.of(Refusal.RECALLED.rejection());
    }

    static Optional<Rejection> refusal(DrugBook book, DrugContainerState container) {
        for (ByteString lot : container.getLotsList()) {
            Optional<Rejection> refusal = ofLot(book, lot);
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        return container.getBlocked() == 0 ? Optional.empty() : Optional.of(Refusal.CONTENT_BLOCKED.rejection());
    }

    private static Optional<Rejection> ofLot(DrugBook book, ByteString lotId) {
        DrugLotState lot = book.lot(lotId).orElseThrow();
        DrugProductState product = book.product(lot.getProductId()).orElseThrow();
        if (!lot.getRecallId().isEmpty() || !product.getRecallId().isEmpty()) {
            return Optional.of(Refusal.RECALLED.rejection());
        }
        return lot.getExpiryMillis() <= book.call().timeMillis()
                ? Optional.of(Refusal.EXPIRED.rejection())
                : Optional.empty();
    }
}
