package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.EventType;
import io.consilium.ledger.identity.Call;
import io.consilium.ledger.tx.ActorName;
import io.consilium.ledger.tx.Refusal;
import io.consilium.ledger.tx.Rejection;
import io.consilium.proto.DrugContainerState;
import io.consilium.proto.DrugExceptionKind;
import io.consilium.proto.DrugItemSet;
import io.consilium.proto.DrugItemState;
import io.consilium.proto.DrugStatus;
import io.consilium.proto.DrugStatusChange;
import io.consilium.proto.DrugStatusKind;
import io.consilium.proto.DrugStep;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What ends or stops a pack's way, and what an error in it can be put right by (DRU-5, DRU-6). */
final class StatusRules {
    /** Directive 2011/62/EU, Delegated Regulation 2016/161, article 13: ten days to take a decommissioning back. */
    static final long UNDO_MILLIS = 10L * 24 * 60 * 60 * 1_000;

    private static final String RULE = "DRU-5";

    private StatusRules() {}

    static Optional<Rejection> change(DrugBook book, DrugStatusChange change) {
        Optional<Rejection> refusal = role(book.call(), change.getKind()).or(() -> reason(change));
        if (refusal.isPresent()) {
            return refusal;
        }
        Map<Set<String>, ByteString> told = new LinkedHashMap<>();
        for (ByteString id : change.getContainersList()) {
            refusal = destroy(book, change, id, told);
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        for (DrugItemSet set : change.getItemsList()) {
            for (ByteString id : ItemIds.list(set.getIds())) {
                Optional<Packs.Pack> pack = Packs.find(book, set, id);
                if (pack.isEmpty()) {
                    book.signal(Finding.of(DrugExceptionKind.DRUG_UNKNOWN_SERIAL, id, set.getProductId()));
                    return Optional.of(Refusal.NOT_COMMISSIONED.rejection());
                }
                DrugItemState item = pack.get().item();
                boolean ended = change.getKind() == DrugStatusKind.DRUG_DESTROY && endedAround(book, item.getParent());
                if (ended || isInspected(book, change.getKind(), item)) {
                    continue;
                }
                refusal = change(book, change, pack.get(), told);
                if (refusal.isPresent()) {
                    return refusal;
                }
            }
        }
        told.forEach((parties, first) -> book.notice(EventType.DRUG_STATUS_CHANGED, parties, first));
        return Optional.empty();
    }

    /** A container ends with all that stands in it, which writes nothing of each: who has lost one knows no serials. */
    private static Optional<Rejection> destroy(
            DrugBook book, DrugStatusChange change, ByteString id, Map<Set<String>, ByteString> told) {
        Optional<DrugContainerState> found = book.container(id);
        if (found.isEmpty()) {
            return Optional.of(Refusal.CONTAINER_UNKNOWN.rejection());
        }
        if (endedAround(book, found.get().getParent())) {
            return Optional.empty();
        }
        Optional<Rejection> refusal = twice(book, found.get())
                .or(() -> Holding.refusal(book, Thing.of(book, found.get())))
                .or(() -> order(book, found.get()));
        if (refusal.isPresent()) {
            return refusal;
        }
        DrugStep step = book.step(word(change.getKind()))
                .setSealedReason(change.getSealedReason())
                .build();
        Optional<DrugContainerState.Builder> ended = Containers.with(Containers.takeOut(book, found.get()), step);
        if (ended.isEmpty()) {
            return Optional.of(Refusal.HISTORY_LIMIT.rejection());
        }
        book.put(ended.get().setMissing(false).setDestroyed(true).build());
        Set<String> hear = new TreeSet<>(List.of(book.institution(), found.get().getPacker()));
        for (ByteString lot : found.get().getLotsList()) {
            ByteString product = book.lot(lot).orElseThrow().getProductId();
            hear.add(book.product(product).orElseThrow().getOwner());
        }
        told.putIfAbsent(hear, id);
        book.made(id);
        return Optional.empty();
    }

    /**
     * Whether this transaction destroyed a container around: what stands in that ended with it, so that the order in which
     * the two are named says nothing.
     */
    private static boolean endedAround(DrugBook book, ByteString parentId) {
        ByteString at = parentId;
        while (!at.isEmpty()) {
            DrugContainerState container = book.container(at).orElseThrow();
            if (container.getDestroyed()
                    && container
                            .getHistory(container.getHistoryCount() - 1)
                            .getTxId()
                            .equals(book.call().txId())) {
                return true;
            }
            at = container.getParent();
        }
        return false;
    }

    /** An event says that nothing is wrong with a pack which nobody has stopped: that is noted, and changes nothing. */
    private static boolean isInspected(DrugBook book, DrugStatusKind kind, DrugItemState item) {
        return kind == DrugStatusKind.DRUG_RELEASE && !book.eventId().isEmpty() && !isStopped(item);
    }

    private static boolean isStopped(DrugItemState item) {
        return switch (item.getStatus()) {
            case DRUG_QUARANTINED, DRUG_SUSPECT, DRUG_ILLEGITIMATE -> true;
            default -> false;
        };
    }

    private static Optional<Rejection> role(Call call, DrugStatusKind kind) {
        return switch (kind) {
            case DRUG_DISPENSE, DRUG_DISPENSE_PARTIALLY -> Traders.pharmacist(call, RULE);
            case DRUG_QUARANTINE, DRUG_RELEASE, DRUG_MARK_SUSPECT, DRUG_MARK_ILLEGITIMATE ->
                Traders.isRegulator(call) ? Optional.empty() : Traders.handler(call, "DRU-6");
            default -> Traders.handler(call, RULE);
        };
    }

    /** What stops a pack, lets it go or ends its way is done with a reason; a patient's medicine needs none. */
    private static Optional<Rejection> reason(DrugStatusChange change) {
        return switch (change.getKind()) {
            case DRUG_DESTROY, DRUG_UNDO -> reason(change, RULE);
            default -> isRemark(change.getKind()) ? reason(change, "DRU-6") : Optional.empty();
        };
    }

    private static Optional<Rejection> reason(DrugStatusChange change, String rule) {
        return change.getSealedReason().isEmpty()
                ? Optional.of(Refusal.REASON_REQUIRED.under(rule, ""))
                : Optional.empty();
    }

    /** @param told those who hear of it, with the first pack that they hear of: one event for all of their packs */
    private static Optional<Rejection> change(
            DrugBook book, DrugStatusChange change, Packs.Pack pack, Map<Set<String>, ByteString> told) {
        DrugStatusKind kind = change.getKind();
        DrugItemState item = pack.item();
        // in order last, so that a date of earlier hides no finding
        Optional<Rejection> refusal =
                switch (kind) {
                    case DRUG_DISPENSE, DRUG_DISPENSE_PARTIALLY, DRUG_EXPORT ->
                        twice(book, item).or(() -> held(book, item)).or(() -> Handing.refusal(book, item));
                    case DRUG_SAMPLE, DRUG_DESTROY, DRUG_DECOMMISSION ->
                        twice(book, item).or(() -> held(book, item));
                    case DRUG_QUARANTINE, DRUG_MARK_SUSPECT, DRUG_MARK_ILLEGITIMATE ->
                        concerned(book, pack).or(() -> markable(book, pack, kind));
                    case DRUG_RELEASE -> releasable(book, pack);
                    case DRUG_UNDO -> undoable(book, item);
                    case DRUG_STATUS_KIND_UNSPECIFIED, UNRECOGNIZED ->
                        throw new IllegalStateException("parsing refuses a change of no kind");
                };
        refusal = refusal.or(
                () -> isRemark(kind) ? order(book, item.getHistory(item.getHistoryCount() - 1)) : order(book, item));
        if (refusal.isPresent()) {
            return refusal;
        }
        DrugStatus after = after(item, kind);
        DrugItemState at = Packs.isFinal(after) || kind == DrugStatusKind.DRUG_DISPENSE_PARTIALLY
                ? Containers.takeOut(book, item).build()
                : item;
        DrugStep step = book.step(word(kind))
                .setBefore(item.getStatus())
                .setSealedReason(change.getSealedReason())
                .build();
        Optional<DrugItemState.Builder> changed = stops(kind) ? Packs.stopped(at, step) : Packs.with(at, step);
        if (changed.isEmpty()) {
            return Optional.of(Refusal.HISTORY_LIMIT.rejection());
        }
        DrugItemState state = changed.get().setStatus(after).build();
        book.put(state);
        if (!at.getParent().isEmpty() && Packs.isBlocked(at) != Packs.isBlocked(state)) {
            Containers.block(book, at.getParent(), Packs.isBlocked(state) ? 1 : -1);
        }
        if (kind == DrugStatusKind.DRUG_MARK_SUSPECT || kind == DrugStatusKind.DRUG_MARK_ILLEGITIMATE) {
            Thing thing = Thing.of(book, state);
            book.signal(thing.finding(
                    book,
                    DrugExceptionKind.DRUG_SUSPECT_PRODUCT,
                    List.of(thing.place().custodian()),
                    ""));
        }
        told.putIfAbsent(
                new TreeSet<>(List.of(
                        book.institution(),
                        pack.product().getOwner(),
                        Containers.place(book, state).custodian())),
                item.getId());
        book.made(item.getId());
        return Optional.empty();
    }

    /** An event that happened before the last one known of the pack was told too late to be believed. */
    static Optional<Rejection> order(DrugBook book, DrugItemState item) {
        return order(book, DrugPath.lastFor(book.institution(), item.getHistoryList()));
    }

    /** The same of a container, whatever it holds; a new one has no event yet. */
    static Optional<Rejection> order(DrugBook book, DrugContainerState container) {
        return order(book, Thing.of(book, container).last());
    }

    static Optional<Rejection> order(DrugBook book, DrugStep last) {
        return book.eventTimeMillis() + DrugRules.CLOCK_MARGIN_MILLIS < last.getEventTimeMillis()
                ? Optional.of(Refusal.EVENT_ORDER.rejection())
                : Optional.empty();
    }

    /** A pack whose way has ended and that somebody acts on again: one of two is false. */
    static Optional<Rejection> twice(DrugBook book, DrugItemState item) {
        return end(book, item).map(status -> twice(book, Thing.of(book, item), status));
    }

    /** How a pack's way ended, by itself or with what it stands in. */
    private static Optional<DrugStatus> end(DrugBook book, DrugItemState item) {
        return Packs.isFinal(item.getStatus()) ? Optional.of(item.getStatus()) : destroyedWith(book, item.getParent());
    }

    /** The same of a container that was destroyed. */
    static Optional<Rejection> twice(DrugBook book, DrugContainerState container) {
        return destroyedWith(book, container.getId()).map(status -> twice(book, Thing.of(book, container), status));
    }

    private static Rejection twice(DrugBook book, Thing thing, DrugStatus end) {
        book.signal(thing.finding(
                book,
                DrugExceptionKind.DRUG_DISPENSED_TWICE,
                List.of(thing.place().custodian()),
                book.institution()));
        return Packs.refusalOf(end).rejection();
    }

    private static Optional<DrugStatus> destroyedWith(DrugBook book, ByteString containerId) {
        return Containers.gone(book, containerId).filter(status -> status == DrugStatus.DRUG_DESTROYED);
    }

    private static Optional<Rejection> held(DrugBook book, DrugItemState item) {
        return Holding.refusal(book, Thing.of(book, item));
    }

    /** The holder, the manufacturer and the regulator may stop a pack. */
    private static Optional<Rejection> concerned(DrugBook book, Packs.Pack pack) {
        boolean makes = pack.product().getOwner().equals(book.institution());
        return makes || Traders.isRegulator(book.call())
                ? Optional.empty()
                : Holding.notHeld(book, Thing.of(book, pack.item()));
    }

    /** A stop that its holder can end takes no place of one that he cannot. */
    private static Optional<Rejection> markable(DrugBook book, Packs.Pack pack, DrugStatusKind kind) {
        DrugItemState item = pack.item();
        Optional<DrugStatus> gone = end(book, item)
                .or(() -> Optional.of(item.getStatus()).filter(status -> status == DrugStatus.DRUG_MISSING));
        if (gone.isPresent()) {
            return gone.map(status -> Packs.refusalOf(status).rejection());
        }
        if (after(item, kind) == item.getStatus()
                && !(kind == DrugStatusKind.DRUG_QUARANTINE
                        && Stops.of(book, pack).wouldHoldMore())) {
            return Optional.of(Refusal.STATUS_UNCHANGED.rejection());
        }
        boolean suspected =
                item.getStatus() == DrugStatus.DRUG_SUSPECT || item.getStatus() == DrugStatus.DRUG_ILLEGITIMATE;
        if (suspected && kind == DrugStatusKind.DRUG_QUARANTINE) {
            return Optional.of(Packs.refusalOf(item.getStatus()).rejection());
        }
        return item.getStatus() == DrugStatus.DRUG_ILLEGITIMATE && !liftsSuspicion(book, pack)
                ? Optional.of(Refusal.RELEASE_NOT_ALLOWED.rejection())
                : Optional.empty();
    }

    private static boolean liftsSuspicion(DrugBook book, Packs.Pack pack) {
        return pack.product().getOwner().equals(book.institution()) || Traders.isRegulator(book.call());
    }

    private static boolean isRemark(DrugStatusKind kind) {
        return switch (kind) {
            case DRUG_QUARANTINE, DRUG_RELEASE, DRUG_MARK_SUSPECT, DRUG_MARK_ILLEGITIMATE -> true;
            default -> false;
        };
    }

    private static boolean stops(DrugStatusKind kind) {
        return switch (kind) {
            case DRUG_QUARANTINE, DRUG_MARK_SUSPECT, DRUG_MARK_ILLEGITIMATE, DRUG_DESTROY -> true;
            default -> false;
        };
    }

    /** Who stopped it lets it go, or who stands above; suspicion is lifted by the manufacturer or the regulator. */
    private static Optional<Rejection> releasable(DrugBook book, Packs.Pack pack) {
        Stops stops = Stops.of(book, pack);
        Optional<Rejection> stranger = stops.areOwn() ? Optional.empty() : concerned(book, pack);
        if (stranger.isPresent()) {
            return stranger;
        }
        Optional<DrugStatus> destroyed = destroyedWith(book, pack.item().getParent());
        if (destroyed.isPresent()) {
            return destroyed.map(status -> Packs.refusalOf(status).rejection());
        }
        boolean allowed =
                switch (pack.item().getStatus()) {
                    case DRUG_QUARANTINED -> stops.mayLift();
                    case DRUG_SUSPECT, DRUG_ILLEGITIMATE -> liftsSuspicion(book, pack) && stops.mayLift();
                    default -> false;
                };
        if (allowed) {
            return Optional.empty();
        }
        boolean stopped = isStopped(pack.item());
        return Optional.of((stopped ? Refusal.RELEASE_NOT_ALLOWED : Refusal.STATUS_UNCHANGED).rejection());
    }

    /** Where it was done, within ten days, and only while the pack could still be handed out (article 13). */
    private static Optional<Rejection> undoable(DrugBook book, DrugItemState item) {
        DrugStep last = item.getHistory(item.getHistoryCount() - 1);
        boolean kind = List.of("dispense", "dispense-partially", "sample", "export", "decommission")
                .contains(last.getType());
        if (!kind) {
            return Optional.of(Refusal.UNDO_NOT_ALLOWED.rejection(
                    item.getStatus() == DrugStatus.DRUG_DESTROYED ? "what is destroyed stays so" : ""));
        }
        if (!ActorName.institutionOf(last.getActor()).equals(book.institution())) {
            return Optional.of(Refusal.UNDO_ELSEWHERE.rejection());
        }
        if (book.call().timeMillis() - last.getTimeMillis() > UNDO_MILLIS) {
            return Optional.of(Refusal.UNDO_TOO_LATE.rejection());
        }
        return Handing.refusal(
                book, item.toBuilder().setStatus(last.getBefore()).build());
    }

    private static DrugStatus after(DrugItemState item, DrugStatusKind kind) {
        return switch (kind) {
            case DRUG_DISPENSE -> DrugStatus.DRUG_DISPENSED;
            case DRUG_DISPENSE_PARTIALLY -> DrugStatus.DRUG_PARTIALLY_DISPENSED;
            case DRUG_SAMPLE -> DrugStatus.DRUG_SAMPLED;
            case DRUG_DESTROY -> DrugStatus.DRUG_DESTROYED;
            case DRUG_EXPORT -> DrugStatus.DRUG_EXPORTED;
            case DRUG_DECOMMISSION -> DrugStatus.DRUG_DECOMMISSIONED;
            case DRUG_QUARANTINE -> DrugStatus.DRUG_QUARANTINED;
            case DRUG_MARK_SUSPECT -> DrugStatus.DRUG_SUSPECT;
            case DRUG_MARK_ILLEGITIMATE -> DrugStatus.DRUG_ILLEGITIMATE;
            case DRUG_UNDO -> item.getHistory(item.getHistoryCount() - 1).getBefore();
            case DRUG_RELEASE -> beforeStop(item);
            case DRUG_STATUS_KIND_UNSPECIFIED, UNRECOGNIZED -> item.getStatus();
        };
    }

    /** What the pack was before it was stopped, however often it was stopped in between. */
    private static DrugStatus beforeStop(DrugItemState item) {
        for (int i = item.getHistoryCount() - 1; i >= 0; i--) {
            DrugStatus before = item.getHistory(i).getBefore();
            if (before == DrugStatus.DRUG_ACTIVE || before == DrugStatus.DRUG_PARTIALLY_DISPENSED) {
                return before;
            }
        }
        return DrugStatus.DRUG_ACTIVE;
    }

    private static String word(DrugStatusKind kind) {
        return switch (kind) {
            case DRUG_DISPENSE -> "dispense";
            case DRUG_DISPENSE_PARTIALLY -> "dispense-partially";
            case DRUG_SAMPLE -> "sample";
            case DRUG_DESTROY -> "destroy";
            case DRUG_EXPORT -> "export";
            case DRUG_DECOMMISSION -> "decommission";
            case DRUG_QUARANTINE -> "quarantine";
            case DRUG_RELEASE -> "release";
            case DRUG_MARK_SUSPECT -> "mark-suspect";
            case DRUG_MARK_ILLEGITIMATE -> "mark-illegitimate";
            case DRUG_UNDO -> "undo";
            case DRUG_STATUS_KIND_UNSPECIFIED, UNRECOGNIZED -> "";
        };
    }
}
