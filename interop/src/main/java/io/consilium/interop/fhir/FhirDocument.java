package io.consilium.interop.fhir;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a FHIR R4 resource is about (REC-4, PRV-4).
 *
 * @param resourceType such as {@code Observation}
 * @param classes the resource type as a coding of {@link Coding#RESOURCE_TYPES}, then the codings of its elements
 *     {@code category}, {@code class}, {@code type}, {@code serviceCategory} and {@code serviceType}
 * @param codes every other coding found in the resource and in those it contains, without types of identifiers: FHIR's
 *     Consent applies a code to an instance in which the code is found
 * @param securityLabels the codings of {@code meta.security} other than the confidentiality, also of contained
 *     resources and of entries
 * @param confidentiality the highest level in the document, at least {@link Confidentiality#N} unless it states a lower
 * @param patientReference what {@code subject} or {@code patient} refers to; an identifier, to be kept off the chain
 * @param entries the resources that a Bundle or Parameters carries. Their classes and codes are their own: a permit for
 *     one of them must not open the whole, so a collection is registered entry by entry or labelled by hand
 */
public record FhirDocument(
        String resourceType,
        List<Coding> classes,
        List<Coding> codes,
        List<Coding> securityLabels,
        Confidentiality confidentiality,
        Optional<String> patientReference,
        List<FhirDocument> entries)
        implements FhirReading {
    public FhirDocument {
        classes = List.copyOf(classes);
        codes = List.copyOf(codes);
        securityLabels = List.copyOf(securityLabels);
        entries = List.copyOf(entries);
    }

    /** Classes, codes and security labels, each once: what is blinded into the record's labels. */
    public List<Coding> labels() {
        Set<Coding> labels = new LinkedHashSet<>(classes);
        labels.addAll(codes);
        labels.addAll(securityLabels);
        return new ArrayList<>(labels);
    }
}
