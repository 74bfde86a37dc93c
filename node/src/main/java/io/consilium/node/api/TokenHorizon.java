package io.consilium.node.api;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The newest issue time of any token that this node ever accepted, kept in a mapped file so that it outlives the process.
 *
 * <p>Used ids are remembered in memory only. A caller whose clock runs ahead could replay a token after a restart, since
 * it says that it was issued later than the restart; so a new process takes no token that is not newer than the newest
 * one accepted before it.
 */
final class TokenHorizon {
    private final MappedByteBuffer newest;
    private final long floorSeconds;

    private TokenHorizon(MappedByteBuffer newest) {
        this.newest = newest;
        this.floorSeconds = newest.getLong(0);
    }

    static TokenHorizon open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            return new TokenHorizon(channel.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES));
        }
    }

    /** Issue times up to this one, in seconds, belong to an earlier process. */
    long floorSeconds() {
        return floorSeconds;
    }

    synchronized void accepted(long issuedSeconds) {
        if (issuedSeconds > newest.getLong(0)) {
            newest.putLong(0, issuedSeconds);
        }
    }
}
