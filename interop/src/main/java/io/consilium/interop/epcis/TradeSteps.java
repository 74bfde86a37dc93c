package io.consilium.interop.epcis;

import io.consilium.interop.gs1.Gs1Key;
import io.consilium.interop.gs1.KeyKind;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * From an event's type, action, business step and disposition (CBV 2.0, sections 7.1 and 7.2) to what happened with packs
 * and containers. A step that changes something and cannot be followed is refused with its place, never guessed; a step
 * that changes nothing is {@link TradeStep.Observed}.
 */
public final class TradeSteps {
    /** Steps that change goods in a way that is not followed. */
    private static final Set<String> NOT_FOLLOWED =
            Set.of("void_shipping", "killing", "repackaging", "replacing", "disassembling");

    private static final Set<String> MAKING = Set.of("", "commissioning", "encoding", "creating_class_instance");
    private static final String OWNING_PARTY = "owning_party";
    private static final String POSSESSING_PARTY = "possessing_party";
    private static final int DATE_CHARACTERS = 10;

    private final EpcisEvent event;

    private TradeSteps(EpcisEvent event) {
        this.event = event;
    }

    /** The event's steps, at least one; the path of a refusal is within the event. */
    public static List<TradeStep> of(EpcisEvent event) throws MalformedEpcis {
        TradeSteps steps = new TradeSteps(event);
        return event.errorDeclaration().isPresent() ? steps.undone() : steps.steps();
    }

    /** What did not occur is taken back where it ended a pack's way; any other error is put right by later events. */
    private List<TradeStep> undone() throws MalformedEpcis {
        boolean didNotOccur = event.errorDeclaration()
                .flatMap(EpcisEvent.ErrorDeclaration::reason)
                .filter("did_not_occur"::equals)
                .isPresent();
        List<TradeStep> undone = new ArrayList<>();
        if (didNotOccur) {
            for (TradeStep step : steps()) {
                if (step instanceof TradeStep.Change change && canBeUndone(change.kind())) {
                    undone.add(new TradeStep.Change(TradeStep.Kind.UNDO, change.packs()));
                }
            }
        }
        return undone.isEmpty() ? List.of(new TradeStep.Observed()) : undone;
    }

    private static boolean canBeUndone(TradeStep.Kind kind) {
        return switch (kind) {
            case DISPENSE, DISPENSE_PARTIALLY, SAMPLE, DECOMMISSION -> true;
            case DESTROY, QUARANTINE, RELEASE, UNDO -> false;
        };
    }

    private List<TradeStep> steps() throws MalformedEpcis {
        String action = event.action().orElse("");
        return switch (event.type()) {
            case OBJECT -> List.of(action.equals("ADD") ? made() : handled("epcList", event.epcs(), "quantityList"));
            case TRANSACTION -> List.of(handled("epcList", event.epcs(), "quantityList"));
            case AGGREGATION ->
                List.of(
                        switch (action) {
                            case "ADD" -> new TradeStep.Pack(container(), children());
                            case "DELETE" -> new TradeStep.Unpack(container(), children());
                            default -> seenTogether();
                        });
            case TRANSFORMATION -> transformed();
            case ASSOCIATION -> List.of(new TradeStep.Observed());
        };
    }

    private String step() {
        return event.bizStep().orElse("");
    }

    private String disposition() {
        return event.disposition().orElse("");
    }

    private TradeStep made() throws MalformedEpcis {
        if (!MAKING.contains(step())) {
            throw new MalformedEpcis("bizStep", "an event that adds objects commissions them; this step does not");
        }
        List<Gs1Key> keys = keys("epcList", event.epcs(), TradeSteps::isGoods);
        none("quantityList", event.quantities());
        List<Gs1Key> packs =
                keys.stream().filter(key -> key.kind() == KeyKind.SGTIN).toList();
        // a container's number says nothing before something is packed into it
        return packs.isEmpty() ? new TradeStep.Observed() : new TradeStep.Commission(packs, lot(), expiry());
    }

