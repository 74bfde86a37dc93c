package io.consilium.bench.load;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.client.NodeClient;
import io.consilium.client.ReceiptVerifier;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Loads a cluster with record registrations at rising rates and finds the highest that it sustains. */
public final class LoadTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    /** Four young JVMs on two cores compile for most of a minute before they run as they will. */
    private static final int WARMUP_RATE = 400;

    private static final int WARMUP_SECONDS = 45;
    /** Before a measured window, on top of the warm-up: the queues and batches of this rate. */
    private static final int LEAD_IN_SECONDS = 3;

    /** A window that opens over a pile is closed and opened again, so often at most. */
    private static final int MAX_TRIES = 3;

    private static final int FIRST_RATE = 500;
    private static final double STEP = 1.5;
    private static final int BISECTIONS = 3;
    private static final int MAX_RUNGS = 16;
    private static final int TENTH = 10;
    private static final int SEVENTY_PERCENT = 70;
    private static final long DRAIN_SECONDS = 60;
    private static final int ROOFLINE_SECONDS = 3;

    private final LoadSetup setup;
    private final LoadOptions options;
    private final Consumer<String> talk;
    private final KnownSignatures known = new KnownSignatures();
    private final NodeTarget target;
    private final Registrations registrations;
    private final List<Rung> rungs = new ArrayList<>();

    private LoadTest(LoadSetup setup, LoadOptions options, Consumer<String> talk) throws ClientException {
        this.setup = setup;
        this.options = options;
        this.talk = talk;
        this.registrations = new Registrations(setup, known);
        List<NodeClient> clients = new ArrayList<>();
        for (LoadSetup.Node node : setup.nodes()) {
            clients.add(new NodeClient(setup.genesis().chainId(), node.endpoint(), setup.identity(), TIMEOUT));
        }
        String institution = setup.identity().actor().split("/", 2)[0];
        NodeClient own = clients.stream()
                .filter(client -> client.endpoint().institution().equals(institution))
                .findFirst()
                .orElse(clients.get(0));
        this.target =
                new NodeTarget(clients, own, new ReceiptVerifier(setup.genesis().trustRoot(), known), setup.pids());
    }

    /** @param directory where the time of a synced write is measured */
    public static LoadReport run(LoadSetup setup, LoadOptions options, Path directory, Consumer<String> talk)
            throws ClientException, InterruptedException, IOException {
        keepConnections();
        return new LoadTest(setup, options, talk).run(directory);
    }

    /**
     * Call before the process opens its first connection: the JDK reads this once, and keeps five idle connections to a
     * host otherwise, so that nearly every call would start with a handshake.
     */
    public static void keepConnections() {
        System.setProperty("http.maxConnections", "128");
    }

    private LoadReport run(Path directory) throws ClientException, InterruptedException, IOException {
        talk.accept("Measuring what this machine could do at best ...");
        Roofline.Result roofline =
                Roofline.measure(setup.genesis().state().validators().size(), ROOFLINE_SECONDS, directory);
        talk.accept("Adding members and patients ...");
        registrations.prepare(setup, target, options.keys());
        int bytes = registrations.sign(1).get(0).length;
        if (options.rate().isEmpty() || options.warmupSeconds() > 0) {
            talk.accept("Warming up ...");
        }
        WarmUp warmUp = new WarmUp((rate, seconds) -> measure(rate, 0, seconds), talk);
        Optional<WarmUp.Result> warm = Optional.empty();
        if (options.rate().isEmpty()) {
            warmUp.ramp(WARMUP_RATE, WARMUP_SECONDS);
        } else if (options.warmupSeconds() > 0) {
            warm = Optional.of(warmUp.run(options.rate().getAsInt(), options.warmupSeconds()));
        }
        Rung best;
        Optional<Rung> tenth = Optional.empty();
        Optional<Rung> seventy = Optional.empty();
        if (options.rate().isPresent()) {
            best = rung(options.rate().getAsInt());
        } else {
            best = sweep();
            seventy = Optional.of(rung(Math.max(1, best.offeredPerSecond() * SEVENTY_PERCENT / 100)));
        }
        if (options.tenth() || options.rate().isEmpty()) {
            tenth = Optional.of(rung(Math.max(1, best.offeredPerSecond() / TENTH)));
        }
        return new LoadReport(
                setup.genesis().state().validators().size(),
                best,
                warm,
                seventy,
                tenth,
                List.copyOf(rungs),
                roofline,
                registrations.keys(),
                bytes,
                options.seconds());
    }

    /** Rises until a rate is not sustained, then halves the gap a few times. */
    private Rung sweep() throws ClientException, InterruptedException {
        int rate = FIRST_RATE;
        Optional<Rung> best = Optional.empty();
        int failed = 0;
        while (rungs.size() < MAX_RUNGS && failed == 0 && rate <= LoadOptions.MAX_RATE) {
            Rung rung = rung(rate);
            if (rung.sustained()) {
                best = Optional.of(rung);
                rate = (int) (rate * STEP);
            } else {
                failed = rate;
            }
        }
        int low = best.map(Rung::offeredPerSecond).orElse(0);
        for (int i = 0; i < BISECTIONS && failed - low > Math.max(20, failed / 20); i++) {
            Rung rung = rung((low + failed) / 2);
            if (rung.sustained()) {
                best = Optional.of(rung);
                low = rung.offeredPerSecond();
            } else {
                failed = rung.offeredPerSecond();
            }
        }
        return best.orElseThrow(() -> new ClientException(
                FailureClass.REFUSED,
                "LOAD_NOT_SUSTAINED",
                "The cluster did not sustain " + FIRST_RATE + " transactions a second: "
                        + describe(rungs.get(rungs.size() - 1)),
                "Look at the nodes' logs, or load at a lower --rate"));
    }

    private Rung rung(int rate) throws ClientException, InterruptedException {
        int leadIn = Math.min(LEAD_IN_SECONDS, options.warmupSeconds());
        Rung rung = measure(rate, leadIn, options.seconds());
        for (int i = 1; i < MAX_TRIES && rung.beganBehind(); i++) {
            talk.accept(
                    rung.waitingAtStart() + " transactions waited when the measured seconds began: measuring again");
            rung = measure(rate, leadIn, options.seconds());
        }
        rungs.add(rung);
        talk.accept(describe(rung));
        return rung;
    }

    private Rung measure(int rate, int warmupSeconds, int seconds) throws ClientException, InterruptedException {
        known.clear();
        List<byte[]> signed = registrations.sign(OpenLoop.needed(rate, warmupSeconds, seconds));
        Rung rung = new OpenLoop(target, rate, warmupSeconds, seconds).run(signed);
        drain();
        return rung;
    }

    private void drain() throws ClientException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DRAIN_SECONDS);
        while (target.pending() > 0) {
            if (System.nanoTime() > deadline) {
                throw new ClientException(
                        FailureClass.OUTCOME_UNKNOWN,
                        "LOAD_NOT_DRAINED",
                        "Transactions still wait " + DRAIN_SECONDS + " s after the load ended",
                        "Look at the nodes' logs and their health");
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    static String describe(Rung rung) {
        return String.format(
                Locale.ROOT,
                "%6d/s offered  %8.1f/s committed  p50 %.1f ms  p99 %.1f ms  max %.1f ms  %.0f us CPU each  %.1f a block%s",
                rung.offeredPerSecond(),
                rung.committedPerSecond(),
                rung.millis(50),
                rung.millis(99),
                rung.maxMillis(),
                rung.cpuMicrosPerTransaction(),
                rung.transactionsPerBlock(),
                rung.sustained()
                        ? ""
                        : "  NOT SUSTAINED" + (rung.failed() > 0 ? ", " + rung.failed() + " failed: " : "")
                                + rung.firstFailure());
    }
}
