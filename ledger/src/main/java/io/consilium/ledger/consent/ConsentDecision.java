package io.consilium.ledger.consent;

import com.google.protobuf.ByteString;
import io.consilium.ledger.consent.ConsentEvaluation.Answer;
import io.consilium.ledger.consent.ConsentEvaluation.Facts;
import io.consilium.ledger.consent.ConsentEvaluation.Place;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The one decision of the chain whether a record may be used (CON-2), for blocks and for queries alike.
 *
 * <p>Across the patient's active consents: explicit deny, explicit permit, the custodian's own treatment (ACC-1), base
 * deny, base permit, and DENY if nobody said anything. Among equals the consent granted first is named.
 */
public final class ConsentDecision {
    private final List<Weighed> weighed;
    private final boolean custodianTreats;

    private ConsentDecision(List<Weighed> weighed, boolean custodianTreats) {
        this.weighed = weighed;
        this.custodianTreats = custodianTreats;
    }

    private record Weighed(ConsentState consent, Verdict verdict) {}

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
        return new ConsentDecision(weigh(state, patient, facts), custodianTreats(requester.get(), record.get(), facts))
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

    private static List<Weighed> weigh(LedgerState state, PatientState patient, Facts facts) {
        List<Weighed> weighed = new ArrayList<>();
        for (ByteString id : patient.getConsentIdsList()) {
            ConsentState consent = state.consent(id).orElseThrow();
            if (isActive(consent, facts.timeMillis())) {
                weighed.add(new Weighed(consent, ConsentEvaluation.evaluate(consent.getTerms(), facts)));
            }
        }
        return weighed;
    }

    /** ACC-1: reading for treatment by the custodian's own clinicians and pharmacists needs no consent. */
    private static boolean custodianTreats(Signatory.Person requester, RecordState record, Facts facts) {
        return requester.isOf(record.getCustodian())
                && (requester.has(MemberRole.CLINICIAN) || requester.has(MemberRole.PHARMACIST))
                && facts.purpose().isCoveredBy(PurposeOfUse.TREAT)
                && facts.action() == ConsentAction.ACCESS;
    }

    private Decision decide() {
        Optional<Weighed> deny = first(Answer.EXPLICIT_DENY, false);
        if (deny.isPresent()) {
            return named(DecisionOutcome.DENY, Reason.EXPLICIT_DENY, deny.get());
        }
        Optional<Weighed> permit = first(Answer.EXPLICIT_PERMIT, false);
        if (permit.isPresent()) {
            return unlessDenied(named(DecisionOutcome.PERMIT, Reason.EXPLICIT_PERMIT, permit.get()));
        }
        if (custodianTreats) {
            return unlessDenied(Decision.standing(DecisionOutcome.PERMIT, Reason.CUSTODIAN_TREATMENT));
        }
        Optional<Weighed> conditional = first(Answer.EXPLICIT_PERMIT, true);
        if (conditional.isPresent()) {
            return named(DecisionOutcome.PERMIT_CONDITIONAL, Reason.CONDITIONAL_PERMIT, conditional.get());
        }
        Optional<Weighed> baseDeny = first(Answer.BASE_DENY, false);
        if (baseDeny.isPresent()) {
            return named(DecisionOutcome.DENY, Reason.BASE_DENY, baseDeny.get());
        }
        return first(Answer.BASE_PERMIT, false)
                .map(base -> unlessDenied(named(DecisionOutcome.PERMIT, Reason.BASE_PERMIT, base)))
                .orElse(Decision.deny(Reason.NO_CONSENT));
    }

    private Optional<Weighed> first(Answer answer, boolean conditional) {
        return weighed.stream()
                .filter(each ->
                        each.verdict().answer() == answer && each.verdict().conditional() == conditional)
                .findFirst();
    }

    /** A permit while some deny's sealed condition is not judged yet is conditional (PRV-5). */
    private Decision unlessDenied(Decision permit) {
        for (Weighed each : weighed) {
            Optional<Place> open = each.verdict().openDeny();
            if (open.isPresent()) {
                return at(DecisionOutcome.PERMIT_CONDITIONAL, Reason.CONDITIONAL_DENY, each.consent(), open.get());
            }
        }
        return permit;
    }

    private static Decision named(DecisionOutcome outcome, Reason reason, Weighed weighed) {
        return at(outcome, reason, weighed.consent(), weighed.verdict().place());
    }

    private static Decision at(DecisionOutcome outcome, Reason reason, ConsentState consent, Place place) {
        return new Decision(outcome, reason, consent.getId(), consent.getVersion(), place.rule(), place.exception());
    }
}
