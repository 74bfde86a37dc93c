package io.consilium.interop.fhir;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.consilium.interop.Conformance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** REC-4 on documents that HL7 and IHE published. */
class FhirExamplesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void rec4_readsEveryPublishedExample() throws Exception {
        int read = 0;
        for (Path file : files()) {
            FhirReading reading = FhirLabels.read(Files.readAllBytes(file));
            assertThat(reading).as("%s: %s", file.getFileName(), reading).isInstanceOf(FhirDocument.class);
            FhirDocument document = (FhirDocument) reading;
            JsonNode tree = JSON.readTree(file.toFile());
            assertThat(document.resourceType())
                    .isEqualTo(tree.get("resourceType").asText());
            for (JsonNode coding : tree.path("code").path("coding")) {
                if (coding.has("code")) {
                    assertThat(document.codes())
                            .as(file.getFileName().toString())
                            .contains(new Coding(
                                    CodeSystems.canonical(coding.path("system").asText("")),
                                    coding.get("code").asText()));
                }
            }
            read++;
        }
        System.out.println("conformance: " + read + " FHIR documents read");
        assertThat(read).isGreaterThan(100);
    }

    @Test
    void rec4_refusesEveryPublishedExampleWithOneElementRenamed() throws Exception {
        int refused = 0;
        for (Path file : files()) {
            ObjectNode tree = (ObjectNode) JSON.readTree(file.toFile());
            List<String> names = new ArrayList<>();
            tree.fieldNames().forEachRemaining(names::add);
            for (String name : names) {
                if (!name.equals("resourceType")) {
                    ObjectNode renamed = tree.deepCopy();
                    renamed.set(name + "Misspelt", renamed.remove(name));
                    FhirReading reading = FhirLabels.read(JSON.writeValueAsBytes(renamed));
                    assertThat(reading).as(file + " " + name).isInstanceOf(FhirRefusal.class);
                    assertThat(((FhirRefusal) reading).path())
                            .isEqualTo(tree.get("resourceType").asText() + "." + name + "Misspelt");
                    refused++;
                }
            }
        }
        assertThat(refused).isGreaterThan(500);
    }

    private static List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>(Conformance.files("fhir-r4-examples", ""));
        files.addAll(Conformance.files("ihe-pcf-consents/json", ""));
        return files;
    }
}
