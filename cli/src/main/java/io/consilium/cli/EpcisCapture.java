package io.consilium.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.consilium.client.BlindingKey;
import io.consilium.client.ClientException;
import io.consilium.client.CustodianKeys;
import io.consilium.client.FailureClass;
import io.consilium.client.Submitter;
import io.consilium.interop.epcis.EpcisDocument;
import io.consilium.interop.epcis.EpcisEvent;
import io.consilium.interop.epcis.MalformedEpcis;
import io.consilium.interop.epcis.TradeStep;
import io.consilium.interop.gs1.Gs1Key;
import io.consilium.ledger.tx.Refusal;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugDocument;
import io.consilium.proto.InstitutionState;
import io.consilium.proto.TransactionReceipt;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Takes a document of EPCIS events: everything that can be known without the ledger is tried first, for every event; then
 * the ledger applies all of them or none (DRU-1).
 */
final class EpcisCapture {
    /** Clocks of who records an event and of who takes it may differ so much. */
    private static final long CLOCK_MARGIN_MILLIS = 30_000;

    private static final int MAX_PART_BYTES = 240_000;
    private static final int MAX_PART_ACTS = 2_000;
    private static final int MAX_PARTS = 8;

    private final Session session;
    private final DrugDesk desk;
    private EpcisDocument.Form form = EpcisDocument.Form.DOCUMENT;
    private Optional<Set<String>> senders = Optional.empty();
    private ObjectNode head = JsonNodeFactory.instance.objectNode();

    EpcisCapture(Session session, DrugDesk desk) {
        this.session = session;
        this.desk = desk;
    }

    int run(String file) throws ClientException {
        List<CapturedEvent> events = read(file);
        long now = System.currentTimeMillis();
        for (CapturedEvent event : events) {
            if (Math.max(event.timeMillis(), event.actedMillis()) > now + CLOCK_MARGIN_MILLIS) {
                throw refused(
                        event,
                        Refusal.EVENT_IN_FUTURE.name(),
                        "DRU-1",
                        "eventTime",
                        "it lies in the future",
                        "Correct the event's time, or this machine's clock");
            }
            requirePlaces(event);
        }
        Map<CapturedEvent, ByteString> ids = blinded(events);
        List<CapturedEvent> fresh = fresh(events, ids);
        CapturePlan plan = new CapturePlan(desk, this, ids, fresh);
        List<DrugAction> acts = new ArrayList<>(plan.acts());
        Map<String, Object> result = new LinkedHashMap<>();
        if (acts.isEmpty()) {
            result.put("status", "UNCHANGED");
            session.output().say("Every event of the document was taken before; nothing is left to do");
            print(result, events, fresh);
            return 0;
        }
        acts.addAll(new EventKeeping(session, desk, head, ids).acts(fresh));
        Writes.Written written = submit(acts);
        result.putAll(desk.acts().withExceptions(written, 1).result());
        Optional<ClientException> failure = written.receipt().flatMap(receipt -> Submitter.failure(receipt.receipt()));
        if (failure.isPresent()) {
            throw told(result, failure.get(), written, ids);
        }
        print(result, events, fresh);
        return 0;
    }

    /** The first fault of the document, whether of its form or of what it means. */
    private List<CapturedEvent> read(String file) throws ClientException {
        List<CapturedEvent> events = new ArrayList<>();
        List<MalformedEpcis> unfit = new ArrayList<>();
        ClientException malformed = null;
        try {
            EpcisDocument document = EpcisCheck.read(session, file, event -> keep(event, events, unfit));
            form = document.form();
            head = document.head();
        } catch (ClientException fault) {
            malformed = fault;
        }
        if (!unfit.isEmpty()) {
            int index = events.size();
            throw EpcisCheck.invalid(unfit.get(0).within(EpcisDocument.pathOf(form, index), index));
        }
        if (malformed != null) {
            throw malformed;
        }
        if (form == EpcisDocument.Form.QUERY) {
            throw new ClientException(
                    FailureClass.REFUSED,
                    "EPCIS_INVALID",
                    "DRU-1",
                    "type",
                    "The document is a query for events; it holds none",
                    "Capture the answer to it");
        }
        return events;
    }

    private static void keep(EpcisEvent event, List<CapturedEvent> events, List<MalformedEpcis> unfit) {
        if (unfit.isEmpty()) {
            try {
                events.add(CapturedEvent.of(events.size(), event));
            } catch (MalformedEpcis fault) {
                unfit.add(fault);
            }
        }
    }

