package io.consilium.bench.packs;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/**
 * What making packs cost.
 *
 * @param nanos from the first transaction's sending to the last one's verified receipt
 * @param firstTenthNanos of the first tenth of the packs; with {@code lastTenthNanos} it shows what a grown product costs
 * @param commission latency of a commissioning of a lot, in microseconds
 * @param pack latency of a packing of a pallet, in microseconds
 * @param nodes what all nodes spent; without processor time where they were not started by this measurement
 * @param driverCpuMicros of this process, which blinds, signs and verifies on the same machine
 * @param handOver shipping one pallet of each size
 */
public record PackReport(
        PackOptions options,
        long nanos,
        long firstTenthNanos,
        long lastTenthNanos,
        long signedBytes,
        int transactions,
        Histogram commission,
        Histogram pack,
        PackCluster.Counters nodes,
        long driverCpuMicros,
        Optional<HandOver> handOver) {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final int TENTHS = 10;

    /** Pallets of ten packs and of ten thousand, shipped by turns. */
    public record HandOver(Side ten, Side tenThousand) {}

    /**
     * Shipping of pallets of one size.
     *
     * @param latency in microseconds
     * @param nodes what all nodes spent on all of them
     */
    public record Side(int pallets, Histogram latency, PackCluster.Counters nodes) {
        Map<String, Object> figures() {
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("pallets", pallets);
            figures.put("p50Millis", millis(latency, 50));
            if (nodes.cpuMicros() > 0) {
                figures.put("cpuMicros", nodes.cpuMicros() / pallets);
            }
            figures.put("stateWrites", decimal((double) nodes.stateWrites() / pallets, 1));
            return figures;
        }
    }

    public double packsPerSecond() {
        return options.packs() / (nanos / NANOS_PER_SECOND);
    }

    public Map<String, Object> figures() {
        double packs = options.packs();
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("packs", options.packs());
        figures.put("seconds", decimal(nanos / NANOS_PER_SECOND, 1));
        figures.put("packsPerSecond", decimal(packsPerSecond(), 0));
        figures.put("firstTenthPerSecond", decimal(packs / TENTHS / (firstTenthNanos / NANOS_PER_SECOND), 0));
        figures.put("lastTenthPerSecond", decimal(packs / TENTHS / (lastTenthNanos / NANOS_PER_SECOND), 0));
        // of nodes that run elsewhere it is not known, and no node runs for nothing
        if (nodes.cpuMicros() > 0) {
            figures.put("cpuMicrosPerPack", decimal(nodes.cpuMicros() / packs, 1));
        }
        figures.put("driverCpuMicrosPerPack", decimal(driverCpuMicros / packs, 1));
        figures.put("signedBytesPerPack", decimal(signedBytes / packs, 1));
        figures.put("stateWritesPerThousandPacks", decimal(1_000 * nodes.stateWrites() / packs, 1));
        figures.put("transactions", transactions);
        figures.put("packsInATransaction", PackOptions.ON_A_PALLET);
        figures.put("blocks", nodes.blocks());
        figures.put("lines", options.lines());
        figures.put("commissionP50Millis", millis(commission, 50));
        figures.put("commissionP99Millis", millis(commission, 99));
        figures.put("packP50Millis", millis(pack, 50));
        figures.put("packP99Millis", millis(pack, 99));
        handOver.ifPresent(measured -> {
            figures.put("shipPalletOf10", measured.ten().figures());
            figures.put("shipPalletOf10000", measured.tenThousand().figures());
        });
        return figures;
    }

    private static BigDecimal millis(Histogram micros, double percentile) {
        return decimal(micros.getValueAtPercentile(percentile) / 1_000.0, 1);
    }

    private static BigDecimal decimal(double value, int places) {
        return Double.isFinite(value)
                ? BigDecimal.valueOf(value).setScale(places, RoundingMode.HALF_UP)
                : BigDecimal.ZERO;
    }
}
