package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import io.consilium.proto.DrugContainerState;
import io.consilium.proto.DrugExceptionKind;
import io.consilium.proto.DrugItemState;
import io.consilium.proto.DrugProductState;
import io.consilium.proto.DrugStep;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A pack or container that somebody acts on, and who may hear of it.
 *
 * @param maker the manufacturer of a pack, the packer of a container
 * @param last what happened to it last by itself, without what others said of it
 * @param path the steps from its origin to now
 */
record Thing(
        ByteString id,
        ByteString productId,
        String maker,
        Containers.Place place,
        DrugStep last,
        Supplier<List<DrugStep>> path) {
    static Thing of(DrugBook book, DrugItemState item) {
        return new Thing(
                item.getId(),
                item.getProductId(),
                book.product(item.getProductId())
                        .map(DrugProductState::getOwner)
                        .orElse(""),
                Containers.place(book, item),
                DrugPath.lastFor(book.institution(), item.getHistoryList()),
                () -> DrugPath.of(book, item));
    }

    static Thing of(DrugBook book, DrugContainerState container) {
        return new Thing(
                container.getId(),
                ByteString.EMPTY,
                container.getPacker(),
                Containers.place(book, container),
                DrugPath.lastFor(book.institution(), container.getHistoryList()),
                () -> DrugPath.of(book, container));
    }

    /**
     * Something that is wrong with it. Who is not on its path, and is not its maker or the regulator, does not learn by an
     * exception who has it: the maker hears of it and finds the others (DRU-9).
     */
    Finding finding(DrugBook book, DrugExceptionKind kind, List<String> others, String cause) {
        String own = book.institution();
        List<String> parties = new ArrayList<>(maker.isEmpty() ? List.of() : List.of(maker));
        if (maker.equals(own)
                || Traders.isRegulator(book.call())
                || DrugPath.parties(book, path.get()).contains(own)) {
            others.stream().filter(other -> !other.isEmpty()).forEach(parties::add);
        }
        return new Finding(kind, id, productId, parties, cause);
    }
}
