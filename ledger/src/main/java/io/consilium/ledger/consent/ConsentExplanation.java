package io.consilium.ledger.consent;

import com.google.protobuf.ByteString;
import io.consilium.ledger.consent.ConsentEvaluation.Conditions;
import io.consilium.ledger.consent.ConsentEvaluation.Criterion;
import io.consilium.ledger.consent.ConsentEvaluation.Verdict;
import io.consilium.ledger.state.LedgerState;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentState;
import io.consilium.proto.ConsentTerms;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which consent and rule decided, and of every other that is not revoked, why it did not: for the patient and the custodian.
 * The rules are held against the request by {@link ConsentEvaluation}, as the decision itself does it.
 */
public final class ConsentExplanation {
    /** Rules of all consents together that are explained; a decision has no such bound. */
    public static final int MAX_RULES = 10_000;

    private final Decision decision;
    private final DecisionQuestion question;
    private int rules;

    private ConsentExplanation(Decision decision, DecisionQuestion question) {
        this.decision = decision;
        this.question = question;
    }

    /**
     * @param consents in the order of their grants; none where the decision asks no consent
     * @param complete whether all of them fit
     */
    public record Explained(Decision decision, List<OfConsent> consents, boolean complete) {}

    /** What became of one consent. */
    public enum Fate {
        /** It is the one that the decision names. */
        DECIDED,
        /** Its period does not cover the time (CON-4). */
        NOT_IN_PERIOD,
        /** It answers nothing: its base permits, and the purpose must be named (CON-3). */
        SILENT,
        /** It answers alike and was granted later, or only under a condition. */
        AGREES,
        /** Another answer goes before its own. */
        OUTRANKED
    }

    /**
     * @param answer EXPLICIT_DENY, EXPLICIT_PERMIT, BASE_DENY, BASE_PERMIT or NOTHING; as if conditions of permits held and
     *     those of denies did not
     */
    public record OfConsent(ByteString consentId, long version, Fate fate, String answer, List<OfRule> rules) {}

    /**
     * @param exception -1 for the rule itself
     * @param result DECIDED, MATCHES for one that fits and that another goes before, or NOT_ and the first criterion that does
     *     not fit
     */
    public record OfRule(int rule, int exception, boolean permit, boolean conditional, String result) {}

    public static Explained explain(LedgerState state, DecisionRequest request) {
        Decision decision = ConsentDecision.decide(state, request);
        DecisionQuestion question = DecisionQuestion.of(state, request);
        if (question.settled().isPresent()) {
            return new Explained(decision, List.of(), true);
        }
        ConsentExplanation explanation = new ConsentExplanation(decision, question);
        List<OfConsent> consents = new ArrayList<>();
        for (ListedConsent listed : PatientConsents.ofFamily(
                state, state.patient(request.patientId()).orElseThrow())) {
            if (explanation.rules >= MAX_RULES) {
                return new Explained(decision, consents, false);
            }
            ConsentState consent = state.consent(listed.id()).orElseThrow();
            consents.add(explanation.of(listed, consent));
        }
        return new Explained(decision, consents, true);
    }

    private OfConsent of(ListedConsent listed, ConsentState consent) {
        Verdict verdict = new ConsentEvaluation(consent, question.facts(), Conditions.LENIENT).evaluate();
        boolean decided = listed.id().equals(decision.consentId());
        return new OfConsent(
                listed.id(),
                listed.version(),
                decided ? Fate.DECIDED : fate(listed, verdict),
                verdict.answer().name(),
                rules(consent, decided));
    }

    private Fate fate(ListedConsent listed, Verdict verdict) {
        if (!listed.covers(question.facts().timeMillis())) {
            return Fate.NOT_IN_PERIOD;
        }
        if (verdict.answer() == ConsentEvaluation.Answer.NOTHING) {
            return Fate.SILENT;
        }
        return verdict.answer().name().equals(decision.reason().name()) ? Fate.AGREES : Fate.OUTRANKED;
    }

    private List<OfRule> rules(ConsentState consent, boolean decided) {
        ConsentTerms terms = consent.getTerms();
        ConsentEvaluation evaluation = new ConsentEvaluation(consent, question.facts(), (permit, condition) -> true);
        List<OfRule> lines = new ArrayList<>();
        for (int i = 0; i < terms.getRulesCount(); i++) {
            ConsentRule rule = terms.getRules(i);
            lines.add(line(evaluation, rule, rule, i, -1, decided));
            for (int j = 0; j < rule.getExceptionsCount(); j++) {
                lines.add(line(evaluation, rule.getExceptions(j), rule, i, j, decided));
            }
        }
        rules += lines.size();
        return lines;
    }

    private OfRule line(
            ConsentEvaluation evaluation,
            ConsentRule own,
            ConsentRule outer,
            int rule,
            int exception,
            boolean decided) {
        Optional<Criterion> mismatch = evaluation.mismatch(own, outer);
        boolean named = decided && decision.rule() == rule && decision.exception() == exception;
        String matches = named ? "DECIDED" : "MATCHES";
        return new OfRule(
                rule,
                exception,
                own.getPermit(),
                ConsentEvaluation.isConditional(own, outer),
                mismatch.map(criterion -> "NOT_" + criterion.name()).orElse(matches));
    }
}
