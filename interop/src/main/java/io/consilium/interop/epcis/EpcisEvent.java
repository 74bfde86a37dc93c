package io.consilium.interop.epcis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A valid event of EPCIS 2.0: its JSON with nothing lost, and what it says in this program's terms.
 *
 * <p>An event of an XML document is held in the JSON form of EPCIS 2.0.
 */
public final class EpcisEvent {
    private static final String MASTER_DATA_ATTRIBUTES = "{urn:epcglobal:cbv:mda";

    private final EventType type;
    private final ObjectNode json;
    private final Namespaces namespaces;
    private final String preHash;

    private EpcisEvent(EventType type, ObjectNode json, Namespaces namespaces, String preHash) {
        this.type = type;
        this.json = json;
        this.namespaces = namespaces;
        this.preHash = preHash;
    }

    /** Checks an event and computes its hash. */
    static EpcisEvent of(JsonNode node, Namespaces outer, Set<String> ignored, String path) throws MalformedEpcis {
        EventType type = EventRules.check(node, path);
        ObjectNode json = (ObjectNode) node;
        Namespaces namespaces =
                json.has("@context") ? outer.with(json.get("@context"), EventRules.join(path, "@context")) : outer;
        return new EpcisEvent(type, json, namespaces, EventHash.preHash(json, namespaces, ignored));
    }

    public EventType type() {
        return type;
    }

    /** What the document calls the event. */
    public Optional<String> eventId() {
        return text(json, "eventID");
    }

    /** The CBV 2.0 event hash id: equal for one event in every spelling, and for a declaration of its error. */
    public String hashId() {
        return EventHash.id(preHash);
    }

    /** The text that {@link #hashId} is the hash of. */
    public String preHash() {
        return preHash;
    }

    /** The event id, or where there is none the event hash id. */
    public String id() {
        return eventId().orElseGet(this::hashId);
    }

    public Instant eventTime() {
        return instant(json, "eventTime").orElseThrow();
    }

    /** Such as {@code +02:00}: what the clock of the place showed. */
    public String eventTimeZoneOffset() {
        return text(json, "eventTimeZoneOffset").orElseThrow();
    }

    public Optional<Instant> recordTime() {
        return instant(json, "recordTime");
    }

    /** ADD, OBSERVE or DELETE; a TransformationEvent has none. */
    public Optional<String> action() {
        return text(json, "action");
    }

    /** The objects of an ObjectEvent or a TransactionEvent. */
    public List<Identity> epcs() {
        return identities("epcList");
    }

    /** The container of an aggregation or association, or the parent of a transaction's objects. */
    public Optional<Identity> parent() {
        return text(json, "parentID").map(Identity::of);
    }

    /** The objects that an aggregation or association puts in or takes out. */
    public List<Identity> children() {
        return identities("childEPCs");
    }

    public List<Identity> inputs() {
        return identities("inputEPCList");
    }

    public List<Identity> outputs() {
        return identities("outputEPCList");
    }

    /**
     * So much of a class of objects.
     *
     * @param unit UNECE Recommendation 20; none for pieces
     */
    public record Quantity(Identity objectClass, Optional<BigDecimal> quantity, Optional<String> unit) {}

    /** Of the objects of an ObjectEvent or a TransactionEvent. */
    public List<Quantity> quantities() {
        return quantities("quantityList");
    }

    public List<Quantity> childQuantities() {
        return quantities("childQuantityList");
    }

    public List<Quantity> inputQuantities() {
        return quantities("inputQuantityList");
    }

    public List<Quantity> outputQuantities() {
        return quantities("outputQuantityList");
    }

    /** The bare term of the CBV, such as {@code shipping}, or the URI of another vocabulary's. */
    public Optional<String> bizStep() {
        return text(json, "bizStep").map(Vocabulary.BUSINESS_STEP::bare);
    }

    /** The bare term of the CBV, such as {@code in_transit}, or the URI of another vocabulary's. */
    public Optional<String> disposition() {
        return text(json, "disposition").map(Vocabulary.DISPOSITION::bare);
    }

    public Optional<Identity> readPoint() {
        return text(json.path("readPoint"), "id").map(Identity::of);
    }

