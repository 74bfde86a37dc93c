package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.client.json.JsonFields;
import io.consilium.client.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A trial in which everybody does as was registered, and the chain finds nothing to tell. */
class CleanTrialIT extends TrialCluster {
    private static final String STRANGER = "northside/pharmacist";

    @Test
    @DisplayName(
            "TRI-1 to TRI-6: a trial whose every outcome is as registered, from its registration to its verification")
    void cleanTrial() throws Exception {
        Map<String, Object> document = template();
        document.put("outcomes", List.of(PAIN, SLEEP, HARM));
        String trial = register(document);
        done(COMMITTEE, approval(trial, "1.0", "1.0", LATER));

        // One patient at each site, the second of whom is in the custody of the first.
        String first = cluster.field("pseudonym", SITE, enrolment(trial, patient(SITE), "1.0"));
        String second = cluster.field(
                "pseudonym", SECOND_SITE, with(enrolment(trial, patient(SITE), "1.0"), "--custodian", "st-mary"));
        for (Map.Entry<String, String> subject :
                Map.of(first, SITE, second, SECOND_SITE).entrySet()) {
            done(subject.getValue(), "trial", "subject", trial, subject.getKey(), "--status", "on-study");
        }
        assertThat(cluster.field("status", SITE, "trial", "subject", trial, first))
                .isEqualTo("on-study");
        refused(3, "SUBJECT_UNKNOWN TRI-4", SITE, "trial", "subject", "0".repeat(32), first);

        // Baseline and the planned visit after twelve weeks, which is told, and a correction.
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        String[] rows = {"USUBJID,VSDTC,VSORRES", first + "," + today + ",61", first + "," + today.plusWeeks(12) + ",35"
        };
        Cluster.Said submitted =
                cluster.run(SITE, submission(trial, "VS", rows)).ended(0);
        assertThat(submitted.err()).contains("VSDTC holds dates after today");
        assertThat(submitted.json().number("notEnrolled")).isZero();
        done(SECOND_SITE, submission(trial, "VS", "USUBJID,VSDTC,VSORRES", second + "," + today + ",58"));
        Path corrected = cluster.file(
                "corrected.csv",
                String.join("\n", rows[0], rows[1], rows[2].replace(",35", ",36") + "\n")
                        .getBytes(StandardCharsets.UTF_8));
        done(
                SITE,
                "trial",
                "correct",
                trial,
                submitted.json().text("datasetId"),
                corrected.toString(),
                "--reason",
                "misread");
        for (JsonFields version :
                cluster.json(SPONSOR, "trial", "audit", trial, "--check").objects("items")) {
            assertThat(version.text("check")).isEqualTo("ok");
        }

        for (Map.Entry<String, String> subject :
                Map.of(first, SITE, second, SECOND_SITE).entrySet()) {
            done(subject.getValue(), "trial", "subject", trial, subject.getKey(), "--status", "off-study");
        }
        done(SPONSOR, "trial", "lock", trial, "--reason", "all queries answered");
        done(SPONSOR, "trial", "unblind", trial, "--reason", "final analysis");
        publish(trial);
        JsonFields report = asRegistered(trial, 3);
        assertThat(report.flag("lockedBeforePublication")).isTrue();

        // What an amendment says now does not count, so that the form for results goes by what does.
        document.put("outcomes", List.of(PAIN, outcome("Sleep", "Mean PSQI", "Week 4", "secondary"), HARM));
        Path late = cluster.file("late.json", JsonWriter.indented(document).getBytes(StandardCharsets.UTF_8));
        done(SPONSOR, "trial", "amend", trial, late.toString(), "--reason", "late");
        assertThat(publish(trial)).contains("those of version 1");
        assertThat(asRegistered(trial, 6).value("amendedAfterData")).hasToString("[2]");
        verify(trial);
    }

    /** Fills in the form for results and publishes it; what the form said beside. */
    private String publish(String trial) throws Exception {
        Cluster.Said form =
                cluster.run(SPONSOR, "trial", "template", "--results", trial).ended(0);
        Path results = cluster.file(
                "results-" + System.nanoTime() + ".json",
                form.out()
                        .replace("\"finding\": \"\"", "\"finding\": \"better\"")
                        .getBytes(StandardCharsets.UTF_8));
        done(SPONSOR, "trial", "publish", trial, results.toString());
        return form.err();
    }

    private JsonFields asRegistered(String trial, int outcomes) throws Exception {
        JsonFields report = cluster.json(REGULATOR, "trial", "report", trial);
        assertThat(report.text("gravest")).isEqualTo("as-registered");
        assertThat(report.objects("outcomes")).hasSize(outcomes);
        for (JsonFields outcome : report.objects("outcomes")) {
            assertThat(outcome.text("classification")).isEqualTo("as-registered");
            assertThat(outcome.text("finding")).isEqualTo("better");
        }
        return report;
    }

    /** By the regulator, who sees the datasets, and by a pharmacist, who is no party and proves all the rest. */
    private void verify(String trial) throws Exception {
        for (Map.Entry<String, String> reader : Map.of(
                        REGULATOR, "proven", STRANGER, "not shown to who made the bundle")
                .entrySet()) {
            JsonFields online = cluster.json(reader.getKey(), "trial", "verify", trial);
            assertThat(online.text("datasetVersions")).isEqualTo(reader.getValue());
            assertThat(online.text("subjects"))
                    .isEqualTo(reader.getKey().equals(REGULATOR) ? "proven" : "not in the bundle");
            Path bundle = cluster.devnet.directory().resolve(reader.getKey().replace('/', '-') + ".json");
            done(reader.getKey(), "trial", "export", trial, "--out", bundle.toString());
            JsonFields verified = cluster.runPlain(
                            "trial",
                            "verify",
                            "--bundle",
                            bundle.toString(),
                            "--genesis",
                            cluster.devnet.genesis().toString(),
                            "-o",
                            "json")
                    .ended(0)
                    .json();
            assertThat(verified.flag("verified")).isTrue();
            assertThat(verified.text("datasetVersions")).isEqualTo(reader.getValue());
            assertThat(verified.number("datasets")).isEqualTo(2);
            assertThat(verified.number("enrolled")).isEqualTo(2);
            assertThat(verified.objects("outcomes"))
                    .extracting(outcome -> outcome.text("classification"))
                    .containsOnly("as-registered");
        }
    }
}
