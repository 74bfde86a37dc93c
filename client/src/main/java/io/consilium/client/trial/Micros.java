package io.consilium.client.trial;

import java.math.BigDecimal;

/** Amounts of privacy budget: integer millionths on chain, decimal numbers for people (TRI-7). */
public final class Micros {
    private static final int DECIMALS = 6;

    private Micros() {}

    /** A whole number as Long, anything else as a decimal without trailing zeros. */
    public static Object number(long micros) {
        BigDecimal number = BigDecimal.valueOf(micros, DECIMALS).stripTrailingZeros();
        return number.scale() <= 0 ? (Object) number.longValueExact() : number;
    }
}
