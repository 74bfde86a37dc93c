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
import io.consilium.ledger.identity.Signatories;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.state.StateKeys;
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
import io.consilium.proto.Regulators;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What one transaction of provenance reads and writes. Its acts see what the acts before them wrote; signals, which are
 * exceptions and their events, are kept even where the transaction is refused (DRU-8).
 */
final class DrugBook implements DrugPath.Source {
    static final int MAX_RECEIPT_OBJECTS = 64;

    private static final int KEPT_SEGMENTS = 64;

    private final Call call;
    private final Work work = new Work();
    private final Map<StateKey, MessageLite> written = new LinkedHashMap<>();
    private final List<IndexEntry> index = new ArrayList<>();
    private final List<Writes.Notice> notices = new ArrayList<>();
    private final Writes signals = new Writes();
    private final Map<StateKey, DrugExceptionState> signalled = new LinkedHashMap<>();
    private final List<ByteString> made = new ArrayList<>();
    private final List<ByteString> exceptions = new ArrayList<>();
    private final Map<DrugItemSet, DrugItemSet> madeAt = new LinkedHashMap<>();
    private final Map<StateKey, DrugSegmentState> segments = new LinkedHashMap<>();
    private final Set<ByteString> emptied = new LinkedHashSet<>();
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

    /**
     * The act under way: when it happened, as its signer says, and the event that it was read from. An event that needs
     * several acts is named by the first of them.
     */
    void begin(DrugAction act) {
        eventTimeMillis = act.getEventTimeMillis() == 0 ? call.timeMillis() : act.getEventTimeMillis();
        eventId = act.getEventId().isEmpty() ? eventId : act.getEventId();
    }

    ByteString eventId() {
        return eventId;
    }

    /** Where packs were put that are made now: later acts of the transaction may name them without it. */
    void place(DrugLotState lot, int segment, ByteString ids) {
        if (severalActs) {
            DrugItemSet place = DrugItemSet.newBuilder()
                    .setProductId(lot.getProductId())
                    .setLotId(lot.getId())
                    .setSegment(segment)
                    .build();
            ItemIds.list(ids).forEach(id -> madeAt.put(name(lot.getProductId(), id), place));
        }
    }

    /** The set, without its ids, of a pack that this transaction made. */
    Optional<DrugItemSet> madeAt(ByteString productId, ByteString id) {
        return Optional.ofNullable(madeAt.get(name(productId, id)));
    }

    private static DrugItemSet name(ByteString productId, ByteString id) {
        return DrugItemSet.newBuilder().setProductId(productId).setIds(id).build();
    }

    long eventTimeMillis() {
        return eventTimeMillis;
    }

    @SuppressWarnings("unchecked") // a key's kind fixes its type
    <T extends MessageLite> Optional<T> read(StateKey key, Parser<T> parser) {
        work.look(Work.READ);
        MessageLite own = written.get(key);
        return own == null ? call.state().read(key, parser) : Optional.of((T) own);
    }

    /** The same without keeping the object: for what is passed over in great number. */
    @SuppressWarnings("unchecked") // a key's kind fixes its type
    private <T extends MessageLite> Optional<T> glance(StateKey key, Parser<T> parser) {
        MessageLite own = written.get(key);
        return own == null ? call.state().glance(key, parser) : Optional.of((T) own);
    }

    void put(StateKey key, MessageLite object) {
        MessageLite before = written.put(key, object);
        work.write(written.size(), object.getSerializedSize() - (before == null ? 0 : before.getSerializedSize()));
    }

    Work work() {
        return work;
    }

    Optional<DrugProductState> product(ByteString id) {
        return read(DrugKeys.product(id), DrugProductState.parser());
    }

    Optional<DrugLotState> lot(ByteString id) {
        return read(DrugKeys.lot(id), DrugLotState.parser());
    }

    /** A segment that packs are looked up in; the last few are kept, since packs of one are named together. */
    Optional<DrugSegmentState> segment(ByteString lotId, int number) {
        StateKey key = DrugKeys.segment(lotId, number);
        if (written.containsKey(key)) {
            work.look(8L * Work.READ);
            return glance(key, DrugSegmentState.parser());
        }
        work.look(Work.READ);
        Optional<DrugSegmentState> kept = Optional.ofNullable(segments.get(key));
        return kept.isPresent() ? kept : load(key);
    }

    private Optional<DrugSegmentState> load(StateKey key) {
        Optional<DrugSegmentState> found = glance(key, DrugSegmentState.parser());
        if (found.isPresent()) {
            work.look(found.get().getSerializedSize());
            if (segments.size() == KEPT_SEGMENTS) {
                segments.remove(segments.keySet().iterator().next());
            }
            segments.put(key, found.get());
        }
        return found;
    }

    /** A segment that new serials are compared with. */
    DrugSegmentState compared(ByteString lotId, int number) {
        work.compare();
        return glance(DrugKeys.segment(lotId, number), DrugSegmentState.parser())
                .orElseThrow();
    }

    Optional<DrugItemState> item(ByteString productId, ByteString id) {
        return read(DrugKeys.item(productId, id), DrugItemState.parser());
    }

    /** The same for thousands of items, most of which have no state of their own. */
    Optional<DrugItemState> itemAmongMany(ByteString productId, ByteString id) {
        work.look(Work.READ);
        return glance(DrugKeys.item(productId, id), DrugItemState.parser());
    }

    @Override
    public Optional<DrugContainerState> container(ByteString id) {
        return read(DrugKeys.container(id), DrugContainerState.parser());
    }

    DrugContentsState contents(ByteString containerId) {
        DrugContentsState contents = read(DrugKeys.contents(containerId), DrugContentsState.parser())
                .orElse(DrugContentsState.getDefaultInstance());
        work.look((long) ItemIds.BYTES * (contents.getItemsCount() + contents.getContainersCount()));
        return contents;
    }

