package io.consilium.interop.gs1;

import java.util.List;
import java.util.Optional;

/**
 * How long the company prefix of a key is, which only an EPC URN shows.
 *
 * <p>Prefixes that the ledger registers decide. GS1's own list of all prefixes (some 200,000) changes daily and is not
 * part of this software; for a key under none of the registered prefixes {@link #typicalDigits} says what is usual under
 * the first digits. It serves to write a URN for a partner who insists on one; nothing compares keys by it.
 */
public final class CompanyPrefixes {
    private static final int USUAL = 7;

    /** First digits under which another length is usual. */
    private static final List<String> EIGHT = List.of("93");

    private static final List<String> SIX = List.of("302", "030", "952001");

    private final List<String> registered;

    private CompanyPrefixes(List<String> registered) {
        this.registered = registered;
    }

    /** Of the prefixes given, each from 6 to 12 digits. */
    public static CompanyPrefixes of(List<String> registered) throws MalformedIdentifier {
        for (String prefix : registered) {
            requirePrefix(prefix);
        }
        return new CompanyPrefixes(List.copyOf(registered));
    }

    /** Refuses what is no company prefix. */
    public static void requirePrefix(String prefix) throws MalformedIdentifier {
        if (!CharacterSet.NUMERIC.holds(prefix)
                || prefix.length() < Gs1Key.MIN_PREFIX_DIGITS
                || prefix.length() > Gs1Key.MAX_PREFIX_DIGITS) {
            throw new MalformedIdentifier("a company prefix has from " + Gs1Key.MIN_PREFIX_DIGITS + " to "
                    + Gs1Key.MAX_PREFIX_DIGITS + " digits");
        }
    }

    /** The registered prefix that a key stands under, the longest if several. */
    public Optional<String> owning(Gs1Key key) {
        Optional<String> owning = Optional.empty();
        for (String prefix : registered) {
            if (key.isUnder(prefix) && owning.map(String::length).orElse(0) < prefix.length()) {
                owning = Optional.of(prefix);
            }
        }
        return owning;
    }

    /** The EPC URN of a key under its registered prefix, else under one of typical length. */
    public String urn(Gs1Key key) throws MalformedIdentifier {
        return key.urn(owning(key).map(String::length).orElse(typicalDigits(key)));
    }

    /** What is usual under the first digits of the key. */
    public static int typicalDigits(Gs1Key key) {
        String digits = key.afterIndicator();
        if (SIX.stream().anyMatch(digits::startsWith)) {
            return Gs1Key.MIN_PREFIX_DIGITS;
        }
        return EIGHT.stream().anyMatch(digits::startsWith) ? USUAL + 1 : USUAL;
    }
}
