package io.consilium.interop.fhir;

import java.util.Optional;

/**
 * A FHIR R4 Consent as the ledger understands it (CON-5).
 *
 * @param id of the resource, where it has one
 * @param patientReference whom the document is about; an identifier, to be kept off the chain
 * @param dateTime when it was recorded, as the document writes it
 */
public record ConsentDocument(
        Optional<String> id, String patientReference, Optional<String> dateTime, ReadableTerms terms)
        implements ConsentReading {}
