package io.consilium.node.api;

import com.google.protobuf.ByteString;
import io.consilium.ledger.consent.ActorTags;
import io.consilium.ledger.consent.ConsentDecision;
import io.consilium.ledger.consent.DecisionRequest;
import io.consilium.ledger.consent.Emergencies;
import io.consilium.ledger.consent.ListedConsent;
import io.consilium.ledger.consent.PatientConsents;
import io.consilium.ledger.consent.PurposeOfUse;
import io.consilium.ledger.identity.PatientFamily;
import io.consilium.ledger.state.LedgerState;
import io.consilium.proto.ConsentRule;
import io.consilium.proto.ConsentState;
import io.consilium.proto.DecisionOutcome;
import io.consilium.proto.PatientState;
import io.consilium.proto.RecordState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Asks the ledger's own decision whether a record is open to a member for any purpose that its patient permits. */
public final class RecordDecisions {
    /** Purposes tried for one record: more than a patient's consents can sensibly name. */
    private static final int MAX_PURPOSES = 64;

    /**
     * @param actors under what a consent may name the member: itself, its institution, its roles
     * @param known the purposes found so far in this request, by patient: a page of records asks for few patients
     */
    public boolean permitsAny(
            LedgerState state,
            RecordState record,
            String member,
            Set<String> actors,
            long asOfMillis,
            Map<ByteString, Set<String>> known) {
        Set<String> purposes = new TreeSet<>(
                known.computeIfAbsent(record.getPatientId(), patient -> purposes(state, patient, actors, asOfMillis)));
        if (Emergencies.permit(state, member, record.getPatientId(), record.getId(), asOfMillis)
                .isPresent()) {
            purposes.add(PurposeOfUse.BTG.name());
        }
        return purposes.stream()
                .limit(MAX_PURPOSES)
                .anyMatch(purpose -> ConsentDecision.decide(
                                        state,
                                        new DecisionRequest(
                                                record.getPatientId(),
                                                record.getId(),
                                                0,
                                                member,
                                                purpose,
                                                "",
                                                asOfMillis))
                                .outcome()
                        == DecisionOutcome.PERMIT);
    }

    /** Whether anything of the patient's may be open to the member: what any record of it needs. */
    boolean permitsSomething(
            LedgerState state,
            ByteString patientId,
            String member,
            Set<String> actors,
            long asOfMillis,
            Map<ByteString, Set<String>> known) {
        return !known.computeIfAbsent(patientId, patient -> purposes(state, patient, actors, asOfMillis))
                        .isEmpty()
                || Emergencies.open(state, member).stream()
                        .filter(emergency -> Emergencies.isRunning(emergency, asOfMillis))
                        .anyMatch(emergency -> PatientFamily.isSame(state, emergency.getPatientId(), patientId));
    }

    /** The purposes that active consents may permit these actors something for; treatment stands for rules without any. */
    private static Set<String> purposes(LedgerState state, ByteString patientId, Set<String> actors, long asOfMillis) {
        Set<String> purposes = new TreeSet<>();
        Optional<PatientState> patient = state.patient(patientId);
        if (patient.isEmpty()) {
            return purposes;
        }
        ActorTags tags = ActorTags.of(actors);
        for (ListedConsent listed : PatientConsents.active(state, patient.get(), asOfMillis)) {
            if (listed.basePermits()) {
                purposes.add(PurposeOfUse.TREAT.name());
            }
            if (listed.permits() && listed.mayName(tags)) {
                ConsentState consent = state.consent(listed.id()).orElseThrow();
                consent.getTerms().getRulesList().forEach(rule -> collect(rule, List.of(), purposes));
            }
        }
        return purposes;
    }

    /** An exception takes the purposes that it omits from its rule (CON-1). */
    private static void collect(ConsentRule rule, List<String> ofOuter, Set<String> purposes) {
        List<String> own = rule.getPurposesCount() > 0 ? rule.getPurposesList() : ofOuter;
        if (rule.getPermit()) {
            purposes.addAll(own.isEmpty() ? List.of(PurposeOfUse.TREAT.name()) : own);
        }
        rule.getExceptionsList().forEach(exception -> collect(exception, own, purposes));
    }
}
