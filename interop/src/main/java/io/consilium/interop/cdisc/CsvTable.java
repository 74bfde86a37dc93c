package io.consilium.interop.cdisc;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A table in CSV (RFC 4180) with a header line of variable names. The format has no types: variables that CDISC defines as
 * numbers are held to it, those whose names say so to dates, everything else is text.
 */
final class CsvTable {
    private static final Set<String> NUMBERS =
            Set.of("AGE", "AVAL", "BASE", "CHG", "PCHG", "VISITNUM", "AVISITN", "STUDYDAY", "ADY");

    private final String name;
    private final CheckedRows rows;

    CsvTable(String name, RowSink sink) {
        this.name = name;
        this.rows = new CheckedRows(sink);
    }

    void read(Reader in) throws CdiscFault, IOException {
        Fields fields = new Fields(in);
        List<String> header = fields.next("line 1");
        if (header.isEmpty()) {
            throw new CdiscFault("line 1", "a header line with the names of the columns expected");
        }
        List<Column> columns = new ArrayList<>();
        for (String column : header) {
            String plain = column.strip();
            columns.add(new Column(plain, "", type(plain.toUpperCase(Locale.ROOT)), 0));
        }
        rows.columns(name, CheckedRows.isOfSubjects(name), columns, "columns");
        while (true) {
            List<String> values = fields.next("rows[" + rows.rows() + "]");
            if (values.isEmpty()) {
                return;
            }
            rows.row(values.toArray(new String[0]));
        }
    }

    private static ColumnType type(String name) {
        if (NUMBERS.contains(name) || name.endsWith("SEQ")) {
            return ColumnType.FLOAT;
        }
        return DateNames.holdsDates(name) ? ColumnType.DATETIME : ColumnType.STRING;
    }

    /** The fields of one line after the other; a quoted field may hold commas, quotes and line ends. */
    private static final class Fields {
        private final Reader in;
        private int next;

        Fields(Reader in) throws IOException {
            this.in = new java.io.BufferedReader(in);
            this.next = this.in.read();
            if (next == '\ufeff') {
                next = this.in.read();
            }
        }

        /** Empty at the end of the file; an empty line is skipped. */
        List<String> next(String at) throws CdiscFault, IOException {
            while (next == '\n' || next == '\r') {
                advance();
            }
            List<String> fields = new ArrayList<>();
            if (next < 0) {
                return fields;
            }
            while (true) {
                if (fields.size() == CheckedRows.MAX_COLUMNS) {
                    throw new CdiscFault(at, "at most " + CheckedRows.MAX_COLUMNS + " columns");
                }
                fields.add(next == '"' ? quoted(at) : plain(at));
                if (next != ',') {
                    return fields;
                }
                advance();
            }
        }

        private String plain(String at) throws CdiscFault, IOException {
            StringBuilder text = new StringBuilder();
            while (next >= 0 && next != ',' && next != '\n' && next != '\r') {
                if (next == '"') {
                    throw new CdiscFault(at, "a double quote inside a field that does not begin with one");
                }
                append(text, at);
            }
            return text.toString();
        }

        private String quoted(String at) throws CdiscFault, IOException {
            StringBuilder text = new StringBuilder();
            advance();
            while (true) {
                if (next < 0) {
                    throw new CdiscFault(at, "a quoted field without its end");
                }
                if (next == '"') {
                    advance();
                    if (next != '"') {
                        break;
                    }
                }
                append(text, at);
            }
            if (next >= 0 && next != ',' && next != '\n' && next != '\r') {
                throw new CdiscFault(at, "text after the end of a quoted field");
            }
            return text.toString();
        }

        private void append(StringBuilder text, String at) throws CdiscFault, IOException {
            if (text.length() == CheckedRows.MAX_VALUE) {
                throw new CdiscFault(at, "a value has at most " + CheckedRows.MAX_VALUE + " characters");
            }
            text.append((char) next);
            advance();
        }

        private void advance() throws IOException {
            next = in.read();
        }
    }
}
