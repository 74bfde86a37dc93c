package io.consilium.interop.epcis;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.consilium.interop.epcis.TransactionInformation.Batch;
import io.consilium.interop.epcis.TransactionInformation.DocumentReference;
import io.consilium.interop.epcis.TransactionInformation.Party;
import io.consilium.interop.epcis.TransactionInformation.Product;
import io.consilium.interop.gs1.Gs1Key;
import io.consilium.interop.gs1.KeyKind;
import io.consilium.interop.gs1.Ndc;
import java.util.List;

/**
 * Transaction information and transaction statement of the Drug Supply Chain Security Act: as one JSON object for
 * people and their systems, and as the EPCIS document that trading partners exchange (GS1 US implementation guideline
 * R1.3: master data and statement in the header, events in the body).
 */
public final class DscsaExport {
    private static final String ATTRIBUTE = "urn:epcglobal:cbv:mda#";
    private static final String GUIDELINE_NAMESPACE = "http://epcis.gs1us.org/hc/ns";
    static final String STATEMENT = "Seller has complied with each applicable subsection of FDCA Sec. 581(27)(A)-(G).";

    private DscsaExport() {}

    /** {@code {"transactionInformation":…,"transactionStatement":…}}, the elements named as the Act names them. */
    public static ObjectNode json(TransactionInformation transaction) {
        ObjectNode json = JsonTree.NODES.objectNode();
        ObjectNode information = json.putObject("transactionInformation");
        ArrayNode products = information.putArray("products");
        for (Product product : transaction.products()) {
            ObjectNode own = products.addObject();
            own.put("productName", product.name());
            known(own, "strength", product.strength());
            known(own, "dosageForm", product.dosageForm());
            product.ndc().ifPresent(ndc -> own.put("nationalDrugCode", ndc.text()));
            own.put("gtin", product.gtin());
            known(own, "containerSize", product.containerSize());
            own.put("numberOfContainers", product.containers());
            ArrayNode lots = own.putArray("lots");
            for (Batch batch : product.batches()) {
                ObjectNode lot = lots.addObject().put("lotNumber", batch.lot());
                lot.put("expirationDate", batch.expiry().toString());
                batch.serials().forEach(lot.putArray("serialNumbers")::add);
            }
        }
        information.put("transactionDate", transaction.transactionDate().toString());
        transaction.shipmentDate().ifPresent(date -> information.put("shipmentDate", date.toString()));
        information.set("transferredFrom", party(transaction.seller()));
        information.set("transferredTo", party(transaction.buyer()));
        ArrayNode documents = information.putArray("documents");
        for (DocumentReference document : transaction.documents()) {
            documents.addObject().put("type", document.type()).put("id", document.uri());
        }
        json.putObject("transactionStatement").put("affirmed", true).put("text", STATEMENT);
        return json;
    }

    /** The EPCIS 2.0 document; the events are those of the packs, from commissioning to this shipment. */
    public static EpcisDocument document(
            TransactionInformation transaction, String creationDate, List<EpcisEvent> events) {
        ObjectNode prefixes = JsonTree.NODES.objectNode().put("gs1ushc", GUIDELINE_NAMESPACE);
        EpcisDocument document = EpcisDocument.of(creationDate, prefixes, events);
        ObjectNode head = document.head();
        head.put("sender", transaction.seller().key().digitalLink());
        head.put("receiver", transaction.buyer().key().digitalLink());
        ObjectNode header = head.putObject("epcisHeader");
        ArrayNode vocabularies = header.putObject("epcisMasterData").putArray("vocabularyList");
        ArrayNode classes = vocabulary(vocabularies, "urn:epcglobal:epcis:vtype:EPCClass");
        transaction.products().forEach(product -> productMasterData(classes, product));
        ArrayNode places = vocabulary(vocabularies, "urn:epcglobal:epcis:vtype:Location");
        partyMasterData(places, transaction.seller());
        partyMasterData(places, transaction.buyer());
        header.putObject("gs1ushc:dscsaTransactionStatement")
                .put("gs1ushc:affirmTransactionStatement", "true")
                .put("gs1ushc:legalNotice", STATEMENT);
        return document;
    }

    private static ObjectNode party(Party party) {
        ObjectNode json = JsonTree.NODES.objectNode().put("gln", party.gln()).put("businessName", party.name());
        known(json, "streetAddress", party.street());
        known(json, "city", party.city());
        known(json, "state", party.state());
        known(json, "postalCode", party.postalCode());
        known(json, "countryCode", party.country());
        return json;
    }

    private static void known(ObjectNode json, String name, String value) {
        if (!value.isEmpty()) {
            json.put(name, value);
        }
    }

    private static ArrayNode vocabulary(ArrayNode vocabularies, String type) {
        return vocabularies.addObject().put("type", type).putArray("vocabularyElementList");
    }

    private static void productMasterData(ArrayNode elements, Product product) {
        ArrayNode attributes = element(elements, new Gs1Key(KeyKind.GTIN, product.gtin(), "").digitalLink());
        if (product.ndc().isPresent()) {
            Ndc ndc = product.ndc().get();
            attribute(attributes, "additionalTradeItemIdentification", ndc.text());
            attribute(attributes, "additionalTradeItemIdentificationTypeCode", "US_FDA_NDC");
        }
        attribute(attributes, "regulatedProductName", product.name());
        attribute(attributes, "manufacturerOfTradeItemPartyName", product.manufacturer());
        attribute(attributes, "dosageFormType", product.dosageForm());
        attribute(attributes, "strengthDescription", product.strength());
        attribute(attributes, "netContentDescription", product.containerSize());
    }

    private static void partyMasterData(ArrayNode elements, Party party) {
        ArrayNode attributes = element(elements, party.key().digitalLink());
        attribute(attributes, "name", party.name());
        attribute(attributes, "streetAddressOne", party.street());
        attribute(attributes, "city", party.city());
        attribute(attributes, "state", party.state());
        attribute(attributes, "postalCode", party.postalCode());
        attribute(attributes, "countryCode", party.country());
    }

    private static ArrayNode element(ArrayNode elements, String id) {
        return elements.addObject().put("id", id).putArray("attributes");
    }

    private static void attribute(ArrayNode attributes, String name, String value) {
        if (!value.isEmpty()) {
            attributes.addObject().put("id", ATTRIBUTE + name).put("attribute", value);
        }
    }
}
