package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.cli.devnet.DevnetNode;
import io.consilium.client.json.JsonFields;
import io.consilium.client.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Trials through the command line, from before their registration to the regulator's own verification. */
class TrialStoryIT extends TrialCluster {
    private static final int SPONSORS_NODE = 3;
    private static final int REGULATORS_NODE = 4;

    @Test
    @DisplayName("TRI-1 to TRI-6: a trial from before its registration to the regulator's own verification")
    void story() throws Exception {
        String first = patient(SITE);
        String second = patient(SECOND_SITE);
        String today = LocalDate.now(ZoneOffset.UTC).toString();

        // Nothing before registration.
        String nowhere = "0".repeat(32);
        refused(3, "TRIAL_UNKNOWN TRI-1", SITE, submission(nowhere, "VS", "USUBJID,VSDTC", "x," + today));
        refused(3, "TRIAL_UNKNOWN TRI-1", SITE, enrolment(nowhere, first, "1.0"));

        Map<String, Object> document = template();
        document.put("outcomes", List.of(PAIN, SLEEP, HARM));
        String trial = register(document);

        // Nothing before approval, and no approval by anybody else, of anything else, or for the past.
        refused(6, "ETHICS_APPROVAL_MISSING TRI-2", SITE, enrolment(trial, first, "1.0"));
        refused(6, "ETHICS_APPROVAL_MISSING TRI-2", SITE, submission(trial, "VS", "USUBJID,VSDTC", "x," + today));
        refused(4, "ROLE_REQUIRED TRI-2", SPONSOR, approval(trial, "1.0", "1.0", LATER));
        refused(4, "ROLE_REQUIRED TRI-2", REGULATOR, approval(trial, "1.0", "1.0", LATER));
        refused(6, "DECISION_VERSION_OTHER TRI-2", COMMITTEE, approval(trial, "1.0", "9.9", LATER));
        refused(6, "DECISION_OVER TRI-2", COMMITTEE, approval(trial, "1.0", "1.0", "2020-01-01"));
        assertThat(cluster.field("until", COMMITTEE, approval(trial, "1.0", "1.0", LATER)))
                .as("the last day, as it was given")
                .isEqualTo(LATER);

        // Enrolled once, at whichever site.
        String subject = cluster.field("pseudonym", SITE, enrolment(trial, first, "1.0"));
        refused(6, "ALREADY_ENROLLED TRI-4", SECOND_SITE, enrolment(trial, first, "1.0"));
        refused(6, "ALREADY_ENROLLED TRI-4", SITE, enrolment(trial, first, "1.0"));
        String other = cluster.field("pseudonym", SECOND_SITE, enrolment(trial, second, "1.0"));
        assertThat(List.of(subject, other)).doesNotContain(first, second);

        // Data, and who is not enrolled.
        Cluster.Said submitted = cluster.run(
                        SITE,
                        submission(
                                trial,
                                "VS",
                                "USUBJID,VSDTC,VSORRES",
                                subject + "," + today + ",120",
                                "somebody," + today + ",130"))
                .ended(0);
        assertThat(submitted.json().number("rows")).isEqualTo(2);
        assertThat(submitted.json().number("notEnrolled")).isEqualTo(1);
        assertThat(submitted.err()).contains("1 of 2 subjects are not enrolled");
        String dataset = submitted.json().text("datasetId");
        Path same = cluster.file(
                "same.csv",
                ("USUBJID,VSDTC,VSORRES\n" + subject + "," + today + ",120\nsomebody," + today + ",130\n")
                        .getBytes(StandardCharsets.UTF_8));
        JsonFields proven = cluster.json(
                SITE,
                "record",
                "verify",
                same.toString(),
                "--opening",
                submitted.json().text("opening"));
        assertThat(proven.text("datasetId")).isEqualTo(dataset);
        assertThat(proven.text("trialId")).isEqualTo(trial);
        refused(
                8,
                "DATASET_EXISTS TRI-5",
                SITE,
                submission(trial, "VS", "USUBJID,VSDTC,VSORRES", subject + "," + today + ",120"));
        JsonFields early = refused(
                6,
                "DATASET_INVALID TRI-5",
                SITE,
                submission(
                        trial,
                        "LB",
                        "USUBJID,LBDTC",
                        subject + "," + LocalDate.now(ZoneOffset.UTC).minusDays(9)));
        assertThat(early.text("path")).isEqualTo("rows[0].LBDTC");
        Path shorter = cluster.file(
                "shorter.csv", ("USUBJID,VSDTC\n" + subject + "," + today + "\n").getBytes(StandardCharsets.UTF_8));
        refused(
                6,
                "DATASET_SHAPE_OTHER TRI-5",
                SITE,
                "trial",
                "correct",
                trial,
                dataset,
                shorter.toString(),
                "--reason",
                "r");
        Path corrected = cluster.file(
                "corrected.csv",
                ("USUBJID,VSDTC,VSORRES\n" + subject + "," + today + ",121\n").getBytes(StandardCharsets.UTF_8));
        done(SITE, "trial", "correct", trial, dataset, corrected.toString(), "--reason", "cuff was loose");

        // An amendment in time: a new decision, a new form, stale consents.
        document.put("outcomes", List.of(PAIN, SLEEP, HARM, QUALITY));
        document.put("protocolVersion", "2.0");
        document.put("icfVersion", "2.0");
        Path amended =
                cluster.file("amended.json", JsonWriter.indented(document).getBytes(StandardCharsets.UTF_8));
        done(SPONSOR, "trial", "amend", trial, amended.toString(), "--reason", "asked for by patients");
        String third = patient(SITE);
        refused(6, "ETHICS_APPROVAL_MISSING TRI-2", SITE, enrolment(trial, third, "2.0"));
        done(COMMITTEE, approval(trial, "2.0", "2.0", LATER));
        refused(6, "ICF_VERSION_STALE TRI-3", SITE, enrolment(trial, third, "1.0"));
        String latest = cluster.field("pseudonym", SITE, enrolment(trial, third, "2.0"));
        assertThat(stale(trial)).containsExactlyInAnyOrder(subject, other);
        done(SITE, "trial", "subject", trial, subject, "--icf-version", "2.0", "--evidence", form);
        assertThat(stale(trial)).containsExactly(other);

        // Withdrawal.
        done(SITE, "trial", "subject", trial, latest, "--status", "withdrawn");
        refused(6, "DATASET_INVALID TRI-5", SITE, submission(trial, "DM", "USUBJID,SEX", latest + ",F"));

        // Lock.
        done(SPONSOR, "trial", "lock", trial, "--reason", "all queries answered");
        refused(6, "TRIAL_LOCKED TRI-5", SITE, submission(trial, "LB", "USUBJID,LBDTC", subject + "," + today));
        refused(
                6,
                "TRIAL_LOCKED TRI-5",
                SITE,
                "trial",
                "correct",
                trial,
                dataset,
                corrected.toString(),
                "--reason",
                "r");
        refused(6, "TRIAL_LOCKED TRI-5", SITE, enrolment(trial, patient(SITE), "2.0"));
        done(SPONSOR, "trial", "unlock", trial, "--reason", "a site found a wrong unit");
        done(SPONSOR, "trial", "lock", trial, "--reason", "corrected");

        done(SPONSOR, "trial", "unblind", trial, "--reason", "final analysis");
        refused(4, "ROLE_REQUIRED TRI-5", SITE, "trial", "unblind", trial, "--reason", "r");

        // An amendment after the lock never counts.
        document.put("outcomes", List.of(PAIN, outcome("Sleep", "Mean PSQI", "Week 4", "secondary"), HARM, QUALITY));
        Path late = cluster.file("late.json", JsonWriter.indented(document).getBytes(StandardCharsets.UTF_8));
        done(SPONSOR, "trial", "amend", trial, late.toString(), "--reason", "late");

        // A swapped primary, a dropped, an added outcome.
        Map<String, Object> results = object(cluster.run(SPONSOR, "trial", "template", "--results", trial)
                .ended(0)
                .out());
        results.put(
                "outcomes",
                List.of(
                        outcome("Pain", "Mean change of the VAS", "Week 12", "secondary"),
                        outcome("Sleep", "Mean PSQI", "Week 4", "primary"),
                        QUALITY,
                        outcome("Responders", "Share with half of the pain", "Week 12", "secondary")));
        results.put("summary", "Sleep was better, said half of the subjects");
        Path published =
                cluster.file("results.json", JsonWriter.indented(results).getBytes(StandardCharsets.UTF_8));
        done(SPONSOR, "trial", "publish", trial, published.toString());

        // The sponsor's node opens what was submitted: the first version tells of somebody who was not enrolled.
        List<JsonFields> versions = cluster.run(SPONSOR, "trial", "audit", trial, "--check")
                .ended(9)
                .json()
                .objects("items");
        assertThat(versions)
                .extracting(version -> version.text("check"))
                .containsExactly("subjects: 1 not enrolled", "ok");
        refused(4, "ROLE_REQUIRED TRI-7", SITE, "trial", "audit", trial, "--check");

        regulator(trial, dataset);
    }

