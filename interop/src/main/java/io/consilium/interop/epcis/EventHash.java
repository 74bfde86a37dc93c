package io.consilium.interop.epcis;

import com.fasterxml.jackson.databind.JsonNode;
import io.consilium.crypto.Hash;
import io.consilium.interop.gs1.Identifiers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The event hash id of the CBV 2.0 (section 8.9): one event has one, in whatever syntax, order and spelling it comes.
 *
 * <p>The fields of the standard stand in a fixed order, the elements of a list and all extensions in the order of their
 * texts. Instants are written in UTC with milliseconds, identifiers as canonical Digital Links, terms as web addresses,
 * numbers without zeros that say nothing. Times of recording, event ids and error declarations are left out, so that an
 * event and the declaration that it was wrong have one hash. Where the prose of the standard is silent this is what its
 * reference implementation does: the lists of transactions, sources and destinations and the {@code ilmd} follow the
 * sensor elements, ordered by their texts.
 */
public final class EventHash {
    private static final String START = "ni:///sha-256;";
    private static final String END = "?ver=CBV2.0";

    /** Not part of what happened. */
    private static final Set<String> LEFT_OUT = Set.of("@context", "rdfs:comment", "comment");

    /** By code points, as UTF-8 bytes are ordered. */
    private static final Comparator<String> BY_CODE_POINT = EventHash::compare;

    private final Namespaces namespaces;
    private final Set<String> ignored;

    private EventHash(Namespaces namespaces, Set<String> ignored) {
        this.namespaces = namespaces;
        this.ignored = ignored;
    }

    /** The id made of a pre-hash string. */
    static String id(String preHash) {
        return START + Hash.sha256(preHash.getBytes(StandardCharsets.UTF_8)).hex() + END;
    }

    /** The text that is hashed. */
    static String preHash(JsonNode event, Namespaces namespaces, Set<String> ignored) {
        return new EventHash(namespaces, ignored).event(event);
    }

    private String event(JsonNode event) {
        StringBuilder text =
                new StringBuilder("eventType=").append(event.path("type").asText());
        time(text, event, "eventTime");
        value(text, event, "eventTimeZoneOffset");
        values(text, event, "certificationInfo");
        value(text, event, "parentID");
        epcs(text, event, "epcList");
        epcs(text, event, "inputEPCList");
        epcs(text, event, "childEPCs");
        quantities(text, event, "quantityList");
        quantities(text, event, "childQuantityList");
        quantities(text, event, "inputQuantityList");
        epcs(text, event, "outputEPCList");
        quantities(text, event, "outputQuantityList");
        value(text, event, "action");
        value(text, event, "transformationID");
        term(text, event, "bizStep", Vocabulary.BUSINESS_STEP);
        term(text, event, "disposition", Vocabulary.DISPOSITION);
        persistentDisposition(text, event.path("persistentDisposition"));
        place(text, event, "readPoint");
        place(text, event, "bizLocation");
        sensorElements(text, event.path("sensorElementList"));
        pairs(text, event, "bizTransaction", Vocabulary.BUSINESS_TRANSACTION);
        pairs(text, event, "destination", Vocabulary.SOURCE_OR_DESTINATION);
        if (event.path("ilmd").isObject() && !event.path("ilmd").isEmpty()) {
            text.append("ilmd").append(extensions(event.path("ilmd"), Set.of()));
        }
        pairs(text, event, "source", Vocabulary.SOURCE_OR_DESTINATION);
        return text.append(extensions(event, extensionsOnly(event))).toString();
    }

    /** The names of a standard object that are no extensions. */
    private static Set<String> extensionsOnly(JsonNode object) {
        Set<String> fields = new HashSet<>();
        object.fieldNames().forEachRemaining(name -> {
            if (!EventRules.isExtension(name)) {
                fields.add(name);
            }
        });
        return fields;
    }

    private void time(StringBuilder text, JsonNode object, String field) {
        if (object.has(field)) {
            String time = object.get(field).asText().strip();
            text.append(field)
                    .append('=')
                    .append(Texts.instant(time).map(Texts::utcMillis).orElse(time));
        }
    }

    private void value(StringBuilder text, JsonNode object, String field) {
        if (object.has(field)) {
            text.append(field).append('=').append(canonical(object.get(field)));
        }
    }

    /** One or several. */
    private void values(StringBuilder text, JsonNode object, String field) {
        JsonNode value = object.path(field);
        if (value.isArray()) {
            sorted(text, value, element -> field + "=" + canonical(element));
        } else {
            value(text, object, field);
        }
    }

    private void term(StringBuilder text, JsonNode object, String field, Vocabulary vocabulary) {
        if (object.has(field)) {
            text.append(field).append('=').append(term(object.get(field), vocabulary));
        }
    }

    private String term(JsonNode value, Vocabulary vocabulary) {
        String uri = vocabulary.uri(value.asText().strip());
        return Identifiers.canonical(namespaces.expandedValue(uri));
    }

    private void epcs(StringBuilder text, JsonNode event, String field) {
        if (!event.path(field).isEmpty()) {
            text.append(field);
            sorted(text, event.get(field), epc -> "epc=" + canonical(epc));
        }
    }

