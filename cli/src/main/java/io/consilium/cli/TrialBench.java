package io.consilium.cli;

import static io.consilium.cli.CommandText.words;

import com.google.protobuf.ByteString;
import io.consilium.cli.devnet.Devnet;
import io.consilium.cli.devnet.DevnetNode;
import io.consilium.client.ClientException;
import io.consilium.client.CustodianKeys;
import io.consilium.client.FailureClass;
import io.consilium.client.TransactionBuilder;
import io.consilium.client.json.JsonException;
import io.consilium.client.json.JsonFields;
import io.consilium.client.json.JsonReader;
import io.consilium.proto.SubmitResult;
import io.consilium.proto.TrialAction;
import io.consilium.proto.TrialEnroll;
import java.io.BufferedWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A large trial on nodes of its own: subjects are enrolled, then the commands of this command line run as processes, as a
 * user starts them, and each is measured from its start to its end, with the most memory that it held.
 *
 * <p>Enrolments carry random nullifiers, since validators check only that one is new; asking a custodian for each of them is
 * not what is measured.
 */
final class TrialBench {
    private static final String SPONSOR = "helix/researcher";
    private static final String SITE = "st-mary/dr-adams";
    private static final String REGULATOR = "medwatch/inspector";
    private static final String SPONSORS_NODE = "helix";
    private static final int BATCH = 500;
    private static final int NAMED_COLUMNS = 6;
    private static final Duration WAIT = Duration.ofSeconds(60);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Session session;
    private final Devnet devnet;
    private final List<Map<String, Object>> items = new ArrayList<>();

    TrialBench(Session session, Devnet devnet) {
        this.session = session;
        this.devnet = devnet;
    }

    /** Each step with its seconds, those of its process on a core, and the peak of its process' memory in MiB. */
    static List<Map<String, Object>> run(Session session, int subjects, int columns)
            throws ClientException, IOException {
        try (TemporaryDevnet nodes = TemporaryDevnet.start(session, "consilium-bench-")) {
            return new TrialBench(session, nodes.devnet()).measure(subjects, columns);
        }
    }

    List<Map<String, Object>> measure(int subjects, int columns) throws ClientException, IOException {
        Path directory = devnet.directory();
        Path document = directory.resolve("trial.json");
        Files.writeString(document, command(SPONSOR, "trial", "template").out());
        String trial = text(command(SPONSOR, "trial", "register", document.toString()), "trialId");
        command(
                "ethics/chair",
                words("trial approve ? --protocol-version 1.0 --icf-version 1.0 --until 2099-12-31", trial));
        session.output().say("Enrolling " + subjects + " subjects ...");
        long began = System.nanoTime();
        List<String> pseudonyms = enrol(Ids.object("trial", trial), subjects);
        item("enrol", new Ran("", System.nanoTime() - began, 0, 0));
        Path data = directory.resolve("adsl.json");
        write(data, pseudonyms, columns);
        session.output()
                .say("A dataset of " + (long) subjects * columns + " data points, " + Files.size(data) + " bytes");
        Ran submitted = measured("submit", SITE, "trial", "submit", trial, data.toString(), "--dataset", "ADSL");
        String dataset = text(submitted, "datasetId");
        measured("audit", REGULATOR, "trial", "audit", trial);
        measured("audit --check", SPONSOR, "trial", "audit", trial, "--check");
        measured("report", REGULATOR, words("trial report ? --html ?", trial, directory.resolve("r.html")));
        measured("verify", REGULATOR, "trial", "verify", trial);
        Path bundle = directory.resolve("bundle.json");
        measured("export --subjects", REGULATOR, "trial", "export", trial, "--subjects", "--out", bundle.toString());
        measured("verify --bundle", REGULATOR, words("trial verify --bundle ? --genesis ?", bundle, devnet.genesis()));
        measured("stale-consents", REGULATOR, "trial", "stale-consents", trial);
        measured(
                "release",
                SPONSOR,
                words(
                        "trial release ? --dataset ? --quasi AGEGR1,SEX --out ?",
                        trial,
                        dataset,
                        directory.resolve("released.csv")));
        measured(
                "query",
                SPONSOR,
                words("trial query ? --dataset ? --mean AGE --bounds 18,90 --epsilon 0.5", trial, dataset));
        for (DevnetNode node : devnet.nodes()) {
            if (node.id().equals(SPONSORS_NODE)) {
                item("sponsor's node", new Ran("", 0, cpuMillis(node.pid()), peakKib(node.pid())));
            }
        }
        return items;
    }

    private List<String> enrol(ByteString trialId, int subjects) throws ClientException {
        Session site = session.at(devnet.directory(), SITE);
        TransactionBuilder builder = TransactionBuilder.of(site.genesis().chainId(), site.identity());
        CustodianKeys random = new CustodianKeys();
        List<String> pseudonyms = new ArrayList<>();
        while (pseudonyms.size() < subjects) {
            List<byte[]> batch = new ArrayList<>();
            while (batch.size() < BATCH && pseudonyms.size() < subjects) {
                ByteString pseudonym = random.freshId();
                TrialAction action = TrialAction.newBuilder()
                        .setTrialId(trialId)
                        .setEnroll(TrialEnroll.newBuilder()
                                .setPseudonym(pseudonym)
                                .setNullifier(ByteString.copyFrom(random.freshKey()))
                                .setIcfVersion("1.0")
                                .setEvidenceHash(ByteString.copyFrom(random.freshKey())))
                        .build();
                batch.add(builder.signed(
                        TransactionBuilder.validUntil(System.currentTimeMillis(), WAIT),
                        body -> body.setTrial(action)));
                pseudonyms.add(Ids.text(pseudonym));
            }
            for (SubmitResult result : site.client().submit(batch, WAIT).getResultsList()) {
                if (!result.getState().equals("COMMITTED")
                        || !site.verifier()
                                .verify(result.getReceiptProof().toByteArray())
                                .applied()) {
                    throw broken("a subject was not enrolled: " + result.getState());
                }
            }
        }
        return pseudonyms;
    }

