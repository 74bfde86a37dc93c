package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.client.json.JsonReader;
import io.consilium.client.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** REC-4, CON-5 at the command line, on every published document of six types: it imports, or is refused with its place. */
class PublishedDocumentsTest {
    private static final List<String> TYPES =
            List.of("Consent", "Patient", "Observation", "MedicationRequest", "AuditEvent", "Bundle");

    /** By hand from the documents: what stands in the way, where, and in which words it is said. */
    private static final Map<String, List<String>> REFUSED = new TreeMap<>(Map.of(
            "Bundle-10bb101f-a121-4264-a920-67be9cb82c74", List.of("Bundle.entry[2].resource", "patient"),
            "Bundle-3a0707d3-549e-4467-b8b8-5a2ab3800efe", List.of("Bundle.entry[3].resource", "patient"),
            "Bundle-b248b1b2-1686-4b94-9936-37d7a5f94b51", List.of("Bundle.entry[1].resource", "patient"),
            "Bundle-bundle-request-medsallergies", List.of("Bundle.entry[0].request.method", "POST and PUT"),
            "Bundle-bundle-request-simplesummary", List.of("Bundle.entry[0].request.method", "POST and PUT"),
            "Consent-consent-example-Emergency", List.of("Consent.provision.actor[0].role", "custodian"),
            "Consent-consent-example-grantor", List.of("Consent.provision.actor[0].role", "custodian"),
            "Consent-consent-example-notThis", List.of("Consent.provision.data[0].meaning", "refer to each other")));

    @TempDir
    Path home;

    @Test
    @DisplayName("REC-4 CON-5 every published document of the six types imports, or is refused with path and reason")
    void everyDocumentImportsOrIsRefusedWithItsPlace() throws Exception {
        Map<String, List<String>> refused = new TreeMap<>();
        int imported = 0;
        for (Path file : documents("fhir-r4-examples")) {
            String name = name(file);
            CommandLineRun run = name.startsWith("Consent-")
                    ? run("consent", "import", file.toString(), "--check")
                    : run("record", "import", file.toString(), "--check");
            if (run.exitCode() == 0) {
                imported++;
                continue;
            }
            assertThat(run.exitCode()).as(name + run.err()).isEqualTo(6);
            refused.put(
                    name,
                    List.of(
                            String.valueOf(run.error().get("path")),
                            String.valueOf(run.error().get("error"))));
        }
        assertThat(refused.keySet()).isEqualTo(REFUSED.keySet());
        refused.forEach((name, said) -> {
            assertThat(said.get(0)).as(name).isEqualTo(REFUSED.get(name).get(0));
            assertThat(said.get(1))
                    .as(name)
                    .containsIgnoringCase(REFUSED.get(name).get(1));
        });
        assertThat(imported).isEqualTo(documents("fhir-r4-examples").size() - REFUSED.size());
    }

    @Test
    @DisplayName(
            "REC-4 what a Bundle's entry is labelled with, its resource alone is labelled with too: import is stable")
    void resourcesReadAloneAsInTheirBundle() throws Exception {
        for (Path file : documents("fhir-r4-examples")) {
            if (!name(file).startsWith("Bundle-") || REFUSED.containsKey(name(file))) {
                continue;
            }
            List<?> entries = (List<?>) ((Map<?, ?>) JsonReader.read(Files.readAllBytes(file))).get("entry");
            List<Map<String, Object>> together = labels(file.toString());
            assertThat(together).hasSameSizeAs(entries);
            for (int i = 0; i < entries.size(); i++) {
                Object resource = ((Map<?, ?>) entries.get(i)).get("resource");
                Path alone = Files.writeString(home.resolve("alone.json"), JsonWriter.compact(resource));
                assertThat(labels(alone.toString())).as(name(file)).containsExactly(together.get(i));
            }
        }
    }

    private List<Map<String, Object>> labels(String file) throws Exception {
        CommandLineRun run = run("record", "import", file, "--check");
        assertThat(run.exitCode()).as(run.err()).isZero();
        List<Map<String, Object>> labels = new ArrayList<>();
        for (Object item : (List<?>) run.json().get("items")) {
            Map<String, Object> about = new LinkedHashMap<>();
            about.put("sensitivity", ((Map<?, ?>) item).get("sensitivity"));
            about.put("labels", ((Map<?, ?>) item).get("labels"));
            labels.add(about);
        }
        return labels;
    }

    private CommandLineRun run(String... words) {
        return CommandLineRun.of(
                home, Stream.concat(Stream.of(words), Stream.of("-o", "json")).toArray(String[]::new));
    }

    private static String name(Path file) {
        return file.getFileName().toString().replace(".json", "");
    }

    private static List<Path> documents(String folder) throws IOException {
        try (Stream<Path> files = Files.list(conformance(folder))) {
            return files.filter(file -> TYPES.stream()
                            .anyMatch(type -> file.getFileName().toString().startsWith(type + "-")))
                    .sorted()
                    .toList();
        }
    }

    /** Published documents stand beside a checkout; without them the test is skipped. */
    private static Path conformance(String folder) {
        Optional<Path> found = Optional.ofNullable(System.getenv("CONSILIUM_CONFORMANCE"))
                .map(Path::of)
                .map(root -> root.resolve(folder));
        for (Path at = Path.of("").toAbsolutePath(); found.isEmpty() && at != null; at = at.getParent()) {
            found = Optional.of(at.resolve("shared").resolve("conformance").resolve(folder))
                    .filter(Files::isDirectory);
        }
        if (found.isEmpty()) {
            System.out.println("conformance: 1 skipped, no " + folder + " (set CONSILIUM_CONFORMANCE)");
        }
        Assumptions.assumeTrue(found.isPresent(), "no conformance folder");
        return found.orElseThrow();
    }
}
