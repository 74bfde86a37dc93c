package io.consilium.interop.epcis;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/** Master data of an XML document in the JSON form; what is none of its own parts is kept beside them like any extension. */
final class XmlMasterData {
    private static final String XSI = "http://www.w3.org/2001/XMLSchema-instance";

    private final Prefixes prefixes;

    XmlMasterData(Prefixes prefixes) {
        this.prefixes = prefixes;
    }

    ObjectNode read(XmlElement masterData) throws MalformedEpcis {
        String at = "epcisHeader.epcisMasterData";
        ObjectNode own = node(masterData, Set.of(), Set.of("vocabularyList"), at);
        ArrayNode vocabularies = own.putArray("vocabularyList");
        for (XmlElement part : masterData.fields()) {
            if (!is(part, "VocabularyList")) {
                XmlEvents.addExtension(own, part, prefixes);
                continue;
            }
            for (XmlElement vocabulary : part.fields()) {
                if (is(vocabulary, "Vocabulary")) {
                    vocabularies.add(vocabulary(vocabulary, at + ".vocabularyList[" + vocabularies.size() + "]"));
                } else {
                    XmlEvents.addExtension(own, vocabulary, prefixes);
                }
            }
        }
        return own;
    }

    private ObjectNode vocabulary(XmlElement vocabulary, String at) throws MalformedEpcis {
        ObjectNode own = node(vocabulary, Set.of("type"), Set.of("vocabularyElementList"), at);
        own.put("type", attribute(vocabulary, "type"));
        ArrayNode elements = own.putArray("vocabularyElementList");
        for (XmlElement part : vocabulary.fields()) {
            if (!is(part, "VocabularyElementList")) {
                XmlEvents.addExtension(own, part, prefixes);
                continue;
            }
            for (XmlElement entry : part.fields()) {
                if (is(entry, "VocabularyElement")) {
                    elements.add(entry(entry, at + ".vocabularyElementList[" + elements.size() + "]"));
                } else {
                    XmlEvents.addExtension(own, entry, prefixes);
                }
            }
        }
        return own;
    }

    private ObjectNode entry(XmlElement entry, String at) throws MalformedEpcis {
        ObjectNode own = node(entry, Set.of("id"), Set.of("attributes", "children"), at);
        own.put("id", attribute(entry, "id"));
        ArrayNode attributes = own.putArray("attributes");
        for (XmlElement part : entry.fields()) {
            if (is(part, "attribute")) {
                attributes.add(value(part));
            } else if (is(part, "children")) {
                children(part, own);
            } else {
                XmlEvents.addExtension(own, part, prefixes);
            }
        }
        return own;
    }

    private ObjectNode value(XmlElement attribute) throws MalformedEpcis {
        ObjectNode own = JsonTree.NODES.objectNode();
        own.put("id", attribute(attribute, "id"));
        if (attribute.children.isEmpty()) {
            return own.put("attribute", attribute.text());
        }
        ObjectNode deeper = own.putObject("attribute");
        for (XmlElement part : attribute.children) {
            XmlEvents.addExtension(deeper, part, prefixes);
        }
        if (!attribute.text().isEmpty()) {
            deeper.put("#text", attribute.text());
        }
        return own;
    }

    private void children(XmlElement children, ObjectNode entry) throws MalformedEpcis {
        ArrayNode ids = entry.withArray("/children");
        for (XmlElement part : children.fields()) {
            if (is(part, "id") && part.children.isEmpty()) {
                ids.add(part.text());
            } else {
                XmlEvents.addExtension(entry, part, prefixes);
            }
        }
    }

    /** With the attributes that the element has beside its own ones; none may take the place of one of its lists. */
    private ObjectNode node(XmlElement element, Set<String> own, Set<String> lists, String at) throws MalformedEpcis {
        ObjectNode node = JsonTree.NODES.objectNode();
        for (XmlElement.XmlAttribute attribute : element.attributes) {
            boolean plain = attribute.namespace().isEmpty();
            if (plain && lists.contains(attribute.name())) {
                throw new MalformedEpcis(at, "an attribute has the name of the list " + attribute.name());
            }
            if (!attribute.namespace().equals(XSI) && !(plain && own.contains(attribute.name()))) {
                String name = plain
                        ? attribute.name()
                        : prefixes.name(attribute.namespace(), attribute.prefix(), attribute.name());
                node.put(name, attribute.value());
            }
        }
        return node;
    }

    private static boolean is(XmlElement element, String name) {
        return element.isStandard() && element.name.equals(name);
    }

    private static String attribute(XmlElement element, String name) {
        return element.attributes.stream()
                .filter(attribute -> attribute.name().equals(name))
                .map(XmlElement.XmlAttribute::value)
                .findFirst()
                .orElse("");
    }
}
