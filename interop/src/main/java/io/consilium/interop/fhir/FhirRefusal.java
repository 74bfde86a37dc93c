package io.consilium.interop.fhir;

import java.util.List;

/**
 * Why a document is not taken: its labels cannot be trusted, nothing of the Bundle is registered (REC-4), or the Consent
 * cannot be enforced as it was meant (CON-5).
 *
 * @param faults the first of them in the order of the document
 * @param more how many there are beside these
 */
public record FhirRefusal(List<FhirFault> faults, int more) implements FhirReading, BundleReading, ConsentReading {
    public FhirRefusal {
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
