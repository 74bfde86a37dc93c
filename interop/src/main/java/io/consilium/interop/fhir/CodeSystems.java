package io.consilium.interop.fhir;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * One spelling for each code system, and for the codes of those that are written in several ways, since labels are compared
 * by equality and another spelling would fail open.
 */
public final class CodeSystems {
    private static final String OID = "urn:oid:";
    private static final String HL7_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/";

    private static final String LOINC = "http://loinc.org";
    private static final String SNOMED = "http://snomed.info/sct";
    private static final String ATC = "http://www.whocc.no/atc";
    private static final String ICD_9 = "http://hl7.org/fhir/sid/icd-9-cm";

    private static final Map<String, String> BY_OID = Map.ofEntries(
            Map.entry("2.16.840.1.113883.6.1", LOINC),
            Map.entry("2.16.840.1.113883.6.96", SNOMED),
            Map.entry("2.16.840.1.113883.6.88", "http://www.nlm.nih.gov/research/umls/rxnorm"),
            Map.entry("2.16.840.1.113883.6.3", "http://hl7.org/fhir/sid/icd-10"),
            Map.entry("2.16.840.1.113883.6.90", "http://hl7.org/fhir/sid/icd-10-cm"),
            Map.entry("2.16.840.1.113883.6.103", ICD_9),
            Map.entry("2.16.840.1.113883.6.69", "http://hl7.org/fhir/sid/ndc"),
            Map.entry("2.16.840.1.113883.12.292", "http://hl7.org/fhir/sid/cvx"),
            Map.entry("2.16.840.1.113883.6.73", ATC),
            Map.entry("2.16.840.1.113883.5.4", HL7_TERMINOLOGY + "v3-ActCode"),
            Map.entry("2.16.840.1.113883.5.8", HL7_TERMINOLOGY + "v3-ActReason"),
            Map.entry("2.16.840.1.113883.5.25", Confidentiality.SYSTEM));

    /** The classifications whose codes have a dot after the category, which many systems leave out. */
    private static final Set<String> ICD = Set.of(
            "http://hl7.org/fhir/sid/icd-10",
            "http://hl7.org/fhir/sid/icd-10-cm",
            "http://hl7.org/fhir/sid/icd-10-nl",
            "http://fhir.de/CodeSystem/bfarm/icd-10-gm",
            ICD_9);

    /** Their codes have no small letters. */
    private static final Set<String> CAPITALS = Set.of(LOINC, ATC);

    private static final int CATEGORY = 3;

    private CodeSystems() {}

    /** System and code, each in its one spelling. */
    public static Coding coding(String system, String code) {
        String canonical = canonical(system);
        String stripped = code.strip();
        if (ICD.contains(canonical)) {
            return new Coding(canonical, withDot(canonical, stripped.toUpperCase(Locale.ROOT)));
        }
        return new Coding(canonical, CAPITALS.contains(canonical) ? stripped.toUpperCase(Locale.ROOT) : stripped);
    }

    /** E119 is E11.9. Of ICD-9-CM a category of external causes has a digit more: E8000 is E800.0. */
    private static String withDot(String system, String code) {
        int category = system.equals(ICD_9) && code.startsWith("E") ? CATEGORY + 1 : CATEGORY;
        boolean plain = code.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'A' && c <= 'Z');
        return plain && code.length() > category ? code.substring(0, category) + "." + code.substring(category) : code;
    }

    /** The address that FHIR R4 gives the system; an unknown one stays as it is. */
    public static String canonical(String system) {
        String given = system.strip();
        if (given.regionMatches(true, 0, OID, 0, OID.length())) {
            return BY_OID.getOrDefault(given.substring(OID.length()), given);
        }
        String plain = plain(given);
        // The addresses of STU3 and before.
        for (String version : new String[] {"v2", "v3"}) {
            for (String before : new String[] {"http://hl7.org/fhir/", "http://hl7.org/implement/standards/fhir/"}) {
                String prefix = before + version + "/";
                if (plain.startsWith(prefix)) {
                    return HL7_TERMINOLOGY + version + "-" + plain.substring(prefix.length());
                }
            }
        }
        if (plain.startsWith(SNOMED + "/")) { // an edition or a version of it has the same concepts
            return SNOMED;
        }
        return isKnown(plain) ? plain : given;
    }

    /** Whether the address is one of those that FHIR and HL7 publish and this class spells; others may be misspelt. */
    public static boolean isKnown(String system) {
        return BY_OID.containsValue(system)
                || ICD.contains(system)
                || system.startsWith(HL7_TERMINOLOGY)
                || system.startsWith("http://hl7.org/fhir/");
    }

    /** Without what people and programs add to an address: another scheme, a slash at the end. */
    private static String plain(String system) {
        return system.replaceFirst("(?i)^https?://", "http://").replaceFirst("/+$", "");
    }
}
