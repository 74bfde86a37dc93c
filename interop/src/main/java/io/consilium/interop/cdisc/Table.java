package io.consilium.interop.cdisc;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The columns of a dataset that a question is about, in memory, with whom each row is of: for those who hold its data.
 *
 * <p>Values are stripped of the spaces around them, once and for all. What it takes in memory is bounded.
 */
public final class Table implements RowSink {
    /** About as many bytes of memory as the tables of one question take together, and the work on them. */
    public static final long MAX_WEIGHT = 40L * 1024 * 1024;

    /** A row with its subject, and what it costs to count it in a cell. */
    private static final int ROW_WEIGHT = 64;

    private static final int CELL_WEIGHT = 4;
    private static final int TEXT_WEIGHT = 96;

    private final Optional<String> pseudonym;
    private final Predicate<String> wanted;
    private final long room;
    private final List<Column> columns = new ArrayList<>();
    private final List<Integer> places = new ArrayList<>();
    private final List<String[]> rows = new ArrayList<>();
    private final List<String> subjects = new ArrayList<>();
    private final Map<String, String> texts = new HashMap<>();
    private Optional<Integer> subjectColumn = Optional.empty();
    private long weight;

    private Table(Optional<String> pseudonym, Predicate<String> wanted, long room) {
        this.room = room;
        this.pseudonym = pseudonym.map(Subjects::normal);
        this.wanted = wanted;
    }

    /**
     * Reads what was checked at its submission.
     *
     * @param pseudonym of the one subject whom the whole dataset is of, where there is one; else a column names each row's
     * @param wanted which columns to keep, by their names in {@linkplain #normalName normal form}
     * @param room what it may weigh: {@link #MAX_WEIGHT}, without those that are in memory already
     * @throws CdiscFault.NoSubjects nothing says whom the rows are of
     * @throws CdiscFault.TooLarge there is no room for it
     */
    public static Table read(
            InputStream data, String name, Optional<String> pseudonym, Predicate<String> wanted, long room)
            throws CdiscFault, IOException {
        Table table = new Table(pseudonym, wanted, room);
        DatasetReader.read(data, name, table);
        table.texts.clear();
        return table;
    }

    /** All columns of a dataset that names its subjects itself. */
    public static Table read(byte[] data, String name) throws CdiscFault {
        try {
            return read(new ByteArrayInputStream(data), name, Optional.empty(), column -> true, MAX_WEIGHT);
        } catch (IOException impossible) {
            throw new CdiscFault("", "the data cannot be read");
        }
    }

    /** About what so many rows of so many columns take at least, however short their values are. */
    public static long leastWeight(long rows, int columns) {
        return rows * (ROW_WEIGHT + (long) CELL_WEIGHT * columns);
    }

    public long weight() {
        return weight;
    }

    /** Names of columns are told apart without regard to case. */
    public static String normalName(String column) {
        return column.strip().toUpperCase(Locale.ROOT);
    }

    @Override
    public void columns(String name, List<Column> found) throws CdiscFault {
        subjectColumn = Subjects.column(found);
        if (pseudonym.isEmpty() && subjectColumn.isEmpty()) {
            throw new CdiscFault.NoSubjects();
        }
        for (int i = 0; i < found.size(); i++) {
            if (wanted.test(normalName(found.get(i).name()))) {
                columns.add(found.get(i));
                places.add(i);
            }
        }
    }

    @Override
    public void row(int index, String[] values) throws CdiscFault {
        String[] kept = new String[places.size()];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = text(values[places.get(i)].strip());
        }
        rows.add(kept);
        subjects.add(pseudonym.orElseGet(() -> text(Subjects.normal(values[subjectColumn.orElseThrow()]))));
        weight += ROW_WEIGHT + (long) CELL_WEIGHT * kept.length;
        if (weight > room) {
            throw new CdiscFault.TooLarge("rows[" + index + "]");
        }
    }

    /** That was looked at when the data were submitted. */
    @Override
    public boolean refusesRepeatedKeys() {
        return false;
    }

    /** Equal texts are kept once. */
    private String text(String value) {
        String known = texts.putIfAbsent(value, value);
        if (known == null) {
            weight += TEXT_WEIGHT + 2L * value.length();
        }
        return known == null ? value : known;
    }

    /** Those that were wanted and are there, in the dataset's order. */
    public List<Column> columns() {
        return List.copyOf(columns);
    }

    /** One value for each column, the empty text where there is none; shared, not to be changed. */
    public List<String[]> rows() {
        return rows;
    }

    /** Place of a column by its name, in whatever case. */
    public Optional<Integer> column(String name) {
        for (int i = 0; i < columns.size(); i++) {
            if (normalName(columns.get(i).name()).equals(normalName(name))) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    /** Whom a row is of, in lower case; rows that name nobody are taken to be of one. */
    public String subject(int row) {
        return subjects.get(row);
    }
}
