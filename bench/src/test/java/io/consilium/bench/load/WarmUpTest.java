package io.consilium.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.client.ClientException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class WarmUpTest {
    private static final int RATE = 1_000;

    private final List<Integer> rates = new ArrayList<>();
    private final List<String> said = new ArrayList<>();
    private final Deque<Rung> answers = new ArrayDeque<>();
    private final WarmUp warmUp = new WarmUp(
            (rate, seconds) -> {
                rates.add(rate);
                assertThat(seconds).isEqualTo(WarmUp.STEP_SECONDS);
                return answers.size() > 1 ? answers.removeFirst() : answers.getFirst();
            },
            said::add);

    private static Rung rung(int medianMillis, long failed, long pending) {
        Histogram latency = new Histogram(3);
        latency.recordValue(medianMillis * 1_000L);
        return new Rung(RATE, RATE, latency, failed, "", 0, pending, 0, 0, 0, 0, 0);
    }

    @Test
    void risesInStepsAndBeginsOnceTwoMediansInARowAreAlike() throws ClientException, InterruptedException {
        for (int ramp = 0; ramp < 4; ramp++) {
            answers.add(rung(5_000, 0, 900));
        }
        answers.add(rung(900, 0, 0)); // still working off what the JVMs left
        answers.add(rung(120, 0, 0));
        answers.add(rung(100, 0, 0));
        answers.add(rung(1, 0, 0)); // not asked for any more
        assertThat(warmUp.run(RATE, 20)).isEqualTo(new WarmUp.Result(true, 35));
        assertThat(rates).containsExactly(250, 500, 750, 1_000, RATE, RATE, RATE);
        assertThat(said).singleElement().asString().contains("Steady after 15 s at 1000/s: median 100.0 ms");
    }

    @Test
    void aStepThatFailsOrFallsBehindStartsTheComparisonAnew() throws ClientException, InterruptedException {
        answers.add(rung(100, 0, 0));
        answers.add(rung(100, 1, 0));
        answers.add(rung(100, 0, RATE));
        answers.add(rung(100, 0, 0));
        answers.add(rung(100, 0, 0));
        assertThat(warmUp.run(RATE, 0)).isEqualTo(new WarmUp.Result(true, 25));
    }

    @Test
    void aClusterThatNeverSettlesIsMeasuredAllTheSameAndItIsSaid() throws ClientException, InterruptedException {
        answers.add(rung(100, 0, RATE));
        assertThat(warmUp.run(RATE, 0)).isEqualTo(new WarmUp.Result(false, 60));
        assertThat(rates).hasSize(WarmUp.MAX_SETTLING_STEPS);
        assertThat(said).singleElement().asString().contains("Not steady after 60 s");
    }
}
