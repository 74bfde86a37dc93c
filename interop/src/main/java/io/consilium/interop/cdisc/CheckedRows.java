package io.consilium.interop.cdisc;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What every reader holds a dataset to before it hands it on: names, types, dates, keys and bounds. */
final class CheckedRows {
    static final int MAX_COLUMNS = 1_000;
    static final int MAX_NAME = 64;
    static final int MAX_VALUE = 32_768;
    static final int MAX_NUMBER = 40;
    static final long MAX_DATA_POINTS = 5_000_000;

    private static final String NAME = "[A-Za-z_][A-Za-z0-9_]*";
    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d{1,3})?");

    private final RowSink sink;
    private final List<Column> columns = new ArrayList<>();
    private final BitSet dates = new BitSet();
    private final List<Key> keys = new ArrayList<>();
    private Optional<Integer> subject = Optional.empty();
    private int rows;

    CheckedRows(RowSink sink) {
        this.sink = sink;
    }

    /** Columns that tell rows apart, and their values so far. */
    private record Key(List<Integer> columns, RowKeys seen) {}

    /** Datasets that CDISC defines to have one row for each subject. */
    static boolean isOfSubjects(String name) {
        return name.equalsIgnoreCase("ADSL") || name.equalsIgnoreCase("DM");
    }

    /** @param ofSubjects whether the dataset is one of subjects by any of its names */
    void columns(String name, boolean ofSubjects, List<Column> found, String path) throws CdiscFault {
        if (found.isEmpty() || found.size() > MAX_COLUMNS) {
            throw new CdiscFault(path, "a dataset has 1 to " + MAX_COLUMNS + " columns, not " + found.size());
        }
        Set<String> names = new HashSet<>();
        for (int i = 0; i < found.size(); i++) {
            String at = path + "[" + i + "].name";
            String column = found.get(i).name();
            if (column.length() > MAX_NAME || !column.matches(NAME)) {
                throw new CdiscFault(at, "a variable's name has letters, digits and underscores, at most " + MAX_NAME);
            }
            if (!names.add(column.toUpperCase(Locale.ROOT))) {
                throw new CdiscFault(at, "the column " + column + " stands twice");
            }
        }
        columns.addAll(found);
        for (int i = 0; i < found.size(); i++) {
            dates.set(i, holdsDates(found.get(i)));
        }
        subject = Subjects.column(columns);
        keys(ofSubjects);
        sink.columns(name, List.copyOf(found));
    }

    /** The key that the document names, and of datasets of subjects the subject in any case. */
    private void keys(boolean ofSubjects) {
        List<Integer> named = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).keySequence() > 0) {
                named.add(i);
            }
        }
        List<Integer> alone = ofSubjects ? subject.stream().toList() : List.of();
        for (List<Integer> key : new LinkedHashSet<>(List.of(named, alone))) {
            if (!key.isEmpty() && sink.refusesRepeatedKeys()) {
                keys.add(new Key(key, new RowKeys()));
            }
        }
    }

    void row(String[] values) throws CdiscFault {
        String at = "rows[" + rows + "]";
        if (values.length != columns.size()) {
            throw new CdiscFault(at, values.length + " values for " + columns.size() + " columns");
        }
        if ((rows + 1L) * columns.size() > MAX_DATA_POINTS) {
            throw new CdiscFault(at, "a dataset has at most " + MAX_DATA_POINTS + " data points");
        }
        for (int i = 0; i < values.length; i++) {
            value(values[i], i, at);
        }
        for (Key key : keys) {
            StringBuilder text = new StringBuilder();
            for (int i : key.columns()) {
                String value = keyValue(values[i], i);
                text.append(value.length()).append(':').append(value);
            }
            if (!key.seen().add(text.toString(), at)) {
                throw new CdiscFault(at, "another row has the same " + names(key));
            }
        }
        sink.row(rows++, values);
    }

    /** Subjects, numbers and texts are the same in whatever spelling. */
    private String keyValue(String value, int place) {
        if (subject.isPresent() && subject.get() == place) {
            return Subjects.normal(value);
        }
        return columns.get(place).type().isNumeric() && !value.isEmpty()
                ? new BigDecimal(value).stripTrailingZeros().toString()
                : value.strip();
    }

    private String names(Key key) {
        return String.join(
                ", ", key.columns().stream().map(i -> columns.get(i).name()).toList());
    }

    int rows() {
        return rows;
    }

    int width() {
        return columns.size();
    }

    Column column(int i) {
        return columns.get(i);
    }

    private static boolean holdsDates(Column column) {
        return column.type().isDate() || column.type() == ColumnType.STRING && DateNames.holdsDates(column.name());
    }

    private void value(String value, int place, String at) throws CdiscFault {
        Column column = columns.get(place);
        if (value.length() > MAX_VALUE) {
            throw fault(at, column, "a value has at most " + MAX_VALUE + " characters");
        }
        if (value.isEmpty()) {
            return;
        }
        if (dates.get(place) && !PartialDate.isValid(value)) {
            throw fault(at, column, "no such date, or not in the form of ISO 8601");
        }
        if (column.type() == ColumnType.TIME && !PartialDate.isTime(value)) {
            throw fault(at, column, "no such time, or not in the form of ISO 8601");
        }
        if (column.type().isNumeric() && !isNumber(value)) {
            throw fault(at, column, "a number expected");
        }
        if (column.type() == ColumnType.INTEGER
                && new BigDecimal(value).stripTrailingZeros().scale() > 0) {
            throw fault(at, column, "a whole number expected");
        }
    }

    static boolean isNumber(String value) {
        return value.length() <= MAX_NUMBER && NUMBER.matcher(value).matches();
    }

    static CdiscFault fault(String row, Column column, String message) {
        return new CdiscFault(row + "." + column.name(), message);
    }
}
