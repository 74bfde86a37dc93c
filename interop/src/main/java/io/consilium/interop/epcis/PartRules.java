package io.consilium.interop.epcis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.consilium.interop.gs1.EpcUrn;
import io.consilium.interop.gs1.Gs1Key;
import io.consilium.interop.gs1.Identifiers;
import io.consilium.interop.gs1.MalformedIdentifier;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rules of an event's parts: identifiers, quantities, places, parties, declarations. */
final class PartRules {
    private PartRules() {}

    static String text(JsonNode value, String at) throws MalformedEpcis {
        if (!value.isTextual() || value.textValue().isBlank()) {
            throw new MalformedEpcis(at, "a text expected that is not empty");
        }
        return value.textValue();
    }

    static ObjectNode object(JsonNode value, String at) throws MalformedEpcis {
        if (value instanceof ObjectNode object) {
            return object;
        }
        throw new MalformedEpcis(at, "an object expected");
    }

    static void time(JsonNode value, String at) throws MalformedEpcis {
        if (Texts.instant(text(value, at)).isEmpty()) {
            throw new MalformedEpcis(
                    at, "a date and time with its offset expected, as in 2026-03-04T11:00:30.000+01:00");
        }
    }

    static void uri(JsonNode value, String at) throws MalformedEpcis {
        if (!Texts.isUri(text(value, at).strip())) {
            throw new MalformedEpcis(at, "a URI expected");
        }
    }

    static void uriOrList(JsonNode value, String at) throws MalformedEpcis {
        if (!value.isArray()) {
            uri(value, at);
            return;
        }
        uris(value, at);
    }

    private static void uris(JsonNode value, String at) throws MalformedEpcis {
        if (!value.isArray()) {
            throw new MalformedEpcis(at, "a list expected");
        }
        for (int i = 0; i < value.size(); i++) {
            uri(value.get(i), at + "[" + i + "]");
        }
    }

    /** A URI; if it is a GS1 key, one whose format and check digit are right (DRU-2). */
    static void identifier(JsonNode value, String at) throws MalformedEpcis {
        String text = text(value, at).strip();
        try {
            Optional<Gs1Key> key = Identifiers.readUri(text);
            if (key.isPresent()) {
                return;
            }
        } catch (MalformedIdentifier wrong) {
            throw new MalformedEpcis(at, wrong.reason());
        }
        if (EpcUrn.isClaimed(text) || !Texts.isUri(text)) {
            throw new MalformedEpcis(at, "an EPC URN, a GS1 Digital Link or another URI expected");
        }
    }

    static void term(Vocabulary vocabulary, JsonNode value, String at) throws MalformedEpcis {
        String term = text(value, at).strip();
        if (vocabulary.misses(term)) {
            throw new MalformedEpcis(at, "the CBV has no such term; one's own is written as a URI");
        }
        if (term.indexOf(':') >= 0 && !Texts.isUri(term)) {
            throw new MalformedEpcis(at, "a term of the CBV or a URI expected");
        }
    }

    static void quantityElement(JsonNode value, String at) throws MalformedEpcis {
        ObjectNode element = object(value, at);
        only(element, at, List.of("epcClass", "quantity", "uom"), false);
        require(element, at, "epcClass");
        identifier(element.get("epcClass"), at + ".epcClass");
        JsonNode quantity = element.path("quantity");
        if (!quantity.isMissingNode()) {
            if (!quantity.isNumber() || quantity.decimalValue().signum() < 0) {
                throw new MalformedEpcis(at + ".quantity", "a quantity is a number, not below zero");
            }
            if (!element.has("uom") && !Texts.isWhole(quantity.decimalValue())) {
                throw new MalformedEpcis(at + ".quantity", "a quantity without a unit of measure is a whole number");
            }
        }
        if (element.has("uom")) {
            if (!element.has("quantity")) {
                throw new MalformedEpcis(at + ".uom", "a unit of measure without a quantity");
            }
            unit(element.get("uom"), at + ".uom");
        }
    }

    /** A code of UNECE Recommendation 20. */
    private static void unit(JsonNode value, String at) throws MalformedEpcis {
        String unit = text(value, at);
        if (!unit.matches("[A-Z0-9]{2,3}")) {
            throw new MalformedEpcis(at, "a unit of measure is a code of UNECE Recommendation 20, as in KGM");
        }
    }

    static void place(JsonNode value, String at) throws MalformedEpcis {
        ObjectNode place = object(value, at);
        only(place, at, List.of("id"), true);
        require(place, at, "id");
        identifier(place.get("id"), at + ".id");
    }

    /** A list of typed references: transactions, sources, destinations. */
    static void pairs(JsonNode value, String at, String field, Vocabulary types, boolean typeRequired)
            throws MalformedEpcis {
        if (!value.isArray()) {
            throw new MalformedEpcis(at, "a list expected");
        }
        for (int i = 0; i < value.size(); i++) {
            String here = at + "[" + i + "]";
            ObjectNode pair = object(value.get(i), here);
            only(pair, here, List.of("type", field), false);
            require(pair, here, field);
            identifier(pair.get(field), here + "." + field);
            if (typeRequired) {
                require(pair, here, "type");
            }
            if (pair.has("type")) {
                term(types, pair.get("type"), here + ".type");
            }
        }
    }

    static void persistentDisposition(JsonNode value, String at) throws MalformedEpcis {
        ObjectNode object = object(value, at);
        only(object, at, List.of("set", "unset"), false);
        if (object.isEmpty()) {
            throw new MalformedEpcis(at, "a persistent disposition is set or unset");
        }
        for (Map.Entry<String, JsonNode> entry : object.properties()) {
            String here = at + "." + entry.getKey();
            if (!entry.getValue().isArray()) {
                throw new MalformedEpcis(here, "a list expected");
            }
            for (int i = 0; i < entry.getValue().size(); i++) {
                term(Vocabulary.DISPOSITION, entry.getValue().get(i), here + "[" + i + "]");
            }
        }
    }

    static void errorDeclaration(JsonNode value, String at) throws MalformedEpcis {
        ObjectNode declaration = object(value, at);
        only(declaration, at, List.of("declarationTime", "reason", "correctiveEventIDs"), true);
        require(declaration, at, "declarationTime");
        time(declaration.get("declarationTime"), at + ".declarationTime");
        if (declaration.has("reason")) {
            term(Vocabulary.ERROR_REASON, declaration.get("reason"), at + ".reason");
        }
        if (declaration.has("correctiveEventIDs")) {
            uris(declaration.get("correctiveEventIDs"), at + ".correctiveEventIDs");
        }
    }

    static void require(ObjectNode object, String at, String field) throws MalformedEpcis {
        if (!object.has(field)) {
            throw new MalformedEpcis(EventRules.join(at, field), "the required field is missing");
        }
    }

    /** Refuses fields that the standard does not know. */
    static void only(ObjectNode object, String at, List<String> fields, boolean extensible) throws MalformedEpcis {
        for (Map.Entry<String, JsonNode> entry : object.properties()) {
            String name = entry.getKey();
            boolean allowed =
                    fields.contains(name) || extensible && (EventRules.isExtension(name) || name.equals("@context"));
            if (!allowed) {
                throw new MalformedEpcis(
                        EventRules.join(at, name),
                        extensible
                                ? "no such field is here; an extension's name has a prefix and a colon"
                                : "no such field is here, and no extension may be");
            }
        }
    }
}
