package io.consilium.interop.cdisc;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Groups of subjects who look alike in all that was told of them, table by table (TRI-7). Only one table need be in memory
 * at a time.
 */
public final class Linkage {
    private final Map<String, Integer> groups = new HashMap<>();
    private final int threshold;

    /** @param table the subjects whom it names, but for the excluded ones, are one group */
    public Linkage(Table table, Predicate<String> excluded, int threshold) {
        for (int row = 0; row < table.rows().size(); row++) {
            if (!excluded.test(table.subject(row))) {
                groups.put(table.subject(row), 0);
            }
        }
        this.threshold = threshold;
    }

    private record Told(int group, Set<Integer> combinations) {}

    /**
     * Divides the groups by what the columns of a table tell of their members, of all rows of each.
     *
     * @return whether each group still has as many subjects as the threshold
     */
    public boolean tell(Table table, Collection<Integer> columns) {
        Map<List<String>, Integer> combinations = new HashMap<>();
        Map<String, Set<Integer>> told = new HashMap<>();
        for (int row = 0; row < table.rows().size(); row++) {
            if (!groups.containsKey(table.subject(row))) {
                continue;
            }
            int known = combinations.size();
            told.computeIfAbsent(table.subject(row), subject -> new HashSet<>())
                    .add(combinations.computeIfAbsent(Anonymity.key(table.rows().get(row), columns), first -> known));
            // Each combination that is met is met by all of a group.
            if ((long) combinations.size() * threshold > table.rows().size()) {
                return false;
            }
        }
        Map<Told, Integer> next = new HashMap<>();
        Map<Integer, Integer> sizes = new HashMap<>();
        groups.replaceAll((subject, group) -> {
            int number = next.size();
            return next.computeIfAbsent(new Told(group, told.getOrDefault(subject, Set.of())), first -> number);
        });
        groups.values().forEach(group -> sizes.merge(group, 1, Integer::sum));
        return sizes.values().stream().allMatch(size -> size >= threshold);
    }
}
