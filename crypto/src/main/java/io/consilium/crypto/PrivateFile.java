package io.consilium.crypto;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Small files that only their owner may read (mode 0600), replaced as a whole and durably. */
public final class PrivateFile {
    private PrivateFile() {}

    /** After a crash at any moment the file has its old or its new content, and no other user could read either. */
    public static void replace(Path file, byte[] content) throws IOException {
        Path target = file.toAbsolutePath();
        Path directory = target.getParent();
        if (directory == null) {
            throw new IOException("a directory, not a file");
        }
        Path temporary = Files.createTempFile(
                directory,
                ".new-",
                ".tmp",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                ByteBuffer buffer = ByteBuffer.wrap(content);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
            entries.force(true);
        }
    }

    /** Makes a directory and those above it that are missing, each for its owner alone (mode 0700). */
    public static Path directories(Path directory) throws IOException {
        return Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** The same for the directory that the file stands in. */
    public static void directoriesOf(Path file) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        if (parent != null) {
            directories(parent);
        }
    }

    /** The whole file, refused before it is read into memory when it is longer than {@code maxBytes}. */
    public static byte[] read(Path file, int maxBytes) throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            byte[] content = stream.readNBytes(maxBytes + 1);
            if (content.length > maxBytes) {
                throw new IOException("it has more than " + maxBytes + " bytes");
            }
            return content;
        }
    }

    /** The same as strict UTF-8. */
    static String readText(Path file, int maxBytes) throws IOException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(read(file, maxBytes)))
                .toString();
    }

    /** A failure in words: the exceptions of Java's file system often say the path alone. */
    public static String reason(IOException failed) {
        if (failed instanceof NoSuchFileException) {
            return "there is no such file or directory";
        }
        if (failed instanceof AccessDeniedException) {
            return "access is denied";
        }
        if (failed instanceof FileAlreadyExistsException) {
            return "it exists already";
        }
        if (failed instanceof FileSystemException at && at.getReason() != null) {
            return at.getReason();
        }
        String message = failed.getMessage();
        return message == null ? failed.getClass().getSimpleName() : message;
    }
}
