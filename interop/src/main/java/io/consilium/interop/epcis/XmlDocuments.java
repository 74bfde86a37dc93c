package io.consilium.interop.epcis;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.consilium.interop.epcis.EpcisDocument.Form;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Documents of EPCIS 1.0 to 2.0 in XML, read event by event.
 *
 * <p>The document can make the reader fetch, expand or keep nothing: a document type declaration is refused, so there
 * are no entities; levels, attributes, texts and elements are counted while they come.
 */
final class XmlDocuments {
    private static final List<String> WAY = List.of(
            "EPCISBody",
            "EventList",
            "QueryResults",
            "resultsBody",
            "extension",
            "EPCISQueryDocument",
            "QueryTooLargeException");

    private final Consumer<EpcisEvent> events;
    private int depth;
    private int values;
    private int count;

    XmlDocuments(Consumer<EpcisEvent> events) {
        this.events = events;
    }

    EpcisDocument read(byte[] content) throws MalformedEpcis {
        int start = Encodings.markLength(content);
        Reader characters = new InputStreamReader(
                new ByteArrayInputStream(content, start, content.length - start), Encodings.ofXml(content));
        try {
            XMLStreamReader reader = factory().createXMLStreamReader(characters);
            try {
                return document(reader);
            } finally {
                reader.close();
            }
        } catch (XMLStreamException wrong) {
            throw new MalformedEpcis(
                    "",
                    "the document is no well-formed XML"
                            + (wrong.getLocation() == null
                                    ? ""
                                    : ", at line " + wrong.getLocation().getLineNumber() + ", column "
                                            + wrong.getLocation().getColumnNumber()));
        }
    }

