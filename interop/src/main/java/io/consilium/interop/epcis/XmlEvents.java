package io.consilium.interop.epcis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.consilium.interop.epcis.XmlElement.XmlAttribute;
import java.math.BigDecimal;
import java.util.List;

/**
 * An event of an XML document in the JSON form of EPCIS 2.0; it is checked in that form.
 *
 * <p>The wrappers {@code extension} and {@code baseExtension} of version 1 go, terms of the CBV become bare words,
 * extensions keep their namespaces under prefixes that the event's context declares. The type that an extension's
 * {@code xsi:type} states goes: JSON extensions of EPCIS are texts.
 */
final class XmlEvents {
    private static final String SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance";
    private static final List<String> EPC_LISTS = List.of("epcList", "childEPCs", "inputEPCList", "outputEPCList");
    private static final List<String> QUANTITY_LISTS =
            List.of("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList");

    private final Prefixes prefixes = new Prefixes();
    private final String path;

    private XmlEvents(String path) {
        this.path = path;
    }

    static ObjectNode toJson(XmlElement event, String path) throws MalformedEpcis {
        return new XmlEvents(path).event(event);
    }

    private ObjectNode event(XmlElement element) throws MalformedEpcis {
        ObjectNode event = JsonTree.NODES.objectNode();
        event.put("type", element.name);
        for (XmlElement field : element.fields()) {
            if (!field.isStandard()) {
                addExtension(event, field, prefixes);
                continue;
            }
            String at = EventRules.join(path, field.name);
            JsonNode value = field(field, at);
            if (event.has(field.name) && !field.name.equals("certificationInfo")) {
                throw new MalformedEpcis(at, "the field stands twice");
            }
            if (event.has(field.name)) {
                several(event, field.name, value);
            } else {
                event.set(field.name, value);
            }
        }
        if (!prefixes.isEmpty()) {
            event.set("@context", prefixes.toJson());
        }
        return event;
    }

    private JsonNode field(XmlElement field, String at) throws MalformedEpcis {
        String name = field.name;
        if (EPC_LISTS.contains(name)) {
            return texts(field, "epc", at);
        }
        if (QUANTITY_LISTS.contains(name)) {
            ArrayNode list = JsonTree.NODES.arrayNode();
            for (XmlElement element : field.fields()) {
                String here = at + "[" + list.size() + "]";
                require(element, "quantityElement", here);
                list.add(quantity(element, here));
            }
            return list;
        }
        return switch (name) {
            case "bizStep" -> term(field, Vocabulary.BUSINESS_STEP);
            case "disposition" -> term(field, Vocabulary.DISPOSITION);
            case "readPoint", "bizLocation" -> object(field, at);
            case "bizTransactionList" -> pairs(field, "bizTransaction", Vocabulary.BUSINESS_TRANSACTION, at);
            case "sourceList" -> pairs(field, "source", Vocabulary.SOURCE_OR_DESTINATION, at);
            case "destinationList" -> pairs(field, "destination", Vocabulary.SOURCE_OR_DESTINATION, at);
            case "errorDeclaration" -> errorDeclaration(field, at);
            case "persistentDisposition" -> persistentDisposition(field, at);
            case "ilmd" -> object(field, at);
            case "sensorElementList" -> sensorElements(field, at);
            default -> text(field);
        };
    }

    private static JsonNode text(XmlElement element) {
        return JsonTree.NODES.textNode(element.text());
    }

    private static JsonNode term(XmlElement element, Vocabulary vocabulary) {
        return JsonTree.NODES.textNode(vocabulary.bare(element.text()));
    }

    private static ArrayNode texts(XmlElement list, String name, String at) throws MalformedEpcis {
        ArrayNode texts = JsonTree.NODES.arrayNode();
        for (XmlElement element : list.fields()) {
            require(element, name, at + "[" + texts.size() + "]");
            texts.add(element.text());
        }
        return texts;
    }

    private static void require(XmlElement element, String name, String at) throws MalformedEpcis {
        if (!element.isStandard() || !element.name.equals(name)) {
            throw new MalformedEpcis(at, "an element " + name + " expected");
        }
    }

    private static ObjectNode quantity(XmlElement element, String at) throws MalformedEpcis {
        ObjectNode quantity = JsonTree.NODES.objectNode();
        for (XmlElement part : element.fields()) {
            if (part.name.equals("quantity") && part.isStandard()) {
                quantity.set("quantity", number(part.text(), at + ".quantity"));
            } else {
                quantity.put(part.name, part.text());
            }
        }
        return quantity;
    }

    private static JsonNode number(String text, String at) throws MalformedEpcis {
        try {
            if (text.length() <= EpcisLimits.MAX_NUMBER) {
                BigDecimal number = new BigDecimal(text);
                if (Texts.isBounded(number)) {
                    return JsonTree.number(number);
                }
            }
        } catch (NumberFormatException none) {
            throw new MalformedEpcis(at, "a number expected");
        }
        throw new MalformedEpcis(at, "the number has too many digits");
    }

    /** An object of texts and extensions: a place, instance master data. */
    private ObjectNode object(XmlElement element, String at) throws MalformedEpcis {
        ObjectNode object = JsonTree.NODES.objectNode();
        for (XmlElement part : element.fields()) {
            if (part.isStandard()) {
                if (object.has(part.name)) {
                    throw new MalformedEpcis(EventRules.join(at, part.name), "the field stands twice");
                }
                object.put(part.name, part.text());
            } else {
                addExtension(object, part, prefixes);
            }
        }
        return object;
    }

