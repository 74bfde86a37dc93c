package io.consilium.interop.fhir;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the resources of a Bundle are labelled with beside their own codes, since each becomes a record that stands alone
 * (REC-4, PRV-4): what protects the whole protects each, a Binary is labelled as whatever points to it, and a prescription
 * as its medicine.
 */
final class BundleLabels {
    private static final String BINARY = "Binary";
    private static final String CONTEXT = "securityContext";

    private final List<Element> resources = new ArrayList<>();
    private final List<String> urls = new ArrayList<>();
    private final List<FhirDocument> labels;

    BundleLabels(List<Element> entries, List<FhirDocument> labels) {
        for (Element entry : entries) {
            resources.add(entry.get("resource").orElseThrow());
            urls.add(entry.text("fullUrl").orElse(""));
        }
        this.labels = new ArrayList<>(labels);
    }

    /** A Binary alone does not tell what protects it where it names another resource for that. */
    static void requireAlone(JsonNode resource) throws Refused {
        if (resource.path("resourceType").asText().equals(BINARY) && resource.has(CONTEXT)) {
            throw new Refused(
                    ResourceWalk.join(BINARY, CONTEXT),
                    "who may read this content is told by another resource; import both in a Bundle");
        }
    }

    /** What the whole is protected by holds for each of its parts. */
    void protectAll(FhirDocument whole) {
        labels.replaceAll(each -> each.protectedAs(whole));
    }

    /** With what entries say of one another; what protects a Binary must stand in the Bundle. */
    List<FhirDocument> resolved() throws Refused {
        for (int i = 0; i < resources.size(); i++) {
            String medicine = text(i, ResourceWalk.MEDICINE_ELEMENT);
            Optional<Integer> named = find(medicine);
            if (named.isPresent()) {
                String told = ResourceWalk.join(resources.get(i).path(), ResourceWalk.MEDICINE_ELEMENT);
                labels.set(i, labels.get(i).about(labels.get(named.get()), path -> !path.equals(told)));
            }
        }
        for (int i = 0; i < resources.size(); i++) {
            if (isBinary(i) && resources.get(i).get(CONTEXT).isPresent()) {
                Element context = resources.get(i);
                int governing = find(text(i, CONTEXT))
                        .orElseThrow(() -> context.refuse(
                                CONTEXT,
                                "what says who may read this content is not in the Bundle; import them together"));
                labels.set(i, labels.get(i).protectedAs(labels.get(governing)));
            }
            if (!isBinary(i)) {
                point(resources.get(i).node(), labels.get(i));
            }
        }
        return List.copyOf(labels);
    }

    /** Hands the labels of a resource to each Binary that it names anywhere. */
    private void point(JsonNode node, FhirDocument from) {
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            boolean address =
                    member.getKey().equals("reference") || member.getKey().equals("url");
            if (address && member.getValue().isTextual()) {
                find(member.getValue().textValue())
                        .filter(this::isBinary)
                        .ifPresent(
                                binary -> labels.set(binary, labels.get(binary).about(from, path -> true)));
            }
        }
        for (JsonNode child : node) {
            point(child, from);
        }
    }

    private boolean isBinary(int entry) {
        return labels.get(entry).resourceType().equals(BINARY);
    }

    private String text(int entry, String element) {
        return resources.get(entry).node().path(element).path("reference").asText();
    }

    /** The entry that a reference names: by its address, by the end of it, or by type and id. */
    private Optional<Integer> find(String named) {
        int version = named.indexOf("/_history/");
        String reference = version < 0 ? named : named.substring(0, version);
        for (int i = 0; i < resources.size() && !reference.isEmpty(); i++) {
            String id = resources.get(i).node().path("id").asText();
            boolean byId = !id.isEmpty() && reference.equals(labels.get(i).resourceType() + "/" + id);
            if (byId || urls.get(i).equals(reference) || urls.get(i).endsWith("/" + reference)) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }
}
