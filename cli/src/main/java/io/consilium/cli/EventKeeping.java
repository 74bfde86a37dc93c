package io.consilium.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.consilium.client.BlindingKey;
import io.consilium.client.BlindingKeys;
import io.consilium.client.ClientException;
import io.consilium.client.CustodianKeys;
import io.consilium.client.SealedDetails;
import io.consilium.interop.epcis.EpcisDocument;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugEventDetails;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * Keeps captured events as they were written, extensions, sensors and master data included: sealed for who captures them and
 * the institutions that they name (DRU-1). Events of the same readers go together, for they compress better; what the
 * document's head says goes with the first of them.
 */
final class EventKeeping {
    private static final int MAX_CHARACTERS = 512 * 1024;
    private static final int MAX_EVENTS = 1_000;

    private final Session session;
    private final DrugDesk desk;
    private final ObjectNode head;
    private final Map<CapturedEvent, ByteString> ids;

    EventKeeping(Session session, DrugDesk desk, ObjectNode head, Map<CapturedEvent, ByteString> ids) {
        this.session = session;
        this.desk = desk;
        this.head = head;
        this.ids = ids;
    }

    /**
     * Acts that stand after those of the events. A member who cannot have the institution's root captures what the events
     * do, and is told that their words are not kept.
     */
    List<DrugAction> acts(List<CapturedEvent> events) throws ClientException {
        try {
            return kept(events);
        } catch (ClientException refused) {
            if (!refused.code().equals(BlindingKeys.ROOT_NOT_GIVEN)) {
                throw refused;
            }
            session.output()
                    .say("The events' own words (extensions, sensors, documents) are not kept: "
                            + refused.getMessage());
            return List.of();
        }
    }

    private List<DrugAction> kept(List<CapturedEvent> events) throws ClientException {
        Map<SortedSet<String>, List<CapturedEvent>> groups = new LinkedHashMap<>();
        for (CapturedEvent event : events) {
            groups.computeIfAbsent(readers(event), readers -> new ArrayList<>()).add(event);
        }
        List<DrugAction> acts = new ArrayList<>();
        for (Map.Entry<SortedSet<String>, List<CapturedEvent>> group : groups.entrySet()) {
            SortedMap<String, BlindingKey> keys = desk.readerKeys(group.getKey());
            List<CapturedEvent> some = new ArrayList<>();
            int characters = 0;
            for (CapturedEvent event : group.getValue()) {
                if (!some.isEmpty()
                        && (some.size() == MAX_EVENTS
                                || characters + event.text().length() > MAX_CHARACTERS)) {
                    acts.addAll(sealed(some, keys, acts.isEmpty()));
                    some.clear();
                    characters = 0;
                }
                some.add(event);
                characters += event.text().length();
            }
            acts.addAll(sealed(some, keys, acts.isEmpty()));
        }
        return acts;
    }

    private SortedSet<String> readers(CapturedEvent event) throws ClientException {
        SortedSet<String> readers = desk.named(event);
        readers.add(session.institution());
        return readers;
    }

    private List<DrugAction> sealed(List<CapturedEvent> events, SortedMap<String, BlindingKey> keys, boolean withHead)
            throws ClientException {
        byte[] document = EpcisDocument.of(
                withHead ? head : head.deepCopy().retain("@context"),
                events.stream().map(CapturedEvent::text).toList());
        List<ByteString> names = events.stream()
                .map(event -> Objects.requireNonNull(ids.get(event)))
                .toList();
        List<DrugAction> acts = new ArrayList<>();
        for (DrugEventDetails details : SealedDetails.seal(new CustodianKeys().freshId(), document, names, keys)) {
            acts.add(DrugAction.newBuilder().setDetails(details).build());
        }
        return acts;
    }
}
