package io.consilium.interop.gs1;

import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;

/**
 * What a label or a barcode says of goods: which they are, and the lot and last day of use where they stand beside it.
 *
 * @param date the six digits of (17)
 */
public record PackLabel(Gs1Key key, Optional<String> lot, Optional<String> date) {
    /** An EPC URN, a Digital Link, an element string with brackets, or the raw content of a barcode. */
    public static PackLabel read(String text) throws MalformedIdentifier {
        if (text.isBlank()) {
            throw new MalformedIdentifier("there is no text");
        }
        if (EpcUrn.isClaimed(text)) {
            return of(EpcUrn.read(text).key(), Map.of());
        }
        if (DigitalLink.isWebAddress(text)) {
            DigitalLink link = DigitalLink.read(text);
            return of(link.key(), link.attributes());
        }
        ElementString elements = ElementString.read(text);
        return of(elements.key(), elements.elements());
    }

    private static PackLabel of(Gs1Key key, Map<String, String> elements) {
        return new PackLabel(key, Optional.ofNullable(elements.get("10")), Optional.ofNullable(elements.get("17")));
    }

    /** The last day of use. */
    public Optional<LocalDate> expiry(int currentYear) throws MalformedIdentifier {
        return date.isEmpty() ? Optional.empty() : Optional.of(Gs1Date.read(date.get(), currentYear));
    }
}
