package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** REC-4 at the command line: a look at a Bundle needs neither a node nor a patient. */
class RecordImportTest {
    private static final String BUNDLE = """
            {"resourceType":"Bundle","type":"collection","entry":[
              {"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient"}},
              {"fullUrl":"urn:uuid:2","resource":{"resourceType":"Condition","subject":{"reference":"urn:uuid:1"},
                "meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"R"}]},
                "code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"E11.9"}]}}}]}
            """;

    @TempDir
    Path home;

    @Test
    void rec4_checkPrintsTheLabelsOfEachResource() throws Exception {
        CommandLineRun run = CommandLineRun.of(home, "record", "import", file(BUNDLE), "--check", "-o", "json");
        assertThat(run.exitCode()).as(run.err()).isZero();
        List<?> items = (List<?>) run.json().get("items");
        assertThat(items).hasSize(2);
        Map<?, ?> condition = (Map<?, ?>) items.get(1);
        assertThat(condition.get("entry")).isEqualTo("Bundle.entry[1].resource");
        assertThat(condition.get("fullUrl")).isEqualTo("urn:uuid:2");
        assertThat(condition.get("sensitivity")).isEqualTo("R");
        assertThat(condition.get("labels"))
                .isEqualTo(List.of(
                        "http://hl7.org/fhir/resource-types|Condition",
                        "http://hl7.org/fhir/sid/icd-10|E11.9",
                        "http://hl7.org/fhir/sid/icd-10|E11"));
    }

    @Test
    void rec4_aRefusalNamesTheElementAndSubmitsNothing() throws Exception {
        String misspelt = BUNDLE.replace("\"subject\"", "\"subjct\"");
        CommandLineRun run =
                CommandLineRun.of(home, "record", "import", file(misspelt), "--patient", "0".repeat(32), "-o", "json");
        assertThat(run.exitCode()).isEqualTo(6);
        assertThat(run.error().get("path")).isEqualTo("Bundle.entry[1].resource.subjct");
        assertThat(run.error().get("rule")).isEqualTo("REC-4");
    }

    @Test
    void rec4_aRefusalNamesEveryElementAtFault() throws Exception {
        String twice = BUNDLE.replace("\"subject\"", "\"subjct\"").replace("\"Patient\"", "\"Patent\"");
        CommandLineRun json = CommandLineRun.of(home, "record", "import", file(twice), "--check", "-o", "json");
        assertThat(json.exitCode()).isEqualTo(6);
        assertThat(json.error().get("faults"))
                .isEqualTo(List.of(
                        Map.of(
                                "path", "Bundle.entry[0].resource.resourceType",
                                "reason", "FHIR R4 has no such resource type"),
                        Map.of(
                                "path", "Bundle.entry[1].resource.subjct",
                                "reason", "FHIR R4 defines no such element here")));
        CommandLineRun text = CommandLineRun.of(home, "record", "import", file(twice), "--check");
        assertThat(text.err()).contains("2 elements are at fault", "Bundle.entry[1].resource.subjct: FHIR R4 defines");
    }

    @Test
    void rec4_aTimeInTheFutureIsTold() throws Exception {
        String condition = "\"subject\":{\"reference\":\"urn:uuid:1\"},";
        String planned = BUNDLE.replace(condition, condition + "\"onsetDateTime\":\"2999-01-01\",");
        CommandLineRun run = CommandLineRun.of(home, "record", "import", file(planned), "--check");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains("in the future: Bundle.entry[1].resource;");
        String past = BUNDLE.replace(condition, condition + "\"onsetDateTime\":\"1999-01-01\",");
        assertThat(CommandLineRun.of(home, "record", "import", file(past), "--check")
                        .err())
                .doesNotContain("future");
    }

    @Test
    void prv4_aCodeSystemThatNothingKnowsIsTold() throws Exception {
        assertThat(CommandLineRun.of(home, "record", "import", file(BUNDLE), "--check")
                        .err())
                .doesNotContain("not known");
        String misspelt = BUNDLE.replace("http://hl7.org/fhir/sid/icd-10", "http://h17.org/fhir/sid/icd-10");
        CommandLineRun run = CommandLineRun.of(home, "record", "import", file(misspelt), "--check");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains("The code system http://h17.org/fhir/sid/icd-10 is not known here");
    }

    @Test
    void tx6_aResourceWithTooManyCategoriesIsNamed() throws Exception {
        StringBuilder codings = new StringBuilder();
        for (int i = 0; i < 70; i++) {
            codings.append(i == 0 ? "" : ",")
                    .append("{\"system\":\"urn:s\",\"code\":\"")
                    .append(i)
                    .append("\"}");
        }
        String crowded = BUNDLE.replace(
                "{\"system\":\"http://hl7.org/fhir/sid/icd-10\",\"code\":\"E11.9\"}", codings.toString());
        CommandLineRun run = CommandLineRun.of(home, "record", "import", file(crowded), "--check", "-o", "json");
        assertThat(run.exitCode()).isEqualTo(6);
        assertThat(run.error().get("path")).isEqualTo("Bundle.entry[1].resource");
        assertThat(run.error().get("code")).isEqualTo("TOO_MANY_LABELS");
    }

    @Test
    void rec4_wrongEncodingsAreNamed() throws Exception {
        Path wide = Files.write(home.resolve("wide.json"), BUNDLE.getBytes(StandardCharsets.UTF_16LE));
        CommandLineRun run = CommandLineRun.of(home, "record", "import", wide.toString(), "--check");
        assertThat(run.exitCode()).isEqualTo(6);
        assertThat(run.err()).contains("UTF-16");
    }

    @Test
    void rec4_withoutCheckAPatientIsNeeded() throws Exception {
        assertThat(CommandLineRun.of(home, "record", "import", file(BUNDLE)).exitCode())
                .isEqualTo(2);
        assertThat(CommandLineRun.of(
                                home, "record", "import", home.resolve("none").toString(), "--check")
                        .exitCode())
                .isEqualTo(2);
    }

    private String file(String json) throws Exception {
        return Files.writeString(home.resolve("bundle.json"), json).toString();
    }
}
