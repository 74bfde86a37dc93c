package io.consilium.interop.fhir;

/** Carries a refusal out of a recursion. */
final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final String path;
    private final String reason;

    Refused(String path, String reason) {
        super(path + ": " + reason);
        this.path = path;
        this.reason = reason;
    }

    FhirFault fault() {
        return new FhirFault(path, reason);
    }
}
