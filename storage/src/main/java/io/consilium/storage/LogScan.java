package io.consilium.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * Reads RocksDB's write-ahead log before RocksDB does, and changes nothing.
 *
 * <p>Why: in the recovery mode of BFT-15, a record that seems to run past the end of its file counts as a torn tail and
 * is dropped in silence. One flipped bit in a length field makes a synced record, and all that follow it in the file,
 * look just so. Two rules tell rot from a tear, both by the sequence numbers that every batch in the log carries:
 *
 * <ul>
 *   <li>A torn file must be the end of history, or the next file must go on with the very number that the tear begins
 *       with (as it does after a recovery). Otherwise records in the middle are missing.
 *   <li>A tear in the newest file must not begin before the {@link SyncedMark}: what was synced cannot be torn.
 * </ul>
 *
 * A file that ends cleanly tells nothing, since an obsolete one may linger while a newer one is already deleted; that
 * whole files are missing or short is found by RocksDB, which tracks them in its manifest, and at last by comparing the
 * number that the opened store has reached with the mark.
 *
 * <p>Format: blocks of 32 KiB; in them fragments of CRC-32C (masked), length and type, never across blocks; a batch
 * starts with its sequence number and count. All numbers little-endian.
 */
final class LogScan {
    private static final int BLOCK_BYTES = 32 * 1024;
    private static final int HEADER_BYTES = 7; // checksum 4, length 2, type 1
    private static final int BATCH_HEADER_BYTES = 12; // sequence number 8, count 4
    private static final int CHECKSUM_MASK_DELTA = 0xa282ead8;
    private static final int ZERO = 0;
    private static final int FULL = 1;
    private static final int FIRST = 2;
    private static final int MIDDLE = 3;
    private static final int LAST = 4;

    /** What is wrong with a file, and from which byte on. */
    record Fault(Path file, long offset, String what) {
        String describe() {
            return what + " at byte " + offset;
        }
    }

    /**
     * The findings over all files.
     *
     * @param lost synced records that RocksDB would drop without a word
     * @param damaged a checksum or order that RocksDB refuses by itself, if the file is still needed
     */
    record Findings(Optional<Fault> lost, Optional<Fault> damaged) {}

    private final OptionalLong mark;
    private Optional<Fault> lost = Optional.empty();
    private Optional<Fault> damaged = Optional.empty();
    private Optional<Fault> tear = Optional.empty();
    private long nextSequence = -1;

    private LogScan(OptionalLong mark) {
        this.mark = mark;
    }

    static Findings of(Path chain, OptionalLong mark) throws IOException {
        LogScan scan = new LogScan(mark);
        for (Path file : logs(chain)) {
            scan.read(file);
        }
        scan.checkNewest();
        return new Findings(scan.lost, scan.damaged);
    }

    static List<Path> logs(Path chain) throws IOException {
        try (Stream<Path> files = Files.list(chain)) {
            return files.filter(file -> file.getFileName().toString().matches("[0-9]{6,}\\.log"))
                    .sorted((a, b) -> Long.compare(number(a), number(b)))
                    .toList();
        }
    }

    private static long number(Path log) {
        String name = log.getFileName().toString();
        return Long.parseLong(name.substring(0, name.length() - ".log".length()));
    }

    private void checkNewest() {
        if (lost.isEmpty()
                && tear.isPresent()
                && nextSequence >= 0
                && mark.isPresent()
                && nextSequence <= mark.getAsLong()) {
            lost = Optional.of(new Fault(
                    tear.get().file(),
                    tear.get().offset(),
                    "holds a damaged record, behind which the synced writes " + nextSequence + " to " + mark.getAsLong()
                            + " cannot be read,"));
        }
    }

    private void read(Path file) throws IOException {
        Optional<Fault> tearBefore = tear;
        long expected = nextSequence;
        tear = Optional.empty();
        nextSequence = -1;
        LogFile reader = new LogFile(file, (offset, sequence, count) -> {
            boolean first = nextSequence < 0;
            if (first && tearBefore.isPresent() && expected >= 0 && sequence != expected) {
                lose(tearBefore.get(), expected, sequence);
            } else if (!first && sequence != nextSequence) {
                lose(new Fault(file, offset, ""), nextSequence, sequence);
            }
            nextSequence = sequence + count;
        });
        reader.read();
        tear = reader.tear;
        if (damaged.isEmpty()) {
            damaged = reader.damage;
        }
        if (nextSequence < 0 && tear.isEmpty()) {
            // An empty file says nothing: what was torn before it still waits for its successor.
            tear = tearBefore;
            nextSequence = expected;
        }
    }