    private String lot() throws MalformedEpcis {
        return event.lot()
                .orElseThrow(() -> new MalformedEpcis("ilmd", "packs are commissioned with cbvmda:lotNumber"));
    }

    private LocalDate expiry() throws MalformedEpcis {
        Optional<String> text = event.expiry();
        if (text.isEmpty()) {
            throw new MalformedEpcis("ilmd", "packs are commissioned with cbvmda:itemExpirationDate");
        }
        try {
            return LocalDate.parse(
                    text.get().substring(0, Math.min(DATE_CHARACTERS, text.get().length())));
        } catch (DateTimeException none) {
            throw new MalformedEpcis("ilmd", "cbvmda:itemExpirationDate is no date YYYY-MM-DD");
        }
    }

    private TradeStep seenTogether() throws MalformedEpcis {
        return event.parent().isPresent()
                ? handled("parentID", List.of(event.parent().get()), "childQuantityList")
                : handled("childEPCs", event.children(), "childQuantityList");
    }

    /** A list of goods that a business step is done to. */
    private TradeStep handled(String field, List<Identity> objects, String quantities) throws MalformedEpcis {
        Optional<TradeStep.Kind> change = change();
        String step = step();
        boolean moves = step.equals("shipping") || step.equals("receiving");
        if (NOT_FOLLOWED.contains(step)) {
            throw new MalformedEpcis(
                    "bizStep",
                    step.equals("void_shipping")
                            ? "a shipment is not taken back: its receiver says what did not come"
                            : "this step changes goods in a way that is not followed here");
        }
        if (change.isEmpty() && !moves) {
            return new TradeStep.Observed();
        }
        if (change.equals(Optional.of(TradeStep.Kind.RELEASE))) {
            // an inspection that found nothing is told of containers and counted goods too: nothing in them is released
            List<Gs1Key> packs = packs(objects);
            return packs.isEmpty() ? new TradeStep.Observed() : new TradeStep.Change(TradeStep.Kind.RELEASE, packs);
        }
        none(quantities, quantities.equals("quantityList") ? event.quantities() : event.childQuantities());
        // a container goes with all that is in it; everything else is done to each pack
        boolean whole = moves || change.equals(Optional.of(TradeStep.Kind.DESTROY));
        List<Gs1Key> goods = keys(field, objects, whole ? TradeSteps::isGoods : key -> key.kind() == KeyKind.SGTIN);
        if (goods.isEmpty()) {
            throw new MalformedEpcis(field, "the event names no goods");
        }
        if (change.isPresent()) {
            return new TradeStep.Change(change.get(), goods);
        }
        return step.equals("receiving")
                ? new TradeStep.Receive(goods)
                : new TradeStep.Ship(goods, receiver(), isReturn());
    }

    private Optional<TradeStep.Kind> change() {
        String disposition = disposition();
        return switch (step()) {
            case "dispensing" ->
                Optional.of(
                        disposition.equals("partially_dispensed")
                                ? TradeStep.Kind.DISPENSE_PARTIALLY
                                : TradeStep.Kind.DISPENSE);
            // sold over the counter: the pack has gone to whom it is for
            case "retail_selling" -> Optional.of(TradeStep.Kind.DISPENSE);
            case "sampling" -> Optional.of(TradeStep.Kind.SAMPLE);
            case "destroying" -> Optional.of(TradeStep.Kind.DESTROY);
            case "decommissioning" ->
                Optional.of(
                        disposition.equals("destroyed") || disposition.equals("disposed")
                                ? TradeStep.Kind.DESTROY
                                : TradeStep.Kind.DECOMMISSION);
            case "holding" -> Optional.of(TradeStep.Kind.QUARANTINE);
            case "inspecting" ->
                disposition.equals("sellable_accessible") ? Optional.of(TradeStep.Kind.RELEASE) : Optional.empty();
            default ->
                event.type() == EventType.OBJECT && event.action().equals(Optional.of("DELETE"))
                        ? Optional.of(TradeStep.Kind.DECOMMISSION)
                        : Optional.empty();
        };
    }