    private void quantities(StringBuilder text, JsonNode event, String field) {
        if (!event.path(field).isEmpty()) {
            text.append(field);
            sorted(text, event.get(field), element -> {
                StringBuilder own = new StringBuilder("quantityElement");
                value(own, element, "epcClass");
                value(own, element, "quantity");
                value(own, element, "uom");
                return own.toString();
            });
        }
    }

    private void persistentDisposition(StringBuilder text, JsonNode dispositions) {
        if (dispositions.isEmpty()) {
            return;
        }
        text.append("persistentDisposition");
        for (String field : List.of("set", "unset")) {
            sorted(text, dispositions.path(field), term -> field + "=" + term(term, Vocabulary.DISPOSITION));
        }
    }

    private void place(StringBuilder text, JsonNode event, String field) {
        JsonNode place = event.path(field);
        if (place.isObject()) {
            text.append(field);
            value(text, place, "id");
            text.append(extensions(place, extensionsOnly(place)));
        }
    }

    private void pairs(StringBuilder text, JsonNode event, String field, Vocabulary types) {
        JsonNode list = event.path(field + "List");
        if (!list.isEmpty()) {
            text.append(field).append("List");
            sorted(text, list, pair -> {
                StringBuilder own = new StringBuilder();
                term(own, pair, "type", types);
                value(own, pair, field);
                return own.toString();
            });
        }
    }

    private void sensorElements(StringBuilder text, JsonNode list) {
        if (list.isEmpty()) {
            return;
        }
        text.append("sensorElementList");
        sorted(text, list, element -> {
            StringBuilder own = new StringBuilder("sensorElement");
            JsonNode metadata = element.path("sensorMetadata");
            if (!metadata.isEmpty()) {
                own.append("sensorMetadata");
                sensorFields(own, metadata, SensorRules.METADATA);
            }
            sorted(own, element.path("sensorReport"), report -> {
                StringBuilder inner = new StringBuilder("sensorReport");
                sensorFields(inner, report, SensorRules.REPORT);
                return inner.toString();
            });
            return own.append(extensions(element, extensionsOnly(element))).toString();
        });
    }

    private void sensorFields(StringBuilder text, JsonNode object, List<String> fields) {
        for (String field : fields) {
            JsonNode value = object.path(field);
            switch (field) {
                case "time", "startTime", "endTime" -> time(text, object, field);
                case "component" -> term(text, object, field, Vocabulary.COMPONENT);
                case "type", "exception" -> {
                    if (value.isTextual()) {
                        text.append(field)
                                .append('=')
                                .append(webVocabulary(value.textValue().strip()));
                    }
                }
                default -> value(text, object, field);
            }
        }
        text.append(extensions(object, extensionsOnly(object)));
    }

    /** A word of GS1's web vocabulary, or a URI. */
    private String webVocabulary(String text) {
        return text.indexOf(':') < 0 ? Namespaces.GS1 + text : namespaces.expandedValue(text);
    }

    /** All members of an object but some, ordered by their texts. */
    private String extensions(JsonNode object, Set<String> others) {
        List<String> texts = new ArrayList<>();
        for (Map.Entry<String, JsonNode> member : object.properties()) {
            String name = member.getKey();
            if (!others.contains(name) && !ignored.contains(name) && !LEFT_OUT.contains(name)) {
                extension(texts, namespaces.expandedName(name), member.getValue());
            }
        }
        texts.sort(BY_CODE_POINT);
        return String.join("", texts);
    }

    private void extension(List<String> texts, String name, JsonNode value) {
        if (value.isArray()) {
            for (JsonNode element : value) {
                extension(texts, name, element);
            }
        } else if (value.isObject()) {
            String text = value.has("#text") ? "=" + canonical(value.get("#text")) : "";
            texts.add(name + text + extensions(value, Set.of("#text")));
        } else {
            String text = canonical(value);
            texts.add(text.isEmpty() ? name : name + "=" + text);
        }
    }

    private interface Text {
        String of(JsonNode node);
    }

    private static void sorted(StringBuilder text, JsonNode list, Text each) {
        List<String> texts = new ArrayList<>();
        list.forEach(element -> texts.add(each.of(element)));
        texts.sort(BY_CODE_POINT);
        texts.forEach(text::append);
    }

    private String canonical(JsonNode value) {
        if (value.isNull()) {
            return "";
        }
        if (value.isNumber()) {
            return Texts.shortest(value.decimalValue());
        }
        String text = Vocabulary.anyUri(value.asText().strip());
        return Identifiers.canonical(Texts.shortestIfNumber(namespaces.expandedValue(text)));
    }

    private static int compare(String left, String right) {
        int length = Math.min(left.length(), right.length());
        for (int i = 0; i < length; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) {
                // Surrogates stand for code points beyond all others.
                boolean aHigh = Character.isSurrogate(a);
                return aHigh == Character.isSurrogate(b) ? Character.compare(a, b) : aHigh ? 1 : -1;
            }
        }
        return Integer.compare(left.length(), right.length());
    }
}
