package io.consilium.interop.cdisc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.consilium.interop.Conformance;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("TRI-5 Dataset-JSON and CSV are read row by row, and refused with the place at fault")
class DatasetReaderTest {
    private static final String V11 = """
            {"datasetJSONVersion": "1.1.0", "records": 2, "name": "ADSL", "columns": [
              {"itemOID": "I1", "name": "USUBJID", "label": "Subject", "dataType": "string", "keySequence": 1},
              {"itemOID": "I2", "name": "AGE", "label": "Age", "dataType": "integer"},
              {"itemOID": "I3", "name": "TRTSDT", "label": "Start", "dataType": "date", "targetDataType": "integer"}],
             "rows": [["01", 63, "2014-01-02"], ["02", null, ""]]}""";

    private static final String V10 = """
            {"datasetJSONVersion": "1.0.0", "clinicalData": {"studyOID": "S", "itemGroupData": {"IG.DM": {
              "records": 1, "name": "DM", "label": "Demographics", "items": [
                {"OID": "I1", "name": "USUBJID", "label": "Subject", "type": "string", "length": 8},
                {"OID": "I2", "name": "AGE", "label": "Age", "type": "integer"}],
              "itemData": [["01", 63]]}}}}""";

    /** Keeps what it is given. */
    private static final class Kept implements RowSink {
        String name = "";
        List<Column> columns = List.of();
        final List<List<String>> rows = new ArrayList<>();

        @Override
        public void columns(String found, List<Column> list) {
            name = found;
            columns = list;
        }

        @Override
        public void row(int index, String[] values) {
            assertThat(index).isEqualTo(rows.size());
            rows.add(List.of(values));
        }
    }

    private static Kept read(byte[] bytes) throws CdiscFault, IOException {
        return read(bytes, "ADSL");
    }

    private static Kept read(byte[] bytes, String name) throws CdiscFault, IOException {
        Kept kept = new Kept();
        DatasetReader.read(new ByteArrayInputStream(bytes), name, kept);
        return kept;
    }

