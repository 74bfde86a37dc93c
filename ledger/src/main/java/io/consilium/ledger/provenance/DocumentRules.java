package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.Outcome;
import io.consilium.ledger.identity.Call;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugDocument;
import io.consilium.proto.DrugDraftState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Documents of events: all of one is applied or nothing (DRU-1). A document that is larger than a transaction comes in
 * parts; each but the last waits as a draft of its sender, who has room for one document, and the last applies all.
 */
final class DocumentRules {
    private static final String RULE = "DRU-1";

    private DocumentRules() {}

    static Outcome take(Call call, DrugDocument document) {
        DrugBook book = new DrugBook(call);
        int last = Math.max(document.getParts(), 1) - 1;
        if (document.getPart() < last) {
            return keep(book, document);
        }
        List<DrugAction> acts = new ArrayList<>();
        for (int part = 0; part < last; part++) {
            Optional<DrugDraftState> draft = book.read(DrugKeys.draft(sender(call), part), DrugDraftState.parser())
                    .filter(found ->
                            found.getActsCount() > 0 && found.getDocumentId().equals(document.getDocumentId()));
            if (draft.isEmpty()) {
                return DrugRules.refused(book, Refusal.DOCUMENT_INCOMPLETE.rejection(), List.of());
            }
            acts.addAll(draft.get().getActsList());
        }
        acts.addAll(document.getActsList());
        for (int part = 0; part < last; part++) {
            book.signals()
                    .put(
                            DrugKeys.draft(sender(call), part),
                            DrugDraftState.newBuilder()
                                    .setDocumentId(document.getDocumentId())
                                    .setPart(part)
                                    .build());
        }
        return apply(book, acts);
    }

    private static Outcome apply(DrugBook book, List<DrugAction> acts) {
        book.plan(acts);
        ByteString event = ByteString.EMPTY;
        for (DrugAction act : acts) {
            // an event that needs several acts is named by the first of them
            event = act.getEventId().isEmpty() ? event : act.getEventId();
            try {
                Optional<Rejection> refusal = DrugRules.act(book, act);
                if (refusal.isPresent()) {
                    return DrugRules.refused(book, refusal.get(), named(event, book.exceptions()));
                }
            } catch (Work.TooMuch tooMuch) {
                return DrugRules.tooMuch(event.isEmpty() ? List.of() : List.of(event));
            }
        }
        return DrugRules.applied(book);
    }

    /** The event that failed, then the exceptions that were opened. */
    private static List<ByteString> named(ByteString event, List<ByteString> exceptions) {
        List<ByteString> objects = new ArrayList<>(List.of(event));
        objects.addAll(exceptions.subList(0, Math.min(exceptions.size(), DrugBook.MAX_RECEIPT_OBJECTS - 1)));
        return List.copyOf(objects);
    }

    private static Outcome keep(DrugBook book, DrugDocument document) {
        Optional<Rejection> refusal =
                Traders.isRegulator(book.call()) ? Optional.empty() : Traders.handler(book.call(), RULE);
        if (refusal.isPresent()) {
            return DrugRules.refused(book, refusal.get(), List.of());
        }
        book.put(
                DrugKeys.draft(sender(book.call()), document.getPart()),
                DrugDraftState.newBuilder()
                        .setDocumentId(document.getDocumentId())
                        .setPart(document.getPart())
                        .addAllActs(document.getActsList())
                        .build());
        return DrugRules.applied(book);
    }

    private static String sender(Call call) {
        return call.signatory().name();
    }
}
