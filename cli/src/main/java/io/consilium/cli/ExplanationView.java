package io.consilium.cli;

import io.consilium.proto.ConsentCheckResponse;
import io.consilium.proto.ConsentExplained;
import io.consilium.proto.RuleExplained;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Shows why each consent and rule decided or did not: as one object, and as a line for each rule in a table. */
final class ExplanationView {
    private final Session session;

    ExplanationView(Session session) {
        this.session = session;
    }

    void print(Map<String, Object> decision, ConsentCheckResponse response) {
        if (session.output().format() != GlobalOptions.Format.table) {
            decision.put(
                    "explanation",
                    response.getExplanationList().stream()
                            .map(ExplanationView::object)
                            .toList());
            decision.put("explanationComplete", response.getExplanationComplete());
            session.output().result(decision);
            return;
        }
        session.output().result(decision);
        List<Map<String, Object>> lines = new ArrayList<>();
        response.getExplanationList().forEach(consent -> lines.addAll(lines(consent)));
        session.output()
                .list(List.of("consentId", "version", "fate", "rule", "type", "result"), lines, Optional.empty());
        if (!response.getExplanationComplete()) {
            session.output().say("There are more consents than are explained.");
        }
    }

    private static Map<String, Object> object(ConsentExplained consent) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("consentId", Ids.text(consent.getConsentId()));
        object.put("version", consent.getVersion());
        object.put("fate", consent.getFate());
        object.put("answer", consent.getAnswer());
        List<Object> rules = new ArrayList<>();
        for (RuleExplained rule : consent.getRulesList()) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("ruleIndex", rule.getRuleIndex());
            line.put("exceptionIndex", rule.getExceptionIndex());
            line.put("type", type(rule));
            line.put("conditional", rule.getConditional());
            line.put("result", rule.getResult());
            rules.add(line);
        }
        object.put("rules", rules);
        return object;
    }

    /** A line for the consent's own answer, then one for each rule and exception. */
    private static List<Map<String, Object>> lines(ConsentExplained consent) {
        List<Map<String, Object>> lines = new ArrayList<>();
        lines.add(line(consent, "-", "answer", consent.getAnswer()));
        for (RuleExplained rule : consent.getRulesList()) {
            String place = rule.getExceptionIndex() < 0
                    ? String.valueOf(rule.getRuleIndex())
                    : rule.getRuleIndex() + "." + rule.getExceptionIndex();
            lines.add(line(consent, place, type(rule), rule.getResult()));
        }
        return lines;
    }

    private static Map<String, Object> line(ConsentExplained consent, String rule, String type, String result) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("consentId", Ids.text(consent.getConsentId()));
        line.put("version", consent.getVersion());
        line.put("fate", consent.getFate());
        line.put("rule", rule);
        line.put("type", type);
        line.put("result", result.toUpperCase(Locale.ROOT));
        return line;
    }

    private static String type(RuleExplained rule) {
        String type = rule.getPermit() ? "permit" : "deny";
        return rule.getConditional() ? type + ", conditional" : type;
    }
}
