package io.consilium.interop.cdisc;

import java.util.List;
import java.util.Optional;

/** The variable by which a dataset names its subjects. */
public final class Subjects {
    private static final List<String> NAMES = List.of("USUBJID", "SUBJID", "PSEUDONYM");

    private Subjects() {}

    /** Place of the subject's column, if the dataset is about subjects. */
    public static Optional<Integer> column(List<Column> columns) {
        for (String name : NAMES) {
            for (int i = 0; i < columns.size(); i++) {
                if (columns.get(i).name().equalsIgnoreCase(name)) {
                    return Optional.of(i);
                }
            }
        }
        return Optional.empty();
    }
}