    /** Every party and place is one of this chain's, by its GLN or by the company prefix in it. */
    private void requirePlaces(CapturedEvent event) throws ClientException {
        for (Map.Entry<String, Gs1Key> place : event.places().entrySet()) {
            if (desk.holderOf(place.getValue()).isEmpty()) {
                throw refused(
                        event,
                        "GLN_UNKNOWN",
                        "DRU-1",
                        place.getKey(),
                        "no institution of this chain has the GLN or its company prefix",
                        "Check the GLN; consilium institution list shows those that are registered");
            }
        }
    }

    /** An event that cannot be taken: its place in the document and the rule; nothing was submitted. */
    ClientException refused(CapturedEvent event, String code, String rule, String path, String reason, String hint) {
        return new ClientException(
                FailureClass.REFUSED,
                code,
                rule,
                path(event, path),
                "Event " + event.index() + " (counted from 0) cannot be taken: " + reason,
                hint + "; nothing of the document was taken");
    }

    private String path(CapturedEvent event, String path) {
        String whole = EpcisDocument.pathOf(form, event.index());
        return whole.isEmpty() || path.isEmpty() ? whole + path : whole + "." + path;
    }

    private Map<CapturedEvent, ByteString> blinded(List<CapturedEvent> events) throws ClientException {
        Map<CapturedEvent, ByteString> ids = new IdentityHashMap<>();
        for (CapturedEvent event : events) {
            ids.put(event, commissionKey(event).eventId(event.identity()));
        }
        return ids;
    }

    /** Who cannot even have the key of a product has captured no commissioning of it before. */
    private BlindingKey commissionKey(CapturedEvent event) throws ClientException {
        try {
            return key(event);
        } catch (ClientException noKey) {
            Optional<Integer> foreign = foreign(event);
            if (foreign.isEmpty() || noKey.rule().equals("DRU-2")) {
                throw noKey;
            }
            throw foreign(event, foreign.get());
        }
    }

