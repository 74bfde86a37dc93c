package io.consilium.interop.fhir;

/** What reading a Consent gave: its terms, or the reason for its refusal. */
public sealed interface ConsentReading permits ConsentDocument, FhirRefusal {}
