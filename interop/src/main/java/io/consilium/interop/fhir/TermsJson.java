package io.consilium.interop.fhir;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Readable terms as the JSON that people and programs see: codes as {@code system|code}, groups of labels as lists. */
public final class TermsJson {
    private TermsJson() {}

    /** Ordered members, always the same; lists that restrict nothing and periods that are none are empty. */
    public static Map<String, Object> write(ReadableTerms terms) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("base", decision(terms.basePermit()));
        object.put("period", terms.period().map(TermsJson::period));
        object.put("rules", rules(terms.rules()));
        return object;
    }

    private static List<Object> rules(List<ReadableRule> rules) {
        List<Object> items = new ArrayList<>();
        for (ReadableRule rule : rules) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("type", decision(rule.permit()));
            object.put("actors", rule.actors());
            object.put("purposes", rule.purposes());
            object.put("actions", rule.actions());
            object.put("labels", rule.labels().stream().map(TermsJson::codes).toList());
            object.put("records", rule.records());
            object.put("authors", rule.authors());
            object.put("period", rule.period().map(TermsJson::period));
            object.put("dataPeriod", rule.dataPeriod().map(TermsJson::period));
            object.put("rules", rules(rule.rules()));
            items.add(object);
        }
        return items;
    }

    private static List<String> codes(ReadableRule.LabelGroup group) {
        return group.codings().stream()
                .map(coding -> coding.system() + "|" + coding.code())
                .toList();
    }

    private static String decision(boolean permit) {
        return permit ? "permit" : "deny";
    }

    /** As FHIR and the command line write it: days of UTC with the end inclusive, else RFC 3339. */
    private static Map<String, Object> period(TimeSpan span) {
        Map<String, Object> object = new LinkedHashMap<>();
        put(object, "start", span.startText());
        put(object, "end", span.endText());
        return object;
    }

    private static void put(Map<String, Object> object, String name, Optional<String> text) {
        text.ifPresent(value -> object.put(name, value));
    }
}
