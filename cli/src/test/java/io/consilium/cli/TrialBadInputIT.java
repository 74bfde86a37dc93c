package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.client.json.JsonFields;
import io.consilium.client.json.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is not right is refused with its place and reason, and leaves nothing on chain and in no vault. */
class TrialBadInputIT extends TrialCluster {
    private static final int SPONSORS_NODE = 3;
    private static final int ROUNDS = 20;

    @Test
    @DisplayName("TRI-1: a registration that is not right registers nothing")
    void registrations() throws Exception {
        int before = trials();
        Path usdm = text("usdm.json", """
                {"study": {"name": "S", "versions": [{"versionIdentifier": "1",
                  "titles": [{"text": "A study", "type": {"decode": "Official Study Title"}}],
                  "studyDesigns": [{"objectives": [
                    {"text": "To show an effect", "level": {"decode": "Primary Objective"}, "endpoints": []}]}]}]}}""");
        assertThat(refused(6, "USDM_INVALID TRI-1", SPONSOR, "trial", "register", "--usdm", usdm.toString())
                        .text("path"))
                .isEqualTo("study.versions[0].studyDesigns[0].objectives[0].endpoints");
        Path document = text("right.json", JsonWriter.indented(template()));
        Path protocol = text("protocol.pdf", "another protocol than the document has the hash of");
        assertThat(refused(
                                6,
                                "PROTOCOL_HASH_OTHER TRI-1",
                                SPONSOR,
                                "trial",
                                "register",
                                document.toString(),
                                "--protocol",
                                protocol.toString())
                        .text("path"))
                .isEqualTo("protocolHash");
        Map<String, Object> unknown = template();
        unknown.put("sponser", "helix");
        assertThat(refused(
                                6,
                                "DOCUMENT_INVALID TRI-1",
                                SPONSOR,
                                "trial",
                                "register",
                                text("unknown.json", JsonWriter.indented(unknown))
                                        .toString())
                        .text("path"))
                .isEqualTo("sponser");
        Path latin = cluster.file(
                "latin.json", "{\"title\": \"Schmerz \u00fcber Nacht\"}".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(refused(6, "DOCUMENT_INVALID TRI-1", SPONSOR, "trial", "register", latin.toString())
                        .text("error"))
                .contains("UTF-8");
        assertThat(trials()).isEqualTo(before);
    }

    @Test
    @DisplayName("TRI-3: of two amendments at once one is registered, whole, and the other is refused")
    void twoAmendmentsAtOnce() throws Exception {
        Map<String, Object> document = template();
        String trial = register(document);
        ExecutorService pool = Executors.newFixedThreadPool(2);
        CyclicBarrier together = new CyclicBarrier(2);
        long version = 1;
        int conflicts = 0;
        try {
            for (int round = 0; conflicts == 0; round++) {
                assertThat(round).as("rounds without a conflict").isLessThan(ROUNDS);
                List<Future<Cluster.Said>> amendments = new ArrayList<>();
                for (String side : List.of("a", "b")) {
                    document.put("title", "Round " + round + side);
                    Path file = text("amended-" + side + ".json", JsonWriter.indented(document));
                    amendments.add(pool.submit(() -> {
                        together.await(60, TimeUnit.SECONDS);
                        return cluster.run(SPONSOR, "trial", "amend", trial, file.toString(), "--reason", side);
                    }));
                }
                for (Future<Cluster.Said> amendment : amendments) {
                    Cluster.Said said = amendment.get(120, TimeUnit.SECONDS);
                    if (said.exitCode() == 0) {
                        version++;
                    } else {
                        assertThat(said.ended(8).err()).contains("TRIAL_VERSION_CONFLICT", "TRI-3");
                        conflicts++;
                    }
                }
                assertThat(cluster.json(REGULATOR, "trial", "show", trial).number("version"))
                        .isEqualTo(version);
            }
        } finally {
            pool.shutdownNow();
        }
        done(REGULATOR, "trial", "verify", trial);
    }

    @Test
    @DisplayName("TRI-2: a decision on what was read does not carry over to an amendment of the same version names")
    void decisionOnWhatWasRead() throws Exception {
        Map<String, Object> document = template();
        String trial = register(document);
        String read = cluster.field("contentHash", COMMITTEE, "trial", "show", trial);
        document.put("sampleSize", 7);
        done(
                SPONSOR,
                "trial",
                "amend",
                trial,
                text("smaller.json", JsonWriter.indented(document)).toString(),
                "--reason",
                "fewer");
        String[] approval = approval(trial, "1.0", "1.0", LATER);
        refused(6, "DECISION_VERSION_OTHER TRI-2", COMMITTEE, with(approval, "--content-hash", read));
        refused(6, "ETHICS_APPROVAL_MISSING TRI-2", SITE, enrolment(trial, patient(SITE), "1.0"));
        String newer = cluster.field("contentHash", COMMITTEE, "trial", "show", trial);
        done(COMMITTEE, with(approval, "--content-hash", newer.toUpperCase(Locale.ROOT)));
        done(SITE, enrolment(trial, patient(SITE), "1.0"));
        done(REGULATOR, "trial", "verify", trial);
    }

    @Test
    @DisplayName("TRI-5: a dataset that is not right is refused with its place, and nothing of it is kept")
    void datasets() throws Exception {
        String trial = register(template());
        done(COMMITTEE, approval(trial, "1.0", "1.0", LATER));
        String subject = cluster.field("pseudonym", SITE, enrolment(trial, patient(SITE), "1.0"));
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        long kept = sponsorsVault();

        badRows(trial, "VS", "rows[0].VSDTC", "USUBJID,VSDTC", subject + ",2026-02-30");
        badRows(
                trial,
                "VS",
                "rows[1].VSDTC",
                "USUBJID,VSDTC",
                subject + "," + today,
                subject + "," + today.minusDays(9));
        badRows(trial, "ADSL", "rows[1]", "USUBJID,SEX", subject + ",F", subject + ",M");
        badRows(trial, "VS", "rows[0]", "USUBJID,VSDTC", subject + "," + today + ",unknown");
        badRows(trial, "VS", "columns[2].name", "USUBJID,VSDTC,VSDTC", subject + "," + today + "," + today);
        String typed = "{\"datasetJSONVersion\":\"1.1.0\",\"name\":\"ADSL\",\"records\":1,\"columns\":["
                + "{\"itemOID\":\"A\",\"name\":\"USUBJID\",\"label\":\"S\",\"dataType\":\"string\"},"
                + "{\"itemOID\":\"B\",\"name\":\"AGE\",\"label\":\"A\",\"dataType\":\"integer\"%s}],"
                + "\"rows\":[[\"" + subject + "\",%s]]}";
        bad(trial, "rows[0].AGE", typed.formatted("", "\"forty\"").getBytes(StandardCharsets.UTF_8));
        bad(trial, "columns[1].colour", typed.formatted(",\"colour\":1", "40").getBytes(StandardCharsets.UTF_8));
        byte[] latin = ("USUBJID,SITE\n" + subject + ",Z\u00fcrich\n").getBytes(StandardCharsets.ISO_8859_1);
        assertThat(bad(trial, "", latin).text("error")).contains("UTF-8");

        assertThat(sponsorsVault()).as("ciphertexts with the sponsor").isEqualTo(kept);
        assertThat(cluster.json(REGULATOR, "trial", "audit", trial).objects("items"))
                .isEmpty();
    }

    @Test
    @DisplayName("TRI-5: the sponsor's check names rows of subjects who are not enrolled, and ends with 9")
    void rowsOfStrangers() throws Exception {
        String trial = register(template());
        done(COMMITTEE, approval(trial, "1.0", "1.0", LATER));
        String subject = cluster.field("pseudonym", SITE, enrolment(trial, patient(SITE), "1.0"));
        done(SITE, submission(trial, "ADSL", "USUBJID,SEX", subject + ",F"));
        cluster.run(SPONSOR, "trial", "audit", trial, "--check").ended(0);
        done(SITE, submission(trial, "DM", "USUBJID,SEX", subject + ",F", "ab".repeat(16) + ",M"));
        List<JsonFields> versions = cluster.run(SPONSOR, "trial", "audit", trial, "--check")
                .ended(9)
                .json()
                .objects("items");
        assertThat(versions.get(0).text("check")).isEqualTo("ok");
        assertThat(versions.get(1).text("check")).isEqualTo("subjects: 1 not enrolled");
        assertThat(versions.get(1).number("notEnrolled")).isEqualTo(1);
        cluster.run(SPONSOR, "trial", "audit", trial).ended(0);
    }

    private void badRows(String trial, String dataset, String path, String... lines) throws Exception {
        JsonFields error = refused(6, "DATASET_INVALID TRI-5", SITE, submission(trial, dataset, lines));
        assertThat(error.text("path")).isEqualTo(path);
        assertThat(error.text("error")).isNotBlank();
    }

    private JsonFields bad(String trial, String path, byte[] content) throws Exception {
        Path file = cluster.file("bad", content);
        JsonFields error = refused(
                6, "DATASET_INVALID TRI-5", SITE, "trial", "submit", trial, file.toString(), "--dataset", "ADSL");
        if (!path.isEmpty()) {
            assertThat(error.text("path")).isEqualTo(path);
        }
        return error;
    }

    private Path text(String name, String content) throws IOException {
        return cluster.file(name, content.getBytes(StandardCharsets.UTF_8));
    }

    private int trials() throws Exception {
        return cluster.json(REGULATOR, "trial", "list").objects("items").size();
    }

    private long sponsorsVault() throws Exception {
        try (Stream<Path> files = Files.walk(cluster.devnet.node(SPONSORS_NODE).dataDir())) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().contains("/vault/"))
                    .count();
        }
    }
}
