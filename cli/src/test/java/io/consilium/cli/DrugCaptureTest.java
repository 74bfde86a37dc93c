package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.client.json.JsonReader;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** DRU-1 and DRU-2 through {@code drug capture --check} and {@code drug identify}. */
class DrugCaptureTest {
    private static final String HEAD =
            "{\"@context\":[\"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld\"],"
                    + "\"type\":\"EPCISDocument\",\"schemaVersion\":\"2.0\",\"creationDate\":\"2026-03-01T00:00:00Z\","
                    + "\"epcisBody\":{\"eventList\":[";

    @TempDir
    Path home;

    private static String document(List<String> epcs) {
        return HEAD
                + String.join(
                        ",",
                        epcs.stream()
                                .map(epc -> "{\"type\":\"ObjectEvent\",\"eventTime\":\"2026-03-01T10:00:00+01:00\","
                                        + "\"eventTimeZoneOffset\":\"+01:00\",\"action\":\"ADD\",\"bizStep\":\"commissioning\","
                                        + "\"epcList\":[\"" + epc + "\"]}")
                                .toList())
                + "]}}";
    }

    private CommandLineRun check(String document) {
        return CommandLineRun.withInput(home, document, "drug", "capture", "-", "--check", "-o", "json");
    }

    @Test
    void dru1_showsTheHashIdOfEventsWithoutAnId() throws Exception {
        CommandLineRun run = check(document(
                List.of("urn:epc:id:sgtin:0614141.107346.2017", "https://shop.example/01/10614141073464/21/2017")));
        assertThat(run.exitCode()).isZero();
        List<?> events = (List<?>) run.json().get("events");
        assertThat(events)
                .hasSize(2)
                .extracting(event -> ((Map<?, ?>) event).get("eventId"))
                .allSatisfy(id -> assertThat((String) id).matches("ni:///sha-256;[0-9a-f]{64}\\?ver=CBV2\\.0"));
        assertThat(((Map<?, ?>) events.get(0)).get("eventId")).isEqualTo(((Map<?, ?>) events.get(1)).get("eventId"));
    }

    @Test
    void dru1_writesWhatItUnderstood() throws Exception {
        String document = document(List.of("urn:epc:id:sgtin:0614141.107346.2017"));
        Path out = home.resolve("again.json");
        assertThat(CommandLineRun.withInput(home, document, "drug", "capture", "-", "--check", "--out", out.toString())
                        .exitCode())
                .isZero();
        assertThat(JsonReader.read(Files.readAllBytes(out)))
                .isEqualTo(JsonReader.read(document.getBytes(StandardCharsets.UTF_8)));
        assertThat(CommandLineRun.withInput(home, document, "drug", "capture", "-", "--check", "--out", out.toString())
                        .exitCode())
                .as("a file that is there is kept")
                .isEqualTo(8);
        assertThat(CommandLineRun.withInput(home, document, "drug", "capture", "-", "--out", "other.json")
                        .exitCode())
                .isEqualTo(2);
    }

    @Test
    void dru2_namesTheBadEventAmongGoodOnes() throws Exception {
        CommandLineRun run = check(document(List.of(
                "urn:epc:id:sgtin:0614141.107346.1",
                "https://id.gs1.org/01/10614141073465/21/2",
                "urn:epc:id:sgtin:0614141.107346.3")));
        assertThat(run.exitCode()).isEqualTo(6);
        assertThat(run.out()).isEmpty();
        assertThat(run.error().get("code")).isEqualTo("EPCIS_INVALID");
        assertThat(run.error().get("path")).isEqualTo("epcisBody.eventList[1].epcList[0]");
        assertThat((String) run.error().get("error"))
                .contains("Event 1")
                .contains("check digit")
                .doesNotContain("073465");
    }

    @Test
    void aDocumentThatIsTooLargeIsRefusedUnread() throws Exception {
        Path large = home.resolve("large.json");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(200L * 1024 * 1024);
        }
        CommandLineRun run = CommandLineRun.of(home, "drug", "capture", large.toString(), "--check", "-o", "json");
        assertThat(run.exitCode()).isEqualTo(6);
        assertThat(run.error().get("code")).isEqualTo("FILE_TOO_LARGE");
        Files.delete(large);
    }

    @Test
    void whatIsTooLargeIsRefusedFromStandardInputToo() throws Exception {
        CommandLineRun run = check(" ".repeat(16 * 1024 * 1024 + 1));
        assertThat(run.exitCode()).isEqualTo(6);
        assertThat(run.error().get("code")).isEqualTo("FILE_TOO_LARGE");
    }

    @Test
    void anXmlBombIsRefusedInALine() throws Exception {
        CommandLineRun run = check("<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\">"
                + "<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><x>&b;</x>");
        assertThat(run.exitCode()).isEqualTo(6);
        assertThat((String) run.error().get("error")).contains("document type declaration");
    }

    @Test
    void aMissingFileIsUsage() {
        assertThat(CommandLineRun.of(
                                home, "drug", "capture", home.resolve("none").toString(), "--check")
                        .exitCode())
                .isEqualTo(2);
    }

    @Test
    void dru1_identifyShowsEverySpelling() throws Exception {
        CommandLineRun run = CommandLineRun.of(
                home, "drug", "identify", "]d20110614141073464212017<GS>10LOT", "--prefix-digits", "7", "-o", "json");
        assertThat(run.exitCode()).isZero();
        assertThat(run.json().get("urn")).isEqualTo("urn:epc:id:sgtin:0614141.107346.2017");
        assertThat(run.json().get("digitalLink")).isEqualTo("https://id.gs1.org/01/10614141073464/21/2017");
        assertThat(run.json().get("elementString")).isEqualTo("(01)10614141073464(21)2017");
        CommandLineRun wrong = CommandLineRun.of(home, "drug", "identify", "(01)10614141073465(21)1", "-o", "json");
        assertThat(wrong.exitCode()).isEqualTo(6);
        assertThat(wrong.error().get("code")).isEqualTo("GS1_INVALID");
    }
}
