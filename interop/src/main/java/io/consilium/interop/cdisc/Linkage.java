package io.consilium.interop.cdisc;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Groups of subjects who look alike in all that was told of them, release by release (TRI-7). Whom a release leaves out is
 * told by it too: of a table of everybody and those of all sites but one, what is left over is the last site. Only one table
 * need be in memory at a time.
 */
public final class Linkage {
    static final int MAX_SUBJECTS = 100_000;

    /** Of those whom no release has shown so far. */
    private static final int UNSEEN = -1;

    private final Map<String, Integer> groups = new HashMap<>();
    private final int threshold;

    public Linkage(int threshold) {
        this.threshold = threshold;
    }

    private record Told(int group, Set<Integer> combinations) {}

    /**
     * Divides the groups by what the columns of a table tell of their members, of all rows of each, and by who is not in it.
     *
     * @param excluded whom the release left out of the table
     * @return whether each group still has as many subjects as the threshold
     */
    public boolean tell(Table table, Collection<Integer> columns, Predicate<String> excluded)
            throws CdiscFault.TooLarge {
        Map<List<String>, Integer> combinations = new HashMap<>();
        Map<String, Set<Integer>> told = new HashMap<>();
        for (int row = 0; row < table.rows().size(); row++) {
            String subject = table.subject(row);
            if (excluded.test(subject)) {
                continue;
            }
            groups.putIfAbsent(subject, UNSEEN);
            if (groups.size() > MAX_SUBJECTS) {
                throw new CdiscFault.TooLarge("rows[" + row + "]");
            }
            int known = combinations.size();
            told.computeIfAbsent(subject, first -> new HashSet<>())
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
