package io.consilium.interop.fhir;

import ca.uhn.fhir.context.BaseRuntimeChildDefinition;
import ca.uhn.fhir.context.BaseRuntimeElementCompositeDefinition;
import ca.uhn.fhir.context.BaseRuntimeElementDefinition;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.RuntimeChildContainedResources;
import ca.uhn.fhir.context.RuntimeChildDirectResource;
import ca.uhn.fhir.context.RuntimeChildExtension;
import ca.uhn.fhir.parser.DataFormatException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;

/**
 * A walk over the JSON of one resource beside FHIR R4's definitions of its elements, as HAPI FHIR knows them.
 *
 * <p>Not HAPI's parser: that one names an unknown element without its path, and reads the narrative's XML for nothing.
 */
final class ResourceWalk {
    private static final FhirContext R4 = FhirContext.forR4Cached();

    /** Elements that FHIR maps to the class of an event (the "what kind" of its five W's). */
    private static final Set<String> CLASS_ELEMENTS =
            Set.of("category", "class", "type", "serviceCategory", "serviceType");

    /** Labels of what the resource tells of: DocumentReference, AuditEvent.entity; Composition. */
    private static final Set<String> PROTECTING_ELEMENTS = Set.of("securityLabel", "confidentiality");

    private static final Set<String> PATIENT_ELEMENTS = Set.of("subject", "patient");
    private static final int MAX_SHOWN_NAME = 64;

    /** Names the medicine of a prescription or dose by the resource that has its code. */
    static final String MEDICINE_ELEMENT = "medicationReference";

    private final FoundLabels found;
    private final Faults faults;

    private ResourceWalk(FoundLabels found, Faults faults) {
        this.found = found;
        this.faults = faults;
    }

    /** Beside faults what is read is of no use but to find further ones. */
    static FhirDocument read(JsonNode document, Faults faults) throws Refused {
        String type = resourceType(document, "");
        return resource(document, type, type, faults).found.document();
    }

    private static ResourceWalk resource(JsonNode resource, String type, String path, Faults faults) throws Refused {
        BaseRuntimeElementCompositeDefinition<?> definition = definition(type, path);
        ResourceWalk walk = new ResourceWalk(new FoundLabels(type), faults);
        for (Map.Entry<String, JsonNode> member : resource.properties()) {
            String name = member.getKey();
            if (!name.equals("resourceType")) {
                faults.in(() -> walk.member(definition, name, member.getValue(), join(path, name), role(name)));
            }
        }
        for (String element : PATIENT_ELEMENTS) {
            JsonNode reference = resource.path(element).path("reference");
            if (reference.isTextual()) {
                walk.found.patient(reference.textValue());
            }
        }
        JsonNode medicine = resource.path(MEDICINE_ELEMENT).path("reference");
        if (resource.has(MEDICINE_ELEMENT) && !medicine.asText().startsWith("#")) {
            walk.found.unlabelled(join(path, MEDICINE_ELEMENT), FoundLabels.Role.CODE);
        }
        return walk;
    }

    private static BaseRuntimeElementCompositeDefinition<?> definition(String type, String path) throws Refused {
        try {
            return R4.getResourceDefinition(type);
        } catch (DataFormatException unknown) {
            throw new Refused(join(path, "resourceType"), "FHIR R4 has no such resource type");
        }
    }

    private static String resourceType(JsonNode resource, String path) throws Refused {
        if (!resource.isObject()) {
            throw new Refused(path, "a FHIR resource is a JSON object");
        }
        JsonNode type = resource.path("resourceType");
        if (!type.isTextual()) {
            throw new Refused(join(path, "resourceType"), "a FHIR resource names its type here");
        }
        String name = type.textValue();
        return isPlain(name) ? name : "?";
    }

    private static FoundLabels.Role role(String topLevelElement) {
        if (PROTECTING_ELEMENTS.contains(topLevelElement)) {
            return FoundLabels.Role.PROTECTION;
        }
        return CLASS_ELEMENTS.contains(topLevelElement) ? FoundLabels.Role.CLASS : FoundLabels.Role.CODE;
    }

    private void member(
            BaseRuntimeElementCompositeDefinition<?> parent,
            String name,
            JsonNode value,
            String path,
            FoundLabels.Role role)
            throws Refused {
        boolean shadow = name.startsWith("_");
        String element = shadow ? name.substring(1) : name;
        BaseRuntimeChildDefinition child = parent.getChildByName(element);
        if (child == null) {
            throw new Refused(path, "FHIR R4 defines no such element here");
        }
        if (child.getMax() == 1) {
            if (value.isArray()) {
                throw new Refused(path, "this element stands once, it is no array");
            }
            element(child, element, value, path, shadow, role);
            return;
        }
        if (!value.isArray() || value.isEmpty()) {
            throw new Refused(path, "this element may repeat: it is an array that is not empty");
        }
        for (int i = 0; i < value.size(); i++) {
            // In an array of primitives null keeps the place of a value that has an extension alone, or none.
            JsonNode item = value.get(i);
            String at = path + "[" + i + "]";
            boolean placeholder = item.isNull() && (shadow || isPrimitive(child, element));
            if (!placeholder) {
                faults.in(() -> element(child, element, item, at, shadow, role));
            }
        }
    }

