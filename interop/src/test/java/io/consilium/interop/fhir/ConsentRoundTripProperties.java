package io.consilium.interop.fhir;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.interop.fhir.ReadableRule.Element;
import io.consilium.interop.fhir.ReadableRule.LabelGroup;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** CON-5: whatever a consent says, what is written of it says the same when it is read again. */
class ConsentRoundTripProperties {
    private static final long NOW = LedgerWorld.START;
    private static final ConsentWriter.About ABOUT = new ConsentWriter.About(
            "c".repeat(32), 3, true, "a".repeat(32), "st-mary/consent", NOW - 1_000, "e".repeat(64));
    private static final long LONG_AGO = 946_684_800_000L;
    private static final long LATE = 4_102_444_800_000L;

    /** Tells an exception from its rule, so that it never takes back the whole of it. */
    private static final String AUTHOR = "st-mary/dr-adams";

    @Property(tries = 1000)
    void con5_writtenAndReadAgainIsTheSame(@ForAll("terms") ReadableTerms terms) {
        String written = ConsentWriter.write(ABOUT, terms);
        ConsentReading read =
                ConsentReader.read(written.getBytes(StandardCharsets.UTF_8), ReferenceMap.keepingAll(), NOW);
        assertThat(read).as(written).isInstanceOf(ConsentDocument.class);
        assertThat(((ConsentDocument) read).terms()).isEqualTo(terms);
    }

    /** What is permitted anyway needs no permit, so under a permitting base there are denies alone. */
    @Provide
    Arbitrary<ReadableTerms> terms() {
        return Arbitraries.of(true, false).flatMap(base -> Combinators.combine(
                        spans().optional(0.3),
                        rule(base ? Arbitraries.just(false) : Arbitraries.of(true, false))
                                .list()
                                .ofMinSize(1)
                                .ofMaxSize(4))
                .as((period, rules) -> new ReadableTerms(base, period, rules)));
    }

    private static Arbitrary<ReadableRule> rule(Arbitrary<Boolean> permits) {
        return permits.flatMap(permit -> Combinators.combine(
                        some(1, "riverside", "summit/dr-davis", "role:CLINICIAN", "Organization/unknown"),
                        some(0, "TREAT", "BTG", "HRESCH", "PUBHLTH"),
                        some(0, "access", "correct", "disclose"),
                        groups(),
                        some(0, "b".repeat(32), "Observation/1"),
                        spans().optional(0.3),
                        spans().optional(0.3),
                        exception(!permit).list().ofMaxSize(2))
                .as((actors, purposes, actions, labels, records, period, data, exceptions) -> new ReadableRule(
                        permit, actors, purposes, actions, labels, records, List.of(), period, data, exceptions)));
    }

    /** A permit takes the groups that it does not name from its rule when it is read, so it names none here. */
    private static Arbitrary<ReadableRule> exception(boolean permit) {
        return Combinators.combine(
                        some(0, "riverside", "summit"),
                        some(0, "TREAT", "HRESCH"),
                        permit ? Arbitraries.just(List.<LabelGroup>of()) : groups(),
                        spans().optional(0.3),
                        spans().optional(0.3))
                .as((actors, purposes, labels, period, data) -> new ReadableRule(
                        permit,
                        actors,
                        purposes,
                        List.of(),
                        labels,
                        List.of(),
                        List.of(AUTHOR),
                        period,
                        data,
                        List.of()));
    }

    private static Arbitrary<List<String>> some(int least, String... values) {
        return Arbitraries.of(values).list().uniqueElements().ofMinSize(least).ofMaxSize(3);
    }

    private static Arbitrary<List<LabelGroup>> groups() {
        return Combinators.combine(
                        codings(Coding.RESOURCE_TYPES, "Observation", "Condition"),
                        codings("http://loinc.org", "2339-0", "94500-6"),
                        codings(Confidentiality.SYSTEM, "R"))
                .as((classes, codes, security) -> {
                    List<LabelGroup> groups = new ArrayList<>();
                    add(groups, Element.CLASS, classes);
                    add(groups, Element.CODE, codes);
                    add(groups, Element.SECURITY_LABEL, security);
                    return groups;
                });
    }

    private static void add(List<LabelGroup> groups, Element element, List<Coding> codings) {
        if (!codings.isEmpty()) {
            groups.add(new LabelGroup(element, codings));
        }
    }

    private static Arbitrary<List<Coding>> codings(String system, String... codes) {
        return some(0, codes)
                .map(chosen ->
                        chosen.stream().map(code -> new Coding(system, code)).toList());
    }

    private static Arbitrary<TimeSpan> spans() {
        Arbitrary<Long> times = Arbitraries.longs().between(LONG_AGO, LATE);
        return Combinators.combine(
                        times,
                        Arbitraries.longs().between(1, LATE),
                        Arbitraries.integers().between(0, 2))
                .as((start, length, open) -> switch (open) {
                    case 0 -> new TimeSpan(Optional.of(start), Optional.empty());
                    case 1 -> new TimeSpan(Optional.empty(), Optional.of(start));
                    default -> TimeSpan.span(start, start + length);
                });
    }
}
