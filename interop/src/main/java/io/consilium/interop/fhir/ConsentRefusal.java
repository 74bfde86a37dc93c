package io.consilium.interop.fhir;

/**
 * Why a Consent cannot be enforced as it was meant (CON-5).
 *
 * @param path the offending element as FHIRPath spells it; element names and positions, never content
 */
public record ConsentRefusal(String path, String reason) implements ConsentReading {
    /** One line for a person. */
    public String message() {
        return path.isEmpty() ? reason : path + ": " + reason;
    }
}
