package io.consilium.cli;

import static io.consilium.cli.CommandText.words;
import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.client.json.JsonFields;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** What the people of two hospitals do with patients at the command line, on four node processes. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class PatientDesk {
    static final String OFFICER = "st-mary/consent";
    static final String AUTHOR = "st-mary/dr-adams";
    static final String PRIVACY = "st-mary/privacy";
    static final String NEXT_OFFICER = "riverside/consent";
    static final String READER = "riverside/dr-brown";
    static final String NEXT_PRIVACY = "riverside/privacy";
    static final String RESEARCHER = "helix/researcher";
    static final String CODE = "http://loinc.org|94500-6";

    Cluster cluster;

    @BeforeAll
    void start() throws Exception {
        cluster = Cluster.start();
    }

    @AfterAll
    void stop() throws Exception {
        cluster.close();
    }

    String[] granting(String patient, String... more) throws Exception {
        String[] grant = {
            "consent",
            "grant",
            "--patient",
            patient,
            "--evidence",
            cluster.form().toString()
        };
        return as(grant, more);
    }

    /** Observations that are so long by their notes. */
    Path bundle(int entries, int length) throws Exception {
        List<String> resources = new ArrayList<>();
        for (int i = 0; i < entries; i++) {
            resources.add("{\"resource\":{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"coding\":[{"
                    + "\"system\":\"http://loinc.org\",\"code\":\"94500-6\"}]},\"note\":[{\"text\":\""
                    + "n".repeat(length) + "\"}]}}");
        }
        String json =
                "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[" + String.join(",", resources) + "]}";
        return cluster.file("large.json", json.getBytes(StandardCharsets.UTF_8));
    }

    String keystore(String name) throws Exception {
        String key = cluster.devnet.directory().resolve(name + ".keystore").toString();
        cluster.runPlain("key", "new", key, "--cost", "devnet", "--password-file", password())
                .ended(0);
        return key;
    }

    String password() throws Exception {
        return cluster.file("password.txt", "of a key of one's own\n".getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    /** Words of the identity of somebody with a keystore. */
    String[] own(String id, String key) throws Exception {
        return new String[] {"--as", id, "--key", key, "--password-file", password(), "--context", OFFICER};
    }

    /** A consent by label, signed before the key changes. */
    Path built(String patient) throws Exception {
        Cluster.Said dry = cluster.run(
                OFFICER,
                words(
                        "consent grant --patient ? --to riverside --purpose TREAT --label ? --evidence ?"
                                + " --dry-run",
                        patient,
                        CODE,
                        cluster.form()));
        Path payload = cluster.file("payload.json", dry.ended(0).out().getBytes(StandardCharsets.UTF_8));
        Path body = payload.resolveSibling("body.json");
        cluster.run(OFFICER, "tx", "build", payload.toString(), "--out", body.toString())
                .ended(0);
        Path signed = payload.resolveSibling("signed.json");
        cluster.run(OFFICER, "tx", "sign", body.toString(), "--out", signed.toString())
                .ended(0);
        return signed;
    }

    /** A guardian with a keystore, as words of its identity. */
    String[] guardian(String patient) throws Exception {
        String key = keystore("guardian");
        String id = cluster.field(
                "guardianId",
                OFFICER,
                words(
                        "patient guardian add ? --controller ? --until 2099-12-31 --evidence ?",
                        patient,
                        key,
                        cluster.form()));
        return own(id, key);
    }

    static String[] as(String[] identity, String... words) {
        List<String> all = new ArrayList<>(List.of(identity));
        all.addAll(List.of(words));
        return all.toArray(new String[0]);
    }

    long epoch(String patient) throws Exception {
        return cluster.json(OFFICER, "patient", "show", patient).number("labelEpoch");
    }

    Cluster.Said merge(String as, String root, String alias, String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of("patient", "merge", root, alias, "--reason", "registered twice"));
        words.addAll(List.of("--evidence", cluster.form().toString()));
        words.addAll(List.of(more));
        return cluster.run(as, words.toArray(new String[0]));
    }

    List<String> pending(String record) throws Exception {
        return cluster.json(NEXT_PRIVACY, "record", "show", record)
                .object("erasure")
                .texts("pending");
    }

    List<String> watched(List<String> words) {
        return cluster.run(PRIVACY, words.toArray(new String[0]))
                .ended(0)
                .out()
                .lines()
                .toList();
    }

    /** What a bundle proves, each line as patient, kind and purpose. */
    List<String> exported(String as, String what, String whose, Path out) throws Exception {
        cluster.run(as, "audit", "export", what, whose, "--out", out.toString()).ended(0);
        List<String> lines = new ArrayList<>();
        for (JsonFields line : cluster.json(as, words("audit verify ? --genesis ?", out, cluster.devnet.genesis()))
                .objects("items")) {
            lines.add(line.text("patientId") + " " + line.text("kind") + " " + line.text("purpose"));
        }
        return lines;
    }

    Cluster.Said offer(String as, String patient, String to) throws Exception {
        return cluster.run(as, words("patient transfer offer ? --to ? --evidence ?", patient, to, cluster.form()));
    }

    Cluster.Said step(String as, String step, String patient) {
        return cluster.run(as, "patient", "transfer", step, patient);
    }

    void untilReceived(String record) throws Exception {
        Cluster.await("the new custodian has it", () -> !cluster.run(READER, "record", "show", record)
                .ended(0)
                .out()
                .contains("\"leaving\""));
    }

    String patient() throws Exception {
        return cluster.field("patientId", AUTHOR, "patient", "register");
    }

    Path content(String text) throws Exception {
        return cluster.file(text + ".txt", ("result " + text).getBytes(StandardCharsets.UTF_8));
    }

    String add(Path file, String patient) throws Exception {
        return cluster.field(
                "recordId", AUTHOR, "record", "add", file.toString(), "--patient", patient, "--label", CODE);
    }

    String grant(String patient, String... terms) throws Exception {
        return cluster.grant(OFFICER, patient, terms);
    }

    void get(String as, String record, String purpose, Path expected, String... more) throws Exception {
        cluster.get(as, record, purpose, "got", more).ended(0);
        assertThat(cluster.devnet.directory().resolve("got")).hasSameBinaryContentAs(expected);
    }

    List<String> ids(String field, String as, String... words) throws Exception {
        List<String> ids = new ArrayList<>();
        for (JsonFields item : cluster.json(as, words).objects("items")) {
            ids.add(item.text(field));
        }
        return ids;
    }
}
