package io.consilium.cli;

import static io.consilium.cli.CommandText.words;

import io.consilium.client.ClientException;
import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonFields;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The chapters of clinical trials: registered before its data, and results that do not say what was registered. */
final class DemoTrials {
    private static final String SPONSOR = "helix/researcher";
    private static final String COMMITTEE = "ethics/chair";
    private static final String REGULATOR = "medwatch/inspector";
    private static final String PRIMARY = "\"kind\": \"primary\"";
    private static final String SECONDARY = "\"kind\": \"secondary\"";

    private static final int SUBJECTS = 30;

    private final DemoStage stage;

    DemoTrials(DemoStage stage) {
        this.stage = stage;
    }

    void tell(String patient) throws ClientException {
        String trial = begin(patient);
        share(trial);
        publish(trial);
    }

    private String begin(String patient) throws ClientException {
        stage.chapter("A trial is registered before its data; nobody is enrolled unless the ethics committee agrees");
        Path document = document(
                "trial.json", stage.run(0, SPONSOR, "trial", "template").out());
        String trial = stage.field(0, "trialId", SPONSOR, "trial", "register", document.toString());
        Path form = document("signed-form.txt", "The patient's signed consent to take part, scanned.");
        String[] enrolment = {
            "trial", "enroll", trial, "--patient", patient, "--icf-version", "1.0", "--evidence", form.toString()
        };
        stage.refused(6, DemoRecords.AUTHOR, enrolment);
        stage.run(
                0,
                COMMITTEE,
                words("trial approve ? --protocol-version 1.0 --icf-version 1.0 --until 2099-12-31", trial));
        stage.note("enrolled under the pseudonym " + stage.field(0, "pseudonym", DemoRecords.AUTHOR, enrolment));
        stage.note("and at a second site:");
        stage.refused(6, DemoRecords.READER, enrolment);
        return trial;
    }

    private void share(String trial) throws ClientException {
        stage.chapter("Data are sealed to the sponsor; only what tells nobody apart leaves it, and answers have noise");
        StringBuilder rows = new StringBuilder("USUBJID,SEX,AGE\n");
        for (int i = 0; i < SUBJECTS; i++) {
            rows.append("pilot-")
                    .append(i)
                    .append(i % 2 == 0 ? ",F," : ",M,")
                    .append(40 + i)
                    .append('\n');
        }
        Path data = document("adsl.csv", rows.toString());
        String dataset =
                stage.field(0, "datasetId", SPONSOR, "trial", "submit", trial, data.toString(), "--dataset", "ADSL");
        String out = stage.out("released.csv").toString();
        stage.refused(6, SPONSOR, "trial", "release", trial, "--dataset", dataset, "--quasi", "SEX,AGE", "--out", out);
        stage.run(0, SPONSOR, "trial", "release", trial, "--dataset", dataset, "--quasi", "SEX", "--out", out);
        String[] query = {
            "trial", "query", trial, "--dataset", dataset, "--mean", "AGE", "--bounds", "18,90", "--epsilon", "1"
        };
        stage.note("mean age with noise: "
                + stage.run(0, SPONSOR, query)
                        .out()
                        .lines()
                        .filter(line -> line.contains("\"value\""))
                        .map(String::strip)
                        .findFirst()
                        .orElse(""));
    }

    private void publish(String trial) throws ClientException {
        stage.chapter("The results swap the primary outcome; the regulator sees it and proves it without a node");
        stage.run(0, SPONSOR, "trial", "lock", trial, "--reason", "All queries are answered");
        String results =
                stage.run(0, SPONSOR, "trial", "template", "--results", trial).out();
        Path swapped = document("results.json", swapped(results));
        stage.run(0, SPONSOR, "trial", "publish", trial, swapped.toString());
        JsonFields report = stage.json(0, REGULATOR, "trial", "report", trial);
        int switched = 0;
        try {
            for (JsonFields outcome : report.objects("outcomes")) {
                stage.note("  " + outcome.text("name") + ": " + outcome.text("classification"));
                switched += outcome.text("classification").equals("switched") ? 1 : 0;
            }
        } catch (JsonException malformed) {
            throw DemoStage.broken("the report cannot be read").causedBy(malformed);
        }
        if (switched != 2) {
            throw DemoStage.broken(switched + " outcomes are reported as switched, not 2");
        }
        Path bundle = stage.out("trial-bundle.json");
        stage.run(0, REGULATOR, "trial", "export", trial, "--out", bundle.toString());
        stage.run(
                0,
                REGULATOR,
                words(
                        "trial verify --bundle ? --genesis ?",
                        bundle,
                        stage.devnet().genesis()));
    }

    /** The first outcome, which is the primary one, told as secondary, and the second as primary. */
    private static String swapped(String results) throws ClientException {
        int primary = results.indexOf(PRIMARY);
        int secondary = results.indexOf(SECONDARY);
        if (primary < 0 || secondary < primary) {
            throw DemoStage.broken("the template of results is not as expected");
        }
        return results.substring(0, primary)
                + SECONDARY
                + results.substring(primary + PRIMARY.length(), secondary)
                + PRIMARY
                + results.substring(secondary + SECONDARY.length());
    }

    private Path document(String name, String text) throws ClientException {
        return stage.file(name, text.getBytes(StandardCharsets.UTF_8));
    }
}
