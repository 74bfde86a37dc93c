package io.consilium.interop.fhir;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * Reads the labels of a FHIR R4 resource from its JSON (REC-4).
 *
 * <p>Strict on purpose: in a document with a misspelled element a label could be overlooked, and a consent that denies
 * it would fail open (PRV-4). So every element must be one that FHIR R4 defines, in its place and of its type. The
 * first call loads the definitions, which takes the better part of a second.
 */
public final class FhirLabels {
    public static final int MAX_BYTES = FhirJson.MAX_BYTES;
    public static final int MAX_DEPTH = FhirJson.MAX_DEPTH;
    public static final int MAX_TOKENS = FhirJson.MAX_TOKENS;

    private FhirLabels() {}

    /** The labels, or every place and reason of a refusal; nothing of the content stands in a reason. */
    public static FhirReading read(byte[] json) {
        Faults faults = new Faults();
        Optional<FhirDocument> document = faults.read(Optional.empty(), () -> Optional.of(read(json, faults)));
        return faults.count() == 0 ? document.orElseThrow() : faults.refusal();
    }

    private static FhirDocument read(byte[] json, Faults faults) throws Refused {
        JsonNode tree = FhirJson.tree(json);
        FhirDocument document = ResourceWalk.read(tree, faults);
        faults.requireNone();
        BundleLabels.requireAlone(tree);
        return document;
    }
}
