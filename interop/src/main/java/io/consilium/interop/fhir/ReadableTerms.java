package io.consilium.interop.fhir;

import java.util.List;
import java.util.Optional;

/**
 * A consent's terms before labels are blinded and conditions sealed (CON-1): what a person reads, and what FHIR says.
 *
 * @param basePermit what holds where no rule matches
 * @param period when the consent speaks at all
 */
public record ReadableTerms(boolean basePermit, Optional<TimeSpan> period, List<ReadableRule> rules) {
    public ReadableTerms {
        rules = List.copyOf(rules);
    }
}
