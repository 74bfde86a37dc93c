package io.consilium.interop.fhir;

import io.consilium.ledger.consent.PurposeOfUse;
import java.util.Optional;
import java.util.Set;

/** What the references of a Consent mean: identifiers of this ledger themselves, everything else as the user says. */
final class References {
    static final String ROLE_IDS = "urn:consilium:role";
    static final String ROLE_PREFIX = "role:";

    private static final Set<String> NO_ACTORS = Set.of("Patient", "RelatedPerson", "Device");
    private static final int MAX_CHARACTERS = 1024;

    private final ReferenceMap map;

    References(ReferenceMap map) {
        this.map = map;
    }

    String actor(Element reference) throws Refused {
        Optional<String> own = ownActor(reference);
        if (own.isPresent()) {
            return own.get();
        }
        String text = text(reference);
        String type = type(reference, text);
        if (NO_ACTORS.contains(type) && map.given(text).isEmpty()) {
            throw reference.refuse("a " + type + " is no member of this ledger whom a rule could name; patients read"
                    + " their own records, and guardians act by an appointment of their own");
        }
        return meaning(reference, text, "an institution, a member or a role");
    }

    /** Of an author roles mean nothing. */
    String author(Element reference) throws Refused {
        String author = actor(reference);
        if (author.startsWith(ROLE_PREFIX)) {
            throw reference.refuse("authors are institutions or members, not roles");
        }
        return author;
    }

    String record(Element reference) throws Refused {
        if (system(reference).equals(AuditEvents.RECORD_IDS)) {
            return value(reference);
        }
        return meaning(reference, text(reference), "a record id");
    }

    Optional<String> purpose(Coding coding) {
        return map.given(coding.system() + "|" + coding.code())
                .filter(code -> PurposeOfUse.of(code).isPresent());
    }

    private String meaning(Element reference, String text, String wanted) throws Refused {
        return map.meaning(text)
                .orElseThrow(() -> reference.refuse(
                        "it is not said whom or what this reference means here; name " + wanted + " for it"));
    }

    private static Optional<String> ownActor(Element reference) {
        return switch (system(reference)) {
            case AuditEvents.INSTITUTION_IDS, AuditEvents.MEMBER_IDS -> Optional.of(value(reference));
            case ROLE_IDS -> Optional.of(ROLE_PREFIX + value(reference));
            default -> Optional.empty();
        };
    }

    /** The reference as the document writes it, or its identifier as {@code system|value}. */
    private static String text(Element reference) throws Refused {
        Optional<String> text = reference.text("reference");
        if (text.isEmpty() && !system(reference).isEmpty() && !value(reference).isEmpty()) {
            text = Optional.of(system(reference) + "|" + value(reference));
        }
        String found = text.orElseThrow(() -> reference.refuse(
                "the reference has neither an address nor an identifier with its system; a name alone says nothing"));
        if (found.length() > MAX_CHARACTERS) {
            throw reference.refuse("the reference has more than " + MAX_CHARACTERS + " characters");
        }
        return found;
    }

    /** The type that the reference names, empty where it names none, as a fragment or a URN. */
    private static String type(Element reference, String text) {
        Optional<String> named = reference.text("type");
        if (named.isPresent()) {
            return named.get();
        }
        String[] parts = text.split("/", -1);
        return parts.length < 2 ? "" : parts[parts.length - 2];
    }

    private static String system(Element reference) {
        return reference.get("identifier").flatMap(id -> id.text("system")).orElse("");
    }

    private static String value(Element reference) {
        return reference.get("identifier").flatMap(id -> id.text("value")).orElse("");
    }
}
