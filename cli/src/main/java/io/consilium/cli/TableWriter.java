package io.consilium.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Lays results out for a person: one line a field, or one line an item under headings. */
final class TableWriter {
    private TableWriter() {}

    static String object(Map<String, ?> object) {
        List<String[]> lines = new ArrayList<>();
        flatten("", object, lines);
        int width = lines.stream().mapToInt(line -> line[0].length()).max().orElse(0);
        StringBuilder text = new StringBuilder();
        for (String[] line : lines) {
            text.append(padded(line[0], width)).append("  ").append(line[1]).append('\n');
        }
        return text.toString();
    }

    static String list(List<String> columns, List<Map<String, Object>> items) {
        if (items.isEmpty()) {
            return "(none)\n";
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(columns.stream().map(TableWriter::heading).toList());
        for (Map<String, Object> item : items) {
            rows.add(columns.stream().map(column -> cell(item.get(column))).toList());
        }
        int[] widths = new int[columns.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(padded(row.get(i), widths[i])).append("  ");
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private static void flatten(String prefix, Map<?, ?> object, List<String[]> lines) {
        object.forEach((name, value) -> {
            String path = prefix.isEmpty() ? String.valueOf(name) : prefix + "." + name;
            if (value instanceof Map<?, ?> inner && !inner.isEmpty()) {
                flatten(path, inner, lines);
            } else if (value instanceof List<?> list && list.stream().anyMatch(Map.class::isInstance)) {
                for (int i = 0; i < list.size(); i++) {
                    if (list.get(i) instanceof Map<?, ?> inner) {
                        flatten(path + "[" + i + "]", inner, lines);
                    } else {
                        lines.add(new String[] {path + "[" + i + "]", cell(list.get(i))});
                    }
                }
            } else {
                lines.add(new String[] {path, cell(value)});
            }
        });
    }

    /** {@code grantedAt} becomes {@code GRANTED AT}. */
    private static String heading(String column) {
        return column.replaceAll("([a-z0-9])([A-Z])", "$1 $2").toUpperCase(Locale.ROOT);
    }

    @SuppressWarnings("NullAway") // a map's get answers null for a column that an item has not
    private static String cell(@org.jspecify.annotations.Nullable Object value) {
        if (value == null || value instanceof Map<?, ?> map && map.isEmpty()) {
            return "-";
        }
        if (value instanceof Optional<?> optional) {
            return optional.isPresent() ? cell(optional.get()) : "-";
        }
        if (value instanceof List<?> list) {
            return list.isEmpty()
                    ? "-"
                    : String.join(", ", list.stream().map(TableWriter::cell).toList());
        }
        String text = value.toString();
        return text.isEmpty() ? "-" : text.replaceAll("[\\p{Cntrl}]", " ");
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
