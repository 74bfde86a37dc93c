package io.consilium.cli;

import io.consilium.interop.epcis.EpcisEvent;
import io.consilium.interop.epcis.Identity;
import io.consilium.interop.epcis.MalformedEpcis;
import io.consilium.interop.epcis.TradeStep;
import io.consilium.interop.epcis.TradeSteps;
import io.consilium.interop.gs1.Gs1Key;
import io.consilium.interop.gs1.KeyKind;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is kept of an event between reading a document and submitting it.
 *
 * @param index from 0, as the document counts
 * @param shown as it is printed
 * @param error where the event declares an earlier one to be wrong
 * @param subject of the packs that it names, else of the containers, the first by its canonical Digital Link, as the hash
 *     has them; its key blinds the event's id
 * @param places the GLNs that it names, by their place in the event
 * @param text the event as it was written
 */
record CapturedEvent(
        int index,
        Map<String, Object> shown,
        String hashId,
        String id,
        long timeMillis,
        List<TradeStep> steps,
        Optional<EpcisEvent.ErrorDeclaration> error,
        Optional<Gs1Key> subject,
        Map<String, Gs1Key> places,
        String text) {
    static CapturedEvent of(int index, EpcisEvent event) throws MalformedEpcis {
        return new CapturedEvent(
                index,
                EpcisCheck.summary(event),
                event.hashId(),
                event.id(),
                event.eventTime().toEpochMilli(),
                TradeSteps.of(event),
                event.errorDeclaration(),
                subject(event),
                places(event),
                event.text());
    }

    /** What no other event is: a declaration has the hash of what it declares. */
    String identity() {
        return error.map(declaration -> hashId + "\n" + declaration.declarationTime())
                .orElse(hashId);
    }

    /** Why packs change by it, kept with each of them: its id, or its hash where the id is too long. */
    String reason() {
        String named = "EPCIS event " + id;
        return named.getBytes(StandardCharsets.UTF_8).length > DrugHandling.MAX_REASON_BYTES
                ? "EPCIS event " + hashId
                : named;
    }

    /** When what the event does was done: what a declaration takes back is taken back when it was declared. */
    long actedMillis() {
        return error.map(declaration -> declaration.declarationTime().toEpochMilli())
                .orElse(timeMillis);
    }

    private static Optional<Gs1Key> subject(EpcisEvent event) {
        List<Gs1Key> goods = Stream.of(
                        event.epcs().stream(),
                        event.children().stream(),
                        event.inputs().stream(),
                        event.outputs().stream(),
                        event.parent().stream())
                .flatMap(identities -> identities)
                .flatMap(identity -> identity.key().stream())
                .toList();
        return first(goods, KeyKind.SGTIN).or(() -> first(goods, KeyKind.SSCC));
    }

    private static Optional<Gs1Key> first(List<Gs1Key> goods, KeyKind kind) {
        return goods.stream().filter(key -> key.kind() == kind).min(Comparator.comparing(Gs1Key::digitalLink));
    }

    private static Map<String, Gs1Key> places(EpcisEvent event) {
        Map<String, Gs1Key> places = new LinkedHashMap<>();
        put(places, "readPoint.id", event.readPoint());
        put(places, "bizLocation.id", event.bizLocation());
        for (int i = 0; i < event.sources().size(); i++) {
            put(
                    places,
                    "sourceList[" + i + "]",
                    Optional.of(event.sources().get(i).id()));
        }
        for (int i = 0; i < event.destinations().size(); i++) {
            put(
                    places,
                    "destinationList[" + i + "]",
                    Optional.of(event.destinations().get(i).id()));
        }
        return places;
    }

    private static void put(Map<String, Gs1Key> places, String path, Optional<Identity> place) {
        place.flatMap(Identity::key).filter(TradeSteps::isGln).ifPresent(gln -> places.put(path, gln));
    }
}