    private List<String> stale(String trial) throws Exception {
        List<String> pseudonyms = new ArrayList<>();
        for (JsonFields item :
                cluster.json(REGULATOR, "trial", "stale-consents", trial).objects("items")) {
            pseudonyms.add(item.text("pseudonym"));
        }
        return pseudonyms;
    }

    /** The regulator, whose node holds no patient's data, sees it all and proves it without a node. */
    private void regulator(String trial, String dataset) throws Exception {
        Map<String, List<String>> changes = new LinkedHashMap<>();
        for (JsonFields item : cluster.json(REGULATOR, "trial", "report", trial).objects("outcomes")) {
            changes.put(item.text("name"), item.texts("changes"));
        }
        JsonFields report = cluster.json(REGULATOR, "trial", "report", trial);
        assertThat(report.text("gravest")).isEqualTo("switched");
        assertThat(report.objects("publications").get(0).text("summary")).startsWith("Sleep was better");
        assertThat(cluster.run(REGULATOR, "trial", "show", trial).ended(0).out())
                .contains("Sleep was better");
        assertThat(changes.get("Pain")).containsExactly("switched");
        assertThat(changes.get("Sleep")).containsExactly("switched", "time-point-changed");
        assertThat(changes.get("Harm")).containsExactly("missing");
        assertThat(changes.get("Responders")).containsExactly("added");
        assertThat(changes.get("Quality of life")).containsExactly("amended");

        assertThat(cluster.run(REGULATOR, "trial", "history", trial).ended(0).out())
                .contains("asked for by patients", "a site found a wrong unit", "all queries answered");
        JsonFields audit = cluster.json(REGULATOR, "trial", "audit", trial);
        assertThat(audit.objects("items")).hasSize(2);
        assertThat(audit.objects("items").get(1).text("reason")).isEqualTo("cuff was loose");
        assertThat(audit.number("enrolled")).isEqualTo(3);
        assertThat(audit.number("withdrawn")).isEqualTo(1);
        assertThat(audit.number("staleConsents")).isEqualTo(1);
        assertThat(audit.number("unlocks")).isEqualTo(1);
        assertThat(audit.number("unblindings")).isEqualTo(1);
        refused(
                4,
                "ROLE_REQUIRED TRI-7",
                REGULATOR,
                "trial",
                "query",
                trial,
                "--dataset",
                dataset,
                "--count",
                "--epsilon",
                "1");
        try (Stream<Path> files =
                Files.walk(cluster.devnet.node(REGULATORS_NODE).dataDir())) {
            assertThat(files.filter(Files::isRegularFile).map(Path::toString).filter(file -> file.contains("/vault/")))
                    .as("the regulator's vault")
                    .isEmpty();
        }
        done(REGULATOR, "trial", "verify", trial);
        Path page = cluster.devnet.directory().resolve("report.html");
        done(REGULATOR, "trial", "report", trial, "--html", page.toString());
        refused(8, "FILE_EXISTS ", REGULATOR, "trial", "report", trial, "--html", page.toString());
        assertThat(page)
                .content()
                .contains("<svg", "switched", "Responders", "Sleep was better")
                .doesNotContain("<script");

        Path bundle = cluster.devnet.directory().resolve("trial-bundle.json");
        done(REGULATOR, "trial", "export", trial, "--out", bundle.toString());
        String genesis = cluster.devnet.genesis().toString();
        Cluster.Said verified =
                cluster.runPlain("trial", "verify", "--bundle", bundle.toString(), "--genesis", genesis, "-o", "json");
        assertThat(verified.ended(0).json().flag("verified")).isTrue();
        assertThat(verified.json().objects("outcomes")).hasSize(5);
        assertThat(verified.json().number("datasets")).isEqualTo(1);
        assertThat(verified.json().number("enrolled")).isEqualTo(3);
        assertThat(verified.json().text("subjects")).isEqualTo("proven");
        assertThat(verified.json().number("withdrawn")).isEqualTo(1);
        assertThat(verified.json().number("staleConsents")).isEqualTo(1);
        byte[] bytes = Files.readAllBytes(bundle);
        for (int part = 1; part < 8; part++) {
            byte[] forged = bytes.clone();
            int at = bytes.length * part / 8;
            forged[at] = (byte) (forged[at] == 'A' ? 'B' : 'A');
            Path file = cluster.file("forged.json", forged);
            cluster.runPlain("trial", "verify", "--bundle", file.toString(), "--genesis", genesis)
                    .ended(9);
        }
    }

