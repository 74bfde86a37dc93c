package io.consilium.cli;

import com.google.protobuf.ByteString;
import io.consilium.client.BlindingKey;
import io.consilium.client.ClientException;
import io.consilium.client.CustodianKeys;
import io.consilium.interop.epcis.EpcisEvent;
import io.consilium.interop.epcis.TradeStep;
import io.consilium.interop.gs1.Gs1Key;
import io.consilium.ledger.provenance.ItemIds;
import io.consilium.ledger.provenance.PackSearch;
import io.consilium.proto.DrugAction;
import io.consilium.proto.DrugCommission;
import io.consilium.proto.DrugErrorDeclaration;
import io.consilium.proto.DrugItemSet;
import io.consilium.proto.DrugObservation;
import io.consilium.proto.DrugPack;
import io.consilium.proto.DrugReceive;
import io.consilium.proto.DrugShip;
import io.consilium.proto.DrugStatusChange;
import io.consilium.proto.DrugStatusKind;
import io.consilium.proto.DrugUnpack;
import io.consilium.proto.InstitutionState;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The acts that a document's events come to, in their order, with everything blinded. Packs that lie on chain are named by
 * their place; those that the document itself commissions without, for the ledger to place them.
 */
final class CapturePlan {
    /** Ids of one act; larger commissionings and the like become several acts. */
    private static final int ACT_IDS = 10_000;

    private static final int MAX_ACT_BYTES = 235_000;

    private final DrugDesk desk;
    private final EpcisCapture capture;
    private final Map<CapturedEvent, ByteString> ids;
    private final List<CapturedEvent> events;
    private final Map<ByteString, DrugItemSet> places = new LinkedHashMap<>();
    private final Map<Gs1Key, PackContainers.Container> containers = new LinkedHashMap<>();
    private final Set<ByteString> lots = new LinkedHashSet<>();
    private final Set<String> told = new LinkedHashSet<>();

    CapturePlan(DrugDesk desk, EpcisCapture capture, Map<CapturedEvent, ByteString> ids, List<CapturedEvent> events) {
        this.desk = desk;
        this.capture = capture;
        this.ids = ids;
        this.events = events;
    }

    List<DrugAction> acts() throws ClientException {
        find();
        List<DrugAction> acts = new ArrayList<>();
        for (CapturedEvent event : events) {
            List<DrugAction.Builder> own = new ArrayList<>();
            if (event.error().isPresent()) {
                own.add(declaration(event, event.error().get()));
            }
            for (TradeStep step : event.steps()) {
                if (!(step instanceof TradeStep.Observed)) {
                    own.addAll(acts(event, step));
                }
            }
            if (own.isEmpty()) {
                own.add(DrugAction.newBuilder().setObservation(DrugObservation.getDefaultInstance()));
            }
            own.get(0).setEventId(Objects.requireNonNull(ids.get(event)));
            for (DrugAction.Builder act : own) {
                DrugAction built = act.setEventTimeMillis(event.actedMillis()).build();
                if (built.getSerializedSize() > MAX_ACT_BYTES) {
                    throw capture.refused(
                            event,
                            "EVENT_TOO_LARGE",
                            "TX-6",
                            "",
                            "it names more goods than one step can have",
                            "Name their containers, or split the event");
                }
                acts.add(built);
            }
        }
        return acts;
    }

    /** Asks where packs lie that the document does not commission itself, each product once. */
    private void find() throws ClientException {
        Set<Gs1Key> made = new LinkedHashSet<>();
        Map<String, Map<Gs1Key, CapturedEvent>> wanted = new LinkedHashMap<>();
        Set<Gs1Key> ssccs = new LinkedHashSet<>();
        for (CapturedEvent event : events) {
            for (TradeStep step : event.steps()) {
                if (step instanceof TradeStep.Commission commission) {
                    made.addAll(commission.packs());
                    continue;
                }
                container(step).ifPresent(ssccs::add);
                for (Gs1Key key : goods(step)) {
                    if (DrugDesk.isContainer(key)) {
                        ssccs.add(key);
                    } else if (!made.contains(key)) {
                        wanted.computeIfAbsent(key.gtin().orElseThrow(), gtin -> new LinkedHashMap<>())
                                .putIfAbsent(key, event);
                    }
                }
            }
        }
        desk.containers().look(ssccs);
        for (Map<Gs1Key, CapturedEvent> ofProduct : wanted.values()) {
            List<Gs1Key> keys = List.copyOf(ofProduct.keySet());
            capture.product(ofProduct.values().iterator().next(), keys.get(0), "");
            for (int from = 0; from < keys.size(); from += ACT_IDS) {
                List<Gs1Key> part = keys.subList(from, Math.min(keys.size(), from + ACT_IDS));
                for (DrugItemSet set : Goods.of(desk, part).items()) {
                    DrugItemSet place = set.toBuilder().clearIds().build();
                    ItemIds.list(set.getIds()).forEach(id -> places.put(id, place));
                }
            }
        }
    }

