package io.consilium.interop.epcis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.consilium.interop.epcis.EpcisDocument.Form;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Documents of EPCIS 2.0 in JSON.
 *
 * <p>The context may stand after the events that need it, so the text is gone through twice: once for all but the
 * events, once for these, one at a time.
 */
final class JsonDocuments {
    private static final List<String> DOCUMENT_FIELDS = List.of(
            "@context",
            "id",
            "type",
            "schemaVersion",
            "creationDate",
            "sender",
            "receiver",
            "instanceIdentifier",
            "epcisHeader",
            "epcisBody");

    private static final String QUERY_LIST = "epcisBody.queryResults.resultsBody.eventList";

    private final byte[] content;
    private final Consumer<EpcisEvent> events;
    private final ObjectNode head = JsonTree.NODES.objectNode();
    private Optional<String> listPath = Optional.empty();

    private JsonDocuments(byte[] content, Consumer<EpcisEvent> events) {
        this.content = content;
        this.events = events;
    }

    /** Hands over the events; gives the rest of the document. */
    static EpcisDocument read(byte[] content, Consumer<EpcisEvent> events) throws MalformedEpcis {
        return new JsonDocuments(content, events).read();
    }

    private EpcisDocument read() throws MalformedEpcis {
        List<EpcisEvent> bare = new ArrayList<>();
        JsonTree.read(content, tree -> {
            if (tree.isArray()) {
                tree.elements(index -> {
                    require(index);
                    bare.add(bareEvent(tree.value(), "[" + index + "]", index));
                });
            } else if (tree.isObject()) {
                tree.members(name -> member(tree, name));
            } else {
                throw new MalformedEpcis("", "a document of EPCIS is an object");
            }
        });
        if (head.isEmpty()) {
            if (bare.isEmpty()) {
                throw new MalformedEpcis("", "the document holds nothing");
            }
            bare.forEach(events);
            return new EpcisDocument(Form.EVENT_LIST, head, List.of());
        }
        if (EventType.of(head.path("type").asText()).isPresent()) {
            events.accept(bareEvent(head, "", 0));
            return new EpcisDocument(Form.EVENT, JsonTree.NODES.objectNode(), List.of());
        }
        if (!head.has("type") && !head.has("epcisBody")) {
            QueryRules.check(head);
            return new EpcisDocument(Form.QUERY, head, List.of());
        }
        return new EpcisDocument(document(), head, List.of());
    }

    private void member(JsonTree tree, String name) throws IOException, MalformedEpcis {
        if (!name.equals("epcisBody") || !tree.isObject()) {
            head.set(name, tree.value());
            return;
        }
        ObjectNode body = head.putObject("epcisBody");
        tree.members(inner -> {
            switch (inner) {
                case "eventList", "event" -> listAt(tree);
                case "queryResults" -> queryResults(tree, body.putObject(inner));
                default -> body.set(inner, tree.value());
            }
        });
    }

    private void queryResults(JsonTree tree, ObjectNode results) throws IOException, MalformedEpcis {
        tree.members(name -> {
            if (name.equals("resultsBody") && tree.isObject()) {
                ObjectNode body = results.putObject(name);
                tree.members(inner -> {
                    if (inner.equals("eventList")) {
                        listAt(tree);
                    } else {
                        body.set(inner, tree.value());
                    }
                });
            } else {
                results.set(name, tree.value());
            }
        });
    }

    private void listAt(JsonTree tree) throws IOException, MalformedEpcis {
        if (listPath.isPresent()) {
            throw new MalformedEpcis(tree.path(), "a document has one list of events");
        }
        listPath = Optional.of(tree.path());
        tree.skip();
    }