    public Optional<Identity> bizLocation() {
        return text(json.path("bizLocation"), "id").map(Identity::of);
    }

    /**
     * A transaction, source or destination.
     *
     * @param type the bare term of the CBV, such as {@code po} or {@code owning_party}, or another vocabulary's URI
     */
    public record Reference(Optional<String> type, Identity id) {}

    public List<Reference> bizTransactions() {
        return references("bizTransaction", Vocabulary.BUSINESS_TRANSACTION);
    }

    public List<Reference> sources() {
        return references("source", Vocabulary.SOURCE_OR_DESTINATION);
    }

    public List<Reference> destinations() {
        return references("destination", Vocabulary.SOURCE_OR_DESTINATION);
    }

    /** That an event captured before was wrong: the one with the same hash. */
    public record ErrorDeclaration(Instant declarationTime, Optional<String> reason, List<String> correctiveEventIds) {
        public ErrorDeclaration {
            correctiveEventIds = List.copyOf(correctiveEventIds);
        }
    }

    public Optional<ErrorDeclaration> errorDeclaration() {
        JsonNode declaration = json.path("errorDeclaration");
        if (declaration.isMissingNode()) {
            return Optional.empty();
        }
        List<String> corrective = new ArrayList<>();
        declaration
                .path("correctiveEventIDs")
                .forEach(id -> corrective.add(id.asText().strip()));
        return Optional.of(new ErrorDeclaration(
                instant(declaration, "declarationTime").orElseThrow(),
                text(declaration, "reason").map(Vocabulary.ERROR_REASON::bare),
                corrective));
    }

    /** The lot that {@code ilmd} gives ({@code cbvmda:lotNumber}). */
    public Optional<String> lot() {
        return masterData("lotNumber");
    }

    /** The date of expiry that {@code ilmd} gives ({@code cbvmda:itemExpirationDate}), as it is written. */
    public Optional<String> expiry() {
        return masterData("itemExpirationDate");
    }

    /** An attribute of the CBV's master data in {@code ilmd}, by its name without the prefix. */
    public Optional<String> masterData(String attribute) {
        for (Map.Entry<String, JsonNode> entry : json.path("ilmd").properties()) {
            String name = namespaces.expandedName(entry.getKey());
            if (name.startsWith(MASTER_DATA_ATTRIBUTES) && name.endsWith("}" + attribute)) {
                JsonNode value =
                        entry.getValue().has("#text") ? entry.getValue().get("#text") : entry.getValue();
                return value.isValueNode() ? Optional.of(value.asText().strip()) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** The event in the JSON of EPCIS 2.0; a copy. */
    public ObjectNode json() {
        return json.deepCopy();
    }

    /** The event in the JSON of EPCIS 2.0, without white space. */
    public String text() {
        try {
            return EpcisDocument.MAPPER.writeValueAsString(json);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree of JSON cannot be written", impossible);
        }
    }

    /** For writing a document without copies. */
    ObjectNode node() {
        return json;
    }

    private List<Identity> identities(String field) {
        List<Identity> identities = new ArrayList<>();
        json.path(field).forEach(epc -> identities.add(Identity.of(epc.asText())));
        return identities;
    }

    private List<Quantity> quantities(String field) {
        List<Quantity> quantities = new ArrayList<>();
        for (JsonNode element : json.path(field)) {
            quantities.add(new Quantity(
                    Identity.of(element.path("epcClass").asText()),
                    element.has("quantity")
                            ? Optional.of(element.get("quantity").decimalValue())
                            : Optional.empty(),
                    text(element, "uom")));
        }
        return quantities;
    }

    private List<Reference> references(String field, Vocabulary types) {
        List<Reference> references = new ArrayList<>();
        for (JsonNode element : json.path(field + "List")) {
            references.add(new Reference(
                    text(element, "type").map(types::bare),
                    Identity.of(element.path(field).asText())));
        }
        return references;
    }

    private static Optional<String> text(JsonNode object, String field) {
        return object.has(field) ? Optional.of(object.get(field).asText().strip()) : Optional.empty();
    }

    private static Optional<Instant> instant(JsonNode object, String field) {
        return text(object, field).flatMap(Texts::instant);
    }
}
