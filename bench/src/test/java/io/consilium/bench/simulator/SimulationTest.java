package io.consilium.bench.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimulationTest {
    private static final long SEEDS = 60;

    @Test
    void clusterHoldsUnderFaults() throws InterruptedException {
        Simulation.Report report = Simulation.run(1, SEEDS, 1, progress -> {});
        assertThat(report.failures())
                .as(
                        "replay one with: %s",
                        report.failures().stream()
                                .map(Simulation.Failure::command)
                                .toList())
                .isEmpty();
        assertThat(report.done()).isEqualTo(SEEDS);
        assertThat(report.blocks()).isGreaterThan(SEEDS);
        assertThat(report.transactions()).isGreaterThan(10 * SEEDS);
    }

    @Test
    void oneSeedLeavesTheSameTraceEachTime() {
        List<String> first = new ArrayList<>();
        List<String> second = new ArrayList<>();
        Simulation.SeedResult one = Simulation.replay(7, first::add);
        Simulation.SeedResult other = Simulation.replay(7, second::add);
        assertThat(one.traceHash()).isEqualTo(other.traceHash());
        assertThat(first).isEqualTo(second).hasSizeGreaterThan(100);
        assertThat(first).anyMatch(line -> line.contains("PROPOSE")).anyMatch(line -> line.contains("decides block"));
    }

    @Test
    void differentSeedsAreDifferentWorlds() {
        assertThat(Simulation.replay(7, line -> {}).traceHash())
                .isNotEqualTo(Simulation.replay(8, line -> {}).traceHash());
    }
}
