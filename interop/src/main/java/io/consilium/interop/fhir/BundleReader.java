package io.consilium.interop.fhir;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Takes a Bundle apart into resources that become records (REC-4), or refuses it as a whole: half a Bundle registered is
 * a history that never was. All entries are about one patient, since all of them are registered for one.
 */
public final class BundleReader {
    public static final int MAX_ENTRIES = 1_000;

    /** Their entries are resources as they stand; a history's are versions, a response's are answers. */
    private static final Set<String> TYPES =
            Set.of("document", "message", "collection", "searchset", "transaction", "batch");

    private static final Set<String> REQUESTS = Set.of("transaction", "batch");
    private static final Set<String> WRITES = Set.of("POST", "PUT");
    private static final String BUNDLE = "Bundle";

    private final ObjectNode bundle;
    private final String type;
    private final List<Element> entries;
    private final Map<String, Element> byUrl = new LinkedHashMap<>();
    private final Faults faults;

    private BundleReader(JsonNode tree, Faults faults) {
        this.faults = faults;
        this.bundle = (ObjectNode) tree;
        this.type = tree.path("type").asText();
        this.entries = new Element(tree, BUNDLE).list("entry");
    }

    /** The resources, or the places and reasons of a refusal. */
    public static BundleReading read(byte[] json) {
        Faults faults = new Faults();
        List<BundleDocument.Entry> entries = new ArrayList<>();
        faults.in(() -> entries.addAll(read(json, faults)));
        return faults.count() == 0 ? new BundleDocument(entries) : faults.refusal();
    }

    private static List<BundleDocument.Entry> read(byte[] json, Faults faults) throws Refused {
        JsonNode tree = FhirJson.tree(json);
        FhirDocument document = ResourceWalk.read(tree, faults);
        String text = FhirJson.text(json);
        if (document.resourceType().equals(BUNDLE)) {
            return new BundleReader(tree, faults).read(text, document);
        }
        BundleLabels.requireAlone(tree);
        return List.of(new BundleDocument.Entry(document.resourceType(), Optional.empty(), text, document));
    }

