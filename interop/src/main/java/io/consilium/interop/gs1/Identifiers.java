package io.consilium.interop.gs1;

import java.util.Optional;

/** Reads an item, place or party in whatever spelling it comes. */
public final class Identifiers {
    private Identifiers() {}

    /** An EPC URN, a Digital Link, an element string with brackets, or the raw content of a barcode. */
    public static Gs1Key read(String text) throws MalformedIdentifier {
        if (text.isBlank()) {
            throw new MalformedIdentifier("there is no text");
        }
        if (EpcUrn.isClaimed(text)) {
            return EpcUrn.read(text).key();
        }
        if (text.contains("://")) {
            return DigitalLink.read(text).key();
        }
        return ElementString.read(text).key();
    }

    /**
     * The key that a URI of an event names.
     *
     * @return nothing for a URI of another kind, which EPCIS allows everywhere
     */
    public static Optional<Gs1Key> readUri(String uri) throws MalformedIdentifier {
        if (EpcUrn.isClaimed(uri)) {
            return Optional.of(EpcUrn.read(uri).key());
        }
        if (DigitalLink.isClaimed(uri)) {
            return Optional.of(DigitalLink.read(uri).key());
        }
        return DigitalLink.canonical(uri).isPresent()
                ? Optional.of(DigitalLink.read(uri).key())
                : Optional.empty();
    }

    /** The canonical Digital Link of what a URI names, or the URI itself where it names no GS1 key. */
    public static String canonical(String uri) {
        if (EpcUrn.isClaimed(uri)) {
            try {
                return EpcUrn.read(uri).key().digitalLink();
            } catch (MalformedIdentifier none) {
                return uri;
            }
        }
        return DigitalLink.canonical(uri).orElse(uri);
    }
}
