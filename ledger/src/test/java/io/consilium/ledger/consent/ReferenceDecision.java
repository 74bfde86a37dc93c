package io.consilium.ledger.consent;

import com.google.protobuf.ByteString;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.LabelGroup;
import io.consilium.proto.Period;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * CON-2 written a second time, as the shortest thing that could be right: every consent votes with one letter (D and P
 * for rules, d and p for bases), and the first of D, P, custodian, d, p that occurs wins. Knows a handful of purposes,
 * and which sealed conditions are true.
 */
record ReferenceDecision(
        String member,
        List<String> roles,
        String purpose,
        String action,
        ByteString record,
        String author,
        List<ByteString> labels,
        long time,
        boolean custodianTreats,
        Predicate<ByteString> conditionHolds) {
    private static final Map<String, String> ABOVE = Map.of(
            "COC", "TREAT", "ETREAT", "TREAT", "ERTREAT", "ETREAT", "CLINTRCH", "HRESCH", "TREAT", "", "HRESCH", "");

    boolean permits(List<ConsentTerms> consents) {
        StringBuilder votes = new StringBuilder();
        for (ConsentTerms terms : consents) {
            if (inside(terms.getPeriod())) {
                votes.append(vote(terms));
            }
        }
        for (char vote : new char[] {'D', 'P', 'c', 'd', 'p'}) {
            if (vote == 'c' ? custodianTreats : votes.indexOf(String.valueOf(vote)) >= 0) {
                return vote == 'P' || vote == 'c' || vote == 'p';
            }
        }
        return false;
    }

    private char vote(ConsentTerms terms) {
        List<Boolean> inner = new ArrayList<>();
        List<Boolean> outer = new ArrayList<>();
        boolean ofItsKey = terms.getLabelEpoch() <= 1;
        for (ConsentRule rule : terms.getRulesList()) {
            if (fits(rule, ofItsKey)) {
                outer.add(rule.getPermit());
            }
            for (ConsentRule exception : rule.getExceptionsList()) {
                if (fits(filled(exception, rule), ofItsKey)) {
                    inner.add(exception.getPermit());
                }
            }
        }
        for (List<Boolean> tier : List.of(inner, outer)) {
            if (!tier.isEmpty()) {
                return tier.contains(false) ? 'D' : 'P';
            }
        }
        boolean named = purpose.equals("BTG") || purpose.equals("CLINTRL");
        return terms.getBasePermit() ? (named ? '-' : 'p') : 'd';
    }

    /** The exception with everything that it omits taken from its rule. */
    private static ConsentRule filled(ConsentRule exception, ConsentRule rule) {
        ConsentRule.Builder filled = exception.toBuilder();
        rule.getAllFields().forEach((field, value) -> {
            boolean omitted = field.isRepeated() ? filled.getRepeatedFieldCount(field) == 0 : !filled.hasField(field);
            if (omitted && !field.getName().equals("permit") && !field.getName().equals("exceptions")) {
                filled.setField(field, value);
            }
        });
        return filled.build();
    }

    /** @param ofItsKey whether its labels were made with the record's scope key; others hold for denies alone */
    private boolean fits(ConsentRule rule, boolean ofItsKey) {
        return inside(rule.getPeriod())
                && fits(rule.getActorsList(), this::isMe)
                && (rule.getPurposesCount() == 0
                        ? !purpose.equals("BTG") && !purpose.equals("CLINTRL")
                        : rule.getPurposesList().stream().anyMatch(this::covers))
                && fits(rule.getActionsList(), action::equals)
                && fits(rule.getRecordIdsList(), record::equals)
                && fits(rule.getAuthorsList(), name -> author.equals(name) || author.startsWith(name + "/"))
                && (rule.getLabelsCount() == 0
                        || (ofItsKey ? rule.getLabelsList().stream().allMatch(this::carriesOneOf) : !rule.getPermit()))
                && (rule.getSealedConditions().isEmpty() || conditionHolds.test(rule.getSealedConditions()));
    }

    private static <T> boolean fits(List<T> named, Predicate<T> isMeant) {
        return named.isEmpty() || named.stream().anyMatch(isMeant);
    }

    private boolean isMe(String actor) {
        return actor.startsWith("role:")
                ? roles.contains(actor.substring(5))
                : member.equals(actor) || member.startsWith(actor + "/");
    }

    private boolean covers(String named) {
        for (String at = purpose; !at.isEmpty(); at = ABOVE.getOrDefault(at, "")) {
            if (at.equals(named)) {
                return true;
            }
        }
        return false;
    }

    private boolean carriesOneOf(LabelGroup group) {
        return labels.stream().anyMatch(group.getLabelsList()::contains);
    }

    private boolean inside(Period period) {
        return period.getStartMillis() <= time && (period.getEndMillis() == 0 || time < period.getEndMillis());
    }
}
