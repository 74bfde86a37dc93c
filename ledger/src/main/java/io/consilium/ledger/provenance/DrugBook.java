package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.consilium.crypto.Hash;
import io.consilium.ledger.block.EventType;
import io.consilium.ledger.block.IndexEntry;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.block.Writes;
import io.consilium.ledger.identity.Call;
import io.consilium.ledger.state.StateKey;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugContainerState;
import io.consilium.proto.DrugContentsState;
import io.consilium.proto.DrugExceptionKind;
import io.consilium.proto.DrugExceptionState;
import io.consilium.proto.DrugExceptionStatus;
import io.consilium.proto.DrugItemSet;
import io.consilium.proto.DrugItemState;
import io.consilium.proto.DrugLotState;
import io.consilium.proto.DrugProductState;
import io.consilium.proto.DrugSegmentState;
import io.consilium.proto.DrugShipmentState;
import io.consilium.proto.DrugStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What one transaction of provenance reads and writes. Its acts see what the acts before them wrote; signals, which are
 * exceptions and their events, are kept even where the transaction is refused (DRU-8).
 */
final class DrugBook implements DrugPath.Source {
    static final int MAX_RECEIPT_OBJECTS = 64;

    private final Call call;
    private final Map<StateKey, MessageLite> written = new LinkedHashMap<>();
    private final List<IndexEntry> index = new ArrayList<>();
    private final List<Writes.Notice> notices = new ArrayList<>();
    private final Writes signals = new Writes();
    private final Map<StateKey, MessageLite> signalled = new LinkedHashMap<>();
    private final List<ByteString> made = new ArrayList<>();
    private final List<ByteString> exceptions = new ArrayList<>();
    private final Map<ByteString, DrugItemSet> madeAt = new LinkedHashMap<>();
    private NewSerials serials = new NewSerials(List.of());
    private boolean severalActs;
    private long eventTimeMillis;
    private ByteString eventId = ByteString.EMPTY;

    DrugBook(Call call) {
        this.call = call;
        this.eventTimeMillis = call.timeMillis();
    }

    Call call() {
        return call;
    }

    String institution() {
        return call.person().map(person -> person.institution().getId()).orElseGet(() -> call.signatory()
                .name());
    }

    /** What the transaction is going to do. */
    void plan(List<DrugAction> acts) {
        serials = new NewSerials(acts);
        severalActs = acts.size() > 1;
    }

    NewSerials serials() {
        return serials;
    }

    /** The act under way: when it happened, as its signer says, and the event that it was read from. */
    void begin(DrugAction act) {
        eventTimeMillis = act.getEventTimeMillis() == 0 ? call.timeMillis() : act.getEventTimeMillis();
        eventId = act.getEventId();
    }

    /** Where packs were put that are made now: later acts of the transaction may name them without it. */
    void place(DrugLotState lot, int segment, ByteString ids) {
        if (severalActs) {
            DrugItemSet place = DrugItemSet.newBuilder()
                    .setProductId(lot.getProductId())
                    .setLotId(lot.getId())
                    .setSegment(segment)
                    .build();
            ItemIds.list(ids).forEach(id -> madeAt.put(id, place));
        }
    }

    /** The set, without its ids, of a pack that this transaction made. */
    Optional<DrugItemSet> madeAt(ByteString id) {
        return Optional.ofNullable(madeAt.get(id));
    }

    long eventTimeMillis() {
        return eventTimeMillis;
    }

    @SuppressWarnings("unchecked") // a key's kind fixes its type
    <T extends MessageLite> Optional<T> read(StateKey key, Parser<T> parser) {
        MessageLite own = written.get(key);
        return own == null ? call.state().read(key, parser) : Optional.of((T) own);
    }

    /** The same without keeping the object: for what is passed over in great number. */
    @SuppressWarnings("unchecked") // a key's kind fixes its type
    <T extends MessageLite> Optional<T> glance(StateKey key, Parser<T> parser) {
        MessageLite own = written.get(key);
        return own == null ? call.state().glance(key, parser) : Optional.of((T) own);
    }

    void put(StateKey key, MessageLite object) {
        written.put(key, object);
    }

    Optional<DrugProductState> product(ByteString id) {
        return read(DrugKeys.product(id), DrugProductState.parser());
    }

    Optional<DrugLotState> lot(ByteString id) {
        return read(DrugKeys.lot(id), DrugLotState.parser());
    }

    Optional<DrugSegmentState> segment(ByteString lotId, int number) {
        return glance(DrugKeys.segment(lotId, number), DrugSegmentState.parser());
    }

    Optional<DrugItemState> item(ByteString id) {
        return read(DrugKeys.item(id), DrugItemState.parser());
    }

    /** The same for thousands of items, most of which have no state of their own. */
    Optional<DrugItemState> itemAmongMany(ByteString id) {
        return glance(DrugKeys.item(id), DrugItemState.parser());
    }

    @Override
    public Optional<DrugContainerState> container(ByteString id) {
        return read(DrugKeys.container(id), DrugContainerState.parser());
    }

