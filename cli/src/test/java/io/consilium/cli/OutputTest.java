package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.interop.fhir.FhirFault;
import io.consilium.interop.fhir.FhirRefusal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OutputTest {
    private static Map<String, Object> sample() {
        Map<String, Object> inner = new LinkedHashMap<>();
        inner.put("institution", "st-mary");
        inner.put("connected", true);
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("txId", "12ab");
        object.put("height", 7L);
        object.put("until", Optional.empty());
        object.put("roles", List.of("ADMIN", "yes"));
        object.put("peers", List.of(inner));
        object.put("none", List.of());
        object.put("note", "a: \"b\"\n");
        return object;
    }

    @Test
    void aTableHasOneLineAField() {
        assertThat(TableWriter.object(sample())).isEqualTo("""
                        txId                  12ab
                        height                7
                        until                 -
                        roles                 ADMIN, yes
                        peers[0].institution  st-mary
                        peers[0].connected    true
                        none                  -
                        note                  a: "b"\s
                        """);
    }

    @Test
    void aListIsATableUnderHeadings() {
        assertThat(TableWriter.list(List.of("txId", "grantedAt"), List.of(sample())))
                .isEqualTo("TX ID  GRANTED AT\n12ab   -\n");
        assertThat(TableWriter.list(List.of("txId"), List.of())).isEqualTo("(none)\n");
    }

    @Test
    void theFaultsOfADocumentHaveTheirMembersInOneOrder() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        DocumentRefused refused = new DocumentRefused(
                new FhirRefusal(List.of(new FhirFault("rows[0]", "not a number")), 0), "CODE", "RULE", "cause", "hint");
        ErrorReport.of(refused).print(new Output(new GlobalOptions(), stream, stream), refused, true, false);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .containsPattern("\"path\": ?\"rows\\[0]\", ?\"reason\": ?\"not a number\"");
    }

    @Test
    void whatDoesNotFitIntoMemoryIsSaidInWords() {
        ErrorReport report =
                ErrorReport.of(new IllegalStateException("wrapped", new OutOfMemoryError("Java heap space")));
        assertThat(report.kind().exitCode()).isEqualTo(1);
        assertThat(report.code()).isEqualTo("OUT_OF_MEMORY");
        assertThat(report.error()).contains("memory of ", " MiB").doesNotContain("Error", "Exception", "heap");
        assertThat(report.hint()).contains("-Xmx1g");
    }

    @Test
    void yamlQuotesWhatCouldBeAnythingElse() {
        assertThat(YamlWriter.write(sample())).isEqualTo("""
                        txId: "12ab"
                        height: 7
                        until: null
                        roles:
                        - ADMIN
                        - "yes"
                        peers:
                        - institution: st-mary
                          connected: true
                        none: []
                        note: "a: \\"b\\"\\n"
                        """);
    }
}
