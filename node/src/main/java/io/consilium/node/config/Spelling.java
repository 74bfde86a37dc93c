package io.consilium.node.config;

import java.util.Collection;
import java.util.Optional;

/** Finds the word somebody probably meant (Damerau–Levenshtein, optimal string alignment). */
final class Spelling {
    private static final int MAX_CHARACTERS = 80;

    private Spelling() {}

    /** The nearest candidate within a third of the word's length. */
    static Optional<String> nearest(String word, Collection<String> candidates) {
        String cut = word.length() > MAX_CHARACTERS ? word.substring(0, MAX_CHARACTERS) : word;
        int best = Math.max(2, cut.length() / 3) + 1;
        Optional<String> nearest = Optional.empty();
        for (String candidate : candidates) {
            int distance = distance(cut, candidate);
            if (distance < best) {
                best = distance;
                nearest = Optional.of(candidate);
            }
        }
        return nearest;
    }

    private static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                cost[i][j] = Math.min(Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + change);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[a.length()][b.length()];
    }
}
