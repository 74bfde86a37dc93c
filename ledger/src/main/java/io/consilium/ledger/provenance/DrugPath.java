package io.consilium.ledger.provenance;

import com.google.protobuf.ByteString;
import io.consilium.ledger.state.LedgerState;
import io.consilium.ledger.tx.ActorName;
import io.consilium.proto.DrugContainerState;
import io.consilium.proto.DrugItemState;
import io.consilium.proto.DrugShipmentState;
import io.consilium.proto.DrugStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * The path of a pack or container from its origin to now (DRU-7): its own steps, and those of the containers that it stood
 * in while it stood in them.
 */
public final class DrugPath {
    private final Source source;
    private final List<DrugStep> steps = new ArrayList<>();

    private DrugPath(Source source) {
        this.source = source;
    }

    /** What a path is read from: a state, or a transaction under way on it. */
    interface Source {
        Optional<DrugContainerState> container(ByteString id);

        Optional<DrugShipmentState> shipment(ByteString id);
    }

    private record OfState(LedgerState state) implements Source {
        @Override
        public Optional<DrugContainerState> container(ByteString id) {
            return state.read(DrugKeys.container(id), DrugContainerState.parser());
        }

        @Override
        public Optional<DrugShipmentState> shipment(ByteString id) {
            return state.read(DrugKeys.shipment(id), DrugShipmentState.parser());
        }
    }

    public static List<DrugStep> of(LedgerState state, DrugItemState item) {
        return of(new OfState(state), item);
    }

    public static List<DrugStep> of(LedgerState state, DrugContainerState container) {
        return of(new OfState(state), container);
    }

    static List<DrugStep> of(Source source, DrugItemState item) {
        DrugPath path = new DrugPath(source);
        path.follow(item.getHistoryList(), 0, item.getHistoryCount(), item.getId(), 0);
        return path.steps;
    }

    static List<DrugStep> of(Source source, DrugContainerState container) {
        DrugPath path = new DrugPath(source);
        path.follow(container.getHistoryList(), 0, container.getHistoryCount(), container.getId(), 0);
        return path.steps;
    }

    private void follow(List<DrugStep> history, int from, int until, ByteString self, int depth) {
        int end = Math.min(until, history.size());
        for (int i = from; i < end; i++) {
            DrugStep step = history.get(i);
            boolean inner = depth > 0
                    && step.getType().equals("pack")
                    && step.getObject().equals(self);
            if (!inner) {
                steps.add(step);
            }
            boolean enters = step.getType().equals("pack") && !step.getObject().equals(self);
            if (enters && depth < Containers.MAX_DEPTH) {
                DrugContainerState container =
                        source.container(step.getObject()).orElseThrow();
                follow(
                        container.getHistoryList(),
                        step.getPlace(),
                        leaves(history, i, end, step.getObject(), container),
                        container.getId(),
                        depth + 1);
            }
        }
    }

    /** How far the container's own path is this one's too. */
    private static int leaves(
            List<DrugStep> history, int entered, int end, ByteString container, DrugContainerState state) {
        for (int i = entered + 1; i < end; i++) {
            DrugStep step = history.get(i);
            if (step.getType().equals("unpack") && step.getObject().equals(container)) {
                return step.getPlace();
            }
        }
        return state.getHistoryCount();
    }

    /** What is said of goods and moves nothing, often by who has never had them. */
    private static boolean isRemark(DrugStep step) {
        return switch (step.getType()) {
            case "recall", "quarantine", "release", "mark-suspect", "mark-illegitimate" -> true;
            default -> false;
        };
    }

    /** The last that was done with goods; of none, nothing. */
    static DrugStep lastHandling(List<DrugStep> history) {
        return last(history, step -> !isRemark(step));
    }

    /** The same, or what an institution said of them itself: what others say keeps nobody's true word out (DRU-8). */
    static DrugStep lastFor(String institution, List<DrugStep> history) {
        return last(
                history,
                step -> !isRemark(step)
                        || ActorName.institutionOf(step.getActor()).equals(institution));
    }

    private static DrugStep last(List<DrugStep> history, Predicate<DrugStep> counts) {
        for (int i = history.size() - 1; i >= 0; i--) {
            if (counts.test(history.get(i))) {
                return history.get(i);
            }
        }
        return DrugStep.getDefaultInstance();
    }

    /** The institutions of a path: who acted on it, and to whom it was sent. */
    public static Set<String> parties(LedgerState state, List<DrugStep> steps) {
        return parties(new OfState(state), steps);
    }

    static Set<String> parties(Source source, List<DrugStep> steps) {
        TreeSet<String> parties = new TreeSet<>();
        for (DrugStep step : steps) {
            if (!isRemark(step)) {
                parties.add(ActorName.institutionOf(step.getActor()));
            }
            if (step.getType().equals("ship") || step.getType().equals("return")) {
                source.shipment(step.getObject()).ifPresent(shipment -> parties.add(shipment.getTo()));
            }
        }
        return parties;
    }
}
