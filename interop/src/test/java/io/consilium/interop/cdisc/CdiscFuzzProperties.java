package io.consilium.interop.cdisc;

import static org.assertj.core.api.Assertions.assertThat;

import io.consilium.proto.TrialRegistration;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** TRI-1, TRI-5: bytes of any kind are read or refused with a reason; no reader fails in another way. */
class CdiscFuzzProperties {
    private static final List<String> SEEDS =
            List.of("""
            {"datasetJSONVersion": "1.1.0", "records": 1, "name": "ADSL", "columns": [
              {"itemOID": "I1", "name": "USUBJID", "label": "Subject", "dataType": "string", "keySequence": 1},
              {"itemOID": "I2", "name": "AGE", "label": "Age", "dataType": "integer"}], "rows": [["01", 63]]}""", "USUBJID,AGE\n\"01\",63\n02,\"a \"\"quoted\"\" one\"\n", """
            {"study": {"name": "S", "versions": [{"versionIdentifier": "3", "titles": [], "studyDesigns": [
              {"objectives": [{"level": {"decode": "Primary Objective"}, "text": "To <b>show</b> it", "endpoints": [
              {"text": "Score at Week 8", "level": {"decode": "Primary Endpoint"}}]}]}]}]}}""");

    @Property(tries = 1500)
    void changedDocumentsAreReadOrRefused(
            @ForAll @IntRange(min = 0, max = 2) int seed,
            @ForAll @IntRange(min = 0, max = 500) int place,
            @ForAll("pieces") String piece,
            @ForAll @IntRange(min = 0, max = 20) int removed) {
        StringBuilder text = new StringBuilder(SEEDS.get(seed));
        int at = place % text.length();
        text.replace(at, Math.min(text.length(), at + removed), piece);
        readOrRefused(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    @Property(tries = 1000)
    void anyBytesAreReadOrRefused(@ForAll byte[] bytes) {
        readOrRefused(bytes);
    }

    private static void readOrRefused(byte[] content) {
        for (RowSink sink : List.of(
                new RowSink() {
                    @Override
                    public void columns(String name, List<Column> columns) {
                        assertThat(columns).isNotEmpty();
                    }

                    @Override
                    public void row(int index, String[] values) {
                        assertThat(values).doesNotContainNull();
                    }
                },
                new SubjectRows(pseudonym -> Optional.empty(), Optional.empty(), Optional.empty(), 0))) {
            try {
                DatasetReader.read(new ByteArrayInputStream(content), "ADSL", sink);
            } catch (CdiscFault refused) {
                assertThat(refused.getMessage()).isNotBlank();
            } catch (IOException impossible) {
                throw new AssertionError("memory does not fail", impossible);
            }
        }
        try {
            assertThat(Table.read(content, "ADSL").columns()).isNotNull();
        } catch (CdiscFault refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
        try {
            assertThat(UsdmProtocol.read(content, TrialRegistration.getDefaultInstance(), note -> {}))
                    .isNotNull();
        } catch (CdiscFault refused) {
            assertThat(refused.getMessage()).isNotBlank();
        }
    }

    @Provide
    Arbitrary<String> pieces() {
        return Arbitraries.oneOf(
                Arbitraries.of(
                        "",
                        "\"",
                        "{",
                        "}",
                        "[",
                        "]",
                        ",",
                        ":",
                        "\n",
                        "null",
                        "1e999",
                        "-1",
                        "\\u0000",
                        "\"rows\":null,",
                        "\"items\": [{\"name\": \"USUBJID\", \"dataType\": \"string\"}], ",
                        "\"itemData\": [[\"02\", 3]], "),
                Arbitraries.strings().ofMaxLength(5));
    }
}
