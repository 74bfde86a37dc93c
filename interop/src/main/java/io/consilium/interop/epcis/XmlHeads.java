package io.consilium.interop.epcis;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The head of an XML document in the JSON form: who sent it to whom, master data, and whatever else stands there. */
final class XmlHeads {
    private static final List<String> RESULTS = List.of("queryName", "subscriptionID");

    private final ObjectNode head;
    private final Prefixes prefixes = new Prefixes();

    XmlHeads(boolean query, String schemaVersion, String creationDate) throws MalformedEpcis {
        this.head = head(query, schemaVersion, creationDate);
    }

    /** With the prefixes of what is no field of EPCIS. */
    ObjectNode finished() {
        if (!prefixes.isEmpty()) {
            ((ArrayNode) head.get("@context")).add(prefixes.toJson());
        }
        return head;
    }

    private static ObjectNode head(boolean query, String schemaVersion, String creationDate) throws MalformedEpcis {
        if (!schemaVersion.matches("[12](\\.\\d+){0,2}")) {
            throw new MalformedEpcis("schemaVersion", "a version of EPCIS from 1.0 to 2.0 expected");
        }
        if (Texts.instant(creationDate).isEmpty()) {
            throw new MalformedEpcis(
                    "creationDate", "a date and time with its offset expected, as in 2026-03-04T11:00:30.000+01:00");
        }
        ObjectNode head = JsonTree.NODES.objectNode();
        head.putArray("@context").add("https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld");
        head.put("type", query ? "EPCISQueryDocument" : "EPCISDocument");
        head.put("schemaVersion", "2.0");
        head.put("creationDate", creationDate);
        head.putObject("epcisBody");
        return head;
    }

    void header(XmlElement header) throws MalformedEpcis {
        for (XmlElement part : header.fields()) {
            if (part.isStandard() && part.name.equals("EPCISMasterData")) {
                head.withObject("/epcisHeader").set("epcisMasterData", masterData(part));
                continue;
            }
            if (part.name.equals("StandardBusinessDocumentHeader")) {
                businessHeader(part, head);
            }
            XmlEvents.addExtension(head.withObject("/epcisHeader"), part, prefixes);
        }
    }

    /** An element of the body beside the events. */
    void body(XmlElement element, boolean query) throws MalformedEpcis {
        boolean result = query && element.isStandard() && RESULTS.contains(element.name);
        XmlEvents.addExtension(
                result ? head.withObject("/epcisBody/queryResults") : head.withObject("/epcisBody"), element, prefixes);
    }

    /** The standard business document header: sender, receiver, number. */
    private static void businessHeader(XmlElement header, ObjectNode head) {
        for (XmlElement part : header.children) {
            switch (part.name) {
                case "Sender" -> putIfThere(head, "sender", part, "Identifier");
                case "Receiver" -> putIfThere(head, "receiver", part, "Identifier");
                case "DocumentIdentification" -> putIfThere(head, "instanceIdentifier", part, "InstanceIdentifier");
                default -> {
                    // Kept with the whole header.
                }
            }
        }
    }

    private static void putIfThere(ObjectNode head, String field, XmlElement parent, String child) {
        for (XmlElement element : parent.children) {
            if (element.name.equals(child) && !element.text().isEmpty()) {
                head.put(field, element.text());
                return;
            }
        }
    }

    private static ObjectNode masterData(XmlElement element) {
        ObjectNode masterData = JsonTree.NODES.objectNode();
        ArrayNode vocabularies = masterData.putArray("vocabularyList");
        for (XmlElement vocabulary : under(under(List.of(element), "VocabularyList"), "Vocabulary")) {
            ObjectNode own = vocabularies.addObject();
            own.put("type", attribute(vocabulary, "type"));
            ArrayNode elements = own.putArray("vocabularyElementList");
            for (XmlElement entry : under(under(List.of(vocabulary), "VocabularyElementList"), "VocabularyElement")) {
                ObjectNode item = elements.addObject();
                item.put("id", attribute(entry, "id"));
                ArrayNode attributes = item.putArray("attributes");
                for (XmlElement attribute : under(List.of(entry), "attribute")) {
                    attributes.addObject().put("id", attribute(attribute, "id")).put("attribute", attribute.text());
                }
                for (XmlElement children : under(List.of(entry), "children")) {
                    ArrayNode ids = item.withArray("/children");
                    children.children.forEach(id -> ids.add(id.text()));
                }
            }
        }
        return masterData;
    }

    private static List<XmlElement> under(List<XmlElement> parents, String name) {
        return parents.stream()
                .flatMap(parent -> parent.children.stream())
                .filter(child -> child.name.equals(name))
                .toList();
    }

    private static String attribute(XmlElement element, String name) {
        return element.attributes.stream()
                .filter(attribute -> attribute.name().equals(name))
                .map(XmlElement.XmlAttribute::value)
                .findFirst()
                .orElse("");
    }
}
