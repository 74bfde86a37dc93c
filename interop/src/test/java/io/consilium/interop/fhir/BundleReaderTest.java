package io.consilium.interop.fhir;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.interop.Conformance;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** REC-4: a Bundle becomes a record for each of its resources, or nothing at all. */
class BundleReaderTest {
    private static final String BASE = "https://a.example/fhir/";

    @Test
    void rec4_everyEntryIsAResourceWithItsOwnLabelsAndItsOwnText() {
        String first = "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":"
                + "\"http://loinc.org\",\"code\":\"2339-0\"}]},\"subject\":{\"reference\":\"Patient/p\"},\n"
                + "  \"valueQuantity\":{\"value\":6.30}}";
        String second = "{\"resourceType\":\"Patient\",\"id\":\"p\"}";
        BundleDocument bundle =
                read(bundle("collection", entry(BASE + "Observation/o", first), entry(BASE + "Patient/p", second)));
        assertThat(bundle.entries()).extracting(BundleDocument.Entry::content).containsExactly(first, second);
        assertThat(bundle.entries())
                .extracting(BundleDocument.Entry::path)
                .containsExactly("Bundle.entry[0].resource", "Bundle.entry[1].resource");
        assertThat(bundle.entries().get(0).fullUrl()).hasValue(BASE + "Observation/o");
        assertThat(bundle.entries().get(0).labels().codes()).containsExactly(new Coding("http://loinc.org", "2339-0"));
        assertThat(bundle.entries().get(1).labels().codes()).isEmpty();
    }

    @Test
    void rec4_aLoneResourceIsOneRecord() {
        String json = "{\"resourceType\":\"Basic\",\"id\":\"a\"}";
        assertThat(read(json).entries()).singleElement().satisfies(entry -> {
            assertThat(entry.content()).isEqualTo(json);
            assertThat(entry.path()).isEqualTo("Basic");
        });
    }

