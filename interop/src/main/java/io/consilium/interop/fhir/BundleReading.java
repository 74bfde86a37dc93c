package io.consilium.interop.fhir;

/** What reading resources to register gave: each of them, or the reason why none is taken. */
public sealed interface BundleReading permits BundleDocument, FhirRefusal {}
