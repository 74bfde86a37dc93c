package io.consilium.cli.devnet;

import io.consilium.client.ClientException;
import io.consilium.client.FailureClass;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Deletes a directory with all that stands in it, also where a process that is ending still writes or deletes there. */
public final class DirectoryTree {
    private static final int ATTEMPTS = 50;
    private static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private DirectoryTree() {}

    public static void delete(Path root) throws ClientException {
        try {
            for (int attempt = 1; !deleted(root, attempt == ATTEMPTS); attempt++) {
                LockSupport.parkNanos(WAIT_NANOS);
            }
        } catch (IOException failed) {
            throw new ClientException(
                            FailureClass.USAGE,
                            "DIRECTORY_UNUSABLE",
                            root + " cannot be deleted: " + failed.getMessage(),
                            "Delete it by hand")
                    .causedBy(failed);
        }
    }

    private static boolean deleted(Path root, boolean last) throws IOException {
        try {
            Files.walkFileTree(root, new Deletion());
            return true;
        } catch (DirectoryNotEmptyException written) {
            if (last) {
                throw written;
            }
            return false;
        }
    }

    private static final class Deletion extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failed) throws IOException {
            if (failed instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failed;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, IOException failed) throws IOException {
            Optional<IOException> unread = Optional.ofNullable(failed);
            if (unread.isPresent()) {
                throw unread.get();
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
        }
    }
}