    private static boolean isPrimitive(BaseRuntimeChildDefinition child, String name) {
        BaseRuntimeElementDefinition<?> definition = child.getChildByName(name);
        return definition != null && !(definition instanceof BaseRuntimeElementCompositeDefinition<?>);
    }

    private void element(
            BaseRuntimeChildDefinition child,
            String name,
            JsonNode value,
            String path,
            boolean shadow,
            FoundLabels.Role role)
            throws Refused {
        if (!shadow && child instanceof RuntimeChildContainedResources) {
            found.contain(nested(value, path));
        } else if (!shadow && child instanceof RuntimeChildDirectResource) {
            found.enter(nested(value, path));
        } else if (child instanceof RuntimeChildExtension && !shadow) {
            extension(value, path);
        } else if (shadow) {
            shadow(child, name, value, path);
        } else if (child.getChildByName(name) instanceof BaseRuntimeElementCompositeDefinition<?> composite) {
            composite(composite, value, path, role);
        } else {
            Primitives.check(child, name, value, path).ifPresent(bound -> found.bound(bound, role));
        }
    }

    private FoundLabels nested(JsonNode resource, String path) throws Refused {
        return resource(resource, resourceType(resource, path), path, faults).found;
    }

    /** Id and extensions of a primitive stand beside it, under its name after an underscore. */
    private void shadow(BaseRuntimeChildDefinition child, String name, JsonNode value, String path) throws Refused {
        if (!isPrimitive(child, name)) {
            throw new Refused(path, "only a primitive element has a companion with an underscore");
        }
        requireObject(value, path);
        for (Map.Entry<String, JsonNode> member : value.properties()) {
            String at = join(path, member.getKey());
            if (member.getKey().equals("extension") && member.getValue().isArray()) {
                for (int i = 0; i < member.getValue().size(); i++) {
                    extension(member.getValue().get(i), at + "[" + i + "]");
                }
            } else if (!member.getKey().equals("id") || !member.getValue().isTextual()) {
                throw new Refused(at, "beside a primitive stand an id and an array of extensions, nothing else");
            }
        }
    }

    private void extension(JsonNode value, String path) throws Refused {
        requireObject(value, path);
        if (!value.path("url").isTextual()) {
            throw new Refused(join(path, "url"), "an extension names its definition here");
        }
        composite(Primitives.composite(R4, "Extension"), value, path, FoundLabels.Role.CODE);
    }

    private void composite(
            BaseRuntimeElementCompositeDefinition<?> definition, JsonNode value, String path, FoundLabels.Role role)
            throws Refused {
        requireObject(value, path);
        FoundLabels.Role inner = definition.getName().equals("Identifier") ? FoundLabels.Role.NONE : role;
        int before = faults.count();
        for (Map.Entry<String, JsonNode> member : value.properties()) {
            String name = member.getKey();
            FoundLabels.Role memberRole = memberRole(definition.getName(), path, name, inner);
            faults.in(() -> member(definition, name, member.getValue(), join(path, name), memberRole));
        }
        if (faults.count() > before) {
            return;
        }
        if (definition.getName().equals("Coding")) {
            found.coding(value, path, inner);
        } else if (definition.getName().equals("CodeableConcept") && !hasCode(value)) {
            found.unlabelled(path, inner);
        }
    }

    private static boolean hasCode(JsonNode concept) {
        for (JsonNode coding : concept.path("coding")) {
            if (!coding.path("code").asText().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** A Consent's provision names labels as criteria, which protect nothing. */
    private static FoundLabels.Role memberRole(String type, String path, String name, FoundLabels.Role around) {
        if (type.equals("Meta")) {
            return metaRole(name);
        }
        boolean criterion = path.endsWith(".provision") || path.contains(".provision[") && path.endsWith("]");
        return name.equals("securityLabel") && !criterion ? FoundLabels.Role.PROTECTION : around;
    }

    private static FoundLabels.Role metaRole(String name) {
        return name.equals("security") ? FoundLabels.Role.SECURITY : FoundLabels.Role.NONE;
    }

    private static void requireObject(JsonNode value, String path) throws Refused {
        if (!value.isObject() || value.isEmpty()) {
            throw new Refused(path, "this element is a JSON object that is not empty");
        }
    }

    static String join(String path, String name) {
        String shown = isPlain(name) ? name : "?";
        return path.isEmpty() ? shown : path + "." + shown;
    }

    /** Element names alone are shown: anything else in a name's place could be content. */
    private static boolean isPlain(String name) {
        boolean plain = !name.isEmpty() && name.length() <= MAX_SHOWN_NAME;
        for (int i = 0; plain && i < name.length(); i++) {
            char c = name.charAt(i);
            plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        }
        return plain;
    }
}
