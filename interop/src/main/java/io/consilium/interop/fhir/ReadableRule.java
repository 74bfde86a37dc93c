package io.consilium.interop.fhir;

import java.util.List;
import java.util.Optional;

/**
 * One rule of a consent in clear. Values of one list are joined by OR, lists by AND; an empty list restricts nothing, in
 * an exception it takes what its rule says.
 *
 * @param actors recipients: institution, {@code institution/handle}, {@code role:ROLE}, or a reference of the document
 *     where nobody said whom it means
 * @param purposes HL7 v3 PurposeOfUse codes
 * @param actions access, correct, disclose
 * @param labels groups joined by AND
 * @param records record ids in hex, or references of the document
 * @param authors as actors, without roles
 * @param dataPeriod when what the record tells of happened; a condition that the chain cannot judge (PRV-5)
 * @param rules exceptions, which have none of their own
 */
public record ReadableRule(
        boolean permit,
        List<String> actors,
        List<String> purposes,
        List<String> actions,
        List<LabelGroup> labels,
        List<String> records,
        List<String> authors,
        Optional<TimeSpan> period,
        Optional<TimeSpan> dataPeriod,
        List<ReadableRule> rules) {
    /** The element of a FHIR provision that a group of labels stands in. */
    public enum Element {
        CLASS,
        CODE,
        SECURITY_LABEL
    }

    /**
     * Categories of which a record must have one.
     *
     * @param codings a code of {@link Confidentiality#SYSTEM} reaches its level and lower ones in a permit, its level and
     *     higher ones in a deny (CON-2)
     */
    public record LabelGroup(Element element, List<Coding> codings) {
        public LabelGroup {
            codings = List.copyOf(codings);
            if (codings.isEmpty()) {
                throw new IllegalArgumentException("a group without labels matches nothing");
            }
        }
    }

    public ReadableRule {
        actors = List.copyOf(actors);
        purposes = List.copyOf(purposes);
        actions = List.copyOf(actions);
        labels = List.copyOf(labels);
        records = List.copyOf(records);
        authors = List.copyOf(authors);
        rules = List.copyOf(rules);
    }
}
