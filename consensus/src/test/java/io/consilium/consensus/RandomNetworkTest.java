package io.consilium.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntFunction;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RandomNetworkTest {
    private static final IntFunction<SafetyRules> SOUND = node -> SafetyRules.SOUND;
    private static final long SEEDS = Long.getLong("consensus.seeds", 300);
    private static final long FIRST_SEED = Long.getLong("consensus.seed", 1);

    private static RandomCluster cluster(long seed) {
        int size = seed % 5 == 0 ? 7 : seed % 11 == 0 ? 1 + (int) (seed % 3) : 4;
        return new RandomCluster(seed, size, size >= 4 && seed % 2 == 0, SOUND, false);
    }

    @Test
    @DisplayName("agreement, honest keys never contradict themselves, all is decided after mending, and then rest")
    void agreesAndGetsOnWhateverTheNetworkDoes() {
        long heights = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            RandomCluster cluster = cluster(seed);
            cluster.run(); // names the seed when it fails; -Dconsensus.seed=N -Dconsensus.seeds=1 replays it
            heights += cluster.monitor.heights();
        }
        assertThat(heights).as("blocks decided over all seeds").isGreaterThan(SEEDS * 3);
    }

    /**
     * BFT-16: what no peer that is heard of saw cannot be held up to a validator with an old disk, so at the very worst it
     * is as one faulty validator: the others agree and get on.
     */
    @Test
    void anOldDiskIsAtWorstOneFaultyValidator() {
        long restored = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS / 3; seed++) {
            RandomCluster cluster = new RandomCluster(seed, 4, false, SOUND, false);
            cluster.oldDisks = true;
            cluster.run();
            restored += cluster.restored;
        }
        assertThat(restored).isGreaterThan(SEEDS / 4);
    }

    @Test
    void oneSeedIsOneHistory() {
        for (long seed = 40; seed < 46; seed++) {
            RandomCluster first = cluster(seed);
            RandomCluster second = cluster(seed);
            first.run();
            second.run();
            assertThat(second.trace).isEqualTo(first.trace);
        }
    }
}
