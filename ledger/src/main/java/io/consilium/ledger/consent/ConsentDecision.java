package io.consilium.ledger.consent;

import com.google.protobuf.ByteString;
import io.consilium.ledger.consent.ConsentEvaluation.Answer;
import io.consilium.ledger.consent.ConsentEvaluation.Conditions;
import io.consilium.ledger.consent.ConsentEvaluation.Facts;
import io.consilium.ledger.consent.ConsentEvaluation.Verdict;
import io.consilium.ledger.consent.Decision.Reason;
import io.consilium.ledger.identity.Signatories;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.state.StateReader;
import io.consilium.proto.ConsentState;
import io.consilium.proto.ConsentStatus;
import io.consilium.proto.DecisionOutcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The one decision of the chain whether a record may be used (CON-2), for blocks and for queries alike.
 *
 * <p>Patients and their guardians read the patient's own records (PRV-8). For everybody else, across the patient's active
 * consents: explicit deny, explicit permit, the custodian's own treatment (ACC-1) or a break-glass (ACC-3), base deny,
 * base permit, and DENY if nobody said anything. Among equals the consent granted first is named.
 *
 * <p>Sealed conditions are judged by the custodian's node (PRV-5). Turning a permit's condition true or a deny's false
 * never turns a permit into a deny, so the decision is made for the two extremes; where they agree, no condition
 * matters, and where they differ, the answer is PERMIT_CONDITIONAL.
 *
 * <p>A consent is read only if it can have a say: the patient's list tells whether a rule of it can match, and
 * once a permit without condition is found, only what can deny still counts.
 */
public final class ConsentDecision {
    private final LedgerState state;
    private final DecisionQuestion question;
    private final Facts facts;
    private final ActorTags requester;
    private final byte[] dataTokens;

    private ConsentDecision(LedgerState state, DecisionQuestion question) {
        this.state = state;
        this.question = question;
        this.facts = question.facts();
        this.requester = ActorTags.of(facts.actors());
        this.dataTokens = DataFilter.tokens(facts.recordId(), facts.deniedLabels());
    }

    /** What the custodian's node found in the sealed conditions of a rule (PRV-5). */
    public interface OpenedConditions {
        boolean hold(boolean permit, ByteString condition);
    }

    /** One consent's answers at the two extremes; the same twice where no condition matters. */
    private record Weighed(ListedConsent consent, Verdict strict, Verdict lenient) {}

    /** A decision as if all conditions fell one way, and whether the rule behind it has a condition. */
    private record Extreme(Decision decision, boolean conditional) {}

    /** Decides on a state that nothing else is written to. */
    public static Decision decide(StateReader state, DecisionRequest request) {
        return decide(new LedgerState(state), request);
    }

    public static Decision decide(LedgerState state, DecisionRequest request) {
        DecisionQuestion question = DecisionQuestion.of(state, request);
        return question.settled().orElseGet(() -> new ConsentDecision(state, question).decide());
    }

    /** The decision with the sealed conditions as the custodian's node found them, hence PERMIT or DENY (PRV-5). */
    public static Decision decide(LedgerState state, DecisionRequest request, OpenedConditions opened) {
        DecisionQuestion question = DecisionQuestion.of(state, request);
        return question.settled().orElseGet(() -> new ConsentDecision(state, question).resolve(opened));
    }

    /** Whether a consent speaks at this time: not revoked, and within its period (CON-4). */
    public static boolean isActive(ConsentState consent, long timeMillis) {
        return consent.getStatus() == ConsentStatus.CONSENT_ACTIVE
                && Signatories.covers(consent.getTerms().getPeriod(), timeMillis);
    }

    private Decision decide() {
        List<Weighed> weighed = weigh(Optional.empty());
        Extreme strict = extreme(weighed, false);
        if (weighed.stream().noneMatch(each -> each.consent().isConditional())) {
            return strict.decision();
        }
        Extreme lenient = extreme(weighed, true);
        if (strict.decision().denies() == lenient.decision().denies()) {
            // the reason that holds whatever the conditions say
            return strict.decision().denies() ? lenient.decision() : strict.decision();
        }
        // the permit's own condition, or else the condition of the deny that would come before it
        return lenient.conditional()
                ? lenient.decision().as(DecisionOutcome.PERMIT_CONDITIONAL, Reason.CONDITIONAL_PERMIT)
                : strict.decision().as(DecisionOutcome.PERMIT_CONDITIONAL, Reason.CONDITIONAL_DENY);
    }

