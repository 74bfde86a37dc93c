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

    /** Diagnoses and procedures of ICD-9-CM are one system to FHIR, and two to HL7 v3 and to its first versions. */
    private static final String ICD_9_PROCEDURES = "2.16.840.1.113883.6.104";

    /** The federal institute that publishes the German classifications, before it was made a part of another. */
    private static final String DIMDI = "http://fhir.de/CodeSystem/dimdi/";

    private static final String BFARM = "http://fhir.de/CodeSystem/bfarm/";

    private static final Map<String, String> BY_OID = Map.ofEntries(
            Map.entry("2.16.840.1.113883.6.1", LOINC),
            Map.entry("2.16.840.1.113883.6.96", SNOMED),
            Map.entry("2.16.840.1.113883.6.88", "http://www.nlm.nih.gov/research/umls/rxnorm"),
            Map.entry("2.16.840.1.113883.6.3", "http://hl7.org/fhir/sid/icd-10"),
            Map.entry("2.16.840.1.113883.6.90", "http://hl7.org/fhir/sid/icd-10-cm"),
            Map.entry("2.16.840.1.113883.6.4", "http://www.icd10data.com/icd10pcs"),
            Map.entry("2.16.840.1.113883.6.12", "http://www.ama-assn.org/go/cpt"),
            Map.entry("2.16.840.1.113883.6.103", ICD_9),
            Map.entry(ICD_9_PROCEDURES, ICD_9),
            Map.entry("2.16.840.1.113883.4.9", "http://fdasis.nlm.nih.gov"),
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
            BFARM + "icd-10-gm",
            ICD_9);

    /** Their codes have no small letters. */
    private static final Set<String> CAPITALS = Set.of(LOINC, ATC);

    private static final int CATEGORY = 3;
    private static final int CATEGORY_OF_PROCEDURES = 2;

    /** Others that FHIR R4 lists with their address. */
    private static final Set<String> LISTED = Set.of(
            "http://unitsofmeasure.org",
            "http://ncimeta.nci.nih.gov",
            "http://www.radlex.org",
            "http://www.genenames.org",
            "http://www.ensembl.org",
            "http://www.ncbi.nlm.nih.gov/nuccore",
            "http://www.ncbi.nlm.nih.gov/clinvar",
            "http://www.ncbi.nlm.nih.gov/projects/SNP",
            "http://sequenceontology.org",
            "http://varnomen.hgvs.org",
            "http://cancer.sanger.ac.uk/cancergenome/projects/cosmic",
            "http://www.lrg-sequence.org",
            "http://www.omim.org",
            "http://www.pharmgkb.org",
            "http://www.ebi.ac.uk/ipd/imgt/hla",
            "http://www.nubc.org/patient-discharge",
            "http://dicom.nema.org/resources/ontology/DCM",
            "urn:iso:std:iso:3166",
            "urn:iso:std:iso:11073:10101",
            "urn:ietf:bcp:47",
            "urn:ietf:bcp:13",
            "urn:ietf:rfc:3986");

    private CodeSystems() {}

    /** System and code, each in its one spelling. */
    public static Coding coding(String system, String code) {
        String canonical = canonical(system);
        String stripped = code.strip();
        if (ICD.contains(canonical)) {
            String upper = stripped.toUpperCase(Locale.ROOT);
            return new Coding(
                    canonical,
                    isOfProcedures(system) ? withDot(upper, CATEGORY_OF_PROCEDURES) : withDot(canonical, upper));
        }
        return new Coding(canonical, CAPITALS.contains(canonical) ? stripped.toUpperCase(Locale.ROOT) : stripped);
    }

    /** E119 is E11.9. Of ICD-9-CM a category of external causes has a digit more: E8000 is E800.0. */
    private static String withDot(String system, String code) {
        return withDot(code, system.equals(ICD_9) && code.startsWith("E") ? CATEGORY + 1 : CATEGORY);
    }

    private static String withDot(String code, int category) {
        boolean plain = code.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'A' && c <= 'Z');
        return plain && code.length() > category ? code.substring(0, category) + "." + code.substring(category) : code;
    }

    private static boolean isOfProcedures(String system) {
        String given = system.strip();
        return given.equalsIgnoreCase(OID + ICD_9_PROCEDURES) || plain(given).equals(ICD_9 + "/procedure");
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
        if (plain.startsWith(ICD_9 + "/")) {
            return ICD_9;
        }
        if (plain.startsWith(DIMDI)) {
            return BFARM + plain.substring(DIMDI.length());
        }
        return isKnown(plain) ? plain : given;
    }

    /** Whether the address is one that FHIR, HL7 or the German profiles publish; others may be misspelt. */
    public static boolean isKnown(String system) {
        return BY_OID.containsValue(system)
                || ICD.contains(system)
                || LISTED.contains(system)
                || system.startsWith(HL7_TERMINOLOGY)
                || system.startsWith(BFARM)
                || system.startsWith("http://hl7.org/fhir/");
    }

    /** Without what people and programs add to an address: another scheme, a slash at the end. */
    private static String plain(String system) {
        return system.replaceFirst("(?i)^https?://", "http://").replaceFirst("/+$", "");
    }
}
