package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.tx.ActorName;
import java.util.HexFormat;
import java.util.List;

/** The names of what provenance keeps in the state. */
public final class DrugKeys {
    public static final String PREFIX = "drug-";
    public static final String COMPANY = "drug-company/";
    public static final String KEY = "drug-key/";
    public static final String PRODUCT = "drug-product/";
    public static final String LOT = "drug-lot/";
    public static final String ITEM = "drug-item/";
    public static final String CONTAINER = "drug-container/";
    public static final String SHIPMENT = "drug-shipment/";
    public static final String RECALL = "drug-recall/";
    public static final String EXCEPTION = "drug-exception/";
    public static final String EVENT = "drug-event/";
    public static final String DETAILS = "drug-details/";

    private static final String SEGMENT = "drug-segment/";
    private static final String CONTENTS = "drug-contents/";
    private static final String DRAFT = "drug-draft/";

    private DrugKeys() {}

    public static StateKey company(String slug) {
        return StateKey.of(COMPANY + slug);
    }

    public static StateKey request(ByteString id) {
        return of(KEY, id);
    }

    public static StateKey product(ByteString id) {
        return of(PRODUCT, id);
    }

    public static StateKey lot(ByteString id) {
        return of(LOT, id);
    }

    /** A number of up to 1,024 items of a lot. */
    public static StateKey segment(ByteString lotId, int number) {
        return StateKey.of(SEGMENT + hex(lotId) + "/" + number);
    }

    /** An item is one of its product's: another product may have the same id, and is another's. */
    public static StateKey item(ByteString productId, ByteString id) {
        return StateKey.of(ITEM + hex(productId) + "/" + hex(id));
    }

    public static StateKey container(ByteString id) {
        return of(CONTAINER, id);
    }

    public static StateKey contents(ByteString containerId) {
        return of(CONTENTS, containerId);
    }

    public static StateKey shipment(ByteString id) {
        return of(SHIPMENT, id);
    }

    public static StateKey recall(ByteString id) {
        return of(RECALL, id);
    }

    public static StateKey exception(ByteString id) {
        return of(EXCEPTION, id);
    }

    /** An event is one of who captured it: that another has taken its id first hinders nobody. */
    public static StateKey event(String institution, ByteString id) {
        return StateKey.of(EVENT + institution + "/" + hex(id));
    }

    /** A part of what events say, by who captured them. */
    public static StateKey details(String institution, ByteString id, int part) {
        return StateKey.of(DETAILS + institution + "/" + hex(id) + "/" + part);
    }

    /** Of the key of such a part, the key of the first. */
    public static StateKey firstOfDetails(String key) {
        return StateKey.of(key.substring(0, key.lastIndexOf('/') + 1) + "0");
    }

    /** A part of a document that a member has not sent whole. */
    static StateKey draft(String member, int part) {
        return StateKey.of(DRAFT + member + "/" + part);
    }

    /** Whether a text names an object of provenance that can be asked for by itself. */
    public static boolean isKey(String text) {
        if (text.startsWith(COMPANY)) {
            return ActorName.isSlug(text.substring(COMPANY.length()));
        }
        if (text.startsWith(ITEM)) {
            int slash = text.indexOf('/', ITEM.length());
            return slash > 0 && isId(text.substring(ITEM.length(), slash)) && isId(text.substring(slash + 1));
        }
        if (text.startsWith(EVENT)) {
            String[] parts = text.substring(EVENT.length()).split("/", -1);
            return parts.length == 2 && ActorName.isSlug(parts[0]) && isId(parts[1]);
        }
        if (text.startsWith(DETAILS)) {
            String[] parts = text.substring(DETAILS.length()).split("/", -1);
            return parts.length == 3 && ActorName.isSlug(parts[0]) && isId(parts[1]) && parts[2].matches("[0-9]{1,3}");
        }
        for (String prefix : List.of(KEY, PRODUCT, LOT, CONTAINER, SHIPMENT, RECALL, EXCEPTION)) {
            if (text.startsWith(prefix)) {
                return isId(text.substring(prefix.length()));
            }
        }
        return false;
    }

    private static boolean isId(String hex) {
        return hex.length() == 2 * ItemIds.BYTES
                && hex.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f');
    }

    private static StateKey of(String prefix, ByteString id) {
        return StateKey.of(prefix + hex(id));
    }

    private static String hex(ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }
}
