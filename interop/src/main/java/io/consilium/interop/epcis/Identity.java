package io.consilium.interop.epcis;

import io.consilium.interop.gs1.Gs1Key;
import io.consilium.interop.gs1.Identifiers;
import io.consilium.interop.gs1.MalformedIdentifier;
import java.util.Optional;

/**
 * What an event's identifier names; equal where two spellings mean one thing (DRU-1).
 *
 * @param uri the canonical Digital Link of a GS1 key, any other URI as it stands
 */
public record Identity(String uri, Optional<Gs1Key> key) {
    /** Of a text that the rules have passed. */
    static Identity of(String text) {
        try {
            Optional<Gs1Key> key = Identifiers.readUri(text.strip());
            return new Identity(key.map(Gs1Key::digitalLink).orElseGet(() -> Identifiers.canonical(text.strip())), key);
        } catch (MalformedIdentifier checkedBefore) {
            throw new IllegalArgumentException("an identifier of a checked event is wrong", checkedBefore);
        }
    }
}
