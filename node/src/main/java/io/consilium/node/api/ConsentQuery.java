package io.consilium.node.api;

import io.consilium.ledger.consent.ConsentAction;
import io.consilium.ledger.consent.ConsentDecision;
import io.consilium.ledger.consent.ConsentExplanation;
import io.consilium.ledger.consent.Decision;
import io.consilium.ledger.consent.DecisionRequest;
import io.consilium.ledger.consent.PurposeOfUse;
import io.consilium.ledger.identity.PatientFamily;
import io.consilium.ledger.identity.Signatories;
import io.consilium.ledger.tx.ActorName;
import io.consilium.node.NodeGateway;
import io.consilium.proto.ConsentCheckRequest;
import io.consilium.proto.ConsentCheckResponse;
import io.consilium.proto.ConsentExplained;
import io.consilium.proto.DecisionBasis;
import io.consilium.proto.RecordState;
import io.consilium.proto.RuleExplained;
import java.util.Optional;

/** What the ledger would decide at a time, by the same function that decides in blocks (CON-2, CON-4). */
public final class ConsentQuery {
    private static final int ID_BYTES = 16;

    private final NodeGateway node;
    private final PolicySource policies;

    public ConsentQuery(NodeGateway node, PolicySource policies) {
        this.node = node;
        this.policies = policies;
    }

    /**
     * Patient and custodian learn the reason too. A member who asks for itself or for its own people learns the decision,
     * which is DENY alike for what is denied, hidden or unknown. Anybody else learns nothing.
     */
    public ConsentCheckResponse check(Caller caller, ConsentCheckRequest request) {
        requireCodes(request);
        try (StateView view = StateView.open(node)) {
            ApiPolicy policy = policies.on(view.state());
            boolean patientVisible = policy.seesPatientId(caller, request.getPatientId());
            Optional<RecordState> record = view.state()
                    .record(request.getRecordId())
                    .filter(found -> PatientFamily.isSame(view.state(), found.getPatientId(), request.getPatientId()));
            boolean holds = record.map(found -> policy.holds(caller, found)).orElse(false);
            if (!holds && !policy.asksFor(caller, request.getBy())) {
                throw ApiProblem.notFound(patientVisible ? "record of this patient" : "patient")
                        .asException();
            }
            if (patientVisible && record.isEmpty()) {
                throw ApiProblem.notFound("record of this patient").asException();
            }
            if (Signatories.find(view.state(), partyName(request.getBy())).isEmpty()) {
                throw ApiProblem.unlisted("member").asException();
            }
            if (request.getExplain() && !holds) {
                throw ApiProblem.forbidden(
                                "REASON_HIDDEN",
                                "why a decision falls is told to the patient and the custodian alone",
                                "CON-2",
                                "ask without an explanation, or ask the custodian")
                        .asException();
            }
            long asOf = request.getAsOfMillis() == 0 ? policies.asOfMillis() : request.getAsOfMillis();
            PastState past = PastState.at(view, asOf);
            DecisionRequest question = new DecisionRequest(
                    request.getPatientId(),
                    request.getRecordId(),
                    0,
                    request.getBy(),
                    request.getPurpose(),
                    request.getAction(),
                    asOf);
            ConsentCheckResponse.Builder response =
                    ConsentCheckResponse.newBuilder().setAsOfMillis(asOf).setHeight(past.height());
            if (request.getExplain()) {
                return explained(response, ConsentExplanation.explain(past.state(), question));
            }
            Decision decision = ConsentDecision.decide(past.state(), question);
            return response.setDecision(holds ? decision.toBasis() : outcomeOnly(decision))
                    .build();
        }
    }

    private static ConsentCheckResponse explained(
            ConsentCheckResponse.Builder response, ConsentExplanation.Explained explained) {
        for (ConsentExplanation.OfConsent consent : explained.consents()) {
            ConsentExplained.Builder line = ConsentExplained.newBuilder()
                    .setConsentId(consent.consentId())
                    .setVersion(consent.version())
                    .setFate(consent.fate().name())
                    .setAnswer(consent.answer());
            for (ConsentExplanation.OfRule rule : consent.rules()) {
                line.addRules(RuleExplained.newBuilder()
                        .setRuleIndex(rule.rule())
                        .setExceptionIndex(rule.exception())
                        .setPermit(rule.permit())
                        .setConditional(rule.conditional())
                        .setResult(rule.result()));
            }
            response.addExplanation(line);
        }
        return response.setDecision(explained.decision().toBasis())
                .setExplanationComplete(explained.complete())
                .build();
    }

    private static void requireCodes(ConsentCheckRequest request) {
        if (PurposeOfUse.of(request.getPurpose()).isEmpty()) {
            throw ApiProblem.refused(
                            "PURPOSE_UNKNOWN",
                            "there is no such purpose",
                            "CON-3",
                            "choose an HL7 v3 PurposeOfUse code, e.g. TREAT")
                    .asException();
        }
        if (ConsentAction.of(request.getAction()).isEmpty()) {
            throw ApiProblem.refused(
                            "ACTION_UNKNOWN", "there is no such action", "CON-1", "choose access, correct or disclose")
                    .asException();
        }
        if (request.getPatientId().size() != ID_BYTES) {
            throw ApiProblem.notFound("patient").asException();
        }
        if (request.getRecordId().size() != ID_BYTES) {
            throw ApiProblem.notFound("record").asException();
        }
        if (request.getAsOfMillis() < 0) {
            throw ApiProblem.malformed("a time is after 1970", "asOfMillis").asException();
        }
    }

    private static String partyName(String by) {
        return ActorName.parse(by)
                .filter(name -> !(name instanceof ActorName.Institution))
                .map(ActorName::text)
                .orElseThrow(() -> ApiProblem.unlisted("member").asException());
    }

    private static DecisionBasis outcomeOnly(Decision decision) {
        return DecisionBasis.newBuilder()
                .setOutcome(decision.outcome())
                .setRuleIndex(-1)
                .setExceptionIndex(-1)
                .build();
    }
}
