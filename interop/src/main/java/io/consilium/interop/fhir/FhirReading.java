package io.consilium.interop.fhir;

/** What reading a document gave: its labels, or the reason for its refusal. */
public sealed interface FhirReading permits FhirDocument, FhirRefusal {}
