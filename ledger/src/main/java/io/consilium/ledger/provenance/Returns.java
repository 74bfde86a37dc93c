package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import io.consilium.ledger.tx.ActorName;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.DrugContainerState;
import io.consilium.proto.DrugItemState;
import io.consilium.proto.DrugStep;
import java.util.List;
import java.util.Optional;

/**
 * Goods that go back: also those that are stopped, and therefore to their manufacturer or to who sent them, and to nobody
 * else (DRU-5).
 */
final class Returns {
    private Returns() {}

    static Optional<Rejection> refusal(DrugBook book, DrugItemState item, String to) {
        return isOwner(book, item.getProductId(), to) ? Optional.empty() : sent(book, DrugPath.of(book, item), to);
    }

    /** The maker of everything in a container, or who sent it. */
    static Optional<Rejection> refusal(DrugBook book, DrugContainerState container, String to) {
        boolean maker = container.getLotsCount() > 0
                && container.getLotsList().stream()
                        .allMatch(
                                lot -> isOwner(book, book.lot(lot).orElseThrow().getProductId(), to));
        return maker ? Optional.empty() : sent(book, DrugPath.of(book, container), to);
    }

    private static boolean isOwner(DrugBook book, ByteString productId, String institution) {
        return book.product(productId)
                .filter(product -> product.getOwner().equals(institution))
                .isPresent();
    }

    /** Whoever returned it to here did not send it. */
    private static Optional<Rejection> sent(DrugBook book, List<DrugStep> path, String to) {
        boolean sender = path.stream()
                .anyMatch(step -> step.getType().equals("ship")
                        && step.getTo().equals(book.institution())
                        && ActorName.institutionOf(step.getActor()).equals(to));
        return sender ? Optional.empty() : Optional.of(Refusal.RETURN_ELSEWHERE.rejection());
    }
}
