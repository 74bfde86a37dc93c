package io.consilium.interop.epcis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A document of EPCIS: what its head says, and its events, all of them valid.
 *
 * @param form how the events are carried
 * @param head every field but the events
 */
public record EpcisDocument(Form form, ObjectNode head, List<EpcisEvent> events) {
    /** A number keeps its own power of ten: written out it might have more digits than are read. */
    static final JsonMapper MAPPER = new JsonMapper();

    private static final List<String> HEAD = List.of("sender", "receiver", "instanceIdentifier", "epcisHeader");

    /** How a document carries events. */
    public enum Form {
        /** {@code EPCISDocument} with a list of events. */
        DOCUMENT,
        /** {@code EPCISDocument} with one event under {@code epcisBody.event}. */
        DOCUMENT_OF_ONE_EVENT,
        /** {@code EPCISQueryDocument}, the answer to a query. */
        QUERY_DOCUMENT,
        /** One event with a context of its own. */
        EVENT,
        /** A list of such events. */
        EVENT_LIST,
        /** A query: it asks for events and holds none. */
        QUERY
    }

    public EpcisDocument {
        events = List.copyOf(events);
    }

    /** Reads JSON or XML, told apart by content, at most {@link EpcisLimits#MAX_BYTES}. */
    public static EpcisDocument read(byte[] content) throws MalformedEpcis {
        List<EpcisEvent> events = new ArrayList<>();
        EpcisDocument head = read(content, events::add);
        return new EpcisDocument(head.form, head.head, events);
    }

    /**
     * The same for documents of many events: each is handed over when it is read, and forgotten. A later one may still
     * be wrong, so whoever takes them acts on none before this returns.
     *
     * @return the document without its events
     */
    public static EpcisDocument read(byte[] content, Consumer<EpcisEvent> events) throws MalformedEpcis {
        if (content.length > EpcisLimits.MAX_BYTES) {
            throw new MalformedEpcis("", "the document has more than " + EpcisLimits.MAX_BYTES + " bytes");
        }
        return isXml(content) ? new XmlDocuments(events).read(content) : JsonDocuments.read(content, events);
    }

    /** Whether content is XML: it begins with a lower-than sign. */
    public static boolean isXml(byte[] content) {
        for (byte next : content) {
            if (next == '<') {
                return true;
            }
            // Space, and the byte order mark of UTF-8.
            if (next > ' ' || next >= 0 && next < ' ' && next != '\n' && next != '\r' && next != '\t') {
                return false;
            }
        }
        return false;
    }

    /** An EPCIS 2.0 document of events, ready to be written. */
    public static EpcisDocument of(String creationDate, ObjectNode contextPrefixes, List<EpcisEvent> events) {
        ObjectNode head = JsonTree.NODES.objectNode();
        ArrayNode context = head.putArray("@context");
        context.add("https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld");
        if (!contextPrefixes.isEmpty()) {
            context.add(contextPrefixes);
        }
        head.put("type", "EPCISDocument");
        head.put("schemaVersion", "2.0");
        head.put("creationDate", creationDate);
        head.putObject("epcisBody");
        return new EpcisDocument(Form.DOCUMENT, head, events);
    }

    /**
     * A document of events in the words in which they came, each one JSON of {@link EpcisEvent#text}.
     *
     * @param said what the document that they came in says beside them; its context alone gives their names their meaning
     */
    public static byte[] of(ObjectNode said, List<String> events) {
        ObjectNode head = of("1970-01-01T00:00:00Z", JsonTree.NODES.objectNode(), List.of()).head;
        if (said.has("@context")) {
            head.set("@context", said.get("@context"));
        }
        head.setAll(new EpcisDocument(Form.DOCUMENT, said, List.of()).remarks());
        head.remove("epcisBody"); // the list of events stands last
        head.putObject("epcisBody").putArray("eventList");
        String empty = head.toString();
        int end = empty.lastIndexOf(']');
        return (empty.substring(0, end) + String.join(",", events) + empty.substring(end))
                .getBytes(StandardCharsets.UTF_8);
    }

    /** What the head says beside the events: who sent it to whom, master data, statements, extensions; empty if nothing. */
    public ObjectNode remarks() {
        ObjectNode remarks = JsonTree.NODES.objectNode();
        head.properties().stream()
                .filter(field -> HEAD.contains(field.getKey()) || EventRules.isExtension(field.getKey()))
                .forEach(field -> remarks.set(field.getKey(), field.getValue()));
        return remarks;
    }

    /** The same document with what another's head says, and the context that its names are read by. */
    public EpcisDocument with(EpcisDocument said) {
        ObjectNode whole = head.deepCopy();
        whole.set("@context", joined(head.path("@context"), said.head.path("@context")));
        whole.setAll(said.remarks());
        return new EpcisDocument(form, whole, events);
    }

    private static ArrayNode joined(JsonNode... contexts) {
        ArrayNode joined = JsonTree.NODES.arrayNode();
        for (JsonNode context : contexts) {
            if (context.isArray()) {
                joined.addAll((ArrayNode) context);
            } else if (!context.isMissingNode()) {
                joined.add(context);
            }
        }
        return joined;
    }

    /** One of the events as it can stand in any document: it names its own context. */
    public EpcisEvent standalone(int index) {
        ObjectNode event = events.get(index).json();
        event.set("@context", joined(head.path("@context"), event.path("@context")));
        try {
            return EpcisEvent.of(event, Namespaces.NONE, Set.of(), "");
        } catch (MalformedEpcis impossible) {
            throw new IllegalStateException("an event that was read has lost its form", impossible);
        }
    }

    /** Where an event stands in a document of this form, as the JSON of EPCIS 2.0 names it. */
    public static String pathOf(Form form, int index) {
        return switch (form) {
            case DOCUMENT -> "epcisBody.eventList[" + index + "]";
            case DOCUMENT_OF_ONE_EVENT -> "epcisBody.event";
            case QUERY_DOCUMENT -> "epcisBody.queryResults.resultsBody.eventList[" + index + "]";
            case EVENT_LIST -> "[" + index + "]";
            case EVENT, QUERY -> "";
        };
    }

    /** The document as EPCIS 2.0 JSON: of a JSON document its own fields and values, of an XML one the same in JSON. */
    public byte[] toJson() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            write(events.stream().map(EpcisEvent::text).toList(), out);
        } catch (IOException impossible) {
            throw new IllegalStateException("a tree of JSON cannot be written", impossible);
        }
        return out.toByteArray();
    }

    /**
     * Writes the same of a document that was read without its events; each stands on a line, and no white space is added
     * besides, so that what is written is hardly longer than what was read.
     *
     * @param events each one JSON of {@link EpcisEvent#text}
     */
    public void write(List<String> events, OutputStream out) throws IOException {
        ArrayNode list = JsonTree.NODES.arrayNode();
        events.forEach(event -> list.addRawValue(new RawValue("\n" + event)));
        MAPPER.writeValue(out, tree(list));
    }

    private JsonNode tree(ArrayNode list) {
        ObjectNode whole = head.deepCopy();
        switch (form) {
            case EVENT -> {
                return list.get(0);
            }
            case EVENT_LIST -> {
                return list;
            }
            case QUERY -> {
                return whole;
            }
            case DOCUMENT -> whole.withObject("/epcisBody").set("eventList", list);
            case DOCUMENT_OF_ONE_EVENT -> whole.withObject("/epcisBody").set("event", list.get(0));
            case QUERY_DOCUMENT ->
                whole.withObject("/epcisBody/queryResults/resultsBody").set("eventList", list);
        }
        return whole;
    }
}
