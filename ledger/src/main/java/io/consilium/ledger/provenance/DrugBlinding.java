package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import io.consilium.crypto.Blinding;
import io.consilium.crypto.Hash;
import io.consilium.proto.DrugKeyKind;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * From identifiers to the ids on chain (DRU-9). A company's root gives a key for each of its products and one for its
 * SSCCs; a product's key gives the ids of its packs and lots. Who has a product's key can test serials of that product
 * and nothing else; who has none sees random bytes.
 */
public final class DrugBlinding {
    private static final String PRODUCT_ID = "consilium/drug-product-id/v1";
    private static final String PRODUCT_KEY = "consilium/drug-product-key/v1";
    private static final String LOGISTICS_KEY = "consilium/drug-logistics-key/v1";
    private static final String DETAILS_KEY = "consilium/drug-details-key/v1";
    private static final String ITEM = "consilium/drug-item/v1";
    private static final String LOT = "consilium/drug-lot/v1";
    private static final String CONTAINER = "consilium/drug-container/v1";
    private static final String EVENT = "consilium/drug-event/v1";
    private static final String REQUEST = "consilium/drug-request/v1";
    private static final String BOUND = "consilium/drug-bound-id/v1";
    private static final String GIVEN_MARK = "consilium/drug-given-mark/v1";
    private static final String PLAIN_REQUEST = "consilium/drug-plain-request/v1";
    private static final String KEPT_REQUEST = "consilium/drug-kept-request/v1";

    private DrugBlinding() {}

    /**
     * An id that only this institution can put on chain: another who has seen the seed on its way would need one of its own
     * that comes to the same.
     */
    public static ByteString bound(String institution, ByteString seed) {
        byte[] hash = Hash.tagged(BOUND, (institution + "\n").getBytes(StandardCharsets.US_ASCII), seed.toByteArray())
                .toBytes();
        return ByteString.copyFrom(hash, 0, ItemIds.BYTES);
    }

    public static ByteString productSeed(byte[] productKey) {
        return id(productKey, PRODUCT_ID);
    }

    /** A product, which all who have its key can name. */
    public static ByteString productId(String owner, byte[] productKey) {
        return bound(owner, productSeed(productKey));
    }

    /** The key of a product of the company, by its GTIN of 14 digits. */
    public static byte[] productKey(byte[] root, String gtin) {
        return Blinding.tag(root, PRODUCT_KEY, gtin).toBytes();
    }

    public static byte[] logisticsKey(byte[] root) {
        return Blinding.tag(root, LOGISTICS_KEY).toBytes();
    }

    /** What a company's events say is sealed to an institution that they name with a key that the two share. */
    public static byte[] detailsKey(byte[] root, String institution) {
        return Blinding.tag(root, DETAILS_KEY, institution).toBytes();
    }

    /** A pack of the product, by its serial. */
    public static ByteString itemId(byte[] productKey, String serial) {
        return id(productKey, ITEM, serial);
    }

    public static ByteString lotSeed(byte[] productKey, String lot) {
        return id(productKey, LOT, lot);
    }

    public static ByteString lotId(String owner, byte[] productKey, String lot) {
        return bound(owner, lotSeed(productKey, lot));
    }

    public static ByteString containerSeed(byte[] logisticsKey, String sscc) {
        return id(logisticsKey, CONTAINER, sscc);
    }

    /** A logistic unit, by its SSCC of 18 digits. */
    public static ByteString containerId(String packer, byte[] logisticsKey, String sscc) {
        return bound(packer, containerSeed(logisticsKey, sscc));
    }

    /** An EPCIS event, by its CBV hash id: who has no key cannot test whether a guessed event was taken. */
    public static ByteString eventId(byte[] key, String hashId) {
        return id(key, EVENT, hashId);
    }

    /** A request for a key, which its requester alone can name again; what it is about stays unknown. */
    public static ByteString requestId(byte[] requesterSecret, int kind, String owner, String subject) {
        return id(Hash.tagged(REQUEST, requesterSecret).toBytes(), REQUEST, Integer.toString(kind), owner, subject);
    }

    /** Whether a request for such a key is about nothing secret. */
    public static boolean isPlain(DrugKeyKind kind) {
        return kind == DrugKeyKind.DRUG_KEY_LOGISTICS || kind == DrugKeyKind.DRUG_KEY_DETAILS;
    }

    /** A request that is about nothing secret, so that the owner can name and answer it unasked. */
    public static ByteString plainRequestId(DrugKeyKind kind, String owner, String member, ByteString memberKey) {
        byte[] hash = Hash.tagged(
                        PLAIN_REQUEST,
                        (kind.getNumber() + "\n" + owner + "\n" + member + "\n").getBytes(StandardCharsets.US_ASCII),
                        memberKey.toByteArray())
                .toBytes();
        return ByteString.copyFrom(hash, 0, ItemIds.BYTES);
    }

    /**
     * The id under which a member's request is kept that is about something secret: nobody takes another's place by being
     * quicker with the id that he saw.
     */
    public static ByteString keptRequestId(String requester, int kind, ByteString requestId) {
        byte[] hash = Hash.tagged(
                        KEPT_REQUEST,
                        (requester + "\n" + kind + "\n").getBytes(StandardCharsets.US_ASCII),
                        requestId.toByteArray())
                .toBytes();
        return ByteString.copyFrom(hash, 0, ItemIds.BYTES);
    }

    /**
     * A product's key that its owner gives to a member who has not asked. Which product it is says the envelope alone, so
     * the member tries the numbers from one.
     */
    public static ByteString givenProductRequestId(String owner, String member, ByteString memberKey, int number) {
        byte[] hash = Hash.tagged(
                        REQUEST,
                        (owner + "\n" + member + "\n" + number + "\n").getBytes(StandardCharsets.US_ASCII),
                        memberKey.toByteArray())
                .toBytes();
        return ByteString.copyFrom(hash, 0, ItemIds.BYTES);
    }

    /** By this mark a company knows again which product's key it gave to a member; nobody else can tell. */
    public static ByteString givenMark(byte[] root, String gtin, String member, ByteString memberKey) {
        return id(root, GIVEN_MARK, gtin, member, HexFormat.of().formatHex(memberKey.toByteArray()));
    }

    /** What a company's sealed root is bound to. */
    public static byte[] companyObject(String slug) {
        return Hash.sha256(slug.getBytes(StandardCharsets.UTF_8)).toBytes();
    }

    /** What a sealed subject of a request is for. */
    public static byte[] subjectInfo() {
        return "consilium/seal/drug-subject/v1".getBytes(StandardCharsets.US_ASCII);
    }

    private static ByteString id(byte[] key, String domain, String... fields) {
        return ByteString.copyFrom(Blinding.tag(key, domain, fields).toBytes(), 0, ItemIds.BYTES);
    }
}