    private static Kept read(String text) throws CdiscFault, IOException {
        return read(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertRefused(String text, String path) {
        assertThatThrownBy(() -> read(text))
                .asInstanceOf(type(CdiscFault.class))
                .satisfies(fault -> assertThat(fault.path()).isEqualTo(path));
    }

    @Test
    void readsBothVersions() throws Exception {
        Kept kept = read(V11);
        assertThat(kept.columns).extracting(Column::name).containsExactly("USUBJID", "AGE", "TRTSDT");
        assertThat(kept.rows).containsExactly(List.of("01", "63", "2014-01-02"), List.of("02", "", ""));
        Kept older = read(V10);
        assertThat(older.name).isEqualTo("DM");
        assertThat(older.rows).containsExactly(List.of("01", "63"));
    }

    @Test
    void readsPublishedDatasets() throws Exception {
        Kept adsl = read(Files.readAllBytes(Conformance.require("cdisc-dataset-json/adam-adsl.json")));
        assertThat(adsl.rows).hasSize(254);
        assertThat(adsl.columns).hasSize(49);
        assertThat(read(Files.readAllBytes(Conformance.require("cdisc-dataset-json/sdtm-ae.json")), "AE").rows)
                .hasSize(74);
        assertThat(read(Files.readAllBytes(Conformance.require("cdisc-dataset-json/sdtm-dm.json"))).rows)
                .hasSize(18);
        System.out.println("conformance: 3 Dataset-JSON documents read");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "\"01\", 63, \"2014-01-02\"; \"01\", \"63\", \"2014-01-02\"; rows[0].AGE",
                "\"01\", 63; 1, 63; rows[0].USUBJID",
                "63, \"2014; 63.5, \"2014; rows[0].AGE",
                "2014-01-02; 2014-02-30; rows[0].TRTSDT",
                "2014-01-02; 02.01.2014; rows[0].TRTSDT",
                "[\"02\", null, \"\"]; [\"02\", null]; rows[1]",
                "[\"02\", null, \"\"]; [\"02\", null, \"\", 1]; rows[1]",
                "[\"02\", null; [\"01\", null; rows[1]",
                "\"records\": 2; \"records\": 3; records",
                "\"AGE\", ; \"USUBJID\", ; columns[1].name",
                "\"AGE\", ; \"AGE YEARS\", ; columns[1].name",
                "\"integer\"}; \"number\"}; columns[1].dataType",
                "\"label\": \"Age\"; \"colour\": \"Age\"; columns[1].colour",
                "\"rows\"; \"lines\"; rows",
                "\"columns\"; \"cols\"; rows"
            })
    void aFaultNamesItsPlace(String old, String replacement, String path) {
        assertThat(V11).contains(old);
        assertRefused(V11.replace(old, replacement), path);
    }

    @Test
    @DisplayName("TRI-5 a second list of columns or rows is refused with its place")
    void listsStandOnce() {
        String columns = "\"items\": [{\"name\": \"USUBJID\", \"label\": \"a\", \"dataType\": \"string\"}], ";
        assertRefused(V11.replace("\"rows\":", columns + "\"rows\":"), "items");
        String json = "{\"name\": \"X\", \"columns\": [{\"name\": \"USUBJID\", \"dataType\": \"string\"}], "
                + "\"rows\": [[\"1\"]], \"itemData\": [[\"2\"]]}";
        assertRefused(json, "itemData");
    }

    @Test
    @DisplayName("TRI-5 a byte order mark before JSON is no fault, and a time must be one")
    void marksAndTimes() throws Exception {
        assertThat(read("\ufeff" + V11).rows).hasSize(2);
        String json =
                "{\"name\": \"X\", \"columns\": [{\"name\": \"VSTM\", \"dataType\": \"time\"}], \"rows\": [[\"%s\"]]}";
        assertRefused(json.formatted("25:99"), "rows[0].VSTM");
        assertThat(read(json.formatted("07:15")).rows).hasSize(1);
    }

    @Test
    void aNumberThatNoProgramHoldsIsRefused() {
        for (String[] change : new String[][] {
            {"\"keySequence\": 1", "\"keySequence\": 1e999"},
            {"\"keySequence\": 1", "\"keySequence\": 99999999999"},
            {"\"records\": 2", "\"records\": 99999999999999999999999"}
        }) {
            assertThatThrownBy(() -> read(V11.replace(change[0], change[1]))).isInstanceOf(CdiscFault.class);
        }
    }

    @Test
    void faultsNeverShowValues() {
        assertThatThrownBy(() -> read(V11.replace("\"2014-01-02\"", "\"Jane Doe\"")))
                .hasMessageNotContaining("Jane");
    }

    @Test
    void whatIsNotUtf8OrNoJsonIsRefused() {
        byte[] latin = V11.replace("\"01\"", "\"\u00e9\"").getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> read(latin))
                .hasMessageContaining("UTF-8")
                .asInstanceOf(type(CdiscFault.class))
                .satisfies(fault -> assertThat(fault.path()).startsWith("line "));
        assertThatThrownBy(() -> read(V11.substring(0, V11.length() - 20)))
                .asInstanceOf(type(CdiscFault.class))
                .satisfies(fault -> assertThat(fault.path()).startsWith("rows[1]"));
    }

