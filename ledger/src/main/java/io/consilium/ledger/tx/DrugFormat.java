package io.consilium.ledger.tx;

import com.google.protobuf.ByteString;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugCommission;
import io.consilium.proto.DrugDocument;
import io.consilium.proto.DrugErrorDeclaration;
import io.consilium.proto.DrugEventDetails;
import io.consilium.proto.DrugExceptionKind;
import io.consilium.proto.DrugItemSet;
import io.consilium.proto.DrugKeyGrant;
import io.consilium.proto.DrugKeyKind;
import io.consilium.proto.DrugKeyRequest;
import io.consilium.proto.DrugPack;
import io.consilium.proto.DrugRecall;
import io.consilium.proto.DrugReport;
import io.consilium.proto.DrugShip;
import io.consilium.proto.DrugStatusChange;
import io.consilium.proto.DrugStatusKind;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The shape of provenance's acts: ids of 16 bytes in rows, each once, and bounds on all of them. */
final class DrugFormat {
    static final int MAX_IDS = 15_000;
    static final int MAX_ACTS = 2_000;
    static final int MAX_PARTS = 8;
    static final int MAX_GIVEN_PRODUCTS = 1_024;
    static final int MAX_CORRECTIVE_EVENTS = 64;
    static final int MAX_DETAILS_PARTS = 16;
    static final int MAX_READERS = 64;
    static final int MAX_AGGREGATIONS = 1_024;
    static final int MAX_SETS = 2_048;
    static final int MAX_CONTAINERS = 4_096;
    static final int MAX_COMPANY_RECIPIENTS = 64;
    static final int MAX_SUBJECT_BYTES = 512;
    static final int MAX_LABEL_BYTES = 512;
    /** A reason that is kept with every pack that it is about. */
    static final int MAX_REASON_BYTES = 2 * 1024;

    static final int MAX_SEALED_BYTES = 8 * 1024;

    private static final int ID = Shape.ID_BYTES;

    private DrugFormat() {}

    static void check(DrugAction action) throws MalformedTransaction {
        if (!action.hasDocument()) {
            act(action, "drug");
            return;
        }
        DrugDocument document = action.getDocument();
        Shape.count(document.getActsCount(), 1, MAX_ACTS, "drug.document.acts");
        parts(document);
        for (int i = 0; i < document.getActsCount(); i++) {
            String path = "drug.document.acts[" + i + "]";
            if (document.getActs(i).hasDocument()) {
                throw MalformedTransaction.at(path, "is not a document itself");
            }
            act(document.getActs(i), path);
        }
    }

    private static void parts(DrugDocument document) throws MalformedTransaction {
        Shape.count(document.getParts(), 0, MAX_PARTS, "drug.document.parts");
        Shape.count(document.getPart(), 0, Math.max(document.getParts(), 1) - 1, "drug.document.part");
        if (document.getParts() > 1) {
            Shape.id(document.getDocumentId(), "drug.document.document_id");
        } else if (!document.getDocumentId().isEmpty()) {
            throw MalformedTransaction.at("drug.document.document_id", "is for a document of several parts");
        }
    }

