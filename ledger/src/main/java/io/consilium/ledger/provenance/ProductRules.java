package io.consilium.ledger.provenance;

import io.consilium.ledger.block.EventType;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.DrugProductAdd;
import io.consilium.proto.DrugProductState;
import java.util.List;
import java.util.Optional;

/** Products: the manufacturer's, known by a blinded id; what is sealed in them says which (DRU-2, DRU-9). */
final class ProductRules {
    private ProductRules() {}

    static Optional<Rejection> add(DrugBook book, DrugProductAdd add) {
        Optional<Rejection> refusal = Traders.manufacturer(book.call(), "DRU-2");
        if (refusal.isPresent()) {
            return refusal;
        }
        if (!add.getProductId().equals(DrugBlinding.bound(book.institution(), add.getSeed()))) {
            return Optional.of(Refusal.ID_FOREIGN.rejection("a product's"));
        }
        if (book.product(add.getProductId()).isPresent()) {
            return Optional.of(Refusal.PRODUCT_EXISTS.rejection());
        }
        book.put(
                DrugKeys.product(add.getProductId()),
                DrugProductState.newBuilder()
                        .setId(add.getProductId())
                        .setOwner(book.institution())
                        .setSealedMetadata(add.getSealedMetadata())
                        .setAddedMillis(book.call().timeMillis())
                        .setVersion(1)
                        .build());
        book.index(LedgerIndexes.of(
                LedgerIndexes.INSTITUTION_PRODUCTS,
                book.institution(),
                book.call().timeMillis(),
                add.getProductId()));
        book.notice(EventType.DRUG_PRODUCT_ADDED, List.of(book.institution()), add.getProductId());
        book.made(add.getProductId());
        return Optional.empty();
    }
}