    private static Optional<Gs1Key> container(TradeStep step) {
        return step instanceof TradeStep.Pack pack
                ? Optional.of(pack.container())
                : step instanceof TradeStep.Unpack unpack ? Optional.of(unpack.container()) : Optional.empty();
    }

    private static List<Gs1Key> goods(TradeStep step) {
        if (step instanceof TradeStep.Pack pack) {
            return pack.children();
        }
        if (step instanceof TradeStep.Unpack unpack) {
            return unpack.children();
        }
        if (step instanceof TradeStep.Ship ship) {
            return ship.goods();
        }
        if (step instanceof TradeStep.Receive receive) {
            return receive.goods();
        }
        return step instanceof TradeStep.Change change ? change.packs() : List.of();
    }

    private List<DrugAction.Builder> acts(CapturedEvent event, TradeStep step) throws ClientException {
        if (step instanceof TradeStep.Commission commission) {
            return commissionings(event, commission);
        }
        if (step instanceof TradeStep.Change change) {
            return changes(event, change);
        }
        DrugAction.Builder act = DrugAction.newBuilder();
        if (step instanceof TradeStep.Pack pack) {
            PackContainers.Container container = desk.containers().toPack(pack.container());
            containers.put(pack.container(), container);
            act.setPack(DrugPack.newBuilder()
                    .addAggregations(container
                            .packing(pack.container())
                            .addAllItems(items(event, pack.children()))
                            .addAllContainers(inside(event, pack.children()))));
        } else if (step instanceof TradeStep.Unpack unpack) {
            act.setUnpack(DrugUnpack.newBuilder()
                    .setContainerId(container(event, unpack.container()).id())
                    .addAllItems(items(event, unpack.children()))
                    .addAllContainers(inside(event, unpack.children()))
                    .setEverything(unpack.children().isEmpty()));
        } else if (step instanceof TradeStep.Ship ship) {
            act.setShip(shipping(event, ship));
        } else if (step instanceof TradeStep.Receive receive) {
            act.setReceive(DrugReceive.newBuilder()
                    .addAllItems(items(event, receive.goods()))
                    .addAllContainers(inside(event, receive.goods())));
        }
        return List.of(act);
    }

    /** One act for each product, in rows that fit a transaction. */
    private List<DrugAction.Builder> commissionings(CapturedEvent event, TradeStep.Commission commission)
            throws ClientException {
        Map<String, List<Gs1Key>> products = new LinkedHashMap<>();
        commission.packs().forEach(pack -> products.computeIfAbsent(
                        pack.gtin().orElseThrow(), gtin -> new ArrayList<>())
                .add(pack));
        List<DrugAction.Builder> acts = new ArrayList<>();
        for (List<Gs1Key> packs : products.values()) {
            BlindingKey key = ownProduct(event, packs.get(0), commission.packs().indexOf(packs.get(0)));
            ByteString lotId = key.lotId(commission.lot());
            long end = commission
                    .expiry()
                    .plusDays(1)
                    .atStartOfDay(ZoneOffset.UTC)
                    .toInstant()
                    .toEpochMilli();
            for (int from = 0; from < packs.size(); from += ACT_IDS) {
                List<ByteString> row = packs.subList(from, Math.min(packs.size(), from + ACT_IDS)).stream()
                        .map(pack -> key.itemId(pack.serial()))
                        .toList();
                DrugCommission.Builder act = DrugCommission.newBuilder()
                        .setProductId(key.productId())
                        .setLotId(lotId)
                        .setExpiryMillis(end)
                        .setIds(ItemIds.join(row));
                if (lots.add(lotId)) {
                    act.setLotSeed(key.lotSeed(commission.lot()));
                    act.setSealedLot(key.seal(commission.lot() + "\n" + commission.expiry()));
                }
                acts.add(DrugAction.newBuilder().setCommission(act));
            }
        }
        return acts;
    }

    private BlindingKey ownProduct(CapturedEvent event, Gs1Key pack, int at) throws ClientException {
        BlindingKey key = capture.product(event, pack, "epcList[" + at + "]");
        Optional<InstitutionState> owner = desk.owner(pack);
        if (owner.isEmpty() || !desk.isOwn(owner.get().getId())) {
            throw capture.foreign(event, at);
        }
        return key;
    }

    private DrugShip.Builder shipping(CapturedEvent event, TradeStep.Ship ship) throws ClientException {
        String to = desk.holderOf(ship.receiver()).orElseThrow().getId();
        List<ByteString> inside = inside(event, ship.goods());
        if (!inside.isEmpty() && told.add(to)) {
            desk.sendLogisticsKey(to);
        }
        return DrugShip.newBuilder()
                .setShipmentId(new CustodianKeys().freshId())
                .setTo(to)
                .setReturnGoods(ship.returned())
                .addAllItems(items(event, ship.goods()))
                .addAllContainers(inside);
    }

