package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.Outcome;
import io.consilium.ledger.block.Writes;
import io.consilium.ledger.identity.Call;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.DecisionOutcome;
import io.consilium.proto.DrugAction;
import java.util.List;
import java.util.Optional;

/** The acts of provenance: one, or those of a document, which are applied together or not at all (DRU-1). */
public final class DrugRules {
    /** Clocks of who records an event and of who makes a block may differ so much. */
    static final long CLOCK_MARGIN_MILLIS = 30_000;

    private DrugRules() {}

    public static Outcome act(Call call) {
        DrugAction action = call.body().getDrug();
        if (action.hasDocument()) {
            return DocumentRules.take(call, action.getDocument());
        }
        DrugBook book = new DrugBook(call);
        book.plan(List.of(action));
        try {
            Optional<Rejection> refusal = act(book, action);
            return refusal.isPresent() ? refused(book, refusal.get(), book.exceptions()) : applied(book);
        } catch (Work.TooMuch tooMuch) {
            return tooMuch(List.of());
        }
    }

    /** Nothing is kept, findings neither: who does the same in parts finds them again. */
    static Outcome tooMuch(List<ByteString> objects) {
        return new Outcome.Refused(
                Refusal.TOO_MANY_AT_ONCE.rejection(),
                new Writes(),
                objects,
                DecisionOutcome.DECISION_OUTCOME_UNSPECIFIED);
    }

    static Outcome applied(DrugBook book) {
        return new Outcome.Applied(book.all(), book.objects(), 0, DecisionOutcome.DECISION_OUTCOME_UNSPECIFIED);
    }

    /** Exceptions and their events are written all the same; the receipt names {@code objects}. */
    static Outcome refused(DrugBook book, Rejection rejection, List<ByteString> objects) {
        return new Outcome.Refused(rejection, book.signals(), objects, DecisionOutcome.DECISION_OUTCOME_UNSPECIFIED);
    }

    static Optional<Rejection> act(DrugBook book, DrugAction action) {
        if (action.getEventTimeMillis() > book.call().timeMillis() + CLOCK_MARGIN_MILLIS) {
            return Optional.of(Refusal.EVENT_IN_FUTURE.rejection());
        }
        book.begin(action);
        DrugAction act = Placing.placed(book, action);
        Optional<Rejection> refusal = event(book, act).or(() -> switch (act.getActCase()) {
            case COMPANY_KEY -> KeyRules.company(book, act.getCompanyKey());
            case KEY_REQUEST -> KeyRules.request(book, act.getKeyRequest());
            case KEY_GRANT -> KeyRules.grant(book, act.getKeyGrant());
            case PRODUCT_ADD -> ProductRules.add(book, act.getProductAdd());
            case COMMISSION -> CommissionRules.commission(book, act.getCommission());
            case PACK -> PackRules.pack(book, act.getPack());
            case UNPACK -> PackRules.unpack(book, act.getUnpack());
            case SHIP -> ShipRules.ship(book, act.getShip());
            case RECEIVE -> ReceiveRules.receive(book, act.getReceive());
            case STATUS_CHANGE -> StatusRules.change(book, act.getStatusChange());
            case RECALL -> RecallRules.recall(book, act.getRecall());
            case REPORT -> ExceptionRules.report(book, act.getReport());
            case RESOLVE -> ExceptionRules.resolve(book, act.getResolve());
            case OBSERVATION -> EventRules.observe(book);
            case ERROR_DECLARATION -> EventRules.declareError(book, act.getErrorDeclaration());
            case DETAILS -> EventRules.keep(book, act.getDetails());
            case DOCUMENT, ACT_NOT_SET -> throw new IllegalStateException("parsing refuses such an act");
        });
        if (refusal.isEmpty()) {
            Containers.settle(book);
        }
        return refusal;
    }

    private static Optional<Rejection> event(DrugBook book, DrugAction act) {
        return act.getEventId().isEmpty() ? Optional.empty() : EventRules.take(book, act.getEventId());
    }
}
