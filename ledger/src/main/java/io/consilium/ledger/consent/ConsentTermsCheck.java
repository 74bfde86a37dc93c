package io.consilium.ledger.consent;

import io.consilium.ledger.identity.MemberRole;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.tx.ActorName;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentTerms;
import io.consilium.proto.PatientState;
import io.consilium.proto.Period;
import java.util.List;
import java.util.Optional;

/** Whether the words of consent terms mean something: actors exist, codes are known, periods are not empty. */
final class ConsentTermsCheck {
    static final String ROLE_PREFIX = "role:";

    private ConsentTermsCheck() {}

    static Optional<Rejection> refusal(LedgerState state, PatientState patient, ConsentTerms terms, long timeMillis) {
        if (LabelSpace.isUsedBy(terms) && LabelSpace.epoch(terms) != patient.getLabelEpoch()) {
            // PRV-7: a deny by labels of an old key would match nothing
            return Optional.of(Refusal.LABEL_EPOCH_STALE.under("PRV-7", "the epoch is " + patient.getLabelEpoch()));
        }
        if (!terms.getExpression().isEmpty()) {
            // CON-7: a rule that nobody evaluates must not look as if it had a say
            return Optional.of(Refusal.RULE_UNSUPPORTED.rejection("terms.expression"));
        }
        Period period = terms.getPeriod();
        if (period.getEndMillis() != 0 && period.getEndMillis() <= timeMillis && !isEmpty(period)) {
            return Optional.of(Refusal.PERIOD_OVER.rejection("terms.period"));
        }
        Optional<Rejection> refusal = period(period, "terms.period");
        for (int i = 0; refusal.isEmpty() && i < terms.getRulesCount(); i++) {
            ConsentRule rule = terms.getRules(i);
            String path = "terms.rules[" + i + "]";
            refusal = rule(state, rule, path);
            for (int j = 0; refusal.isEmpty() && j < rule.getExceptionsCount(); j++) {
                refusal = rule(state, rule.getExceptions(j), path + ".exceptions[" + j + "]");
            }
        }
        return refusal;
    }

    private static Optional<Rejection> rule(LedgerState state, ConsentRule rule, String path) {
        return period(rule.getPeriod(), path + ".period")
                .or(() -> purposes(rule.getPurposesList(), path))
                .or(() -> actions(rule.getActionsList(), path))
                .or(() -> actors(state, rule.getActorsList(), path + ".actors"))
                .or(() -> actors(state, rule.getAuthorsList(), path + ".authors"));
    }

    private static Optional<Rejection> period(Period period, String path) {
        return isEmpty(period) ? Optional.of(Refusal.PERIOD_EMPTY.rejection(path)) : Optional.empty();
    }

    private static boolean isEmpty(Period period) {
        return period.getEndMillis() != 0 && period.getEndMillis() <= period.getStartMillis();
    }

    private static Optional<Rejection> purposes(List<String> codes, String path) {
        for (String code : codes) {
            if (PurposeOfUse.of(code).isEmpty()) {
                return Optional.of(Refusal.PURPOSE_UNKNOWN.rejection(path + ".purposes: " + code));
            }
        }
        return Optional.empty();
    }

    private static Optional<Rejection> actions(List<String> codes, String path) {
        for (String code : codes) {
            if (ConsentAction.of(code).isEmpty()) {
                return Optional.of(Refusal.ACTION_UNKNOWN.rejection(path + ".actions: " + code));
            }
        }
        return Optional.empty();
    }

    private static Optional<Rejection> actors(LedgerState state, List<String> actors, String path) {
        for (String actor : actors) {
            if (!exists(state, actor)) {
                return Optional.of(Refusal.ACTOR_UNKNOWN.rejection(path + ": " + actor));
            }
        }
        return Optional.empty();
    }

    private static boolean exists(LedgerState state, String actor) {
        if (actor.startsWith(ROLE_PREFIX)) {
            return MemberRole.of(actor.substring(ROLE_PREFIX.length())).isPresent();
        }
        return ActorName.parse(actor).map(name -> exists(state, name)).orElse(false);
    }

    private static boolean exists(LedgerState state, ActorName name) {
        return name instanceof ActorName.Member member
                ? state.member(member.text()).isPresent()
                : state.institution(name.text()).isPresent();
    }
}