    private Gs1Key receiver() throws MalformedEpcis {
        for (String type : List.of(POSSESSING_PARTY, OWNING_PARTY, "location")) {
            for (int i = 0; i < event.destinations().size(); i++) {
                EpcisEvent.Reference destination = event.destinations().get(i);
                if (destination.type().equals(Optional.of(type))) {
                    int at = i;
                    return destination
                            .id()
                            .key()
                            .filter(TradeSteps::isGln)
                            .orElseThrow(() ->
                                    new MalformedEpcis("destinationList[" + at + "]", "a receiver is named by a GLN"));
                }
            }
        }
        throw new MalformedEpcis(
                "destinationList", "shipping needs a destination: possessing_party, owning_party or location");
    }

    private boolean isReturn() {
        return disposition().equals("returned")
                || event.bizTransactions().stream()
                        .anyMatch(transaction -> transaction.type().equals(Optional.of("rma")));
    }

    private Gs1Key container() throws MalformedEpcis {
        return event.parent()
                .flatMap(Identity::key)
                .filter(key -> key.kind() == KeyKind.SSCC)
                .orElseThrow(() -> new MalformedEpcis("parentID", "a container is named by its SSCC"));
    }

    private List<Gs1Key> children() throws MalformedEpcis {
        none("childQuantityList", event.childQuantities());
        return keys("childEPCs", event.children(), TradeSteps::isGoods);
    }

    /** Packs that were used up, and packs that were made of them. */
    private List<TradeStep> transformed() throws MalformedEpcis {
        List<Gs1Key> used = packs(event.inputs());
        List<Gs1Key> made = keys("outputEPCList", event.outputs(), key -> key.kind() == KeyKind.SGTIN);
        List<TradeStep> steps = new ArrayList<>();
        if (!used.isEmpty()) {
            steps.add(new TradeStep.Change(TradeStep.Kind.DESTROY, used));
        }
        if (!made.isEmpty()) {
            steps.add(new TradeStep.Commission(made, lot(), expiry()));
        }
        return steps.isEmpty() ? List.of(new TradeStep.Observed()) : steps;
    }

    /** The packs among what an event names; the rest has no state. */
    private static List<Gs1Key> packs(List<Identity> identities) {
        return identities.stream()
                .flatMap(identity -> identity.key().stream())
                .filter(key -> key.kind() == KeyKind.SGTIN)
                .distinct()
                .toList();
    }

    private static boolean isGoods(Gs1Key key) {
        return key.kind() == KeyKind.SGTIN || key.kind() == KeyKind.SSCC;
    }

    /** Whether a key names a party or a place by its GLN. */
    public static boolean isGln(Gs1Key key) {
        return key.kind() == KeyKind.PGLN || key.kind() == KeyKind.SGLN;
    }

    private static List<Gs1Key> keys(String field, List<Identity> identities, Predicate<Gs1Key> fits)
            throws MalformedEpcis {
        List<Gs1Key> keys = new ArrayList<>();
        for (int i = 0; i < identities.size(); i++) {
            Optional<Gs1Key> key = identities.get(i).key().filter(fits);
            if (key.isEmpty()) {
                String at = field.endsWith("ID") ? field : field + "[" + i + "]";
                throw new MalformedEpcis(
                        at, "this step is done to packs with GTIN and serial, or containers with SSCC");
            }
            keys.add(key.get());
        }
        // two spellings of one item are one item
        return keys.stream().distinct().toList();
    }

    private static void none(String field, List<EpcisEvent.Quantity> quantities) throws MalformedEpcis {
        if (!quantities.isEmpty()) {
            throw new MalformedEpcis(field, "goods that are counted have no serials to be followed by");
        }
    }
}
