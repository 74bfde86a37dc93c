package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugProductState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The serials that a transaction commissions, held against those that their product has (DRU-2). A document that commissions
 * pack by pack reads its product once, not once a pack.
 */
final class NewSerials {
    private final Map<ByteString, List<ByteString>> planned = new LinkedHashMap<>();
    private final Map<ByteString, Set<ByteString>> taken = new LinkedHashMap<>();

    NewSerials(List<DrugAction> acts) {
        for (DrugAction act : acts) {
            if (act.hasCommission()) {
                planned.computeIfAbsent(act.getCommission().getProductId(), id -> new ArrayList<>())
                        .add(act.getCommission().getIds());
            }
        }
    }

    /** A serial of these that the product has, or that was given out a moment ago; the others are given out now. */
    Optional<ByteString> duplicate(DrugBook book, DrugProductState product, ByteString ids) {
        List<ByteString> rows = planned.getOrDefault(product.getId(), List.of());
        if (rows.size() == 1) {
            SerialSet serials = new SerialSet(ItemIds.sorted(ids));
            return serials.repeated().or(() -> first(book, product, serials));
        }
        Set<ByteString> known = taken.computeIfAbsent(
                product.getId(), id -> all(book, product, new SerialSet(ItemIds.sorted(ByteString.copyFrom(rows)))));
        for (ByteString id : ItemIds.list(ids)) {
            if (!known.add(id)) {
                return Optional.of(id);
            }
        }
        return Optional.empty();
    }

    private static Optional<ByteString> first(DrugBook book, DrugProductState product, SerialSet serials) {
        for (ByteString lotId : product.getLotsList()) {
            int segments = book.lot(lotId).orElseThrow().getSegments();
            for (int number = 0; number < segments; number++) {
                Optional<ByteString> duplicate =
                        serials.firstIn(book.compared(lotId, number).getIds());
                if (duplicate.isPresent()) {
                    return duplicate;
                }
            }
        }
        return Optional.empty();
    }

    private static Set<ByteString> all(DrugBook book, DrugProductState product, SerialSet serials) {
        Set<ByteString> all = new LinkedHashSet<>();
        for (ByteString lotId : product.getLotsList()) {
            int segments = book.lot(lotId).orElseThrow().getSegments();
            for (int number = 0; number < segments; number++) {
                all.addAll(
                        serials.allIn(ItemIds.row(book.compared(lotId, number).getIds())));
            }
        }
        return all;
    }
}
