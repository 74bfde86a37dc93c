package io.consilium.bench.packs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PackReportTest {
    private static final long SECOND = 1_000_000_000L;

    private static Histogram latency(long micros) {
        Histogram latency = new Histogram(3);
        latency.recordValue(micros);
        return latency;
    }

    @Test
    @DisplayName("figures are per pack, and show what a grown product costs beside a young one")
    void figures() {
        PackReport.Side ten = new PackReport.Side(2, latency(40_000), new PackCluster.Counters(30_000, 4, 2));
        PackReport report = new PackReport(
                new PackOptions(100_000, 0, 4, 2),
                10 * SECOND,
                SECOND / 2,
                2 * SECOND,
                3_400_000,
                20,
                latency(90_000),
                latency(120_000),
                new PackCluster.Counters(8_000_000, 2_300, 12),
                1_000_000,
                Optional.of(new PackReport.HandOver(ten, ten)));
        assertThat(report.figures())
                .containsEntry("packsPerSecond", new BigDecimal("10000"))
                .containsEntry("firstTenthPerSecond", new BigDecimal("20000"))
                .containsEntry("lastTenthPerSecond", new BigDecimal("5000"))
                .containsEntry("cpuMicrosPerPack", new BigDecimal("80.0"))
                .containsEntry("driverCpuMicrosPerPack", new BigDecimal("10.0"))
                .containsEntry("signedBytesPerPack", new BigDecimal("34.0"))
                .containsEntry("stateWritesPerThousandPacks", new BigDecimal("23.0"));
        assertThat(report.figures().get("shipPalletOf10"))
                .isEqualTo(Map.of(
                        "pallets",
                        2,
                        "p50Millis",
                        new BigDecimal("40.0"),
                        "cpuMicros",
                        15_000L,
                        "stateWrites",
                        new BigDecimal("2.0")));
    }

    @Test
    @DisplayName("of nodes that run elsewhere no processor time is told, rather than none at all")
    void nodesElsewhere() {
        PackReport report = new PackReport(
                new PackOptions(100_000, 0, 4, 2),
                10 * SECOND,
                SECOND,
                SECOND,
                3_400_000,
                20,
                latency(90_000),
                latency(120_000),
                new PackCluster.Counters(0, 2_300, 12),
                1_000_000,
                Optional.empty());
        assertThat(report.figures())
                .doesNotContainKey("cpuMicrosPerPack")
                .containsEntry("driverCpuMicrosPerPack", new BigDecimal("10.0"));
    }

    @Test
    @DisplayName("packs are made by whole pallets, and only pallets that were made are shipped")
    void bounds() {
        assertThat(new PackOptions(20_000, 0, 1, 2).pallets()).isEqualTo(2);
        assertThatThrownBy(() -> new PackOptions(15_000, 0, 1, 0)).hasMessageContaining("whole pallets of 10000");
        assertThatThrownBy(() -> new PackOptions(20_000, 0, 1, 3)).hasMessageContaining("pallets shipped");
        assertThatThrownBy(() -> new PackOptions(20_000, 0, 0, 0)).hasMessageContaining("lines");
        assertThatThrownBy(() -> new PackOptions(0, 0, 1, 0)).hasMessageContaining("packs");
    }
}