    private static void act(DrugAction action, String path) throws MalformedTransaction {
        Shape.nonNegative(action.getEventTimeMillis(), path + ".event_time_millis");
        if (!action.getEventId().isEmpty()) {
            Shape.id(action.getEventId(), path + ".event_id");
        }
        switch (action.getActCase()) {
            case COMPANY_KEY -> {
                List<io.consilium.proto.SealedFor> sealed =
                        action.getCompanyKey().getSealedList();
                Shape.count(sealed.size(), 1, MAX_COMPANY_RECIPIENTS, path + ".company_key.sealed");
                Shape.sealed(sealed, MAX_COMPANY_RECIPIENTS, path + ".company_key.sealed");
            }
            case KEY_REQUEST -> request(action.getKeyRequest(), path + ".key_request");
            case KEY_GRANT -> grant(action.getKeyGrant(), path + ".key_grant");
            case PRODUCT_ADD -> {
                Shape.id(action.getProductAdd().getProductId(), path + ".product_add.product_id");
                Shape.id(action.getProductAdd().getSeed(), path + ".product_add.seed");
                Shape.atMost(
                        action.getProductAdd().getSealedMetadata(),
                        MAX_SEALED_BYTES,
                        path + ".product_add.sealed_metadata");
            }
            case COMMISSION -> commission(action.getCommission(), path + ".commission");
            case PACK -> pack(action.getPack(), path + ".pack");
            case UNPACK -> {
                Shape.id(action.getUnpack().getContainerId(), path + ".unpack.container_id");
                goods(action.getUnpack().getItemsList(), action.getUnpack().getContainersList(), path + ".unpack");
                named(
                        action.getUnpack().getEverything() ? 1 : 0,
                        action.getUnpack().getItemsCount(),
                        action.getUnpack().getContainersCount(),
                        path + ".unpack");
            }
            case SHIP -> ship(action.getShip(), path + ".ship");
            case RECEIVE -> {
                goods(action.getReceive().getItemsList(), action.getReceive().getContainersList(), path + ".receive");
                ByteString nothing = action.getReceive().getNothingOf();
                if (!nothing.isEmpty()) {
                    Shape.id(nothing, path + ".receive.nothing_of");
                }
                named(
                        nothing.isEmpty() ? 0 : 1,
                        action.getReceive().getItemsCount(),
                        action.getReceive().getContainersCount(),
                        path + ".receive");
            }
            case STATUS_CHANGE -> status(action.getStatusChange(), path + ".status_change");
            case RECALL -> recall(action.getRecall(), path + ".recall");
            case REPORT -> report(action.getReport(), path + ".report");
            case RESOLVE -> {
                Shape.id(action.getResolve().getExceptionId(), path + ".resolve.exception_id");
                Shape.code(action.getResolve().getResolution(), path + ".resolve.resolution");
                Shape.atMost(action.getResolve().getSealedNote(), MAX_SEALED_BYTES, path + ".resolve.sealed_note");
                readers(action.getResolve().getReadersList(), 0, path + ".resolve.readers");
            }
            case OBSERVATION -> {}
            case ERROR_DECLARATION -> declaration(action.getErrorDeclaration(), path + ".error_declaration");
            case DETAILS -> details(action.getDetails(), path + ".details");
            case DOCUMENT, ACT_NOT_SET -> throw MalformedTransaction.at(path, "is missing");
        }
    }

    private static void request(DrugKeyRequest request, String path) throws MalformedTransaction {
        Shape.id(request.getRequestId(), path + ".request_id");
        Shape.slug(request.getOwner(), path + ".owner");
        if (request.getKind() == DrugKeyKind.DRUG_KEY_KIND_UNSPECIFIED
                || request.getKind() == DrugKeyKind.UNRECOGNIZED) {
            throw MalformedTransaction.at(path + ".kind", "is product, logistics, company or details");
        }
        Shape.atMost(request.getSealedSubject(), MAX_SUBJECT_BYTES, path + ".sealed_subject");
        Shape.exactly(request.getRequesterKey(), Shape.KEY_BYTES, path + ".requester_key");
    }

    private static void grant(DrugKeyGrant grant, String path) throws MalformedTransaction {
        Shape.id(grant.getRequestId(), path + ".request_id");
        Shape.atMost(grant.getEnvelope(), Shape.MAX_ENVELOPE_BYTES, path + ".envelope");
        if (!grant.getGivenTo().isEmpty()) {
            Shape.member(grant.getGivenTo(), path + ".given_to");
            Shape.exactly(grant.getGivenKey(), Shape.KEY_BYTES, path + ".given_key");
        }
        if (!grant.getGivenMark().isEmpty()) {
            Shape.id(grant.getGivenMark(), path + ".given_mark");
        }
        Shape.count(grant.getGivenProduct(), 0, MAX_GIVEN_PRODUCTS, path + ".given_product");
        if (grant.getGranted() == grant.getEnvelope().isEmpty()) {
            throw MalformedTransaction.at(path + ".envelope", "is there when the key is granted, and only then");
        }
    }

    private static void commission(DrugCommission commission, String path) throws MalformedTransaction {
        Shape.id(commission.getProductId(), path + ".product_id");
        Shape.id(commission.getLotId(), path + ".lot_id");
        if (!commission.getLotSeed().isEmpty()) {
            Shape.id(commission.getLotSeed(), path + ".lot_seed");
        }
        if (commission.getExpiryMillis() < 1) {
            throw MalformedTransaction.at(path + ".expiry_millis", "is a time after 1970");
        }
        Shape.atMost(commission.getSealedLot(), MAX_LABEL_BYTES, path + ".sealed_lot");
        ids(commission.getIds(), path + ".ids");
    }

