package io.consilium.interop.cdisc;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A count, sum, mean or histogram over a dataset, answered with discrete noise (TRI-7).
 *
 * <p>Each subject counts once, by its first row that the condition meets, so that one person changes a count by at most 1
 * and a sum by at most the larger bound. Values are clamped to the public bounds and rounded to a public grid. Whatever is
 * refused is refused for what the question and the columns say, never for what the values are.
 *
 * @param low and {@code high}: public bounds of a sum or mean
 * @param bins edges in ascending order, or categories
 * @param where column and value that a row must have
 */
public record AggregateQuery(
        Kind kind,
        String column,
        BigDecimal low,
        BigDecimal high,
        List<String> bins,
        Optional<Condition> where,
        long epsilonMicros) {
    public static final int MAX_BINS = 1_000;

    private static final BigInteger MILLION = BigInteger.valueOf(1_000_000);
    private static final int MIN_DECIMALS = 3;
    private static final int MAX_DECIMALS = 6;
    private static final int MAX_DIGITS = 15;

    /** What is asked for. */
    public enum Kind {
        COUNT,
        SUM,
        MEAN,
        HISTOGRAM
    }

    /** A row's column has exactly this value. */
    public record Condition(String column, String value) {}

    public AggregateQuery {
        bins = List.copyOf(bins);
    }

    /** Why the question cannot be asked of a dataset with these columns; asked before any budget is spent. */
    public Optional<CdiscFault> fault(Table table) {
        if (epsilonMicros < 2) {
            return Optional.of(new CdiscFault("--epsilon", "at least 0.000002 expected"));
        }
        if (where.isPresent() && table.column(where.get().column()).isEmpty()) {
            return Optional.of(new CdiscFault(
                    "--where", "the dataset has no column " + shown(where.get().column())));
        }
        if (kind == Kind.COUNT) {
            return Optional.empty();
        }
        Optional<Integer> index = table.column(column);
        if (index.isEmpty()) {
            return Optional.of(new CdiscFault(
                    "--" + kind.name().toLowerCase(java.util.Locale.ROOT),
                    "the dataset has no column " + shown(column)));
        }
        if (kind == Kind.HISTOGRAM) {
            return binFault();
        }
        ColumnType type = table.columns().get(index.get()).type();
        if (!type.isNumeric() && (type != ColumnType.STRING || !mostAreNumbers(table, index.get()))) {
            return Optional.of(new CdiscFault(
                    "--" + kind.name().toLowerCase(java.util.Locale.ROOT), "the column holds no numbers"));
        }
        boolean usable = low.compareTo(high) < 0
                && low.scale() <= MAX_DECIMALS
                && high.scale() <= MAX_DECIMALS
                && low.precision() - low.scale() <= MAX_DIGITS
                && high.precision() - high.scale() <= MAX_DIGITS;
        return usable
                ? Optional.empty()
                : Optional.of(
                        new CdiscFault("--bounds", "two numbers LO,HI with LO < HI and at most six decimals expected"));
    }

    /** CSV says no types, so a column of text is one of numbers where at least half of its values are. */
    private static boolean mostAreNumbers(Table table, int column) {
        int said = 0;
        int numbers = 0;
        for (String[] row : table.rows()) {
            said += row[column].isEmpty() ? 0 : 1;
            numbers += CheckedRows.isNumber(row[column]) ? 1 : 0;
        }
        return numbers * 2 >= said;
    }

    /** A column's name as the asker wrote it, as far as names go. */
    public static String shown(String name) {
        return name.length() <= CheckedRows.MAX_NAME ? name : name.substring(0, CheckedRows.MAX_NAME) + "…";
    }

    private Optional<CdiscFault> binFault() {
        if (bins.isEmpty() || bins.size() > MAX_BINS || new HashSet<>(bins).size() != bins.size()) {
            return Optional.of(
                    new CdiscFault("--bins", "1 to " + MAX_BINS + " different edges or categories expected"));
        }
        if (!numericBins()) {
            return Optional.empty();
        }
        for (int i = 1; i < bins.size(); i++) {
            if (new BigDecimal(bins.get(i - 1)).compareTo(new BigDecimal(bins.get(i))) >= 0) {
                return Optional.of(new CdiscFault("--bins", "edges in ascending order expected"));
            }
        }
        return bins.size() == 1
                ? Optional.of(new CdiscFault("--bins", "at least two edges expected"))
                : Optional.empty();
    }

    private boolean numericBins() {
        return bins.stream().allMatch(CheckedRows::isNumber);
    }

    /** The names of what is answered: one, or one for each bin. */
    public List<String> names() {
        if (kind != Kind.HISTOGRAM || !numericBins()) {
            return kind == Kind.HISTOGRAM ? bins : List.of(kind.name());
        }
        List<String> names = new ArrayList<>();
        for (int i = 1; i < bins.size(); i++) {
            names.add("[" + bins.get(i - 1) + ", " + bins.get(i) + (i == bins.size() - 1 ? "]" : ")"));
        }
        return names;
    }

    /** The exact values that {@link #noised} makes an answer of; nobody may see them. */
    public List<BigInteger> exact(Table table, Predicate<String> excluded) {
        List<Integer> rows = rows(table, excluded);
        return switch (kind) {
            case COUNT -> List.of(BigInteger.valueOf(rows.size()));
            case HISTOGRAM -> histogram(table, rows);
            case SUM -> List.of(sum(units(table, rows), BigInteger.ZERO));
            case MEAN -> {
                List<BigInteger> values = units(table, rows);
                yield List.of(sum(values, toUnits(low)), BigInteger.valueOf(values.size()));
            }
        };
    }

    /** The noised answer, in the order of {@link #names}; the budget must be spent before. */
    public List<BigDecimal> noised(List<BigInteger> exact, DiscreteLaplace.Source source) {
        return switch (kind) {
            case COUNT, HISTOGRAM ->
                exact.stream()
                        .map(count -> new BigDecimal(noised(count, BigInteger.ONE, epsilonMicros, source)))
                        .toList();
            case SUM -> {
                BigInteger sensitivity = toUnits(low).abs().max(toUnits(high).abs());
                yield List.of(new BigDecimal(noised(exact.get(0), sensitivity, epsilonMicros, source), decimals()));
            }
            case MEAN -> List.of(mean(exact.get(0), exact.get(1), source));
        };
    }

    /** The first row of each subject that the condition meets. */
    private List<Integer> rows(Table table, Predicate<String> excluded) {
        Optional<Integer> condition = where.flatMap(met -> table.column(met.column()));
        Set<String> seen = new HashSet<>();
        List<Integer> rows = new ArrayList<>();
        for (int row = 0; row < table.rows().size(); row++) {
            String subject = table.subject(row);
            boolean meets = condition.isEmpty()
                    || table.rows()
                            .get(row)[condition.get()]
                            .equals(where.orElseThrow().value().strip());
            if (meets && !excluded.test(subject) && seen.add(subject)) {
                rows.add(row);
            }
        }
        return rows;
    }

    private List<BigInteger> histogram(Table table, List<Integer> rows) {
        int index = table.column(column).orElseThrow();
        boolean numeric = numericBins();
        long[] counts = new long[names().size()];
        for (int row : rows) {
            int bin = bin(table.rows().get(row)[index], numeric);
            if (bin >= 0) {
                counts[bin]++;
            }
        }
        return Arrays.stream(counts).mapToObj(BigInteger::valueOf).toList();
    }

    /** The bin of a value, -1 for none. */
    private int bin(String value, boolean numeric) {
        if (!numeric) {
            return bins.indexOf(value);
        }
        if (!CheckedRows.isNumber(value)) {
            return -1;
        }
        BigDecimal number = new BigDecimal(value);
        for (int i = 1; i < bins.size(); i++) {
            int upper = number.compareTo(new BigDecimal(bins.get(i)));
            boolean last = i == bins.size() - 1;
            if (number.compareTo(new BigDecimal(bins.get(i - 1))) >= 0 && (upper < 0 || last && upper == 0)) {
                return i - 1;
            }
        }
        return -1;
    }

    /** Of the distances from a bottom. */
    private static BigInteger sum(List<BigInteger> values, BigInteger bottom) {
        BigInteger sum = BigInteger.ZERO;
        for (BigInteger units : values) {
            sum = sum.add(units.subtract(bottom));
        }
        return sum;
    }

    /** Half of the budget goes to the sum of distances from the lower bound, half to the number of subjects. */
    private BigDecimal mean(BigInteger distance, BigInteger count, DiscreteLaplace.Source source) {
        BigInteger range = toUnits(high).subtract(toUnits(low));
        long half = epsilonMicros / 2;
        BigInteger noisyDistance = noised(distance, range, half, source);
        BigInteger noisyCount = noised(count, BigInteger.ONE, epsilonMicros - half, source);
        if (noisyCount.signum() <= 0) {
            return low.add(high).divide(BigDecimal.valueOf(2), MAX_DECIMALS, RoundingMode.HALF_EVEN);
        }
        BigDecimal mean = low.add(new BigDecimal(noisyDistance, decimals())
                .divide(new BigDecimal(noisyCount), MAX_DECIMALS, RoundingMode.HALF_EVEN));
        return mean.max(low).min(high);
    }

    /** Values within the bounds, in whole units of the grid; what is missing or no number counts for nothing. */
    private List<BigInteger> units(Table table, List<Integer> rows) {
        int index = table.column(column).orElseThrow();
        List<BigInteger> units = new ArrayList<>();
        for (int row : rows) {
            String value = table.rows().get(row)[index];
            if (CheckedRows.isNumber(value)) {
                units.add(toUnits(new BigDecimal(value).max(low).min(high)));
            }
        }
        return units;
    }

    private BigInteger toUnits(BigDecimal value) {
        return value.setScale(decimals(), RoundingMode.HALF_EVEN).unscaledValue();
    }

    private int decimals() {
        return Math.max(MIN_DECIMALS, Math.max(low.scale(), high.scale()));
    }

    private static BigInteger noised(
            BigInteger exact, BigInteger sensitivity, long epsilonMicros, DiscreteLaplace.Source source) {
        return exact.add(
                new DiscreteLaplace(sensitivity.multiply(MILLION), BigInteger.valueOf(epsilonMicros), source).sample());
    }
}