    private void lose(Fault where, long expected, long found) {
        if (lost.isEmpty()) {
            lost = Optional.of(new Fault(
                    where.file(),
                    where.offset(),
                    "misses the writes from " + expected + " on, the next one is " + found + ", broken"));
        }
    }

    @FunctionalInterface
    private interface BatchVisitor {
        void batch(long offset, long sequence, int count);
    }

    /** One file, read as RocksDB reads it. */
    private static final class LogFile {
        private final Path file;
        private final BatchVisitor visitor;
        private final ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        private final ByteBuffer head = ByteBuffer.allocate(BATCH_HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        private Optional<Fault> tear = Optional.empty();
        private Optional<Fault> damage = Optional.empty();
        private boolean inRecord;
        private long recordOffset;

        LogFile(Path file, BatchVisitor visitor) {
            this.file = file;
            this.visitor = visitor;
        }

        void read() throws IOException {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                long size = channel.size();
                for (long at = 0; at < size && damage.isEmpty(); at += BLOCK_BYTES) {
                    fill(channel, at);
                    readBlock(at, at + BLOCK_BYTES >= size);
                }
                if (inRecord && damage.isEmpty() && tear.isEmpty()) {
                    tear = Optional.of(new Fault(file, recordOffset, "ends inside a record"));
                }
            }
        }

        private void fill(FileChannel channel, long at) throws IOException {
            block.clear();
            int count = 0;
            while (block.hasRemaining() && count >= 0) {
                count = channel.read(block, at + block.position());
            }
            block.flip();
        }

        private void readBlock(long at, boolean lastBlock) {
            while (block.remaining() >= HEADER_BYTES && damage.isEmpty()) {
                int start = block.position();
                long offset = at + start;
                int checksum = block.getInt();
                int length = block.getShort() & 0xffff;
                int type = block.get();
                if (type == ZERO && length == 0) {
                    // Preallocated space; RocksDB skips the rest of the block.
                    tornAt(offset, "has a hole");
                    return;
                }
                if (length > block.remaining()) {
                    if (lastBlock) {
                        tornAt(offset, "ends inside a record");
                    } else {
                        damage(offset, "has a record that leaves its block");
                    }
                    return;
                }
                if (unmask(checksum) != crc(start + HEADER_BYTES - 1, length + 1)) {
                    damage(offset, "has a record with a wrong checksum");
                    return;
                }
                fragment(offset, type, length);
                block.position(start + HEADER_BYTES + length);
            }
            boolean trailer = block.limit() == BLOCK_BYTES;
            if (lastBlock && block.hasRemaining() && !trailer && damage.isEmpty()) {
                tornAt(at + block.position(), "ends inside a record");
            }
        }

        private void fragment(long offset, int type, int length) {
            boolean starts = type == FULL || type == FIRST;
            boolean ends = type == FULL || type == LAST;
            if (!starts && type != MIDDLE && type != LAST) {
                damage(offset, "has a record of unknown type " + type);
                return;
            }
            if (starts == inRecord) {
                damage(offset, "has a record whose parts are out of order");
                return;
            }
            if (starts) {
                head.clear();
                recordOffset = offset;
                inRecord = true;
            }
            int wanted = Math.min(length, head.remaining());
            head.put(block.array(), block.position(), wanted);
            if (ends) {
                inRecord = false;
                batch();
            }
        }

        private void batch() {
            head.flip();
            if (head.remaining() < BATCH_HEADER_BYTES) {
                damage(recordOffset, "has a record too short for a batch");
                return;
            }
            long sequence = head.getLong();
            int count = head.getInt();
            if (tear.isPresent()) {
                tear = Optional.empty();
            }
            visitor.batch(recordOffset, sequence, count);
        }

        private void tornAt(long offset, String what) {
            if (tear.isEmpty()) {
                tear = Optional.of(new Fault(file, inRecord ? recordOffset : offset, what));
            }
            inRecord = false;
        }

        private void damage(long offset, String what) {
            damage = Optional.of(new Fault(file, offset, what));
        }

        private int crc(int from, int length) {
            CRC32C crc = new CRC32C();
            crc.update(block.array(), from, length);
            return (int) crc.getValue();
        }

        private static int unmask(int masked) {
            int rotated = masked - CHECKSUM_MASK_DELTA;
            return (rotated >>> 17) | (rotated << 15);
        }
    }
}
