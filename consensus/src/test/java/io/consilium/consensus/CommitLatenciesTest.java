package io.consilium.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("BFT-10 timeouts")
class CommitLatenciesTest {
    private final CommitLatencies latencies = new CommitLatencies(
            ConsensusConfig.defaults(ToyCluster.CHAIN, Optional.empty(), Stamps.VERIFIER, ToyLedger::hashes));

    private void add(int times, long millis) {
        for (int i = 0; i < times; i++) {
            latencies.add(millis);
        }
    }

    @Test
    void oneSecondUntilMeasured() {
        add(CommitLatencies.MEASURED - 1, 5);
        assertThat(latencies.baseTimeoutMillis()).isEqualTo(1_000);
    }

    @Test
    void eightTimesTheMedianWithinTheBounds() {
        add(CommitLatencies.WINDOW, 100);
        assertThat(latencies.baseTimeoutMillis()).isEqualTo(800);
        add(CommitLatencies.WINDOW, 3);
        assertThat(latencies.baseTimeoutMillis()).isEqualTo(250);
        add(CommitLatencies.WINDOW, 2_000);
        assertThat(latencies.baseTimeoutMillis()).isEqualTo(4_000);
    }

    @Test
    void theWindowForgets() {
        add(1_000, 400);
        add(CommitLatencies.WINDOW, 50);
        assertThat(latencies.baseTimeoutMillis()).isEqualTo(400);
    }

    @Test
    @DisplayName("a leader that delays to just below the timeout moves it nowhere, one in four blocks being its own")
    void aMinorityOfSlowLeadersDoesNotStretchTheTimeout() {
        for (int block = 0; block < 200; block++) {
            latencies.add(block % 4 == 0 ? latencies.baseTimeoutMillis() - 1 : 40);
        }
        assertThat(latencies.baseTimeoutMillis()).isEqualTo(320);
    }

    @Test
    void oneAndAHalfTimesARoundUpToTheCap() {
        add(CommitLatencies.WINDOW, 100);
        assertThat(latencies.timeoutMillis(0)).isEqualTo(800);
        assertThat(latencies.timeoutMillis(1)).isEqualTo(1_200);
        assertThat(latencies.timeoutMillis(2)).isEqualTo(1_800);
        assertThat(latencies.timeoutMillis(7)).isEqualTo(10_000);
        assertThat(latencies.timeoutMillis(Integer.MAX_VALUE)).isEqualTo(10_000);
    }

    @Test
    void aClockSetBackCountsAsNothing() {
        add(CommitLatencies.WINDOW, -600_000);
        assertThat(latencies.baseTimeoutMillis()).isEqualTo(250);
    }
}