    /** Dataset-JSON of one row a subject: the subject, four demographic columns, a date, and measurements. */
    private static void write(Path file, List<String> pseudonyms, int columns) throws IOException {
        String today = LocalDate.now(ZoneOffset.UTC).toString();
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            out.write("{\"datasetJSONVersion\":\"1.1.0\",\"itemGroupOID\":\"IG.ADSL\",\"name\":\"ADSL\",\"records\":"
                    + pseudonyms.size() + ",\"label\":\"Subjects\",\"columns\":["
                    + column("USUBJID", "string") + "," + column("SEX", "string") + "," + column("AGEGR1", "string")
                    + "," + column("AGE", "integer") + "," + column("ARM", "string") + ","
                    + column("TRTSDTC", "string"));
            for (int i = NAMED_COLUMNS; i < columns; i++) {
                out.write("," + column("V" + i, "float"));
            }
            out.write("],\"rows\":[");
            for (int row = 0; row < pseudonyms.size(); row++) {
                int age = 30 + row % 50;
                out.write((row == 0 ? "" : ",") + "\n[\"" + pseudonyms.get(row) + "\",\"" + (row % 2 == 0 ? "F" : "M")
                        + "\",\"" + (age < 55 ? "<55" : ">=55") + "\"," + age + ",\""
                        + (row % 3 == 0 ? "Placebo" : "Treatment") + "\",\"" + today + "\"");
                for (int i = NAMED_COLUMNS; i < columns; i++) {
                    out.write("," + (row * 31L + i * 17L) % 10_000 + ".5");
                }
                out.write("]");
            }
            out.write("\n]}\n");
        }
    }

    private static String column(String name, String type) {
        return "{\"itemOID\":\"IT." + name + "\",\"name\":\"" + name + "\",\"label\":\"" + name + "\",\"dataType\":\""
                + type + "\"}";
    }

    /** What a command printed, how long it ran, what its process computed, and the most memory that it held. */
    private record Ran(String out, long nanos, long cpuMillis, long peakKib) {}

    private Ran measured(String step, String context, String... words) throws ClientException, IOException {
        Ran ran = command(context, words);
        item(step, ran);
        return ran;
    }

    private void item(String step, Ran ran) {
        Map<String, Object> item = new LinkedHashMap<>();
        item.put("step", step);
        item.put("seconds", BigDecimal.valueOf(TimeUnit.NANOSECONDS.toMillis(ran.nanos()), 3));
        item.put("cpuSeconds", BigDecimal.valueOf(ran.cpuMillis(), 3));
        item.put("peakMebibytes", ran.peakKib() / 1024);
        items.add(item);
    }

    private Ran command(String context, String... words) throws ClientException, IOException {
        List<String> line = new ArrayList<>(List.of(System.getProperty("consilium.launcher", "consilium")));
        line.addAll(List.of("--context", context));
        line.addAll(List.of(words));
        line.addAll(List.of("-o", "json"));
        Path out = devnet.directory().resolve("bench.out");
        Path err = devnet.directory().resolve("bench.err");
        ProcessBuilder builder =
                new ProcessBuilder(line).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("CONSILIUM_"));
        builder.environment().put("CONSILIUM_HOME", devnet.directory().toString());
        long began = System.nanoTime();
        Process process = builder.start();
        long peak = 0;
        long cpu = 0;
        while (process.isAlive()) {
            peak = Math.max(peak, peakKib(process.pid()));
            cpu = Math.max(cpu, cpuMillis(process.pid()));
            LockSupport.parkNanos(POLL_NANOS);
        }
        long nanos = System.nanoTime() - began;
        if (process.exitValue() != 0) {
            throw broken(String.join(" ", words) + " ended with " + process.exitValue() + ": " + Files.readString(err));
        }
        return new Ran(Files.readString(out), nanos, cpu, peak);
    }

    /** Of a process that runs; 0 where the system does not tell, or it has just ended. */
    private static long peakKib(long pid) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
        } catch (IOException gone) {
            return 0;
        }
        return 0;
    }

    /** Of a process that runs, as the process table counts it. */
    private static long cpuMillis(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .map(Duration::toMillis)
                .orElse(0L);
    }

    private static String text(Ran ran, String name) throws ClientException {
        try {
            return JsonFields.of(JsonReader.read(ran.out()), "").text(name);
        } catch (JsonException malformed) {
            throw broken("its answer cannot be read: " + malformed.getMessage()).causedBy(malformed);
        }
    }

    private static ClientException broken(String cause) {
        return new ClientException(
                FailureClass.INTERNAL, "BENCH_BROKEN", "The measurement broke: " + cause, "Run it on a quiet machine");
    }
}