    @Test
    @DisplayName("TRI-2: an approval that has expired lets nobody in")
    void expiredApproval() throws Exception {
        String trial = register(template());
        String first = patient(SITE);
        String second = patient(SITE);
        long until = System.currentTimeMillis() + 8_000;
        done(
                COMMITTEE,
                approval(trial, "1.0", "1.0", Instant.ofEpochMilli(until).toString()));
        String subject = cluster.field("pseudonym", SITE, enrolment(trial, first, "1.0"));
        Cluster.await("the approval expires", () -> {
            patient(SITE); // the chain's time is that of its newest block
            return cluster.field("approval", REGULATOR, "trial", "show", trial).equals("ETHICS_APPROVAL_EXPIRED");
        });
        refused(6, "ETHICS_APPROVAL_EXPIRED TRI-2", SITE, enrolment(trial, second, "1.0"));
        refused(
                6,
                "ETHICS_APPROVAL_EXPIRED TRI-2",
                SITE,
                submission(trial, "VS", "USUBJID,VSDTC", subject + "," + LocalDate.now(ZoneOffset.UTC)));
        done(COMMITTEE, approval(trial, "1.0", "1.0", LATER));
        done(SITE, enrolment(trial, second, "1.0"));
    }

    @Test
    @DisplayName(
            "TRI-1, TRI-5, TRI-7: the published pilot imports, its ADSL submits, and is released where nobody stands out")
    void publishedPilot() throws Exception {
        Path protocol = Conformance.require("cdisc-usdm/CDISC_Pilot_Study.json");
        Path adsl = Conformance.require("cdisc-dataset-json/adam-adsl.json");
        String trial = cluster.field("trialId", SPONSOR, "trial", "register", "--usdm", protocol.toString());
        JsonFields shown = cluster.json(REGULATOR, "trial", "show", trial).object("registration");
        done(COMMITTEE, approval(trial, shown.text("protocolVersion"), shown.text("icfVersion"), LATER));
        JsonFields data = cluster.json(SPONSOR, "trial", "submit", trial, adsl.toString(), "--dataset", "ADSL");
        assertThat(data.number("rows")).isEqualTo(254);
        assertThat(data.number("notEnrolled")).isEqualTo(254);
        String dataset = data.text("datasetId");

        for (String quasi : List.of("AGE,SEX,RACE,ETHNIC", "AGEGR1,SEX,RACE")) {
            Cluster.Said said = cluster.run(SPONSOR, "trial", "release", trial, "--dataset", dataset, "--quasi", quasi)
                    .ended(6);
            assertThat(said.out()).isEmpty();
            assertThat(said.err()).contains("CELLS_TOO_SMALL", "TRI-7");
            assertThat(said.err().replace("TRI-7", "")).as("no cell's size").doesNotContainPattern("\\d");
        }
        JsonFields released =
                cluster.json(SPONSOR, "trial", "release", trial, "--dataset", dataset, "--quasi", "AGEGR1,SEX");
        assertThat(released.flag("released")).isTrue();
        assertThat(released.number("smallestCell")).isEqualTo(14);
        Path out = Path.of(released.text("out"));
        assertThat(out.getFileName()).hasToString("release-" + released.text("releaseId") + ".csv");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(out)).startsWith("AGEGR1,SEX\r\n");
        assertThat(Files.readAllLines(out)).hasSize(255);

