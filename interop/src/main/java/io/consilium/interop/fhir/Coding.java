package io.consilium.interop.fhir;

/**
 * One code of a code system, as FHIR pairs them.
 *
 * @param system canonical address of the code system, empty where the document names none
 */
public record Coding(String system, String code) {
    /** The code system of FHIR's resource types, which makes a type comparable with other labels. */
    public static final String RESOURCE_TYPES = "http://hl7.org/fhir/resource-types";

    public Coding {
        if (code.isEmpty()) {
            throw new IllegalArgumentException("a coding without a code says nothing");
        }
    }
}
