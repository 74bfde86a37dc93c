package io.consilium.bench.load;

import io.consilium.client.ClientException;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/**
 * Brings a cluster to the state in which it can be measured. Young JVMs compile, and whatever they cannot do meanwhile
 * piles up; a window that opens over such a pile measures the pile. So the rate rises in steps, after each of which the
 * cluster works off what waits, and goes on at the full rate until two steps in a row kept up and took alike.
 */
final class WarmUp {
    static final int STEP_SECONDS = 5;

    /** A minute more at the full rate; a cluster that is not steady by then is measured as it is. */
    static final int MAX_SETTLING_STEPS = 12;

    private static final double ALIKE = 1.25;

    private final Step step;
    private final Consumer<String> talk;

    /** Sends at a rate for so long, waits until nothing is pending, and says how it went. */
    interface Step {
        Rung run(int rate, int seconds) throws ClientException, InterruptedException;
    }

    /**
     * @param steady two steps in a row kept up with the rate and had medians within a quarter of one another
     * @param seconds spent under load
     */
    record Result(boolean steady, int seconds) {}

    WarmUp(Step step, Consumer<String> talk) {
        this.step = step;
        this.talk = talk;
    }

    /** Rises to the rate within about so many seconds, then settles there. */
    Result run(int rate, int rampSeconds) throws ClientException, InterruptedException {
        ramp(rate, rampSeconds);
        double before = Double.NaN;
        for (int i = 1; i <= MAX_SETTLING_STEPS; i++) {
            Rung rung = step.run(rate, STEP_SECONDS);
            OptionalDouble median = keptUp(rung) ? OptionalDouble.of(rung.millis(50)) : OptionalDouble.empty();
            if (median.isPresent() && isAlike(before, median.getAsDouble())) {
                talk.accept(String.format(
                        Locale.ROOT,
                        "Steady after %d s at %d/s: median %.1f ms, nothing waits",
                        i * STEP_SECONDS,
                        rate,
                        median.getAsDouble()));
                return new Result(true, seconds(rampSeconds) + i * STEP_SECONDS);
            }
            before = median.orElse(Double.NaN);
        }
        int settling = MAX_SETTLING_STEPS * STEP_SECONDS;
        talk.accept("Not steady after " + settling + " s at " + rate
                + "/s: measuring all the same, so the figures tell of this machine's other work too");
        return new Result(false, seconds(rampSeconds) + settling);
    }

    /** Rises in equal steps up to the rate. */
    void ramp(int rate, int seconds) throws ClientException, InterruptedException {
        int steps = steps(seconds);
        for (int i = 1; i <= steps; i++) {
            step.run(Math.max(1, (int) ((long) rate * i / steps)), STEP_SECONDS);
        }
    }

    private static int steps(int seconds) {
        return (seconds + STEP_SECONDS - 1) / STEP_SECONDS;
    }

    private static int seconds(int rampSeconds) {
        return steps(rampSeconds) * STEP_SECONDS;
    }

    private static boolean keptUp(Rung rung) {
        return rung.failed() == 0 && rung.pendingAtEnd() <= rung.offeredPerSecond() / 2;
    }

    private static boolean isAlike(double before, double now) {
        return now <= before * ALIKE && before <= now * ALIKE;
    }
}
