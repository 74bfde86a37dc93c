package io.consilium.interop.gs1;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.YearMonth;

/** A date of an element string, YYMMDD; the day 00 stands for the last of the month. */
public final class Gs1Date {
    private Gs1Date() {}

    /**
     * The day that is meant.
     *
     * @param currentYear decides the century: within 49 years back and 50 ahead (General Specifications 7.12)
     */
    public static LocalDate read(String yymmdd, int currentYear) throws MalformedIdentifier {
        if (!isValid(yymmdd, true)) {
            throw new MalformedIdentifier("no date YYMMDD");
        }
        int twoDigits = number(yymmdd, 0);
        int difference = twoDigits - currentYear % 100;
        int century = currentYear / 100;
        if (difference >= 51) {
            century--;
        } else if (difference <= -50) {
            century++;
        }
        YearMonth month = YearMonth.of(century * 100 + twoDigits, number(yymmdd, 2));
        int day = number(yymmdd, 4);
        return day == 0 ? month.atEndOfMonth() : day > month.lengthOfMonth() ? refuse() : month.atDay(day);
    }

    /** As an element string writes it. */
    public static String text(LocalDate date) {
        return String.format(
                java.util.Locale.ROOT,
                "%02d%02d%02d",
                date.getYear() % 100,
                date.getMonthValue(),
                date.getDayOfMonth());
    }

    /** Whether some century has the day. */
    static boolean isValid(String yymmdd, boolean monthAllowed) {
        if (yymmdd.length() != 6 || !CharacterSet.NUMERIC.holds(yymmdd)) {
            return false;
        }
        int month = number(yymmdd, 2);
        int day = number(yymmdd, 4);
        if (month < 1 || month > 12 || day == 0 && !monthAllowed) {
            return false;
        }
        try {
            return day == 0
                    || LocalDate.of(2000 + number(yymmdd, 0), month, day).getDayOfMonth() == day;
        } catch (DateTimeException none) {
            return false;
        }
    }

    private static LocalDate refuse() throws MalformedIdentifier {
        throw new MalformedIdentifier("the month has no such day");
    }

    private static int number(String digits, int at) {
        return Integer.parseInt(digits.substring(at, at + 2));
    }
}