    /** What is done with a reason is one act for each product, and each packer of containers, whose key seals it. */
    private List<DrugAction.Builder> changes(CapturedEvent event, TradeStep.Change change) throws ClientException {
        DrugStatusKind kind = kind(change.kind());
        if (!isReasoned(change.kind())) {
            return List.of(DrugAction.newBuilder()
                    .setStatusChange(
                            DrugStatusChange.newBuilder().setKind(kind).addAllItems(items(event, change.packs()))));
        }
        Map<String, List<Gs1Key>> products = new LinkedHashMap<>();
        change.packs().stream().filter(key -> !DrugDesk.isContainer(key)).forEach(pack -> products.computeIfAbsent(
                        pack.gtin().orElseThrow(), gtin -> new ArrayList<>())
                .add(pack));
        List<DrugAction.Builder> acts = new ArrayList<>();
        for (List<Gs1Key> packs : products.values()) {
            BlindingKey key = capture.product(event, packs.get(0), "");
            acts.add(DrugAction.newBuilder()
                    .setStatusChange(DrugStatusChange.newBuilder()
                            .setKind(kind)
                            .addAllItems(items(event, packs))
                            .setSealedReason(key.seal(event.reason()))));
        }
        List<PackContainers.Container> ended = new ArrayList<>();
        for (Gs1Key key : change.packs()) {
            if (DrugDesk.isContainer(key)) {
                ended.add(container(event, key));
            }
        }
        for (DrugStatusChange.Builder end : PackContainers.Container.ends(ended, event.reason())) {
            acts.add(DrugAction.newBuilder().setStatusChange(end.setKind(kind)));
        }
        return acts;
    }

    private static boolean isReasoned(TradeStep.Kind kind) {
        return switch (kind) {
            case DESTROY, QUARANTINE, RELEASE, UNDO -> true;
            case DISPENSE, DISPENSE_PARTIALLY, SAMPLE, DECOMMISSION -> false;
        };
    }

    private static DrugStatusKind kind(TradeStep.Kind kind) {
        return switch (kind) {
            case DISPENSE -> DrugStatusKind.DRUG_DISPENSE;
            case DISPENSE_PARTIALLY -> DrugStatusKind.DRUG_DISPENSE_PARTIALLY;
            case SAMPLE -> DrugStatusKind.DRUG_SAMPLE;
            case DESTROY -> DrugStatusKind.DRUG_DESTROY;
            case DECOMMISSION -> DrugStatusKind.DRUG_DECOMMISSION;
            case QUARANTINE -> DrugStatusKind.DRUG_QUARANTINE;
            case RELEASE -> DrugStatusKind.DRUG_RELEASE;
            case UNDO -> DrugStatusKind.DRUG_UNDO;
        };
    }

    private DrugAction.Builder declaration(CapturedEvent event, EpcisEvent.ErrorDeclaration error)
            throws ClientException {
        BlindingKey key = capture.key(event);
        Map<String, String> known = new LinkedHashMap<>();
        events.forEach(other -> known.put(other.id(), other.hashId()));
        DrugErrorDeclaration.Builder declaration = DrugErrorDeclaration.newBuilder()
                .setDeclaredEventId(key.eventId(event.hashId()))
                .setDeclaredMillis(error.declarationTime().toEpochMilli())
                .setReason(error.reason()
                        .filter(code -> code.matches("[A-Za-z0-9_-]{1,40}"))
                        .orElse(""));
        for (String corrective : error.correctiveEventIds()) {
            declaration.addCorrectiveEventIds(key.eventId(known.getOrDefault(corrective, corrective)));
        }
        return DrugAction.newBuilder().setErrorDeclaration(declaration);
    }

    private List<DrugItemSet> items(CapturedEvent event, List<Gs1Key> goods) throws ClientException {
        List<DrugItemSet> sets = new ArrayList<>();
        for (Gs1Key pack : goods) {
            if (!DrugDesk.isContainer(pack)) {
                BlindingKey key = capture.product(event, pack, "");
                ByteString id = key.itemId(pack.serial());
                DrugItemSet place = places.getOrDefault(
                        id,
                        DrugItemSet.newBuilder().setProductId(key.productId()).build());
                sets.add(place.toBuilder().setIds(id).build());
            }
        }
        return PackSearch.joined(sets);
    }

    private List<ByteString> inside(CapturedEvent event, List<Gs1Key> goods) throws ClientException {
        TreeSet<ByteString> inside = new TreeSet<>(ByteString.unsignedLexicographicalComparator());
        for (Gs1Key key : goods) {
            if (DrugDesk.isContainer(key)) {
                inside.add(container(event, key).id());
            }
        }
        return List.copyOf(inside);
    }

    private PackContainers.Container container(CapturedEvent event, Gs1Key sscc) throws ClientException {
        PackContainers.Container known = containers.get(sscc);
        if (known != null) {
            return known;
        }
        PackContainers.Container found = Optional.ofNullable(
                        desk.containers().meant(List.of(sscc)).get(sscc))
                .orElseThrow(() -> capture.refused(
                        event,
                        "CONTAINER_UNKNOWN",
                        "DRU-3",
                        "",
                        "a container that it names is not known, or you may not see it",
                        "Check the SSCC, and that the event that packs it comes first"));
        containers.put(sscc, found);
        return found;
    }
}
