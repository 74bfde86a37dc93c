package io.consilium.interop.fhir;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

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
 * @param unlabelled the places of concepts that no label stands for: in words alone, or a medicine told elsewhere
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
        List<FhirDocument> entries,
        List<String> unlabelled)
        implements FhirReading {
    public FhirDocument {
        classes = List.copyOf(classes);
        codes = List.copyOf(codes);
        securityLabels = List.copyOf(securityLabels);
        entries = List.copyOf(entries);
        unlabelled = List.copyOf(unlabelled);
    }

    /** Protected as another is too: with its security labels, and with its level where that is above the normal one. */
    FhirDocument protectedAs(FhirDocument other) {
        Set<Coding> security = new LinkedHashSet<>(securityLabels);
        security.addAll(other.securityLabels);
        boolean lifts = Confidentiality.N.compareTo(other.confidentiality) < 0;
        return new FhirDocument(
                resourceType,
                classes,
                codes,
                List.copyOf(security),
                lifts ? confidentiality.max(other.confidentiality) : confidentiality,
                patientReference,
                entries,
                unlabelled);
    }

    /** With the codes of another that tells what this one is about, and protected as it. */
    FhirDocument about(FhirDocument other, Predicate<String> stillUnlabelled) {
        Set<Coding> all = new LinkedHashSet<>(codes);
        all.addAll(other.codes);
        other.classes.stream()
                .filter(coding -> !coding.system().equals(Coding.RESOURCE_TYPES))
                .forEach(all::add);
        return new FhirDocument(
                        resourceType,
                        classes,
                        List.copyOf(all),
                        securityLabels,
                        confidentiality,
                        patientReference,
                        entries,
                        unlabelled.stream().filter(stillUnlabelled).toList())
                .protectedAs(other);
    }

    /** Classes, codes and security labels, each once: what is blinded into the record's labels. */
    public List<Coding> labels() {
        Set<Coding> labels = new LinkedHashSet<>(classes);
        labels.addAll(codes);
        labels.addAll(securityLabels);
        return new ArrayList<>(labels);
    }
}
