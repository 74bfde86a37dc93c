package io.consilium.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.RocksDB;

/**
 * The native half of RocksDB, unpacked from its jar.
 *
 * <p>RocksDB would leave the unpacked 15 MB behind whenever the process is killed. So they go to a folder of our own that
 * is deleted as soon as the library is loaded; the process keeps its mapping.
 */
final class RocksLibrary {
    /** Guarded by the class. */
    private static boolean loaded;

    private RocksLibrary() {}

    static synchronized void load() throws IOException {
        if (loaded) {
            return;
        }
        Path folder = Files.createTempDirectory(
                "consilium-rocksdb-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try {
            NativeLibraryLoader.getInstance().loadLibrary(folder.toString());
            RocksDB.loadLibrary();
            loaded = true;
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(folder)) {
            files = listed.toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
        Files.delete(folder);
    }
}
