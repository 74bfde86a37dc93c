package io.consilium.interop.fhir;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A FHIR Period as the ledger counts it: from a first moment until before an end, in milliseconds since 1970.
 *
 * <p>FHIR's dates have a precision and its ends include what they name: {@code 2022} ends where 2023 begins. A date
 * without a zone is one of UTC.
 *
 * @param startMillis empty: since ever
 * @param endMillis the first moment that lies no more within it; empty: for ever
 */
public record TimeSpan(Optional<Long> startMillis, Optional<Long> endMillis) {
    private static final Pattern YEAR = Pattern.compile("\\d{4}");
    private static final Pattern MONTH = Pattern.compile("\\d{4}-\\d{2}");
    private static final Pattern DAY = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
    private static final long DAY_MILLIS = 86_400_000L;
    private static final int SECOND_MILLIS = 1000;
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("uuuu-MM-dd", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter INSTANT = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    /** Whether nothing can lie within it. */
    public boolean isEmpty() {
        return startMillis.isPresent() && endMillis.isPresent() && endMillis.get() <= startMillis.get();
    }

    /** FHIR's {@code start}: a date where it is the first moment of one. */
    public Optional<String> startText() {
        return startMillis.map(millis -> isMidnight(millis) ? date(millis) : instant(millis));
    }

    /** FHIR's {@code end}, which is the last moment within. */
    public Optional<String> endText() {
        return endMillis.map(millis -> isMidnight(millis) ? date(millis - DAY_MILLIS) : instant(millis - 1));
    }

    /** The smallest span that holds both. */
    TimeSpan hull(TimeSpan other) {
        Optional<Long> start = startMillis.flatMap(mine -> other.startMillis.map(its -> Math.min(mine, its)));
        Optional<Long> end = endMillis.flatMap(mine -> other.endMillis.map(its -> Math.max(mine, its)));
        return new TimeSpan(start, end);
    }

    /** What a FHIR date or dateTime covers; empty for a text that is neither. */
    static Optional<TimeSpan> of(String dateTime) {
        try {
            if (YEAR.matcher(dateTime).matches()) {
                LocalDate first = LocalDate.of(Integer.parseInt(dateTime), 1, 1);
                return Optional.of(days(first, first.plusYears(1)));
            }
            if (MONTH.matcher(dateTime).matches()) {
                LocalDate first = YearMonth.parse(dateTime).atDay(1);
                return Optional.of(days(first, first.plusMonths(1)));
            }
            if (DAY.matcher(dateTime).matches()) {
                LocalDate first = LocalDate.parse(dateTime);
                return Optional.of(days(first, first.plusDays(1)));
            }
            long start = OffsetDateTime.parse(dateTime).toInstant().toEpochMilli();
            // A text that stops at the seconds means the whole second.
            return Optional.of(span(start, start + (dateTime.indexOf('.') < 0 ? SECOND_MILLIS : 1)));
        } catch (DateTimeParseException | ArithmeticException none) {
            return Optional.empty();
        }
    }

    static TimeSpan span(long start, long end) {
        return new TimeSpan(Optional.of(start), Optional.of(end));
    }

    private static TimeSpan days(LocalDate first, LocalDate after) {
        return span(
                first.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli(),
                after.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli());
    }

    private static boolean isMidnight(long millis) {
        return Math.floorMod(millis, DAY_MILLIS) == 0;
    }

    private static String date(long millis) {
        return DATE.format(Instant.ofEpochMilli(millis));
    }

    static String instant(long millis) {
        return INSTANT.format(Instant.ofEpochMilli(millis));
    }
}