    private static void pack(DrugPack pack, String path) throws MalformedTransaction {
        Shape.count(pack.getAggregationsCount(), 1, MAX_AGGREGATIONS, path + ".aggregations");
        for (int i = 0; i < pack.getAggregationsCount(); i++) {
            DrugPack.Aggregation aggregation = pack.getAggregations(i);
            String at = path + ".aggregations[" + i + "]";
            Shape.id(aggregation.getContainerId(), at + ".container_id");
            if (!aggregation.getSeed().isEmpty()) {
                Shape.id(aggregation.getSeed(), at + ".seed");
            }
            Shape.atMost(aggregation.getSealedLabel(), MAX_LABEL_BYTES, at + ".sealed_label");
            goods(aggregation.getItemsList(), aggregation.getContainersList(), at);
            named(0, aggregation.getItemsCount(), aggregation.getContainersCount(), at);
        }
    }

    private static void ship(DrugShip ship, String path) throws MalformedTransaction {
        Shape.id(ship.getShipmentId(), path + ".shipment_id");
        Shape.slug(ship.getTo(), path + ".to");
        goods(ship.getItemsList(), ship.getContainersList(), path);
        named(0, ship.getItemsCount(), ship.getContainersCount(), path);
    }

    private static void status(DrugStatusChange change, String path) throws MalformedTransaction {
        if (change.getKind() == DrugStatusKind.DRUG_STATUS_KIND_UNSPECIFIED
                || change.getKind() == DrugStatusKind.UNRECOGNIZED) {
            throw MalformedTransaction.at(path + ".kind", "is one of this version's changes");
        }
        goods(change.getItemsList(), change.getContainersList(), path);
        named(0, change.getItemsCount(), change.getContainersCount(), path);
        if (change.getContainersCount() > 0 && change.getKind() != DrugStatusKind.DRUG_DESTROY) {
            throw MalformedTransaction.at(path + ".containers", "are only destroyed as a whole");
        }
        Shape.atMost(change.getSealedReason(), MAX_REASON_BYTES, path + ".sealed_reason");
    }

    private static void recall(DrugRecall recall, String path) throws MalformedTransaction {
        Shape.id(recall.getRecallId(), path + ".recall_id");
        Shape.id(recall.getProductId(), path + ".product_id");
        if (!recall.getLotId().isEmpty()) {
            Shape.id(recall.getLotId(), path + ".lot_id");
        }
        goods(recall.getItemsList(), List.of(), path);
        Shape.atMost(recall.getSealedReason(), MAX_SEALED_BYTES, path + ".sealed_reason");
    }

    private static void report(DrugReport report, String path) throws MalformedTransaction {
        DrugExceptionKind kind = report.getKind();
        boolean found = kind == DrugExceptionKind.DRUG_UNKNOWN_SERIAL
                || kind == DrugExceptionKind.DRUG_LOT_MISMATCH
                || kind == DrugExceptionKind.DRUG_EXPIRY_MISMATCH
                || kind == DrugExceptionKind.DRUG_SUSPECT_PRODUCT;
        if (!found) {
            throw MalformedTransaction.at(path + ".kind", "is something that a check of a pack finds");
        }
        if (report.getMaker().isEmpty()) {
            Shape.id(report.getProductId(), path + ".product_id");
        } else {
            Shape.slug(report.getMaker(), path + ".maker");
            if (!report.getProductId().isEmpty()) {
                throw MalformedTransaction.at(path + ".maker", "stands in the place of a product");
            }
        }
        Shape.id(report.getItemId(), path + ".item_id");
        readers(report.getDetailsReadersList(), 0, path + ".details_readers");
        Shape.atMost(report.getSealedDetails(), MAX_SEALED_BYTES, path + ".sealed_details");
    }

