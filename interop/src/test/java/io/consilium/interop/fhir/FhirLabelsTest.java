package io.consilium.interop.fhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** REC-4: class, code and security labels are read from the resource, or the resource is refused with the place. */
class FhirLabelsTest {
    private static final String LOINC = "http://loinc.org";
    private static final String ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
    private static final String OBSERVATION_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category";

    private static final String OBSERVATION = """
            {"resourceType":"Observation","id":"x","status":"final",
             "meta":{"security":[
               {"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"R"},
               {"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"PSY"}],
               "tag":[{"system":"urn:tags","code":"tag"}]},
             "text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">x</div>"},
             "identifier":[{"type":{"coding":[{"system":"urn:types","code":"MR"}]},"value":"1"}],
             "category":[{"coding":[
               {"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],
             "code":{"coding":[{"system":"http://loinc.org","code":"15074-8","display":"Glucose"}],"text":"Glucose"},
             "subject":{"reference":"Patient/p1"},
             "effectiveDateTime":"2013-04-02T09:30:10+01:00",
             "_effectiveDateTime":{"extension":[{"url":"urn:e","valueCode":"approximate"}]},
             "valueQuantity":{"value":6.3,"unit":"mmol/l","system":"http://unitsofmeasure.org","code":"mmol/L"},
             "interpretation":[{"coding":[{"system":"urn:interpretation","code":"H"}]}],
             "component":[{"code":{"coding":[{"system":"urn:oid:2.16.840.1.113883.6.1","code":"8302-2"}]},
               "valueInteger":7,
               "extension":[{"url":"urn:e","valueCoding":{"system":"urn:x","code":"found in an extension"}}]}]}
            """;

    @Test
    void rec4_readsClassCodesSecurityLabelsAndPatient() {
        FhirDocument document = read(OBSERVATION);
        assertThat(document.resourceType()).isEqualTo("Observation");
        assertThat(document.classes())
                .containsExactly(
                        new Coding(Coding.RESOURCE_TYPES, "Observation"),
                        new Coding(OBSERVATION_CATEGORY, "laboratory"));
        assertThat(document.codes())
                .containsExactlyInAnyOrder(
                        new Coding(LOINC, "15074-8"),
                        new Coding("urn:interpretation", "H"),
                        new Coding("urn:x", "found in an extension"),
                        new Coding(LOINC, "8302-2"));
        assertThat(document.securityLabels()).containsExactly(new Coding(ACT_CODE, "PSY"));
        assertThat(document.confidentiality()).isEqualTo(Confidentiality.R);
        assertThat(document.patientReference()).hasValue("Patient/p1");
        assertThat(document.entries()).isEmpty();
        assertThat(document.labels()).hasSize(7).doesNotHaveDuplicates();
    }

    @Test
    void prv4_aDocumentWithoutALevelIsNormal() {
        assertThat(read("{\"resourceType\":\"Patient\"}").confidentiality()).isEqualTo(Confidentiality.N);
        assertThat(read(withLevel("L")).confidentiality()).isEqualTo(Confidentiality.L);
    }

    @Test
    void prv4_theHighestLevelInTheDocumentCountsInWhateverOrder() {
        String contained = "\"contained\":[{\"resourceType\":\"Medication\"},"
                + withLevel("V").replace("Patient", "Medication") + "]";
        String own = "\"meta\":{\"security\":[{\"system\":\"urn:oid:2.16.840.1.113883.5.25\",\"code\":\"L\"},"
                + "{\"system\":\"http://hl7.org/fhir/v3/Confidentiality\",\"code\":\"R\"}]}";
        String head = "{\"resourceType\":\"Basic\",";
        assertThat(read(head + own + "}").confidentiality()).isEqualTo(Confidentiality.R);
        assertThat(read(head + own + "," + contained + "}").confidentiality()).isEqualTo(Confidentiality.V);
        assertThat(read(head + contained + "," + own + "}").confidentiality()).isEqualTo(Confidentiality.V);
        String low = "{\"resourceType\":\"Basic\",\"contained\":[" + withLevel("L") + "]}";
        assertThat(read(low).confidentiality()).isEqualTo(Confidentiality.N);
    }

