package io.consilium.interop.cdisc;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Columns of a dataset in memory, for those who hold its data: as many as are asked for, and as far as they fit. */
public final class Table implements RowSink {
    /** What a text or a row takes beside its characters or references, about. */
    private static final int TEXT_BYTES = 56;

    private static final int ROW_BYTES = 32;
    private static final int REFERENCE_BYTES = 4;

    private final Predicate<String> wanted;
    private final long maxBytes;
    private final List<Integer> kept = new ArrayList<>();
    private final List<Column> columns = new ArrayList<>();
    private final List<String[]> rows = new ArrayList<>();
    /** Most values of a column repeat: each is kept once. */
    private final Map<String, String> known = new HashMap<>();

    private Optional<Integer> subjects = Optional.empty();
    private long bytes;

    private Table(Predicate<String> wanted, long maxBytes) {
        this.wanted = wanted;
        this.maxBytes = maxBytes;
    }

    /**
     * Reads what was checked at its submission.
     *
     * @param wanted which columns to keep, by their names; that of the subjects is kept in any case
     * @param maxBytes of memory, about; what takes more is not kept, see {@link #isTooLarge}
     */
    public static Table read(byte[] data, String name, Predicate<String> wanted, long maxBytes) throws CdiscFault {
        Table table = new Table(wanted, maxBytes);
        try {
            DatasetReader.read(new ByteArrayInputStream(data), name, table);
        } catch (IOException impossible) {
            throw new CdiscFault("", "the data cannot be read");
        }
        table.known.clear();
        return table;
    }

    @Override
    public void columns(String name, List<Column> found) {
        Optional<Integer> subject = Subjects.column(found);
        for (int i = 0; i < found.size(); i++) {
            if (subject.equals(Optional.of(i)) || wanted.test(found.get(i).name())) {
                kept.add(i);
                columns.add(found.get(i));
            }
        }
        subjects = Subjects.column(columns);
    }

    @Override
    public void row(int index, String[] values) {
        if (isTooLarge()) {
            return;
        }
        String[] row = new String[kept.size()];
        for (int i = 0; i < row.length; i++) {
            String value = values[kept.get(i)];
            String same = known.putIfAbsent(value, value);
            if (same == null) {
                bytes += TEXT_BYTES + 2L * value.length();
            }
            row[i] = same == null ? value : same;
        }
        bytes += ROW_BYTES + (long) REFERENCE_BYTES * row.length;
        rows.add(row);
        if (isTooLarge()) {
            rows.clear();
            known.clear();
        }
    }

    /** Whether the columns did not fit: then there are no rows. */
    public boolean isTooLarge() {
        return bytes > maxBytes;
    }

    public List<Column> columns() {
        return Collections.unmodifiableList(columns);
    }

    /** One value for each column, the empty text where there is none; shared, not to be changed. */
    public List<String[]> rows() {
        return rows;
    }

    /** Place of a column by its name, in whatever case. */
    public Optional<Integer> column(String name) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equalsIgnoreCase(name)) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    /** Whom a row is of; where the data name no subjects, every row is somebody else. */
    public String subject(int row) {
        return subjects.map(column -> rows.get(row)[column]).orElse("row " + row);
    }
}
