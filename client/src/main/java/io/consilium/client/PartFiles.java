package io.consilium.client;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Files of mode 0600 that hold a content until it is proven and moved to its place. Each is named after its process, so that
 * the next run in the directory removes what one that was killed has left there in clear.
 */
final class PartFiles {
    private static final Pattern NAME = Pattern.compile("\\.(?:fetch|content)-(\\d{1,18})-\\d+\\.part");

    private PartFiles() {}

    /** @param kind {@code fetch} or {@code content} */
    static Path create(Path directory, String kind) throws IOException {
        Path made = Files.createTempFile(
                directory,
                "." + kind + "-" + ProcessHandle.current().pid() + "-",
                ".part",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        made.toFile().deleteOnExit(); // of an interrupted process nothing stays either
        removeLeft(directory, made);
        return made;
    }

    /** Those of this user alone: in a directory of many, others remove theirs. */
    private static void removeLeft(Path directory, Path own) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, ".{fetch,content}-*.part")) {
            for (Path file : files) {
                Matcher name = NAME.matcher(file.getFileName().toString());
                if (name.matches()
                        && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()
                        && Files.getOwner(file).equals(Files.getOwner(own))) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
