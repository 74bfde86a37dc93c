package io.consilium.bench.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import net.bytebuddy.implementation.FixedValue;
import net.bytebuddy.implementation.Implementation;
import net.bytebuddy.implementation.StubMethod;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A simulator that cannot find a planted bug is broken: each must be found within a bounded number of seeds. */
class PlantedBugsTest {
    private static final long MAX_SEEDS = 400;
    private static final long BATCH = 25;

    /** One bug each: a method of the production's code does something else. */
    enum Bug {
        VOTES_FORGOTTEN_IN_A_CRASH("consensus.VoteRecord", "enter", null),
        SENT_BEFORE_DURABLE("bench.simulator.MemoryDisk", "sync", StubMethod.INSTANCE);

        final String className;
        final String method;
        final Implementation replacement;

        Bug(String className, String method, Implementation replacement) {
            this.className = className;
            this.method = method;
            this.replacement = replacement;
        }
    }

    @ParameterizedTest
    @EnumSource(Bug.class)
    void isFound(Bug bug) throws ReflectiveOperationException {
        MutantLoader loader = new MutantLoader(bug.className, bug.method, bug.replacement);
        Set<String> found = firstFailures(loader);
        assertThat(found).as("what %s broke within %d seeds", bug, MAX_SEEDS).isNotEmpty();
    }

    private static Set<String> firstFailures(ClassLoader loader) throws ReflectiveOperationException {
        Class<?> simulation = Class.forName("io.consilium.bench.simulator.Simulation", true, loader);
        Method run = simulation.getMethod("run", long.class, long.class, int.class, Consumer.class);
        Set<String> invariants = new TreeSet<>();
        for (long from = 1; from <= MAX_SEEDS && invariants.isEmpty(); from += BATCH) {
            Object report = run.invoke(null, from, BATCH, 1, (Consumer<Object>) progress -> {});
            List<?> failures = (List<?>) report.getClass().getMethod("failures").invoke(report);
            for (Object failure : failures) {
                invariants.add((String) failure.getClass().getMethod("invariant").invoke(failure));
            }
        }
        return invariants;
    }
}
