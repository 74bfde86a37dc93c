package io.consilium.interop.cdisc;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads a dataset row by row, keeping some bytes of each row's key at most: Dataset-JSON 1.0 and 1.1, or CSV with a header line.
 * Which of them it is, is told from the first character.
 */
public final class DatasetReader {
    private static final byte[] BYTE_ORDER_MARK = "\ufeff".getBytes(StandardCharsets.UTF_8);

    private DatasetReader() {}

    /** @param name that the dataset is submitted under; a document may say another beside it */
    public static void read(InputStream in, String name, RowSink sink) throws CdiscFault, IOException {
        BufferedInputStream bytes = new BufferedInputStream(in);
        try {
            skipMark(bytes);
            boolean json = startsAsJson(bytes);
            Reader text = new Utf8Reader(bytes);
            if (json) {
                new DatasetJson(name, sink).read(text);
            } else {
                new CsvTable(name, sink).read(text);
            }
        } catch (Utf8Reader.NotUtf8 notUtf8) {
            throw notUtf8.fault();
        }
    }

    /** A byte order mark says nothing that matters of UTF-8. */
    private static void skipMark(InputStream in) throws IOException {
        in.mark(BYTE_ORDER_MARK.length);
        if (!Arrays.equals(in.readNBytes(BYTE_ORDER_MARK.length), BYTE_ORDER_MARK)) {
            in.reset();
        }
    }

    private static boolean startsAsJson(InputStream in) throws IOException {
        in.mark(1024);
        int first = in.read();
        for (int i = 0; i < 1000 && (first == ' ' || first == '\t' || first == '\r' || first == '\n'); i++) {
            first = in.read();
        }
        in.reset();
        return first == '{' || first == '[';
    }
}
