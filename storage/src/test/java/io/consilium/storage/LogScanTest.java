package io.consilium.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.zip.CRC32C;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logs made by hand; those that RocksDB makes are in {@link CrashImageTest}. */
class LogScanTest {
    private static final OptionalLong NO_MARK = OptionalLong.empty();

    @TempDir
    Path chain;

    /** One batch in one whole record, as RocksDB writes it. */
    private static byte[] record(long sequence, int count, int payloadBytes) {
        ByteBuffer record = ByteBuffer.allocate(7 + 12 + payloadBytes).order(ByteOrder.LITTLE_ENDIAN);
        record.putInt(0)
                .putShort((short) (12 + payloadBytes))
                .put((byte) 1)
                .putLong(sequence)
                .putInt(count);
        CRC32C crc = new CRC32C();
        crc.update(record.array(), 6, 1 + 12 + payloadBytes);
        int value = (int) crc.getValue();
        record.putInt(0, (value >>> 15 | value << 17) + 0xa282ead8);
        return record.array();
    }

    private static byte[] concat(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(64 * 1024);
        for (byte[] part : parts) {
            all.put(part);
        }
        return java.util.Arrays.copyOf(all.array(), all.position());
    }

    private LogScan.Findings scan(OptionalLong mark, byte[]... files) throws IOException {
        for (int i = 0; i < files.length; i++) {
            Files.write(chain.resolve("00000" + (i + 1) + ".log"), files[i]);
        }
        return LogScan.of(chain, mark);
    }

    private static byte[] cut(byte[] bytes, int by) {
        return java.util.Arrays.copyOf(bytes, bytes.length - by);
    }

    @Test
    @DisplayName("BFT-15 a whole log has no findings, whatever files are already deleted between")
    void bft15_wholeLogs() throws Exception {
        assertThat(scan(OptionalLong.of(5), concat(record(1, 2, 10), record(3, 3, 0)), record(6, 1, 5)))
                .isEqualTo(scan(NO_MARK));
        assertThat(scan(OptionalLong.of(99), record(1, 2, 10), record(50, 1, 5)).lost())
                .isEmpty();
        assertThat(LogScan.of(Files.createDirectory(chain.resolve("empty")), NO_MARK)
                        .lost())
                .isEmpty();
    }

    @Test
    @DisplayName("BFT-16 a tear is the end of history, or the next file goes on where it began")
    void bft16_tears() throws Exception {
        byte[] torn = cut(concat(record(1, 2, 10), record(3, 3, 100)), 20);
        assertThat(scan(OptionalLong.of(2), torn).lost()).isEmpty();
        assertThat(scan(OptionalLong.of(3), torn).lost()).isPresent();
        assertThat(scan(OptionalLong.of(4), torn, record(3, 2, 5)).lost()).isEmpty(); // recovered before
        assertThat(scan(OptionalLong.of(2), torn, record(6, 1, 5)).lost())
                .hasValueSatisfying(fault -> assertThat(fault.describe()).contains("misses the writes from 3 on"));
        assertThat(scan(OptionalLong.of(2), torn, new byte[0], record(6, 1, 5)).lost())
                .isPresent();
    }

    @Test
    @DisplayName("BFT-15 a hole of zeros between records is found, a tail of zeros is none")
    void bft15_holes() throws Exception {
        byte[] hole = new byte[32 * 1024 - record(1, 2, 10).length];
        assertThat(scan(NO_MARK, concat(record(1, 2, 10), hole, record(5, 1, 3)))
                        .lost())
                .isPresent();
        assertThat(scan(NO_MARK, concat(record(1, 2, 10), hole, record(3, 1, 3)))
                        .lost())
                .isEmpty();
        assertThat(scan(OptionalLong.of(2), concat(record(1, 2, 10), hole)).lost())
                .isEmpty();
    }

    @Test
    void wrongChecksumsAreNamedWithTheirPlace() throws Exception {
        byte[] log = concat(record(1, 2, 10), record(3, 1, 10));
        log[record(1, 2, 10).length + 15] ^= 4;
        assertThat(scan(NO_MARK, log).damaged()).hasValueSatisfying(fault -> {
            assertThat(fault.offset()).isEqualTo(record(1, 2, 10).length);
            assertThat(fault.describe()).isEqualTo("has a record with a wrong checksum at byte 29");
        });
    }

    @Property(tries = 300)
    void readsAnyBytesWithoutFailing(@ForAll @Size(max = 2_000) byte[] garbage, @ForAll @IntRange(max = 3) int records)
            throws IOException {
        Path folder = Files.createTempDirectory("log-scan");
        byte[] log = new byte[0];
        for (int i = 0; i < records; i++) {
            log = concat(log, record(1 + i, 1, i * 50));
        }
        Files.write(folder.resolve("000001.log"), concat(log, garbage));
        Files.write(folder.resolve("000002.log"), garbage);
        assertThat(LogScan.of(folder, OptionalLong.of(0))).isNotNull();
        TestChain.delete(folder);
    }
}
