package io.consilium.interop.fhir;

import io.consilium.interop.fhir.ReadableRule.LabelGroup;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/** What one provision restricts, element by element; empty restricts nothing, or takes what the provision around says. */
record Criteria(
        List<String> actors,
        List<String> authors,
        List<String> purposes,
        List<String> actions,
        List<Coding> classes,
        List<Coding> codes,
        List<Coding> securityLabels,
        List<String> records,
        Optional<TimeSpan> period,
        Optional<TimeSpan> dataPeriod) {
    static final Criteria NONE = new Criteria(
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty());

    Criteria withoutPeriod() {
        return withPeriod(Optional.empty());
    }

    Criteria withPeriod(Optional<TimeSpan> other) {
        return new Criteria(
                actors, authors, purposes, actions, classes, codes, securityLabels, records, other, dataPeriod);
    }

    /** These, and for every element that they leave out the outer one's (CON-1). */
    Criteria within(Criteria outer) {
        return new Criteria(
                or(actors, outer.actors),
                or(authors, outer.authors),
                or(purposes, outer.purposes),
                or(actions, outer.actions),
                or(classes, outer.classes),
                or(codes, outer.codes),
                or(securityLabels, outer.securityLabels),
                or(records, outer.records),
                period.or(() -> outer.period),
                dataPeriod.or(() -> outer.dataPeriod));
    }

    /** Whether they leave out every element that the outer ones have, and so can only narrow them. */
    boolean onlyNarrow(Criteria outer) {
        return (actors.isEmpty() || outer.actors.isEmpty())
                && (authors.isEmpty() || outer.authors.isEmpty())
                && (purposes.isEmpty() || outer.purposes.isEmpty())
                && (actions.isEmpty() || outer.actions.isEmpty())
                && (classes.isEmpty() || outer.classes.isEmpty())
                && (codes.isEmpty() || outer.codes.isEmpty())
                && (securityLabels.isEmpty() || outer.securityLabels.isEmpty())
                && (records.isEmpty() || outer.records.isEmpty())
                && (period.isEmpty() || outer.period.isEmpty())
                && (dataPeriod.isEmpty() || outer.dataPeriod.isEmpty());
    }

    /** Whether they reach everything that the outer ones reach: each is left out, or says the same. */
    boolean reachAllOf(Criteria outer) {
        return same(actors, outer.actors)
                && same(authors, outer.authors)
                && same(purposes, outer.purposes)
                && same(actions, outer.actions)
                && same(classes, outer.classes)
                && same(codes, outer.codes)
                && same(securityLabels, outer.securityLabels)
                && same(records, outer.records)
                && (period.isEmpty() || period.equals(outer.period))
                && (dataPeriod.isEmpty() || dataPeriod.equals(outer.dataPeriod));
    }

    boolean hasLabels() {
        return !classes.isEmpty() || !codes.isEmpty() || !securityLabels.isEmpty();
    }

    /** AND between the elements, OR inside each. */
    List<LabelGroup> labels() {
        List<LabelGroup> groups = new ArrayList<>();
        add(groups, ReadableRule.Element.CLASS, classes);
        add(groups, ReadableRule.Element.CODE, codes);
        add(groups, ReadableRule.Element.SECURITY_LABEL, securityLabels);
        return groups;
    }

    private static void add(List<LabelGroup> groups, ReadableRule.Element element, List<Coding> codings) {
        if (!codings.isEmpty()) {
            groups.add(new LabelGroup(element, codings));
        }
    }

    private static <T> List<T> or(List<T> own, List<T> outer) {
        return own.isEmpty() ? outer : own;
    }

    private static <T> boolean same(List<T> own, List<T> outer) {
        return own.isEmpty() || new LinkedHashSet<>(own).equals(new LinkedHashSet<>(outer));
    }
}
