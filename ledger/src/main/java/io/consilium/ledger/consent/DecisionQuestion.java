package io.consilium.ledger.consent;

import com.google.protobuf.ByteString;
import io.consilium.ledger.consent.ConsentEvaluation.Facts;
import io.consilium.ledger.consent.Decision.Reason;
import io.consilium.ledger.identity.MemberRole;
import io.consilium.ledger.identity.PatientFamily;
import io.consilium.ledger.identity.Signatories;
import io.consilium.ledger.identity.Signatory;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.tx.ActorName;
import io.consilium.proto.PatientState;
import io.consilium.proto.RecordContent;
import io.consilium.proto.RecordState;
import io.consilium.proto.RecordVersion;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A request for a decision with all that rules look at, found in the state; or the decision itself where no consent is
 * asked: unknown parties and codes, and patients with their own records.
 *
 * @param standing what permits where no consent speaks explicitly
 * @param consents the patient's consents that are active at the time, in the order of their grants
 * @param isMerged whether they were granted for more than one id of the person (ID-3)
 */
record DecisionQuestion(
        Optional<Decision> settled,
        Facts facts,
        List<ListedConsent> consents,
        boolean isMerged,
        Optional<Reason> standing) {
    private static final Facts NO_FACTS = new Facts(
            List.of(),
            PurposeOfUse.TREAT,
            ConsentAction.ACCESS,
            ByteString.EMPTY,
            "",
            Set.of(),
            Set.of(),
            LabelSpace.NONE,
            0);

    static DecisionQuestion of(LedgerState state, DecisionRequest request) {
        Optional<Signatory> found = Signatories.find(state, request.requester());
        if (found.isEmpty() || found.get() instanceof Signatory.Node) {
            return settled(Decision.deny(Reason.REQUESTER_UNKNOWN));
        }
        Signatory requester = found.get();
        if (!isActive(requester, request.timeMillis())) {
            return settled(Decision.deny(Reason.REQUESTER_INACTIVE));
        }
        Optional<PurposeOfUse> purpose = PurposeOfUse.of(request.purpose());
        if (purpose.isEmpty()) {
            return settled(Decision.deny(Reason.PURPOSE_UNKNOWN));
        }
        Optional<ConsentAction> action = ConsentAction.of(request.action());
        if (action.isEmpty()) {
            return settled(Decision.deny(Reason.ACTION_UNKNOWN));
        }
        Optional<RecordState> record = state.record(request.recordId())
                .filter(known -> PatientFamily.isSame(state, known.getPatientId(), request.patientId()));
        if (record.isEmpty()) {
            return settled(Decision.deny(Reason.RECORD_UNKNOWN));
        }
        if (requester.subject().isPresent()) {
            return settled(own(state, requester, record.get(), purpose.get(), action.get()));
        }
        Signatory.Person person = (Signatory.Person) requester;
        Facts facts = facts(request, person, purpose.get(), action.get(), record.get());
        PatientState patient = state.patient(request.patientId()).orElseThrow();
        return new DecisionQuestion(
                Optional.empty(),
                facts,
                PatientConsents.active(state, patient, facts.timeMillis()),
                PatientFamily.of(state, patient).size() > 1,
                standing(state, person, record.get(), facts));
    }

    private static DecisionQuestion settled(Decision decision) {
        return new DecisionQuestion(Optional.of(decision), NO_FACTS, List.of(), false, Optional.empty());
    }

    private static boolean isActive(Signatory requester, long timeMillis) {
        return requester instanceof Signatory.Guardian guardian
                ? Signatories.isWithinMandate(guardian.guardian(), timeMillis)
                : Signatories.isActive(requester);
    }

    /** PRV-8: patients read their own records, and guardians those of their ward, for any purpose that need not be named. */
    private static Decision own(
            LedgerState state, Signatory requester, RecordState record, PurposeOfUse purpose, ConsentAction action) {
        boolean own = requester.isFor(state, record.getPatientId());
        if (!own || action != ConsentAction.ACCESS || purpose.mustBeNamed()) {
            return Decision.deny(Reason.NO_CONSENT);
        }
        return Decision.permit(
                requester instanceof Signatory.Guardian ? Reason.GUARDIAN_OF_PATIENT : Reason.OWN_RECORD);
    }

    private static Facts facts(
            DecisionRequest request,
            Signatory.Person requester,
            PurposeOfUse purpose,
            ConsentAction action,
            RecordState record) {
        RecordVersion version = version(record, request.recordVersion());
        RecordContent content = version.getContent();
        RecordContent newest = version(record, 0).getContent();
        return new Facts(
                actors(requester),
                purpose,
                action,
                record.getId(),
                version.getAuthor(),
                permittedLabels(content, newest),
                deniedLabels(content, newest),
                LabelSpace.of(record, version),
                request.timeMillis());
    }

    private static List<String> actors(Signatory.Person requester) {
        List<String> actors = new ArrayList<>(List.of(requester.name(), ActorName.institutionOf(requester.name())));
        requester.member().getRolesList().forEach(role -> actors.add(ConsentTermsCheck.ROLE_PREFIX + role));
        return actors;
    }

    private static Set<ByteString> permittedLabels(RecordContent content, RecordContent newest) {
        Set<ByteString> labels = new LinkedHashSet<>(content.getSensitivityLabelsList());
        labels.retainAll(newest.getSensitivityLabelsList());
        labels.addAll(content.getLabelsList());
        return labels;
    }

    private static Set<ByteString> deniedLabels(RecordContent content, RecordContent newest) {
        Set<ByteString> labels = new LinkedHashSet<>();
        for (RecordContent each : List.of(content, newest)) {
            labels.addAll(each.getLabelsList());
            labels.addAll(each.getSensitivityLabelsList());
        }
        return labels;
    }

    /** A version that is not there is judged by the newest: whether it exists is told to the permitted alone. */
    private static RecordVersion version(RecordState record, long wanted) {
        boolean exists = wanted >= 1 && wanted <= record.getVersionsCount();
        return record.getVersions(exists ? (int) wanted - 1 : record.getVersionsCount() - 1);
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
}