    private static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
        factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
        factory.setProperty(XMLInputFactory.IS_COALESCING, false);
        factory.setXMLResolver((publicId, systemId, baseUri, namespace) -> {
            throw new XMLStreamException("nothing is fetched");
        });
        // Without one the JDK writes to the standard error.
        factory.setXMLReporter((message, type, information, location) -> {
            throw new XMLStreamException(message, location);
        });
        return factory;
    }

    private EpcisDocument document(XMLStreamReader reader) throws XMLStreamException, MalformedEpcis {
        toRoot(reader);
        String root = reader.getLocalName();
        if (!XmlElement.isStandard(namespace(reader))) {
            throw new MalformedEpcis("", "the root is no element of EPCIS");
        }
        if (EventType.of(root).isPresent()) {
            accept(element(reader), "", 0);
            toEnd(reader);
            return new EpcisDocument(Form.EVENT, JsonTree.NODES.objectNode(), List.of());
        }
        boolean query = root.equals("EPCISQueryDocument");
        if (!query && !root.equals("EPCISDocument")) {
            throw new MalformedEpcis("", "the root is EPCISDocument, EPCISQueryDocument or an event");
        }
        XmlHeads head = new XmlHeads(query, attribute(reader, "schemaVersion"), attribute(reader, "creationDate"));
        depth = 1;
        boolean list = body(reader, head, query);
        if (!list) {
            throw new MalformedEpcis("EPCISBody.EventList", "the list of events is missing");
        }
        toEnd(reader);
        return new EpcisDocument(query ? Form.QUERY_DOCUMENT : Form.DOCUMENT, head.finished(), List.of());
    }

    /** Everything below the root; gives whether there was a list of events. */
    private boolean body(XMLStreamReader reader, XmlHeads head, boolean query)
            throws XMLStreamException, MalformedEpcis {
        String path = query ? "epcisBody.queryResults.resultsBody.eventList" : "epcisBody.eventList";
        boolean list = false;
        int listAt = 0;
        int open = 1;
        while (open > 0) {
            switch (next(reader)) {
                case XMLStreamConstants.START_ELEMENT -> {
                    String name = reader.getLocalName();
                    boolean standard = XmlElement.isStandard(namespace(reader));
                    if (standard && EventType.of(name).isPresent()) {
                        if (count >= EpcisLimits.MAX_EVENTS) {
                            throw new MalformedEpcis(
                                    "", "the document has more than " + EpcisLimits.MAX_EVENTS + " events");
                        }
                        values = 0;
                        accept(element(reader), path + "[" + count + "]", count);
                        count++;
                    } else if (standard && name.equals("EPCISHeader")) {
                        head.header(element(reader));
                    } else if (standard && WAY.contains(name)) {
                        open++;
                        enter();
                        if (name.equals("EventList")) {
                            list = true;
                            listAt = open;
                        }
                    } else if (standard && listAt > 0) {
                        throw new MalformedEpcis(
                                        path + "[" + count + "]", "none of the five types of event of EPCIS 2.0")
                                .inEvent(count);
                    } else {
                        head.body(element(reader), query);
                    }
                }
                case XMLStreamConstants.END_ELEMENT -> {
                    listAt = open == listAt ? 0 : listAt;
                    open--;
                    depth--;
                }
                default -> {
                    // Space and comments.
                }
            }
        }
        return list;
    }

    private void accept(XmlElement element, String path, int index) throws MalformedEpcis {
        try {
            ObjectNode event = XmlEvents.toJson(element, path);
            events.accept(EpcisEvent.of(event, Namespaces.NONE, Set.of(), path));
        } catch (MalformedEpcis wrong) {
            throw wrong.inEvent(index);
        }
    }

    /** The element at which the reader stands, with everything in it. */
    private XmlElement element(XMLStreamReader reader) throws XMLStreamException, MalformedEpcis {
        enter();
        values += 1 + reader.getAttributeCount();
        if (values > EpcisLimits.MAX_VALUES) {
            throw new MalformedEpcis(
                    "", "more than " + EpcisLimits.MAX_VALUES + " elements and attributes stand in one event");
        }
        XmlElement element = new XmlElement(
                namespace(reader), Optional.ofNullable(reader.getPrefix()).orElse(""), reader.getLocalName());
        if (reader.getAttributeCount() + reader.getNamespaceCount() > EpcisLimits.MAX_ATTRIBUTES) {
            throw new MalformedEpcis("", "an element has more than " + EpcisLimits.MAX_ATTRIBUTES + " attributes");
        }
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            requireLength(reader.getAttributeValue(i).length());
            element.attributes.add(new XmlElement.XmlAttribute(
                    Optional.ofNullable(reader.getAttributeNamespace(i)).orElse(""),
                    Optional.ofNullable(reader.getAttributePrefix(i)).orElse(""),
                    reader.getAttributeLocalName(i),
                    reader.getAttributeValue(i)));
        }
        while (true) {
            switch (next(reader)) {
                case XMLStreamConstants.START_ELEMENT -> element.children.add(element(reader));
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE -> {
                    requireLength(element.text.length() + reader.getTextLength());
                    element.text.append(reader.getText());
                }
                case XMLStreamConstants.END_ELEMENT -> {
                    depth--;
                    return element;
                }
                default -> {
                    // A comment.
                }
            }
        }
    }

    private static void requireLength(int characters) throws MalformedEpcis {
        if (characters > EpcisLimits.MAX_TEXT) {
            throw new MalformedEpcis("", "a text has more than " + EpcisLimits.MAX_TEXT + " characters");
        }
    }

    private void enter() throws MalformedEpcis {
        if (++depth > EpcisLimits.MAX_DEPTH) {
            throw new MalformedEpcis("", "elements stand more than " + EpcisLimits.MAX_DEPTH + " deep");
        }
    }

    private static void toRoot(XMLStreamReader reader) throws XMLStreamException, MalformedEpcis {
        while (next(reader) != XMLStreamConstants.START_ELEMENT) {
            if (reader.getEventType() == XMLStreamConstants.END_DOCUMENT) {
                throw new MalformedEpcis("", "the document is empty");
            }
        }
    }

    private static void toEnd(XMLStreamReader reader) throws XMLStreamException, MalformedEpcis {
        while (reader.hasNext()) {
            next(reader);
        }
    }

    /** The next part, which is none that could make this program do anything. */
    private static int next(XMLStreamReader reader) throws XMLStreamException, MalformedEpcis {
        int event = reader.next();
        if (event == XMLStreamConstants.DTD
                || event == XMLStreamConstants.ENTITY_REFERENCE
                || event == XMLStreamConstants.ENTITY_DECLARATION
                || event == XMLStreamConstants.NOTATION_DECLARATION) {
            throw new MalformedEpcis("", "a document type declaration or an entity is not allowed");
        }
        return event;
    }

    private static String namespace(XMLStreamReader reader) {
        return Optional.ofNullable(reader.getNamespaceURI()).orElse("");
    }

    private static String attribute(XMLStreamReader reader, String name) {
        return Optional.ofNullable(reader.getAttributeValue(null, name)).orElse("");
    }
}
