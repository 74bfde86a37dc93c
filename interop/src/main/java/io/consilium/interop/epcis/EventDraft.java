package io.consilium.interop.epcis;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.consilium.interop.gs1.Gs1Key;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Writes an event of EPCIS 2.0 field by field; {@link #event} checks it like one that came from outside. */
public final class EventDraft {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSXXX", Locale.ROOT);

    private final EventType type;
    private final ObjectNode json = JsonTree.NODES.objectNode();

    /**
     * @param time rounded to milliseconds, as the event hash does
     * @param offset what the clock of the place showed
     */
    public EventDraft(EventType type, Instant time, ZoneOffset offset) {
        this.type = type;
        json.put("type", type.text());
        json.put("eventTime", TIME.format(time.atOffset(offset)).replace("Z", "+00:00"));
        json.put("eventTimeZoneOffset", offset.equals(ZoneOffset.UTC) ? "+00:00" : offset.getId());
    }

    public EventDraft eventId(String uri) {
        json.put("eventID", uri);
        return this;
    }

    /** ADD, OBSERVE or DELETE. */
    public EventDraft action(String action) {
        json.put("action", action);
        return this;
    }

    /** Terms of the CBV, such as {@code shipping} and {@code in_transit}. */
    public EventDraft step(String bizStep, String disposition) {
        json.put("bizStep", bizStep);
        json.put("disposition", disposition);
        return this;
    }

    /** The objects; for an aggregation those that go in or out. */
    public EventDraft objects(List<Gs1Key> keys) {
        boolean children = type == EventType.AGGREGATION || type == EventType.ASSOCIATION;
        ArrayNode list = json.putArray(children ? "childEPCs" : "epcList");
        keys.forEach(key -> list.add(key.digitalLink()));
        return this;
    }

    public EventDraft parent(Gs1Key container) {
        json.put("parentID", container.digitalLink());
        return this;
    }

    public EventDraft readPoint(Gs1Key place) {
        json.putObject("readPoint").put("id", place.digitalLink());
        return this;
    }

    public EventDraft bizLocation(Gs1Key place) {
        json.putObject("bizLocation").put("id", place.digitalLink());
        return this;
    }

    /** @param type a term of the CBV, such as {@code po} or {@code desadv} */
    public EventDraft bizTransaction(String type, String uri) {
        return pair("bizTransaction", type, uri);
    }

    /** @param type {@code owning_party}, {@code possessing_party} or {@code location} */
    public EventDraft source(String type, Gs1Key partyOrPlace) {
        return pair("source", type, partyOrPlace.digitalLink());
    }

    /** @param type {@code owning_party}, {@code possessing_party} or {@code location} */
    public EventDraft destination(String type, Gs1Key partyOrPlace) {
        return pair("destination", type, partyOrPlace.digitalLink());
    }

    /** Lot and date of expiry of what is commissioned. */
    public EventDraft batch(String lot, LocalDate expiry) {
        json.withObject("/ilmd").put("cbvmda:lotNumber", lot).put("cbvmda:itemExpirationDate", expiry.toString());
        return this;
    }

    /** The event; refuses one that lacks what its type needs. */
    public EpcisEvent event() throws MalformedEpcis {
        return EpcisEvent.of(json.deepCopy(), Namespaces.NONE, Set.of(), "");
    }

    private EventDraft pair(String field, String type, String uri) {
        json.withArray("/" + field + "List").addObject().put("type", type).put(field, uri);
        return this;
    }
}
