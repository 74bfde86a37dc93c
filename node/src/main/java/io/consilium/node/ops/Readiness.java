package io.consilium.node.ops;

import io.consilium.node.NodeGateway;
import io.consilium.node.NodeStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Why this node should get no work now: its own reasons, its clock, and a stop under way. */
public final class Readiness {
    private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);

    private final NodeGateway node;
    private final ClockCheck clock;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final AtomicReference<List<String>> last = new AtomicReference<>(List.of());

    private final List<Supplier<List<String>>> warnings = new CopyOnWriteArrayList<>();

    public Readiness(NodeGateway node, ClockCheck clock) {
        this.node = node;
        this.clock = clock;
    }

    /** One line each; empty when the node is ready. A change is logged once. */
    public List<String> reasons() {
        NodeStatus status = node.status();
        List<String> reasons = new ArrayList<>(status.notReadyReasons());
        clock.objection(status).ifPresent(reasons::add);
        if (stopping.get()) {
            reasons.add("this node is stopping");
        }
        List<String> before = last.getAndSet(List.copyOf(reasons));
        if (!before.equals(reasons)) {
            if (reasons.isEmpty() || stopping.get()) {
                LOG.info("readiness changed height={} reasons={}", status.height(), reasons);
            } else {
                LOG.warn("node not ready height={} reasons={}", status.height(), reasons);
            }
        }
        return reasons;
    }

    /** Where to ask for what an operator should know of though the node works. */
    public void warnOf(Supplier<List<String>> source) {
        warnings.add(source);
    }

    /** One line each; they do not make the node unready. */
    public List<String> warnings() {
        return warnings.stream().flatMap(source -> source.get().stream()).toList();
    }

    public void stopping() {
        stopping.set(true);
    }
}