    @Test
    void readsCsvWithQuotesAndLineEnds() throws Exception {
        Kept kept = read("\ufeffUSUBJID,AGE,NOTE\r\n01,63,\"a, \"\"b\"\"\nc\"\r\n\r\n02,,\r\n");
        assertThat(kept.name).isEqualTo("ADSL");
        assertThat(kept.rows).containsExactly(List.of("01", "63", "a, \"b\"\nc"), List.of("02", "", ""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "USUBJID,AGE|01,old; rows[0].AGE",
                "USUBJID,AGE|01,63|01,64; rows[1]",
                "USUBJID,AGE|01; rows[0]",
                "USUBJID,AGE|01,63,9; rows[0]",
                "USUBJID,TRTSDT|01,2014-13-01; rows[0].TRTSDT",
                "USUBJID,USUBJID|01,02; columns[1].name",
                "USUBJID,|01,02; columns[1].name",
                "USUBJID,AGE|01,6\"3; rows[0]"
            })
    void aFaultInCsvNamesItsPlace(String lines, String path) {
        assertRefused(lines.replace('|', '\n'), path);
    }

    private static String keyed(String name, String order, String... rows) {
        String columns =
                "\"columns\": [{\"itemOID\": \"A\", \"name\": \"USUBJID\", \"dataType\": \"string\", \"keySequence\": 1},"
                        + "{\"itemOID\": \"B\", \"name\": \"VISITNUM\", \"dataType\": \"decimal\", \"keySequence\": 2}]";
        String named = name.isEmpty() ? "" : "\"name\": \"" + name + "\",";
        return "{" + (order.equals("name first") ? named + columns + "," : columns + "," + named) + "\"rows\": ["
                + String.join(",", rows) + "]}";
    }

    private static void repeated(String text, String given, String path) {
        assertThatThrownBy(() -> read(text.getBytes(StandardCharsets.UTF_8), given))
                .asInstanceOf(type(CdiscFault.class))
                .satisfies(fault -> assertThat(fault.path()).isEqualTo(path));
    }

    @Test
    @DisplayName(
            "TRI-5 two rows of one key are found in every spelling, and of one subject whatever key is named beside it")
    void keysHaveOneNormalForm() throws Exception {
        String visits = keyed("VS", "name first", "[\"s1\", \"1\"]", "[\"s1\", \"2\"]");
        assertThat(read(visits.getBytes(StandardCharsets.UTF_8), "VS").rows).hasSize(2);
        repeated(keyed("VS", "name first", "[\"s1\", \"1\"]", "[\" S1 \", \"1.0\"]"), "VS", "rows[1]");
        for (String given : List.of("ADSL", "dm")) {
            repeated(visits, given, "rows[1]");
        }
        repeated(visits.replace("VS", "DM"), "ANY", "rows[1]");
        repeated(keyed("", "name first", "[\"s1\", \"1\"]", "[\"s1\", \"2\"]"), "ADSL", "rows[1]");
        repeated(keyed("DM", "columns first", "[\"s1\", \"1\"]", "[\"s1\", \"2\"]"), "ANY", "name");
        assertRefused("USUBJID,AGE\ns1,63\nS1 ,64", "rows[1]");
    }

    /** Reads 10,000 subjects with 100 columns, keyed and checked, and prints how many subjects there were. */
    public static final class InSmallMemory {
        public static void main(String[] none) throws Exception {
            SubjectRows rows = new SubjectRows(
                    subject -> Optional.of(new Enrolled(0, 0, false)), Optional.empty(), Optional.empty(), 0);
            DatasetReader.read(new ByteArrayInputStream(millionPoints()), "ADSL", rows);
            System.out.print(rows.subjects());
        }
    }

    @Test
    @DisplayName("TRI-5 ten thousand subjects with a million data points are read and checked in 24 MiB")
    void readsAMillionDataPointsInSmallMemory() throws Exception {
        assertThat(ChildProcess.run(InSmallMemory.class, 24)).isEqualTo("10000");
    }

    @Test
    @DisplayName("TRI-5 more names and keys than the memory is for are refused, and those of the largest trial are not")
    void namesAndKeysAreBounded() throws Exception {
        RowKeys keys = new RowKeys();
        for (int i = 0; i < 100_000; i++) {
            assertThat(keys.add("key " + i, "rows[" + i + "]")).isTrue();
        }
        for (int i = 0; i < 100_000; i += 999) {
            assertThat(keys.add("key " + i, "")).isFalse();
        }
        SubjectRows rows = new SubjectRows(subject -> Optional.empty(), Optional.empty(), Optional.empty(), 0);
        rows.columns("X", List.of(new Column("USUBJID", "", ColumnType.STRING, 0)));
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 10_000; i++) {
                        rows.row(i, new String[] {i + "x".repeat(30_000)});
                    }
                })
                .isInstanceOf(CdiscFault.TooLarge.class);
    }

    private static byte[] millionPoints() {
        StringBuilder text = new StringBuilder("USUBJID");
        for (int i = 1; i < 100; i++) {
            text.append(",V").append(i);
        }
        for (int row = 0; row < 10_000; row++) {
            text.append("\nS").append(row).append(",1".repeat(99));
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName("TRI-5 ten thousand subjects with a million data points are read in a moment")
    void readsAMillionDataPoints() throws Exception {
        int[] count = new int[1];
        DatasetReader.read(new ByteArrayInputStream(millionPoints()), "ADSL", new RowSink() {
            @Override
            public void columns(String name, List<Column> columns) {}

            @Override
            public void row(int index, String[] values) {
                count[0] += values.length;
            }
        });
        assertThat(count[0]).isEqualTo(1_000_000);
    }
}
