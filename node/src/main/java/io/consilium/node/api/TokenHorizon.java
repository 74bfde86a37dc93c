package io.consilium.node.api;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * What a new process must know of the tokens that were accepted before it, kept in a mapped file that outlives the process.
 *
 * <p>Used ids are remembered in memory only, so a new process takes no token that is not newer than the newest one accepted
 * before it. That newest time stops a moment after this node's own clock, for one caller's fast clock must lock nobody out;
 * the ids of tokens from further ahead are kept instead, so that none of them serves twice.
 *
 * <p>Floor and ids stand each beside their checksum. Where the file is damaged, or missing although the node has served, nobody
 * knows which tokens served: then none is taken that an earlier process could have taken.
 */
final class TokenHorizon {
    static final int MAX_AHEAD = 4_096;

    /** Clocks differ by this much everywhere, and no node is back sooner. */
    static final long MOMENT_SECONDS = 2;

    /** The floor, whether it is above tokens that nobody knows any more, and a checksum. */
    private static final int HEAD_BYTES = 3 * Long.BYTES;

    private static final int LOST = Long.BYTES;
    private static final int HEAD_CHECK = 2 * Long.BYTES;

    /** An id of 16 bytes, when its token lapses, and a checksum; zeros where there is none. */
    private static final int SLOT_BYTES = 4 * Long.BYTES;

    private static final int LAPSES = 2 * Long.BYTES;
    private static final int CHECK = 3 * Long.BYTES;

    private final MappedByteBuffer file;
    private final long floorSeconds;
    private final boolean lost;

    /** A used token that says it was issued in the future, until it lapses. */
    record Ahead(String tokenId, long lapsesSeconds) {}

    private TokenHorizon(MappedByteBuffer file) {
        this.file = file;
        this.floorSeconds = file.getLong(0);
        this.lost = file.getLong(LOST) != 0;
    }

    /**
     * @param first this node has served nobody yet, so that there need be no file
     * @param floorIfLost the newest issue time, in seconds, that an earlier process can have accepted
     */
    static TokenHorizon open(Path file, boolean first, long floorIfLost) throws IOException {
        boolean fresh = first && Files.notExists(file);
        try (FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            boolean whole = channel.size() == slot(MAX_AHEAD);
            MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, slot(MAX_AHEAD));
            if (fresh || !(whole && isIntact(mapped))) {
                for (int at = 0; at < slot(MAX_AHEAD); at += Long.BYTES) {
                    mapped.putLong(at, 0);
                }
                putFloor(mapped, fresh ? 0 : floorIfLost, !fresh);
                channel.truncate(slot(MAX_AHEAD));
            }
            return new TokenHorizon(mapped);
        }
    }

    private static boolean isIntact(ByteBuffer file) {
        boolean intact = file.getLong(HEAD_CHECK) == checksum(file, 0, HEAD_CHECK);
        for (int i = 0; i < MAX_AHEAD && intact; i++) {
            int at = slot(i);
            boolean empty = file.slice(at, SLOT_BYTES).equals(ByteBuffer.allocate(SLOT_BYTES));
            intact = empty || file.getLong(at + CHECK) == checksum(file, at, CHECK);
        }
        return intact;
    }

    private static long checksum(ByteBuffer file, int from, int length) {
        CRC32C sum = new CRC32C();
        sum.update(file.slice(from, length));
        return sum.getValue();
    }

    private static void putFloor(ByteBuffer file, long seconds, boolean lost) {
        file.putLong(0, seconds);
        file.putLong(LOST, lost ? 1 : 0);
        file.putLong(HEAD_CHECK, checksum(file, 0, HEAD_CHECK));
    }

    private static int slot(int index) {
        return HEAD_BYTES + index * SLOT_BYTES;
    }

    /** True: which tokens served before is not known, and the floor lies above them all; also after a further restart. */
    boolean lost() {
        return lost;
    }

    /** Issue times up to this one, in seconds, belong to an earlier process. */
    long floorSeconds() {
        return floorSeconds;
    }

    /** Ids from ahead of their time that have not lapsed yet. */
    synchronized List<Ahead> ahead(long nowSeconds) {
        List<Ahead> ahead = new ArrayList<>();
        for (int i = 0; i < MAX_AHEAD; i++) {
            int at = slot(i);
            long lapses = file.getLong(at + LAPSES);
            if (lapses > nowSeconds) {
                HexFormat hex = HexFormat.of();
                ahead.add(new Ahead(
                        hex.toHexDigits(file.getLong(at)) + hex.toHexDigits(file.getLong(at + Long.BYTES)), lapses));
            }
        }
        return ahead;
    }

    /** False: as many tokens from ahead of their time are remembered as may be, and this one must not serve. */
    synchronized boolean accepted(String tokenId, long issuedSeconds, long lapsesSeconds, long nowSeconds) {
        long floor = Math.min(issuedSeconds, nowSeconds + MOMENT_SECONDS);
        if (floor > file.getLong(0)) {
            putFloor(file, floor, false);
        }
        return issuedSeconds <= floor || remember(tokenId, lapsesSeconds, nowSeconds);
    }

    private boolean remember(String tokenId, long lapsesSeconds, long nowSeconds) {
        for (int i = 0; i < MAX_AHEAD; i++) {
            int at = slot(i);
            if (file.getLong(at + LAPSES) <= nowSeconds) {
                file.putLong(at, HexFormat.fromHexDigitsToLong(tokenId, 0, 16));
                file.putLong(at + Long.BYTES, HexFormat.fromHexDigitsToLong(tokenId, 16, 32));
                file.putLong(at + LAPSES, lapsesSeconds);
                file.putLong(at + CHECK, checksum(file, at, CHECK));
                return true;
            }
        }
        return false;
    }
}
