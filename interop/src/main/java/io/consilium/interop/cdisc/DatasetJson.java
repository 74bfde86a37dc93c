package io.consilium.interop.cdisc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** CDISC Dataset-JSON, version 1.1 (flat) and 1.0 (one item group inside clinicalData or referenceData). */
final class DatasetJson {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(16)
                    .maxStringLength(CheckedRows.MAX_VALUE)
                    .maxNumberLength(CheckedRows.MAX_NUMBER)
                    .maxNameLength(256)
                    .build())
            .build();

    private static final Set<String> COLUMN_MEMBERS = Set.of(
            "itemOID",
            "OID",
            "name",
            "label",
            "dataType",
            "type",
            "targetDataType",
            "length",
            "displayFormat",
            "keySequence");

    private final CheckedRows rows;
    private final boolean givenOfSubjects;
    private String name;
    private long records = -1;
    private boolean haveColumns;
    private boolean haveRows;

    /** @param given the name that it is submitted under, and its own where the document says none */
    DatasetJson(String given, RowSink sink) {
        this.name = given;
        this.givenOfSubjects = CheckedRows.isOfSubjects(given);
        this.rows = new CheckedRows(sink);
    }

    void read(Reader text) throws CdiscFault, IOException {
        try (JsonParser in = JSON.createParser(text)) {
            in.nextToken();
            object(in, "");
            if (in.nextToken() != null) {
                throw new CdiscFault("", "more text after the end of the document");
            }
        } catch (StreamReadException | StreamConstraintsException invalid) {
            int line = invalid.getLocation() == null ? 0 : invalid.getLocation().getLineNr();
            int column =
                    invalid.getLocation() == null ? 0 : invalid.getLocation().getColumnNr();
            String place = "line " + line + ", column " + column;
            throw new CdiscFault(haveColumns ? "rows[" + rows.rows() + "], " + place : place, "not well-formed JSON");
        }
        if (!haveColumns) {
            throw new CdiscFault("columns", "this member is missing");
        }
        if (!haveRows) {
            throw new CdiscFault("rows", "this member is missing");
        }
        if (records >= 0 && records != rows.rows()) {
            throw new CdiscFault("records", "the document announces " + records + " rows and holds " + rows.rows());
        }
    }

    /** The members that matter stand in one object in version 1.1 and three levels down in version 1.0. */
    private void object(JsonParser in, String path) throws CdiscFault, IOException {
        expect(in, JsonToken.START_OBJECT, path, "an object expected");
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String member = in.currentName();
            String at = path.isEmpty() ? member : path + "." + member;
            in.nextToken();
            switch (member) {
                case "clinicalData", "referenceData" -> object(in, at);
                case "itemGroupData" -> group(in, at);
                case "name" -> name(in.getValueAsString(""), at);
                case "records" -> {
                    expect(in, JsonToken.VALUE_NUMBER_INT, at, "a whole number expected");
                    records = in.getLongValue();
                }
                case "columns", "items" -> columns(in, at);
                case "rows", "itemData" -> rows(in, at);
                default -> in.skipChildren();
            }
        }
    }

    private void name(String found, String path) throws CdiscFault {
        if (haveColumns && CheckedRows.isOfSubjects(found) && !givenOfSubjects) {
            throw new CdiscFault(path, "the name must stand before the columns");
        }
        name = found;
    }

    private void group(JsonParser in, String path) throws CdiscFault, IOException {
        expect(in, JsonToken.START_OBJECT, path, "an object expected");
        int groups = 0;
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            if (++groups > 1) {
                throw new CdiscFault(path, "one item group expected, not several");
            }
            String at = path + "." + in.currentName();
            in.nextToken();
            object(in, at);
        }
    }

    private void columns(JsonParser in, String path) throws CdiscFault, IOException {
        if (haveColumns) {
            throw new CdiscFault(path, "the columns stand twice");
        }
        expect(in, JsonToken.START_ARRAY, path, "a list expected");
        List<Column> columns = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            if (columns.size() == CheckedRows.MAX_COLUMNS) {
                throw new CdiscFault(path, "at most " + CheckedRows.MAX_COLUMNS + " columns");
            }
            columns.add(column(in, path + "[" + columns.size() + "]"));
        }
        haveColumns = true;
        rows.columns(name, givenOfSubjects || CheckedRows.isOfSubjects(name), columns, path);
    }

    private static Column column(JsonParser in, String path) throws CdiscFault, IOException {
        expect(in, JsonToken.START_OBJECT, path, "an object expected");
        String name = "";
        String label = "";
        String type = "";
        int key = 0;
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String member = in.currentName();
            in.nextToken();
            if (!COLUMN_MEMBERS.contains(member)) {
                throw new CdiscFault(path + "." + member, "no member of a column in Dataset-JSON");
            }
            switch (member) {
                case "name" -> name = in.getValueAsString("");
                case "label" -> label = in.getValueAsString("");
                case "dataType", "type" -> type = in.getValueAsString("");
                case "keySequence" -> key = in.getValueAsInt(0);
                default -> in.skipChildren();
            }
        }
        String word = type;
        ColumnType known =
                ColumnType.of(word).orElseThrow(() -> new CdiscFault(path + ".dataType", "no type of Dataset-JSON"));
        return new Column(name, label, known, key);
    }

    private void rows(JsonParser in, String path) throws CdiscFault, IOException {
        if (!haveColumns) {
            throw new CdiscFault(path, "the columns must stand before the rows");
        }
        if (haveRows) {
            throw new CdiscFault(path, "the rows stand twice");
        }
        expect(in, JsonToken.START_ARRAY, path, "a list expected");
        haveRows = true;
        while (in.nextToken() != JsonToken.END_ARRAY) {
            String at = "rows[" + rows.rows() + "]";
            expect(in, JsonToken.START_ARRAY, at, "a list of values expected");
            List<String> values = new ArrayList<>();
            while (in.nextToken() != JsonToken.END_ARRAY) {
                if (values.size() == rows.width()) {
                    throw new CdiscFault(at, "more values than there are columns");
                }
                values.add(value(in, rows.column(values.size()), at));
            }
            rows.row(values.toArray(new String[0]));
        }
    }

    private static String value(JsonParser in, Column column, String at) throws CdiscFault, IOException {
        JsonToken token = in.currentToken();
        boolean fits =
                switch (column.type()) {
                    case STRING, URI, DATE, DATETIME, TIME -> token == JsonToken.VALUE_STRING;
                    case INTEGER -> token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT;
                    case FLOAT, DOUBLE -> token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT;
                    case DECIMAL ->
                        token == JsonToken.VALUE_STRING
                                || token == JsonToken.VALUE_NUMBER_INT
                                || token == JsonToken.VALUE_NUMBER_FLOAT;
                    case BOOLEAN -> token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE;
                };
        if (token == JsonToken.VALUE_NULL || token == JsonToken.VALUE_STRING && in.getTextLength() == 0) {
            return "";
        }
        if (!fits) {
            throw CheckedRows.fault(at, column, "a value of another type than " + column.type());
        }
        return in.getText();
    }

    private static void expect(JsonParser in, JsonToken wanted, String path, String message) throws CdiscFault {
        if (in.currentToken() != wanted) {
            throw new CdiscFault(path, message);
        }
    }
}
