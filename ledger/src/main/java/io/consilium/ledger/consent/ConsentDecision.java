package io.consilium.ledger.consent;

import com.google.protobuf.ByteString;
import io.consilium.ledger.consent.ConsentEvaluation.Answer;
import io.consilium.ledger.consent.ConsentEvaluation.Facts;
import io.consilium.ledger.consent.ConsentEvaluation.Verdict;
import io.consilium.ledger.consent.Decision.Reason;
import io.consilium.ledger.identity.MemberRole;
import io.consilium.ledger.identity.Signatories;
import io.consilium.ledger.identity.Signatory;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.state.StateReader;
import io.consilium.proto.ConsentState;
import io.consilium.proto.ConsentStatus;
import io.consilium.proto.DecisionOutcome;
import io.consilium.proto.PatientState;
import io.consilium.proto.RecordState;
import io.consilium.proto.RecordVersion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The one decision of the chain whether a record may be used (CON-2), for blocks and for queries alike.
 *
 * <p>Across the patient's active consents: explicit deny, explicit permit, the custodian's own treatment (ACC-1) or a
 * break-glass (ACC-3), base deny, base permit, and DENY if nobody said anything. Among equals the consent granted first is named.
 *
 * <p>Sealed conditions are judged by the custodian's node (PRV-5). Turning a permit's condition true or a deny's false
 * never turns a permit into a deny, so the decision is made for the two extremes; where they agree, no condition
 * matters, and where they differ, the answer is PERMIT_CONDITIONAL.
 */
public final class ConsentDecision {
    private final List<ConsentState> consents;
    private final Facts facts;
    private final Optional<Reason> standing;

    private ConsentDecision(List<ConsentState> consents, Facts facts, Optional<Reason> standing) {
        this.consents = consents;
        this.facts = facts;
        this.standing = standing;
    }

    private record Weighed(ConsentState consent, Verdict verdict) {}

    /** A decision as if all conditions fell one way, and whether the rule behind it has a condition. */
    private record Extreme(Decision decision, boolean conditional) {}

    /** Decides on a state that nothing else is written to. */
    public static Decision decide(StateReader state, DecisionRequest request) {
        return decide(new LedgerState(state), request);
    }

    public static Decision decide(LedgerState state, DecisionRequest request) {
        Optional<Signatory.Person> requester = Signatories.person(state, request.requester());
        if (requester.isEmpty()) {
            return Decision.deny(Reason.REQUESTER_UNKNOWN);
        }
        if (!Signatories.isActive(requester.get())) {
            return Decision.deny(Reason.REQUESTER_INACTIVE);
        }
        Optional<PurposeOfUse> purpose = PurposeOfUse.of(request.purpose());
        if (purpose.isEmpty()) {
            return Decision.deny(Reason.PURPOSE_UNKNOWN);
        }
        Optional<ConsentAction> action = ConsentAction.of(request.action());
        if (action.isEmpty()) {
            return Decision.deny(Reason.ACTION_UNKNOWN);
        }
        Optional<RecordState> record = state.record(request.recordId())
                .filter(found -> found.getPatientId().equals(request.patientId()));
        if (record.isEmpty()) {
            return Decision.deny(Reason.RECORD_UNKNOWN);
        }
        Facts facts = facts(request, requester.get(), purpose.get(), action.get(), record.get());
        PatientState patient = state.patient(request.patientId()).orElseThrow();
        return new ConsentDecision(
                        active(state, patient, facts.timeMillis()),
                        facts,
                        standing(state, requester.get(), record.get(), facts))
                .decide();
    }

    private static Facts facts(
            DecisionRequest request,
            Signatory.Person requester,
            PurposeOfUse purpose,
            ConsentAction action,
            RecordState record) {
        RecordVersion version = version(record, request.recordVersion());
        Set<ByteString> labels = new LinkedHashSet<>(version.getContent().getLabelsList());
        labels.addAll(version.getContent().getSensitivityLabelsList());
        return new Facts(
                requester.name(),
                requester.member().getRolesList(),
                purpose,
                action,
                record.getId(),
                version.getAuthor(),
                labels,
                request.timeMillis());
    }

    /** A version that is not there is judged by the newest: whether it exists is told to the permitted alone. */
    private static RecordVersion version(RecordState record, long wanted) {
        boolean exists = wanted >= 1 && wanted <= record.getVersionsCount();
        return record.getVersions(exists ? (int) wanted - 1 : record.getVersionsCount() - 1);
    }

