package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import io.consilium.ledger.tx.ActorName;
import io.consilium.proto.DrugContainerState;
import io.consilium.proto.DrugExceptionState;
import io.consilium.proto.DrugItemSet;
import io.consilium.proto.DrugItemState;
import io.consilium.proto.DrugShipmentState;
import io.consilium.proto.DrugStatus;
import io.consilium.proto.DrugStep;

/**
 * Goods that were sent and are not going to come, for they never left or were lost on their way: once that is settled they
 * are their sender's again, who answers for them (DRU-4).
 */
final class Undelivered {
    static final String STEP = "not-received";

    private Undelivered() {}

    /**
     * What the end of an exception does to the goods that it is about.
     *
     * @param confirmed their sender or the regulator says that they are there: else they stay missing until their sender
     *     receives them, for what only another says of them frees nothing
     */
    static void settled(DrugBook book, DrugExceptionState exception, boolean confirmed) {
        boolean lost = !confirmed;
        switch (exception.getKind()) {
            case DRUG_NO_PRODUCT ->
                book.shipment(exception.getObject())
                        .filter(shipment -> shipment.getReceivedMillis() == 0 && shipment.getReturnedMillis() == 0)
                        .ifPresent(shipment -> all(book, shipment, lost));
            case DRUG_SHORT -> missing(book, exception, lost);
            default -> {
                // says nothing of who has the goods
            }
        }
    }

    private static void all(DrugBook book, DrugShipmentState shipment, boolean lost) {
        for (ByteString id : shipment.getContainersList()) {
            back(book, book.container(id).orElseThrow(), shipment, lost);
        }
        for (DrugItemSet set : shipment.getItemsList()) {
            for (ByteString id : ItemIds.list(set.getIds())) {
                DrugItemState item = book.item(set.getProductId(), id).orElseThrow();
                DrugStep.Builder step = step(book, shipment);
                back(
                        book,
                        item,
                        lost ? DrugStatus.DRUG_MISSING : item.getStatus(),
                        shipment,
                        lost ? step.setBefore(item.getStatus()) : step);
            }
        }
        book.put(
                DrugKeys.shipment(shipment.getId()),
                shipment.toBuilder()
                        .setReturnedMillis(book.call().timeMillis())
                        .setVersion(shipment.getVersion() + 1)
                        .build());
    }

    /** One thing that its receiver missed and misses still. */
    private static void missing(DrugBook book, DrugExceptionState exception, boolean lost) {
        String receiver = ActorName.institutionOf(exception.getReporter());
        if (exception.getProductId().isEmpty()) {
            book.container(exception.getObject())
                    .filter(DrugContainerState::getMissing)
                    .ifPresent(container -> book.shipment(container.getShipmentId())
                            .filter(shipment -> shipment.getTo().equals(receiver))
                            .ifPresent(shipment -> back(book, container, shipment, lost)));
        } else {
            book.item(exception.getProductId(), exception.getObject())
                    .filter(item -> item.getStatus() == DrugStatus.DRUG_MISSING)
                    .ifPresent(item -> book.shipment(item.getShipmentId())
                            .filter(shipment -> shipment.getTo().equals(receiver))
                            .ifPresent(shipment -> back(
                                    book,
                                    item,
                                    lost ? DrugStatus.DRUG_MISSING : Recovery.beforeMissing(item),
                                    shipment,
                                    step(book, shipment))));
        }
    }

    private static void back(DrugBook book, DrugContainerState container, DrugShipmentState shipment, boolean lost) {
        book.put(container.toBuilder()
                .setMissing(lost)
                .clearShipmentId()
                .setCustodian(shipment.getFrom())
                .addHistory(step(book, shipment))
                .build());
    }

    private static void back(
            DrugBook book, DrugItemState item, DrugStatus status, DrugShipmentState shipment, DrugStep.Builder step) {
        book.put(item.toBuilder()
                .setStatus(status)
                .clearShipmentId()
                .setCustodian(shipment.getFrom())
                .addHistory(step)
                .build());
    }

    private static DrugStep.Builder step(DrugBook book, DrugShipmentState shipment) {
        return book.step(STEP).setObject(shipment.getId());
    }
}
