package io.consilium.interop.epcis;

import io.consilium.interop.gs1.Gs1Key;
import io.consilium.interop.gs1.KeyKind;
import io.consilium.interop.gs1.Ndc;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * What a seller of prescription medicine tells the buyer under the United States' Drug Supply Chain Security Act
 * (section 581(26) and (27) of the Federal Food, Drug, and Cosmetic Act).
 *
 * @param documents references such as purchase order and despatch advice, by the CBV's type of transaction
 * @param shipmentDate given where the goods left more than a day after the transaction
 */
public record TransactionInformation(
        List<Product> products,
        Party seller,
        Party buyer,
        LocalDate transactionDate,
        Optional<LocalDate> shipmentDate,
        List<DocumentReference> documents) {
    public TransactionInformation {
        products = List.copyOf(products);
        documents = List.copyOf(documents);
        if (products.isEmpty()) {
            throw new IllegalArgumentException("a transaction is about at least one product");
        }
    }

    /**
     * A product and the packs of it that change hands.
     *
     * @param gtin 14 digits
     * @param containerSize what one pack holds, such as {@code 500 tablets}
     */
    public record Product(
            String gtin,
            Optional<Ndc> ndc,
            String name,
            String strength,
            String dosageForm,
            String containerSize,
            String manufacturer,
            List<Batch> batches) {
        public Product {
            batches = List.copyOf(batches);
            if (new Gs1Key(KeyKind.GTIN, gtin, "").gtin().isEmpty()) {
                throw new IllegalArgumentException("a product is named by its GTIN");
            }
        }

        /** How many packs there are. */
        public int containers() {
            return batches.stream().mapToInt(batch -> batch.serials().size()).sum();
        }
    }

    /** The packs of one lot. */
    public record Batch(String lot, LocalDate expiry, List<String> serials) {
        public Batch {
            serials = List.copyOf(serials);
        }
    }

    /**
     * Seller or buyer.
     *
     * @param gln 13 digits
     * @param country ISO 3166, two letters
     */
    public record Party(
            String gln, String name, String street, String city, String state, String postalCode, String country) {
        /** As events name it. */
        public Gs1Key key() {
            return new Gs1Key(KeyKind.PGLN, gln, "");
        }
    }

    /** @param type such as {@code po} or {@code desadv} */
    public record DocumentReference(String type, String uri) {}
}
