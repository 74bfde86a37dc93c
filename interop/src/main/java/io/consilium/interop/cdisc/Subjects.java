package io.consilium.interop.cdisc;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The variable by which a dataset names its subjects. */
public final class Subjects {
    private static final List<String> NAMES = List.of("USUBJID", "SUBJID", "PSEUDONYM");

    private Subjects() {}

    /** Subjects are told apart without regard to case and the spaces around, wherever they are. */
    public static String normal(String subject) {
        return subject.strip().toLowerCase(Locale.ROOT);
    }

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
