package io.consilium.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.TreeSet;

/**
 * The lock that one process holds on a node's data directory, with its process number in the file.
 *
 * <p>Locks of files belong to a process, and closing any handle of the file drops them. So a second opener of the same
 * process is stopped by the list of held directories before it touches the file.
 */
final class DataDirectory implements AutoCloseable {
    static final String LOCK_FILE = "lock";

    private static final int MAX_PID_BYTES = 20;

    /** Guarded by itself. */
    private static final Set<Path> HELD = new TreeSet<>();

    private final Path path;
    private final FileChannel channel;
    private boolean open = true;

    private DataDirectory(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** Locks an existing directory. */
    static DataDirectory lock(Path directory) throws StoreException {
        Path path = real(directory);
        synchronized (HELD) {
            if (!HELD.add(path)) {
                throw new StoreInUseException(
                        directory, "this process, " + ProcessHandle.current().pid());
            }
        }
        boolean locked = false;
        try {
            FileChannel channel = lockFile(path);
            locked = true;
            return new DataDirectory(path, channel);
        } catch (IOException failed) {
            throw unavailable(directory, failed);
        } finally {
            if (!locked) {
                forget(path);
            }
        }
    }

    /** Makes the directory, for its owner alone, and locks it. */
    static DataDirectory create(Path directory) throws StoreException {
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException notDirectory) {
            throw new StoreUnavailableException(
                    directory, directory + " is no directory; give a directory for the node's data", notDirectory);
        } catch (IOException failed) {
            throw unavailable(directory, failed);
        }
        return lock(directory);
    }

    private static Path real(Path directory) throws StoreException {
        try {
            if (!Files.isDirectory(directory)) {
                throw new StoreMissingException(directory, "does not exist");
            }
            return directory.toRealPath();
        } catch (IOException failed) {
            throw unavailable(directory, failed);
        }
    }

    private static FileChannel lockFile(Path path) throws IOException, StoreInUseException {
        FileChannel channel = FileChannel.open(
                path.resolve(LOCK_FILE),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        boolean locked = false;
        try {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw new StoreInUseException(path, holder(channel));
            }
            byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(pid), 0);
            locked = true;
            return channel;
        } finally {
            if (!locked) {
                channel.close();
            }
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(MAX_PID_BYTES);
        channel.read(text, 0);
        String pid = new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII);
        return pid.matches("[0-9]+") ? "process " + pid : "another process";
    }

    private static StoreUnavailableException unavailable(Path directory, IOException failed) {
        String why = failed instanceof AccessDeniedException
                ? "may not be written by this user; give the node's user the rights on it"
                : failed instanceof NoSuchFileException
                        ? "has no parent directory that exists"
                        : "cannot be used: " + failed.getMessage();
        return new StoreUnavailableException(directory, "data directory " + directory + " " + why, failed);
    }

    private static void forget(Path path) {
        synchronized (HELD) {
            HELD.remove(path);
        }
    }

    Path path() {
        return path;
    }

    /** Lets go of the directory; the file stays, so that two openers never lock two different files. */
    @Override
    public void close() throws IOException {
        if (!open) {
            return;
        }
        open = false;
        try {
            channel.close();
        } finally {
            forget(path);
        }
    }
}
