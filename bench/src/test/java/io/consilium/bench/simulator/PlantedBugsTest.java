package io.consilium.bench.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A simulator that cannot find a planted bug is broken: each must be found within a bounded number of seeds. */
class PlantedBugsTest {
    private static final long MAX_SEEDS = 1_000;
    private static final long BATCH = 10;

    @ParameterizedTest
    @EnumSource(PlantedBug.class)
    void isFound(PlantedBug bug) throws ReflectiveOperationException {
        Optional<String> found = firstFailure(new MutantLoader(bug.className, bug.method, bug.replacement));
        assertThat(found).as("what %s broke within %d seeds", bug, MAX_SEEDS).isPresent();
    }

    private static Optional<String> firstFailure(ClassLoader loader) throws ReflectiveOperationException {
        Class<?> simulation = Class.forName("io.consilium.bench.simulator.Simulation", true, loader);
        Method run = simulation.getMethod("run", long.class, long.class, int.class, Consumer.class);
        for (long from = 1; from <= MAX_SEEDS; from += BATCH) {
            Object report = run.invoke(null, from, BATCH, 1, (Consumer<Object>) progress -> {});
            List<?> failures = (List<?>) report.getClass().getMethod("failures").invoke(report);
            if (!failures.isEmpty()) {
                return Optional.of(failures.get(0).toString());
            }
        }
        return Optional.empty();
    }
}
