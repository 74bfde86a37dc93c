package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.DrugDetailsState;
import io.consilium.proto.DrugErrorDeclaration;
import io.consilium.proto.DrugEventDetails;
import io.consilium.proto.DrugEventState;
import java.util.Optional;

/** EPCIS events as such: each is taken once, and one that was wrong is marked, never erased (DRU-1). */
final class EventRules {
    private static final String RULE = "DRU-1";

    private EventRules() {}

    /** Once by each institution: nobody keeps another's event out by taking its id first. */
    static Optional<Rejection> take(DrugBook book, ByteString eventId) {
        StateKey key = DrugKeys.event(book.institution(), eventId);
        if (book.read(key, DrugEventState.parser()).isPresent()) {
            return Optional.of(Refusal.EVENT_REPEATED.rejection());
        }
        book.put(
                key,
                DrugEventState.newBuilder()
                        .setTxId(book.call().txId())
                        .setTimeMillis(book.call().timeMillis())
                        .setCapturedBy(book.institution())
                        .build());
        return Optional.empty();
    }

    /** Nothing changes by an event that only observes; that it was taken is written by {@link #take}. */
    static Optional<Rejection> observe(DrugBook book) {
        return Traders.isRegulator(book.call()) ? Optional.empty() : Traders.handler(book.call(), RULE);
    }

    /** Whoever captured an event says that it is wrong; what it did is put right by events of its own. */
    static Optional<Rejection> declareError(DrugBook book, DrugErrorDeclaration declaration) {
        Optional<Rejection> refusal = observe(book);
        if (refusal.isPresent()) {
            return refusal;
        }
        StateKey key = DrugKeys.event(book.institution(), declaration.getDeclaredEventId());
        Optional<DrugEventState> event = book.read(key, DrugEventState.parser());
        if (event.isEmpty()) {
            return Optional.of(Refusal.EVENT_UNKNOWN.rejection());
        }
        if (event.get().hasError()) {
            return Optional.of(Refusal.ERROR_DECLARED.rejection());
        }
        book.put(
                key,
                event.get().toBuilder()
                        .setError(declaration)
                        .setErrorEventId(book.eventId())
                        .setErrorMillis(book.call().timeMillis())
                        .build());
        return Optional.empty();
    }

    /**
     * Keeps what events of this very transaction say, for their readers. It is named by who captured them, so that nobody
     * takes the place of an id that was seen on its way.
     */
    static Optional<Rejection> keep(DrugBook book, DrugEventDetails details) {
        Optional<Rejection> refusal = observe(book);
        if (refusal.isPresent()) {
            return refusal;
        }
        String owner = book.institution();
        StateKey key = DrugKeys.details(owner, details.getDetailsId(), details.getPart());
        if (book.read(key, DrugDetailsState.parser()).isPresent()) {
            return Optional.of(Refusal.DETAILS_EXIST.rejection());
        }
        if (details.getPart() > 0
                && book.read(DrugKeys.details(owner, details.getDetailsId(), 0), DrugDetailsState.parser())
                        .filter(first -> first.getDetails().getParts() > details.getPart())
                        .isEmpty()) {
            return Optional.of(Refusal.DETAILS_INCOMPLETE.rejection());
        }
        if (details.getPart() == 0
                && details.getReadersList().stream()
                        .noneMatch(reader -> reader.getInstitution().equals(owner))) {
            return Optional.of(Refusal.DETAILS_INCOMPLETE.rejection("who captures the events reads them too"));
        }
        for (ByteString id : ItemIds.list(details.getEventIds())) {
            Optional<DrugEventState> event = book.read(DrugKeys.event(owner, id), DrugEventState.parser())
                    .filter(found -> found.getTxId().equals(book.call().txId()))
                    .filter(found -> found.getDetailsId().isEmpty());
            if (event.isEmpty()) {
                return Optional.of(Refusal.EVENT_UNKNOWN.rejection("details are of events of the same transaction"));
            }
            book.put(
                    DrugKeys.event(owner, id),
                    event.get().toBuilder().setDetailsId(details.getDetailsId()).build());
        }
        book.put(key, DrugDetailsState.newBuilder().setDetails(details).build());
        return Optional.empty();
    }
}
