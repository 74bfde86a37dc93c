package io.consilium.interop.cdisc;

import com.google.protobuf.ByteString;
import io.consilium.ledger.trials.TrialIds;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Holds a dataset's rows against the subjects who are enrolled (TRI-5): who is not is counted, no visit or treatment of an
 * enrolled subject may lie before its consent, and of one who withdrew there are only rows that a date shows to be from
 * before, or corrections of a dataset that was submitted before.
 */
public final class SubjectRows implements RowSink {
    /** Where a day ends last, and where it begins first, in hours from UTC. */
    private static final long HOURS_BEHIND = 12;

    private static final long HOURS_AHEAD = 14;

    /** A visit may be planned, or a clock be wrong; a date further ahead than this is a slip. */
    private static final int YEARS_AHEAD = 1;

    private static final long FNV_PRIME = 0x100000001B3L;

    private static final int REMEMBERED_ROWS = 100_000;

    /** About as many bytes as a name takes among the subjects, and among those not enrolled. */
    private static final int SUBJECT_WEIGHT = 200;

    private final Function<String, Optional<Enrolled>> enrolled;
    private final Optional<String> only;
    private final boolean corrects;
    private final long submittedMillis;
    private final long nowMillis;
    private final Set<String> subjects = new HashSet<>();
    private final Set<String> notEnrolled = new HashSet<>();
    private final Set<String> ahead = new TreeSet<>();
    private final List<Integer> conduct = new ArrayList<>();
    private final List<Integer> timing = new ArrayList<>();
    private List<Column> columns = List.of();
    private Optional<Integer> subjectColumn = Optional.empty();
    private long[] numbers = {};
    private long[] others = {};
    private final Set<Long> seen = new HashSet<>();
    private int rows;
    private int repeated;
    private long left = Table.MAX_WEIGHT;

    /**
     * @param enrolled who is enrolled, by the pseudonym in normal form
     * @param only pseudonym of the one subject whom every row must be of
     * @param nowMillis today, after which nothing has happened yet
     * @param corrected when the dataset that is corrected was submitted first; nothing for a new one
     */
    public SubjectRows(
            Function<String, Optional<Enrolled>> enrolled,
            Optional<String> only,
            Optional<Long> corrected,
            long nowMillis) {
        this.nowMillis = nowMillis;
        this.enrolled = enrolled;
        this.only = only.map(Subjects::normal);
        this.corrects = corrected.isPresent();
        this.submittedMillis = corrected.orElse(Long.MAX_VALUE);
    }

    @Override
    public void columns(String name, List<Column> found) throws CdiscFault {
        for (Column column : found) {
            // What is corrected has the same columns, and was taken with them.
            if (!corrects && DirectIdentifiers.named(column.name())) {
                throw new CdiscFault.SaysWho(column.name());
            }
        }
        columns = found;
        numbers = new long[found.size()];
        others = new long[found.size()];
        subjectColumn = Subjects.column(found);
        for (int i = 0; i < found.size(); i++) {
            String column = found.get(i).name();
            if (DateNames.isConduct(column)) {
                conduct.add(i);
            }
            if (DateNames.isTiming(column)) {
                timing.add(i);
            }
        }
    }

    @Override
    public void row(int index, String[] values) throws CdiscFault {
        if (rows < REMEMBERED_ROWS && !seen.add(fingerprint(values))) {
            repeated++;
        }
        rows++;
        count(values);
        String at = "rows[" + index + "]";
        Optional<String> named = subjectColumn.isPresent() ? Optional.of(subject(at, values)) : only;
        if (named.isEmpty()) {
            return;
        }
        if (subjects.add(named.get())) {
            left -= SUBJECT_WEIGHT + 2L * named.get().length();
            if (left < 0) {
                throw new CdiscFault.TooLarge(at);
            }
        }
        Optional<Enrolled> subject = enrolled.apply(named.get());
        if (subject.isPresent()) {
            dates(subject.get(), at, values);
        } else {
            notEnrolled.add(named.get());
        }
    }

    /** FNV-1a of 64 bits over the characters, each value ended by what is no character. */
    private static long fingerprint(String[] values) {
        long print = 0xCBF29CE484222325L;
        for (String value : values) {
            for (int i = 0; i < value.length(); i++) {
                print = (print ^ value.charAt(i)) * FNV_PRIME;
            }
            print = (print ^ (Character.MAX_VALUE + 1)) * FNV_PRIME;
        }
        return print;
    }

