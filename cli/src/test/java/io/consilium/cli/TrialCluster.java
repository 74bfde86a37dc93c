package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.client.json.JsonFields;
import io.consilium.client.json.JsonReader;
import io.consilium.client.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Two sites, a sponsor, an ethics committee and a regulator on four node processes, and short ways to act in trials. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class TrialCluster {
    static final String SPONSOR = "helix/researcher";
    static final String COMMITTEE = "ethics/chair";
    static final String SITE = "st-mary/dr-adams";
    static final String SECOND_SITE = "riverside/dr-brown";
    static final String REGULATOR = "medwatch/inspector";
    static final String LATER = "2099-12-31";

    Cluster cluster;
    String form = "";

    @BeforeAll
    void start() throws Exception {
        cluster = Cluster.start();
        form = cluster.file("signed-form.pdf", "signed".getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    @AfterAll
    void stop() throws Exception {
        cluster.close();
    }

    String patient(String clinician) throws Exception {
        return cluster.field("patientId", clinician, "patient", "register");
    }

    static String[] words(String... words) {
        return words;
    }

    static String[] with(String[] words, String... more) {
        return Stream.concat(Arrays.stream(words), Arrays.stream(more)).toArray(String[]::new);
    }

    /** Refused with this exit code, code and rule; what it said on standard error. */
    JsonFields refused(int exitCode, String codeAndRule, String context, String... words) throws Exception {
        Cluster.Said said = cluster.run(context, words).ended(exitCode);
        List<String> lines = said.err().lines().toList();
        JsonFields error = JsonFields.of(JsonReader.read(lines.get(lines.size() - 1)), "");
        assertThat(error.text("code") + " " + error.text("rule")).as(said.err()).isEqualTo(codeAndRule);
        assertThat(error.text("hint")).isNotBlank();
        return error;
    }

    void done(String context, String... words) {
        cluster.run(context, words).ended(0);
    }

    String register(Map<String, Object> document) throws Exception {
        Path file = cluster.file(
                "trial-" + System.nanoTime() + ".json",
                JsonWriter.indented(document).getBytes(StandardCharsets.UTF_8));
        return cluster.field("trialId", SPONSOR, "trial", "register", file.toString());
    }

    Map<String, Object> template() throws Exception {
        return object(cluster.run(SPONSOR, "trial", "template").ended(0).out());
    }

    static Map<String, Object> object(String json) throws Exception {
        Map<String, Object> object = new LinkedHashMap<>();
        ((Map<?, ?>) JsonReader.read(json)).forEach((name, value) -> object.put((String) name, value));
        return object;
    }

    static Map<String, Object> outcome(String name, String measure, String timePoint, String kind) {
        Map<String, Object> outcome = new LinkedHashMap<>();
        outcome.put("name", name);
        outcome.put("measure", measure);
        outcome.put("timePoint", timePoint);
        outcome.put("kind", kind);
        return outcome;
    }

    static final Map<String, Object> PAIN = outcome("Pain", "Mean change of the VAS", "Week 12", "primary");
    static final Map<String, Object> SLEEP = outcome("Sleep", "Mean PSQI", "Week 12", "secondary");
    static final Map<String, Object> HARM = outcome("Harm", "Share with a serious event", "Week 12", "secondary");
    static final Map<String, Object> QUALITY = outcome("Quality of life", "Mean EQ-5D", "Week 24", "secondary");

    String[] approval(String trial, String protocol, String icf, String until) {
        return words("trial", "approve", trial, "--protocol-version", protocol, "--icf-version", icf, "--until", until);
    }

    String[] enrolment(String trial, String patient, String icf) {
        return words("trial", "enroll", trial, "--patient", patient, "--icf-version", icf, "--evidence", form);
    }

    String[] submission(String trial, String dataset, String... lines) throws Exception {
        Path file = cluster.file(
                "data-" + System.nanoTime() + ".csv",
                (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        return words("trial", "submit", trial, file.toString(), "--dataset", dataset);
    }
}
