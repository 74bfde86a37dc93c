package io.consilium.interop.fhir;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.consilium.interop.Conformance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** REC-4: which labels the resources that HL7 publishes bring along. */
class ExampleLabelsTest {
    private static final Map<String, String> SYSTEMS = systems();

    /** Complete, by hand from the documents: classes without the type, codes, security labels, level. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "Observation-example; category|vital-signs;"
                        + " loinc|29463-7 loinc|3141-9 sct|27113001 acme|body-weight; ; N",
                "Observation-blood-pressure; category|vital-signs;"
                        + " loinc|85354-9 interpretation|L sct|368209003 loinc|8480-6 sct|271649006 acme|bp-s"
                        + " interpretation|N loinc|8462-4; ; N",
                "Observation-f001; ; loinc|15074-8 interpretation|H; ; N",
                "Observation-clinical-gender; category|social-history; loinc|76691-5 sct|191788006; ; N",
                "Observation-eye-color; ; ; ; N",
                "MedicationRequest-medrx0331; ; rxnorm|114194 sct|421026006 dose|ordered reason|FP; ; N",
                "MedicationRequest-medrx0303; ;"
                        + " sct|373994007 sct|26643006 sct|421521009 dose|ordered substitution|TB reason|FP; ; N",
                "Patient-example; ; v2-0131|N; ; N",
                "Patient-f201; ;" + " sct|36629006 marital|M sct|127850001 v2-0131|N role|WIFE language|nl-NL; ; N",
                "AuditEvent-example-login; dcm|110114; dcm|110122 humans|humanuser dcm|110153 source|3; ; N",
                "AuditEvent-example-disclosure; dcm|110106;"
                        + " |Disclosure reason|HMARKT dcm|110153 dcm|110152 source|4 entity|1 object|1 entity|2 object|4"
                        + " lifecycle|11; act|STD act|DELAU; V",
            })
    void rec4_readsTheLabelsOfPublishedResources(
            String name, String classes, String codes, String security, String level) throws IOException {
        FhirDocument document = (FhirDocument) FhirLabels.read(
                Files.readAllBytes(Conformance.require("fhir-r4-examples").resolve(name + ".json")));
        Set<Coding> expected = new LinkedHashSet<>();
        expected.add(new Coding(Coding.RESOURCE_TYPES, document.resourceType()));
        expected.addAll(codings(classes));
        assertThat(document.classes()).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(document.codes()).containsExactlyInAnyOrderElementsOf(codings(codes));
        assertThat(document.securityLabels()).containsExactlyInAnyOrderElementsOf(codings(security));
        assertThat(document.confidentiality().name()).isEqualTo(level);
    }

    /** Of every document, by another way: whatever stands in a member named coding, but for types of identifiers. */
    @TestFactory
    Stream<DynamicTest> rec4_everyCodingOfAPublishedResourceIsALabel() throws IOException {
        return Stream.of("Patient-", "Observation-", "MedicationRequest-", "AuditEvent-", "Condition-", "Encounter-")
                .flatMap(ExampleLabelsTest::documents)
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                    FhirReading reading = FhirLabels.read(Files.readAllBytes(file));
                    assertThat(reading).as("%s", reading).isInstanceOf(FhirDocument.class);
                    Set<Coding> expected = new LinkedHashSet<>();
                    collect(new ObjectMapper().readTree(file.toFile()), expected);
                    assertThat(((FhirDocument) reading).labels()).containsAll(expected);
                }));
    }

    @ParameterizedTest
    @ValueSource(strings = {"DocumentReference-example"})
    void prv4_aDocumentIsAsConfidentialAsWhatItPointsTo(String name) throws IOException {
        Path file = Conformance.require("fhir-r4-examples").resolve(name + ".json");
        assertThat(((FhirDocument) FhirLabels.read(Files.readAllBytes(file))).confidentiality())
                .isEqualTo(Confidentiality.V);
    }

    private static Stream<Path> documents(String prefix) {
        try {
            return Conformance.files("fhir-r4-examples", prefix).stream();
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }

    private static void collect(JsonNode node, Set<Coding> found) {
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            if (member.getKey().equals("identifier") || member.getKey().equals("meta")) {
                continue;
            }
            if (member.getKey().equals("coding")) {
                for (JsonNode coding : member.getValue()) {
                    if (coding.has("code")) {
                        found.add(new Coding(
                                CodeSystems.canonical(coding.path("system").asText("")),
                                coding.get("code").asText()));
                    }
                }
            }
            collect(member.getValue(), found);
        }
        if (node.isArray()) {
            node.forEach(item -> collect(item, found));
        }
    }

    private static Set<Coding> codings(String text) {
        Set<Coding> codings = new LinkedHashSet<>();
        if (text != null) {
            Arrays.stream(text.strip().split(" +")).forEach(word -> {
                String[] parts = word.split("\\|", -1);
                codings.add(new Coding(parts[0].isEmpty() ? "" : SYSTEMS.get(parts[0]), parts[1]));
            });
        }
        return codings;
    }

    private static Map<String, String> systems() {
        String hl7 = "http://terminology.hl7.org/CodeSystem/";
        Map<String, String> systems = new LinkedHashMap<>();
        systems.put("loinc", "http://loinc.org");
        systems.put("sct", "http://snomed.info/sct");
        systems.put("rxnorm", "http://www.nlm.nih.gov/research/umls/rxnorm");
        systems.put("dcm", "http://dicom.nema.org/resources/ontology/DCM");
        systems.put("language", "urn:ietf:bcp:47");
        systems.put("acme", "http://acme.org/devices/clinical-codes");
        systems.put("category", hl7 + "observation-category");
        systems.put("interpretation", hl7 + "v3-ObservationInterpretation");
        systems.put("dose", hl7 + "dose-rate-type");
        systems.put("reason", hl7 + "v3-ActReason");
        systems.put("substitution", hl7 + "v3-substanceAdminSubstitution");
        systems.put("v2-0131", hl7 + "v2-0131");
        systems.put("marital", hl7 + "v3-MaritalStatus");
        systems.put("role", hl7 + "v3-RoleCode");
        systems.put("humans", hl7 + "extra-security-role-type");
        systems.put("source", hl7 + "security-source-type");
        systems.put("entity", hl7 + "audit-entity-type");
        systems.put("object", hl7 + "object-role");
        systems.put("lifecycle", hl7 + "dicom-audit-lifecycle");
        systems.put("act", hl7 + "v3-ActCode");
        return systems;
    }
}