        // To somebody else, under a use that the form permits.
        String[] sharing = words(
                "trial",
                "release",
                trial,
                "--dataset",
                dataset,
                "--quasi",
                "AGEGR1,SEX",
                "--out",
                cluster.devnet.directory().resolve("shared.csv").toString(),
                "--to",
                SECOND_SITE,
                "--duo");
        refused(6, "DATA_USE_NOT_PERMITTED TRI-7", SPONSOR, with(sharing, "NRES"));
        refused(6, "DATA_USE_UNKNOWN TRI-7", SPONSOR, with(sharing, "XYZ"));
        assertThat(cluster.json(SPONSOR, with(sharing, "HMB")).number("smallestCell"))
                .isEqualTo(14);
        assertThat(cluster.run(REGULATOR, "trial", "history", trial).ended(0).out())
                .contains("to " + SECOND_SITE);
        budget(trial, dataset);
    }

    @Test
    @DisplayName(
            "TRI-7: a release to somebody needs a valid approval, and a use that each enrolled subject's form permits")
    void usesOfEnrolledSubjects() throws Exception {
        Map<String, Object> document = template();
        document.put("anonymityThreshold", 3);
        document.put("dataUse", List.of("HMB"));
        String trial = register(document);
        done(COMMITTEE, approval(trial, "1.0", "1.0", LATER));
        List<String> subjects = new ArrayList<>();
        List<String> rows = new ArrayList<>(List.of("USUBJID,SEX"));
        for (int i = 0; i < 3; i++) {
            subjects.add(cluster.field("pseudonym", SITE, enrolment(trial, patient(SITE), "1.0")));
            rows.add(subjects.get(i) + ",F");
        }
        String dataset = cluster.field("datasetId", SITE, submission(trial, "DM", rows.toArray(new String[0])));
        String[] sharing =
                words("trial", "release", trial, "--dataset", dataset, "--quasi", "SEX", "--to", SECOND_SITE);
        refused(6, "DATA_USE_NOT_PERMITTED TRI-7", SPONSOR, with(sharing, "--duo", "POA"));
        assertThat(cluster.json(SPONSOR, with(sharing, "--duo", "HMB")).number("smallestCell"))
                .isEqualTo(3);

        // A form that permits more: nothing is shared before its approval, and nothing more of who has not signed it.
        document.put("dataUse", List.of("GRU"));
        document.put("icfVersion", "2.0");
        Path wider = cluster.file("wider.json", JsonWriter.indented(document).getBytes(StandardCharsets.UTF_8));
        done(SPONSOR, "trial", "amend", trial, wider.toString(), "--reason", "data are asked for");
        refused(6, "ETHICS_APPROVAL_MISSING TRI-2", SPONSOR, with(sharing, "--duo", "HMB"));
        done(COMMITTEE, approval(trial, "1.0", "2.0", LATER));
        for (String subject : subjects) {
            refused(6, "DATA_USE_NOT_PERMITTED TRI-7", SPONSOR, with(sharing, "--duo", "POA"));
            done(SITE, "trial", "subject", trial, subject, "--icf-version", "2.0", "--evidence", form);
        }
        assertThat(cluster.json(SPONSOR, with(sharing, "--duo", "POA")).number("smallestCell"))
                .isEqualTo(3);
    }

    /** Twelve at once ask for half an epsilon each of a budget of three, while the sponsor's node is killed under them. */
    private void budget(String trial, String dataset) throws Exception {
        int askers = 12;
        ExecutorService pool = Executors.newFixedThreadPool(askers);
        CountDownLatch answeredOnce = new CountDownLatch(1);
        List<Future<Integer>> asked = new ArrayList<>();
        try {
            for (int i = 0; i < askers; i++) {
                Callable<Integer> question = () -> {
                    int exitCode = ask(trial, dataset, "0.5").exitCode();
                    answeredOnce.countDown();
                    return exitCode;
                };
                asked.add(pool.submit(question));
            }
            assertThat(answeredOnce.await(60, TimeUnit.SECONDS)).isTrue();
            DevnetNode sponsor = cluster.devnet.node(SPONSORS_NODE);
            cluster.kill(List.of(sponsor));
            cluster.start(List.of(sponsor));
            long answers = 0;
            for (Future<Integer> answer : asked) {
                int exitCode = answer.get(120, TimeUnit.SECONDS);
                // Answered, refused because it is spent, cut off by the kill, not known what became of it, or sent
                // again.
                assertThat(exitCode).isIn(0, 5, 6, 7, 8);
                answers += exitCode == 0 ? 1 : 0;
            }
            Cluster.Said last = ask(trial, dataset, "0.5");
            while (last.exitCode() == 0) {
                answers++;
                last = ask(trial, dataset, "0.5");
            }
            assertThat(last.ended(6).err()).contains("BUDGET_SPENT");
            for (DevnetNode node : cluster.devnet.nodes()) {
                JsonFields budget = cluster.json(
                        REGULATOR,
                        "trial",
                        "budget",
                        trial,
                        "--node",
                        node.api().toString());
                assertThat(budget.number("spent")).isEqualTo(3);
                assertThat(budget.number("budgetLeft")).isZero();
                assertThat(budget.number("queries")).isEqualTo(6);
            }
            assertThat(answers).as("never more answers than were paid for").isBetween(1L, 6L);
        } finally {
            pool.shutdownNow();
        }
    }

    private Cluster.Said ask(String trial, String dataset, String epsilon) {
        return cluster.run(
                SPONSOR,
                "trial",
                "query",
                trial,
                "--dataset",
                dataset,
                "--count",
                "--where",
                "SEX=F",
                "--epsilon",
                epsilon);
    }
}
