package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CON-5 at the command line: a look at a Consent needs neither a node nor a patient. */
class ConsentImportTest {
    private static final String CONSENT = """
            {"resourceType":"Consent","id":"c1","status":"active",
             "scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},
             "category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],
             "patient":{"reference":"Patient/p"},"policy":[{"uri":"urn:policy"}],
             "provision":{"type":"permit","period":{"start":"2024-01-01","end":"2029-12-31"},
               "purpose":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"TREAT"}],
               "actor":[{"role":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType",
                 "code":"IRCP"}]},"reference":{"reference":"Organization/f001"}}],
               "securityLabel":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"N"}],
               "provision":[{"type":"deny","dataPeriod":{"start":"2022-01-01","end":"2022-12-31"}}]}}
            """;

    @TempDir
    Path home;

    @Test
    void con5_checkPrintsTheTermsAndNeedsNoNode() throws Exception {
        CommandLineRun run = CommandLineRun.of(home, "consent", "import", file(CONSENT), "--check", "-o", "json");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).isEmpty();
        Map<?, ?> terms = (Map<?, ?>) run.json().get("terms");
        assertThat(terms.get("base")).isEqualTo("deny");
        Map<?, ?> rule = (Map<?, ?>) ((List<?>) terms.get("rules")).get(0);
        assertThat(rule.get("type")).isEqualTo("permit");
        assertThat(rule.get("actors")).isEqualTo(List.of("Organization/f001"));
        assertThat(rule.get("purposes")).isEqualTo(List.of("TREAT"));
        assertThat(rule.get("labels"))
                .isEqualTo(List.of(List.of("http://terminology.hl7.org/CodeSystem/v3-Confidentiality|N")));
        assertThat(rule.get("period")).isEqualTo(Map.of("start", "2024-01-01", "end", "2029-12-31"));
        Map<?, ?> exception = (Map<?, ?>) ((List<?>) rule.get("rules")).get(0);
        assertThat(exception.get("type")).isEqualTo("deny");
        assertThat(exception.get("dataPeriod")).isEqualTo(Map.of("start", "2022-01-01", "end", "2022-12-31"));
    }

    @Test
    void prv4_aCodeSystemThatNothingKnowsIsTold() throws Exception {
        String coded = CONSENT.replace(
                "\"dataPeriod\":{\"start\":\"2022-01-01\",\"end\":\"2022-12-31\"}",
                "\"code\":[{\"coding\":[{\"system\":\"http://lonic.org\",\"code\":\"94500-6\"}]}]");
        CommandLineRun run = CommandLineRun.of(home, "consent", "import", file(coded), "--check");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains("The code system http://lonic.org is not known here");
    }

    @Test
    void con5_mapSaysWhomAReferenceMeans() throws Exception {
        CommandLineRun run = CommandLineRun.of(
                home,
                "consent",
                "import",
                file(CONSENT),
                "--check",
                "-o",
                "json",
                "--map",
                "Organization/f001=riverside");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("\"riverside\"").doesNotContain("Organization/f001");
        CommandLineRun twice = CommandLineRun.of(
                home, "consent", "import", file(CONSENT), "--check", "--map", "a=riverside", "--map", "a=st-mary");
        assertThat(twice.exitCode()).isEqualTo(2);
        CommandLineRun none =
                CommandLineRun.of(home, "consent", "import", file(CONSENT), "--check", "--map", "nothing");
        assertThat(none.exitCode()).isEqualTo(2);
    }

    @Test
    void con5_aRefusalNamesTheElement() throws Exception {
        String custodian = CONSENT.replace("\"IRCP\"", "\"CST\"");
        CommandLineRun run = CommandLineRun.of(home, "consent", "import", file(custodian), "--check", "-o", "json");
        assertThat(run.exitCode()).isEqualTo(6);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains("\"path\":\"Consent.provision.actor[0].role\"")
                .contains("\"rule\":\"CON-5\"");
    }

    @Test
    void con5_withoutCheckAPatientAndMeaningsAreNeeded() throws Exception {
        CommandLineRun nobody = CommandLineRun.of(home, "consent", "import", file(CONSENT));
        assertThat(nobody.exitCode()).isEqualTo(2);
        CommandLineRun unknown =
                CommandLineRun.of(home, "consent", "import", file(CONSENT), "--patient", "0".repeat(32), "-o", "json");
        assertThat(unknown.exitCode()).isEqualTo(6);
        assertThat(unknown.err()).contains("\"path\":\"Consent.provision.actor[0].reference\"");
    }

    private String file(String json) throws Exception {
        return Files.writeString(home.resolve("consent.json"), json).toString();
    }
}
