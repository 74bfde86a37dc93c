package io.consilium.node.api;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * What a new process must know of the tokens that were accepted before it, kept in a mapped file that outlives the process.
 *
 * <p>Used ids are remembered in memory only, so a new process takes no token that is not newer than the newest one accepted
 * before it. That newest time stops a moment after this node's own clock, for one caller's fast clock must lock nobody out;
 * the ids of tokens from further ahead are kept instead, so that none of them serves twice.
 */
final class TokenHorizon {
    static final int MAX_AHEAD = 4_096;

    /** Clocks differ by this much everywhere, and no node is back sooner. */
    static final long MOMENT_SECONDS = 2;

    /** An id of 16 bytes, and when its token lapses. */
    private static final int SLOT_BYTES = 3 * Long.BYTES;

    private final MappedByteBuffer file;
    private final long floorSeconds;

    /** A used token that says it was issued in the future, until it lapses. */
    record Ahead(String tokenId, long lapsesSeconds) {}

    private TokenHorizon(MappedByteBuffer file) {
        this.file = file;
        this.floorSeconds = file.getLong(0);
    }

    static TokenHorizon open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            return new TokenHorizon(channel.map(FileChannel.MapMode.READ_WRITE, 0, slot(MAX_AHEAD)));
        }
    }

    private static int slot(int index) {
        return Long.BYTES + index * SLOT_BYTES;
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
            long lapses = file.getLong(at + 2 * Long.BYTES);
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
            file.putLong(0, floor);
        }
        return issuedSeconds <= floor || remember(tokenId, lapsesSeconds, nowSeconds);
    }

    private boolean remember(String tokenId, long lapsesSeconds, long nowSeconds) {
        for (int i = 0; i < MAX_AHEAD; i++) {
            int at = slot(i);
            if (file.getLong(at + 2 * Long.BYTES) <= nowSeconds) {
                file.putLong(at, HexFormat.fromHexDigitsToLong(tokenId, 0, 16));
                file.putLong(at + Long.BYTES, HexFormat.fromHexDigitsToLong(tokenId, 16, 32));
                file.putLong(at + 2 * Long.BYTES, lapsesSeconds);
                return true;
            }
        }
        return false;
    }
}
