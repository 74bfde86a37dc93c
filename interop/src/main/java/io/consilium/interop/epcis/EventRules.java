package io.consilium.interop.epcis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What EPCIS 2.0 (section 7) and its JSON binding ask of an event; the first breach is named with its place. */
final class EventRules {
    private static final List<String> ACTIONS = List.of("ADD", "OBSERVE", "DELETE");
    private static final List<String> QUANTITY_LISTS =
            List.of("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList");
    private static final List<String> EPC_LISTS = List.of("epcList", "childEPCs", "inputEPCList", "outputEPCList");

    private final ObjectNode event;
    private final EventType type;
    private final String path;

    private EventRules(ObjectNode event, EventType type, String path) {
        this.event = event;
        this.type = type;
        this.path = path;
    }

    /** Refuses an event that breaks a rule; gives its type. */
    static EventType check(JsonNode node, String path) throws MalformedEpcis {
        if (!(node instanceof ObjectNode event)) {
            throw new MalformedEpcis(path, "an event is an object");
        }
        JsonNode name = event.path("type");
        Optional<EventType> type = EventType.of(name.asText());
        if (!name.isTextual() || type.isEmpty()) {
            throw new MalformedEpcis(
                    join(path, "type"),
                    name.isMissingNode()
                            ? "the event's type is missing"
                            : "an event's type is ObjectEvent, AggregationEvent, TransactionEvent, TransformationEvent"
                                    + " or AssociationEvent");
        }
        new EventRules(event, type.get(), path).check();
        return type.get();
    }

    private void check() throws MalformedEpcis {
        require("eventTime");
        require("eventTimeZoneOffset");
        if (type.hasAction()) {
            require("action");
        }
        for (Map.Entry<String, JsonNode> field : event.properties()) {
            String name = field.getKey();
            String at = join(path, name);
            if (!type.has(name) && !isExtension(name)) {
                throw new MalformedEpcis(
                        at, "no " + type.text() + " has such a field; an extension's name has a prefix and a colon");
            }
            field(name, field.getValue(), at);
        }
        switch (type) {
            case OBJECT -> objectRules();
            case AGGREGATION -> aggregationRules(!is("OBSERVE"));
            case ASSOCIATION -> aggregationRules(true);
            case TRANSACTION -> transactionRules();
            case TRANSFORMATION -> transformationRules();
        }
    }

    private void field(String name, JsonNode value, String at) throws MalformedEpcis {
        if (EPC_LISTS.contains(name)) {
            for (int i = 0; i < list(value, at).size(); i++) {
                identifier(value.get(i), at + "[" + i + "]");
            }
            return;
        }
        if (QUANTITY_LISTS.contains(name)) {
            for (int i = 0; i < list(value, at).size(); i++) {
                PartRules.quantityElement(value.get(i), at + "[" + i + "]");
            }
            return;
        }
        switch (name) {
            case "eventTime", "recordTime" -> PartRules.time(value, at);
            case "eventTimeZoneOffset" -> {
                if (!Texts.isOffset(PartRules.text(value, at))) {
                    throw new MalformedEpcis(at, "an offset from UTC is written as +02:00 or -06:00");
                }
            }
            case "eventID" -> PartRules.uri(value, at);
            case "transformationID", "parentID" -> identifier(value, at);
            case "action" -> {
                if (!ACTIONS.contains(PartRules.text(value, at))) {
                    throw new MalformedEpcis(at, "an action is ADD, OBSERVE or DELETE");
                }
            }
            case "bizStep" -> PartRules.term(Vocabulary.BUSINESS_STEP, value, at);
            case "disposition" -> PartRules.term(Vocabulary.DISPOSITION, value, at);
            case "persistentDisposition" -> PartRules.persistentDisposition(value, at);
            case "readPoint", "bizLocation" -> PartRules.place(value, at);
            case "bizTransactionList" ->
                PartRules.pairs(value, at, "bizTransaction", Vocabulary.BUSINESS_TRANSACTION, false);
            case "sourceList" -> PartRules.pairs(value, at, "source", Vocabulary.SOURCE_OR_DESTINATION, true);
            case "destinationList" -> PartRules.pairs(value, at, "destination", Vocabulary.SOURCE_OR_DESTINATION, true);
            case "errorDeclaration" -> PartRules.errorDeclaration(value, at);
            case "certificationInfo" -> PartRules.uriOrList(value, at);
            case "sensorElementList" -> SensorRules.check(value, at);
            case "ilmd" -> ilmd(value, at);
            default -> {
                // An extension, or the context, which is read with the namespaces.
            }
        }
    }

    private void objectRules() throws MalformedEpcis {
        if (!has("epcList") && !has("quantityList") && !has("sensorElementList")) {
            throw new MalformedEpcis(path, "an ObjectEvent has an epcList, a quantityList or a sensorElementList");
        }
        if (event.has("ilmd") && !is("ADD")) {
            throw new MalformedEpcis(join(path, "ilmd"), "ilmd stands in an ObjectEvent of the action ADD alone");
        }
    }

    private void aggregationRules(boolean parentRequired) throws MalformedEpcis {
        if (parentRequired) {
            require("parentID");
        }
        if (!has("childEPCs") && !has("childQuantityList") && !is("DELETE")) {
            throw new MalformedEpcis(
                    path, "childEPCs or childQuantityList may be left out for the action DELETE alone");
        }
    }

    private void transactionRules() throws MalformedEpcis {
        if (!has("bizTransactionList")) {
            throw new MalformedEpcis(join(path, "bizTransactionList"), "a TransactionEvent names a transaction");
        }
        if (!has("epcList") && !has("quantityList") && !event.has("parentID") && !is("DELETE")) {
            throw new MalformedEpcis(path, "epcList or quantityList may be left out for the action DELETE alone");
        }
    }

    private void transformationRules() throws MalformedEpcis {
        boolean input = has("inputEPCList") || has("inputQuantityList");
        boolean output = has("outputEPCList") || has("outputQuantityList");
        if (!input && !output || (!input || !output) && !event.has("transformationID")) {
            throw new MalformedEpcis(
                    path, "a TransformationEvent without a transformationID has an input list and an output list");
        }
    }

    private static void ilmd(JsonNode value, String at) throws MalformedEpcis {
        for (Map.Entry<String, JsonNode> entry : PartRules.object(value, at).properties()) {
            if (!isExtension(entry.getKey())) {
                throw new MalformedEpcis(
                        join(at, entry.getKey()), "a name in ilmd has a prefix and a colon, as in cbvmda:lotNumber");
            }
        }
    }

    private static JsonNode list(JsonNode value, String at) throws MalformedEpcis {
        if (!value.isArray()) {
            throw new MalformedEpcis(at, "a list expected");
        }
        return value;
    }

    private static void identifier(JsonNode value, String at) throws MalformedEpcis {
        PartRules.identifier(value, at);
    }

    private void require(String field) throws MalformedEpcis {
        if (!event.has(field)) {
            throw new MalformedEpcis(join(path, field), "the required field is missing");
        }
    }

    /** Whether a list is there and not empty. */
    private boolean has(String list) {
        return !event.path(list).isEmpty();
    }

    private boolean is(String action) {
        return event.path("action").asText().equals(action);
    }

    /** A name with a namespace; a field of JSON-LD itself is none. */
    static boolean isExtension(String name) {
        int colon = name.indexOf(':');
        return colon > 0 && colon < name.length() - 1;
    }

    static String join(String path, String name) {
        return path.isEmpty() ? Texts.shownName(name) : path + "." + Texts.shownName(name);
    }
}
