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
 * <p>Sealed conditions cannot be judged here (PRV-5). A conditional deny is remembered as open while the search goes
 * on; a conditional permit ends it.
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

    /**
     * One consent's answer.
     *
     * @param conditional the permit holds only if its sealed condition does
     * @param openDeny a deny that would come before the answer if its sealed condition held
     */
    record Verdict(Answer answer, Place place, boolean conditional, Optional<Place> openDeny) {}

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
    private Optional<Place> openDeny = Optional.empty();

    private ConsentEvaluation(ConsentTerms terms, Facts facts) {
        this.terms = terms;
        this.facts = facts;
    }

    static Verdict evaluate(ConsentTerms terms, Facts facts) {
        ConsentEvaluation evaluation = new ConsentEvaluation(terms, facts);
        return evaluation.step(true).or(() -> evaluation.step(false)).orElseGet(evaluation::base);
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
                boolean conditional = !conditions(own, rule).isEmpty();
                if (own.getPermit()) {
                    permit = better(permit, new Verdict(Answer.EXPLICIT_PERMIT, place, conditional, openDeny));
                } else if (!conditional) {
                    return Optional.of(new Verdict(Answer.EXPLICIT_DENY, place, false, Optional.empty()));
                } else if (openDeny.isEmpty()) {
                    openDeny = Optional.of(place);
                }
            }
        }
        return permit.map(found -> new Verdict(found.answer(), found.place(), found.conditional(), openDeny));
    }

    /** The first permit, unless a later one needs no condition. */
    private static Optional<Verdict> better(Optional<Verdict> first, Verdict next) {
        boolean improves =
                first.map(found -> found.conditional() && !next.conditional()).orElse(true);
        return improves ? Optional.of(next) : first;
    }

    private Verdict base() {
        if (!terms.getBasePermit()) {
            return new Verdict(Answer.BASE_DENY, Place.BASE, false, openDeny);
        }
        // CON-3: a base names no purpose, so it never permits one that must be named
        Answer answer = facts.purpose().mustBeNamed() ? Answer.NOTHING : Answer.BASE_PERMIT;
        return new Verdict(answer, Place.BASE, false, openDeny);
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
                && hasLabels(inherit(own.getLabelsList(), outer.getLabelsList()));
    }

    private static <T> List<T> inherit(List<T> own, List<T> outer) {
        return own.isEmpty() ? outer : own;
    }

    private static ByteString conditions(ConsentRule own, ConsentRule outer) {
        return own.getSealedConditions().isEmpty() ? outer.getSealedConditions() : own.getSealedConditions();
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
