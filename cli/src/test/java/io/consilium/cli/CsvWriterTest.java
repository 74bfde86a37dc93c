package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CsvWriterTest {
    @Test
    @DisplayName("ACC-4 cells are quoted as RFC 4180 says, lines end in CRLF, what is absent is empty")
    void acc4_rfc4180() {
        String text = CsvWriter.write(
                List.of("a", "b", "c"),
                List.of(
                        Map.of("a", "plain", "b", "with, comma", "c", "with \"quote\""),
                        Map.of("a", Optional.empty(), "b", true)));
        assertThat(text).isEqualTo("a,b,c\r\nplain,\"with, comma\",\"with \"\"quote\"\"\"\r\n,true,\r\n");
        assertThat(CsvWriter.cell("two\nlines")).isEqualTo("\"two\nlines\"");
    }

    @Test
    @DisplayName("ACC-4 no cell is run as a formula")
    void acc4_noFormula() {
        for (String start : List.of("=", "+", "-", "@", "\t", "\r")) {
            assertThat(CsvWriter.cell(start + "1+1")).startsWith(start.equals("\r") ? "\"'" : "'");
        }
        assertThat(CsvWriter.cell("=HYPERLINK(\"http://x\")")).isEqualTo("\"'=HYPERLINK(\"\"http://x\"\")\"");
        assertThat(CsvWriter.cell("a=b")).isEqualTo("a=b");
    }
}
