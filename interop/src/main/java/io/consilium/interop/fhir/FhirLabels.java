package io.consilium.interop.fhir;

import com.fasterxml.jackson.databind.JsonNode;

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

    /** The labels, or the path and the reason of a refusal; nothing of the content stands in a reason. */
    public static FhirReading read(byte[] json) {
        try {
            JsonNode tree = FhirJson.tree(json);
            FhirDocument document = ResourceWalk.read(tree);
            BundleLabels.requireAlone(tree);
            return document;
        } catch (Refused refused) {
            return refused.refusal();
        }
    }
}
