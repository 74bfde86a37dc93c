package io.consilium.cli;

import static io.consilium.cli.CommandText.words;
import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.cli.devnet.Devnet;
import io.consilium.cli.devnet.DevnetNode;
import io.consilium.client.json.JsonFields;
import io.consilium.client.json.JsonReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Four node processes as a user starts them: consent, crashes under load, and what stands on the disks. */
@TestInstance(Lifecycle.PER_CLASS)
class RealClusterIT {
    private static final String OFFICER = "st-mary/consent";
    private static final String AUTHOR = "st-mary/dr-adams";
    private static final String READER = "riverside/dr-brown";
    private static final int WINDOW = 16;
    private static final Pattern NEXT_STEP = Pattern.compile("chain tx ([0-9a-f]{64}) --settle");

    private Cluster cluster;

    @BeforeAll
    void start() throws Exception {
        cluster = Cluster.start();
    }

    @AfterAll
    void stop() throws Exception {
        cluster.close();
    }

    @Test
    @DisplayName("CON-2, ACC-1, ACC-2: denied, granted, permitted, revoked, denied; alike on every node, all on record")
    void consentIsDecidedAlikeByEveryNode() throws Exception {
        Path document = cluster.file("note.txt", "A short discharge note.\n".getBytes(StandardCharsets.UTF_8));
        Path form = cluster.file("form.txt", "signed".getBytes(StandardCharsets.UTF_8));
        String patient = cluster.field("patientId", AUTHOR, "patient", "register");
        String record = add(document, patient).text("recordId");
        Path fetched = cluster.devnet.directory().resolve("fetched.txt");

        assertDecision("DENY", patient, record);
        get(record, fetched).refused(4);
        assertThat(fetched).doesNotExist();

        String consent = cluster.field(
                "consentId",
                OFFICER,
                words("consent grant --patient ? --to ? --purpose TREAT --all --evidence ?", patient, READER, form));
        assertDecision("PERMIT", patient, record);
        get(record, fetched).ended(0);
        assertThat(fetched).hasSameBinaryContentAs(document);
        Files.delete(fetched);

        cluster.run(OFFICER, "consent", "revoke", consent, "--reason", "withdrawn")
                .ended(0);
        assertDecision("DENY", patient, record);
        get(record, fetched).refused(4);
        assertThat(fetched).doesNotExist();

        List<String> decisions = new ArrayList<>();
        for (JsonFields access : cluster.json("st-mary/privacy", "access", "list", "--patient", patient)
                .objects("items")) {
            decisions.add(access.text("decision"));
        }
        assertThat(decisions).filteredOn("DENY"::equals).hasSize(2);
        assertThat(decisions).contains("PERMIT");
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    @DisplayName("A node as the launcher starts it verifies with the native library")
    void theNativeLibraryLoads() throws Exception {
        for (DevnetNode node : cluster.devnet.nodes()) {
            assertThat(cluster.devnet.log(node)).content().contains("signatures are confirmed by AmazonCorretto");
        }
    }

    @Test
    @DisplayName("BFT-12: writes go on without one of four validators, and it catches up")
    void writesGoOnWithoutOneValidator() throws Exception {
        DevnetNode victim = cluster.devnet.node(4);
        cluster.kill(List.of(victim));
        long slowest = 0;
        for (int i = 0; i < 20; i++) {
            long began = System.nanoTime();
            cluster.run(AUTHOR, "patient", "register").ended(0);
            slowest = Math.max(slowest, System.nanoTime() - began);
        }
        assertThat(TimeUnit.NANOSECONDS.toSeconds(slowest))
                .as("seconds of the slowest write")
                .isLessThan(10);
        cluster.start(List.of(victim));
        assertOneState();
    }

    @Test
    @DisplayName("devnet says of a node that runs already, or does not, that it is so")
    void devnetSaysWhatIsSoAlready() throws Exception {
        String directory = cluster.devnet.directory().toString();
        Cluster.Said up = cluster.runPlain("devnet", "up", "--background", "--dir", directory)
                .ended(0);
        assertThat(up.err())
                .contains("The 4 nodes in " + directory + " run already")
                .doesNotContain("Starting");
        try {
            for (String said : List.of("is killed", "was not running")) {
                assertThat(cluster.runPlain("devnet", "kill-node", "4", "--dir", directory)
                                .ended(0)
                                .err())
                        .contains("Node 4 (medwatch) " + said);
            }
            assertThat(cluster.runPlain("devnet", "stop-node", "4", "--dir", directory)
                            .ended(0)
                            .err())
                    .contains("Node 4 (medwatch) was not running");
        } finally {
            cluster.start(List.of(cluster.devnet.node(4)));
        }
    }

    @Test
    @DisplayName("A process that was ending when devnet up looked at it is no running node: up starts it anew")
    void upStartsWhatWasEnding() throws Exception {
        String directory = cluster.devnet.directory().toString();
        cluster.kill(List.of(cluster.devnet.node(4)));
        Process ending = new ProcessBuilder("sleep", "10").start();
        long started = ending.toHandle().info().startInstant().orElseThrow().toEpochMilli();
        Path description = cluster.devnet.directory().resolve("devnet.json");
        String stopped = Files.readString(description);
        String dying = stopped.replaceFirst("\"pid\": 0,", "\"pid\": " + ending.pid() + ",")
                .replaceFirst("\"startedMillis\": 0,", "\"startedMillis\": " + started + ",");
        assertThat(dying).isNotEqualTo(stopped);
        Files.writeString(description, dying);
        try {
            Cluster.Said up = cluster.runPlain("devnet", "up", "--background", "--dir", directory)
                    .ended(0);
            assertThat(up.err()).contains("1 of them was just ending, 3 run on: starting", "Ready after");
            assertThat(ending.isAlive()).isFalse();
        } finally {
            cluster.runPlain("devnet", "kill-node", "4", "--dir", directory).ended(0);
            cluster.start(List.of(cluster.devnet.node(4)));
        }
    }

    @Test
    @DisplayName("A devnet up that fails ends what it started and leaves what ran before; it counts both")
    void failedUpLeavesWhatRan() throws Exception {
        String directory = cluster.devnet.directory().toString();
        cluster.kill(cluster.devnet.nodes().subList(2, 4));
        String[] address = cluster.devnet.node(4).p2p().split(":", -1);
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress(address[0], Integer.parseInt(address[1])));
            Cluster.Said up = cluster.runPlain("devnet", "up", "--background", "--dir", directory)
                    .ended(8);
            assertThat(up.err()).contains("Starting 2 nodes in " + directory + ", 2 run already", address[1]);
            assertThat(Devnet.open(cluster.devnet.directory()).running())
                    .extracting(DevnetNode::number)
                    .containsExactly(1, 2);
        } finally {
            cluster.start(cluster.devnet.nodes().subList(2, 4));
        }
        assertOneState();
    }

    @Test
    @DisplayName("A node that was started for one command ends when that command was killed, and its store stays sound")
    void aNodeEndsWithTheProcessItWasStartedFor() throws Exception {
        DevnetNode node = cluster.devnet.node(4);
        cluster.kill(List.of(node));
        Process companion = new ProcessBuilder("sleep", "600").start();
        Process serving = cluster.startFor(node, companion.pid());
        companion.destroyForcibly().waitFor();
        assertThat(serving.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
        assertThat(serving.exitValue()).isZero();
        cluster.start(List.of(node));
        assertOneState();
    }

    @Test
    @DisplayName("TX-3: without a quorum a write ends with 7, and the command line tells later what became of it")
    void withoutQuorumTheOutcomeIsToldLater() throws Exception {
        List<DevnetNode> dead = cluster.devnet.nodes().subList(2, 4);
        cluster.kill(dead);
        Cluster.Said unsettled = cluster.run(AUTHOR, "patient", "register", "--timeout", "3s");
        unsettled.ended(7);
        Matcher next = NEXT_STEP.matcher(unsettled.err());
        assertThat(next.find()).as(unsettled.err()).isTrue();
        String txId = next.group(1);
        cluster.start(dead);
        String status = cluster.field("status", AUTHOR, "chain", "tx", txId, "--settle");
        assertThat(status).isIn("APPLIED", "EXPIRED");
        assertOneState();
    }

    @Test
    @DisplayName("BFT-6, BFT-15: every receipt that a client held is on every node after kill -9 of all under load")
    void everyReceiptSurvivesAPowerCut() throws Exception {
        ConcurrentLinkedQueue<String> applied = new ConcurrentLinkedQueue<>();
        AtomicBoolean stopped = new AtomicBoolean();
        CountDownLatch loaded = new CountDownLatch(40);
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            String node = cluster.devnet.nodes().get(i).api().toString();
            Thread writer = new Thread(() -> {
                while (!stopped.get()) {
                    Cluster.Said said = cluster.run(AUTHOR, "patient", "register", "--node", node, "--timeout", "5s");
                    if (said.exitCode() == 0) {
                        applied.add(said.out());
                        loaded.countDown();
                    }
                }
            });
            writers.add(writer);
            writer.start();
        }
        assertThat(loaded.await(60, TimeUnit.SECONDS))
                .as("writes before the power cut")
                .isTrue();
        cluster.kill(cluster.devnet.nodes());
        stopped.set(true);
        for (Thread writer : writers) {
            writer.join();
        }
        cluster.start(cluster.devnet.nodes());
        for (String out : applied) {
            String txId = JsonFields.of(JsonReader.read(out), "").text("txId");
            for (DevnetNode node : cluster.devnet.nodes()) {
                assertThat(cluster.field("status", AUTHOR, words("chain tx ? --node ?", txId, node.api())))
                        .isEqualTo("APPLIED");
            }
        }
        assertOneState();
    }

    @Test
    @DisplayName("CON-5, PRV-5, REC-1, CON-6: sealed data periods export and import alike; slips cost no block")
    void sealedPeriodsAreExportedAndSlipsCostNoBlock() throws Exception {
        String form = cluster.file("form5.txt", "signed".getBytes(StandardCharsets.UTF_8))
                .toString();
        String patient = cluster.field("patientId", AUTHOR, "patient", "register");
        String[] grant = {"consent", "grant", "--patient", patient, "--purpose", "TREAT", "--evidence", form};
        String consent = cluster.field(
                "consentId",
                OFFICER,
                with(grant, "--to", "riverside", "--data-from", "2023-01-01", "--data-until", "2023-12-31"));
        Path exported = cluster.file(
                "exported.json",
                cluster.run(OFFICER, "consent", "export", consent)
                        .ended(0)
                        .out()
                        .getBytes(StandardCharsets.UTF_8));
        assertThat(cluster.run(OFFICER, "consent", "import", exported.toString(), "--check")
                        .ended(0)
                        .out())
                .contains("\"dataPeriod\"", "2023-01-01", "2023-12-31");
        String coded = cluster.field(
                "consentId", OFFICER, with(grant, "--to", "riverside", "--data-code", "http://loinc.org|2339-0"));
        cluster.run(OFFICER, "consent", "export", coded).ended(6);
        JsonFields shown = cluster.json(OFFICER, "consent", "show", consent)
                .objects("signatures")
                .get(0);
        assertThat(shown.text("by")).isEqualTo(OFFICER);
        assertThat(shown.text("meaning")).isEqualTo("grants a consent");

        long before = height();
        Path empty = cluster.file("empty.txt", new byte[0]);
        cluster.run(AUTHOR, "record", "add", empty.toString(), "--patient", patient)
                .ended(6);
        cluster.run(OFFICER, with(grant, "--to", "riverside", "--until", "2020-01-01"))
                .ended(6);
        cluster.run(OFFICER, with(grant, "--to", "riverside", "--action", "read"))
                .ended(6);
        cluster.run(READER, "access", "request", "--record", patient, "--purpose", "FUN")
                .ended(6);
        assertThat(height()).isEqualTo(before);

        String denied = cluster.run(READER, "access", "request", "--record", patient, "--purpose", "TREAT")
                .ended(4)
                .json()
                .text("txId");
        Cluster.Said told = get(patient, cluster.devnet.directory().resolve("none.txt"));
        told.refused(4);
        assertThat(told.err())
                .contains("the denial is on record as transaction ")
                .doesNotContain(denied);
    }

    private long height() throws Exception {
        return cluster.json(AUTHOR, "chain", "status").number("height");
    }

    private static String[] with(String[] first, String... more) {
        return Stream.concat(Stream.of(first), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    @DisplayName("PRV-1, PRV-2: no window of a payload's plaintext stands in any file of any node")
    void noPlaintextReachesADisk() throws Exception {
        byte[] content = new byte[4096];
        new Random(20261123).nextBytes(content);
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (' ' + (content[i] & 0x3f));
        }
        Path document = cluster.file("chart.txt", content);
        String patient = cluster.field("patientId", AUTHOR, "patient", "register");
        String record = add(document, patient).text("recordId");
        cluster.run(
                        AUTHOR,
                        words(
                                "record get ? --out ?",
                                record,
                                cluster.devnet.directory().resolve("own.txt")))
                .ended(0);

        Set<String> windows = new HashSet<>();
        String text = new String(content, StandardCharsets.ISO_8859_1);
        for (int i = 0; i + WINDOW <= text.length(); i++) {
            windows.add(text.substring(i, i + WINDOW));
        }
        assertThat(found(document, windows))
                .as("the search finds the plaintext itself")
                .isTrue();
        for (DevnetNode node : cluster.devnet.nodes()) {
            for (Path file : files(node.dataDir())) {
                assertThat(found(file, windows)).as("plaintext in %s", file).isFalse();
            }
        }
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private static boolean found(Path file, Set<String> windows) throws IOException {
        String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        for (int i = 0; i + WINDOW <= text.length(); i++) {
            if (windows.contains(text.substring(i, i + WINDOW))) {
                return true;
            }
        }
        return false;
    }

    private JsonFields add(Path document, String patient) throws Exception {
        return cluster.json(
                AUTHOR,
                "record",
                "add",
                document.toString(),
                "--patient",
                patient,
                "--label",
                "http://loinc.org|34133-9",
                "--sensitivity",
                "N");
    }

    private Cluster.Said get(String record, Path out) {
        return cluster.runPlain("--context", READER, "record", "get", record, "--out", out.toString());
    }

    private void assertDecision(String expected, String patient, String record) throws Exception {
        for (DevnetNode node : cluster.devnet.nodes()) {
            assertThat(cluster.field(
                            "decision",
                            OFFICER,
                            words(
                                    "consent check --patient ? --record ? --by ? --purpose TREAT --node ?",
                                    patient,
                                    record,
                                    READER,
                                    node.api())))
                    .as(node.id())
                    .isEqualTo(expected);
        }
    }

    /** One height and one state root on all nodes, which an idle chain keeps. */
    private void assertOneState() throws Exception {
        Set<String> states = new HashSet<>();
        for (DevnetNode node : cluster.devnet.nodes()) {
            JsonFields status =
                    cluster.json(AUTHOR, "chain", "status", "--node", node.api().toString());
            states.add(status.number("height") + " " + status.text("stateRoot"));
        }
        assertThat(states).hasSize(1);
    }
}
