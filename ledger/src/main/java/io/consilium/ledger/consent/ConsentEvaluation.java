package io.consilium.ledger.consent;

import com.google.protobuf.ByteString;
import io.consilium.ledger.identity.Signatories;
import io.consilium.ledger.tx.ActorName;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.LabelGroup;
import io.consilium.proto.Period;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the terms of one consent say to one request (CON-1, CON-2).
 *
 * <p>An exception takes part with its own criteria and with its rule's where it has none of a kind; it applies whether
 * or not its rule does. Exceptions are asked before rules, rules before the base, and at each step a deny wins.
 *
 * <p>Sealed conditions cannot be judged here (PRV-5), so terms are asked twice: leniently, as if the conditions of all
 * permits held and those of no deny, and strictly, the other way round. Every truth lies between the two answers.
 */
final class ConsentEvaluation {
    /** Which rule answered: its index, and the exception's inside it; -1 for none. */
    record Place(int rule, int exception) {
        static final Place BASE = new Place(-1, -1);
    }

    enum Answer {
        EXPLICIT_DENY,
        EXPLICIT_PERMIT,
        BASE_DENY,
        BASE_PERMIT,
        NOTHING
    }

    /** One consent's answer; conditional if the rule that gave it has a sealed condition. */
    record Verdict(Answer answer, Place place, boolean conditional) {}

    /** The request as rules see it, with the labels and author of the record's version. */
    record Facts(
            String requester,
            List<String> roles,
            PurposeOfUse purpose,
            ConsentAction action,
            ByteString recordId,
            String author,
            Set<ByteString> labels,
            long timeMillis) {}

    private final ConsentTerms terms;
    private final Facts facts;
    private final boolean lenient;

    private ConsentEvaluation(ConsentTerms terms, Facts facts, boolean lenient) {
        this.terms = terms;
        this.facts = facts;
        this.lenient = lenient;
    }

    static Verdict evaluate(ConsentTerms terms, Facts facts, boolean lenient) {
        ConsentEvaluation evaluation = new ConsentEvaluation(terms, facts, lenient);
        return evaluation.step(true).or(() -> evaluation.step(false)).orElseGet(evaluation::base);
    }

    static boolean hasConditions(ConsentTerms terms) {
        for (ConsentRule rule : terms.getRulesList()) {
            if (!rule.getSealedConditions().isEmpty()
                    || rule.getExceptionsList().stream()
                            .anyMatch(exception ->
                                    !exception.getSealedConditions().isEmpty())) {
                return true;
            }
        }
        return false;
    }

    /** Exceptions or rules: the first deny that matches, else the first permit. */
    private Optional<Verdict> step(boolean exceptions) {
        Optional<Verdict> permit = Optional.empty();
        for (int i = 0; i < terms.getRulesCount(); i++) {
            ConsentRule rule = terms.getRules(i);
            int count = exceptions ? rule.getExceptionsCount() : 1;
            for (int j = 0; j < count; j++) {
                ConsentRule own = exceptions ? rule.getExceptions(j) : rule;
                if (!matches(own, rule)) {
                    continue;
                }
                Place place = new Place(i, exceptions ? j : -1);
                boolean conditional = isConditional(own, rule);
                if (!own.getPermit()) {
                    return Optional.of(new Verdict(Answer.EXPLICIT_DENY, place, conditional));
                }
                if (permit.isEmpty()) {
                    permit = Optional.of(new Verdict(Answer.EXPLICIT_PERMIT, place, conditional));
                }
            }
        }
        return permit;
    }

    private Verdict base() {
        if (!terms.getBasePermit()) {
            return new Verdict(Answer.BASE_DENY, Place.BASE, false);
        }
        // CON-3: a base names no purpose, so it never permits one that must be named
        Answer answer = facts.purpose().mustBeNamed() ? Answer.NOTHING : Answer.BASE_PERMIT;
        return new Verdict(answer, Place.BASE, false);
    }

    /** Every criterion of the rule, an omitted one taken from the outer rule, must fit. */
    private boolean matches(ConsentRule own, ConsentRule outer) {
        Period period = own.hasPeriod() ? own.getPeriod() : outer.getPeriod();
        return Signatories.covers(period, facts.timeMillis())
                && facts.purpose().isCoveredByAny(inherit(own.getPurposesList(), outer.getPurposesList()))
                && namesAction(inherit(own.getActionsList(), outer.getActionsList()))
                && namesRequester(inherit(own.getActorsList(), outer.getActorsList()))
                && namesRecord(inherit(own.getRecordIdsList(), outer.getRecordIdsList()))
                && namesAuthor(inherit(own.getAuthorsList(), outer.getAuthorsList()))
                && hasLabels(inherit(own.getLabelsList(), outer.getLabelsList()))
                && (!isConditional(own, outer) || own.getPermit() == lenient);
    }

    private static <T> List<T> inherit(List<T> own, List<T> outer) {
        return own.isEmpty() ? outer : own;
    }

    private static boolean isConditional(ConsentRule own, ConsentRule outer) {
        return !own.getSealedConditions().isEmpty()
                || !outer.getSealedConditions().isEmpty();
    }

    private boolean namesAction(List<String> actions) {
        return actions.isEmpty() || actions.contains(facts.action().code());
    }

    private boolean namesRequester(List<String> actors) {
        return actors.isEmpty()
                || actors.contains(facts.requester())
                || actors.contains(ActorName.institutionOf(facts.requester()))
                || facts.roles().stream().anyMatch(role -> actors.contains(ConsentTermsCheck.ROLE_PREFIX + role));
    }

    private boolean namesRecord(List<ByteString> recordIds) {
        return recordIds.isEmpty() || recordIds.contains(facts.recordId());
    }

    private boolean namesAuthor(List<String> authors) {
        return authors.isEmpty()
                || authors.contains(facts.author())
                || authors.contains(ActorName.institutionOf(facts.author()));
    }

    /** Groups are joined by AND, the labels of a group by OR (CON-1). */
    private boolean hasLabels(List<LabelGroup> groups) {
        for (LabelGroup group : groups) {
            if (group.getLabelsList().stream().noneMatch(facts.labels()::contains)) {
                return false;
            }
        }
        return true;
    }
}