    @Test
    void prv4_labelsOfWhatADocumentTellsOfLiftIt() {
        String label = "{\"system\":\"" + Confidentiality.SYSTEM + "\",\"code\":\"%s\"}";
        String reference =
                "{\"resourceType\":\"DocumentReference\",\"status\":\"current\",\"securityLabel\":[{\"coding\":["
                        + label + ",{\"system\":\"" + ACT_CODE + "\",\"code\":\"STD\"}]}]}";
        assertThat(read(reference.formatted("V")).confidentiality()).isEqualTo(Confidentiality.V);
        assertThat(read(reference.formatted("V")).securityLabels()).containsExactly(new Coding(ACT_CODE, "STD"));
        assertThat(read(reference.formatted("L")).confidentiality())
                .as("never lower")
                .isEqualTo(Confidentiality.N);
        refuses(reference.formatted("X"), "DocumentReference.securityLabel[0].coding[0]");
        assertThat(read("{\"resourceType\":\"Composition\",\"confidentiality\":\"R\"}")
                        .confidentiality())
                .isEqualTo(Confidentiality.R);
        assertThat(read("{\"resourceType\":\"AuditEvent\",\"entity\":[{\"securityLabel\":[" + label.formatted("R")
                                + "]}]}")
                        .confidentiality())
                .isEqualTo(Confidentiality.R);
        assertThat(read("{\"resourceType\":\"Consent\",\"status\":\"active\",\"provision\":{\"securityLabel\":["
                                + label.formatted("V") + "]}}")
                        .confidentiality())
                .as("a criterion protects nothing")
                .isEqualTo(Confidentiality.N);
    }

    @Test
    void rec4_codesWithAFixedSystemTellTheClass() {
        FhirDocument document =
                read("{\"resourceType\":\"AllergyIntolerance\",\"category\":[\"food\"],\"type\":\"allergy\"}");
        assertThat(document.classes())
                .contains(
                        new Coding("http://hl7.org/fhir/allergy-intolerance-category", "food"),
                        new Coding("http://hl7.org/fhir/allergy-intolerance-type", "allergy"));
    }

    @Test
    void rec4_codesOfContainedResourcesAreFoundInTheResource() {
        FhirDocument document = read("""
                {"resourceType":"MedicationRequest","status":"active","intent":"order",
                 "contained":[{"resourceType":"Medication","id":"m",
                   "code":{"coding":[{"system":"http://hl7.org/fhir/sid/ndc","code":"50580-506-02"}]}}],
                 "medicationReference":{"reference":"#m"},"subject":{"reference":"#p"}}
                """);
        assertThat(document.codes()).contains(new Coding("http://hl7.org/fhir/sid/ndc", "50580-506-02"));
        assertThat(document.classes()).doesNotContain(new Coding(Coding.RESOURCE_TYPES, "Medication"));
        assertThat(document.patientReference()).hasValue("#p");
    }

    @Test
    void rec4_entriesOfABundleKeepTheirLabelsAndProtectTheWhole() {
        FhirDocument bundle = read("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":"
                + OBSERVATION + "},{\"resource\":{\"resourceType\":\"Patient\"}}]}");
        assertThat(bundle.entries()).extracting(FhirDocument::resourceType).containsExactly("Observation", "Patient");
        assertThat(bundle.entries().get(0)).isEqualTo(read(OBSERVATION));
        assertThat(bundle.labels())
                .contains(new Coding("http://hl7.org/fhir/bundle-type", "collection"), new Coding(ACT_CODE, "PSY"))
                .doesNotContain(new Coding(LOINC, "15074-8"));
        assertThat(bundle.confidentiality()).isEqualTo(Confidentiality.R);
    }

    @Test
    void rec4_subjectsOtherThanPatientsAreNone() {
        assertThat(read("{\"resourceType\":\"Condition\",\"subject\":{\"reference\":\"Group/1\"}}")
                        .patientReference())
                .isEmpty();
        assertThat(
                        read("{\"resourceType\":\"Condition\",\"subject\":{\"reference\":\"http://a.example/fhir/Patient/1\"}}")
                                .patientReference())
                .hasValue("http://a.example/fhir/Patient/1");
    }

