package io.consilium.interop.gs1;

import java.util.Optional;

/**
 * A National Drug Code of the United States: labeler, product and package, ten digits together.
 *
 * <p>The ten digits stand in the GTIN after the prefix 03 (21 CFR 207.33). Billing writes eleven digits, 5-4-2, with a
 * zero put before the segment that lacks a digit; which one that is shows only where exactly one segment begins with
 * zero.
 */
public record Ndc(String labeler, String product, String packaging) {
    private static final int TEN = 10;

    public Ndc {
        if (fault(labeler, product, packaging).isPresent()) {
            throw new IllegalArgumentException(
                    fault(labeler, product, packaging).get());
        }
    }

    /** Reads 4-4-2, 5-3-2, 5-4-1 with hyphens, or eleven digits 5-4-2 with or without them. */
    public static Ndc read(String text) throws MalformedIdentifier {
        String[] parts = text.split("-", -1);
        if (parts.length == 1 && text.length() == TEN + 1) {
            parts = new String[] {text.substring(0, 5), text.substring(5, 9), text.substring(9)};
        }
        if (parts.length != 3) {
            throw new MalformedIdentifier(
                    text.length() == TEN && CharacterSet.NUMERIC.holds(text)
                            ? "an NDC of ten digits needs its hyphens, which tell labeler, product and package apart"
                            : "an NDC has three parts, as in 0001-0123-45");
        }
        if (parts[0].length() == 5 && parts[1].length() == 4 && parts[2].length() == 2) {
            parts = withoutPadding(parts);
        }
        Optional<String> fault = fault(parts[0], parts[1], parts[2]);
        if (fault.isPresent()) {
            throw new MalformedIdentifier(fault.get());
        }
        return new Ndc(parts[0], parts[1], parts[2]);
    }

    /** The GTIN of the package with this indicator digit, 0 for what is sold singly. */
    public String gtin(int indicator) {
        String digits = indicator + "03" + labeler + product + packaging;
        return digits + CheckDigit.of(digits);
    }

    /** As the label shows it. */
    public String text() {
        return labeler + "-" + product + "-" + packaging;
    }

    /** As billing writes it: eleven digits. */
    public String elevenDigits() {
        return "0".repeat(5 - labeler.length())
                + labeler
                + "0".repeat(4 - product.length())
                + product
                + "0".repeat(2 - packaging.length())
                + packaging;
    }

    /** The ten digits inside a GTIN, where it holds an NDC; their hyphens are not in it. */
    public static Optional<String> tenDigits(String gtin14) {
        return gtin14.length() == Gtin.DIGITS && gtin14.startsWith("03", 1)
                ? Optional.of(gtin14.substring(3, 3 + TEN))
                : Optional.empty();
    }

    private static String[] withoutPadding(String[] parts) throws MalformedIdentifier {
        int zeros = 0;
        int padded = 0;
        for (int i = 0; i < parts.length; i++) {
            if (parts[i].startsWith("0")) {
                zeros++;
                padded = i;
            }
        }
        if (zeros != 1) {
            throw new MalformedIdentifier(
                    "which zero pads this NDC of eleven digits cannot be told; write the ten digits with hyphens");
        }
        String[] stripped = parts.clone();
        stripped[padded] = parts[padded].substring(1);
        return stripped;
    }

    private static Optional<String> fault(String labeler, String product, String packaging) {
        if (!CharacterSet.NUMERIC.holds(labeler + product + packaging)) {
            return Optional.of("an NDC is digits and hyphens");
        }
        String lengths = labeler.length() + "-" + product.length() + "-" + packaging.length();
        return lengths.equals("4-4-2") || lengths.equals("5-3-2") || lengths.equals("5-4-1")
                ? Optional.empty()
                : Optional.of("the parts of an NDC have 4-4-2, 5-3-2 or 5-4-1 digits");
    }
}