    /** Something was taken out of a container: its lots may be fewer. */
    void emptied(ByteString containerId) {
        emptied.add(containerId);
    }

    /** The containers of {@link #emptied}, once. */
    List<ByteString> takeEmptied() {
        List<ByteString> taken = List.copyOf(emptied);
        emptied.clear();
        return taken;
    }

    /** As it is for the acts that follow, whether a finding or a resolution changed it last. */
    Optional<DrugExceptionState> exception(ByteString id) {
        StateKey key = DrugKeys.exception(id);
        work.look(Work.READ);
        return Optional.ofNullable((DrugExceptionState) written.get(key)).or(() -> found(key));
    }

    /** As the findings left it, should the transaction be refused. */
    private Optional<DrugExceptionState> found(StateKey key) {
        return Optional.ofNullable(signalled.get(key)).or(() -> call.state().read(key, DrugExceptionState.parser()));
    }

    @Override
    public Optional<DrugShipmentState> shipment(ByteString id) {
        return read(DrugKeys.shipment(id), DrugShipmentState.parser());
    }

    /** An item that stands out of its lot from now on is found by its lot's index. */
    void put(DrugItemState item) {
        if (item(item.getProductId(), item.getId()).isEmpty()) {
            index.add(LedgerIndexes.of(LedgerIndexes.LOT_ITEMS, item.getLotId(), call.timeMillis(), item.getId()));
        }
        put(
                DrugKeys.item(item.getProductId(), item.getId()),
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
     * Opens an exception, or counts the one that this institution has about the same thing already, which opens again
     * where it was resolved, and tells the parties (DRU-4, DRU-8).
     */
    void signal(Finding finding) {
        work.find();
        TreeSet<String> parties = new TreeSet<>(finding.parties());
        parties.add(institution());
        product(finding.productId()).ifPresent(product -> parties.add(product.getOwner()));
        if (Finding.isAboutGenuineness(finding.kind())
                || parties.size() == 1 && parties.first().equals(finding.cause())) {
            parties.addAll(regulators());
        }
        ByteString id = exceptionId(finding);
        StateKey key = DrugKeys.exception(id);
        Optional<DrugExceptionState> known = found(key);
        DrugExceptionState state = counted(known.orElseGet(() -> opened(id, finding)), parties);
        signalled.put(key, state);
        signals.put(key, state).notify(EventType.DRUG_EXCEPTION_OPENED, state.getPartiesList(), id);
        if (written.containsKey(key)) {
            put(key, counted((DrugExceptionState) written.get(key), parties));
        }
        List<String> before =
                known.map(exception -> List.copyOf(exception.getPartiesList())).orElse(List.of());
        for (String party : state.getPartiesList()) {
            if (!before.contains(party)) {
                signals.index(LedgerIndexes.of(LedgerIndexes.INSTITUTION_EXCEPTIONS, party, call.timeMillis(), id));
            }
        }
        if (known.isEmpty()) {
            signals.index(LedgerIndexes.of(LedgerIndexes.OBJECT_EXCEPTIONS, finding.object(), call.timeMillis(), id));
        }
        if (!exceptions.contains(id)) {
            exceptions.add(id);
        }
    }

    private List<String> regulators() {
        return call
                .state()
                .read(StateKeys.REGULATORS, Regulators.parser())
                .orElse(Regulators.getDefaultInstance())
                .getInstitutionsList()
                .stream()
                .filter(regulator -> call.state()
                        .institution(regulator)
                        .filter(Signatories::isActive)
                        .isPresent())
                .toList();
    }

    private DrugExceptionState opened(ByteString id, Finding finding) {
        return DrugExceptionState.newBuilder()
                .setId(id)
                .setKind(finding.kind())
                .setObject(finding.object())
                .setProductId(finding.productId())
                .setCause(finding.cause())
                .setMaker(finding.details().getMaker())
                .setReporter(call.signatory().name())
                .setOpenedMillis(call.timeMillis())
                .setSealedDetails(finding.details().getSealedDetails())
                .addAllDetailsReaders(finding.details().getDetailsReadersList())
                .build();
    }

    private DrugExceptionState counted(DrugExceptionState exception, Set<String> parties) {
        TreeSet<String> all = new TreeSet<>(exception.getPartiesList());
        all.addAll(parties);
        return unresolved(exception)
                .clearParties()
                .addAllParties(all)
                .setOccurrences(exception.getOccurrences() + 1)
                .setChangedMillis(call.timeMillis())
                .setVersion(exception.getVersion() + 1)
                .build();
    }

    /** What was found again after it was resolved is open again, and whoever may takes it on anew. */
    private static DrugExceptionState.Builder unresolved(DrugExceptionState exception) {
        return exception.getStatus() == DrugExceptionStatus.DRUG_INVESTIGATING
                ? exception.toBuilder()
                : exception.toBuilder()
                        .setStatus(DrugExceptionStatus.DRUG_OPEN)
                        .clearOwner()
                        .clearResolution()
                        .clearSealedNote()
                        .clearNoteReaders()
                        .clearNoteBy();
    }

    private ByteString exceptionId(Finding finding) {
        return exceptionId(institution(), finding.kind(), finding.productId(), finding.object());
    }

    static ByteString exceptionId(String reporter, DrugExceptionKind kind, ByteString productId, ByteString object) {
        byte[] hash = Hash.tagged(
                        "consilium/drug-exception/v1",
                        new byte[] {(byte) kind.getNumber()},
                        object.toByteArray(),
                        (reporter + "\n").getBytes(StandardCharsets.US_ASCII),
                        productId.toByteArray())
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