    @Test
    void rec4_refusesUnknownElementsWithTheirPath() {
        refuses(OBSERVATION.replace("\"category\"", "\"categry\""), "Observation.categry");
        refuses(OBSERVATION.replace("\"code\":\"15074-8\"", "\"cod\":\"15074-8\""), "Observation.code.coding[0].cod");
        refuses(OBSERVATION.replace("\"security\"", "\"securty\""), "Observation.meta.securty");
        refuses(OBSERVATION.replace("valueInteger", "valueIntegr"), "Observation.component[0].valueIntegr");
        refuses(OBSERVATION.replace("valueQuantity", "valueMoney"), "Observation.valueMoney");
        refuses(
                OBSERVATION.replace("\"_effectiveDateTime\":{\"extension\"", "\"_effectiveDateTime\":{\"extensio\""),
                "Observation._effectiveDateTime.extensio");
        refuses(OBSERVATION.replace("\"_effectiveDateTime\"", "\"_component\""), "Observation._component");
        refuses(
                "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":\"Patient\",\"nam\":[]}}]}",
                "Bundle.entry[0].resource.nam");
        refuses(
                "{\"resourceType\":\"Basic\",\"contained\":[{\"resourceType\":\"Foo\"}]}",
                "Basic.contained[0].resourceType");
    }

    @Test
    void rec4_refusesWrongFormsAndValuesWithTheirPath() {
        refuses("{\"resourceType\":\"Observation\",\"category\":{}}", "Observation.category");
        refuses("{\"resourceType\":\"Observation\",\"category\":[]}", "Observation.category");
        refuses("{\"resourceType\":\"Observation\",\"category\":[null]}", "Observation.category[0]");
        refuses("{\"resourceType\":\"Observation\",\"category\":[\"a\"]}", "Observation.category[0]");
        refuses("{\"resourceType\":\"Observation\",\"code\":[{\"text\":\"a\"}]}", "Observation.code");
        refuses("{\"resourceType\":\"Observation\",\"code\":{}}", "Observation.code");
        refuses("{\"resourceType\":\"Observation\",\"code\":null}", "Observation.code");
        refuses("{\"resourceType\":\"Observation\",\"status\":\"nonsense\"}", "Observation.status");
        refuses("{\"resourceType\":\"Observation\",\"status\":7}", "Observation.status");
        refuses("{\"resourceType\":\"Observation\",\"status\":\"\"}", "Observation.status");
        refuses(
                "{\"resourceType\":\"Observation\",\"effectiveDateTime\":\"2013-14-02\"}",
                "Observation.effectiveDateTime");
        refuses("{\"resourceType\":\"Observation\",\"valueInteger\":1.5}", "Observation.valueInteger");
        refuses("{\"resourceType\":\"Observation\",\"valueInteger\":\"1\"}", "Observation.valueInteger");
        refuses("{\"resourceType\":\"Observation\",\"valueBoolean\":\"true\"}", "Observation.valueBoolean");
        refuses("{\"resourceType\":\"Patient\",\"extension\":[{\"valueCode\":\"a\"}]}", "Patient.extension[0].url");
        refuses(
                "{\"resourceType\":\"Patient\",\"modifierExtension\":[{\"url\":\"a\",\"value\":1}]}",
                "Patient.modifierExtension[0].value");
    }

    @Test
    void rec4_acceptsPlaceholdersAndCompanionsOfPrimitives() {
        read("{\"resourceType\":\"Patient\",\"name\":[{\"given\":[\"A\",null],"
                + "\"_given\":[null,{\"id\":\"g\",\"extension\":[{\"url\":\"urn:a\",\"valueBoolean\":true}]}]}]}");
        read(
                "{\"resourceType\":\"Patient\",\"_birthDate\":{\"extension\":[{\"url\":\"urn:unknown\",\"valueCode\":\"a\"}]}}");
        read(
                "{\"resourceType\":\"Patient\",\"modifierExtension\":[{\"url\":\"urn:a\",\"extension\":[{\"url\":\"b\",\"valueDecimal\":1e2}]}]}");
    }

    @Test
    void prv4_refusesSecurityLabelsThatCannotBeEnforced() {
        refuses(withLevel("X"), "Patient.meta.security[0]");
        refuses(withLevel("r"), "Patient.meta.security[0]");
        refuses(
                "{\"resourceType\":\"Patient\",\"meta\":{\"security\":[{\"code\":\"R\"}]}}",
                "Patient.meta.security[0]");
        refuses(
                "{\"resourceType\":\"Patient\",\"meta\":{\"security\":[{\"system\":\"urn:a\"}]}}",
                "Patient.meta.security[0]");
        refuses(OBSERVATION.replace("15074-8", " 15074-8"), "Observation.code.coding[0]");
    }

