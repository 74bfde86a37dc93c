package io.consilium.interop.cdisc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Utf8ReaderTest {
    private static final String TEXT = "a\u00e9\u20ac\ud83d\ude00\n".repeat(5_000);

    /** Gives out so few bytes at once that characters are cut in the middle. */
    private static InputStream trickling(byte[] bytes, int atOnce) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] buffer, int offset, int length) {
                return super.read(buffer, offset, Math.min(length, atOnce));
            }
        };
    }

    private static String read(InputStream in) throws Exception {
        StringWriter text = new StringWriter();
        try (Utf8Reader reader = new Utf8Reader(in)) {
            reader.transferTo(text);
        }
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3", "5", "100000"})
    @DisplayName("Characters of one to four bytes are read wherever the bytes are cut")
    void cut(int atOnce) throws Exception {
        assertThat(read(trickling(TEXT.getBytes(StandardCharsets.UTF_8), atOnce)))
                .isEqualTo(TEXT);
        assertThat(read(InputStream.nullInputStream())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1", "7", "100000"})
    @DisplayName("TRI-5 bytes that are no character are told by line and column")
    void place(int atOnce) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(TEXT.getBytes(StandardCharsets.UTF_8));
        bytes.write("xy".getBytes(StandardCharsets.UTF_8));
        bytes.write(0xfc);
        bytes.write("z\n".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> read(trickling(bytes.toByteArray(), atOnce)))
                .isInstanceOf(Utf8Reader.NotUtf8.class)
                .hasMessage("not UTF-8 at line 5001, column 3");
    }

    @Test
    @DisplayName("TRI-5 a character that the end cuts off is none")
    void cutOffAtTheEnd() {
        assertThatThrownBy(() -> read(new ByteArrayInputStream(new byte[] {'a', (byte) 0xe2, (byte) 0x82})))
                .isInstanceOf(Utf8Reader.NotUtf8.class)
                .hasMessage("not UTF-8 at line 1, column 2");
    }
}
