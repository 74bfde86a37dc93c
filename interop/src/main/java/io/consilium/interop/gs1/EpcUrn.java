package io.consilium.interop.gs1;

import io.consilium.interop.gs1.KeyKind.Shape;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An EPC URN: pure identity, class or pattern (Tag Data Standard 6 and 8).
 *
 * @param companyPrefix the company prefix, which no other spelling shows
 */
public record EpcUrn(Gs1Key key, String companyPrefix) {
    static final String START = "urn:epc:";

    /** The kinds whose patterns {@code urn:epc:idpat:…:*} name a class. */
    private static final List<KeyKind> PATTERNS =
            List.of(KeyKind.GRAI, KeyKind.GDTI, KeyKind.SGCN, KeyKind.CPI, KeyKind.ITIP);

    /** EPC schemes of others than GS1's members: of the Defense Department, of aviation, of shipping. */
    private static final List<String> FOREIGN = List.of("gid:", "usdod:", "adi:", "bic:", "imovn:");

    private static final Pattern MISSPELT = Pattern.compile(
            "urn:[a-z0-9-]*:(id|class|idpat):"
                    + "(sgtin|lgtin|sscc|sgln|pgln|grai|giai|gsrnp?|gdti|cpi|sgcn|ginc|gsin|itip|upui):.*",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    /** Whether a text claims to name one of GS1's keys so, be it misspelt. */
    public static boolean isClaimed(String text) {
        if (!text.regionMatches(true, 0, START, 0, START.length())) {
            return MISSPELT.matcher(text).matches();
        }
        String rest = text.substring(START.length());
        return FOREIGN.stream().noneMatch(scheme -> rest.startsWith(scheme, rest.indexOf(':') + 1));
    }

    /** Reads any of the forms; refuses one whose parts have the wrong length or characters. */
    public static EpcUrn read(String text) throws MalformedIdentifier {
        if (!text.regionMatches(true, 0, START, 0, START.length())) {
            throw new MalformedIdentifier("an EPC begins with urn:epc:");
        }
        String rest = text.substring(START.length());
        int colon = rest.indexOf(':', rest.indexOf(':') + 1);
        if (colon < 0) {
            throw new MalformedIdentifier("the EPC lacks its scheme or its value, as in urn:epc:id:sgtin:…");
        }
        String scheme = rest.substring(0, colon);
        String value = rest.substring(colon + 1);
        for (KeyKind kind : KeyKind.values()) {
            if (kind.scheme().equals(scheme)) {
                return parts(kind, value, kind == KeyKind.GTIN);
            }
        }
        for (KeyKind kind : PATTERNS) {
            if (kind.scheme().replace("id:", "idpat:").equals(scheme)) {
                return parts(kind, value, true);
            }
        }
        throw new MalformedIdentifier("no EPC scheme that names one object or class has this name");
    }

    private static EpcUrn parts(KeyKind kind, String value, boolean pattern) throws MalformedIdentifier {
        int fields = fields(kind);
        String[] parts = value.split("\\.", fields);
        if (parts.length < fields) {
            throw new MalformedIdentifier(
                    "the EPC has " + parts.length + " of the " + fields + " parts of its scheme (no serial?)");
        }
        String prefix = parts[0];
        if (prefix.length() < Gs1Key.MIN_PREFIX_DIGITS || prefix.length() > Gs1Key.MAX_PREFIX_DIGITS) {
            throw new MalformedIdentifier("the company prefix has " + prefix.length() + " digits; from "
                    + Gs1Key.MIN_PREFIX_DIGITS + " to " + Gs1Key.MAX_PREFIX_DIGITS + " are allowed");
        }
        if (!CharacterSet.NUMERIC.holds(prefix)) {
            throw new MalformedIdentifier("the company prefix holds a character that is no digit");
        }
        String serial = serial(kind, parts, pattern);
        return new EpcUrn(Gs1Key.of(kind, number(kind, parts), serial), prefix);
    }

    private static int fields(KeyKind kind) {
        return switch (kind) {
            case SSCC, PGLN, GIAI, GSRN, GSRNP, GINC, GSIN -> 2;
            case ITIP -> 5;
            default -> 3;
        };
    }

    private static String serial(KeyKind kind, String[] parts, boolean pattern) throws MalformedIdentifier {
        if (parts.length == 2) {
            return "";
        }
        String serial = parts[parts.length - 1];
        if (pattern) {
            if (!serial.equals("*")) {
                throw new MalformedIdentifier("a pattern that names a class ends in .*");
            }
            return "";
        }
        if (serial.isEmpty()) {
            throw new MalformedIdentifier("there is no serial");
        }
        // An SGLN without extension is written with the extension 0.
        return kind == KeyKind.SGLN && serial.equals("0") ? "" : Escapes.decode(serial);
    }

    private static String number(KeyKind kind, String[] parts) throws MalformedIdentifier {
        String prefix = parts[0];
        Shape shape = kind.shape();
        if (shape.isText()) {
            return prefix + Escapes.decode(parts[1]);
        }
        String reference = parts[1];
        if (!CharacterSet.NUMERIC.holds(reference)) {
            throw new MalformedIdentifier("the reference after the company prefix holds a character that is no digit");
        }
        int wanted = digitsBeforeCheckDigit(shape);
        if (prefix.length() + reference.length() != wanted) {
            throw new MalformedIdentifier("company prefix and reference have " + (prefix.length() + reference.length())
                    + " digits together; they must have " + wanted);
        }
        String digits =
                switch (shape) {
                    case GTIN, GTIN_AND_PIECES, EIGHTEEN_WITH_EXTENSION ->
                        reference.charAt(0) + prefix + reference.substring(1);
                    case ZERO_AND_THIRTEEN -> "0" + prefix + reference;
                    default -> prefix + reference;
                };
        String number = digits + CheckDigit.of(digits);
        return shape == Shape.GTIN_AND_PIECES ? number + parts[2] + parts[3] : number;
    }

    private static int digitsBeforeCheckDigit(Shape shape) {
        return switch (shape) {
            case GTIN, GTIN_AND_PIECES -> 13;
            case EIGHTEEN, EIGHTEEN_WITH_EXTENSION -> 17;
            case SEVENTEEN -> 16;
            default -> 12;
        };
    }

    static String text(Gs1Key key, int prefixDigits) throws MalformedIdentifier {
        if (prefixDigits < Gs1Key.MIN_PREFIX_DIGITS || prefixDigits > Gs1Key.MAX_PREFIX_DIGITS) {
            throw new MalformedIdentifier("a company prefix has from " + Gs1Key.MIN_PREFIX_DIGITS + " to "
                    + Gs1Key.MAX_PREFIX_DIGITS + " digits, not " + prefixDigits);
        }
        KeyKind kind = key.kind();
        Shape shape = kind.shape();
        String digits = key.afterIndicator();
        if (prefixDigits >= digits.length()) {
            throw new MalformedIdentifier("nothing follows a company prefix of " + prefixDigits + " digits");
        }
        String prefix = digits.substring(0, prefixDigits);
        String reference;
        if (shape.isText()) {
            if (!CharacterSet.NUMERIC.holds(prefix)) {
                throw new MalformedIdentifier("the company prefix holds a character that is no digit");
            }
            reference = Escapes.inUrn(digits.substring(prefixDigits));
        } else {
            int end = shape == Shape.GTIN_AND_PIECES ? Gtin.DIGITS - 2 : digits.length() - 1;
            boolean indicator =
                    shape == Shape.GTIN || shape == Shape.GTIN_AND_PIECES || shape == Shape.EIGHTEEN_WITH_EXTENSION;
            reference = (indicator ? key.value().substring(0, 1) : "") + digits.substring(prefixDigits, end);
        }
        return START + scheme(key) + ":" + prefix + "." + reference + tail(key).orElse("");
    }

    private static String scheme(Gs1Key key) {
        String scheme = key.kind().scheme();
        return key.isInstance() || key.kind() == KeyKind.GTIN || key.kind() == KeyKind.LGTIN
                ? scheme
                : scheme.replace("id:", "idpat:");
    }

    private static Optional<String> tail(Gs1Key key) {
        if (fields(key.kind()) == 2) {
            return Optional.empty();
        }
        String serial = key.serial().isEmpty() ? key.kind() == KeyKind.SGLN ? "0" : "*" : Escapes.inUrn(key.serial());
        if (key.kind() == KeyKind.ITIP) {
            String pieces = key.value().substring(Gtin.DIGITS);
            return Optional.of("." + pieces.substring(0, 2) + "." + pieces.substring(2) + "." + serial);
        }
        return Optional.of("." + serial);
    }
}
