package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.EventType;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.DrugContainerState;
import io.consilium.proto.DrugExceptionKind;
import io.consilium.proto.DrugItemState;
import io.consilium.proto.DrugShipmentState;
import io.consilium.proto.DrugStatus;
import io.consilium.proto.DrugStep;
import java.util.List;
import java.util.Optional;

/** Goods that did not come where they were sent, and are with their sender again, who receives them (DRU-4). */
final class Recovery {
    private static final String SETTLED = "back-with-sender";

    private Recovery() {}

    /** Whether who acts has sent goods that are missing, be they settled as such or not. */
    static boolean isBySender(DrugBook book, boolean missing, Containers.Place place) {
        String sender = place.underWay()
                ? book.shipment(place.shipmentId()).orElseThrow().getFrom()
                : place.custodian();
        return missing && sender.equals(book.institution());
    }

    static Optional<Rejection> receive(DrugBook book, DrugContainerState container, Containers.Place place) {
        return StatusRules.order(book, container).or(() -> {
            book.put(container.toBuilder()
                    .setMissing(false)
                    .clearShipmentId()
                    .setCustodian(book.institution())
                    .addHistory(received(book, container.getHistoryList()))
                    .build());
            return isBack(book, ByteString.EMPTY, container.getId(), place);
        });
    }

    static Optional<Rejection> receive(DrugBook book, DrugItemState item, Containers.Place place) {
        return StatusRules.order(book, item).or(() -> {
            book.put(item.toBuilder()
                    .setStatus(beforeMissing(item))
                    .clearShipmentId()
                    .setCustodian(book.institution())
                    .addHistory(received(book, item.getHistoryList()))
                    .build());
            return isBack(book, item.getProductId(), item.getId(), place);
        });
    }

    /** By the shipment that it did not come by. */
    private static DrugStep received(DrugBook book, List<DrugStep> history) {
        DrugStep last = DrugPath.lastHandling(history);
        return book.step("receive").setObject(last.getObject()).build();
    }

    private static Optional<Rejection> isBack(
            DrugBook book, ByteString productId, ByteString id, Containers.Place place) {
        book.shipment(place.shipmentId())
                .map(DrugShipmentState::getTo)
                .ifPresent(missedBy ->
                        ExceptionRules.settle(book, missedBy, DrugExceptionKind.DRUG_SHORT, productId, id, SETTLED));
        book.notice(EventType.DRUG_RECEIVED, List.of(book.institution()), id);
        book.made(id);
        return Optional.empty();
    }

    /** A recall may have come after it was missed, or lost with all that was sent with it. */
    static DrugStatus beforeMissing(DrugItemState item) {
        for (int i = item.getHistoryCount() - 1; i >= 0; i--) {
            DrugStep step = item.getHistory(i);
            boolean lost =
                    step.getType().equals(Undelivered.STEP) && step.getBefore() != DrugStatus.DRUG_STATUS_UNSPECIFIED;
            if (step.getType().equals(ReceiveRules.MISSING) || lost) {
                return step.getBefore();
            }
        }
        return DrugStatus.DRUG_ACTIVE;
    }
}
