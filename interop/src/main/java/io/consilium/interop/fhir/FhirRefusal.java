package io.consilium.interop.fhir;

/**
 * Why a document is no FHIR R4 resource whose labels can be trusted.
 *
 * @param path the offending element as FHIRPath spells it, empty for the document as a whole; it holds element names
 *     and positions, never content
 */
public record FhirRefusal(String path, String reason) implements FhirReading {
    /** One line for a person. */
    public String message() {
        return path.isEmpty() ? reason : path + ": " + reason;
    }
}
