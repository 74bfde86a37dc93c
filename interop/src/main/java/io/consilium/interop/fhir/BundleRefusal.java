package io.consilium.interop.fhir;

import java.util.List;

/**
 * Why nothing of a Bundle is registered.
 *
 * @param faults the first of them in the order of the document, each with the offending element as FHIRPath spells it;
 *     element names and positions, never content
 * @param more how many there are beside these
 */
public record BundleRefusal(List<FhirRefusal> faults, int more) implements BundleReading {
    public BundleRefusal {
        faults = List.copyOf(faults);
    }

    /** The first place. */
    public String path() {
        return faults.get(0).path();
    }

    public String reason() {
        return faults.get(0).reason();
    }

    public int count() {
        return faults.size() + more;
    }

    /** One line for a person. */
    public String message() {
        return count() == 1
                ? faults.get(0).message()
                : count() + " elements are at fault, the first is "
                        + faults.get(0).message();
    }
}
