package io.consilium.interop.fhir;

import java.util.List;
import java.util.Optional;

/** The resources of a Bundle, each to become a record of its own, in their order; a lone resource is one of them. */
public record BundleDocument(List<Entry> entries) implements BundleReading {
    public BundleDocument {
        entries = List.copyOf(entries);
    }

    /**
     * One resource.
     *
     * @param path where it stands in the document
     * @param fullUrl what others in the Bundle refer to it by
     * @param content its JSON exactly as it stands in the document, so that numbers keep their precision
     * @param labels what it is about
     */
    public record Entry(String path, Optional<String> fullUrl, String content, FhirDocument labels) {}
}
