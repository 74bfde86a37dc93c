package io.consilium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MediaTypesTest {
    @ParameterizedTest
    @DisplayName("REC-4 the content tells what it is, whatever the file is called")
    @CsvSource({
        "255044462d312e37, report.txt, application/pdf",
        "89504e470d0a1a0a0000000d, -, image/png",
        "ffd8ffe000104a464946, scan.png, image/jpeg",
        "474946383961, x, image/gif",
        "49492a0008000000, x, image/tiff",
        "524946461a00000057454250, x, image/webp",
        "504b030414000600, x.bin, application/zip",
        "504b030414000600, letter.docx, application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "1f8b0800, x.txt, application/gzip",
        "3c3f786d6c20, picture.svg, image/svg+xml",
        "3c3f786d6c20, cda.txt, application/xml",
        "48656c6c6f, note.txt, text/plain",
        "48656c6c6f, note.TXT, text/plain",
        "48656c6c6f, note, application/octet-stream",
        "48656c6c6f, -, application/octet-stream",
        "2550, report.pdf, application/pdf",
    })
    void rec4_magicBytesBeforeNames(String hex, String name, String expected) {
        byte[] beginning = java.util.HexFormat.of().parseHex(hex);
        assertThat(MediaTypes.of(beginning, name.equals("-") ? Optional.empty() : Optional.of(name)))
                .isEqualTo(expected);
    }

    @Test
    @DisplayName("REC-4 DICOM is told by its prefix after the preamble, whatever stands in the preamble")
    void rec4_dicom() {
        byte[] content = new byte[200];
        Arrays.fill(content, 0, 128, (byte) 'x');
        System.arraycopy("DICM".getBytes(StandardCharsets.US_ASCII), 0, content, 128, 4);
        assertThat(MediaTypes.of(content, Optional.of("image"))).isEqualTo("application/dicom");
        content[131] = 'X';
        assertThat(MediaTypes.of(content, Optional.of("image"))).isEqualTo("application/octet-stream");
    }
}
