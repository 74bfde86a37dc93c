package io.consilium.interop.gs1;

import java.util.Optional;

/**
 * The kinds of GS1 identification that EPCIS events name, each with its EPC scheme (Tag Data Standard 6) and its
 * application identifiers in a Digital Link.
 */
public enum KeyKind {
    /** One pack or case: GTIN and serial. */
    SGTIN("id:sgtin", "01", "21", Shape.GTIN, CharacterSet.SET_82, 1, 20),
    /** A product, whatever the serial. */
    GTIN("idpat:sgtin", "01", "", Shape.GTIN, CharacterSet.SET_82, 0, 0),
    /** A lot of a product. */
    LGTIN("class:lgtin", "01", "10", Shape.GTIN, CharacterSet.SET_82, 1, 20),
    /** A unit pack of tobacco. */
    UPUI("id:upui", "01", "235", Shape.GTIN, CharacterSet.SET_82, 1, 28),
    /** A logistic unit: pallet, case, parcel. */
    SSCC("id:sscc", "00", "", Shape.EIGHTEEN_WITH_EXTENSION, CharacterSet.NUMERIC, 0, 0),
    /** A place, perhaps with an extension for a part of it. */
    SGLN("id:sgln", "414", "254", Shape.THIRTEEN, CharacterSet.SET_82, 0, 20),
    /** A party. */
    PGLN("id:pgln", "417", "", Shape.THIRTEEN, CharacterSet.NUMERIC, 0, 0),
    /** A returnable asset; without a serial its type. */
    GRAI("id:grai", "8003", "", Shape.ZERO_AND_THIRTEEN, CharacterSet.SET_82, 0, 16),
    /** An individual asset. */
    GIAI("id:giai", "8004", "", Shape.PREFIX_AND_TEXT, CharacterSet.SET_82, 0, 0),
    /** Who receives a service. */
    GSRN("id:gsrn", "8018", "", Shape.EIGHTEEN, CharacterSet.NUMERIC, 0, 0),
    /** Who provides a service. */
    GSRNP("id:gsrnp", "8017", "", Shape.EIGHTEEN, CharacterSet.NUMERIC, 0, 0),
    /** A document; without a serial its type. */
    GDTI("id:gdti", "253", "", Shape.THIRTEEN, CharacterSet.SET_82, 0, 17),
    /** A coupon; without a serial its type. */
    SGCN("id:sgcn", "255", "", Shape.THIRTEEN, CharacterSet.NUMERIC, 0, 12),
    /** A consignment. */
    GINC("id:ginc", "401", "", Shape.PREFIX_AND_TEXT, CharacterSet.SET_82, 0, 0),
    /** A shipment. */
    GSIN("id:gsin", "402", "", Shape.SEVENTEEN, CharacterSet.NUMERIC, 0, 0),
    /** A piece of a trade item that comes in several; without a serial its type. */
    ITIP("id:itip", "8006", "21", Shape.GTIN_AND_PIECES, CharacterSet.SET_82, 0, 20),
    /** A component or part; without a serial its type. */
    CPI("id:cpi", "8010", "8011", Shape.PREFIX_AND_PART, CharacterSet.NUMERIC, 0, 12);

    /** How the number of a key is built. */
    enum Shape {
        GTIN(14),
        EIGHTEEN_WITH_EXTENSION(18),
        EIGHTEEN(18),
        SEVENTEEN(17),
        THIRTEEN(13),
        ZERO_AND_THIRTEEN(14),
        GTIN_AND_PIECES(18),
        PREFIX_AND_TEXT(30),
        PREFIX_AND_PART(30);

        /** Its length, or for text its greatest. */
        final int length;

        Shape(int length) {
            this.length = length;
        }

        boolean isText() {
            return this == PREFIX_AND_TEXT || this == PREFIX_AND_PART;
        }

        CharacterSet characters() {
            return switch (this) {
                case PREFIX_AND_TEXT -> CharacterSet.SET_82;
                case PREFIX_AND_PART -> CharacterSet.SET_39;
                default -> CharacterSet.NUMERIC;
            };
        }
    }

    private final String scheme;
    private final String ai;
    private final String serialAi;
    private final Shape shape;
    private final CharacterSet serialCharacters;
    private final int minSerial;
    private final int maxSerial;

    KeyKind(
            String scheme,
            String ai,
            String serialAi,
            Shape shape,
            CharacterSet serialCharacters,
            int minSerial,
            int maxSerial) {
        this.scheme = scheme;
        this.ai = ai;
        this.serialAi = serialAi;
        this.shape = shape;
        this.serialCharacters = serialCharacters;
        this.minSerial = minSerial;
        this.maxSerial = maxSerial;
    }

    /** The application identifier of the key itself. */
    public String applicationIdentifier() {
        return ai;
    }

    /** That of its serial, lot or extension, where that is no part of the key's own field. */
    public Optional<String> serialApplicationIdentifier() {
        return serialAi.isEmpty() ? Optional.empty() : Optional.of(serialAi);
    }

    /** After {@code urn:epc:}. */
    String scheme() {
        return scheme;
    }

    Shape shape() {
        return shape;
    }

    /** Whether a text may be the serial. */
    Optional<String> serialFault(String serial) {
        if (serial.length() < minSerial) {
            return Optional.of(this == LGTIN ? "there is no lot" : "there is no serial");
        }
        if (serial.length() > maxSerial) {
            return Optional.of(
                    maxSerial == 0
                            ? "this key takes no serial"
                            : "the serial, lot or extension has more than " + maxSerial + " characters");
        }
        if (!serialCharacters.holds(serial)) {
            return Optional.of(
                    "the serial, lot or extension holds a character other than " + serialCharacters.description());
        }
        if (this == CPI && serial.startsWith("0")) {
            return Optional.of("a component's serial begins with no zero");
        }
        return Optional.empty();
    }

    /** Whether the serial follows the number inside one field, as in {@code 253}, {@code 255} and {@code 8003}. */
    boolean joinsSerial() {
        return serialAi.isEmpty() && maxSerial > 0;
    }
}
