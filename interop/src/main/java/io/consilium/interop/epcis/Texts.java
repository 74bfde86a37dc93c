package io.consilium.interop.epcis;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The lexical forms of XML Schema and of URIs that events are made of. */
final class Texts {
    private static final int MAX_URI = 2048;
    private static final int MAX_SHOWN = 80;
    private static final Pattern URI = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:[^\\s\\p{Cntrl}\"<>\\\\^`{|}]+");

    /** The seconds may be left out: partners do. */
    private static final Pattern DATE_TIME = Pattern.compile("(\\d{4})-(\\d{2})-(\\d{2})T(\\d{2}):(\\d{2})"
            + "(?::(\\d{2})(?:\\.(\\d{1,12}))?)?(Z|[+-](?:0\\d|1[0-3]):[0-5]\\d|[+-]14:00)");

    private static final Pattern OFFSET = Pattern.compile("[+-](?:(?:0\\d|1[0-3]):[0-5]\\d|14:00)");
    private static final Pattern DECIMAL = Pattern.compile("[+-]?\\d{1,30}(?:\\.\\d{1,30})?");
    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT);

    private Texts() {}

    /** An absolute URI. */
    static boolean isUri(String text) {
        return text.length() <= MAX_URI && URI.matcher(text).matches();
    }

    /** Whether every surrogate has its other half. */
    static boolean isUnicode(String text) {
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            if (Character.isSurrogate(next)) {
                if (Character.isLowSurrogate(next)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    /** A field's name as a path shows it: its beginning, without control characters. */
    static String shownName(String name) {
        String shown = name.length() > MAX_SHOWN ? name.substring(0, MAX_SHOWN) + "…" : name;
        return shown.replaceAll("\\p{Cntrl}", "?");
    }

    static boolean isOffset(String text) {
        return OFFSET.matcher(text).matches();
    }

    /** The instant that a date and time with its offset means. */
    static Optional<Instant> instant(String text) {
        Matcher parts = DATE_TIME.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        try {
            String fraction = parts.group(7);
            String nanos = fraction == null ? "0" : (fraction + "000000000").substring(0, 9);
            LocalDateTime local = LocalDateTime.of(
                    number(parts, 1),
                    number(parts, 2),
                    number(parts, 3),
                    number(parts, 4),
                    number(parts, 5),
                    parts.group(6) == null ? 0 : number(parts, 6),
                    Integer.parseInt(nanos));
            return Optional.of(local.toInstant(ZoneOffset.of(parts.group(8))));
        } catch (DateTimeException none) {
            return Optional.empty();
        }
    }

    /** In UTC to the millisecond, half a millisecond rounded up: the event hash's form. */
    static String utcMillis(Instant instant) {
        Instant rounded = instant.plusNanos(500_000).truncatedTo(ChronoUnit.MILLIS);
        return MILLIS.format(rounded.atOffset(ZoneOffset.UTC));
    }

    /** A number without sign or zeros that say nothing. */
    static String shortest(BigDecimal number) {
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }

    /** The same for a text that is a plain number. */
    static String shortestIfNumber(String text) {
        return DECIMAL.matcher(text).matches() ? shortest(new BigDecimal(text)) : text;
    }

    /** Whether a number of JSON can be written out in a line. */
    static boolean isBounded(BigDecimal number) {
        return number.precision() <= EpcisLimits.MAX_NUMBER
                && Math.abs((long) number.precision() - number.scale()) <= EpcisLimits.MAX_EXPONENT
                && number.scale() <= EpcisLimits.MAX_EXPONENT;
    }

    static boolean isWhole(BigDecimal number) {
        return number.signum() == 0 || number.setScale(0, RoundingMode.DOWN).compareTo(number) == 0;
    }

    private static int number(Matcher parts, int group) {
        return Integer.parseInt(parts.group(group));
    }
}
