package io.consilium.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/** A command written as one line, as a user types it. */
final class CommandText {
    private static final String VALUE = "?";

    private CommandText() {}

    /** The line's words; each {@code ?} is the next value, whatever that holds. */
    static String[] words(String line, Object... values) {
        Iterator<Object> next = Arrays.asList(values).iterator();
        List<String> words = new ArrayList<>();
        for (String word : line.split(" ")) {
            if (word.equals(VALUE) && !next.hasNext()) {
                throw new IllegalArgumentException("fewer values than the line has places: " + line);
            }
            words.add(word.equals(VALUE) ? next.next().toString() : word);
        }
        if (next.hasNext()) {
            throw new IllegalArgumentException("more values than the line has places: " + line);
        }
        return words.toArray(new String[0]);
    }
}
