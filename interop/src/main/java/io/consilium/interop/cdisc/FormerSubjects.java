package io.consilium.interop.cdisc;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads an earlier version of a dataset to tell whether a later one lacks enrolled subjects of it and has others (TRI-5), each
 * as they were enrolled when that version was submitted: who was enrolled since is not missed.
 */
public final class FormerSubjects implements RowSink {
    private final Function<String, Optional<Enrolled>> enrolled;
    private final long earlierMillis;
    private final Set<String> named;
    private final Set<String> others = new HashSet<>();
    private Optional<Integer> subjectColumn = Optional.empty();
    private boolean gone;

    /**
     * @param enrolled who is enrolled, by the pseudonym in normal form
     * @param earlierMillis when the earlier version was submitted
     * @param later rows of the later version, read already
     * @param laterMillis when that was submitted
     */
    public FormerSubjects(
            Function<String, Optional<Enrolled>> enrolled, long earlierMillis, SubjectRows later, long laterMillis) {
        this.enrolled = enrolled;
        this.earlierMillis = earlierMillis;
        this.named = later.named();
        named.stream().filter(subject -> enrolledBefore(subject, laterMillis)).forEach(others::add);
    }

    private boolean enrolledBefore(String subject, long timeMillis) {
        return enrolled.apply(subject)
                .filter(found -> found.enrolledMillis() < timeMillis)
                .isPresent();
    }

    @Override
    public void columns(String name, List<Column> columns) {
        subjectColumn = Subjects.column(columns);
    }

    @Override
    public void row(int index, String[] values) {
        subjectColumn
                .map(column -> Subjects.normal(values[column]))
                .filter(subject -> enrolledBefore(subject, earlierMillis))
                .ifPresent(subject -> {
                    others.remove(subject);
                    gone |= !named.contains(subject);
                });
    }

    @Override
    public boolean refusesRepeatedKeys() {
        return false;
    }

    /** Whether some are gone and others came: a number of them alone does not tell it. */
    public boolean exchanged() {
        return gone && !others.isEmpty();
    }
}
