package io.consilium.cli;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import io.consilium.crypto.PrivateFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Files that the user names: bounded reading with one line of cause, {@code -} as the standard input; writing to a new file in
 * a directory that is there.
 */
final class UserFiles {
    private static final String STDIN = "-";

    private UserFiles() {}

    static boolean isStdin(String name) {
        return name.equals(STDIN);
    }

    /** The whole content, of a file or of the standard input. */
    static byte[] read(Session session, String name, int maxBytes) throws ClientException {
        if (!isStdin(name) && sizeOf(name) > maxBytes) {
            throw tooLarge(name, maxBytes);
        }
        byte[] bytes = beginning(session, name, maxBytes + 1);
        if (bytes.length > maxBytes) {
            throw tooLarge(name, maxBytes);
        }
        return bytes;
    }

    /** 0 for what is no file of a known size, such as a pipe. */
    private static long sizeOf(String name) throws ClientException {
        Path file = Path.of(name);
        try {
            return Files.isRegularFile(file) ? Files.size(file) : 0;
        } catch (IOException failed) {
            throw unreadable(name, failed);
        }
    }

    private static ClientException tooLarge(String name, int maxBytes) {
        return new ClientException(
                FailureClass.REFUSED,
                "FILE_TOO_LARGE",
                (isStdin(name) ? "The standard input" : name) + " has more than " + maxBytes + " bytes",
                "Check that it is the right file");
    }

    /** At most so many bytes, of a file or of the standard input. */
    static byte[] beginning(Session session, String name, int maxBytes) throws ClientException {
        try (InputStream in = isStdin(name) ? session.in() : Files.newInputStream(Path.of(name))) {
            return in.readNBytes(maxBytes);
        } catch (IOException failed) {
            throw unreadable(name, failed);
        }
    }

    /** A file that is there and can be read; a directory is none. */
    static Path existing(String name) throws ClientException {
        Path file = Path.of(name);
        if (!Files.exists(file)) {
            throw new ClientException(
                    FailureClass.USAGE, "FILE_MISSING", "There is no file " + name, "Check the path and try again");
        }
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new ClientException(
                    FailureClass.USAGE,
                    "FILE_UNREADABLE",
                    name + " is no file that can be read",
                    "Check its kind, owner and mode");
        }
        return file;
    }

    /** Refuses to overwrite (exit 8). */
    static void requireAbsent(Path file) throws ClientException {
        if (Files.exists(file)) {
            throw new ClientException(
                    FailureClass.CONFLICT,
                    "FILE_EXISTS",
                    file + " exists already",
                    "Name another file, or move that one away");
        }
    }

    /** Refuses to overwrite (exit 8) and to write where no directory is (exit 2), before anything else is done. */
    static void requireNew(Path file) throws ClientException {
        requireAbsent(file);
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw unwritable(file, "there is no directory " + directory);
        }
        if (!Files.isWritable(directory)) {
            throw unwritable(file, "access to " + directory + " is denied");
        }
    }

    static void requireNew(Optional<Path> file) throws ClientException {
        if (file.isPresent()) {
            requireNew(file.get());
        }
    }

    /** A file that its owner alone may read. */
    static void write(Path file, byte[] content) throws ClientException {
        requireNew(file);
        try {
            PrivateFile.replace(file, content);
        } catch (IOException failed) {
            throw unwritable(file, PrivateFile.reason(failed)).causedBy(failed);
        }
    }

    /** A file for others too. */
    static void publish(Path file, byte[] content) throws ClientException {
        publish(file, out -> out.write(content));
    }

    /** Writes what need not be in memory at once. */
    interface Writing {
        void write(OutputStream out) throws IOException;
    }

    static void publish(Path file, Writing content) throws ClientException {
        requireNew(file);
        try (OutputStream out = new BufferedOutputStream(
                Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
            content.write(out);
        } catch (IOException failed) {
            throw unwritable(file, PrivateFile.reason(failed)).causedBy(failed);
        }
    }

    static ClientException unwritable(Path file, String reason) {
        return new ClientException(
                FailureClass.USAGE,
                "FILE_UNWRITABLE",
                file + " cannot be written: " + reason,
                "Make its directory or check who may write there and the free space, or name another file");
    }

    /** Creates the directory of a file that is made there for good, such as keys; like it, it is for its owner alone. */
    static Path parentOf(Path file) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IOException(file + " is a directory");
        }
        return PrivateFile.directories(parent);
    }

    static ClientException unreadable(String name, IOException failed) {
        return new ClientException(
                        FailureClass.USAGE,
                        "FILE_UNREADABLE",
                        (isStdin(name) ? "The standard input" : name) + " cannot be read: "
                                + PrivateFile.reason(failed),
                        "Check that it is the right file and that it may be read")
                .causedBy(failed);
    }
}
