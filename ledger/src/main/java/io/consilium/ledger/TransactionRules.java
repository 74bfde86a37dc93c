package io.consilium.ledger;

import io.consilium.ledger.access.AccessRules;
import io.consilium.ledger.access.BreakGlassRules;
import io.consilium.ledger.access.ConditionRules;
import io.consilium.ledger.access.DisclosureRules;
import io.consilium.ledger.block.BlockContext;
import io.consilium.ledger.block.Outcome;
import io.consilium.ledger.block.Writes;
import io.consilium.ledger.consent.ConsentRules;
import io.consilium.ledger.custody.MergeRules;
import io.consilium.ledger.custody.RelabelRules;
import io.consilium.ledger.custody.TransferRules;
import io.consilium.ledger.evidence.EvidenceRules;
import io.consilium.ledger.identity.Call;
import io.consilium.ledger.identity.GuardianRules;
import io.consilium.ledger.identity.MemberRules;
import io.consilium.ledger.identity.PatientKeyRules;
import io.consilium.ledger.identity.PatientRules;
import io.consilium.ledger.identity.Signatories;
import io.consilium.ledger.provenance.DrugRules;
import io.consilium.ledger.records.ErasureRules;
import io.consilium.ledger.records.PayloadRules;
import io.consilium.ledger.records.RecordRules;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateKeys;
import io.consilium.ledger.trials.TrialRules;
import io.consilium.ledger.tx.ParsedTransaction;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.DecisionOutcome;
import io.consilium.proto.Precondition;
import io.consilium.proto.TransactionBody;
import io.consilium.proto.TransactionSigner;
import java.util.List;
import java.util.Optional;

/** What every payload has in common, and the one place that says which rules a payload goes to. */
final class TransactionRules {
    private TransactionRules() {}

    static Outcome apply(LedgerState state, BlockContext block, ParsedTransaction transaction) {
        TransactionBody body = transaction.body();
        Optional<Rejection> refusal = signers(state, block, body)
                .or(() -> openPreconditions(state, body))
                .or(() -> asksBlindly(body));
        if (refusal.isPresent()) {
            return Outcome.refused(refusal.get());
        }
        Call call = new Call(
                transaction,
                Signatories.find(state, body.getSigners(0).getActor()).orElseThrow(),
                block,
                state);
        Outcome outcome = PayloadRules.claimed(state, payload(call));
        return outcome instanceof Outcome.Applied
                ? written(state, body, outcome).map(Outcome::refused).orElse(outcome)
                : outcome;
    }

    private static Outcome payload(Call call) {
        return switch (call.body().getPayloadCase()) {
            case NOOP -> new Outcome.Applied(new Writes(), List.of(), 0, DecisionOutcome.DECISION_OUTCOME_UNSPECIFIED);
            case EVIDENCE -> EvidenceRules.submit(call);
            case MEMBER_ADD -> MemberRules.add(call);
            case MEMBER_SUSPEND -> MemberRules.suspend(call);
            case MEMBER_ROTATE_KEY -> MemberRules.rotateKey(call);
            case PATIENT_REGISTER -> PatientRules.register(call);
            case PATIENT_CONTROLLER -> PatientKeyRules.change(call);
            case PATIENT_GUARDIAN -> GuardianRules.change(call);
            case PATIENT_MERGE -> MergeRules.merge(call);
            case PATIENT_TRANSFER -> TransferRules.transfer(call);
            case PATIENT_RELABEL -> RelabelRules.relabel(call);
            case RECORD_REGISTER -> RecordRules.register(call);
            case RECORD_AMEND -> RecordRules.amend(call);
            case RECORD_MARK -> RecordRules.mark(call);
            case RECORD_ERASE -> ErasureRules.erase(call);
            case RECORD_HOLD -> ErasureRules.hold(call);
            case ERASURE_ACK -> ErasureRules.acknowledge(call);
            case CONSENT_GRANT -> ConsentRules.grant(call);
            case CONSENT_AMEND -> ConsentRules.amend(call);
            case CONSENT_REVOKE -> ConsentRules.revoke(call);
            case ACCESS_REQUEST -> AccessRules.request(call);
            case ACCESS_USE -> AccessRules.use(call);
            case DISCLOSE -> DisclosureRules.disclose(call);
            case ACCESS_OUTCOME -> ConditionRules.outcome(call);
            case BREAK_GLASS -> BreakGlassRules.open(call);
            case BREAK_GLASS_REVIEW -> BreakGlassRules.review(call);
            case TRIAL -> TrialRules.apply(call);
            case DRUG -> DrugRules.act(call);
            case PAYLOAD_NOT_SET -> throw new IllegalStateException("parsing refuses a transaction without payload");
        };
    }

    /** TX-4: every signer is active with this key. No payload of today asks for two parties, so one signs. */
    private static Optional<Rejection> signers(LedgerState state, BlockContext block, TransactionBody body) {
        for (TransactionSigner signer : body.getSignersList()) {
            Optional<Rejection> refusal = Signatories.refusal(state, signer, block.timestampMillis());
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        return body.getSignersCount() == 1 ? Optional.empty() : Optional.of(Refusal.SIGNER_COUNT.rejection());
    }

    /** Institutions and members are known to everybody: a precondition on them is looked at before the rules (TX-2). */
    private static Optional<Rejection> openPreconditions(LedgerState state, TransactionBody body) {
        for (int i = 0; i < body.getPreconditionsCount(); i++) {
            if (isOpen(body.getPreconditions(i))) {
                Optional<Rejection> refusal = version(state, body, i);
                if (refusal.isPresent()) {
                    return refusal;
                }
            }
        }
        return Optional.empty();
    }

    /** Whoever asks for access must not learn the answer from a precondition that keeps the question out of the log. */
    private static Optional<Rejection> asksBlindly(TransactionBody body) {
        boolean asks =
                switch (body.getPayloadCase()) {
                    case ACCESS_REQUEST, ACCESS_USE, BREAK_GLASS -> true;
                    default -> false;
                };
        return asks && !body.getPreconditionsList().stream().allMatch(TransactionRules::isOpen)
                ? Optional.of(Refusal.PRECONDITION_UNFIT.rejection("a request for access has none but on these"))
                : Optional.empty();
    }

    /**
     * Of everything else only what the transaction is permitted to change is compared, so that nobody learns from a
     * precondition whether an object exists that is hidden from it, or how often it changed (PRV-8).
     */
    private static Optional<Rejection> written(LedgerState state, TransactionBody body, Outcome outcome) {
        for (int i = 0; i < body.getPreconditionsCount(); i++) {
            Precondition precondition = body.getPreconditions(i);
            if (isOpen(precondition)) {
                continue;
            }
            if (!outcome.writes().objects().containsKey(StateKey.of(precondition.getObject()))) {
                return Optional.of(Refusal.PRECONDITION_UNFIT.rejection("preconditions[" + i + "]"));
            }
            Optional<Rejection> refusal = version(state, body, i);
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        return Optional.empty();
    }

    private static boolean isOpen(Precondition precondition) {
        return precondition.getObject().startsWith(StateKeys.INSTITUTION)
                || precondition.getObject().startsWith(StateKeys.MEMBER);
    }

    private static Optional<Rejection> version(LedgerState state, TransactionBody body, int i) {
        long expected = body.getPreconditions(i).getExpectedVersion();
        long version = state.version(body.getPreconditions(i).getObject());
        return version == expected
                ? Optional.empty()
                : Optional.of(Refusal.PRECONDITION_FAILED.rejection(
                        "preconditions[" + i + "] expects " + expected + ", it is " + version));
    }
}
