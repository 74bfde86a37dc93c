package io.consilium.interop.cdisc;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Hands rows on as long as what is kept of them, subjects and keys, fits into the memory that a {@link Table} may take. */
public final class BoundedRows implements RowSink {
    private static final int ROW_WEIGHT = 200;

    private final RowSink sink;
    private final Set<Integer> kept = new TreeSet<>();
    private long left = Table.MAX_WEIGHT;

    public BoundedRows(RowSink sink) {
        this.sink = sink;
    }

    @Override
    public void columns(String name, List<Column> columns) throws CdiscFault {
        Subjects.column(columns).ifPresent(kept::add);
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).keySequence() > 0) {
                kept.add(i);
            }
        }
        sink.columns(name, columns);
    }

    @Override
    public void row(int index, String[] values) throws CdiscFault {
        left -= ROW_WEIGHT;
        kept.forEach(i -> left -= 4L * values[i].length());
        if (left < 0) {
            throw new CdiscFault.TooLarge("rows[" + index + "]");
        }
        sink.row(index, values);
    }
}
