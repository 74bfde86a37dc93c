package io.consilium.interop.fhir;

import com.google.protobuf.ByteString;
import io.consilium.interop.fhir.ReadableRule.LabelGroup;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.Period;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A chain's terms made readable again by whoever knows what its labels were made of (CON-5). */
public final class TermsReading {
    private final List<KnownLabel> known;

    private TermsReading(List<KnownLabel> known) {
        this.known = known;
    }

    /** A label, and what it was made of; of a confidentiality there are two, one for permits and one for denies. */
    public record KnownLabel(ReadableRule.Element element, Coding coding, ByteString label) {}

    /** Why terms cannot be read. */
    public static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        private final String reason;

        Unreadable(String reason) {
            super(reason);
            this.reason = reason;
        }

        public String reason() {
            return reason;
        }
    }

    /** How a sealed condition is opened. */
    public interface Conditions<E extends Exception> {
        Period dataPeriod(ByteString sealed) throws E;
    }

    /**
     * @param known in the order in which the terms named them
     * @throws Unreadable with one line of reason
     */
    public static <E extends Exception> ReadableTerms read(
            ConsentTerms terms, List<KnownLabel> known, Conditions<E> conditions) throws E, Unreadable {
        TermsReading reading = new TermsReading(known);
        List<ReadableRule> rules = new ArrayList<>();
        for (ConsentRule rule : terms.getRulesList()) {
            rules.add(reading.rule(rule, conditions));
        }
        return new ReadableTerms(
                terms.getBasePermit(),
                terms.hasPeriod() ? Optional.of(span(terms.getPeriod())) : Optional.empty(),
                rules);
    }

    private <E extends Exception> ReadableRule rule(ConsentRule rule, Conditions<E> conditions) throws E, Unreadable {
        List<LabelGroup> labels = new ArrayList<>();
        int before = -1;
        for (io.consilium.proto.LabelGroup group : rule.getLabelsList()) {
            LabelGroup read = group(group, before);
            before = read.element().ordinal();
            labels.add(read);
        }
        Optional<TimeSpan> dataPeriod = Optional.empty();
        if (!rule.getSealedConditions().isEmpty()) {
            dataPeriod = Optional.of(span(conditions.dataPeriod(rule.getSealedConditions())));
        }
        List<ReadableRule> exceptions = new ArrayList<>();
        for (ConsentRule exception : rule.getExceptionsList()) {
            exceptions.add(rule(exception, conditions));
        }
        return new ReadableRule(
                rule.getPermit(),
                rule.getActorsList(),
                rule.getPurposesList(),
                rule.getActionsList(),
                labels,
                rule.getRecordIdsList().stream()
                        .map(id -> HexFormat.of().formatHex(id.toByteArray()))
                        .toList(),
                rule.getAuthorsList(),
                rule.hasPeriod() ? Optional.of(span(rule.getPeriod())) : Optional.empty(),
                dataPeriod,
                exceptions);
    }

    /** The group's codings in the order of the known ones, in an element after those of the groups before it. */
    private LabelGroup group(io.consilium.proto.LabelGroup group, int before) throws Unreadable {
        for (ReadableRule.Element element : ReadableRule.Element.values()) {
            if (element.ordinal() <= before) {
                continue;
            }
            Set<Coding> codings = new LinkedHashSet<>();
            Set<ByteString> found = new LinkedHashSet<>();
            for (KnownLabel each : known) {
                if (each.element() == element && group.getLabelsList().contains(each.label())) {
                    codings.add(each.coding());
                    found.add(each.label());
                }
            }
            if (found.containsAll(group.getLabelsList())) {
                return new LabelGroup(element, List.copyOf(codings));
            }
        }
        throw new Unreadable(
                "its labels were made of codes that are not known here, or that no FHIR provision joins so");
    }

    private static TimeSpan span(Period period) {
        return new TimeSpan(side(period.getStartMillis()), side(period.getEndMillis()));
    }

    private static Optional<Long> side(long millis) {
        return millis == 0 ? Optional.empty() : Optional.of(millis);
    }
}