    @Test
    void rec4_refusesWhatIsNoResource() {
        refuses("", "");
        refuses("[]", "");
        refuses("null", "");
        refuses("{", "");
        refuses("{} {}", "");
        refuses("{\"resourceType\":\"Patient\"} x", "");
        refuses("{\"resourceType\":\"Patient\",\"id\":\"a\",\"id\":\"b\"}", "id");
        refuses(
                "{\"resourceType\":\"Patient\",\"name\":[{},{\"family\":\"a\",\"given\":[],\"family\":\"b\"}]}",
                "name[1].family");
        refuses("{}", "resourceType");
        refuses("{\"resourceType\":7}", "resourceType");
        refuses("{\"resourceType\":\"Zebra\"}", "Zebra.resourceType");
        refuses("{\"resourceType\":\"DomainResource\"}", "DomainResource.resourceType");
        byte[] latin1 = "{\"resourceType\":\"Patient\",\"id\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(FhirLabels.read(latin1))
                .isEqualTo(new FhirRefusal(List.of(new FhirFault("", "the document is not UTF-8")), 0));
    }

    @Test
    void rec4_tellsEveryElementAtFault() {
        String faults = "{\"resourceType\":\"Patient\",\"nme\":1,\"active\":\"yes\",\"gender\":\"male\",\"name\":{}}";
        assertThat(FhirLabels.read(bytes(faults))).isInstanceOfSatisfying(FhirRefusal.class, refusal -> {
            assertThat(refusal.faults())
                    .extracting(FhirFault::path)
                    .containsExactly("Patient.nme", "Patient.active", "Patient.name");
            assertThat(refusal.message()).startsWith("3 elements are at fault, the first is Patient.nme");
        });
    }

    @Test
    void rec4_showsNoContentInARefusal() {
        String secret = "{\"resourceType\":\"Patient\",\"Jane Roe, HIV positive\":1}";
        assertThat(FhirLabels.read(bytes(secret)))
                .isEqualTo(new FhirRefusal(
                        List.of(new FhirFault("Patient.?", "FHIR R4 defines no such element here")), 0));
        String broken = OBSERVATION.substring(0, OBSERVATION.length() / 2);
        assertThat(((FhirRefusal) FhirLabels.read(bytes(broken))).message()).doesNotContain("Glucose", "15074");
    }

    @Test
    void rec4_boundsSizeDepthAndNumberOfCodings() {
        assertThat(FhirLabels.read(new byte[FhirLabels.MAX_BYTES + 1])).isInstanceOf(FhirRefusal.class);
        refuses("[".repeat(100_000), "");
        String extension = "{\"url\":\"a\",\"extension\":[";
        refuses("{\"resourceType\":\"Basic\",\"extension\":[" + extension.repeat(40), "");
        byte[] spaces = new byte[FhirLabels.MAX_BYTES];
        Arrays.fill(spaces, (byte) ' ');
        assertThat(FhirLabels.read(spaces)).isInstanceOf(FhirRefusal.class);
        refuses("[" + "0,".repeat(600_000) + "0]", "");
        List<String> codings = IntStream.range(0, 1100)
                .mapToObj(i -> "{\"system\":\"s\",\"code\":\"" + i + "\"}")
                .toList();
        refuses(
                "{\"resourceType\":\"Basic\",\"code\":{\"coding\":[" + String.join(",", codings) + "]}}",
                "Basic.code.coding[1023]");
    }

    @Test
    void rec4_labelsAnUnsystematicCodeAsItStands() {
        assertThat(
                        read("{\"resourceType\":\"Basic\",\"code\":{\"coding\":[{\"code\":\"local\"},{\"display\":\"none\"}]}}")
                                .codes())
                .containsExactly(new Coding("", "local"));
    }

