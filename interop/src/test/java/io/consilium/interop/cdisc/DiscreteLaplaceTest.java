package io.consilium.interop.cdisc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigInteger;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("TRI-7 the noise has the distribution that the budget pays for")
class DiscreteLaplaceTest {
    private static final int SEEDS = 40;
    private static final int DRAWS = 2_500;

    /** Not java.util.Random, whose single bits repeat too soon. */
    static DiscreteLaplace.Source seeded(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return bound -> {
            byte[] bytes = new byte[bound.bitLength() / 8 + 1];
            BigInteger mask = BigInteger.ONE.shiftLeft(bound.bitLength()).subtract(BigInteger.ONE);
            while (true) {
                random.nextBytes(bytes);
                BigInteger drawn = new BigInteger(1, bytes).and(mask);
                if (drawn.compareTo(bound) < 0) {
                    return drawn;
                }
            }
        };
    }

    /** Pearson's statistic over 100,000 draws of 40 seeds against the exact probabilities. */
    @ParameterizedTest
    @CsvSource({"1, 1", "1, 2", "2, 1", "5, 2", "1000000, 300000"})
    void manySeedsFitTheDistribution(long numerator, long denominator) {
        double q = Math.exp(-(double) denominator / numerator);
        Map<Integer, Integer> counts = new TreeMap<>();
        double sum = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            DiscreteLaplace noise =
                    new DiscreteLaplace(BigInteger.valueOf(numerator), BigInteger.valueOf(denominator), seeded(seed));
            for (int i = 0; i < DRAWS; i++) {
                int drawn = noise.sample().intValueExact();
                counts.merge(drawn, 1, Integer::sum);
                sum += drawn;
            }
        }
        int draws = SEEDS * DRAWS;
        double statistic = 0;
        int cells = 0;
        for (int y = -200; y <= 200; y++) {
            double expected = draws * (1 - q) / (1 + q) * Math.pow(q, Math.abs(y));
            if (expected >= 20) {
                double difference = counts.getOrDefault(y, 0) - expected;
                statistic += difference * difference / expected;
                cells++;
            }
        }
        double degrees = cells - 1;
        assertThat(statistic)
                .as("chi-square over %d cells", cells)
                .isLessThan(degrees + 4.5 * Math.sqrt(2 * degrees) + 5);
        double deviation = Math.sqrt(2 * q) / (1 - q);
        assertThat(sum / draws).as("mean").isCloseTo(0, within(5 * deviation / Math.sqrt(draws)));
    }
}