    DrugContentsState contents(ByteString containerId) {
        return read(DrugKeys.contents(containerId), DrugContentsState.parser())
                .orElse(DrugContentsState.getDefaultInstance());
    }

    @Override
    public Optional<DrugShipmentState> shipment(ByteString id) {
        return read(DrugKeys.shipment(id), DrugShipmentState.parser());
    }

    /** An item that stands out of its lot from now on is found by its lot's index. */
    void put(DrugItemState item) {
        if (item(item.getId()).isEmpty()) {
            index.add(LedgerIndexes.of(LedgerIndexes.LOT_ITEMS, item.getLotId(), call.timeMillis(), item.getId()));
        }
        put(
                DrugKeys.item(item.getId()),
                item.toBuilder().setVersion(item.getVersion() + 1).build());
    }

    void put(DrugContainerState container) {
        put(
                DrugKeys.container(container.getId()),
                container.toBuilder().setVersion(container.getVersion() + 1).build());
    }

    void index(IndexEntry entry) {
        index.add(entry);
    }

    void notice(EventType type, Collection<String> parties, ByteString object) {
        notices.add(new Writes.Notice(type, List.copyOf(new TreeSet<>(parties)), object));
    }

    /** An object for the receipt. */
    void made(ByteString id) {
        made.add(id);
    }

    DrugStep.Builder step(String type) {
        return DrugStep.newBuilder()
                .setType(type)
                .setTimeMillis(call.timeMillis())
                .setEventTimeMillis(eventTimeMillis)
                .setTxId(call.txId())
                .setActor(call.signatory().name())
                .setEventId(eventId);
    }

    /**
     * Opens an exception, or counts one that this institution has open about the same thing already, and tells the
     * parties (DRU-4, DRU-8).
     */
    void signal(Finding finding) {
        TreeSet<String> all = new TreeSet<>(finding.parties());
        all.add(institution());
        product(finding.productId()).ifPresent(product -> all.add(product.getOwner()));
        ByteString object = finding.object();
        ByteString id = exceptionId(finding.kind(), object);
        StateKey key = DrugKeys.exception(id);
        Optional<DrugExceptionState> known = Optional.ofNullable((DrugExceptionState) signalled.get(key))
                .or(() -> call.state().read(key, DrugExceptionState.parser()));
        DrugExceptionState.Builder exception = known.map(DrugExceptionState::toBuilder)
                .orElseGet(() -> DrugExceptionState.newBuilder()
                        .setId(id)
                        .setKind(finding.kind())
                        .setObject(object)
                        .setProductId(finding.productId())
                        .setCause(finding.cause())
                        .setReporter(call.signatory().name())
                        .setOpenedMillis(call.timeMillis())
                        .setSealedDetails(finding.sealedDetails()));
        all.addAll(exception.getPartiesList());
        boolean fresh = known.isEmpty();
        if (exception.getStatus() != DrugExceptionStatus.DRUG_INVESTIGATING) {
            exception.setStatus(DrugExceptionStatus.DRUG_OPEN);
        }
        DrugExceptionState state = exception
                .clearParties()
                .addAllParties(all)
                .setOccurrences(exception.getOccurrences() + 1)
                .setChangedMillis(call.timeMillis())
                .setVersion(exception.getVersion() + 1)
                .build();
        signalled.put(key, state);
        signals.put(key, state).notify(EventType.DRUG_EXCEPTION_OPENED, all, id);
        if (fresh) {
            for (String party : all) {
                signals.index(LedgerIndexes.of(LedgerIndexes.INSTITUTION_EXCEPTIONS, party, call.timeMillis(), id));
            }
            signals.index(LedgerIndexes.of(LedgerIndexes.OBJECT_EXCEPTIONS, object, call.timeMillis(), id));
        }
        if (!exceptions.contains(id)) {
            exceptions.add(id);
        }
    }

    ByteString exceptionId(DrugExceptionKind kind, ByteString object) {
        byte[] hash = Hash.tagged(
                        "consilium/drug-exception/v1",
                        new byte[] {(byte) kind.getNumber()},
                        object.toByteArray(),
                        institution().getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .toBytes();
        return ByteString.copyFrom(Arrays.copyOf(hash, ItemIds.BYTES));
    }

    /** Ids of the exceptions that were opened, as many as a receipt may name. */
    List<ByteString> exceptions() {
        return exceptions.subList(0, Math.min(exceptions.size(), MAX_RECEIPT_OBJECTS));
    }

    /** Ids of what was made or changed, exceptions before the rest. */
    List<ByteString> objects() {
        List<ByteString> objects = new ArrayList<>(exceptions);
        objects.addAll(made);
        return List.copyOf(objects.subList(0, Math.min(objects.size(), MAX_RECEIPT_OBJECTS)));
    }

    Writes signals() {
        return signals;
    }

    /** Everything, for a transaction that is applied. */
    Writes all() {
        written.forEach(signals::put);
        index.forEach(signals::index);
        notices.forEach(notice -> signals.notify(notice.type(), notice.parties(), notice.object()));
        return signals;
    }
}
