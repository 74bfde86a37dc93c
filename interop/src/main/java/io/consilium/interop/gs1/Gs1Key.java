package io.consilium.interop.gs1;

import java.util.Optional;

/**
 * One GS1 identification, whatever its spelling: two of them are equal where they mean one thing (DRU-1).
 *
 * <p>The length of the company prefix is no part of it. An EPC URN shows that length and no other spelling does, so a
 * URN's prefix is found in {@link EpcUrn}.
 *
 * @param value the number with its check digit, a GTIN always with 14 digits; for {@link KeyKind#ITIP} followed by
 *     piece and total; for {@link KeyKind#GIAI}, {@link KeyKind#GINC} and {@link KeyKind#CPI} prefix and reference
 * @param serial serial, lot or extension as it stands in a barcode, empty where there is none
 */
public record Gs1Key(KeyKind kind, String value, String serial) {
    public static final int MIN_PREFIX_DIGITS = 6;
    public static final int MAX_PREFIX_DIGITS = 12;

    public Gs1Key {
        fault(kind, value, serial, true).ifPresent(reason -> {
            throw new IllegalArgumentException(reason);
        });
    }

    /** The same with a refusal for what came from outside. */
    public static Gs1Key of(KeyKind kind, String value, String serial) throws MalformedIdentifier {
        Optional<String> fault = fault(kind, value, serial, true);
        if (fault.isPresent()) {
            throw new MalformedIdentifier(fault.get());
        }
        return new Gs1Key(kind, value, serial);
    }

    /** One pack: a GTIN of 8, 12, 13 or 14 digits and a serial. */
    public static Gs1Key sgtin(String gtin, String serial) throws MalformedIdentifier {
        return of(KeyKind.SGTIN, Gtin.fourteen(gtin), serial);
    }

    /** A lot of a product. */
    public static Gs1Key lgtin(String gtin, String lot) throws MalformedIdentifier {
        return of(KeyKind.LGTIN, Gtin.fourteen(gtin), lot);
    }

    /** Whether it names one thing, not a class of them. */
    public boolean isInstance() {
        return switch (kind) {
            case GTIN, LGTIN -> false;
            case GRAI, GDTI, SGCN, ITIP, CPI -> !serial.isEmpty();
            default -> true;
        };
    }

    /** The GTIN with 14 digits, of keys that have one. */
    public Optional<String> gtin() {
        return switch (kind) {
            case SGTIN, GTIN, LGTIN, UPUI, ITIP -> Optional.of(value.substring(0, Gtin.DIGITS));
            default -> Optional.empty();
        };
    }

    /** Whether the number was given out under a company prefix. */
    public boolean isUnder(String companyPrefix) {
        return afterIndicator().startsWith(companyPrefix);
    }

    /** The canonical Digital Link under {@code https://id.gs1.org}: that of the CBV's event hash. */
    public String digitalLink() {
        return DigitalLink.text(kind, value, serial);
    }

    /** The EPC URN. */
    public String urn(int prefixDigits) throws MalformedIdentifier {
        return EpcUrn.text(this, prefixDigits);
    }

    /** The element string with brackets, such as {@code (01)…(21)…}. */
    public String elementString() {
        String key = "(" + kind.applicationIdentifier() + ")" + value;
        if (serial.isEmpty()) {
            return key;
        }
        return kind.serialApplicationIdentifier()
                .map(ai -> key + "(" + ai + ")" + serial)
                .orElse(key + serial);
    }

    /** The digits in which the company prefix stands first. */
    String afterIndicator() {
        return switch (kind.shape()) {
            case GTIN, GTIN_AND_PIECES, EIGHTEEN_WITH_EXTENSION, ZERO_AND_THIRTEEN -> value.substring(1);
            default -> value;
        };
    }

    /**
     * Why the parts make no key.
     *
     * @param checkDigit whether a wrong check digit is a fault
     */
    static Optional<String> fault(KeyKind kind, String value, String serial, boolean checkDigit) {
        KeyKind.Shape shape = kind.shape();
        Optional<String> fault = shape.isText() ? textFault(shape, value) : numberFault(shape, value, checkDigit);
        return fault.isPresent() ? fault : kind.serialFault(serial);
    }

    private static Optional<String> textFault(KeyKind.Shape shape, String value) {
        if (value.length() <= MIN_PREFIX_DIGITS || value.length() > shape.length) {
            return Optional.of("company prefix and reference have " + value.length() + " characters; from "
                    + (MIN_PREFIX_DIGITS + 1) + " to " + shape.length + " are allowed");
        }
        if (!CharacterSet.NUMERIC.holds(value.substring(0, MIN_PREFIX_DIGITS))) {
            return Optional.of("it does not begin with a company prefix, which is digits");
        }
        if (!shape.characters().holds(value)) {
            return Optional.of("the reference holds a character other than "
                    + shape.characters().description());
        }
        return Optional.empty();
    }

    private static Optional<String> numberFault(KeyKind.Shape shape, String value, boolean checkDigit) {
        if (!CharacterSet.NUMERIC.holds(value)) {
            return Optional.of("the number holds a character that is no digit");
        }
        if (value.length() != shape.length) {
            return Optional.of("the number has " + value.length() + " digits; it must have " + shape.length);
        }
        if (shape == KeyKind.Shape.ZERO_AND_THIRTEEN && value.charAt(0) != '0') {
            return Optional.of("an asset's number begins with a zero");
        }
        String checked = shape == KeyKind.Shape.GTIN_AND_PIECES ? value.substring(0, Gtin.DIGITS) : value;
        if (checkDigit && !CheckDigit.isRight(checked)) {
            return Optional.of("the check digit is wrong");
        }
        return shape == KeyKind.Shape.GTIN_AND_PIECES ? piecesFault(value.substring(Gtin.DIGITS)) : Optional.empty();
    }

    /** Two digits for the piece, two for how many there are. */
    private static Optional<String> piecesFault(String pieceAndTotal) {
        String piece = pieceAndTotal.substring(0, 2);
        if (piece.equals("00") || piece.compareTo(pieceAndTotal.substring(2)) > 0) {
            return Optional.of("the piece's number is not within the total");
        }
        return Optional.empty();
    }
}
