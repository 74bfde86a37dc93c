package io.consilium.interop.gs1;

/** A trade item number: GTIN-8, -12, -13 and -14 mean the same number with 14 digits. */
public final class Gtin {
    public static final int DIGITS = 14;

    private Gtin() {}

    /** The number with 14 digits, its check digit tried. */
    public static String fourteen(String gtin) throws MalformedIdentifier {
        if (!CharacterSet.NUMERIC.holds(gtin)) {
            throw new MalformedIdentifier("a GTIN is digits alone");
        }
        int length = gtin.length();
        if (length != 8 && length != 12 && length != 13 && length != DIGITS) {
            throw new MalformedIdentifier("a GTIN has 8, 12, 13 or 14 digits, not " + length);
        }
        if (!CheckDigit.isRight(gtin)) {
            throw new MalformedIdentifier("the check digit of the GTIN is wrong");
        }
        return "0".repeat(DIGITS - length) + gtin;
    }

    /** The shortest form that names the same item: what a shop's barcode shows. */
    public static String shortest(String fourteen) {
        for (int length : new int[] {8, 12, 13}) {
            if (fourteen.startsWith("0".repeat(DIGITS - length))) {
                return fourteen.substring(DIGITS - length);
            }
        }
        return fourteen;
    }
}
