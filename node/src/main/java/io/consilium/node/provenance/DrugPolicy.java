package io.consilium.node.provenance;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.consilium.ledger.identity.InstitutionRole;
import io.consilium.ledger.identity.MemberRole;
import io.consilium.ledger.provenance.Containers;
import io.consilium.ledger.provenance.DrugKeys;
import io.consilium.ledger.provenance.DrugPath;
import io.consilium.ledger.provenance.PackSearch;
import io.consilium.ledger.provenance.Traders;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.state.StateKey;
import io.consilium.node.api.ApiProblem;
import io.consilium.node.api.Caller;
import io.consilium.proto.DrugContainerState;
import io.consilium.proto.DrugDetailsState;
import io.consilium.proto.DrugEventDetails;
import io.consilium.proto.DrugEventState;
import io.consilium.proto.DrugExceptionState;
import io.consilium.proto.DrugItemState;
import io.consilium.proto.DrugKeyState;
import io.consilium.proto.DrugLotState;
import io.consilium.proto.DrugProductState;
import io.consilium.proto.DrugRecallState;
import io.consilium.proto.DrugShipmentState;
import io.consilium.proto.DrugStep;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who reads what of provenance (DRU-7, DRU-9): of a path, whoever is or was on it, the manufacturer and the regulator; of
 * products and lots, these two alone; of a shipment or an exception, its parties. Strangers get the answer that unknown ids get.
 */
public final class DrugPolicy {
    private static final Set<String> READERS = Set.of(
            MemberRole.OPERATOR.name(),
            MemberRole.PHARMACIST.name(),
            MemberRole.ADMIN.name(),
            MemberRole.AUDITOR.name());

    private final LedgerState state;

    public DrugPolicy(LedgerState state) {
        this.state = state;
    }

    /** A member who handles goods or audits, of whichever institution. */
    public static Optional<Caller.Member> reader(Caller caller) {
        return caller instanceof Caller.Member member && member.roles().stream().anyMatch(READERS::contains)
                ? Optional.of(member)
                : Optional.empty();
    }

    public static boolean isRegulator(Caller caller) {
        return reader(caller)
                .filter(member -> member.institutionRoles().contains(InstitutionRole.REGULATOR.name()))
                .isPresent();
    }

    /** A member of an institution who handles goods or audits. */
    static boolean isOf(Caller caller, String institution) {
        return reader(caller)
                .filter(member -> member.institution().equals(institution))
                .isPresent();
    }

    private boolean is(Caller caller, String... institutions) {
        return isRegulator(caller)
                || reader(caller)
                        .filter(member -> List.of(institutions).contains(member.institution()))
                        .isPresent();
    }

    /** Who may ask whether a pack exists and is genuine: the manufacturer and its authorised trading partners. */
    public boolean verifies(Caller caller, DrugProductState product) {
        return is(caller, product.getOwner())
                || reader(caller)
                        .flatMap(member -> state.institution(member.institution()))
                        .filter(Traders::isPartner)
                        .isPresent();
    }

    /** Whether the caller's institution holds or supervises medicines, or is the maker that is asked; no rival of it. */
    boolean isTrader(Caller caller, String maker) {
        return reader(caller)
                .flatMap(member -> state.institution(member.institution()))
                .filter(found -> Traders.isPartner(found) || found.getId().equals(maker))
                .isPresent();
    }

    /** A product's lots and a lot's holders are its owner's business. */
    public boolean sees(Caller caller, DrugProductState product) {
        return is(caller, product.getOwner());
    }

    /** Refuses a stranger as if there were no such product. */
    DrugProductState requireVerifies(Caller caller, ByteString productId) {
        return product(productId)
                .filter(product -> verifies(caller, product))
                .orElseThrow(() -> ApiProblem.notFound("product").asException());
    }

    public boolean seesPath(Caller caller, List<DrugStep> steps, String manufacturer) {
        return is(caller, manufacturer)
                || is(caller, DrugPath.parties(state, steps).toArray(new String[0]));
    }

    /** Whether the caller's institution has goods, or sends them or is sent them. */
    boolean holds(Caller caller, Containers.Place place) {
        return is(caller, place.custodian())
                || place.underWay()
                        && state.read(DrugKeys.shipment(place.shipmentId()), DrugShipmentState.parser())
                                .filter(shipment -> sees(caller, shipment))
                                .isPresent();
    }

