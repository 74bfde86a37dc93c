package io.consilium.cli;

import io.consilium.client.trial.Consents;
import io.consilium.client.trial.Micros;
import io.consilium.client.trial.Report;
import io.consilium.client.trial.Timeline;
import io.consilium.client.trial.TrialBundle;
import io.consilium.client.trial.TrialDocument;
import io.consilium.client.trial.TrialRecord;
import io.consilium.client.trial.VerifiedTrial;
import io.consilium.ledger.trials.EthicsApproval;
import io.consilium.ledger.trials.OutcomeClassification.Change;
import io.consilium.ledger.trials.OutcomeClassification.Classified;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.TrialOutcome;
import io.consilium.proto.TrialResult;
import io.consilium.proto.TrialState;
import io.consilium.proto.TrialSubjectState;
import io.consilium.proto.TrialVersion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Trials as the command line shows them. */
final class TrialViews {
    private TrialViews() {}

    /** One line of a list. */
    static Map<String, Object> line(TrialState trial) {
        TrialVersion current = EthicsApproval.current(trial);
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("trialId", Ids.text(trial.getId()));
        object.put("sponsor", trial.getSponsor());
        object.put("ethicsCommittee", trial.getEthicsCommittee());
        object.put("sites", List.copyOf(trial.getSitesList()));
        object.put("version", current.getNumber());
        object.put("protocolVersion", current.getProtocolVersion());
        object.put("icfVersion", current.getIcfVersion());
        object.put("registeredAt", Dates.text(trial.getVersions(0).getTimeMillis()));
        object.put("locked", trial.getLocked());
        return object;
    }

    static Map<String, Object> show(TrialRecord record) {
        TrialState trial = record.state();
        Map<String, Object> object = line(trial);
        object.put("contentHash", Ids.text(EthicsApproval.current(trial).getContentHash()));
        object.put("title", record.current().getTitle());
        object.put("recruitmentStatus", record.recruitment());
        object.put("approval", record.unapproved().map(Rejection::code).orElse("VALID"));
        EthicsApproval.newest(trial).ifPresent(decision -> {
            object.put("decision", decision.getApproved() ? "approved" : "rejected");
            if (decision.getUntilMillis() != 0) {
                object.put("approvedUntil", Dates.endText(decision.getUntilMillis()));
            }
        });
        if (trial.getFirstEnrolledMillis() != 0) {
            object.put("firstEnrolment", Dates.text(trial.getFirstEnrolledMillis()));
        }
        object.put("datasets", trial.getDatasetsCount());
        object.put("releases", trial.getReleasesCount());
        object.put("publications", record.publications().size());
        if (!record.publications().isEmpty()) {
            object.put("results", publications(record));
            object.put("findings", findings(record));
        }
        object.put("enrolled", record.state().getEnrolled());
        object.put("privacyBudget", Micros.number(trial.getBudgetMicros()));
        object.put("budgetLeft", Micros.number(trial.getBudgetMicros() - trial.getSpentMicros()));
        object.put("registration", TrialDocument.write(record.current()));
        object.put("asOfHeight", record.height());
        return object;
    }

    /** What was found, as it was published. */
    private static List<Map<String, Object>> findings(TrialRecord record) {
        List<Map<String, Object>> items = new ArrayList<>();
        for (Report report : record.reports()) {
            for (TrialResult result : report.results().getResultsList()) {
                Map<String, Object> item = new LinkedHashMap<>();
                item.put("publication", report.number());
                item.put("name", result.getOutcome().getName());
                item.put("finding", result.getFinding());
                items.add(item);
            }
        }
        return items;
    }

