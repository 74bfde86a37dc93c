package io.consilium.cli;

import io.consilium.client.MalformedInput;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/** Serials that count up: one beginning, and a number of always as many digits. */
final class SerialRange {
    /** As many packs as one transaction names. */
    static final int MAX = 15_000;

    private static final int MAX_DIGITS = 15;
    private static final String DOTS = "..";
    private static final String OPTION = "--serial-range";

    private SerialRange() {}

    /** {@code A0100..A0199}, both included. */
    static List<String> read(String range) throws MalformedInput {
        int dots = range.indexOf(DOTS);
        if (dots < 0) {
            throw new MalformedInput(OPTION, "The range has no '..'", "Write it as A0100..A0199");
        }
        String first = range.substring(0, dots);
        String last = range.substring(dots + DOTS.length());
        String beginning = beginning(first);
        int digits = first.length() - beginning.length();
        if (first.length() != last.length()
                || !last.startsWith(beginning)
                || !beginning(last).equals(beginning)) {
            throw new MalformedInput(
                    OPTION,
                    "First and last serial differ by more than a number of as many digits",
                    "Write it as A0100..A0199, or name the serials with --serial");
        }
        if (digits == 0 || digits > MAX_DIGITS) {
            throw new MalformedInput(
                    OPTION,
                    "The serials end with no number of 1 to " + MAX_DIGITS + " digits",
                    "Name them with --serial");
        }
        long from = Long.parseLong(first.substring(beginning.length()));
        long to = Long.parseLong(last.substring(beginning.length()));
        if (to < from || to - from >= MAX) {
            throw new MalformedInput(
                    OPTION, "A range counts up and has at most " + MAX + " serials", "Recall it in parts, or the lot");
        }
        String format = "%0" + digits + "d";
        return LongStream.rangeClosed(from, to)
                .mapToObj(number -> beginning + String.format(Locale.ROOT, format, number))
                .toList();
    }

    /** What stands before the digits at the end. */
    private static String beginning(String serial) {
        int end = serial.length();
        while (end > 0 && serial.charAt(end - 1) >= '0' && serial.charAt(end - 1) <= '9') {
            end--;
        }
        return serial.substring(0, end);
    }
}