    @Test
    void rec4_textOutsideTheBasicPlaneKeepsItsPlace() {
        String resource = "{\"resourceType\":\"Patient\",\"name\":[{\"text\":\"\uD83D\uDE00 \u00e9\"}]}";
        assertThat(read(bundle(
                                "collection",
                                entry("urn:uuid:1", resource),
                                entry("urn:uuid:2", "{\"resourceType\":\"Basic\"}")))
                        .entries())
                .extracting(BundleDocument.Entry::content)
                .containsExactly(resource, "{\"resourceType\":\"Basic\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"history", "batch-response", "transaction-response"})
    void rec4_refusesBundlesWhoseEntriesAreNoResourcesToRegister(String type) {
        refuses(bundle(type, entry("urn:uuid:1", "{\"resourceType\":\"Basic\"}")), "Bundle.type");
    }

    @Test
    void rec4_takesWhatTransactionsCreateAndNothingElse() {
        String post =
                "{\"fullUrl\":\"urn:uuid:1\",\"resource\":{\"resourceType\":\"Basic\"},\"request\":{\"method\":\"POST\",\"url\":\"Basic\"}}";
        assertThat(read(bundle("transaction", post)).entries()).hasSize(1);
        refuses(
                bundle("transaction", post, post.replace("POST", "DELETE").replace("uuid:1", "uuid:2")),
                "Bundle.entry[1].request.method");
        refuses(bundle("batch", entry("urn:uuid:1", "{\"resourceType\":\"Basic\"}")), "Bundle.entry[0].request.method");
        refuses(bundle("collection", post), "Bundle.entry[0].request");
    }

    @Test
    void rec4_refusesBundlesThatAreIncompleteOrContradictThemselves() {
        refuses("{\"resourceType\":\"Bundle\",\"type\":\"collection\"}", "Bundle.entry");
        refuses("{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":\"Basic\"}}]}", "Bundle.type");
        refuses(bundle("collection", "{\"fullUrl\":\"urn:uuid:1\"}"), "Bundle.entry[0].resource");
        String basic = entry("urn:uuid:1", "{\"resourceType\":\"Basic\"}");
        refuses(bundle("collection", basic, basic), "Bundle.entry[1].fullUrl");
        refuses(bundle("collection", entry("urn:uuid:1", bundle("collection", basic))), "Bundle.entry[0].resource");
        refuses(
                bundle(
                        "searchset",
                        "{\"resource\":{\"resourceType\":\"OperationOutcome\"},\"search\":{\"mode\":\"outcome\"}}"),
                "Bundle.entry[0].search.mode");
        refuses(
                bundle("collection", entry("urn:uuid:1", "{\"resourceType\":\"Basic\",\"code\":{\"txt\":\"a\"}}")),
                "Bundle.entry[0].resource.code.txt");
    }

    private static final String RESTRICTED =
            "\"meta\":{\"security\":[{\"system\":\"%s\",\"code\":\"R\"},{\"system\":\"s\",\"code\":\"HIV\"}]}"
                    .formatted(Confidentiality.SYSTEM);
    private static final Coding HIV = new Coding("s", "HIV");
    private static final String BASIC = "{\"resourceType\":\"Basic\"}";

    private static FhirDocument labels(BundleDocument bundle, int entry) {
        return bundle.entries().get(entry).labels();
    }

    @Test
    void rec4_whatTheBundleIsLabelledWithHoldsForEveryEntry() {
        String low = "{\"resourceType\":\"Basic\",\"meta\":{\"security\":[{\"system\":\"%s\",\"code\":\"L\"}]}}"
                .formatted(Confidentiality.SYSTEM);
        String plain = bundle("collection", entry("urn:uuid:1", BASIC), entry("urn:uuid:2", low));
        BundleDocument lifted = read(plain.replaceFirst("\\{", "{" + RESTRICTED + ","));
        for (int i = 0; i < 2; i++) {
            assertThat(labels(lifted, i).confidentiality()).isEqualTo(Confidentiality.R);
            assertThat(labels(lifted, i).securityLabels()).containsExactly(HIV);
        }
        assertThat(labels(read(plain), 1).confidentiality())
                .as("a Bundle without a level lifts nothing")
                .isEqualTo(Confidentiality.L);
    }

    @Test
    void rec4_theCompositionProtectsItsWholeDocument() {
        String composition = "{\"resourceType\":\"Composition\"," + RESTRICTED + ",\"confidentiality\":\"V\"}";
        String[] entries = {entry("urn:uuid:1", composition), entry("urn:uuid:2", BASIC)};
        FhirDocument basic = labels(read(bundle("document", entries)), 1);
        assertThat(basic.confidentiality()).isEqualTo(Confidentiality.V);
        assertThat(basic.securityLabels()).containsExactly(HIV);
        assertThat(labels(read(bundle("collection", entries)), 1).confidentiality())
                .as("beside others it is one of them")
                .isEqualTo(Confidentiality.N);
    }

    @ParameterizedTest
    @ValueSource(strings = {"urn:uuid:2", "Binary/b", BASE + "Binary/b"})
    void rec4_aBinaryIsLabelledAsWhatPointsToIt(String url) {
        String binary = "{\"resourceType\":\"Binary\",\"id\":\"b\",\"contentType\":\"text/plain\"}";
        String reference =
                "{\"resourceType\":\"DocumentReference\",\"type\":{\"coding\":[{\"system\":\"s\",\"code\":\"note\"}]},"
                        + "\"securityLabel\":[{\"coding\":[{\"system\":\"%s\",\"code\":\"R\"}]}],"
                                .formatted(Confidentiality.SYSTEM)
                        + "\"content\":[{\"attachment\":{\"url\":\"" + url + "\"}}]}";
        String at = url.startsWith("urn") ? url : BASE + "Binary/b";
        FhirDocument content = labels(read(bundle("collection", entry(at, binary), entry("urn:uuid:3", reference))), 0);
        assertThat(content.confidentiality()).isEqualTo(Confidentiality.R);
        assertThat(content.codes()).contains(new Coding("s", "note"));
        assertThat(content.classes()).containsExactly(new Coding(Coding.RESOURCE_TYPES, "Binary"));
    }

    @Test
    void rec4_aBinaryIsLabelledAsItsSecurityContext() {
        String binary =
                "{\"resourceType\":\"Binary\",\"contentType\":\"text/plain\",\"securityContext\":{\"reference\":\"%s\"}}";
        String context = entry("urn:uuid:2", "{\"resourceType\":\"Basic\"," + RESTRICTED + "}");
        assertThat(labels(read(bundle("collection", entry("urn:uuid:1", binary.formatted("urn:uuid:2")), context)), 0)
                        .confidentiality())
                .isEqualTo(Confidentiality.R);
        refuses(
                bundle("collection", entry("urn:uuid:1", binary.formatted("Basic/elsewhere")), context),
                "Bundle.entry[0].resource.securityContext");
    }

    @Test
    void rec4_aPrescriptionHasTheCodesOfItsMedicine() {
        String zidovudine =
                "{\"resourceType\":\"Medication\",\"code\":{\"coding\":[{\"system\":\"s\",\"code\":\"AZT\"}]}}";
        String prescription = "{\"resourceType\":\"MedicationRequest\",\"medicationReference\":{\"reference\":\"%s\"}}";
        BundleDocument bundle = read(bundle(
                "collection",
                entry("urn:uuid:1", prescription.formatted("urn:uuid:2")),
                entry("urn:uuid:2", zidovudine)));
        assertThat(labels(bundle, 0).codes()).containsExactly(new Coding("s", "AZT"));
        assertThat(labels(bundle, 0).unlabelled()).isEmpty();
        assertThat(labels(read(bundle("collection", entry("urn:uuid:1", prescription.formatted("Medication/m")))), 0)
                        .unlabelled())
                .containsExactly("Bundle.entry[0].resource.medicationReference");
        assertThat(labels(read(prescription.formatted("Medication/m")), 0).unlabelled())
                .containsExactly("MedicationRequest.medicationReference");
    }

    @Test
    void rec4_aConceptOfTextAloneIsTold() {
        String condition =
                "{\"resourceType\":\"Condition\",\"code\":{\"text\":\"HIV RNA\"},\"category\":[{\"coding\":[{\"system\":\"s\",\"code\":\"c\"}]}]}";
        assertThat(labels(read(condition), 0).unlabelled()).containsExactly("Condition.code");
        assertThat(labels(
                                read(condition.replace(
                                        "{\"text\":\"HIV RNA\"}", "{\"coding\":[{\"display\":\"HIV RNA\"}]}")),
                                0)
                        .unlabelled())
                .containsExactly("Condition.code");
        assertThat(labels(
                                read(condition.replace(
                                        "\"text\"", "\"coding\":[{\"system\":\"s\",\"code\":\"h\"}],\"text\"")),
                                0)
                        .unlabelled())
                .isEmpty();
    }

    @Test
    void rec4_aUrnRefersToWhatStandsInTheBundle() {
        String patient = entry("urn:uuid:1", "{\"resourceType\":\"Patient\"}");
        String observation = "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"a\"},"
                + "\"subject\":{\"reference\":\"urn:uuid:1\"},\"performer\":[{\"reference\":\"urn:uuid:9\"}]}";
        refuses(
                bundle("document", patient, entry("urn:uuid:2", observation)),
                "Bundle.entry[1].resource.performer[0].reference");
        assertThat(read(bundle("document", patient, entry("urn:uuid:2", observation.replace("uuid:9", "uuid:1"))))
                        .entries())
                .hasSize(2);
    }

    @Test
    void rec4_allEntriesAreAboutOnePatient() {
        String one = entry(BASE + "Patient/1", "{\"resourceType\":\"Patient\",\"id\":\"1\"}");
        String two = entry(BASE + "Patient/2", "{\"resourceType\":\"Patient\",\"id\":\"2\"}");
        refuses(bundle("collection", one, two), "Bundle.entry[1].resource");
        String condition = "{\"resourceType\":\"Condition\",\"subject\":{\"reference\":\"%s\"}}";
        refuses(
                bundle("collection", one, entry("urn:uuid:1", condition.formatted("Patient/2"))),
                "Bundle.entry[1].resource");
        for (String reference : List.of("Patient/1", BASE + "Patient/1")) {
            assertThat(read(bundle("collection", entry("urn:uuid:1", condition.formatted(reference)), one))
                            .entries())
                    .hasSize(2);
        }
        assertThat(read(bundle(
                                "collection",
                                one,
                                entry("urn:uuid:d", "{\"resourceType\":\"Device\"}"),
                                entry("urn:uuid:1", condition.formatted("urn:uuid:d"))))
                        .entries())
                .as("a subject that is no patient")
                .hasSize(3);
    }

    @Test
    void rec4_boundsTheNumberOfEntries() {
        String[] many = new String[BundleReader.MAX_ENTRIES + 1];
        for (int i = 0; i < many.length; i++) {
            many[i] = entry("urn:uuid:" + i, "{\"resourceType\":\"Basic\"}");
        }
        refuses(bundle("collection", many), "Bundle.entry");
    }

    /** By hand from the documents that HL7 publishes: how many resources, or the element that stands in the way. */
    @ParameterizedTest
    @CsvSource({
        "10bb101f-a121-4264-a920-67be9cb82c74, 0, Bundle.entry[2].resource",
        "3a0707d3-549e-4467-b8b8-5a2ab3800efe, 0, Bundle.entry[3].resource",
        "3ad0687e-f477-468c-afd5-fcc2bf897819, 2, ",
        "b0a5e4277-83c4-4adb-87e2-e3efe3369b6f, 14, ",
        "b248b1b2-1686-4b94-9936-37d7a5f94b51, 0, Bundle.entry[1].resource",
        "bundle-example, 2, ",
        "bundle-request-medsallergies, 0, Bundle.entry[0].request.method",
        "bundle-request-simplesummary, 0, Bundle.entry[0].request.method",
        "f001, 2, ",
        "father, 8, ",
    })
    void rec4_takesOrRefusesThePublishedBundles(String name, int resources, String path) throws IOException {
        Path file = Conformance.require("fhir-r4-examples").resolve("Bundle-" + name + ".json");
        BundleReading reading = BundleReader.read(Files.readAllBytes(file));
        if (path == null) {
            assertThat(reading).isInstanceOfSatisfying(BundleDocument.class, bundle -> assertThat(bundle.entries())
                    .hasSize(resources));
        } else {
            assertThat(reading).isInstanceOfSatisfying(FhirRefusal.class, refusal -> assertThat(refusal.path())
                    .isEqualTo(path));
        }
    }

    @Test
    void rec4_tellsEveryFaultWithItsPlace() {
        String misspelled = "{\"resourceType\":\"Observation\",\"status\":\"finished\",\"cod\":{},\"subject\":"
                + "{\"reference\":\"urn:uuid:9\"}}";
        FhirRefusal refusal = refusal(bundle(
                "collection",
                entry("urn:uuid:1", misspelled),
                entry("urn:uuid:2", "{\"resourceType\":\"Nothing\"}"),
                entry("urn:uuid:1", "{\"resourceType\":\"Basic\",\"code\":{\"coding\":[{\"code\":7}]}}")));
        assertThat(refusal.faults())
                .extracting(FhirFault::path)
                .containsExactly(
                        "Bundle.entry[0].resource.status",
                        "Bundle.entry[0].resource.cod",
                        "Bundle.entry[1].resource.resourceType",
                        "Bundle.entry[2].resource.code.coding[0].code",
                        "Bundle.entry[2].fullUrl",
                        "Bundle.entry[0].resource.subject.reference");
        assertThat(refusal.more()).isZero();
        assertThat(refusal.message())
                .startsWith("6 elements are at fault, the first is Bundle.entry[0].resource.status");
    }

    @Test
    void rec4_tellsSoManyFaultsAndTheNumberOfTheRest() {
        String[] entries = new String[25];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = entry("urn:uuid:" + i, "{\"resourceType\":\"Basic\",\"x\":1}");
        }
        FhirRefusal refusal = refusal(bundle("collection", entries));
        assertThat(refusal.faults()).hasSize(20);
        assertThat(refusal.more()).isEqualTo(5);
    }

    private static BundleDocument read(String json) {
        BundleReading reading = BundleReader.read(json.getBytes(StandardCharsets.UTF_8));
        assertThat(reading).as("%s", reading).isInstanceOf(BundleDocument.class);
        return (BundleDocument) reading;
    }

    private static FhirRefusal refusal(String json) {
        BundleReading reading = BundleReader.read(json.getBytes(StandardCharsets.UTF_8));
        assertThat(reading).isInstanceOf(FhirRefusal.class);
        return (FhirRefusal) reading;
    }

    private static void refuses(String json, String path) {
        FhirRefusal refusal = refusal(json);
        assertThat(refusal.path()).as(refusal.reason()).isEqualTo(path);
        assertThat(refusal.reason()).isNotBlank();
    }

    private static String bundle(String type, String... entries) {
        return "{\"resourceType\":\"Bundle\",\"type\":\"" + type + "\",\"entry\":[" + String.join(",", entries) + "]}";
    }

    private static String entry(String fullUrl, String resource) {
        return "{\"fullUrl\":\"" + fullUrl + "\",\"resource\":" + resource + "}";
    }
}
