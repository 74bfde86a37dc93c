package io.consilium.client.trial;

import io.consilium.ledger.trials.OutcomeClassification.Change;
import io.consilium.ledger.trials.OutcomeClassification.Classified;
import io.consilium.proto.TrialOutcome;
import io.consilium.proto.TrialRegistration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** A trial's report as one page for screen and print: no script, nothing fetched, the timeline drawn inside. */
public final class ReportPage {
    private static final String STYLE = """
            body { font: 11pt/1.45 Georgia, 'Times New Roman', serif; color: #1a1a1a; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
            h1 { font-size: 1.45rem; line-height: 1.25; margin: 0 0 .4rem; } h2 { font-size: 1.1rem; margin: 1.8rem 0 .5rem; }
            h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; } p.finding { margin: .3rem 0 0; font-style: italic; } p, p.finding { white-space: pre-line; }
            p.about { color: #555; margin: 0 0 1rem; } table { border-collapse: collapse; width: 100%; font-size: .9rem; }
            th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid #ddd; overflow-wrap: anywhere; }
            th { border-bottom: 1px solid #888; font-weight: 600; } .ok { color: #1d6b35; } .mild { color: #8a6100; }
            .grave { color: #a31621; font-weight: 600; } .steps td:nth-child(-n+2) { white-space: nowrap; } svg { width: 100%; height: auto; } code { font-size: .78rem; word-break: break-all; }
            @media (max-width: 40rem) { body { font-size: 9pt; } .steps td:nth-child(-n+2) { white-space: normal; } }
            @page { margin: 16mm; } @media print { body { font-size: 9.5pt; margin: 0; max-width: none; padding: 0; } h2, h3 { break-after: avoid; } tr, svg { break-inside: avoid; } thead { display: table-header-group; } }
            """;

    private ReportPage() {}

    /** The whole document, in UTF-8 once it is written. */
    public static String of(TrialRecord record) {
        TrialRegistration registration = record.current();
        StringBuilder page = new StringBuilder();
        page.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>")
                .append(text(registration.getTitle()))
                .append("</title>\n<style>\n")
                .append(STYLE)
                .append("</style>\n</head>\n<body>\n<h1>")
                .append(text(registration.getTitle()))
                .append("</h1>\n<p class=\"about\">Trial <code>")
                .append(HexFormat.of().formatHex(record.state().getId().toByteArray()))
                .append("</code><br>Sponsor ")
                .append(text(registration.getSponsor()))
                .append(", ethics committee ")
                .append(text(registration.getEthicsCommittee()))
                .append(", sites ")
                .append(text(String.join(", ", registration.getSitesList())))
                .append("<br>As of block ")
                .append(record.height())
                .append(", ")
                .append(time(record.timeMillis()))
                .append("</p>\n");
        outcomes(record, page);
        List<Timeline.Step> steps = Timeline.of(record.state());
        page.append("<h2>Timeline</h2>\n").append(TimelinePlot.svg(steps)).append("\n");
        steps(steps, page);
        page.append("</body>\n</html>\n");
        return page.toString();
    }

    private static void outcomes(TrialRecord record, StringBuilder page) {
        page.append("<h2>Reported outcomes against the registered ones</h2>\n");
        if (record.publications().isEmpty()) {
            page.append("<p>No results are published yet.</p>\n");
            return;
        }
        record.cutOffMillis().ifPresent(cutOff -> page.append(
                        "<p>The database was first locked, the trial unblinded or its results published at ")
                .append(time(cutOff))
                .append(". Amendments from then on do not count.</p>\n"));
        if (!record.lockedBeforePublication()) {
            page.append("<p class=\"grave\">Results were published without a lock of the database.</p>\n");
        }
        if (!record.amendedAfterData().isEmpty()) {
            page.append("<p class=\"mild\">Registered when data were there already: version ")
                    .append(numbers(record.amendedAfterData()))
                    .append(".</p>\n");
        }
        if (!record.unapprovedVersions().isEmpty()) {
            page.append(
                            "<p class=\"grave\">Registered and not approved by the ethics committee in time, so that it does not"
                                    + " count: version ")
                    .append(numbers(record.unapprovedVersions()))
                    .append(".</p>\n");
        }
        record.reports().forEach(report -> report(report, page));
    }

    private static void report(Report report, StringBuilder page) {
        page.append("<h3>Publication ")
                .append(report.number())
                .append(", ")
                .append(time(report.timeMillis()))
                .append(": <span class=\"")
                .append(gravity(report.gravest()))
                .append("\">")
                .append(report.gravest().word())
                .append("</span></h3>\n");
        if (!report.results().getSummary().isBlank()) {
            page.append("<p>").append(text(report.results().getSummary())).append("</p>\n");
        }
        page.append("<table>\n<thead><tr><th>Outcome</th><th>Classification</th><th>Registered</th>"
                + "<th>Reported, with what was found</th><th>As in version</th></tr></thead>\n");
        for (Classified outcome : report.outcomes()) {
            String like = numbers(outcome.likeVersions());
            String finding = report.finding(outcome);
            page.append("<tr><td>")
                    .append(text(outcome.name()))
                    .append("</td><td class=\"")
                    .append(gravity(outcome.classification()))
                    .append("\">")
                    .append(outcome.changes().stream().map(Change::word).collect(Collectors.joining(", ")))
                    .append("</td><td>")
                    .append(outcome.registered().map(ReportPage::described).orElse("not registered"))
                    .append("</td><td>")
                    .append(outcome.reported().map(ReportPage::described).orElse("not reported"))
                    .append(finding.isBlank() ? "" : "<p class=\"finding\">" + text(finding) + "</p>")
                    .append("</td><td>")
                    .append(like.isEmpty() ? "none" : like)
                    .append("</td></tr>\n");
        }
        page.append("</table>\n");
    }

    private static String numbers(List<Long> versions) {
        return versions.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private static String described(TrialOutcome outcome) {
        return (outcome.getPrimary() ? "<b>Primary.</b> " : "Secondary. ") + text(outcome.getMeasure()) + ", "
                + text(outcome.getTimePoint());
    }

    private static void steps(List<Timeline.Step> steps, StringBuilder page) {
        page.append(
                "<table class=\"steps\">\n<thead><tr><th>Time (UTC)</th><th>Step</th><th>What</th><th>Signed by</th></tr></thead>\n");
        for (Timeline.Step step : steps) {
            page.append("<tr><td>")
                    .append(time(step.timeMillis()))
                    .append("</td><td>")
                    .append(step.kind().word())
                    .append("</td><td>")
                    .append(text(step.detail()))
                    .append("</td><td>")
                    .append(text(step.actor()))
                    .append("</td></tr>\n");
        }
        page.append("</table>\n");
    }

    private static String gravity(Change change) {
        return switch (change) {
            case AS_REGISTERED -> "ok";
            case AMENDED -> "mild";
            case SWITCHED, MISSING, ADDED, MEASURE_CHANGED, TIME_POINT_CHANGED -> "grave";
        };
    }

    static String time(long millis) {
        String text = DateTimeFormatter.ISO_INSTANT.format(Instant.ofEpochMilli(millis - millis % 1_000));
        return text.replace('T', ' ').replace("Z", "");
    }

    static String text(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
