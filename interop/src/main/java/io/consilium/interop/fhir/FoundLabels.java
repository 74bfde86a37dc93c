package io.consilium.interop.fhir;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a walk over one resource found so far. */
final class FoundLabels {
    static final int MAX_CODINGS = 1024;
    static final int MAX_CHARACTERS = 1024;
    private static final String WITHOUT_CODE = "a security label without system or code cannot be enforced";

    private final String resourceType;
    private final Set<Coding> classes = new LinkedHashSet<>();
    private final Set<Coding> codes = new LinkedHashSet<>();
    private final Set<Coding> security = new LinkedHashSet<>();
    private final List<FhirDocument> entries = new ArrayList<>();
    private final List<String> unlabelled = new ArrayList<>();
    private Optional<Confidentiality> confidentiality = Optional.empty();
    private Optional<Confidentiality> ofParts = Optional.empty();
    private Optional<String> patient = Optional.empty();

    FoundLabels(String resourceType) {
        this.resourceType = resourceType;
        classes.add(new Coding(Coding.RESOURCE_TYPES, resourceType));
    }

    /** What a coding says about the resource, by its place. */
    enum Role {
        CLASS,
        CODE,
        SECURITY,
        /** Of what the resource tells of: it lifts the resource, and never lowers it. */
        PROTECTION,
        NONE
    }

    /** A JSON object of FHIR's type Coding. */
    void coding(JsonNode value, String path, Role role) throws Refused {
        String system = value.path("system").asText("");
        String code = value.path("code").asText("");
        if (role == Role.NONE || (code.isEmpty() && role != Role.SECURITY && role != Role.PROTECTION)) {
            return;
        }
        if (hasStraySpace(code) || hasStraySpace(system)) {
            throw new Refused(path, "system or code has white space that would make it another label");
        }
        if (code.length() > MAX_CHARACTERS || system.length() > MAX_CHARACTERS) {
            throw new Refused(path, "system or code has more than " + MAX_CHARACTERS + " characters");
        }
        if (code.isEmpty()) {
            throw new Refused(path, WITHOUT_CODE);
        }
        Coding coding = CodeSystems.coding(system, code);
        if (role == Role.SECURITY || role == Role.PROTECTION) {
            security(coding.system(), coding.code(), path, role);
        } else {
            (role == Role.CLASS ? classes : codes).add(coding);
        }
        if (classes.size() + codes.size() + security.size() > MAX_CODINGS) {
            throw new Refused(path, "the resource has more than " + MAX_CODINGS + " different codings");
        }
    }

    private void security(String system, String code, String path, Role role) throws Refused {
        if (system.isEmpty()) {
            throw new Refused(path, WITHOUT_CODE);
        }
        if (!system.equals(Confidentiality.SYSTEM)) {
            security.add(new Coding(system, code));
            return;
        }
        Confidentiality level = Confidentiality.of(code)
                .orElseThrow(() -> new Refused(path, "the confidentiality is none of U, L, M, N, R, V"));
        if (role == Role.PROTECTION) {
            lift(level);
        } else {
            confidentiality = Optional.of(confidentiality.map(level::max).orElse(level));
        }
    }

    /** A concept that no code tells, so that no label stands for it. */
    void unlabelled(String path, Role role) {
        if (role == Role.CLASS || role == Role.CODE) {
            unlabelled.add(path);
        }
    }

    private void lift(Confidentiality level) {
        ofParts = Optional.of(ofParts.map(level::max).orElse(level));
    }

    /** FHIR allows single spaces inside a code, none around it. */
    static boolean hasStraySpace(String text) {
        boolean before = true;
        for (int i = 0; i < text.length(); i++) {
            boolean space = Character.isWhitespace(text.charAt(i));
            if (space && (before || i == text.length() - 1)) {
                return true;
            }
            before = space;
        }
        return false;
    }

    /** A primitive code whose system its element fixes counts where it tells the class, as AllergyIntolerance.category. */
    void bound(Coding coding, Role role) {
        if (role == Role.CLASS) {
            classes.add(coding);
        } else if (role == Role.PROTECTION) {
            Confidentiality.of(coding.code()).ifPresent(this::lift);
        }
    }

    /** Keeps a reference unless it names another type than Patient; a fragment or a URN names none. */
    void patient(String reference) {
        int id = reference.lastIndexOf('/');
        boolean other = id >= 0 && !reference.substring(0, id).endsWith("Patient");
        if (!other) {
            patient = Optional.of(reference);
        }
    }

    /** A contained resource is part of this one: its codings are found here, its class is not this one's. */
    void contain(FoundLabels contained) {
        codes.addAll(contained.codes);
        contained.classes.stream()
                .filter(coding -> !coding.system().equals(Coding.RESOURCE_TYPES))
                .forEach(codes::add);
        unlabelled.addAll(contained.unlabelled);
        fold(contained.document());
    }

    /** An entry of a Bundle is a resource of its own; what protects it protects the whole. */
    void enter(FoundLabels entry) {
        entries.add(entry.document());
        fold(entry.document());
    }

    private void fold(FhirDocument part) {
        security.addAll(part.securityLabels());
        lift(part.confidentiality());
    }

    FhirDocument document() {
        // A part without a level is normal, and so lifts a whole that was declared lower.
        Confidentiality own = confidentiality.orElse(Confidentiality.N);
        return new FhirDocument(
                resourceType,
                List.copyOf(classes),
                List.copyOf(codes),
                List.copyOf(security),
                ofParts.map(own::max).orElse(own),
                patient,
                entries,
                unlabelled);
    }
}
