package io.consilium.interop.gs1;

import java.time.LocalDate;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a GS1 barcode says: application identifiers with their values, written with brackets or scanned raw.
 *
 * @param elements the values in their order, by application identifier
 */
public record ElementString(Map<String, String> elements) {
    /** FNC1 between elements of variable length, as scanners send it. */
    public static final char SEPARATOR = '\u001D';

    static final int MAX_CHARACTERS = 4096;

    /** A serial that a scanner without FNC1 has joined with a date and a lot. */
    private static final Pattern SWALLOWED = Pattern.compile(".+17\\d{2}(0[1-9]|1[0-2])([0-2]\\d|3[01])10.+");

    public ElementString {
        elements = Collections.unmodifiableMap(new LinkedHashMap<>(elements));
    }

    /**
     * Reads {@code (01)…(21)…}, or raw content with {@link #SEPARATOR} (also written {@code <GS>} or {@code {GS}})
     * between elements; a symbology identifier such as {@code ]d2} may stand first.
     */
    public static ElementString read(String text) throws MalformedIdentifier {
        if (text.length() > MAX_CHARACTERS) {
            throw new MalformedIdentifier("a barcode holds at most " + MAX_CHARACTERS + " characters");
        }
        String content = text.strip();
        if (content.startsWith("]") && content.length() > 3) {
            requireGs1Symbology(content.substring(1, 3));
            content = content.substring(3);
        }
        ElementString read = content.startsWith("(") ? bracketed(content) : raw(content);
        if (read.elements.isEmpty()) {
            throw new MalformedIdentifier("there is no element");
        }
        Optional<String> pairing = AiPairing.fault(read.elements.keySet());
        if (pairing.isPresent()) {
            throw new MalformedIdentifier(pairing.get());
        }
        return read;
    }

    /** The finest thing that is identified: a pack, a pallet, a place. */
    public Gs1Key key() throws MalformedIdentifier {
        for (KeyKind kind : KeyKind.values()) {
            String field = elements.get(kind.applicationIdentifier());
            Optional<String> serialAi = kind.serialApplicationIdentifier();
            if (field == null || kind == KeyKind.GTIN) {
                continue;
            }
            String serial = serialAi.map(ai -> elements.getOrDefault(ai, "")).orElse("");
            if (serialAi.isPresent() && serial.isEmpty() && kind.serialFault("").isPresent()) {
                continue;
            }
            int length = kind.shape().length;
            return kind.joinsSerial() && field.length() > length
                    ? Gs1Key.of(kind, field.substring(0, length), field.substring(length))
                    : Gs1Key.of(kind, field, kind == KeyKind.SGLN && serial.equals("0") ? "" : serial);
        }
        String gtin = elements.get("01");
        if (gtin != null) {
            return Gs1Key.of(KeyKind.GTIN, gtin, "");
        }
        throw new MalformedIdentifier("no element identifies an item: (01) with (21), (00) or another key");
    }

    /** {@code (01)}, 14 digits. */
    public Optional<String> gtin() {
        return value("01");
    }

    /** {@code (21)}. */
    public Optional<String> serial() {
        return value("21");
    }

    /** {@code (10)}. */
    public Optional<String> lot() {
        return value("10");
    }

    /** {@code (17)}, the last day of use. */
    public Optional<LocalDate> expiry(int currentYear) throws MalformedIdentifier {
        String date = elements.get("17");
        return date == null ? Optional.empty() : Optional.of(Gs1Date.read(date, currentYear));
    }

    private Optional<String> value(String ai) {
        return Optional.ofNullable(elements.get(ai));
    }

    /** Refuses the barcode of another kind: its content is no element string. */
    private static void requireGs1Symbology(String identifier) throws MalformedIdentifier {
        if (!identifier.equals("d2")
                && !identifier.equals("C1")
                && !identifier.equals("Q3")
                && !identifier.equals("J1")
                && !identifier.startsWith("e")) {
            throw new MalformedIdentifier("the symbology identifier is none of a GS1 barcode");
        }
    }

    private static ElementString bracketed(String content) throws MalformedIdentifier {
        Map<String, String> elements = new LinkedHashMap<>();
        int at = 0;
        while (at < content.length()) {
            int close = content.indexOf(')', at);
            if (content.charAt(at) != '(' || close < 0) {
                throw new MalformedIdentifier("an application identifier in brackets expected");
            }
            ApplicationIdentifier ai = known(content.substring(at + 1, close));
            int next = nextBracket(content, close + 1);
            put(elements, ai, content.substring(close + 1, next).strip());
            at = next;
        }
        return new ElementString(elements);
    }

    /** A bracket may be part of a value; it opens an element where a known identifier stands in it. */
    private static int nextBracket(String content, int from) {
        for (int at = content.indexOf('(', from); at >= 0; at = content.indexOf('(', at + 1)) {
            int close = content.indexOf(')', at);
            if (close > at
                    && ApplicationIdentifier.of(content.substring(at + 1, close))
                            .isPresent()) {
                return at;
            }
        }
        return content.length();
    }

    private static ElementString raw(String scanned) throws MalformedIdentifier {
        String content = scanned.replace("<GS>", "\u001D").replace("{GS}", "\u001D");
        Map<String, String> elements = new LinkedHashMap<>();
        int at = 0;
        while (at < content.length()) {
            if (content.charAt(at) == SEPARATOR) {
                at++;
                continue;
            }
            Optional<ApplicationIdentifier> found = ApplicationIdentifier.at(content, at);
            if (found.isEmpty()) {
                throw new MalformedIdentifier("no known application identifier stands at character " + (at + 1));
            }
            ApplicationIdentifier ai = found.get();
            int start = at + ai.digits().length();
            int separator = content.indexOf(SEPARATOR, start);
            int end = separator < 0 ? content.length() : separator;
            if (ai.predefinedLength()) {
                end = Math.min(end, start + ai.maxLength());
            }
            put(elements, ai, content.substring(start, end));
            at = end;
        }
        String last = elements.getOrDefault("21", "");
        if (content.endsWith(last) && SWALLOWED.matcher(last).matches()) {
            throw new MalformedIdentifier(
                    "its serial seems to hold date (17) and lot (10): set the scanner to send FNC1,"
                            + " or write the code with brackets");
        }
        return new ElementString(elements);
    }

    private static ApplicationIdentifier known(String digits) throws MalformedIdentifier {
        Optional<ApplicationIdentifier> ai = ApplicationIdentifier.of(digits);
        if (ai.isEmpty()) {
            throw new MalformedIdentifier("an application identifier is unknown");
        }
        return ai.get();
    }

    private static void put(Map<String, String> elements, ApplicationIdentifier ai, String value)
            throws MalformedIdentifier {
        Optional<String> fault = ai.fault(value);
        if (fault.isPresent()) {
            throw new MalformedIdentifier(fault.get());
        }
        String before = elements.putIfAbsent(ai.digits(), value);
        if (before != null && !before.equals(value)) {
            throw new MalformedIdentifier("(" + ai.digits() + ") stands twice with different values");
        }
    }
}
