package io.consilium.storage;

import io.consilium.crypto.Hash;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where the files of a vault stand, and how they are written: for their owner alone.
 *
 * @param root {@code ab/abcd…} for what is held, {@code staged/} for uploads, {@code damaged/} for what rotted
 */
record VaultFiles(Path root) {
    private static final FileAttribute<Set<PosixFilePermission>> FILE_RIGHTS =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY_RIGHTS =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final Set<StandardOpenOption> APPENDING =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    private static final String NAME = "[0-9a-f]{64}";
    private static final String SHARD = "[0-9a-f]{2}";

    void create() throws IOException {
        Files.createDirectories(stagedDirectory(), DIRECTORY_RIGHTS);
        Files.createDirectories(damagedDirectory(), DIRECTORY_RIGHTS);
    }

    Path stagedDirectory() {
        return root.resolve("staged");
    }

    Path damagedDirectory() {
        return root.resolve("damaged");
    }

    Path staged(Hash hash) {
        return stagedDirectory().resolve(hash.hex());
    }

    Path damaged(Hash hash) {
        return damagedDirectory().resolve(hash.hex());
    }

    Path shard(Hash hash) {
        return root.resolve(shardOf(hash));
    }

    Path held(Hash hash) {
        return shard(hash).resolve(hash.hex());
    }

    static String shardOf(Hash hash) {
        return hash.hex().substring(0, 2);
    }

    /** The directories of what is held, in order. */
    List<Path> shards() throws IOException {
        return children(root, SHARD);
    }

    /** The payloads' files in a directory, in order. */
    static List<Path> payloads(Path directory) throws IOException {
        return children(directory, NAME);
    }

    private static List<Path> children(Path directory, String names) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> name(file).matches(names)).sorted().toList();
        } catch (UncheckedIOException unreadable) {
            throw unreadable.getCause();
        }
    }

    static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    static Hash hashOf(Path file) {
        return Hash.fromHex(name(file));
    }

    /** An upload's file, made where it is missing. */
    FileChannel append(Hash hash) throws IOException {
        return FileChannel.open(staged(hash), APPENDING, FILE_RIGHTS);
    }

    void createShard(Hash hash) throws IOException {
        Path shard = shard(hash);
        if (!Files.isDirectory(shard)) {
            Files.createDirectories(shard, DIRECTORY_RIGHTS);
            sync(root);
        }
    }

    static void write(FileChannel channel, ByteBuffer data, long from) throws IOException {
        for (long at = from; data.hasRemaining(); ) {
            at += channel.write(data, at);
        }
    }

    static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
