package io.consilium.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.protobuf.ByteString;
import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.interop.epcis.EpcisDocument;
import io.consilium.interop.epcis.EpcisEvent;
import io.consilium.interop.epcis.EventDraft;
import io.consilium.interop.epcis.EventType;
import io.consilium.interop.epcis.MalformedEpcis;
import io.consilium.interop.gs1.Gs1Key;
import io.consilium.interop.gs1.KeyKind;
import io.consilium.interop.gs1.MalformedIdentifier;
import io.consilium.proto.DrugStep;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A path as a document of EPCIS 2.0 (DRU-1): captured events as they came, other steps in the terms of the CBV. Steps of containers whose SSCC this reader cannot
 * know are left out: an event needs its parent.
 */
final class PathExport {
    private static final String SSCC = "SSCC ";

    private final DrugDesk desk;
    private final KeptEvents captured;
    private final Gs1Key item;
    private final PathView view;
    private final Optional<Batch> batch;
    private final Set<EpcisDocument> heads = Collections.newSetFromMap(new IdentityHashMap<>());

    /** What is printed on the pack beside its serial. */
    record Batch(String lot, LocalDate expiry) {}

    PathExport(DrugDesk desk, KeptEvents captured, Gs1Key item, PathView view, Optional<Batch> batch) {
        this.captured = captured;
        this.desk = desk;
        this.item = item;
        this.view = view;
        this.batch = batch;
    }

    EpcisDocument document(Instant now) throws ClientException {
        List<EpcisEvent> events = new ArrayList<>();
        Set<ByteString> written = new LinkedHashSet<>();
        for (PathView.Event event : view.events()) {
            if (kept(event.step(), written, events)) {
                continue;
            }
            try {
                Optional<EventDraft> draft = draft(event);
                if (draft.isPresent()) {
                    events.add(draft.get().event());
                }
            } catch (MalformedEpcis | MalformedIdentifier impossible) {
                throw new IllegalStateException("a step of the chain makes no EPCIS event", impossible);
            }
        }
        EpcisDocument path = EpcisDocument.of(now.toString(), JsonNodeFactory.instance.objectNode(), events);
        for (EpcisDocument head : heads) {
            path = heads.size() == 1 ? path.with(head) : path;
        }
        return path;
    }

    /** How many documents with a head of their own the events came in; those of several do not go into one. */
    int heads() {
        return heads.size();
    }

    /** An event that this reader can open goes out as it came in, once, whatever number of steps it made. */
    private boolean kept(DrugStep step, Set<ByteString> written, List<EpcisEvent> events) throws ClientException {
        Optional<KeptEvents.Kept> kept = captured.of(step);
        if (kept.isPresent() && written.add(step.getEventId())) {
            if (!kept.get().document().remarks().isEmpty()) {
                heads.add(kept.get().document());
            }
            events.add(kept.get().event());
            if (kept.get().declaration().isPresent()) {
                DrugStep declared = step.toBuilder()
                        .setEventId(kept.get().declaration().get())
                        .build();
                kept(declared, written, events);
            }
        }
        return kept.isPresent();
    }

    private Optional<EventDraft> draft(PathView.Event event) throws ClientException, MalformedIdentifier {
        return switch (event.type()) {
            case "pack" -> aggregation(event, "ADD", "packing");
            case "unpack" -> aggregation(event, "DELETE", "unpacking");
            case "ship" -> Optional.of(handOver(event, "shipping", "in_transit"));
            case "return" -> Optional.of(handOver(event, "shipping", "returned"));
            default -> {
                Optional<StepTerms> terms = StepTerms.of(event.type());
                if (terms.isEmpty()) {
                    yield Optional.empty();
                }
                EventDraft draft = object(
                        event,
                        terms.get().action(),
                        terms.get().bizStep(),
                        terms.get().disposition());
                if (event.type().equals("commission")) {
                    batch.ifPresent(found -> draft.batch(found.lot(), found.expiry()));
                }
                yield Optional.of(draft);
            }
        };
    }

    private EventDraft object(PathView.Event event, String action, String step, String disposition)
            throws ClientException, MalformedIdentifier {
        return start(EventType.OBJECT, event, action).step(step, disposition).objects(List.of(item));
    }

    private Optional<EventDraft> aggregation(PathView.Event event, String action, String step)
            throws ClientException, MalformedIdentifier {
        if (!event.container().startsWith(SSCC)) {
            return Optional.empty();
        }
        Gs1Key parent = Gs1Key.of(KeyKind.SSCC, event.container().substring(SSCC.length()), "");
        return Optional.of(start(EventType.AGGREGATION, event, action)
                .step(step, "in_progress")
                .parent(parent)
                .objects(List.of(item)));
    }

    private EventDraft handOver(PathView.Event event, String step, String disposition)
            throws ClientException, MalformedIdentifier {
        return object(event, "OBSERVE", step, disposition)
                .source("possessing_party", party(event.institution()))
                .destination("possessing_party", party(event.to()));
    }

    private EventDraft start(EventType type, PathView.Event event, String action)
            throws ClientException, MalformedIdentifier {
        return new EventDraft(type, Instant.ofEpochMilli(event.timeMillis()), ZoneOffset.UTC)
                .action(action)
                .readPoint(Gs1Key.of(KeyKind.SGLN, gln(event.institution()), ""));
    }

    private Gs1Key party(String institution) throws ClientException, MalformedIdentifier {
        return Gs1Key.of(KeyKind.PGLN, gln(institution), "");
    }

    private String gln(String institution) throws ClientException {
        String gln = desk.institution(institution).getGln();
        if (gln.isEmpty()) {
            throw new ClientException(
                    FailureClass.REFUSED,
                    "GLN_MISSING",
                    "DRU-1",
                    "",
                    "The institution " + institution + " has no GLN, which EPCIS events need",
                    "It registers one");
        }
        return gln;
    }
}
