package io.consilium.interop.fhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** REC-4, CON-5: bytes of any kind are read or refused with a reason; no reader fails in another way. */
class FhirFuzzProperties {
    private static final String OBSERVATION = """
            {"resourceType":"Observation","status":"final","meta":{"security":[{"system":
            "http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"R"}]},"code":{"coding":[{"system":
            "http://loinc.org","code":"2339-0"}]},"subject":{"reference":"Patient/p"},"effectiveDateTime":"2024-02-29",
            "contained":[{"resourceType":"Device","id":"d"}],"valueQuantity":{"value":6.30,"unit":"mmol/l"}}""";

    private static final String BUNDLE = "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"fullUrl\":"
            + "\"urn:uuid:1\",\"resource\":" + OBSERVATION + "}]}";

    private static final String CONSENT = """
            {"resourceType":"Consent","status":"active","scope":{"coding":[{"system":
            "http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},"category":[{"coding":[
            {"system":"http://loinc.org","code":"59284-0"}]}],"patient":{"reference":"Patient/p"},"dateTime":"2020-01-01",
            "policyRule":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"OPTOUT"}]},
            "provision":{"provision":[{"type":"permit","period":{"start":"2024-01-01","end":"2029-12-31"},"purpose":[
            {"system":"http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"TREAT"}],"actor":[{"role":{"coding":[
            {"system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType","code":"IRCP"}]},"reference":
            {"reference":"Organization/f001"}}],"securityLabel":[{"system":
            "http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"N"}],"dataPeriod":{"start":"2022"},
            "provision":[{"type":"deny","class":[{"system":"http://hl7.org/fhir/resource-types","code":"Basic"}]}]}]}}""";

    private static final List<String> SEEDS = List.of(OBSERVATION, BUNDLE, CONSENT);

    @Property(tries = 1500)
    void changedDocumentsAreReadOrRefused(
            @ForAll @IntRange(min = 0, max = 2) int seed,
            @ForAll @Size(min = 1, max = 4) List<@IntRange(min = 0, max = 5000) Integer> places,
            @ForAll("pieces") String piece,
            @ForAll @IntRange(min = 0, max = 30) int removed) {
        StringBuilder text = new StringBuilder(SEEDS.get(seed));
        for (int place : places) {
            int at = place % Math.max(1, text.length());
            text.replace(at, Math.min(text.length(), at + removed), piece);
        }
        readOrRefused(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    @Property(tries = 1000)
    void anyBytesAreReadOrRefused(@ForAll byte[] bytes) {
        readOrRefused(bytes);
    }

    @Property(tries = 300)
    void anyBytesInATextAreReadOrRefused(@ForAll @Size(max = 40) byte[] bytes) {
        byte[] before = "{\"resourceType\":\"Basic\",\"code\":{\"text\":\"".getBytes(StandardCharsets.UTF_8);
        byte[] after = "\"}}".getBytes(StandardCharsets.UTF_8);
        byte[] whole = new byte[before.length + bytes.length + after.length];
        System.arraycopy(before, 0, whole, 0, before.length);
        System.arraycopy(bytes, 0, whole, before.length, bytes.length);
        System.arraycopy(after, 0, whole, before.length + bytes.length, after.length);
        readOrRefused(whole);
    }

    private static void readOrRefused(byte[] content) {
        if (FhirLabels.read(content) instanceof FhirRefusal refusal) {
            assertThat(refusal.reason()).isNotBlank();
        }
        BundleReading bundle = BundleReader.read(content);
        if (bundle instanceof FhirRefusal refusal) {
            assertThat(refusal.reason()).isNotBlank();
        } else {
            for (BundleDocument.Entry entry : ((BundleDocument) bundle).entries()) {
                assertThat(FhirLabels.read(entry.content().getBytes(StandardCharsets.UTF_8)))
                        .as("an entry that was read reads alone")
                        .isInstanceOf(FhirDocument.class);
            }
        }
        ConsentReading consent = ConsentReader.read(content, ReferenceMap.keepingAll(), LedgerWorld.START);
        if (consent instanceof FhirRefusal refusal) {
            assertThat(refusal.reason()).isNotBlank();
        }
    }

    @Provide
    Arbitrary<String> pieces() {
        return Arbitraries.oneOf(
                Arbitraries.of(
                        "",
                        "\"",
                        "{",
                        "}",
                        "[",
                        "]",
                        ",",
                        ":",
                        "null",
                        "[]",
                        "{}",
                        "1e400",
                        "-0",
                        "\\u0000",
                        "\\ud800",
                        "\"permit\"",
                        "\"deny\"",
                        "\"2024-13-01\"",
                        "\"contained\":[null],",
                        "\"extension\":[{}],",
                        "\"provision\":null,",
                        "\"type\":\"permit\","),
                Arbitraries.strings().ofMaxLength(5));
    }
}