    /** Checks the head of a document, then reads its events. */
    private Form document() throws MalformedEpcis {
        String type = head.path("type").asText();
        boolean query = type.equals("EPCISQueryDocument");
        if (!query && !type.equals("EPCISDocument")) {
            throw new MalformedEpcis(
                    "type", "a document's type is EPCISDocument or EPCISQueryDocument, or that of an event");
        }
        for (Map.Entry<String, JsonNode> field : head.properties()) {
            if (!DOCUMENT_FIELDS.contains(field.getKey()) && !EventRules.isExtension(field.getKey())) {
                throw new MalformedEpcis(Texts.shownName(field.getKey()), "no document of EPCIS has such a field");
            }
        }
        Namespaces namespaces = context(head, "");
        // The answer to a query may leave out both.
        requireUnless(query, "schemaVersion");
        requireUnless(query, "creationDate");
        String version = head.path("schemaVersion").asText("2.0");
        if (!version.matches("2(\\.\\d+){0,2}")) {
            throw new MalformedEpcis("schemaVersion", "EPCIS in JSON begins with version 2.0");
        }
        if (head.has("creationDate")) {
            PartRules.time(head.get("creationDate"), "creationDate");
        }
        String path = listPath.orElse("");
        if (path.isEmpty()) {
            throw new MalformedEpcis(query ? QUERY_LIST : "epcisBody.eventList", "the list of events is missing");
        }
        if (query != path.equals(QUERY_LIST)) {
            throw new MalformedEpcis(path, "the events of such a document stand in another place");
        }
        events(namespaces, path);
        if (query) {
            return Form.QUERY_DOCUMENT;
        }
        return path.endsWith(".event") ? Form.DOCUMENT_OF_ONE_EVENT : Form.DOCUMENT;
    }

    private void requireUnless(boolean optional, String field) throws MalformedEpcis {
        if (!optional) {
            PartRules.require(head, "", field);
        }
    }

    private void events(Namespaces namespaces, String path) throws MalformedEpcis {
        Set<String> ignored = ignoredFields();
        JsonTree.read(
                content,
                tree -> tree.members(name -> descend(tree, path, inner -> {
                    if (path.endsWith(".event")) {
                        accept(inner.value(), namespaces, ignored, path, 0);
                    } else {
                        inner.elements(index -> {
                            require(index);
                            accept(inner.passingValue(), namespaces, ignored, path + "[" + index + "]", index);
                        });
                    }
                })));
    }

    /** Goes to a place and reads there; passes over everything beside the way. */
    private static void descend(JsonTree tree, String path, JsonTree.Reading reading)
            throws IOException, MalformedEpcis {
        if (tree.path().equals(path)) {
            reading.read(tree);
        } else if (path.startsWith(tree.path() + ".") && tree.isObject()) {
            tree.members(name -> descend(tree, path, reading));
        } else {
            tree.skip();
        }
    }

    private void accept(JsonNode node, Namespaces namespaces, Set<String> ignored, String path, int index)
            throws MalformedEpcis {
        try {
            events.accept(EpcisEvent.of(node, namespaces, ignored, path));
        } catch (MalformedEpcis wrong) {
            throw wrong.inEvent(index);
        }
    }

    private EpcisEvent bareEvent(JsonNode node, String path, int index) throws MalformedEpcis {
        try {
            context(node, path);
            return EpcisEvent.of(node, Namespaces.NONE, Set.of(), path);
        } catch (MalformedEpcis wrong) {
            throw wrong.inEvent(index);
        }
    }

    /** The context that every document has. */
    private static Namespaces context(JsonNode object, String path) throws MalformedEpcis {
        String at = EventRules.join(path, "@context");
        if (!object.has("@context")) {
            throw new MalformedEpcis(at, "the required field is missing");
        }
        JsonNode context = object.get("@context");
        if (context.isContainerNode() && context.isEmpty()) {
            throw new MalformedEpcis(at, "the context names nothing");
        }
        return Namespaces.NONE.with(context, at);
    }

    /** Fields that a repository added and asks not to be hashed. */
    private Set<String> ignoredFields() {
        Set<String> ignored = new HashSet<>();
        for (Map.Entry<String, JsonNode> entry :
                head.path("epcisBody").path("queryResults").properties()) {
            if (entry.getKey().endsWith(":ignoreFields")) {
                entry.getValue().forEach(name -> ignored.add(name.asText()));
            }
        }
        return ignored;
    }

    private static void require(int index) throws MalformedEpcis {
        if (index >= EpcisLimits.MAX_EVENTS) {
            throw new MalformedEpcis("", "the document has more than " + EpcisLimits.MAX_EVENTS + " events");
        }
    }
}