    private List<BundleDocument.Entry> read(String text, FhirDocument document) throws Refused {
        if (!TYPES.contains(type)) {
            throw new Refused(
                    "Bundle.type",
                    type.isEmpty()
                            ? "the type of the Bundle is missing"
                            : "entries of this type of Bundle are answers or versions, not resources to register");
        }
        if (entries.isEmpty()) {
            throw new Refused("Bundle.entry", "there is nothing in the Bundle to register");
        }
        if (entries.size() > MAX_ENTRIES) {
            throw new Refused(
                    "Bundle.entry", "the Bundle has more than " + MAX_ENTRIES + " entries; import it in parts");
        }
        for (Element entry : entries) {
            faults.in(() -> check(entry));
        }
        references();
        // what follows takes all that was read as sound
        faults.requireNone();
        onePatient(document);
        List<FhirDocument> labels = labels(document);
        List<String> contents = FhirJson.entryResources(text);
        List<BundleDocument.Entry> read = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            read.add(new BundleDocument.Entry(
                    entries.get(i).path() + ".resource",
                    entries.get(i).text("fullUrl"),
                    contents.get(i),
                    labels.get(i)));
        }
        return read;
    }

    private List<FhirDocument> labels(FhirDocument document) throws Refused {
        BundleLabels labels = new BundleLabels(entries, document.entries());
        if (bundle.has("meta")) {
            labels.protectAll(ResourceWalk.read(bundle.deepCopy().retain("resourceType", "meta"), faults));
        }
        if (type.equals("document")) {
            document.entries().stream()
                    .filter(entry -> entry.resourceType().equals("Composition"))
                    .forEach(labels::protectAll);
        }
        return labels.resolved();
    }

    private void check(Element entry) throws Refused {
        Optional<Element> request = entry.get("request");
        if (REQUESTS.contains(type)) {
            String method = request.flatMap(asked -> asked.text("method")).orElse("");
            if (!WRITES.contains(method)) {
                throw entry.refuse(
                        "request.method",
                        "POST and PUT bring a resource to register; nothing is registered by any other request");
            }
        } else if (request.isPresent()) {
            throw entry.refuse("request", "requests stand in Bundles of the types transaction and batch alone");
        }
        Element resource = entry.get("resource")
                .orElseThrow(() -> entry.refuse("resource", "the entry has no resource to register"));
        if (resource.node().path("resourceType").asText().equals(BUNDLE)) {
            throw resource.refuse("a Bundle within a Bundle is imported on its own");
        }
        boolean outcome = entry.get("search")
                .flatMap(search -> search.text("mode"))
                .filter("outcome"::equals)
                .isPresent();
        if (outcome) {
            throw entry.refuse(
                    "search.mode", "this is an answer to a search about the search, not a resource to register");
        }
        Optional<String> url = entry.text("fullUrl");
        if (url.isPresent() && byUrl.putIfAbsent(url.get(), entry) != null) {
            throw entry.refuse("fullUrl", "two entries have this address (FHIR's constraint bdl-7)");
        }
    }

    /** A URN means nothing outside its Bundle, so what it refers to must stand in it. */
    private void references() {
        for (Element entry : entries) {
            Optional<Element> resource = entry.get("resource");
            if (resource.isPresent()) {
                references(resource.get());
            }
        }
    }

    private void references(Element element) {
        for (Map.Entry<String, JsonNode> member : element.node().properties()) {
            JsonNode value = member.getValue();
            if (member.getKey().equals("reference") && value.isTextual()) {
                String reference = value.textValue();
                boolean urn = reference.startsWith("urn:uuid:") || reference.startsWith("urn:oid:");
                if (urn && !byUrl.containsKey(reference)) {
                    faults.add(element.refuse("reference", "what this refers to is not in the Bundle"));
                }
            } else if (value.isArray()) {
                for (Element item : element.list(member.getKey())) {
                    references(item);
                }
            } else if (value.isObject()) {
                references(new Element(value, ResourceWalk.join(element.path(), member.getKey())));
            }
        }
    }

    private void onePatient(FhirDocument document) throws Refused {
        Optional<String> patient = Optional.empty();
        for (int i = 0; i < entries.size(); i++) {
            FhirDocument resource = document.entries().get(i);
            Element entry = entries.get(i);
            Optional<String> its = resource.resourceType().equals("Patient")
                    ? Optional.of(entry.text("fullUrl").orElse(entry.path()))
                    : resource.patientReference().flatMap(this::patient);
            if (its.isPresent() && patient.isPresent() && !samePatient(patient.get(), its.get())) {
                throw entry.refuse(
                        "resource",
                        "this is about another patient than an entry before it; all entries are registered for one");
            }
            patient = patient.or(() -> its);
        }
    }

    /** The address of the patient in this Bundle, or the reference where it is not there; nothing for a subject that is none. */
    private Optional<String> patient(String reference) {
        Element named = byUrl.get(reference);
        if (named != null) {
            return isPatient(named) ? Optional.of(reference) : Optional.empty();
        }
        for (Element entry : entries) {
            String url = entry.text("fullUrl").orElse(entry.path());
            String id = entry.node().path("resource").path("id").asText();
            if (isPatient(entry) && (url.endsWith("/" + reference) || reference.equals("Patient/" + id))) {
                return Optional.of(url);
            }
        }
        return Optional.of(reference).filter(text -> !text.startsWith("#"));
    }

    private static boolean isPatient(Element entry) {
        return entry.node().path("resource").path("resourceType").asText().equals("Patient");
    }

    /** A relative reference and an absolute one may name one patient on two servers only where their ends agree. */
    private static boolean samePatient(String a, String b) {
        return a.equals(b) || a.endsWith("/" + b) || b.endsWith("/" + a);
    }
}
