package io.consilium.interop.fhir;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.interop.Conformance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** CON-5 on the Consents that HL7 publishes with FHIR R4: none of them says what it means to a machine. */
class ConsentExamplesTest {
    /** By hand from the documents: the first element that the ledger cannot enforce, and what is the matter with it. */
    @ParameterizedTest
    @CsvSource({
        "consent-example-Emergency, Consent.provision.actor[0].role, custodian",
        "consent-example-grantor, Consent.provision.actor[0].role, custodian",
        "consent-example-notThis, Consent.provision.data[0].meaning, refer to each other",
    })
    void con5_refusesWhatCannotBeEnforcedWithItsPlace(String name, String path, String reason) throws IOException {
        Path file = Conformance.require("fhir-r4-examples").resolve("Consent-" + name + ".json");
        ConsentReading reading =
                ConsentReader.read(Files.readAllBytes(file), ReferenceMap.keepingAll(), LedgerWorld.START);
        assertThat(reading).isInstanceOfSatisfying(FhirRefusal.class, refusal -> {
            assertThat(refusal.path()).isEqualTo(path);
            assertThat(refusal.reason()).contains(reason);
        });
    }

    @Test
    void con5_noExampleIsWithoutAnExpectation() throws IOException {
        assertThat(Conformance.files("fhir-r4-examples", "Consent-"))
                .extracting(file -> file.getFileName().toString())
                .isSubsetOf(List.of(
                        "Consent-consent-example-Emergency.json",
                        "Consent-consent-example-grantor.json",
                        "Consent-consent-example-notThis.json"));
    }
}
