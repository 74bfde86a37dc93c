package io.consilium.cli;

import io.consilium.bench.load.LoadSetup;
import io.consilium.bench.packs.PackBench;
import io.consilium.bench.packs.PackOptions;
import io.consilium.bench.packs.PackSetup;
import io.consilium.cli.devnet.NodeLauncher;
import io.consilium.client.BlindingKey;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.interop.gs1.CheckDigit;
import io.consilium.interop.gs1.Gs1Key;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugProductAdd;
import io.consilium.proto.InstitutionState;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/** {@code bench packs}: two new products of the session's manufacturer, many packs, and one of them asked for. */
final class BenchPacks {
    private static final int GTIN_DIGITS = 13;
    private static final int SSCC_DIGITS = 17;
    private static final int ASKED = 5;
    private static final long ANSWER_SECONDS = 60;

    private final Session session;
    private final DrugDesk desk;
    private final SecureRandom random = new SecureRandom();
    private final String prefix;

    BenchPacks(Session session) throws ClientException {
        this.session = session;
        this.desk = new DrugDesk(session);
        InstitutionState maker = desk.institution(session.institution());
        this.prefix = maker.getCompanyPrefixesList().stream()
                .findFirst()
                .orElseThrow(() -> new ClientException(
                        FailureClass.USAGE,
                        "INSTITUTION_UNFIT",
                        maker.getId() + " has no company prefix, so it makes no products",
                        "Use the context of a manufacturer's operator, e.g. helix/packer"));
    }

    Map<String, Object> measure(List<LoadSetup.Node> nodes, PackOptions options) throws Exception {
        desk.foundCompany();
        String gtin = freshGtin();
        PackSetup setup = new PackSetup(
                new LoadSetup(session.genesis(), nodes, session.identity()),
                add(gtin),
                add(freshGtin()),
                desk.keys().logistics(session.institution()).orElseThrow(),
                receiver(),
                freshSsccs());
        Map<String, Object> figures = new LinkedHashMap<>(
                PackBench.run(setup, options, session.output()::say).figures());
        if (!figures.containsKey("cpuMicrosPerPack")) {
            session.output()
                    .say(
                            "The nodes' processor time is not known: they were not started here; leave --context out for it");
        }
        session.output().say("Asking for one pack ...");
        String serial = PackBench.firstSerial(); // of the oldest lot, which a search comes to last
        figures.put("verifyMillis", millis("verify", gtin, serial));
        figures.put("traceMillis", millis("trace", gtin, serial));
        return figures;
    }

    private BlindingKey add(String gtin) throws ClientException {
        Gs1Key pack = DrugDesk.pack(gtin, "0");
        BlindingKey key = desk.keys()
                .product(session.institution(), pack.gtin().orElseThrow())
                .orElseThrow();
        Writes.Written written = desk.acts()
                .submit(
                        DrugAction.newBuilder()
                                .setProductAdd(DrugProductAdd.newBuilder()
                                        .setProductId(key.productId())
                                        .setSeed(key.productSeed())
                                        .setSealedMetadata(key.seal("{\"gtin\":\"" + gtin + "\"}"))),
                        Map.of());
        if (!written.applied()) {
            throw new ClientException(
                    FailureClass.REFUSED,
                    "BENCH_NOT_PREPARED",
                    "The product cannot be added: " + written.result().get("code"),
                    "Use the context of a manufacturer's operator, e.g. helix/packer");
        }
        return key;
    }

    /** A GTIN under the maker's prefix that it has hardly used before. */
    private String freshGtin() {
        String digits = "0" + prefix + digits(GTIN_DIGITS - 1 - prefix.length());
        return digits + CheckDigit.of(digits);
    }

    /** SSCCs whose first digits are drawn, so that two measurements of one chain do not meet. */
    private LongFunction<String> freshSsccs() {
        String first = "0" + prefix + digits(2);
        int left = SSCC_DIGITS - first.length();
        return number -> {
            String digits = first + String.format(Locale.ROOT, "%0" + left + "d", number);
            return digits + CheckDigit.of(digits);
        };
    }

    private String digits(int count) {
        StringBuilder digits = new StringBuilder();
        for (int i = 0; i < count; i++) {
            digits.append(random.nextInt(10));
        }
        return digits.toString();
    }

    private String receiver() throws ClientException {
        return session.genesis().document().getInstitutionsList().stream()
                .filter(institution -> institution.getRolesList().contains("WHOLESALER"))
                .map(InstitutionState::getId)
                .findFirst()
                .orElseThrow(() -> new ClientException(
                        FailureClass.USAGE,
                        "RECEIVER_MISSING",
                        "No founding institution is a WHOLESALER that pallets could be sent to",
                        "Use a chain that has one, or no context: then own nodes are started"));
    }

    /** The median time of a command of its own process, from its start to its end. */
    private long millis(String command, String gtin, String serial) throws Exception {
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < ASKED; i++) {
            long start = System.nanoTime();
            Process asked = asked(command, gtin, serial);
            if (!asked.waitFor(ANSWER_SECONDS, TimeUnit.SECONDS) || asked.exitValue() != 0) {
                asked.destroyForcibly();
                throw new ClientException(
                        FailureClass.INTERNAL,
                        "BENCH_UNANSWERED",
                        "drug " + command + " did not find a pack that was made",
                        "Ask again by hand with --verbose");
            }
            times.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
        }
        times.sort(null);
        return times.get(ASKED / 2);
    }

    private Process asked(String command, String gtin, String serial) throws ClientException, IOException {
        Path launcher = NodeLauncher.ofThisProcess().script();
        List<String> words = new ArrayList<>(List.of(launcher.toString()));
        words.addAll(who());
        words.addAll(List.of("drug", command, "--gtin", gtin, "--serial", serial, "-o", "json"));
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().keySet().removeIf(name -> name.startsWith("CONSILIUM_"));
        session.environment().forEach((name, value) -> {
            if (name.startsWith("CONSILIUM_")) {
                builder.environment().put(name, value);
            }
        });
        return builder.start();
    }

    /** The options that make another process act as this one does. */
    private List<String> who() {
        GlobalOptions options = session.options();
        List<String> words = new ArrayList<>();
        options.context.ifPresent(name -> words.addAll(List.of("--context", name)));
        options.node.ifPresent(node -> words.addAll(List.of("--node", node)));
        options.as.ifPresent(member -> words.addAll(List.of("--as", member)));
        options.key.ifPresent(file -> words.addAll(List.of("--key", file.toString())));
        options.passwordFile.ifPresent(file -> words.addAll(List.of("--password-file", file.toString())));
        options.genesis.ifPresent(file -> words.addAll(List.of("--genesis", file.toString())));
        return words;
    }
}
