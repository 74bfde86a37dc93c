package io.consilium.node.provenance;

import com.google.protobuf.ByteString;
import io.consilium.ledger.block.LedgerIndexes;
import io.consilium.ledger.provenance.Containers;
import io.consilium.ledger.provenance.DrugKeys;
import io.consilium.ledger.provenance.DrugPath;
import io.consilium.ledger.provenance.PackSearch;
import io.consilium.ledger.state.StateKey;
import io.consilium.ledger.tx.ActorName;
import io.consilium.node.api.ApiProblem;
import io.consilium.node.api.Caller;
import io.consilium.node.api.StateView;
import io.consilium.proto.DrugContainerLabel;
import io.consilium.proto.DrugContainerState;
import io.consilium.proto.DrugEventState;
import io.consilium.proto.DrugExceptionState;
import io.consilium.proto.DrugItemState;
import io.consilium.proto.DrugLotState;
import io.consilium.proto.DrugProductState;
import io.consilium.proto.DrugRecallState;
import io.consilium.proto.DrugShipmentState;
import io.consilium.proto.DrugStep;
import io.consilium.proto.DrugStepError;
import io.consilium.proto.DrugTrace;
import io.consilium.proto.DrugTraced;
import io.consilium.storage.IndexPage;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Paths of packs and containers, for those who are on them (DRU-7). */
final class Traces {
    private static final int MAX_EXCEPTIONS = 100;

    private final StateView view;
    private final long nowMillis;
    private final PackSearch search;
    private final DrugPolicy policy;

    Traces(StateView view, long nowMillis) {
        this.view = view;
        this.nowMillis = nowMillis;
        this.search = new PackSearch(view.state());
        this.policy = new DrugPolicy(view.state());
    }

    DrugTraced trace(Caller caller, DrugTrace trace) {
        return trace.getContainerId().isEmpty() ? item(caller, trace) : container(caller, trace.getContainerId());
    }

    private DrugTraced item(Caller caller, DrugTrace trace) {
        DrugItemState item = search.find(trace.getProductId(), trace.getItemId())
                .map(PackSearch.Place::item)
                .orElseThrow(Traces::nothing);
        DrugProductState product = view.state()
                .read(DrugKeys.product(item.getProductId()), DrugProductState.parser())
                .orElseThrow();
        List<DrugStep> steps = DrugPath.of(view.state(), item);
        if (!policy.seesPath(caller, steps, product.getOwner())) {
            throw nothing();
        }
        DrugLotState lot = search.lot(item.getLotId());
        ByteString recall = !item.getRecallId().isEmpty()
                ? item.getRecallId()
                : lot.getRecallId().isEmpty() ? product.getRecallId() : lot.getRecallId();
        DrugRecallState recalled = recall.isEmpty()
                ? DrugRecallState.getDefaultInstance()
                : view.state()
                        .read(DrugKeys.recall(recall), DrugRecallState.parser())
                        .orElseThrow();
        return traced(caller, steps, search.custody(item), item.getId(), item.getProductId())
                .setRecalledMillis(recalled.getRecalledMillis())
                .setRecallReason(recalled.getSealedReason())
                .setStatus(PackStatus.of(view.state(), item, lot, nowMillis))
                .setLotId(item.getLotId())
                .setSealedLot(lot.getSealedLot())
                .setSealedProduct(product.getSealedMetadata())
                .setExpiryMillis(lot.getExpiryMillis())
                .setRecallId(recall)
                .setProductId(item.getProductId())
                .setItemId(item.getId())
                .setManufacturer(product.getOwner())
                .build();
    }

    private DrugTraced container(Caller caller, ByteString id) {
        DrugContainerState container = search.container(id)
                .filter(found -> policy.seesContainer(caller, found))
                .orElseThrow(Traces::nothing);
        return traced(caller, DrugPath.of(view.state(), container), search.custody(container), id, ByteString.EMPTY)
                .setStatus(PackStatus.of(view.state(), container))
                .setItemId(id)
                .setManufacturer(container.getPacker())
                .build();
    }

    private DrugTraced.Builder traced(
            Caller caller, List<DrugStep> steps, Containers.Place place, ByteString id, ByteString productId) {
        DrugTraced.Builder traced = DrugTraced.newBuilder().addAllSteps(steps).setCustodian(place.custodian());
        if (place.underWay()) {
            view.state()
                    .read(DrugKeys.shipment(place.shipmentId()), DrugShipmentState.parser())
                    .ifPresent(shipment -> traced.setInTransitTo(shipment.getTo()));
        }
        Set<StateKey> seen = new LinkedHashSet<>();
        for (DrugStep step : steps) {
            StateKey key = DrugKeys.event(ActorName.institutionOf(step.getActor()), step.getEventId());
            if (!step.getEventId().isEmpty() && seen.add(key)) {
                view.state()
                        .read(key, DrugEventState.parser())
                        .filter(DrugEventState::hasError)
                        .ifPresent(state -> traced.addErrors(DrugStepError.newBuilder()
                                .setEventId(step.getEventId())
                                .setDeclaration(state.getError())));
            }
        }
        labels(caller, steps, traced);
        IndexPage page = view.chain()
                .scan(
                        LedgerIndexes.OBJECT_EXCEPTIONS,
                        LedgerIndexes.prefix(id),
                        Optional.empty(),
                        MAX_EXCEPTIONS,
                        false);
        for (IndexPage.Item entry : page.items()) {
            view.state()
                    .read(DrugKeys.exception(LedgerIndexes.idAt(entry.key())), DrugExceptionState.parser())
                    .filter(exception -> exception.getProductId().equals(productId) && policy.sees(caller, exception))
                    .ifPresent(traced::addExceptions);
        }
        return traced;
    }

    /** What the containers of a path are called, so that nobody has to ask for each. */
    private void labels(Caller caller, List<DrugStep> steps, DrugTraced.Builder traced) {
        Set<ByteString> seen = new LinkedHashSet<>();
        for (DrugStep step : steps) {
            boolean aggregates = step.getType().equals("pack") || step.getType().equals("unpack");
            if (aggregates && seen.add(step.getObject())) {
                search.container(step.getObject())
                        .filter(container -> policy.seesContainer(caller, container))
                        .ifPresent(container -> traced.addContainers(DrugContainerLabel.newBuilder()
                                .setContainerId(container.getId())
                                .setPacker(container.getPacker())
                                .setSealedLabel(container.getSealedLabel())));
            }
        }
    }

    private static io.consilium.node.api.ProblemException nothing() {
        return ApiProblem.notFound("pack or container").asException();
    }
}
