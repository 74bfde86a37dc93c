package io.consilium.interop.cdisc;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Reads an earlier version of a dataset for the enrolled subjects whom the later one does not name any more (TRI-5). */
public final class FormerSubjects implements RowSink {
    private final Predicate<String> enrolled;
    private final Set<String> named;
    private final Set<String> gone = new HashSet<>();
    private Optional<Integer> subjectColumn = Optional.empty();

    /**
     * @param enrolled whether somebody is enrolled, by the pseudonym in normal form
     * @param later rows of the later version, read already
     */
    public FormerSubjects(Predicate<String> enrolled, SubjectRows later) {
        this.enrolled = enrolled;
        this.named = later.named();
    }

    @Override
    public void columns(String name, List<Column> columns) {
        subjectColumn = Subjects.column(columns);
    }

    @Override
    public void row(int index, String[] values) {
        subjectColumn
                .map(column -> Subjects.normal(values[column]))
                .filter(subject -> !named.contains(subject) && enrolled.test(subject))
                .ifPresent(gone::add);
    }

    @Override
    public boolean refusesRepeatedKeys() {
        return false;
    }

    public int gone() {
        return gone.size();
    }
}
