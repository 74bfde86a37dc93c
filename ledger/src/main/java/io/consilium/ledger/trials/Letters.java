package io.consilium.ledger.trials;

/**
 * Upper and lower case of the letters A to Z alone. What Java makes of other letters changes with its Unicode tables, and
 * validators run different versions of it.
 */
final class Letters {
    private static final int DISTANCE = 'a' - 'A';

    private Letters() {}

    static String lower(String text) {
        return shifted(text, 'A', 'Z', DISTANCE);
    }

    static String upper(String text) {
        return shifted(text, 'a', 'z', -DISTANCE);
    }

    private static String shifted(String text, char from, char to, int distance) {
        StringBuilder shifted = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            shifted.append(c >= from && c <= to ? (char) (c + distance) : c);
        }
        return shifted.toString();
    }
}
