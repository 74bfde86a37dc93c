package io.consilium.interop.fhir;

/**
 * One place of a document that stands in the way.
 *
 * @param path the offending element as FHIRPath spells it, empty for the document as a whole; it holds element names
 *     and positions, never content
 */
public record FhirFault(String path, String reason) {
    /** One line for a person. */
    public String message() {
        return path.isEmpty() ? reason : path + ": " + reason;
    }
}
