package io.consilium.interop.fhir;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A JSON value with its place in the document; a document that went through {@link ResourceWalk} has FHIR's forms. */
record Element(JsonNode node, String path) {
    /** The member, absent as well where it has extensions alone. */
    Optional<Element> get(String name) {
        JsonNode member = node.path(name);
        return member.isMissingNode() || member.isNull()
                ? Optional.empty()
                : Optional.of(new Element(member, ResourceWalk.join(path, name)));
    }

    /** The items of a member that may repeat; none where it is absent. */
    List<Element> list(String name) {
        List<Element> items = new ArrayList<>();
        JsonNode member = node.path(name);
        for (int i = 0; member.isArray() && i < member.size(); i++) {
            items.add(new Element(member.get(i), ResourceWalk.join(path, name) + "[" + i + "]"));
        }
        return items;
    }

    /** The text of a member, empty where it is absent. */
    Optional<String> text(String name) {
        return get(name).map(member -> member.node.asText());
    }

    Refused refuse(String reason) {
        return new Refused(path, reason);
    }

    /** A refusal at a member, or a member's member, which may be absent. */
    Refused refuse(String members, String reason) {
        return new Refused(path + "." + members, reason);
    }
}