    private static void declaration(DrugErrorDeclaration declaration, String path) throws MalformedTransaction {
        Shape.id(declaration.getDeclaredEventId(), path + ".declared_event_id");
        Shape.nonNegative(declaration.getDeclaredMillis(), path + ".declared_millis");
        if (!declaration.getReason().isEmpty()) {
            Shape.code(declaration.getReason(), path + ".reason");
        }
        Shape.count(declaration.getCorrectiveEventIdsCount(), 0, MAX_CORRECTIVE_EVENTS, path + ".corrective_event_ids");
        for (int i = 0; i < declaration.getCorrectiveEventIdsCount(); i++) {
            Shape.id(declaration.getCorrectiveEventIds(i), path + ".corrective_event_ids[" + i + "]");
        }
    }

    private static void details(DrugEventDetails details, String path) throws MalformedTransaction {
        Shape.id(details.getDetailsId(), path + ".details_id");
        Shape.count(details.getParts(), 1, MAX_DETAILS_PARTS, path + ".parts");
        Shape.count(details.getPart(), 0, details.getParts() - 1, path + ".part");
        if (details.getSealed().isEmpty()) {
            throw MalformedTransaction.at(path + ".sealed", "is missing");
        }
        if (details.getPart() > 0) {
            Shape.count(details.getReadersCount(), 0, 0, path + ".readers");
            Shape.atMost(details.getEventIds(), 0, path + ".event_ids");
            return;
        }
        ids(details.getEventIds(), path + ".event_ids");
        readers(details.getReadersList(), 1, path + ".readers");
    }

    private static void readers(List<DrugEventDetails.Reader> readers, int least, String path)
            throws MalformedTransaction {
        Shape.count(readers.size(), least, MAX_READERS, path);
        for (int i = 0; i < readers.size(); i++) {
            String at = path + "[" + i + "]";
            Shape.slug(readers.get(i).getInstitution(), at + ".institution");
            Shape.count(readers.get(i).getSealedKey().size(), 1, Shape.MAX_ENVELOPE_BYTES, at + ".sealed_key");
        }
        Shape.ascendingText(
                readers.stream().map(DrugEventDetails.Reader::getInstitution).toList(), path);
    }

    private static void goods(List<DrugItemSet> sets, List<ByteString> containers, String path)
            throws MalformedTransaction {
        Shape.count(sets.size(), 0, MAX_SETS, path + ".items");
        int items = 0;
        Set<DrugItemSet> places = new LinkedHashSet<>();
        for (int i = 0; i < sets.size(); i++) {
            DrugItemSet set = sets.get(i);
            String at = path + ".items[" + i + "]";
            Shape.id(set.getProductId(), at + ".product_id");
            if (!set.getLotId().isEmpty()) {
                Shape.id(set.getLotId(), at + ".lot_id");
            }
            if (set.getSegment() < 0) {
                throw MalformedTransaction.at(at + ".segment", "is not negative");
            }
            if (!places.add(set.toBuilder().clearIds().build())) {
                throw MalformedTransaction.at(at, "repeats a place: its ids go into one set");
            }
            items += ids(set.getIds(), at + ".ids");
            if (!ascending(set.getIds().toByteArray())) {
                throw MalformedTransaction.at(at + ".ids", "has an id that is out of order or repeated");
            }
        }
        Shape.count(items, 0, MAX_IDS, path + ".items with their ids");
        Shape.count(containers.size(), 0, MAX_CONTAINERS, path + ".containers");
        for (int i = 0; i < containers.size(); i++) {
            Shape.id(containers.get(i), path + ".containers[" + i + "]");
        }
        Shape.ascending(containers, path + ".containers");
    }

    /** Whether each id is greater than the one before it, hence distinct. */
    private static boolean ascending(byte[] ids) {
        for (int at = ID; at < ids.length; at += ID) {
            if (Arrays.compareUnsigned(ids, at - ID, at, ids, at, at + ID) >= 0) {
                return false;
            }
        }
        return true;
    }

    private static void named(int other, int sets, int containers, String path) throws MalformedTransaction {
        if (other + sets + containers == 0) {
            throw MalformedTransaction.at(path, "names no goods");
        }
    }

    private static int ids(ByteString ids, String path) throws MalformedTransaction {
        if (ids.isEmpty() || ids.size() % ID != 0 || ids.size() / ID > MAX_IDS) {
            throw MalformedTransaction.at(path, "is 1 to " + MAX_IDS + " ids of 16 bytes");
        }
        return ids.size() / ID;
    }
}
