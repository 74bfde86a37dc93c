package io.consilium.bench.load;

import java.util.List;
import java.util.Locale;

/** A load report as one page of HTML that needs nothing else. */
public final class LoadPage {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 260;
    private static final int MARGIN = 46;

    private LoadPage() {}

    public static String of(LoadReport report) {
        StringBuilder page = new StringBuilder(8_192);
        page.append("""
                <!doctype html><html lang="en"><meta charset="utf-8"><title>Consilium under load</title>
                <style>
                body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color:#1b2430}
                h1{font-size:1.5rem}
                table{border-collapse:collapse;width:100%}
                th,td{text-align:right;padding:.3rem .6rem;border-bottom:1px solid #d8dee6}
                th:first-child,td:first-child{text-align:left}
                .no{color:#a02020}
                svg{width:100%;height:auto}
                </style>
                """);
        page.append(String.format(
                Locale.ROOT,
                "<h1>%.0f committed transactions a second</h1>"
                        + "<p>%d validators, %d cores, the driver on the same ones. %.0f %% of what these cores could verify"
                        + " (%d a second, %s, %.1f &micro;s a signature). Each transaction has %d signed bytes; latency"
                        + " is from the intended send time to a receipt verified by the client.</p>",
                report.best().committedPerSecond(),
                report.validators(),
                report.roofline().cores(),
                100 * report.best().committedPerSecond() / report.roofline().transactionsPerSecond(),
                report.roofline().transactionsPerSecond(),
                escaped(report.roofline().provider()),
                report.roofline().verifyMicros(),
                report.transactionBytes()));
        chart(page, report.rungs());
        table(page, report.rungs());
        return page.append("</html>\n").toString();
    }

    private static void chart(StringBuilder page, List<Rung> rungs) {
        double maxRate =
                rungs.stream().mapToDouble(Rung::offeredPerSecond).max().orElse(1);
        double maxMillis = rungs.stream()
                .filter(Rung::sustained)
                .mapToDouble(rung -> rung.millis(99))
                .max()
                .orElse(1);
        page.append(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Latency by rate\">"
                        + "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#8894a3\"/>"
                        + "<text x=\"%d\" y=\"%d\" font-size=\"12\" text-anchor=\"end\">%.0f / s</text>"
                        + "<text x=\"0\" y=\"16\" font-size=\"12\">%.0f ms: p99 hollow, p50 full</text>",
                WIDTH,
                HEIGHT,
                MARGIN,
                HEIGHT - MARGIN,
                WIDTH,
                HEIGHT - MARGIN,
                WIDTH,
                HEIGHT - MARGIN + 20,
                maxRate,
                maxMillis));
        for (Rung rung : rungs) {
            if (rung.sustained()) {
                dot(page, rung, 50, maxRate, maxMillis, "#1668b8");
                dot(page, rung, 99, maxRate, maxMillis, "none");
            }
        }
        page.append("</svg>");
    }

    private static void dot(
            StringBuilder page, Rung rung, double percentile, double maxRate, double maxMillis, String fill) {
        double x = MARGIN + (WIDTH - 2.0 * MARGIN) * rung.offeredPerSecond() / maxRate;
        double y = HEIGHT - MARGIN - (HEIGHT - 2.0 * MARGIN) * rung.millis(percentile) / Math.max(1, maxMillis);
        page.append(String.format(
                Locale.ROOT,
                "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"%s\" stroke=\"#1668b8\"><title>%d/s p%.0f %.1f ms</title>"
                        + "</circle>",
                x,
                y,
                fill,
                rung.offeredPerSecond(),
                percentile,
                rung.millis(percentile)));
    }

    private static void table(StringBuilder page, List<Rung> rungs) {
        page.append("<table><tr><th>offered / s</th><th>committed / s</th><th>p50 ms</th><th>p99 ms</th><th>max ms</th>"
                + "<th>CPU &micro;s each</th><th>a block</th><th>fsyncs a block</th></tr>");
        for (Rung rung : rungs) {
            page.append(String.format(
                    Locale.ROOT,
                    "<tr%s><td>%d</td><td>%.1f</td><td>%.1f</td><td>%.1f</td><td>%.1f</td><td>%.0f</td><td>%.1f</td>"
                            + "<td>%.2f</td></tr>",
                    rung.sustained() ? "" : " class=\"no\"",
                    rung.offeredPerSecond(),
                    rung.committedPerSecond(),
                    rung.millis(50),
                    rung.millis(99),
                    rung.maxMillis(),
                    rung.cpuMicrosPerTransaction(),
                    rung.transactionsPerBlock(),
                    rung.syncsPerBlock()));
        }
        page.append("</table>");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }
}
