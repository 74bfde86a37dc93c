package io.consilium.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Content to be registered, which can be read more than once. */
public interface Payload {
    InputStream open() throws IOException;

    long size() throws IOException;

    /** Words that differ once the content has changed. */
    String stamp() throws IOException;

    /** For messages. */
    String name();

    /** Sealed into the record's metadata, so that a reader gets it back. */
    Optional<String> fileName();

    static Payload of(Path file) {
        return new FilePayload(file);
    }

    /** Content that came through a pipe. */
    static Payload of(byte[] content) {
        return new PipedPayload(content.clone());
    }

    /** A file on disk. */
    record FilePayload(Path file) implements Payload {
        @Override
        public InputStream open() throws IOException {
            return Files.newInputStream(file);
        }

        @Override
        public long size() throws IOException {
            return Files.size(file);
        }

        @Override
        public String stamp() throws IOException {
            return size() + "/" + Files.getLastModifiedTime(file);
        }

        @Override
        public String name() {
            return "The file " + file;
        }

        @Override
        public Optional<String> fileName() {
            return Optional.ofNullable(file.getFileName()).map(Path::toString);
        }
    }

    /** Bytes in memory. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record PipedPayload(byte[] content) implements Payload {
        @Override
        public InputStream open() {
            return new ByteArrayInputStream(content);
        }

        @Override
        public long size() {
            return content.length;
        }

        @Override
        public String stamp() {
            return "";
        }

        @Override
        public String name() {
            return "The standard input";
        }

        @Override
        public Optional<String> fileName() {
            return Optional.empty();
        }
    }
}
