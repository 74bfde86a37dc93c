package io.consilium.interop.fhir;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Whom and what the references of a document mean on this ledger, as the user says; nothing is concluded from names.
 *
 * @param entries from a reference as the document writes it, an identifier or a code as {@code system|value}, to an
 *     institution, member, role, record id or purpose
 * @param keepUnknown whether a reference without an entry stays as it is, for a look at terms that are not submitted
 */
public record ReferenceMap(Map<String, String> entries, boolean keepUnknown) {
    public ReferenceMap {
        entries = Collections.unmodifiableMap(new TreeMap<>(entries));
    }

    /** For a look: every reference stays as it is. */
    public static ReferenceMap keepingAll() {
        return new ReferenceMap(Map.of(), true);
    }

    Optional<String> meaning(String reference) {
        return Optional.ofNullable(entries.get(reference))
                .or(() -> keepUnknown ? Optional.of(reference) : Optional.empty());
    }

    /** Codes have a meaning of their own: one that nobody gave another is not kept. */
    Optional<String> given(String systemAndCode) {
        return Optional.ofNullable(entries.get(systemAndCode));
    }
}
