package io.consilium.interop.fhir;

/**
 * Why nothing of a Bundle is registered.
 *
 * @param path the offending element as FHIRPath spells it; element names and positions, never content
 */
public record BundleRefusal(String path, String reason) implements BundleReading {
    /** One line for a person. */
    public String message() {
        return path.isEmpty() ? reason : path + ": " + reason;
    }
}
