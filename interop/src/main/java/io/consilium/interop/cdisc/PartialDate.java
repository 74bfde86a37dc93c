package io.consilium.interop.cdisc;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Dates as ISO 8601 and SDTM write them, of which parts may be unknown: 2012, 2012-11, 2012-11-30, 2012-11-30T09:15. */
public final class PartialDate {
    private static final Pattern FORM = Pattern.compile(
            "(\\d{4})(?:-(\\d{2})(?:-(\\d{2})(?:T(\\d{2})(?::(\\d{2})(?::(\\d{2})(?:\\.\\d{1,9})?)?)?(?:Z|[+-]\\d{2}:\\d{2})?)?)?)?");

    private PartialDate() {}

    public static boolean isValid(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            return false;
        }
        return within(parts, 2, 1, 12)
                && within(parts, 4, 0, 24)
                && within(parts, 5, 0, 59)
                && within(parts, 6, 0, 60)
                && (parts.group(3) == null || day(text).isPresent());
    }

    /** The day, where it is known and there is such a day. */
    public static Optional<LocalDate> day(String text) {
        if (text.length() < 10) {
            return Optional.empty();
        }
        try {
            return Optional.of(LocalDate.parse(text.substring(0, 10)));
        } catch (DateTimeException noSuchDay) {
            return Optional.empty();
        }
    }

    private static boolean within(Matcher parts, int group, int min, int max) {
        String digits = parts.group(group);
        if (digits == null) {
            return true;
        }
        int number = Integer.parseInt(digits);
        return number >= min && number <= max;
    }
}
