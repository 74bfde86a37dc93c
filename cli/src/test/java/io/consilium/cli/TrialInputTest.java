package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.consilium.client.DocumentFault;
import io.consilium.interop.cdisc.CdiscFault;
import io.consilium.interop.cdisc.DatasetReader;
import io.consilium.interop.cdisc.SubjectRows;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("TRI-1 a document that is not right is refused with its path, before any node is asked")
class TrialInputTest {
    @TempDir
    Path home;

    private String template() {
        CommandLineRun run = CommandLineRun.of(home, "trial", "template");
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run.out();
    }

    private Path file(String text) throws Exception {
        return Files.write(home.resolve("document.json"), text.getBytes(StandardCharsets.UTF_8));
    }

    private void refused(String code, String path, String... words) throws Exception {
        CommandLineRun run = CommandLineRun.of(home, words);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(6);
        assertThat(run.out()).isEmpty();
        assertThat(run.error().get("code")).isEqualTo(code);
        assertThat(run.error().get("rule")).isEqualTo("TRI-1");
        assertThat(run.error().get("path")).isEqualTo(path);
        assertThat((String) run.error().get("hint")).isNotBlank();
    }

    private void refusedDocument(String path, String text) throws Exception {
        CommandLineRun run =
                CommandLineRun.of(home, "trial", "register", file(text).toString(), "--check", "-o", "json");
        assertThat(run.exitCode()).as(run.err()).isEqualTo(6);
        assertThat(run.error().get("rule")).isEqualTo("TRI-1");
        assertThat(run.error().get("path")).isEqualTo(path);
    }

    @Test
    void theTemplateItselfIsValid() throws Exception {
        CommandLineRun run =
                CommandLineRun.of(home, "trial", "register", file(template()).toString(), "--check", "-o", "json");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains("nothing was submitted");
    }

    @Test
    @DisplayName("TRI-4 who may not name a column so is told to leave it out or rename it; other faults are TRI-5")
    void tri4_aColumnThatSaysWhoIsToBeLeftOutOrRenamed() {
        assertThat(invalid("USUBJID,NAME\nx,y").rule()).isEqualTo("TRI-4");
        assertThat(invalid("USUBJID,NAME\nx,y").path()).isEqualTo("columns.NAME");
        assertThat(invalid("USUBJID,NAME\nx,y").hint()).contains("Leave the column out", "rename it");
        assertThat(invalid("USUBJID,SEX\n,F").rule()).isEqualTo("TRI-5");
        assertThat(invalid("USUBJID,SEX\n,F").hint()).contains("Correct the data");
    }

    private static DocumentFault invalid(String csv) {
        SubjectRows rows = new SubjectRows(subject -> Optional.empty(), Optional.empty(), Optional.empty(), 0);
        return TrialData.invalid(catchThrowableOfType(
                CdiscFault.class,
                () -> DatasetReader.read(new ByteArrayInputStream(csv.getBytes(StandardCharsets.UTF_8)), "X", rows)));
    }

    @Test
    void faultsNameTheirPlace() throws Exception {
        String template = template();
        refusedDocument("titel", template.replaceFirst("\"title\"", "\"titel\": \"x\", \"title\""));
        refusedDocument("outcomes[0].kind", template.replaceFirst("\"kind\": \"primary\"", "\"kind\": \"main\""));
        refusedDocument("sampleSize", template.replaceFirst("\"sampleSize\": \\d+", "\"sampleSize\": \"many\""));
    }

    @Test
    void aProtocolOfAnotherHashIsRefused() throws Exception {
        Path protocol = Files.writeString(home.resolve("protocol.pdf"), "another protocol");
        refused(
                "PROTOCOL_HASH_OTHER",
                "protocolHash",
                "trial",
                "register",
                file(template()).toString(),
                "--protocol",
                protocol.toString(),
                "--check",
                "-o",
                "json");
    }

    @Test
    @DisplayName("TRI-1 a USDM file without endpoints, or that is none, is refused with its path")
    void usdmThatLacksSomething() throws Exception {
        Path usdm = Files.writeString(home.resolve("usdm.json"), """
                {"study": {"name": "S", "versions": [{"versionIdentifier": "1",
                  "titles": [{"text": "A study", "type": {"decode": "Official Study Title"}}],
                  "studyDesigns": [{"objectives": [
                    {"text": "To show an effect", "level": {"decode": "Primary Objective"}, "endpoints": []}]}]}]}}""");
        refused(
                "USDM_INVALID",
                "study.versions[0].studyDesigns[0].objectives[0].endpoints",
                "trial",
                "register",
                "--usdm",
                usdm.toString(),
                "--check",
                "-o",
                "json");
        Files.writeString(usdm, "{}");
        refused("USDM_INVALID", "study", "trial", "register", "--usdm", usdm.toString(), "--check", "-o", "json");
    }

    @Test
    void whatIsNotUtf8IsRefused() throws Exception {
        byte[] bytes = template().getBytes(StandardCharsets.UTF_8);
        bytes[bytes.length / 2] = (byte) 0xff;
        Path file = Files.write(home.resolve("latin.json"), bytes);
        CommandLineRun run = CommandLineRun.of(home, "trial", "register", file.toString(), "--check", "-o", "json");
        assertThat(run.exitCode()).as(run.err()).isEqualTo(6);
        assertThat(run.error().get("rule")).isEqualTo("TRI-1");
    }
}
