package io.consilium.bench.packs;

import com.google.protobuf.ByteString;
import io.consilium.client.BlindingKey;
import io.consilium.client.ClientException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Consumer;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Makes packs as a manufacturer with several lines does: each line commissions a lot, packs it into cases and onto a
 * pallet, and waits for both receipts before it takes the next lot. All packs are of one product, since each new serial
 * is held against all of its product (DRU-2).
 */
public final class PackBench {
    private static final int ID_BYTES = 16;
    private static final int SMALL_PALLET = 10;
    private static final int TENTHS = 10;
    private static final long MAX_LATENCY_MICROS = 120_000_000;
    private static final int SMALL_LOTS_FROM = 1_000_000;

    private final PackSetup setup;
    private final PackOptions options;
    private final Consumer<String> talk;
    private final PackCluster cluster;
    private final SecureRandom random = new SecureRandom();
    private final AtomicLong nextContainer = new AtomicLong();

    private PackBench(PackSetup setup, PackOptions options, Consumer<String> talk) throws ClientException {
        this.setup = setup;
        this.options = options;
        this.talk = talk;
        this.cluster = new PackCluster(setup.cluster());
    }

    /** Runs until all packs stand on chain, or the first act that is refused. */
    public static PackReport run(PackSetup setup, PackOptions options, Consumer<String> talk)
            throws ClientException, InterruptedException {
        return new PackBench(setup, options, talk).run();
    }

    /** Serial of a pack of the measured product, in its oldest lot. */
    public static String firstSerial() {
        return PackActs.serial(0, 0);
    }

    private PackReport run() throws ClientException, InterruptedException {
        if (options.warmUpPacks() > 0) {
            talk.accept("Warming up ...");
            new Making(acts(setup.warmUp()), options.warmUpPacks()).run();
        }
        PackActs acts = acts(setup.product());
        Making making = new Making(acts, options.packs());
        PackCluster.Counters before = cluster.counters();
        long cpuBefore = ownCpuMicros();
        making.run();
        PackCluster.Counters spent = cluster.counters().since(before);
        long driver = ownCpuMicros() - cpuBefore;
        Optional<PackReport.HandOver> handOver =
                options.pallets() > 0 ? Optional.of(handOver(acts, making)) : Optional.empty();
        return new PackReport(
                options,
                making.elapsed(TENTHS),
                making.elapsed(1),
                making.elapsed(TENTHS) - making.elapsed(TENTHS - 1),
                making.signedBytes.get(),
                2 * making.lots,
                making.commission,
                making.pack,
                spent,
                driver,
                handOver);
    }

    private PackActs acts(BlindingKey product) {
        return new PackActs(product, setup.logistics(), setup.sscc(), System.currentTimeMillis());
    }

    /** Pallets of ten packs and of ten thousand, shipped by turns, so that both meet the same cluster. */
    private PackReport.HandOver handOver(PackActs acts, Making making) throws ClientException {
        talk.accept("Shipping pallets of 10 and of " + PackOptions.ON_A_PALLET + " ...");
        List<PackActs.Lot> small = new ArrayList<>();
        for (int i = 0; i < options.pallets(); i++) {
            PackActs.Lot lot = acts.lot(SMALL_LOTS_FROM + i, SMALL_PALLET, nextContainer.getAndAdd(2));
            cluster.apply(i, acts.commission(lot));
            cluster.apply(i, acts.pack(lot));
            small.add(lot);
        }
        Histogram tenLatency = histogram();
        Histogram manyLatency = histogram();
        PackCluster.Counters ten = new PackCluster.Counters(0, 0, 0);
        PackCluster.Counters many = ten;
        for (int i = 0; i < options.pallets(); i++) {
            ten = ten.plus(ship(acts, small.get(i).pallet(), tenLatency));
            many = many.plus(ship(acts, making.pallets.get(i), manyLatency));
        }
        return new PackReport.HandOver(
                new PackReport.Side(options.pallets(), tenLatency, ten),
                new PackReport.Side(options.pallets(), manyLatency, many));
    }

    private PackCluster.Counters ship(PackActs acts, long pallet, Histogram latency) throws ClientException {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        PackCluster.Counters before = cluster.counters();
        PackCluster.Done done = cluster.apply(0, acts.ship(pallet, ByteString.copyFrom(id), setup.receiver()));
        latency.recordValue(Math.min(MAX_LATENCY_MICROS, done.nanos() / 1_000));
        return cluster.counters().since(before);
    }

    private static Histogram histogram() {
        return new ConcurrentHistogram(MAX_LATENCY_MICROS, 3);
    }

    private static long ownCpuMicros() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(duration -> duration.toNanos() / 1_000)
                .orElse(0L);
    }

    /** So many packs of one product, a pallet a lot. */
    private final class Making {
        private final PackActs acts;
        private final int lots;
        private final Histogram commission = histogram();
        private final Histogram pack = histogram();
        private final AtomicLong signedBytes = new AtomicLong();
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();
        private final AtomicLongArray tenths = new AtomicLongArray(TENTHS + 1);
        private final List<Long> pallets = new ArrayList<>();
        private long startNanos;

        Making(PackActs acts, int packs) {
            this.acts = acts;
            this.lots = packs / PackOptions.ON_A_PALLET;
            int containers = PackOptions.ON_A_PALLET / PackOptions.IN_A_CASE + 1;
            long first = nextContainer.getAndAdd((long) lots * containers);
            for (int lot = 0; lot < lots; lot++) {
                pallets.add(first + (long) lot * containers);
            }
        }

        void run() throws ClientException, InterruptedException {
            ExecutorService lines = Executors.newFixedThreadPool(options.lines());
            try {
                startNanos = System.nanoTime();
                List<Future<?>> running = new ArrayList<>();
                for (int line = 0; line < options.lines(); line++) {
                    int node = line;
                    running.add(lines.submit(() -> {
                        line(node);
                        return node;
                    }));
                }
                for (Future<?> line : running) {
                    line.get();
                }
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof ClientException refused) {
                    throw refused;
                }
                throw new IllegalStateException("a packing line failed", failed.getCause());
            } finally {
                lines.shutdownNow();
            }
        }

        private void line(int node) throws ClientException {
            for (int number = next.getAndIncrement(); number < lots; number = next.getAndIncrement()) {
                PackActs.Lot lot = acts.lot(number, PackOptions.ON_A_PALLET, pallets.get(number));
                record(commission, cluster.apply(node, acts.commission(lot)));
                record(pack, cluster.apply(node, acts.pack(lot)));
                finished(done.incrementAndGet());
            }
        }

        private void record(Histogram latency, PackCluster.Done act) {
            latency.recordValue(Math.min(MAX_LATENCY_MICROS, act.nanos() / 1_000));
            signedBytes.addAndGet(act.signedBytes());
        }

        private void finished(int count) {
            long nanos = System.nanoTime() - startNanos;
            int before = (count - 1) * TENTHS / lots;
            int tenth = count * TENTHS / lots;
            for (int i = before + 1; i <= tenth; i++) {
                tenths.set(i, nanos);
            }
            if (tenth > before) {
                talk.accept(String.format(
                        Locale.ROOT,
                        "%9d packs  %8.0f/s",
                        (long) count * PackOptions.ON_A_PALLET,
                        count * PackOptions.ON_A_PALLET / (nanos / 1e9)));
            }
        }

        /** Until so many tenths were done. */
        long elapsed(int tenth) {
            return tenths.get(tenth);
        }
    }
}