    private Decision resolve(OpenedConditions opened) {
        return extreme(weigh(Optional.of(opened)), true).decision();
    }

    /** The consents that can change the decision, in the order of their grants, with what each says. */
    private List<Weighed> weigh(Optional<OpenedConditions> opened) {
        List<Weighed> weighed = new ArrayList<>();
        Set<Answer> bases = EnumSet.noneOf(Answer.class);
        boolean permitted = false;
        for (ListedConsent consent : question.consents()) {
            if (permitted && !consent.denies()) {
                continue; // neither a further permit nor a base changes anything
            }
            if (!mayMatch(consent)) {
                Answer base = ConsentEvaluation.base(consent.basePermits(), facts);
                if (bases.add(base)) { // of two alike the first is named
                    Verdict verdict = Verdict.ofBase(base);
                    weighed.add(new Weighed(consent, verdict, verdict));
                }
                continue;
            }
            Weighed one = weigh(consent, opened);
            weighed.add(one);
            if (one.lenient().isFirm(Answer.EXPLICIT_DENY)) {
                break; // nothing comes before it
            }
            permitted |=
                    one.strict().isFirm(Answer.EXPLICIT_PERMIT) && one.lenient().isFirm(Answer.EXPLICIT_PERMIT);
        }
        return weighed;
    }

    private boolean mayMatch(ListedConsent consent) {
        return consent.mayBeFor(facts.purpose())
                && consent.mayName(requester)
                && (mayDenyIncomparable(consent) || consent.mayReach(dataTokens));
    }

    /** A deny by labels that cannot be compared with the record's reaches it whatever they are (PRV-7, ID-3). */
    private boolean mayDenyIncomparable(ListedConsent consent) {
        return consent.deniedEpoch() != 0
                && (question.isMerged()
                        || consent.deniedEpoch() != facts.space().epoch());
    }

    private Weighed weigh(ListedConsent listed, Optional<OpenedConditions> opened) {
        ConsentState consent = state.consent(listed.id()).orElseThrow();
        if (opened.isPresent()) {
            Verdict found = evaluate(consent, opened.get()::hold);
            return new Weighed(listed, found, found);
        }
        Verdict strict = evaluate(consent, Conditions.STRICT);
        return new Weighed(listed, strict, listed.isConditional() ? evaluate(consent, Conditions.LENIENT) : strict);
    }

    private Verdict evaluate(ConsentState consent, Conditions conditions) {
        return new ConsentEvaluation(consent, facts, conditions).evaluate();
    }

    private Extreme extreme(List<Weighed> weighed, boolean lenient) {
        Optional<Extreme> explicit = named(
                        weighed, lenient, Answer.EXPLICIT_DENY, DecisionOutcome.DENY, Reason.EXPLICIT_DENY)
                .or(() -> named(
                        weighed, lenient, Answer.EXPLICIT_PERMIT, DecisionOutcome.PERMIT, Reason.EXPLICIT_PERMIT));
        if (explicit.isPresent()) {
            return explicit.get();
        }
        if (question.standing().isPresent()) {
            return new Extreme(Decision.permit(question.standing().get()), false);
        }
        return named(weighed, lenient, Answer.BASE_DENY, DecisionOutcome.DENY, Reason.BASE_DENY)
                .or(() -> named(weighed, lenient, Answer.BASE_PERMIT, DecisionOutcome.PERMIT, Reason.BASE_PERMIT))
                .orElse(new Extreme(Decision.deny(Reason.NO_CONSENT), false));
    }

    /** The first consent with this answer; one that needs no condition goes before one that does. */
    private static Optional<Extreme> named(
            List<Weighed> weighed, boolean lenient, Answer answer, DecisionOutcome outcome, Reason reason) {
        return weighed.stream()
                .filter(each -> verdict(each, lenient).answer() == answer)
                .min(Comparator.comparing(each -> verdict(each, lenient).conditional()))
                .map(each -> new Extreme(
                        new Decision(
                                outcome,
                                reason,
                                each.consent().id(),
                                each.consent().version(),
                                verdict(each, lenient).place().rule(),
                                verdict(each, lenient).place().exception(),
                                verdict(each, lenient).place().purposeNamed()),
                        verdict(each, lenient).conditional()));
    }

    private static Verdict verdict(Weighed weighed, boolean lenient) {
        return lenient ? weighed.lenient() : weighed.strict();
    }
}
