package io.consilium.interop.gs1;

import java.util.List;
import java.util.Optional;

/** Reads an item, place or party in whatever spelling it comes. */
public final class Identifiers {
    /** Logistic units, trade items and their pieces. */
    private static final List<String> ITEMS = List.of("/00/", "/01/", "/8006/");

    private Identifiers() {}

    /** An EPC URN, a Digital Link, an element string with brackets, or the raw content of a barcode. */
    public static Gs1Key read(String text) throws MalformedIdentifier {
        return PackLabel.read(text).key();
    }

    /**
     * The key that a URI of an event names.
     *
     * <p>A wrong check digit of a trade item or logistic unit is refused (DRU-2). Published events name assets and
     * documents with wrong ones; these stay URIs like any other.
     *
     * @return nothing for a URI of another kind, which EPCIS allows everywhere
     */
    public static Optional<Gs1Key> readUri(String uri) throws MalformedIdentifier {
        if (EpcUrn.isClaimed(uri)) {
            return Optional.of(EpcUrn.read(uri).key());
        }
        Optional<String> canonical = DigitalLink.canonical(uri);
        if (canonical.isEmpty() && !DigitalLink.isClaimed(uri)) {
            return Optional.empty();
        }
        try {
            return Optional.of(DigitalLink.read(uri).key());
        } catch (MalformedIdentifier wrong) {
            if (canonical.isEmpty()
                    || canonical.filter(Identifiers::namesAnItem).isPresent()) {
                throw wrong;
            }
            return Optional.empty();
        }
    }

    private static boolean namesAnItem(String canonical) {
        return ITEMS.stream().anyMatch(start -> canonical.startsWith(DigitalLink.CANONICAL_DOMAIN + start));
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
