package io.consilium.cli;

import static io.consilium.cli.CommandText.words;
import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.cli.devnet.BreakGlassTimes;
import io.consilium.cli.devnet.DevnetNode;
import io.consilium.client.json.JsonFields;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Two hospitals, one researcher: the whole life of a record through the command line, on four node processes. */
@TestInstance(Lifecycle.PER_CLASS)
class LifeOfARecordIT {
    private static final String OFFICER = "st-mary/consent";
    private static final String AUTHOR = "st-mary/dr-adams";
    private static final String PRIVACY = "st-mary/privacy";
    private static final String READER = "riverside/dr-brown";
    private static final String RESEARCHER = "helix/researcher";
    private static final String CODE = "94500-6";
    private static final String SYSTEM = "http://loinc.org";
    private static final String NAME = "Rosalind Quackenbush-Oyelaran";
    private static final String MRN = "MRN-77-41-UNIQUE";
    private static final String RATIONALE = "Unconscious-at-the-emergency-room";
    private static final List<String> SECRETS = List.of(NAME, MRN, CODE, SYSTEM + "|" + CODE, RATIONALE, "valueString");
    private static final Duration REVIEW = Duration.ofSeconds(3);
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(120);

    private Cluster cluster;
    private String patient = "";

    @BeforeAll
    void start() throws Exception {
        cluster = Cluster.start(new BreakGlassTimes(Duration.ofMinutes(30), REVIEW));
    }

    @AfterAll
    void stop() throws Exception {
        cluster.close();
    }

    @Test
    @DisplayName("REC-1, CON-2, CON-6, ACC-1 to ACC-4, PRV-1, PRV-6, ID-3: the whole life of a record")
    void theWholeLifeOfARecord() throws Exception {
        patient = cluster.field("patientId", AUTHOR, "patient", "register");
        cluster.runWith(MRN + "\n", AUTHOR, "patient", "link-mrn", patient, "--mrn", "-")
                .ended(0);
        assertThat(cluster.field("patientId", OFFICER, "patient", "find-mrn", MRN))
                .isEqualTo(patient);
        cluster.run(READER, "patient", "find-mrn", MRN).ended(3);
        cluster.run(PRIVACY, "access", "watch", "--once").ended(0);

        Path first = cluster.file("observation.json", observation("final"));
        JsonFields added = cluster.json(
                AUTHOR,
                words(
                        "record add ? --patient ? --title ? --replica ?",
                        first,
                        patient,
                        NAME,
                        cluster.devnet.node(4).id()));
        String record = added.text("recordId");

        // refused, granted, fetched
        get(READER, record, "TREAT", "a").refused(4);
        versions(record);
        String consent = grant("--to", "riverside", "--purpose", "TREAT", "--all");
        grant("--to", RESEARCHER, "--purpose", "HRESCH", "--record", record);
        grant("--to", "northside", "--purpose", "PUBHLTH", "--all");
        get(READER, record, "TREAT", "b").ended(0);
        assertThat(cluster.devnet.directory().resolve("b")).hasSameBinaryContentAs(first);
        get(RESEARCHER, record, "HRESCH", "c").ended(0);
        get("northside/pharmacist", record, "PUBHLTH", "d").ended(0);
        get(AUTHOR, record, "TREAT", "e").ended(0);

        // amended, revoked
        Path second = cluster.file("amended.json", observation("amended"));
        cluster.run(AUTHOR, "record", "amend", record, second.toString(), "--reason", "wrong status")
                .ended(0);
        cluster.run(OFFICER, "consent", "revoke", consent, "--reason", "withdrawn")
                .ended(0);
        get(READER, record, "TREAT", "f").refused(4);

        String glass = breakGlass(record, second);
        List<String> disclosed = disclosures();
        assertThat(disclosed)
                .containsExactly(
                        READER + " TREAT false TREATMENT",
                        RESEARCHER + " HRESCH false AUTHORISATION",
                        "northside/pharmacist PUBHLTH true -",
                        READER + " BTG false TREATMENT");
        accounts(glass);
        imported();
        searchMetrics();
        erase(record, added.text("ciphertextHash"));
        restartWatch(record);
        assertThat(disclosures()).as("the erased record's disclosures stay").isEqualTo(disclosed);
        searchEverything();
    }

