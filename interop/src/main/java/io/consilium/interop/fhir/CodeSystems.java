package io.consilium.interop.fhir;

import java.util.Map;

/** One spelling for each code system, since labels are compared by equality and another spelling would fail open. */
public final class CodeSystems {
    private static final String OID = "urn:oid:";
    private static final String HL7_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/";

    private static final Map<String, String> BY_OID = Map.ofEntries(
            Map.entry("2.16.840.1.113883.6.1", "http://loinc.org"),
            Map.entry("2.16.840.1.113883.6.96", "http://snomed.info/sct"),
            Map.entry("2.16.840.1.113883.6.88", "http://www.nlm.nih.gov/research/umls/rxnorm"),
            Map.entry("2.16.840.1.113883.6.3", "http://hl7.org/fhir/sid/icd-10"),
            Map.entry("2.16.840.1.113883.6.90", "http://hl7.org/fhir/sid/icd-10-cm"),
            Map.entry("2.16.840.1.113883.6.69", "http://hl7.org/fhir/sid/ndc"),
            Map.entry("2.16.840.1.113883.12.292", "http://hl7.org/fhir/sid/cvx"),
            Map.entry("2.16.840.1.113883.6.73", "http://www.whocc.no/atc"),
            Map.entry("2.16.840.1.113883.5.4", HL7_TERMINOLOGY + "v3-ActCode"),
            Map.entry("2.16.840.1.113883.5.8", HL7_TERMINOLOGY + "v3-ActReason"),
            Map.entry("2.16.840.1.113883.5.25", Confidentiality.SYSTEM));

    private CodeSystems() {}

    /** The address that FHIR R4 gives the system; an unknown one stays as it is. */
    public static String canonical(String system) {
        if (system.startsWith(OID)) {
            return BY_OID.getOrDefault(system.substring(OID.length()), system);
        }
        // The addresses of STU3 and before.
        for (String version : new String[] {"v2", "v3"}) {
            for (String before : new String[] {"http://hl7.org/fhir/", "http://hl7.org/implement/standards/fhir/"}) {
                String prefix = before + version + "/";
                if (system.startsWith(prefix)) {
                    return HL7_TERMINOLOGY + version + "-" + system.substring(prefix.length());
                }
            }
        }
        return system;
    }
}
