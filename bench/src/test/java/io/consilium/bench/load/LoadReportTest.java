package io.consilium.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadReportTest {
    private static final Roofline.Result ROOFLINE =
            new Roofline.Result(8_000, 62.5, 35.1, "Bouncy Castle <1.87>", 250.4, 2, 4);

    @Test
    void figuresHaveTheNamesOfTheContract() {
        Map<String, Object> figures = report(rung(2_000, 1_998.4, 0)).figures();
        assertThat(figures)
                .containsKeys("p50Millis", "p99Millis", "maxMillis", "provider", "rates", "atTenth")
                .containsEntry("validators", 4)
                .containsEntry("committedPerSecond", new BigDecimal("1998.4"))
                .containsEntry("cpuMicrosPerTransaction", new BigDecimal("751"))
                .containsEntry("fsyncsPerBlock", new BigDecimal("3.00"))
                .containsEntry("rooflineShare", new BigDecimal("0.250"));
        assertThat(LoadReport.figures(ROOFLINE))
                .containsEntry("transactionsPerSecond", 8_000L)
                .containsKeys("verifyMicros", "provider", "fsyncMicros");
    }

    @Test
    void aRateThatLostTransactionsOrFellBehindIsNotSustained() {
        assertThat(rung(2_000, 1_990, 0).sustained()).isTrue();
        assertThat(rung(2_000, 1_990, 1).sustained()).isFalse();
        assertThat(rung(2_000, 1_900, 0).sustained()).isFalse();
    }

    @Test
    void thePageNeedsNothingElse() {
        assertThat(LoadPage.of(report(rung(2_000, 1_998.4, 0))))
                .startsWith("<!doctype html>")
                .contains("1998 committed transactions a second", "<svg", "Bouncy Castle &lt;1.87>")
                .doesNotContain("src=", "href=", "http");
    }

    @Test
    void rooflineIsWhatTheCoresCouldVerify(@TempDir Path directory) throws IOException {
        Roofline.Result measured = Roofline.measure(4, 1, directory);
        assertThat(measured.verifyMicros()).isBetween(1.0, 50_000.0);
        assertThat(measured.transactionsPerSecond())
                .isEqualTo(Math.round(measured.cores() * 1_000_000.0 / measured.verifyMicros() / 4));
        assertThat(measured.fsyncMicros()).isPositive();
        assertThat(measured.provider()).contains("Bouncy Castle");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void optionsAreBounded() {
        assertThatThrownBy(() -> new LoadOptions(OptionalInt.of(0), 10, 3, 200, false))
                .hasMessageContaining("the rate");
        assertThatThrownBy(() -> new LoadOptions(OptionalInt.empty(), 0, 3, 200, false))
                .hasMessageContaining("seconds");
        assertThatThrownBy(() -> new LoadOptions(OptionalInt.empty(), 10, 3, 0, false))
                .hasMessageContaining("keys");
    }

    @Test
    void cpuTimeIsReadBehindAnyProcessName() throws IOException {
        String stat = "4242 (a (strange) name) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0 30 0 100 0 0";
        assertThat(ProcessCpu.micros(stat)).isEqualTo(3_000_000);
        assertThat(ProcessCpu.micros(List.of(ProcessHandle.current().pid()))).isPositive();
        assertThatThrownBy(() -> ProcessCpu.micros("nonsense")).isInstanceOf(IOException.class);
    }

    private static LoadReport report(Rung rung) {
        return new LoadReport(
                4, rung, Optional.empty(), Optional.empty(), Optional.of(rung), List.of(rung), ROOFLINE, 200, 551, 10);
    }

    private static Rung rung(int offered, double committed, long failed) {
        Histogram latency = new Histogram(3);
        latency.recordValue(40_000);
        latency.recordValue(80_000);
        long count = Math.round(committed * 10);
        String failure = failed > 0 ? "lost" : "";
        return new Rung(offered, committed, latency, failed, failure, 0, 20, 751 * count, count, count, 100, 300);
    }
}