    /** Who may know the record is told that it has no such version; to others it is a denial like any, on record too. */
    private void versions(String record) throws Exception {
        int before = accesses();
        Cluster.Said none = cluster.get(AUTHOR, record, "TREAT", "v", "--version-number", "9")
                .refused(3);
        assertThat(none.err()).contains("no version 9", "REC-1");
        assertThat(accesses()).isEqualTo(before);
        Cluster.Said denied = cluster.get(READER, record, "TREAT", "v", "--version-number", "9")
                .refused(4);
        assertThat(withoutIds(denied))
                .isEqualTo(withoutIds(get(READER, record, "TREAT", "v").refused(4)));
        assertThat(accesses()).isEqualTo(before + 2);
        assertThat(cluster.devnet.directory().resolve("v")).doesNotExist();

        Path kept = cluster.file("kept", observation("kept"));
        cluster.runPlain("--context", AUTHOR, "record", "get", record, "--out", kept.toString())
                .refused(8);
        assertThat(kept).hasBinaryContent(observation("kept"));
        assertThat(accesses()).isEqualTo(before + 2);
    }

    private int accesses() throws Exception {
        return cluster.json(PRIVACY, "access", "list", "--patient", patient)
                .objects("items")
                .size();
    }

    private static String withoutIds(Cluster.Said said) {
        return said.err().replaceAll("[0-9a-f]{32,}", "ID");
    }

