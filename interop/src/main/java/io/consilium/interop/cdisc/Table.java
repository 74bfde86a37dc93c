package io.consilium.interop.cdisc;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A whole dataset in memory, for those who hold its data. */
public final class Table implements RowSink {
    private List<Column> columns = List.of();
    private final List<String[]> rows = new ArrayList<>();

    /** Reads what was checked at its submission. */
    public static Table read(byte[] data, String name) throws CdiscFault {
        Table table = new Table();
        try {
            DatasetReader.read(new ByteArrayInputStream(data), name, table);
        } catch (IOException impossible) {
            throw new CdiscFault("", "the data cannot be read");
        }
        return table;
    }

    @Override
    public void columns(String name, List<Column> found) {
        columns = found;
    }

    @Override
    public void row(int index, String[] values) {
        rows.add(values);
    }

    public List<Column> columns() {
        return columns;
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
        return Subjects.column(columns).map(column -> rows.get(row)[column]).orElse("row " + row);
    }
}
