package io.consilium.interop.cdisc;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Counts different subjects, never rows, in the cells that columns divide a dataset into (TRI-7). */
public final class Anonymity {
    private Anonymity() {}

    /** The cells of a table over columns, each with the number of its subjects. */
    public static Map<List<String>, Integer> cells(
            Table table, Collection<Integer> columns, Predicate<String> excluded) {
        return cells(table, columns, excluded, 1);
    }

    /**
     * The same where each cell should have as many subjects as the threshold; nothing as soon as there are more cells than
     * have so many rows each.
     */
    public static Map<List<String>, Integer> cells(
            Table table, Collection<Integer> columns, Predicate<String> excluded, int threshold) {
        Map<List<String>, Set<String>> subjects = new HashMap<>();
        for (int row = 0; row < table.rows().size(); row++) {
            String subject = table.subject(row);
            if (!excluded.test(subject)) {
                subjects.computeIfAbsent(key(table.rows().get(row), columns), cell -> new HashSet<>())
                        .add(subject);
            }
            if ((long) subjects.size() * threshold > table.rows().size()) {
                return Map.of();
            }
        }
        Map<List<String>, Integer> counts = new HashMap<>();
        subjects.forEach((cell, members) -> counts.put(cell, members.size()));
        return counts;
    }

    /** 0 where there is no cell. */
    public static int smallest(Map<List<String>, Integer> cells) {
        return cells.values().stream().min(Integer::compare).orElse(0);
    }

    /**
     * Whether two tables of the same cells differ by a few subjects only: then whoever holds both knows these few, though
     * each table is safe by itself.
     */
    public static boolean differByFew(Map<List<String>, Integer> one, Map<List<String>, Integer> other, int threshold) {
        Set<List<String>> cells = new HashSet<>(one.keySet());
        cells.addAll(other.keySet());
        return cells.stream()
                .mapToInt(cell -> Math.abs(one.getOrDefault(cell, 0) - other.getOrDefault(cell, 0)))
                .anyMatch(difference -> difference > 0 && difference < threshold);
    }

    static List<String> key(String[] row, Collection<Integer> columns) {
        List<String> key = new ArrayList<>(columns.size());
        columns.forEach(column -> key.add(row[column]));
        return key;
    }
}