    private static byte[] observation(String status) {
        return ("{\"resourceType\":\"Observation\",\"status\":\"" + status + "\",\"code\":{\"coding\":[{\"system\":\""
                        + SYSTEM + "\",\"code\":\"" + CODE + "\"}]},\"performer\":[{\"display\":\"" + NAME
                        + "\"}],\"valueString\":\"detected\"}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private Cluster.Said get(String as, String record, String purpose, String out) throws Exception {
        return cluster.get(as, record, purpose, out);
    }

    private String grant(String... terms) throws Exception {
        return cluster.grant(OFFICER, patient, terms);
    }

    private Cluster.Said breakGlass() {
        return cluster.run(READER, "access", "break-glass", "--patient", patient, "--rationale", RATIONALE);
    }

    /** Broken, read, told to both sides, overdue, blocked, reviewed, free again, refused by the patient. */
    private String breakGlass(String record, Path content) throws Exception {
        String glass = breakGlass().ended(0).json().text("accessId");
        get(READER, record, "BTG", "g").ended(0);
        assertThat(cluster.devnet.directory().resolve("g")).hasSameBinaryContentAs(content);
        assertThat(cluster.run("riverside/privacy", "access", "list", "--pending-review")
                        .out())
                .contains(glass);
        assertThat(cluster.field("rationale", PRIVACY, "access", "show", glass)).isEqualTo(RATIONALE);

        Cluster.await("the review is overdue", () -> cluster.json(PRIVACY, "access", "list", "--pending-review")
                .objects("items")
                .get(0)
                .flag("overdue"));
        Cluster.Said blocked = breakGlass().ended(6);
        assertThat(blocked.json().text("code")).isEqualTo("REVIEW_OVERDUE");
        cluster.run(READER, "access", "review", glass, "--outcome", "justified", "--note", "mine")
                .ended(4);
        cluster.run(PRIVACY, "access", "review", glass, "--outcome", "justified", "--note", "seen")
                .ended(0);
        String again = breakGlass().ended(0).json().text("accessId");
        cluster.run(PRIVACY, "access", "review", again, "--outcome", "justified", "--note", "seen")
                .ended(0);
        grant("--deny", "purpose=BTG");
        breakGlass().ended(4);
        get(READER, record, "BTG", "h").refused(4);
        return glass;
    }

    /** Each disclosure as "recipient purpose accountable exemption". */
    private List<String> disclosures() throws Exception {
        List<String> lines = new ArrayList<>();
        for (JsonFields line : cluster.json(PRIVACY, "audit", "disclosures", "--patient", patient)
                .objects("items")) {
            lines.add(line.text("recipient") + " " + line.text("purpose") + " " + line.flag("accountable") + " "
                    + (line.flag("accountable") ? "-" : line.text("exemption")));
        }
        return lines;
    }

    private void accounts(String glass) throws Exception {
        Cluster.Said statutory = cluster.runPlain(
                words("--context ? audit disclosures --patient ? --accountable-only --format csv", PRIVACY, patient));
        assertThat(statutory.ended(0).out().lines().toList()).hasSize(2);
        assertThat(statutory.out()).contains("northside/pharmacist", "PUBHLTH");
        Cluster.Said log = cluster.run(PRIVACY, "audit", "log", "--patient", patient);
        assertThat(log.ended(0).out())
                .contains("\"used\"", "\"denied\"", "\"disclosed\"", "\"break-glass\"", "\"reviewed\"", glass);
        assertThat(cluster.runPlain("--context", PRIVACY, "audit", "log", "--patient", patient, "--format", "fhir")
                        .ended(0)
                        .out())
                .contains("\"AuditEvent\"");
        cluster.run(AUTHOR, "audit", "log", "--patient", patient).ended(4);
        cluster.run("riverside/privacy", "audit", "log", "--patient", patient).ended(3);

        Path bundle = cluster.devnet.directory().resolve("bundle.json");
        String genesis = cluster.devnet.genesis().toString();
        cluster.run(PRIVACY, "audit", "export", "--patient", patient, "--out", bundle.toString())
                .ended(0);
        cluster.run(PRIVACY, "audit", "verify", bundle.toString(), "--genesis", genesis)
                .ended(0);
        parts(genesis);
        byte[] bytes = Files.readAllBytes(bundle);
        bytes[bytes.length / 2] = (byte) (bytes[bytes.length / 2] == 'A' ? 'B' : 'A');
        Path forged = cluster.file("forged.json", bytes);
        cluster.run(PRIVACY, "audit", "verify", forged.toString(), "--genesis", genesis)
                .ended(9);
    }

    /** The same in files of two accesses: complete with all of them, and told as incomplete with some. */
    private void parts(String genesis) throws Exception {
        Path first = cluster.devnet.directory().resolve("parts.json");
        JsonFields written = cluster.json(
                PRIVACY, "audit", "export", "--patient", patient, "--per-file", "2", "--out", first.toString());
        List<String> files = written.texts("files");
        assertThat(files).hasSizeGreaterThan(2);
        List<String> words = new ArrayList<>(List.of("audit", "verify", "--genesis", genesis));
        words.addAll(files);
        JsonFields whole = cluster.json(PRIVACY, words.toArray(new String[0]));
        assertThat(whole.flag("complete")).isTrue();
        JsonFields some = cluster.json(PRIVACY, "audit", "verify", files.get(1), "--genesis", genesis);
        assertThat(some.flag("complete")).isFalse();
        assertThat(some.objects("items").size())
                .isLessThan(whole.objects("items").size());
    }

    /** A Bundle makes each of its records once, however often it is imported; an error is told to whoever reads it. */
    private void imported() throws Exception {
        String entry = new String(observation("final"), StandardCharsets.UTF_8);
        Path bundle = cluster.file(
                "records.json",
                ("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":" + entry
                                + "},{\"resource\":" + entry + "}]}")
                        .getBytes(StandardCharsets.UTF_8));
        List<String> ids = imported(bundle, "APPLIED");
        assertThat(ids).hasSize(2).doesNotHaveDuplicates();
        assertThat(imported(bundle, "REGISTERED_BEFORE")).isEqualTo(ids);

        Path out = cluster.devnet.directory().resolve("imported");
        List<String> get = List.of("record", "get", ids.get(0), "--purpose", "TREAT", "--out");
        assertThat(read(get, out + "-1").flag("enteredInError")).isFalse();
        cluster.run(AUTHOR, "record", "mark", ids.get(0), "--in-error", "--reason", "wrong patient")
                .ended(0);
        assertThat(read(get, out + "-2").flag("enteredInError")).isTrue();
    }

    private JsonFields read(List<String> get, String out) throws Exception {
        List<String> words = new ArrayList<>(get);
        words.add(out);
        return cluster.json(AUTHOR, words.toArray(new String[0]));
    }

    private List<String> imported(Path bundle, String status) throws Exception {
        List<String> ids = new ArrayList<>();
        for (JsonFields item : cluster.json(AUTHOR, "record", "import", bundle.toString(), "--patient", patient)
                .objects("items")) {
            assertThat(item.text("status")).isEqualTo(status);
            ids.add(item.text("recordId"));
        }
        return ids;
    }

    /** With one node down that keeps a copy; when it is back it has none and serves nothing of it either. */
    private void erase(String record, String hash) throws Exception {
        DevnetNode away = cluster.devnet.node(4);
        Path copy =
                away.dataDir().resolve("vault").resolve(hash.substring(0, 2)).resolve(hash);
        Cluster.await("the replica has the content", () -> Files.exists(copy));
        cluster.kill(List.of(away));
        cluster.run(PRIVACY, "record", "erase", record, "--reason", "patient asked", "--basis", "gdpr-17")
                .ended(0);
        get(AUTHOR, record, "TREAT", "i").refused(3);
        assertThat(copy).exists();
        cluster.start(List.of(away));
        cluster.get(
                        RESEARCHER,
                        record,
                        "HRESCH",
                        "j",
                        "--node",
                        cluster.devnet.node(4).api().toString())
                .refused(3);
        Cluster.await("the replica has deleted its copy", () -> !Files.exists(copy));
    }

    /** Events since the watch began, each once, over a restart of the node that tells them (INT-3). */
    private void restartWatch(String record) throws Exception {
        List<String> before = watched();
        assertThat(before).doesNotHaveDuplicates().isNotEmpty();
        assertThat(watched()).as("nothing is told twice").isEmpty();
        DevnetNode teller = cluster.devnet.node(1);
        cluster.run(RESEARCHER, "access", "request", "--record", record, "--purpose", "TREAT");
        cluster.kill(List.of(teller));
        cluster.start(List.of(teller));
        List<String> after = watched();
        assertThat(after).as("told after the restart").hasSize(1);
        assertThat(before).doesNotContainAnyElementsOf(after);
        assertThat(watched()).isEmpty();

        // one that waits while its node is killed and comes back goes on by itself
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        CompletableFuture<Cluster.Said> waiting = CompletableFuture.supplyAsync(
                () -> cluster.runTelling(told, PRIVACY, "access", "watch", "--limit", "2"));
        cluster.run(RESEARCHER, "access", "request", "--record", record, "--purpose", "TREAT");
        Cluster.await("the watch tells its first event", () -> told.size() > 0);
        cluster.kill(List.of(teller));
        cluster.run(RESEARCHER, "access", "request", "--record", record, "--purpose", "TREAT");
        cluster.start(List.of(teller));
        List<String> live = waiting.get(LIMIT_NANOS, TimeUnit.NANOSECONDS)
                .ended(0)
                .out()
                .lines()
                .toList();
        assertThat(live).hasSize(2).doesNotHaveDuplicates().doesNotContainAnyElementsOf(after);
        assertThat(watched()).isEmpty();
    }

    private List<String> watched() {
        return cluster.run(PRIVACY, "access", "watch", "--once")
                .ended(0)
                .out()
                .lines()
                .toList();
    }

    /** No plaintext, name, number, code, category or rationale in a figure or its name, of any node (PRV-1). */
    private void searchMetrics() throws Exception {
        for (DevnetNode node : cluster.devnet.nodes()) {
            String metrics = cluster.session(node.id() + "/admin").client().metrics();
            assertThat(metrics).as(node.id()).contains("consilium_");
            for (String secret : SECRETS) {
                assertThat(metrics).as(node.id()).doesNotContainIgnoringCase(secret);
            }
            assertThat(metrics).as("no id either").doesNotContain(patient);
        }
    }

    /** The same of errors, and of every file and database of every node. */
    private void searchEverything() throws Exception {
        searchMetrics();
        for (String stranger : List.of(RESEARCHER, "medwatch/inspector", "northside/pharmacist", "st-mary/admin")) {
            for (String list : List.of("record", "consent", "access")) {
                Cluster.Said error = cluster.run(stranger, list, "list", "--patient", patient);
                assertThat(SECRETS).as(error.err()).noneMatch(error.err()::contains);
            }
        }
        cluster.kill(cluster.devnet.nodes());
        for (DevnetNode node : cluster.devnet.nodes()) {
            assertThat(new DiskSearch(SECRETS).in(node.dataDir())).isEmpty();
            assertThat(new DiskSearch(List.of(READER)).in(node.dataDir()))
                    .as("the search finds what is there")
                    .isNotEmpty();
        }
    }
}
