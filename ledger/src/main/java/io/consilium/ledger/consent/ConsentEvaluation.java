package io.consilium.ledger.consent;

import com.google.protobuf.ByteString;
import io.consilium.ledger.identity.Signatories;
import io.consilium.ledger.tx.ActorName;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentState;
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
 * <p>Sealed conditions cannot be judged by the chain (PRV-5), so terms are asked twice: leniently, as if the conditions of
 * all permits held and those of no deny, and strictly, the other way round. Every truth lies between the two answers. The
 * custodian's node, which can open them, asks a third time with what it found.
 */
final class ConsentEvaluation {
    /** Which rule answered: its index, and the exception's inside it; -1 for none; and whether it names the purpose. */
    record Place(int rule, int exception, boolean purposeNamed) {
        static final Place BASE = new Place(-1, -1, false);
    }

    enum Answer {
        EXPLICIT_DENY,
        EXPLICIT_PERMIT,
        BASE_DENY,
        BASE_PERMIT,
        NOTHING
    }

    /** One consent's answer; conditional if the rule that gave it has a sealed condition. */
    record Verdict(Answer answer, Place place, boolean conditional) {
        static Verdict ofBase(Answer answer) {
            return new Verdict(answer, Place.BASE, false);
        }

        /** Whether this is the answer whatever the conditions say. */
        boolean isFirm(Answer wanted) {
            return answer == wanted && !conditional;
        }
    }

    /**
     * The request as rules see it, with the author of the record's version.
     *
     * @param actors by which names a rule can mean the requester: the own one, the institution's, and the roles
     * @param permittedLabels the version's categories, and of its levels those that the newest version has too, so that
     *     what was found to be sensitive later is no longer open under its first level (PRV-4)
     * @param deniedLabels those of the newest version too: what was found to be sensitive later is no less so in a version
     *     that was labelled before that was known, so that a deny never fails open (PRV-4)
     */
    record Facts(
            List<String> actors,
            PurposeOfUse purpose,
            ConsentAction action,
            ByteString recordId,
            String author,
            Set<ByteString> permittedLabels,
            Set<ByteString> deniedLabels,
            LabelSpace space,
            long timeMillis) {}

    /** Why a rule does not apply to the request: the first of its criteria that does not fit. */
    enum Criterion {
        PERIOD,
        PURPOSE,
        ACTION,
        ACTOR,
        RECORD,
        AUTHOR,
        LABEL,
        CONDITION
    }

    /** Whether the sealed conditions of a rule hold. */
    interface Conditions {
        boolean hold(boolean permit, ByteString condition);

        /** As if those of all permits held and those of no deny. */
        Conditions LENIENT = (permit, condition) -> permit;

        /** The other way round. */
        Conditions STRICT = (permit, condition) -> !permit;
    }

    private final ConsentTerms terms;
    private final boolean comparable;
    private final Facts facts;
    private final Conditions conditions;

    ConsentEvaluation(ConsentState consent, Facts facts, Conditions conditions) {
        this.terms = consent.getTerms();
        this.comparable = LabelSpace.of(consent).equals(facts.space());
        this.facts = facts;
        this.conditions = conditions;
    }

    Verdict evaluate() {
        return step(true).or(() -> step(false)).orElseGet(() -> Verdict.ofBase(base(terms.getBasePermit(), facts)));
    }

    /** Exceptions or rules: the first deny that matches, else the first permit. */
    private Optional<Verdict> step(boolean exceptions) {
        Optional<Verdict> permit = Optional.empty();
        for (int i = 0; i < terms.getRulesCount(); i++) {
            ConsentRule rule = terms.getRules(i);
            int count = exceptions ? rule.getExceptionsCount() : 1;
            for (int j = 0; j < count; j++) {
                ConsentRule own = exceptions ? rule.getExceptions(j) : rule;
                if (mismatch(own, rule).isPresent()) {
                    continue;
                }
                boolean named = own.getPurposesCount() + rule.getPurposesCount() > 0;
                Place place = new Place(i, exceptions ? j : -1, named);
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

    /** What a consent says of which no rule matches. */
    static Answer base(boolean permit, Facts facts) {
        if (!permit) {
            return Answer.BASE_DENY;
        }
        // CON-3: a base names no purpose, so it never permits one that must be named
        return facts.purpose().mustBeNamed() ? Answer.NOTHING : Answer.BASE_PERMIT;
    }

    /** Every criterion of the rule, an omitted one taken from the outer rule, must fit; gives the first that does not. */
    Optional<Criterion> mismatch(ConsentRule own, ConsentRule outer) {
        Period period = own.hasPeriod() ? own.getPeriod() : outer.getPeriod();
        if (!namesRequester(inherit(own.getActorsList(), outer.getActorsList()))) {
            return Optional.of(Criterion.ACTOR);
        }
        if (!facts.purpose().isCoveredByAny(inherit(own.getPurposesList(), outer.getPurposesList()))) {
            return Optional.of(Criterion.PURPOSE);
        }
        if (!namesAction(inherit(own.getActionsList(), outer.getActionsList()))) {
            return Optional.of(Criterion.ACTION);
        }
        if (!Signatories.covers(period, facts.timeMillis())) {
            return Optional.of(Criterion.PERIOD);
        }
        if (!namesRecord(inherit(own.getRecordIdsList(), outer.getRecordIdsList()))) {
            return Optional.of(Criterion.RECORD);
        }
        if (!namesAuthor(inherit(own.getAuthorsList(), outer.getAuthorsList()))) {
            return Optional.of(Criterion.AUTHOR);
        }
        if (!hasLabels(own.getPermit(), inherit(own.getLabelsList(), outer.getLabelsList()))) {
            return Optional.of(Criterion.LABEL);
        }
        boolean holds = !isConditional(own, outer) || conditions.hold(own.getPermit(), conditions(own, outer));
        return holds ? Optional.empty() : Optional.of(Criterion.CONDITION);
    }

    private static <T> List<T> inherit(List<T> own, List<T> outer) {
        return own.isEmpty() ? outer : own;
    }

    private static ByteString conditions(ConsentRule own, ConsentRule outer) {
        return own.getSealedConditions().isEmpty() ? outer.getSealedConditions() : own.getSealedConditions();
    }

    static boolean isConditional(ConsentRule own, ConsentRule outer) {
        return !own.getSealedConditions().isEmpty()
                || !outer.getSealedConditions().isEmpty();
    }

    private boolean namesAction(List<String> actions) {
        return actions.isEmpty() || actions.contains(facts.action().code());
    }

    private boolean namesRequester(List<String> actors) {
        return actors.isEmpty() || facts.actors().stream().anyMatch(actors::contains);
    }

    private boolean namesRecord(List<ByteString> recordIds) {
        return recordIds.isEmpty() || recordIds.contains(facts.recordId());
    }

    private boolean namesAuthor(List<String> authors) {
        return authors.isEmpty()
                || authors.contains(facts.author())
                || authors.contains(ActorName.institutionOf(facts.author()));
    }

    /**
     * Groups are joined by AND, the labels of a group by OR (CON-1). Labels that cannot be compared with the record's hold
     * for a deny and not for a permit, so that neither a new scope key nor a merge ever opens anything (PRV-7, ID-3).
     */
    private boolean hasLabels(boolean permit, List<LabelGroup> groups) {
        if (!comparable && !groups.isEmpty()) {
            return !permit;
        }
        Set<ByteString> labels = permit ? facts.permittedLabels() : facts.deniedLabels();
        for (LabelGroup group : groups) {
            if (group.getLabelsList().stream().noneMatch(labels::contains)) {
                return false;
            }
        }
        return true;
    }
}
