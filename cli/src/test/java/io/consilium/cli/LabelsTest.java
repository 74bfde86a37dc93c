package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.client.MalformedInput;
import io.consilium.ledger.consent.Sensitivity;
import io.consilium.proto.Code;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelsTest {
    @ParameterizedTest
    @DisplayName("PRV-4 a label names the code system by its address: under another name it would match no consent")
    @ValueSource(
            strings = {
                "",
                "PSY",
                "|PSY",
                "http://loinc.org|",
                "loinc|2339-0",
                "LOINC|2339-0",
                "http://a b|c",
                "//x|y",
                "http://loinc.org|  "
            })
    void prv4_aLabelNamesItsCodeSystem(String text) {
        assertThatThrownBy(() -> Labels.code("--label", text)).isInstanceOfSatisfying(MalformedInput.class, refused -> {
            assertThat(refused.path()).isEqualTo("--label");
            assertThat(refused.hint()).contains("http");
        });
    }

    @Test
    @DisplayName("PRV-4 code systems that FHIR does not list are taken by their address, known OIDs by FHIR's spelling")
    void prv4_codeSystemsOfOnesOwn() throws Exception {
        Code own = Labels.code("--label", "https://st-mary.example/codes|X1");
        assertThat(own.getSystem()).isEqualTo("https://st-mary.example/codes");
        assertThat(Labels.code("--label", "urn:oid:1.2.3.4|X1").getSystem()).isEqualTo("urn:oid:1.2.3.4");
        assertThat(Labels.code("--label", "urn:oid:2.16.840.1.113883.6.1|2339-0")
                        .getSystem())
                .isEqualTo("http://loinc.org");
    }

    @ParameterizedTest
    @DisplayName(
            "PRV-4 a code has one spelling, however it was typed: another would be another label, and a deny miss it")
    @CsvSource({
        "http://hl7.org/fhir/sid/icd-10-cm|E119, http://hl7.org/fhir/sid/icd-10-cm|E11.9",
        "http://hl7.org/fhir/sid/icd-10-cm|e11.9, http://hl7.org/fhir/sid/icd-10-cm|E11.9",
        "http://hl7.org/fhir/sid/icd-10| E11, http://hl7.org/fhir/sid/icd-10|E11",
        "https://hl7.org/fhir/sid/icd-10/|E11.9, http://hl7.org/fhir/sid/icd-10|E11.9",
        "http://hl7.org/fhir/sid/icd-10|A00-B99, http://hl7.org/fhir/sid/icd-10|A00-B99",
        "urn:oid:2.16.840.1.113883.6.103|25000, http://hl7.org/fhir/sid/icd-9-cm|250.00",
        "http://hl7.org/fhir/sid/icd-9-cm|e8000, http://hl7.org/fhir/sid/icd-9-cm|E800.0",
        "http://snomed.info/sct/731000124108/version/20230901|73211009, http://snomed.info/sct|73211009",
        "https://loinc.org/|lp14559-6, http://loinc.org|LP14559-6",
        "http://www.whocc.no/atc|a10ba02, http://www.whocc.no/atc|A10BA02",
        "URN:OID:2.16.840.1.113883.6.96|73211009, http://snomed.info/sct|73211009",
        "https://st-mary.example/codes/|a1, https://st-mary.example/codes/|a1"
    })
    void prv4_oneSpelling(String typed, String label) throws Exception {
        Code code = Labels.code("--label", typed);
        assertThat(code.getSystem() + "|" + code.getCode()).isEqualTo(label);
    }

    @Test
    @DisplayName("PRV-4 a sensitivity brings its broader ones, a confidentiality lifts the level")
    void prv4_ancestorsAndLevels() throws Exception {
        Code opioids = Labels.code("--label", "http://terminology.hl7.org/CodeSystem/v3-ActCode|OPIOIDUD");
        Code restricted = Labels.code("--label", Sensitivity.SYSTEM + "|R");
        Labels labels = Labels.of(List.of(opioids, restricted), Optional.empty(), Optional.empty());
        assertThat(labels.codes()).map(Code::getCode).containsExactly("OPIOIDUD", "SUD", "SPI");
        assertThat(labels.sensitivity()).isEqualTo(Sensitivity.R);
    }
}
