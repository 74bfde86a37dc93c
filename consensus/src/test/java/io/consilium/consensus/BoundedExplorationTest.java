package io.consilium.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The real core explored systematically to a bounded depth: packets are delivered in order, but at any one or two of the
 * first steps something else happens: a packet is lost or overtaken by all others, a round timer runs out, or a node is
 * killed and started. Every such history of one block must keep the invariants and end with the block decided.
 */
@DisplayName("the real core, explored to a bounded depth")
class BoundedExplorationTest {
    private static final int NODES = 4;
    private static final int DEVIATIONS = 2 + 2 * NODES;
    private static final int STEPS_WITH_ONE = 70;
    private static final int STEPS_WITH_TWO = 22;

    private record Deviation(int step, int kind) {}

    private static void run(List<Deviation> deviations) {
        ScenarioCluster cluster = new ScenarioCluster(NODES, 0);
        try {
            cluster.nodes.forEach(ToyNode::start);
            cluster.deliver(new ScenarioCluster.Selector(List.of(), List.of(), List.of()));
            cluster.nodes.forEach(node -> node.submit("x"));
            cluster.millis += 10;
            cluster.nodes.forEach(node -> node.fire(TimerKind.BATCH));
            for (int step = 0; !cluster.inFlight().isEmpty() && step < 400; step++) {
                int now = step;
                deviations.stream()
                        .filter(deviation -> deviation.step() == now)
                        .forEach(deviation -> deviate(cluster, deviation.kind()));
                cluster.deliverOne();
            }
            for (int i = 0; i < 10 && cluster.nodes.stream().anyMatch(node -> node.chain.isEmpty()); i++) {
                cluster.tick(3_000);
            }
            for (ToyNode node : cluster.nodes) {
                assertThat(node.chain).as("chain of node " + node.index).hasSizeGreaterThan(0);
            }
        } catch (AssertionError | RuntimeException failure) {
            throw new AssertionError(deviations + ": " + failure.getMessage(), failure);
        }
    }

    private static void deviate(ScenarioCluster cluster, int kind) {
        if (kind == 0) {
            cluster.loseOne();
        } else if (kind == 1) {
            cluster.deferOne();
        } else if (kind < 2 + NODES) {
            cluster.nodes.get(kind - 2).fire(TimerKind.ROUND);
        } else {
            ToyNode node = cluster.nodes.get(kind - 2 - NODES);
            cluster.died(node);
            node.start();
        }
    }

    @Test
    void oneDeviation() {
        for (int step = 0; step < STEPS_WITH_ONE; step++) {
            for (int kind = 0; kind < DEVIATIONS; kind++) {
                run(List.of(new Deviation(step, kind)));
            }
        }
    }

    @Test
    void twoDeviations() {
        List<Deviation> all = new ArrayList<>();
        for (int step = 0; step < STEPS_WITH_TWO; step++) {
            for (int kind = 0; kind < DEVIATIONS; kind++) {
                all.add(new Deviation(step, kind));
            }
        }
        for (int first = 0; first < all.size(); first++) {
            for (int second = first; second < all.size(); second += 9) {
                run(List.of(all.get(first), all.get(second)));
            }
        }
    }
}
