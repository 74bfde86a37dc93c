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
                head.withObject("/epcisHeader").set("epcisMasterData", new XmlMasterData(prefixes).read(part));
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
}
