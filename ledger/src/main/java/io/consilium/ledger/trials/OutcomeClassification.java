package io.consilium.ledger.trials;

import io.consilium.proto.TrialOutcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reported outcomes held against the registered ones (TRI-6): a pure function of documents.
 *
 * <p>The yardstick is the newest version that was registered and approved by the ethics committee before the cut-off: the
 * first lock, unblinding or publication, whichever came earlier; where there is none, the first version. Whoever changes an
 * outcome afterwards may know the data, so a later version never counts, and one that nobody approved was never the
 * trial's. Outcomes are matched by name; case and runs of spaces do not tell names, measures and time points apart.
 */
public final class OutcomeClassification {
    /** What became of an outcome, from the gravest to the least grave. */
    public enum Change {
        SWITCHED("switched"),
        MISSING("missing"),
        ADDED("added"),
        MEASURE_CHANGED("measure-changed"),
        TIME_POINT_CHANGED("time-point-changed"),
        AMENDED("amended"),
        AS_REGISTERED("as-registered");

        private final String word;

        Change(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /**
     * One registered version with its time.
     *
     * @param approvedMillis of the approval of this version that stands, if there is one
     */
    public record Registered(long number, long timeMillis, Optional<Long> approvedMillis, List<TrialOutcome> outcomes) {
        /** Whether it came in time, as far as the sponsor is concerned. */
        public boolean inTime(Optional<Long> cutOffMillis) {
            return number == 1 || isBefore(timeMillis, cutOffMillis);
        }

        /** Whether reports are held against it, unless a newer one counts too. */
        public boolean counts(Optional<Long> cutOffMillis) {
            return number == 1
                    || inTime(cutOffMillis)
                            && approvedMillis
                                    .filter(approved -> isBefore(approved, cutOffMillis))
                                    .isPresent();
        }

        private static boolean isBefore(long timeMillis, Optional<Long> cutOffMillis) {
            return cutOffMillis.isEmpty() || timeMillis < cutOffMillis.get();
        }
    }

    /**
     * One outcome of the report, or one that the report should hold.
     *
     * @param changes from the gravest on; never empty
     * @param likeVersions the registered versions that describe it just as the report does; of one that was dropped, those
     *     that had it
     * @param registered as the yardstick has it, or the newest version that counted before an amendment dropped it
     * @param reported as the report has it
     */
    public record Classified(
            String name,
            List<Change> changes,
            List<Long> likeVersions,
            Optional<TrialOutcome> registered,
            Optional<TrialOutcome> reported) {
        public Change classification() {
            return changes.get(0);
        }
    }

    private OutcomeClassification() {}

    /**
     * @param versions every registered version, oldest first, at least one
     * @param cutOffMillis time of the first lock, unblinding or publication, if there was one
     */
    public static List<Classified> classify(
            List<Registered> versions, Optional<Long> cutOffMillis, List<TrialOutcome> reported) {
        List<Registered> counted = counted(versions, cutOffMillis);
        List<Map<String, TrialOutcome>> history =
                counted.stream().map(version -> byName(version.outcomes())).toList();
        Map<String, TrialOutcome> valid = history.get(history.size() - 1);
        Map<String, TrialOutcome> told = byName(reported);
        List<Classified> result = new ArrayList<>();
        valid.forEach((name, outcome) -> {
            Optional<TrialOutcome> report = Optional.ofNullable(told.get(name));
            boolean amended = history.stream()
                    .anyMatch(
                            earlier -> !alike(earlier.getOrDefault(name, TrialOutcome.getDefaultInstance()), outcome));
            List<Change> changes =
                    report.map(found -> changes(outcome, found, amended)).orElse(List.of(Change.MISSING));
            result.add(new Classified(
                    outcome.getName(),
                    changes,
                    report.map(found -> like(versions, found)).orElse(List.of()),
                    Optional.of(outcome),
                    report));
        });
        // Dropped in the open, before anybody could know the data: as the newest version had it that still did.
        Map<String, TrialOutcome> dropped = new LinkedHashMap<>();
        history.forEach(dropped::putAll);
        dropped.keySet().removeAll(valid.keySet());
        dropped.keySet().removeAll(told.keySet());
        dropped.forEach((name, outcome) -> result.add(new Classified(
                outcome.getName(),
                List.of(Change.AMENDED),
                like(counted, outcome),
                Optional.of(outcome),
                Optional.empty())));
        told.forEach((name, report) -> {
            if (!valid.containsKey(name)) {
                result.add(new Classified(
                        report.getName(),
                        List.of(Change.ADDED),
                        like(versions, report),
                        Optional.empty(),
                        Optional.of(report)));
            }
        });
        return List.copyOf(result);
    }

    /** The newest version that counts, which reports are held against. */
    public static Registered yardstick(List<Registered> versions, Optional<Long> cutOffMillis) {
        List<Registered> counted = counted(versions, cutOffMillis);
        return counted.get(counted.size() - 1);
    }

    private static List<Registered> counted(List<Registered> versions, Optional<Long> cutOffMillis) {
        return versions.stream().filter(version -> version.counts(cutOffMillis)).toList();
    }

    private static List<Change> changes(TrialOutcome registered, TrialOutcome report, boolean amended) {
        List<Change> changes = new ArrayList<>();
        if (registered.getPrimary() != report.getPrimary()) {
            changes.add(Change.SWITCHED);
        }
        if (!same(registered.getMeasure(), report.getMeasure())) {
            changes.add(Change.MEASURE_CHANGED);
        }
        if (!same(registered.getTimePoint(), report.getTimePoint())) {
            changes.add(Change.TIME_POINT_CHANGED);
        }
        if (amended) {
            changes.add(Change.AMENDED);
        }
        if (changes.isEmpty()) {
            changes.add(Change.AS_REGISTERED);
        }
        return List.copyOf(changes);
    }

    private static List<Long> like(List<Registered> versions, TrialOutcome report) {
        return versions.stream()
                .filter(version -> version.outcomes().stream()
                        .anyMatch(outcome -> same(outcome.getName(), report.getName()) && alike(outcome, report)))
                .map(Registered::number)
                .toList();
    }

    private static Map<String, TrialOutcome> byName(List<TrialOutcome> outcomes) {
        Map<String, TrialOutcome> named = new LinkedHashMap<>();
        outcomes.forEach(outcome -> named.put(normal(outcome.getName()), outcome));
        return named;
    }

    private static boolean alike(TrialOutcome one, TrialOutcome other) {
        return one.getPrimary() == other.getPrimary()
                && same(one.getMeasure(), other.getMeasure())
                && same(one.getTimePoint(), other.getTimePoint());
    }

    private static boolean same(String one, String other) {
        return normal(one).equals(normal(other));
    }

    /** Lowercase as far as A to Z go, with single spaces. */
    static String normal(String text) {
        StringBuilder normal = new StringBuilder();
        boolean space = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ' ' || c == '\n' || c == '\t' || c == '\u00a0') {
                space = true;
            } else {
                normal.append(space && normal.length() > 0 ? " " : "").append(c);
                space = false;
            }
        }
        return Letters.lower(normal.toString());
    }
}
