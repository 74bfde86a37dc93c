package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.BlindingKey;
import io.consilium.client.ClientException;
import io.consilium.client.SealedDetails;
import io.consilium.client.VerificationFailed;
import io.consilium.client.VerifiedState;
import io.consilium.interop.epcis.EpcisDocument;
import io.consilium.interop.epcis.EpcisEvent;
import io.consilium.interop.epcis.MalformedEpcis;
import io.consilium.ledger.provenance.DrugKeys;
import io.consilium.ledger.provenance.ItemIds;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.tx.ActorName;
import io.consilium.proto.DrugDetailsState;
import io.consilium.proto.DrugEventDetails;
import io.consilium.proto.DrugEventState;
import io.consilium.proto.DrugStep;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Captured events in the words in which they were written, for the institutions that they name (DRU-1, DRU-9). */
final class KeptEvents {
    private final Session session;
    private final DrugDesk desk;
    private final Map<StateKey, Optional<Kept>> opened = new LinkedHashMap<>();
    private final Map<ByteString, EpcisDocument> documents = new LinkedHashMap<>();

    KeptEvents(Session session, DrugDesk desk) {
        this.session = session;
        this.desk = desk;
    }

    /** An event, the declaration that it is wrong where there is one, and the document that was kept with it. */
    record Kept(EpcisEvent event, Optional<ByteString> declaration, EpcisDocument document) {}

    /** The event that a step was read from; nothing where it was read from none, or is sealed to others. */
    Optional<Kept> of(DrugStep step) throws ClientException {
        return step.getEventId().isEmpty()
                ? Optional.empty()
                : of(ActorName.institutionOf(step.getActor()), step.getEventId());
    }

    Optional<Kept> of(String captor, ByteString eventId) throws ClientException {
        StateKey key = DrugKeys.event(captor, eventId);
        if (!opened.containsKey(key)) {
            opened.put(key, open(key, eventId));
        }
        return opened.getOrDefault(key, Optional.empty());
    }

    private Optional<Kept> open(StateKey key, ByteString eventId) throws ClientException {
        Optional<DrugEventState> event =
                session.state().find(key, DrugEventState.parser()).map(VerifiedState.At::value);
        if (event.isEmpty()) {
            return Optional.empty();
        }
        String owner = event.get().getCapturedBy();
        List<DrugEventDetails> parts = parts(owner, event.get().getDetailsId());
        int place =
                parts.isEmpty() ? -1 : ItemIds.list(parts.get(0).getEventIds()).indexOf(eventId);
        if (place < 0) {
            return Optional.empty();
        }
        Optional<BlindingKey> shared = desk.sharedBy(owner);
        if (shared.isEmpty()) {
            return Optional.empty();
        }
        EpcisDocument document = document(event.get().getDetailsId(), parts, shared.get());
        return Optional.of(new Kept(
                document.standalone(place),
                Optional.of(event.get().getErrorEventId()).filter(id -> !id.isEmpty()),
                document));
    }

    private List<DrugEventDetails> parts(String owner, ByteString id) throws ClientException {
        List<DrugEventDetails> parts = new ArrayList<>();
        int all = 1;
        while (parts.size() < all) {
            Optional<DrugEventDetails> part = session.state()
                    .find(DrugKeys.details(owner, id, parts.size()), DrugDetailsState.parser())
                    .map(found -> found.value().getDetails());
            if (part.isEmpty()) {
                return List.of();
            }
            all = part.get().getParts();
            parts.add(part.get());
        }
        return parts;
    }

    private EpcisDocument document(ByteString id, List<DrugEventDetails> parts, BlindingKey key)
            throws ClientException {
        Optional<EpcisDocument> known = Optional.ofNullable(documents.get(id));
        if (known.isPresent()) {
            return known.get();
        }
        try {
            EpcisDocument document = EpcisDocument.read(
                    SealedDetails.open(parts, session.institution(), key).orElseThrow(() -> unreadable(parts)));
            documents.put(id, document);
            return document;
        } catch (MalformedEpcis malformed) {
            throw unreadable(parts).causedBy(malformed);
        }
    }

    private static ClientException unreadable(List<DrugEventDetails> parts) {
        return new VerificationFailed(
                "DETAILS_UNREADABLE",
                "What was kept of " + ItemIds.count(parts.get(0).getEventIds()) + " captured event(s) does not open",
                "Ask who captured them");
    }
}