    /** Whether a consent speaks at this time: not revoked, and within its period (CON-4). */
    public static boolean isActive(ConsentState consent, long timeMillis) {
        return consent.getStatus() == ConsentStatus.CONSENT_ACTIVE
                && Signatories.covers(consent.getTerms().getPeriod(), timeMillis);
    }

    static List<ConsentState> active(LedgerState state, PatientState patient, long timeMillis) {
        List<ConsentState> active = new ArrayList<>();
        for (ByteString id : patient.getConsentIdsList()) {
            ConsentState consent = state.consent(id).orElseThrow();
            if (isActive(consent, timeMillis)) {
                active.add(consent);
            }
        }
        return active;
    }

    /** What permits where no consent speaks explicitly: the custodian's treatment, or a broken glass. */
    private static Optional<Reason> standing(
            LedgerState state, Signatory.Person requester, RecordState record, Facts facts) {
        if (custodianTreats(requester, record, facts)) {
            return Optional.of(Reason.CUSTODIAN_TREATMENT);
        }
        boolean broken = facts.purpose() == PurposeOfUse.BTG
                && facts.action() == ConsentAction.ACCESS
                && Emergencies.permit(
                                state, requester.name(), record.getPatientId(), record.getId(), facts.timeMillis())
                        .isPresent();
        return broken ? Optional.of(Reason.BREAK_GLASS) : Optional.empty();
    }

    /** ACC-1: reading for treatment by the custodian's own clinicians and pharmacists needs no consent. */
    private static boolean custodianTreats(Signatory.Person requester, RecordState record, Facts facts) {
        return requester.isOf(record.getCustodian())
                && (requester.has(MemberRole.CLINICIAN) || requester.has(MemberRole.PHARMACIST))
                && facts.purpose().isCoveredBy(PurposeOfUse.TREAT)
                && facts.action() == ConsentAction.ACCESS;
    }

    private Decision decide() {
        Extreme strict = extreme(false);
        if (consents.stream().noneMatch(consent -> ConsentEvaluation.hasConditions(consent.getTerms()))) {
            return strict.decision();
        }
        Extreme lenient = extreme(true);
        if (strict.decision().denies() == lenient.decision().denies()) {
            // the reason that holds whatever the conditions say
            return strict.decision().denies() ? lenient.decision() : strict.decision();
        }
        // the permit's own condition, or else the condition of the deny that would come before it
        return lenient.conditional()
                ? lenient.decision().as(DecisionOutcome.PERMIT_CONDITIONAL, Reason.CONDITIONAL_PERMIT)
                : strict.decision().as(DecisionOutcome.PERMIT_CONDITIONAL, Reason.CONDITIONAL_DENY);
    }

    private Extreme extreme(boolean lenient) {
        List<Weighed> weighed = consents.stream()
                .map(consent -> new Weighed(consent, ConsentEvaluation.evaluate(consent.getTerms(), facts, lenient)))
                .toList();
        Optional<Extreme> explicit = named(weighed, Answer.EXPLICIT_DENY, DecisionOutcome.DENY, Reason.EXPLICIT_DENY)
                .or(() -> named(weighed, Answer.EXPLICIT_PERMIT, DecisionOutcome.PERMIT, Reason.EXPLICIT_PERMIT));
        if (explicit.isPresent()) {
            return explicit.get();
        }
        if (standing.isPresent()) {
            return new Extreme(Decision.standing(DecisionOutcome.PERMIT, standing.get()), false);
        }
        return named(weighed, Answer.BASE_DENY, DecisionOutcome.DENY, Reason.BASE_DENY)
                .or(() -> named(weighed, Answer.BASE_PERMIT, DecisionOutcome.PERMIT, Reason.BASE_PERMIT))
                .orElse(new Extreme(Decision.deny(Reason.NO_CONSENT), false));
    }

    /** The first consent with this answer; one that needs no condition goes before one that does. */
    private static Optional<Extreme> named(
            List<Weighed> weighed, Answer answer, DecisionOutcome outcome, Reason reason) {
        return weighed.stream()
                .filter(each -> each.verdict().answer() == answer)
                .min(Comparator.comparing(each -> each.verdict().conditional()))
                .map(each -> new Extreme(
                        new Decision(
                                outcome,
                                reason,
                                each.consent().getId(),
                                each.consent().getVersion(),
                                each.verdict().place().rule(),
                                each.verdict().place().exception()),
                        each.verdict().conditional()));
    }
}
