package io.consilium.interop.cdisc;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Dates as ISO 8601 and SDTM write them. Parts may be unknown: 2012, 2012-11, 2012-11-30T09:15, and with a hyphen for each
 * that is missing 2003---15 (no month) or --12-15 (no year). Two with a slash between them are an interval.
 */
public final class PartialDate {
    private static final String CLOCK = "(?:(\\d{2})|-)(?::(?:(\\d{2})|-)(?::(?:(\\d{2})(\\.\\d{1,9})?|-))?)?";
    private static final String ZONE = "(?:Z|[+-]\\d{2}:\\d{2})?";
    private static final Pattern FORM =
            Pattern.compile("(?:(\\d{4})|-)(?:-(?:(\\d{2})|-)(?:-(?:(\\d{2})|-)(?:T" + CLOCK + ZONE + ")?)?)?");
    private static final Pattern TIME = Pattern.compile(CLOCK + ZONE);
    private static final int CLOCK_GROUP = 4;

    /** A leap year, for days of which the year is not known. */
    private static final int ANY_YEAR = 2000;

    private PartialDate() {}

    public static boolean isValid(String text) {
        List<String> ends = List.of(text.split("/", -1));
        return ends.size() <= 2 && ends.stream().allMatch(PartialDate::isOne);
    }

    private static boolean isOne(String text) {
        Matcher parts = FORM.matcher(text);
        return text.matches(".*\\d.*") && parts.matches() && isDay(parts) && isClock(parts, CLOCK_GROUP);
    }

    /** A time of a day. */
    public static boolean isTime(String text) {
        Matcher parts = TIME.matcher(text);
        return text.matches(".*\\d.*") && parts.matches() && isClock(parts, 1);
    }

    private static boolean isDay(Matcher parts) {
        try {
            LocalDate.of(number(parts, 1, ANY_YEAR), number(parts, 2, 1), number(parts, 3, 1));
            return true;
        } catch (DateTimeException noSuchDay) {
            return false;
        }
    }

    /** The day ends with 24:00, and with nothing after it. */
    private static boolean isClock(Matcher parts, int group) {
        int hour = number(parts, group, 0);
        int minute = number(parts, group + 1, 0);
        int second = number(parts, group + 2, 0);
        return hour < 24 && minute < 60 && second < 60
                || hour == 24 && minute == 0 && second == 0 && parts.group(group + 3) == null;
    }

    private static int number(Matcher parts, int group, int missing) {
        return parts.group(group) == null ? missing : Integer.parseInt(parts.group(group));
    }

    /** The days at the ends, those that are known and that there are. */
    public static List<LocalDate> days(String text) {
        List<LocalDate> days = new ArrayList<>();
        for (String end : text.split("/", -1)) {
            day(end).ifPresent(days::add);
        }
        return days;
    }

    private static Optional<LocalDate> day(String text) {
        if (text.length() < 10) {
            return Optional.empty();
        }
        try {
            return Optional.of(LocalDate.parse(text.substring(0, 10)));
        } catch (DateTimeException noSuchDay) {
            return Optional.empty();
        }
    }
}
