package io.consilium.cli;

import io.consilium.interop.cdisc.CdiscFault;
import io.consilium.interop.cdisc.Column;
import io.consilium.interop.cdisc.RowSink;
import io.consilium.interop.cdisc.Subjects;
import io.consilium.ledger.trials.SubjectStatus;
import io.consilium.proto.TrialSubjectState;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Holds a dataset's rows against the subjects who are enrolled (TRI-5): who is not is counted, and no visit or treatment of
 * an enrolled subject may lie before its consent or after its withdrawal.
 */
final class SubjectRows implements RowSink {
    /** Where a day ends last, and where it begins first, in hours from UTC. */
    private static final long HOURS_BEHIND = 12;

    private static final long HOURS_AHEAD = 14;

    /** Dates of what a trial does to a subject; those of birth, onset or history may well be earlier. */
    private static final String CONDUCT = "RF(X)?(ST|EN)DTC?|TRT(\\d+)?[SE]DTM?|TR\\d\\d[SE]DT|VISIT\\d*DT|"
            + "(EX|EC|SV|VS|LB|EG|QS|PE|PC|DA)(ST|EN)?DTC|ADT|ASTDT|AENDT|RANDDT";

    private final Map<String, TrialSubjectState> enrolled = new HashMap<>();
    private final Optional<String> only;
    private final Set<String> subjects = new HashSet<>();
    private final Set<String> notEnrolled = new HashSet<>();
    private final List<Integer> conduct = new ArrayList<>();
    private List<Column> columns = List.of();
    private Optional<Integer> subjectColumn = Optional.empty();
    private int rows;

    /** @param only pseudonym of the one subject whom every row must be of */
    SubjectRows(List<TrialSubjectState> subjects, Optional<String> only) {
        subjects.forEach(subject -> enrolled.put(Ids.text(subject.getPseudonym()), subject));
        this.only = only;
    }

    @Override
    public void columns(String name, List<Column> found) {
        columns = found;
        subjectColumn = Subjects.column(found);
        for (int i = 0; i < found.size(); i++) {
            if (found.get(i).name().toUpperCase(Locale.ROOT).matches(CONDUCT)) {
                conduct.add(i);
            }
        }
    }

    @Override
    public void row(int index, String[] values) throws CdiscFault {
        rows++;
        if (subjectColumn.isEmpty()) {
            return;
        }
        int column = subjectColumn.get();
        String at = "rows[" + index + "]";
        String subject = values[column];
        if (subject.isEmpty()) {
            throw new CdiscFault(at + "." + columns.get(column).name(), "the row names no subject");
        }
        if (only.isPresent() && !only.get().equalsIgnoreCase(subject)) {
            throw new CdiscFault(at + "." + columns.get(column).name(), "the row is of another subject");
        }
        subjects.add(subject);
        TrialSubjectState state = enrolled.get(subject.toLowerCase(Locale.ROOT));
        if (state == null) {
            notEnrolled.add(subject);
        } else {
            dates(state, at, values);
        }
    }

    private void dates(TrialSubjectState subject, String at, String[] values) throws CdiscFault {
        LocalDate consent = day(subject.getEnrolledMillis(), -HOURS_BEHIND);
        boolean withdrawn = subject.getStatus().equals(SubjectStatus.WITHDRAWN.code());
        LocalDate end = withdrawn ? day(subject.getChangedMillis(), HOURS_AHEAD) : LocalDate.MAX;
        for (int i : conduct) {
            if (values[i].length() < 10) {
                continue;
            }
            LocalDate date = LocalDate.parse(values[i].substring(0, 10));
            if (date.isBefore(consent)) {
                throw new CdiscFault(at + "." + columns.get(i).name(), "a date before the subject's consent");
            }
            if (date.isAfter(end)) {
                throw new CdiscFault(at + "." + columns.get(i).name(), "a date after the subject's withdrawal");
            }
        }
    }

    private static LocalDate day(long millis, long hours) {
        return Instant.ofEpochMilli(millis)
                .atOffset(ZoneOffset.UTC)
                .plusHours(hours)
                .toLocalDate();
    }

    int rows() {
        return rows;
    }

    int width() {
        return columns.size();
    }

    int subjects() {
        return only.isPresent() && subjectColumn.isEmpty() ? 1 : subjects.size();
    }

    int notEnrolled() {
        return notEnrolled.size();
    }
}
