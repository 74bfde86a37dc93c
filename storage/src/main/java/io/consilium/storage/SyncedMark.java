package io.consilium.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * The durable high-water mark of the log: the sequence number of the last write that was acknowledged as synced.
 *
 * <p>It is kept beside the log, in a file of two slots that are written by turns, each with a checksum, so that a torn
 * write leaves the other one. The mark never runs ahead of the log, because it is written after the log's sync. It may
 * lag: it survives a killed process always, and a power failure but for what was acknowledged less than
 * {@link #MAX_LAG_NANOS} before the last sync of the mark itself. One sync a second costs nothing beside the votes'.
 */
final class SyncedMark implements AutoCloseable {
    static final String FILE = "synced.mark";
    static final long MAX_LAG_NANOS = 1_000_000_000L;

    private static final int MAGIC = 0x43534d31; // CSM1
    private static final int SLOT_BYTES = 16; // magic, sequence number, CRC-32C
    private static final int SLOT_DISTANCE = 512; // a sector each
    private static final int SLOTS = 2;

    private final FileChannel channel;
    private final ByteBuffer slot = ByteBuffer.allocateDirect(SLOT_BYTES);
    private long sequence;
    private int next;
    private long forcedNanos;

    private SyncedMark(FileChannel channel, long sequence, int next) {
        this.channel = channel;
        this.sequence = sequence;
        this.next = next;
        this.forcedNanos = System.nanoTime();
    }

    /** What the file holds: empty where it is missing or both slots are damaged. */
    static OptionalLong read(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            return OptionalLong.empty();
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            Optional<Slot> newest = newest(channel);
            return newest.isPresent() ? OptionalLong.of(newest.get().sequence()) : OptionalLong.empty();
        }
    }

    /** Opens the file for writing, or makes it anew with the given number if it is missing, damaged or behind. */
    static SyncedMark open(Path directory, long atLeast) throws IOException {
        FileChannel channel = FileChannel.open(
                directory.resolve(FILE),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Optional<Slot> newest = newest(channel);
        SyncedMark mark = new SyncedMark(
                channel,
                newest.map(Slot::sequence).orElse(-1L),
                newest.map(found -> (found.index() + 1) % SLOTS).orElse(0));
        if (mark.sequence < atLeast) {
            mark.write(atLeast);
            mark.write(atLeast);
        }
        mark.force();
        return mark;
    }

    /** Replaces the mark, even by a lower number: for an observer, which starts without votes. */
    void reset(long newSequence) throws IOException {
        write(newSequence);
        write(newSequence);
        force();
    }

    /** Call after each sync of the log, in order. */
    void advance(long newSequence) throws IOException {
        if (newSequence < sequence) {
            throw new IllegalStateException("the log went back from " + sequence + " to " + newSequence);
        }
        write(newSequence);
        if (System.nanoTime() - forcedNanos >= MAX_LAG_NANOS) {
            force();
        }
    }

    private void write(long newSequence) throws IOException {
        slot.clear();
        slot.putInt(MAGIC).putLong(newSequence).putInt(checksum(newSequence)).flip();
        channel.write(slot, (long) next * SLOT_DISTANCE);
        next = (next + 1) % SLOTS;
        sequence = newSequence;
    }

    private void force() throws IOException {
        channel.force(false);
        forcedNanos = System.nanoTime();
    }

    private static Optional<Slot> newest(FileChannel channel) throws IOException {
        Optional<Slot> newest = Optional.empty();
        for (int index = 0; index < SLOTS; index++) {
            ByteBuffer bytes = ByteBuffer.allocate(SLOT_BYTES);
            channel.read(bytes, (long) index * SLOT_DISTANCE);
            bytes.flip();
            if (bytes.remaining() == SLOT_BYTES && bytes.getInt() == MAGIC) {
                Slot read = new Slot(index, bytes.getLong());
                boolean whole = bytes.getInt() == checksum(read.sequence());
                if (whole && (newest.isEmpty() || newest.get().sequence() <= read.sequence())) {
                    newest = Optional.of(read);
                }
            }
        }
        return newest;
    }

    private static int checksum(long sequence) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Integer.BYTES + Long.BYTES)
                .putInt(MAGIC)
                .putLong(sequence)
                .flip());
        return (int) crc.getValue();
    }

    @Override
    public void close() throws IOException {
        try {
            force();
        } finally {
            channel.close();
        }
    }

    private record Slot(int index, long sequence) {}
}