    /** Rows, among the first hundred thousand, that say exactly what a row before them says. */
    public int repeated() {
        return repeated;
    }

    /** Whether a column, or whoever submits, says whom the rows are of. */
    public boolean namesSubjects() {
        return subjectColumn.isPresent() || only.isPresent();
    }

    private void count(String[] values) {
        for (int i = 0; i < values.length; i++) {
            String value = values[i].strip();
            if (!value.isEmpty() && columns.get(i).type() == ColumnType.STRING) {
                (CheckedRows.isNumber(value) ? numbers : others)[i]++;
            }
        }
    }

    /** Columns of text in which at most one value in ten is no number: likely numbers with slips among them. */
    public List<String> nearlyNumbers() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            if (others[i] > 0 && others[i] * 9 <= numbers[i]) {
                names.add(columns.get(i).name());
            }
        }
        return List.copyOf(names);
    }

    /** Columns with visits or treatments of enrolled subjects after today. */
    public List<String> ahead() {
        return List.copyOf(ahead);
    }

    private String subject(String at, String[] values) throws CdiscFault {
        int column = subjectColumn.orElseThrow();
        String subject = Subjects.normal(values[column]);
        if (subject.isEmpty()) {
            throw new CdiscFault(at + "." + columns.get(column).name(), "the row names no subject");
        }
        if (only.isPresent() && !only.get().equals(subject)) {
            throw new CdiscFault(at + "." + columns.get(column).name(), "the row is of another subject");
        }
        return subject;
    }

    private void dates(Enrolled subject, String at, String[] values) throws CdiscFault {
        LocalDate consent = day(subject.enrolledMillis(), -HOURS_BEHIND);
        LocalDate today = day(nowMillis, HOURS_AHEAD);
        for (int i : conduct) {
            for (LocalDate date : days(at, i, values)) {
                String column = columns.get(i).name();
                if (date.isBefore(consent)) {
                    throw new CdiscFault(at + "." + column, "a date before the subject's consent");
                }
                if (date.isAfter(today.plusYears(YEARS_AHEAD))) {
                    throw new CdiscFault(at + "." + column, "a date more than a year ahead");
                }
                if (date.isAfter(today)) {
                    ahead.add(column);
                }
            }
        }
        if (!subject.withdrawn()) {
            return;
        }
        LocalDate end = day(subject.changedMillis(), HOURS_AHEAD);
        boolean before = submittedMillis < subject.changedMillis();
        for (int i : timing) {
            List<LocalDate> days = days(at, i, values);
            if (days.stream().anyMatch(date -> date.isAfter(end))) {
                throw new CdiscFault(at + "." + columns.get(i).name(), "a date after the subject's withdrawal");
            }
            before |= !days.isEmpty();
        }
        if (!before) {
            throw new CdiscFault(at, "the subject has withdrawn, and no date shows that the row is from before");
        }
    }

    /** The days, where they are known: a date that cannot be read is not taken, since nothing could be held against it. */
    private List<LocalDate> days(String at, int column, String[] values) throws CdiscFault {
        String value = values[column].strip();
        // Numbers count days or seconds since a day that the document does not name.
        if (value.isEmpty() || columns.get(column).type().isNumeric()) {
            return List.of();
        }
        if (!PartialDate.isValid(value)) {
            throw new CdiscFault(at + "." + columns.get(column).name(), "no such date, or not in the form of ISO 8601");
        }
        return PartialDate.days(value);
    }

    private static LocalDate day(long millis, long hours) {
        return Instant.ofEpochMilli(millis)
                .atOffset(ZoneOffset.UTC)
                .plusHours(hours)
                .toLocalDate();
    }

    public int rows() {
        return rows;
    }

    public int width() {
        return columns.size();
    }

    /** Of the columns, as the chain holds corrections against it. */
    public ByteString shape() {
        return TrialIds.shape(columns.stream().map(Column::name).toList());
    }

    /** Every subject, in normal form. */
    Set<String> named() {
        return subjects;
    }

    public int subjects() {
        return subjects.size();
    }

    public int notEnrolled() {
        return notEnrolled.size();
    }
}