    private static ArrayNode pairs(XmlElement list, String name, Vocabulary types, String at) throws MalformedEpcis {
        ArrayNode pairs = JsonTree.NODES.arrayNode();
        for (XmlElement element : list.fields()) {
            require(element, name, at + "[" + pairs.size() + "]");
            ObjectNode pair = pairs.addObject();
            for (XmlAttribute attribute : element.attributes) {
                if (attribute.name().equals("type") && attribute.namespace().isEmpty()) {
                    pair.put("type", types.bare(attribute.value().strip()));
                }
            }
            pair.put(name, element.text());
        }
        return pairs;
    }

    private ObjectNode errorDeclaration(XmlElement element, String at) throws MalformedEpcis {
        ObjectNode declaration = JsonTree.NODES.objectNode();
        for (XmlElement part : element.fields()) {
            if (!part.isStandard()) {
                addExtension(declaration, part, prefixes);
            } else if (part.name.equals("correctiveEventIDs")) {
                declaration.set(part.name, texts(part, "correctiveEventID", at + "." + part.name));
            } else if (part.name.equals("reason")) {
                declaration.set(part.name, term(part, Vocabulary.ERROR_REASON));
            } else {
                declaration.put(part.name, part.text());
            }
        }
        return declaration;
    }

    private static ObjectNode persistentDisposition(XmlElement element, String at) throws MalformedEpcis {
        ObjectNode dispositions = JsonTree.NODES.objectNode();
        for (XmlElement part : element.fields()) {
            if (!part.name.equals("set") && !part.name.equals("unset")) {
                throw new MalformedEpcis(EventRules.join(at, part.name), "no such field is here");
            }
            dispositions.withArray("/" + part.name).add(Vocabulary.DISPOSITION.bare(part.text()));
        }
        return dispositions;
    }

    private ArrayNode sensorElements(XmlElement list, String at) throws MalformedEpcis {
        ArrayNode elements = JsonTree.NODES.arrayNode();
        for (XmlElement element : list.fields()) {
            String here = at + "[" + elements.size() + "]";
            require(element, "sensorElement", here);
            ObjectNode own = elements.addObject();
            for (XmlElement part : element.fields()) {
                if (!part.isStandard()) {
                    addExtension(own, part, prefixes);
                } else if (part.name.equals("sensorReport")) {
                    own.withArray("/sensorReport").add(sensorPart(part, here + ".sensorReport"));
                } else {
                    own.set(part.name, sensorPart(part, EventRules.join(here, part.name)));
                }
            }
        }
        return elements;
    }

    /** A sensor's metadata and reports are attributes in XML. */
    private ObjectNode sensorPart(XmlElement element, String at) throws MalformedEpcis {
        ObjectNode part = JsonTree.NODES.objectNode();
        for (XmlAttribute attribute : element.attributes) {
            String name = attribute.name();
            String value = attribute.value().strip();
            if (!attribute.namespace().isEmpty()) {
                part.put(prefixes.name(attribute.namespace(), attribute.prefix(), name), value);
            } else if (SensorRules.NUMBERS.contains(name)) {
                part.set(name, number(value, at + "." + name));
            } else if (name.equals("booleanValue") && (value.equals("true") || value.equals("1"))) {
                part.put(name, true);
            } else if (name.equals("booleanValue") && (value.equals("false") || value.equals("0"))) {
                part.put(name, false);
            } else if (name.equals("component")) {
                part.put(name, Vocabulary.COMPONENT.bare(value));
            } else if (name.equals("type") || name.equals("exception")) {
                part.put(name, webWord(value));
            } else {
                part.put(name, value);
            }
        }
        for (XmlElement child : element.fields()) {
            addExtension(part, child, prefixes);
        }
        return part;
    }

    private static String webWord(String value) {
        for (String start : List.of("gs1:", Namespaces.GS1)) {
            if (value.startsWith(start)) {
                return value.substring(start.length());
            }
        }
        return value;
    }

    /** Adds an extension element under its name; one that comes again makes a list. */
    static void addExtension(ObjectNode parent, XmlElement element, Prefixes prefixes) throws MalformedEpcis {
        String name = element.namespace.isEmpty()
                ? element.name
                : prefixes.name(element.namespace, element.prefix, element.name);
        JsonNode value = extension(element, prefixes);
        if (parent.has(name)) {
            several(parent, name, value);
        } else {
            parent.set(name, value);
        }
    }

    private static void several(ObjectNode parent, String name, JsonNode value) {
        if (parent.get(name) instanceof ArrayNode list) {
            list.add(value);
        } else {
            ArrayNode list = JsonTree.NODES.arrayNode();
            list.add(parent.get(name));
            list.add(value);
            parent.set(name, list);
        }
    }

    private static JsonNode extension(XmlElement element, Prefixes prefixes) throws MalformedEpcis {
        ObjectNode object = JsonTree.NODES.objectNode();
        for (XmlAttribute attribute : element.attributes) {
            if (!attribute.namespace().equals(SCHEMA_INSTANCE)) {
                String name = attribute.namespace().isEmpty()
                        ? attribute.name()
                        : prefixes.name(attribute.namespace(), attribute.prefix(), attribute.name());
                object.put(name, attribute.value());
            }
        }
        for (XmlElement child : element.children) {
            addExtension(object, child, prefixes);
        }
        if (object.isEmpty()) {
            return text(element);
        }
        if (!element.text().isEmpty()) {
            object.put("#text", element.text());
        }
        return object;
    }
}