    @Test
    void codeSystemsHaveOneSpelling() {
        assertThat(CodeSystems.canonical("urn:oid:2.16.840.1.113883.6.96")).isEqualTo("http://snomed.info/sct");
        assertThat(CodeSystems.canonical("http://hl7.org/fhir/v3/ActCode")).isEqualTo(ACT_CODE);
        assertThat(CodeSystems.canonical("http://hl7.org/fhir/v2/0203"))
                .isEqualTo("http://terminology.hl7.org/CodeSystem/v2-0203");
        assertThat(CodeSystems.canonical("urn:oid:1.2.3")).isEqualTo("urn:oid:1.2.3");
        assertThat(CodeSystems.canonical(LOINC)).isEqualTo(LOINC);
    }

    @Test
    @DisplayName("PRV-4 diagnoses and procedures of ICD-9-CM, and what two institutes published, are one system each")
    void prv4_systemsHaveOneSpelling() {
        String icd9 = "http://hl7.org/fhir/sid/icd-9-cm";
        for (String procedures : new String[] {icd9 + "/procedure", "urn:oid:2.16.840.1.113883.6.104"}) {
            assertThat(CodeSystems.coding(procedures, "4513")).isEqualTo(new Coding(icd9, "45.13"));
            assertThat(CodeSystems.coding(procedures, "45.13")).isEqualTo(CodeSystems.coding(icd9, "45.13"));
        }
        for (String diagnoses : new String[] {icd9, icd9 + "/diagnosis", "urn:oid:2.16.840.1.113883.6.103"}) {
            assertThat(CodeSystems.coding(diagnoses, "4513")).isEqualTo(new Coding(icd9, "451.3"));
            assertThat(CodeSystems.coding(diagnoses, "e8000")).isEqualTo(new Coding(icd9, "E800.0"));
        }
        assertThat(CodeSystems.coding("http://fhir.de/CodeSystem/dimdi/icd-10-gm", "F200"))
                .isEqualTo(new Coding("http://fhir.de/CodeSystem/bfarm/icd-10-gm", "F20.0"));
        assertThat(CodeSystems.canonical("https://fhir.de/CodeSystem/dimdi/ops"))
                .isEqualTo("http://fhir.de/CodeSystem/bfarm/ops");
    }

    @Test
    @DisplayName("PRV-4 a resource's code is labelled in its one spelling")
    void prv4_codesHaveOneSpelling() {
        FhirDocument document = read("{\"resourceType\":\"Condition\",\"code\":{\"coding\":[{\"system\":"
                + "\"http://hl7.org/fhir/sid/icd-10-cm\",\"code\":\"e119\"}]}}");
        assertThat(document.codes()).containsExactly(new Coding("http://hl7.org/fhir/sid/icd-10-cm", "E11.9"));
    }

    @Test
    @DisplayName("REC-4 a Binary alone whose protection another resource tells is refused, not taken as normal")
    void rec4_aBinaryAloneTellsItsProtection() {
        String binary = "{\"resourceType\":\"Binary\",\"contentType\":\"text/plain\",\"data\":\"YQ==\"";
        refuses(binary + ",\"securityContext\":{\"reference\":\"DocumentReference/1\"}}", "Binary.securityContext");
        assertThat(BundleReader.read(bytes(binary + ",\"securityContext\":{\"reference\":\"DocumentReference/1\"}}")))
                .isInstanceOfSatisfying(
                        FhirRefusal.class, refusal -> assertThat(refusal.path()).isEqualTo("Binary.securityContext"));
        assertThat(read(binary + "}").confidentiality()).isEqualTo(Confidentiality.N);
    }

    private static String withLevel(String code) {
        return "{\"resourceType\":\"Patient\",\"meta\":{\"security\":[{\"system\":\"" + Confidentiality.SYSTEM
                + "\",\"code\":\"" + code + "\"}]}}";
    }

    private static FhirDocument read(String json) {
        FhirReading reading = FhirLabels.read(bytes(json));
        assertThat(reading).isInstanceOf(FhirDocument.class);
        return (FhirDocument) reading;
    }

    private static void refuses(String json, String path) {
        FhirReading reading = FhirLabels.read(bytes(json));
        assertThat(reading).isInstanceOf(FhirRefusal.class);
        FhirRefusal refusal = (FhirRefusal) reading;
        assertThat(refusal.path()).as(refusal.reason()).isEqualTo(path);
        assertThat(refusal.message()).isNotBlank();
    }

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }
}
