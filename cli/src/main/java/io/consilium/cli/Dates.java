package io.consilium.cli;

import io.consilium.client.MalformedInput;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/** Times on the command line: YYYY-MM-DD in UTC, the end inclusive, or RFC 3339. */
final class Dates {
    private static final String HINT = "Write 2026-01-31 (UTC) or 2026-01-31T12:00:00Z";

    private Dates() {}

    /** The first millisecond of the day or time given. */
    static long start(String option, String text) throws MalformedInput {
        return isDay(text) ? millis(option, day(option, text)) : time(option, text);
    }

    /** The first millisecond after the day given; of a time, the time itself. */
    static long end(String option, String text) throws MalformedInput {
        return isDay(text) ? millis(option, day(option, text).plusDays(1)) : time(option, text);
    }

    /** The first millisecond after a day; a time is none. */
    static long endOfDay(String option, String text) throws MalformedInput {
        if (!isDay(text)) {
            throw new MalformedInput(option, "'" + text + "' is no day", "Write 2026-01-31, as the pack says it");
        }
        return end(option, text);
    }

    /** RFC 3339 in UTC, with milliseconds only where there are any. */
    static String text(long millis) {
        return DateTimeFormatter.ISO_INSTANT.format(Instant.ofEpochMilli(millis));
    }

    /** An end as {@link #end} takes it: the last day, where it is the end of one in UTC, or the time. */
    static String endText(long endMillis) {
        return endMillis % Duration.ofDays(1).toMillis() == 0
                ? lastDay(endMillis).toString()
                : text(endMillis);
    }

    /** The day, in UTC, whose end was given as the first millisecond after it: what {@link #end} was told. */
    static LocalDate lastDay(long endMillis) {
        return Instant.ofEpochMilli(endMillis - 1).atZone(ZoneOffset.UTC).toLocalDate();
    }

    private static boolean isDay(String text) {
        return text.matches("\\d{4}-\\d{2}-\\d{2}");
    }

    private static LocalDate day(String option, String text) throws MalformedInput {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeException invalid) {
            throw malformed(option, text);
        }
    }

    private static long millis(String option, LocalDate day) throws MalformedInput {
        long millis = day.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
        if (millis < 0) {
            throw new MalformedInput(option, "'" + day + "' is before 1970", HINT);
        }
        return millis;
    }

    private static long time(String option, String text) throws MalformedInput {
        try {
            // RFC 3339 wants seconds and an offset, and allows a lowercase t and z.
            if (text.matches("\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?([Zz]|[+-]\\d{2}:\\d{2})")) {
                Instant instant = OffsetDateTime.parse(text.toUpperCase(java.util.Locale.ROOT))
                        .toInstant()
                        .truncatedTo(ChronoUnit.MILLIS);
                if (instant.toEpochMilli() >= 0) {
                    return instant.toEpochMilli();
                }
            }
        } catch (DateTimeException invalid) {
            throw malformed(option, text);
        }
        throw malformed(option, text);
    }

    private static MalformedInput malformed(String option, String text) {
        return new MalformedInput(option, "'" + text + "' is no date or time", HINT);
    }
}
