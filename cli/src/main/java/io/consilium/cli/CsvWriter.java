package io.consilium.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tables for spreadsheets, after RFC 4180: CRLF line ends, quotes doubled. A cell that a spreadsheet would run as a
 * formula is led by an apostrophe, so that no name or code of somebody else's computes anything in the reader's hands.
 */
final class CsvWriter {
    private static final String FORMULA_STARTS = "=+-@\t\r\n";
    private static final String QUOTED = "\",\r\n";

    private CsvWriter() {}

    static String write(List<String> columns, List<Map<String, Object>> rows) {
        StringBuilder text = new StringBuilder();
        line(text, columns);
        for (Map<String, Object> row : rows) {
            line(text, columns.stream().map(column -> text(row.get(column))).toList());
        }
        return text.toString();
    }

    private static void line(StringBuilder text, List<String> cells) {
        for (int i = 0; i < cells.size(); i++) {
            text.append(i == 0 ? "" : ",").append(cell(cells.get(i)));
        }
        text.append("\r\n");
    }

    static String cell(String value) {
        String safe = !value.isEmpty() && FORMULA_STARTS.indexOf(value.charAt(0)) >= 0 ? "'" + value : value;
        boolean quoted = safe.chars().anyMatch(c -> QUOTED.indexOf(c) >= 0);
        return quoted ? "\"" + safe.replace("\"", "\"\"") + "\"" : safe;
    }

    private static String text(@org.jspecify.annotations.Nullable Object value) {
        if (value instanceof Optional<?> optional) {
            return optional.map(Object::toString).orElse("");
        }
        return value == null ? "" : value.toString();
    }
}