    /** The first pack that the event commissions and that another has made. */
    private Optional<Integer> foreign(CapturedEvent event) throws ClientException {
        for (TradeStep step : event.steps()) {
            if (step instanceof TradeStep.Commission commission) {
                for (int i = 0; i < commission.packs().size(); i++) {
                    Optional<InstitutionState> owner =
                            desk.owner(commission.packs().get(i));
                    if (owner.isPresent() && !desk.isOwn(owner.get().getId())) {
                        return Optional.of(i);
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** Only who made a product commissions packs of it (DRU-2). */
    ClientException foreign(CapturedEvent event, int at) {
        return refused(
                event,
                "GTIN_FOREIGN",
                "DRU-2",
                "epcList[" + at + "]",
                "the GTIN belongs to another manufacturer",
                "Its manufacturer captures this event");
    }

    /** The key that all who can have captured the event can have: of its product, else of its containers' company. */
    BlindingKey key(CapturedEvent event) throws ClientException {
        if (event.subject().isEmpty()) {
            return desk.ownLogistics();
        }
        Gs1Key subject = event.subject().get();
        return DrugDesk.isContainer(subject) ? desk.eventKey(subject) : product(event, subject, "");
    }

    /** The key of a pack's product; a product that nobody here has added is the event's fault. */
    BlindingKey product(CapturedEvent event, Gs1Key pack, String path) throws ClientException {
        try {
            desk.requireOwner(pack);
            return desk.requireProduct(pack);
        } catch (ClientException unknown) {
            if (unknown.kind() != FailureClass.REFUSED) {
                throw unknown;
            }
            throw refused(
                    event, unknown.code(), unknown.rule(), path, String.valueOf(unknown.getMessage()), unknown.hint());
        }
    }

    /** Without those that were taken before, or that the document has twice. */
    private List<CapturedEvent> fresh(List<CapturedEvent> events, Map<CapturedEvent, ByteString> ids)
            throws ClientException {
        Map<String, Set<ByteString>> taken = new LinkedHashMap<>();
        Set<ByteString> seen = new LinkedHashSet<>();
        List<CapturedEvent> fresh = new ArrayList<>();
        for (CapturedEvent event : events) {
            boolean known = false;
            for (String captor : captors(event)) {
                if (!taken.containsKey(captor)) {
                    taken.put(
                            captor,
                            desk.takenEvents(
                                    captor, events.stream().map(ids::get).toList()));
                }
                known |= Objects.requireNonNull(taken.get(captor)).contains(ids.get(event));
            }
            if (seen.add(ids.get(event)) && !known) {
                fresh.add(event);
            }
        }
        return fresh;
    }

    /**
     * Whose capture of an event is believed: this institution's, of those that it names, and of who made or packed the goods;
     * where nothing is made, of who sends goods to here. A stranger's keeps no event out.
     */
    private Set<String> captors(CapturedEvent event) throws ClientException {
        Set<String> captors = new LinkedHashSet<>(List.of(session.institution()));
        captors.addAll(desk.named(event));
        if (event.subject().isPresent()) {
            desk.owner(event.subject().get()).ifPresent(owner -> captors.add(owner.getId()));
        }
        if (event.steps().stream().noneMatch(step -> step instanceof TradeStep.Commission)) {
            if (senders.isEmpty()) {
                senders = Optional.of(desk.containers().senders());
            }
            captors.addAll(senders.get());
        }
        return captors;
    }

    /** In one transaction, or in parts of which the last has the effect of all. */
    private Writes.Written submit(List<DrugAction> acts) throws ClientException {
        List<DrugDocument.Builder> parts = parts(acts);
        if (parts.size() > MAX_PARTS) {
            throw new ClientException(
                    FailureClass.REFUSED,
                    "DOCUMENT_TOO_LARGE",
                    "TX-6",
                    "",
                    "The document comes to more than " + MAX_PARTS * (MAX_PART_BYTES / 1_000) + " kB on chain",
                    "Split it into documents of whole events; nothing of it was taken");
        }
        ByteString id = parts.size() > 1 ? new CustodianKeys().freshId() : ByteString.EMPTY;
        for (int i = 0; i < parts.size(); i++) {
            DrugAction.Builder action = DrugAction.newBuilder()
                    .setDocument(
                            parts.get(i).setDocumentId(id).setPart(i).setParts(parts.size() > 1 ? parts.size() : 0));
            if (i == parts.size() - 1 || session.options().dryRun) {
                return desk.acts().submit(action, Map.of());
            }
            session.output().detail("part " + (i + 1) + " of " + parts.size());
            Optional<ClientException> failure = Submitter.failure(desk.acts().commit(action.build()));
            if (failure.isPresent()) {
                throw failure.get();
            }
        }
        throw new IllegalStateException("a document has a last part");
    }

    private static List<DrugDocument.Builder> parts(List<DrugAction> acts) {
        List<DrugDocument.Builder> parts = new ArrayList<>();
        int bytes = MAX_PART_BYTES;
        for (DrugAction act : acts) {
            int size = act.getSerializedSize() + Long.BYTES;
            if (bytes + size > MAX_PART_BYTES || parts.get(parts.size() - 1).getActsCount() == MAX_PART_ACTS) {
                parts.add(DrugDocument.newBuilder());
                bytes = 0;
            }
            parts.get(parts.size() - 1).addActs(act);
            bytes += size;
        }
        return parts;
    }

    /** The refusal with the event that it is about, which the receipt names first. */
    private ClientException told(
            Map<String, Object> result,
            ClientException failure,
            Writes.Written written,
            Map<CapturedEvent, ByteString> ids) {
        TransactionReceipt receipt = written.receipt().orElseThrow().receipt();
        Optional<CapturedEvent> failed = receipt.getObjectIdsCount() == 0
                ? Optional.empty()
                : ids.entrySet().stream()
                        .filter(entry -> entry.getValue().equals(receipt.getObjectIds(0)))
                        .map(Map.Entry::getKey)
                        .min(Comparator.comparingInt(CapturedEvent::index));
        failed.ifPresent(event -> result.put("eventIndex", event.index()));
        session.output().result(result);
        return failed.<ClientException>map(event -> new ClientException(
                        failure.kind(),
                        failure.code(),
                        failure.rule(),
                        path(event, ""),
                        "Event " + event.index() + " (counted from 0): " + failure.getMessage(),
                        failure.hint() + "; nothing of the document was taken"))
                .orElse(failure);
    }

    private void print(Map<String, Object> result, List<CapturedEvent> events, List<CapturedEvent> fresh) {
        Set<Integer> taken = new LinkedHashSet<>();
        fresh.forEach(event -> taken.add(event.index()));
        List<Map<String, Object>> shown = new ArrayList<>();
        for (CapturedEvent event : events) {
            Map<String, Object> item = new LinkedHashMap<>(event.shown());
            item.put("outcome", taken.contains(event.index()) ? outcome(event) : "duplicate");
            shown.add(item);
        }
        result.put("captured", fresh.size());
        result.put("duplicates", events.size() - fresh.size());
        if (session.output().format() == GlobalOptions.Format.table) {
            session.output().raw().print(TableWriter.list(List.of("type", "eventTime", "outcome", "eventId"), shown));
            session.output().raw().print(TableWriter.object(result));
        } else {
            result.put("events", shown);
            session.output().result(result);
        }
    }

    private static String outcome(CapturedEvent event) {
        if (event.error().isPresent()) {
            return "error-declared";
        }
        return event.steps().stream().allMatch(step -> step instanceof TradeStep.Observed) ? "noted" : "applied";
    }
}