    static Map<String, Object> subject(TrialSubjectState subject) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("pseudonym", Ids.text(subject.getPseudonym()));
        object.put("site", subject.getSite());
        object.put("status", subject.getStatus());
        object.put("icfVersion", Consents.form(subject));
        object.put("enrolledAt", Dates.text(subject.getEnrolledMillis()));
        object.put("changedAt", Dates.text(subject.getChangedMillis()));
        return object;
    }

    /** The outcomes of every publication. */
    static List<Map<String, Object>> outcomes(TrialRecord record) {
        List<Map<String, Object>> items = new ArrayList<>();
        for (Report report : record.reports()) {
            for (Classified outcome : report.outcomes()) {
                Map<String, Object> item = new LinkedHashMap<>();
                item.put("publication", report.number());
                item.put("name", outcome.name());
                item.put("changes", outcome.changes().stream().map(Change::word).toList());
                item.put("classification", outcome.classification().word());
                item.put("likeVersions", outcome.likeVersions());
                outcome.registered().ifPresent(registered -> item.put("registered", described(registered)));
                outcome.reported().ifPresent(reported -> item.put("reported", described(reported)));
                if (outcome.reported().isPresent()) {
                    item.put("finding", report.finding(outcome));
                }
                items.add(item);
            }
        }
        return items;
    }

    /** What was published when, and the gravest that became of its outcomes. */
    static List<Map<String, Object>> publications(TrialRecord record) {
        List<Map<String, Object>> items = new ArrayList<>();
        for (Report report : record.reports()) {
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("publication", report.number());
            item.put("time", Dates.text(report.timeMillis()));
            item.put("by", report.event().getActor());
            item.put("gravest", report.gravest().word());
            item.put("summary", report.results().getSummary());
            items.add(item);
        }
        return items;
    }

    private static Map<String, Object> described(TrialOutcome outcome) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("measure", outcome.getMeasure());
        object.put("timePoint", outcome.getTimePoint());
        object.put("kind", outcome.getPrimary() ? "primary" : "secondary");
        return object;
    }

    /** The report: a table of outcomes, or an object with everything that it rests on. */
    static void report(Session session, TrialRecord record) {
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("trialId", Ids.text(record.state().getId()));
        about.put("title", record.current().getTitle());
        about.put("published", !record.publications().isEmpty());
        record.gravest().ifPresent(gravest -> about.put("gravest", gravest.word()));
        record.cutOffMillis().ifPresent(time -> about.put("amendmentsCountBefore", Dates.text(time)));
        if (!record.publications().isEmpty()) {
            about.put("lockedBeforePublication", record.lockedBeforePublication());
        }
        if (!record.amendedAfterData().isEmpty()) {
            about.put("amendedAfterData", record.amendedAfterData());
        }
        if (!record.unapprovedVersions().isEmpty()) {
            about.put("neverApprovedInTime", record.unapprovedVersions());
        }
        about.put("asOfHeight", record.height());
        List<Map<String, Object>> outcomes = outcomes(record);
        if (session.output().format() == GlobalOptions.Format.table) {
            session.output().raw().print(TableWriter.object(about));
            session.output().raw().println();
            session.output()
                    .raw()
                    .print(TableWriter.list(
                            List.of("publication", "time", "gravest", "summary"), publications(record)));
            session.output().raw().println();
            session.output()
                    .raw()
                    .print(TableWriter.list(
                            List.of("publication", "name", "classification", "changes", "likeVersions", "finding"),
                            outcomes));
            session.output().raw().println();
            session.output().raw().print(TableWriter.list(List.of("time", "event", "detail", "by"), timeline(record)));
            return;
        }
        about.put("publications", publications(record));
        about.put("outcomes", outcomes);
        about.put("timeline", timeline(record));
        session.output().result(about);
    }

    private static List<Map<String, Object>> timeline(TrialRecord record) {
        List<Map<String, Object>> items = new ArrayList<>();
        for (Timeline.Step step : Timeline.of(record.state())) {
            Map<String, Object> item = new LinkedHashMap<>();
            item.put("time", Dates.text(step.timeMillis()));
            item.put("event", step.kind().word());
            item.put("detail", step.detail());
            item.put("by", step.actor());
            items.add(item);
        }
        return items;
    }

    /** What a bundle was found to prove. */
    static Map<String, Object> verified(VerifiedTrial verified, TrialBundle bundle) {
        TrialRecord record = verified.record();
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("trialId", Ids.text(record.state().getId()));
        object.put("title", record.current().getTitle());
        object.put("sponsor", record.state().getSponsor());
        object.put("versions", record.versions().size());
        object.put("decisions", record.state().getDecisionsCount());
        object.put("publications", record.publications().size());
        object.put("datasets", record.state().getDatasetsCount());
        object.put("datasetVersions", verified.datasets() ? "proven" : "not shown to who made the bundle");
        object.put("enrolled", record.state().getEnrolled());
        object.put("subjects", verified.subjects().isPresent() ? "proven" : "not in the bundle");
        verified.subjects().ifPresent(subjects -> {
            Consents consents = Consents.of(subjects, record.current().getIcfVersion());
            object.put("withdrawn", consents.withdrawn());
            object.put("staleConsents", consents.stale());
        });
        object.put("transactions", bundle.receipts().size());
        object.put("asOfHeight", record.height());
        object.put("asOf", Dates.text(record.timeMillis()));
        return object;
    }
}
