package io.consilium.interop.cdisc;

import java.math.BigInteger;

/**
 * Noise on whole numbers, each y with a probability proportional to exp(-|y| / scale), drawn exactly with whole numbers
 * alone: after Canonne, Kamath and Steinke, "The Discrete Gaussian for Differential Privacy" (2020), algorithms 1 and 2.
 * No floating point, so no bits of it give the true value away.
 */
public final class DiscreteLaplace {
    private static final BigInteger TWO = BigInteger.TWO;

    /** Where chance comes from. */
    public interface Source {
        /** A number from 0 to bound - 1, each as likely. */
        BigInteger below(BigInteger bound);
    }

    private final BigInteger numerator;
    private final BigInteger denominator;
    private final Source source;

    /** A scale of numerator / denominator, both positive: sensitivity over epsilon. */
    public DiscreteLaplace(BigInteger numerator, BigInteger denominator, Source source) {
        if (numerator.signum() <= 0 || denominator.signum() <= 0) {
            throw new IllegalArgumentException("a scale is positive");
        }
        this.numerator = numerator;
        this.denominator = denominator;
        this.source = source;
    }

    public BigInteger sample() {
        while (true) {
            BigInteger part = source.below(numerator);
            if (!expMinus(part, numerator)) {
                continue;
            }
            BigInteger whole = BigInteger.ZERO;
            while (expMinus(BigInteger.ONE, BigInteger.ONE)) {
                whole = whole.add(BigInteger.ONE);
            }
            BigInteger size = part.add(numerator.multiply(whole)).divide(denominator);
            boolean negative = source.below(TWO).signum() == 0;
            // Zero would otherwise be drawn twice as often.
            if (!negative || size.signum() != 0) {
                return negative ? size.negate() : size;
            }
        }
    }

    /** True with probability exp(-x / y), for x from 0 to y. */
    private boolean expMinus(BigInteger x, BigInteger y) {
        BigInteger k = BigInteger.ONE;
        while (source.below(y.multiply(k)).compareTo(x) < 0) {
            k = k.add(BigInteger.ONE);
        }
        return k.testBit(0);
    }
}