    public boolean sees(Caller caller, DrugShipmentState shipment) {
        return is(caller, shipment.getFrom(), shipment.getTo());
    }

    public boolean sees(Caller caller, DrugExceptionState exception) {
        return is(caller, exception.getPartiesList().toArray(new String[0]));
    }

    public boolean sees(Caller caller, DrugKeyState request) {
        return caller.id().equals(request.getRequester())
                || reader(caller)
                        .filter(member -> member.institution().equals(request.getOwner()))
                        .isPresent();
    }

    public boolean sees(Caller caller, DrugRecallState recall) {
        return product(recall.getProductId())
                .filter(product -> verifies(caller, product))
                .isPresent();
    }

    private Optional<DrugProductState> product(ByteString id) {
        return state.read(DrugKeys.product(id), DrugProductState.parser());
    }

    /** Whether the caller may read a value of provenance by its key, with its proof. */
    public boolean seesKey(Caller caller, String key) {
        int slash = key.indexOf('/') + 1;
        String prefix = key.substring(0, slash);
        if (prefix.equals(DrugKeys.COMPANY)) {
            return reader(caller)
                    .filter(member -> member.institution().equals(key.substring(slash)))
                    .isPresent();
        }
        return switch (prefix) {
            case DrugKeys.KEY ->
                at(key, DrugKeyState.parser())
                        .filter(found -> sees(caller, found))
                        .isPresent();
            case DrugKeys.PRODUCT ->
                at(key, DrugProductState.parser())
                        .filter(found -> sees(caller, found))
                        .isPresent();
            case DrugKeys.LOT ->
                at(key, DrugLotState.parser())
                        .flatMap(lot -> product(lot.getProductId()))
                        .filter(product -> sees(caller, product))
                        .isPresent();
            case DrugKeys.SHIPMENT ->
                at(key, DrugShipmentState.parser())
                        .filter(found -> sees(caller, found))
                        .isPresent();
            case DrugKeys.EXCEPTION ->
                at(key, DrugExceptionState.parser())
                        .filter(found -> sees(caller, found))
                        .isPresent();
            case DrugKeys.RECALL ->
                at(key, DrugRecallState.parser())
                        .filter(found -> sees(caller, found))
                        .isPresent();
            case DrugKeys.ITEM ->
                at(key, DrugItemState.parser())
                        .filter(item -> seesItem(caller, item))
                        .isPresent();
            case DrugKeys.CONTAINER ->
                at(key, DrugContainerState.parser())
                        .filter(container -> seesContainer(caller, container))
                        .isPresent();
            case DrugKeys.EVENT ->
                at(key, DrugEventState.parser())
                        .filter(event -> seesEvent(caller, event))
                        .isPresent();
            case DrugKeys.DETAILS ->
                state.read(DrugKeys.firstOfDetails(key), DrugDetailsState.parser())
                        .filter(first -> reads(caller, first.getDetails()))
                        .isPresent();
            default -> false;
        };
    }

    /** An event that was captured with details, for whom they are for. */
    private boolean seesEvent(Caller caller, DrugEventState event) {
        return !event.getDetailsId().isEmpty()
                && state.read(
                                DrugKeys.details(event.getCapturedBy(), event.getDetailsId(), 0),
                                DrugDetailsState.parser())
                        .filter(first -> reads(caller, first.getDetails()))
                        .isPresent();
    }

    private static boolean reads(Caller caller, DrugEventDetails details) {
        return reader(caller)
                .filter(member -> details.getReadersList().stream()
                        .anyMatch(reader -> reader.getInstitution().equals(member.institution())))
                .isPresent();
    }

    public boolean seesItem(Caller caller, DrugItemState item) {
        return seesPath(
                caller,
                DrugPath.of(state, item),
                product(item.getProductId()).map(DrugProductState::getOwner).orElse(""));
    }

    public boolean seesContainer(Caller caller, DrugContainerState container) {
        return is(caller, new PackSearch(state).custody(container).custodian())
                || seesPath(caller, DrugPath.of(state, container), container.getPacker());
    }

    private <T extends MessageLite> Optional<T> at(String key, Parser<T> parser) {
        return state.read(StateKey.of(key), parser);
    }
}
