package io.consilium.bench.load;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a load test found.
 *
 * @param best the highest sustained rate, or the fixed one
 * @param warm how the warm-up to a fixed rate went
 * @param seventy at seven tenths of it
 * @param tenth at a tenth of it
 * @param transactionBytes signed bytes of one transaction
 */
public record LoadReport(
        int validators,
        Rung best,
        Optional<WarmUp.Result> warm,
        Optional<Rung> seventy,
        Optional<Rung> tenth,
        List<Rung> rungs,
        Roofline.Result roofline,
        int keys,
        int transactionBytes,
        int seconds) {

    /** The figures by the names of the command line's contract. */
    public Map<String, Object> figures() {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("validators", validators);
        figures.put("sustained", best.sustained());
        figures.putAll(figures(best));
        figures.put("provider", roofline.provider());
        figures.put("rooflinePerSecond", roofline.transactionsPerSecond());
        figures.put("rooflineShare", decimal(best.committedPerSecond() / roofline.transactionsPerSecond(), 3));
        figures.put("verifyMicros", decimal(roofline.verifyMicros(), 1));
        figures.put("fsyncMicros", decimal(roofline.fsyncMicros(), 1));
        figures.put("cores", roofline.cores());
        figures.put("keys", keys);
        figures.put("transactionBytes", transactionBytes);
        figures.put("measuredSeconds", seconds);
        warm.ifPresent(result -> {
            figures.put("steady", result.steady());
            figures.put("warmupSeconds", result.seconds());
        });
        figures.put("signing", "before the measured run");
        figures.put("driver", "on the same cores");
        seventy.ifPresent(rung -> figures.put("atSeventyPercent", figures(rung)));
        tenth.ifPresent(rung -> figures.put("atTenth", figures(rung)));
        List<Object> each = new ArrayList<>();
        for (Rung rung : rungs) {
            Map<String, Object> one = figures(rung);
            one.put("sustained", rung.sustained());
            if (!rung.firstFailure().isEmpty()) {
                one.put("firstFailure", rung.firstFailure());
            }
            each.add(one);
        }
        figures.put("rates", each);
        return figures;
    }

    private static Map<String, Object> figures(Rung rung) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("offeredPerSecond", rung.offeredPerSecond());
        figures.put("committedPerSecond", decimal(rung.committedPerSecond(), 1));
        figures.put("p50Millis", decimal(rung.millis(50), 1));
        figures.put("p99Millis", decimal(rung.millis(99), 1));
        figures.put("maxMillis", decimal(rung.maxMillis(), 1));
        figures.put("waitingAtStart", rung.waitingAtStart());
        figures.put("failed", rung.failed());
        figures.put("cpuMicrosPerTransaction", decimal(rung.cpuMicrosPerTransaction(), 0));
        figures.put("driverCpuMicrosPerTransaction", decimal(rung.driverCpuMicrosPerTransaction(), 0));
        figures.put("transactionsPerBlock", decimal(rung.transactionsPerBlock(), 1));
        figures.put("fsyncsPerBlock", decimal(rung.syncsPerBlock(), 2));
        return figures;
    }

    static BigDecimal decimal(double value, int places) {
        return BigDecimal.valueOf(value).setScale(places, RoundingMode.HALF_UP);
    }

    /** The figures of a roofline measured alone. */
    public static Map<String, Object> figures(Roofline.Result roofline) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("transactionsPerSecond", roofline.transactionsPerSecond());
        figures.put("verifyMicros", decimal(roofline.verifyMicros(), 1));
        figures.put("signMicros", decimal(roofline.signMicros(), 1));
        figures.put("provider", roofline.provider());
        figures.put("fsyncMicros", decimal(roofline.fsyncMicros(), 1));
        figures.put("cores", roofline.cores());
        figures.put("validators", roofline.validators());
        return figures;
    }
}
