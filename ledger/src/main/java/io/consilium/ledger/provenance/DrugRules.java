package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.Outcome;
import io.consilium.ledger.identity.Call;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.DecisionOutcome;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugEventState;
import java.util.List;
import java.util.Optional;

/** The acts of provenance: one, or those of a document, which are applied together or not at all (DRU-1). */
public final class DrugRules {
    /** Clocks of who records an event and of who makes a block may differ so much. */
    static final long CLOCK_MARGIN_MILLIS = 30_000;

    private DrugRules() {}

    public static Outcome act(Call call) {
        DrugAction action = call.body().getDrug();
        DrugBook book = new DrugBook(call);
        List<DrugAction> acts = action.hasDocument() ? action.getDocument().getActsList() : List.of(action);
        for (DrugAction act : acts) {
            Optional<Rejection> refusal = act(book, act);
            if (refusal.isPresent()) {
                return refused(book, action, act, refusal.get());
            }
        }
        return new Outcome.Applied(book.all(), book.objects(), 0, DecisionOutcome.DECISION_OUTCOME_UNSPECIFIED);
    }

    /** The receipt names the exceptions that were opened; of a document also the event that failed. */
    private static Outcome refused(DrugBook book, DrugAction action, DrugAction act, Rejection rejection) {
        List<ByteString> objects = action.hasDocument() ? List.of(act.getEventId()) : book.exceptions();
        return new Outcome.Refused(rejection, book.signals(), objects, DecisionOutcome.DECISION_OUTCOME_UNSPECIFIED);
    }

    private static Optional<Rejection> act(DrugBook book, DrugAction act) {
        if (act.getEventTimeMillis() > book.call().timeMillis() + CLOCK_MARGIN_MILLIS) {
            return Optional.of(Refusal.EVENT_IN_FUTURE.rejection());
        }
        book.at(act.getEventTimeMillis());
        return event(book, act).or(() -> switch (act.getActCase()) {
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
            case DOCUMENT, ACT_NOT_SET -> throw new IllegalStateException("parsing refuses such an act");
        });
    }

    /** An event that was taken before is not taken again (DRU-1). */
    private static Optional<Rejection> event(DrugBook book, DrugAction act) {
        if (act.getEventId().isEmpty()) {
            return Optional.empty();
        }
        var key = DrugKeys.event(act.getEventId());
        if (book.read(key, DrugEventState.parser()).isPresent()) {
            return Optional.of(Refusal.EVENT_REPEATED.rejection());
        }
        book.put(
                key,
                DrugEventState.newBuilder()
                        .setTxId(book.call().txId())
                        .setTimeMillis(book.call().timeMillis())
                        .build());
        return Optional.empty();
    }
}
