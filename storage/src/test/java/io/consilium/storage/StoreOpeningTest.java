package io.consilium.storage;

import static io.consilium.storage.TestChain.vote;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.crypto.Hash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreOpeningTest {
    @TempDir
    Path root;

    private Path stored() throws Exception {
        Path directory = root.resolve("data");
        try (RocksChainStore store = TestChain.fresh(directory)) {
            for (int i = 0; i < 3; i++) {
                store.appendVotes(List.of(vote(i + 1, 1, "vote")));
                store.commit(TestChain.next(store, 50));
            }
        }
        return directory;
    }

    private static Path one(Path directory, String pattern) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve(StoreOpening.CHAIN))) {
            return files.filter(file -> file.getFileName().toString().matches(pattern))
                    .max((a, b) -> a.getFileName().compareTo(b.getFileName()))
                    .orElseThrow();
        }
    }

    @Test
    void refusesASecondOpenerAndNamesTheProcess() throws Exception {
        Path directory = root.resolve("data");
        try (RocksChainStore store = TestChain.fresh(directory)) {
            assertThatThrownBy(() -> TestChain.open(directory))
                    .isInstanceOf(StoreInUseException.class)
                    .hasMessageContaining("is in use by this process, "
                            + ProcessHandle.current().pid());
            // The refused opener must not have dropped the lock of the first.
            assertThat(otherProcessOpens(directory))
                    .contains("StoreInUseException")
                    .contains("is in use by process " + ProcessHandle.current().pid());
            store.appendVotes(List.of(vote(1, 1, "still writing")));
        }
        try (RocksChainStore store = TestChain.open(directory)) {
            assertThat(store.votes().orElseThrow()).hasSize(1);
        }
    }

    private static String otherProcessOpens(Path directory) throws Exception {
        Process process = ChildProcess.start(List.of(), "open", directory);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    @Test
    void refusesTheStoreOfAnotherChain() throws Exception {
        Path directory = stored();
        Hash other = Hash.sha256(TestChain.bytes("another"));
        assertThatThrownBy(() -> RocksChainStore.open(directory, other, StorageConfig.DEFAULT))
                .isInstanceOf(WrongChainException.class)
                .hasMessageContaining("belongs to chain " + TestChain.ID.hex())
                .hasMessageContaining("this node's genesis is chain " + other.hex());
        TestChain.open(directory).close();
    }

    @Test
    @DisplayName("BFT-16 a store copied from another node is not voted from, nor are its votes forgotten")
    void refusesTheStoreOfAnotherNode() throws Exception {
        Path directory = root.resolve("data");
        TestChain.initialise(directory);
        open(directory, "medwatch").close(); // claimed by nobody yet
        try (RocksChainStore store = open(directory, "helix")) {
            store.claim("helix");
            store.appendVotes(List.of(vote(1, 1, "helix's")));
        }
        assertThatThrownBy(() -> open(directory, "medwatch"))
                .isInstanceOf(WrongNodeException.class)
                .hasMessageContaining("belongs to the node of helix, this is the node of medwatch")
                .hasMessageContaining("without --founding");
        assertThatThrownBy(() ->
                        RocksChainStore.openAsObserver(directory, TestChain.ID, StorageConfig.DEFAULT, "medwatch"))
                .isInstanceOf(WrongNodeException.class);
        try (RocksChainStore store = open(directory, "helix")) {
            assertThat(store.votes().orElseThrow()).hasSize(1);
        }
        TestChain.open(directory).close(); // to be read by whoever verifies it
    }

    private static RocksChainStore open(Path directory, String node) throws StoreException {
        return RocksChainStore.open(directory, TestChain.ID, StorageConfig.DEFAULT, node);
    }

    @Test
    void neverMakesAStoreByOpening() throws Exception {
        assertThatThrownBy(() -> TestChain.open(root.resolve("nowhere")))
                .isInstanceOf(StoreMissingException.class)
                .hasMessageContaining("does not exist")
                .hasMessageContaining("node init");
        Path empty = Files.createDirectory(root.resolve("empty"));
        assertThatThrownBy(() -> TestChain.open(empty))
                .isInstanceOf(StoreMissingException.class)
                .hasMessageContaining("holds no chain");
    }

    @Test
    void neverWritesOverAStore() throws Exception {
        Path directory = stored();
        assertThatThrownBy(() -> TestChain.initialise(directory))
                .isInstanceOf(StoreExistsException.class)
                .hasMessageContaining(TestChain.ID.hex());
        Files.delete(directory.resolve(StoreOpening.CHAIN).resolve("CURRENT"));
        assertThatThrownBy(() -> TestChain.initialise(directory))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("remains of a store");
    }

    @Test
    void finishesAnInterruptedInitialisation() throws Exception {
        Path directory = root.resolve("data");
        Path chain = directory.resolve(StoreOpening.CHAIN);
        Files.createDirectories(chain);
        new RocksTables(chain, StorageConfig.DEFAULT, true).close();
        assertThatThrownBy(() -> TestChain.open(directory))
                .isInstanceOf(StoreMissingException.class)
                .hasMessageContaining("interrupted");
        TestChain.fresh(directory).close();
    }

    @Test
    void namesAMissingCurrentFile() throws Exception {
        Path directory = stored();
        Files.delete(directory.resolve(StoreOpening.CHAIN).resolve("CURRENT"));
        refuses(directory, "CURRENT", "is missing");
    }

    @Test
    void namesAManifestThatIsMissingOrDamaged() throws Exception {
        Path directory = stored();
        Path manifest = one(directory, "MANIFEST-.*");
        byte[] content = Files.readAllBytes(manifest);
        byte[] damaged = content.clone();
        damaged[content.length / 2] ^= 0x10;
        Files.write(manifest, damaged);
        refuses(directory, "MANIFEST", "is damaged");
        Files.delete(manifest);
        refuses(directory, "MANIFEST", "is missing");
        Files.write(manifest, content);
        TestChain.open(directory).close();
    }

    @Test
    void namesATableThatIsMissingOrCutShort() throws Exception {
        Path directory = stored();
        Path table = one(directory, ".*\\.sst");
        byte[] content = Files.readAllBytes(table);
        Files.write(table, java.util.Arrays.copyOf(content, content.length - 100));
        refuses(directory, table.getFileName().toString(), "is damaged");
        Files.delete(table);
        refuses(directory, table.getFileName().toString(), "is missing");
        Files.write(table, content);
        TestChain.open(directory).close();
    }

    private static void refuses(Path directory, String file, String what) {
        assertThatThrownBy(() -> TestChain.open(directory))
                .isInstanceOfSatisfying(StoreCorruptException.class, corrupt -> assertThat(corrupt.loss())
                        .isEqualTo(StoreCorruptException.Loss.DATA))
                .hasMessageContaining("the store is damaged")
                .hasMessageContaining(file)
                .hasMessageContaining(what)
                .hasMessageContaining("restore the data directory from a backup");
    }

    @Test
    void stopsAtAFlippedByteInATable() throws Exception {
        Path directory = stored();
        try (Stream<Path> files = Files.list(directory.resolve(StoreOpening.CHAIN))) {
            for (Path table :
                    files.filter(file -> file.toString().endsWith(".sst")).toList()) {
                byte[] content = Files.readAllBytes(table);
                content[20] ^= 1;
                Files.write(table, content);
            }
        }
        assertThatThrownBy(() -> {
                    try (RocksChainStore store = TestChain.open(directory)) {
                        store.block(1);
                    }
                })
                .satisfiesAnyOf(
                        thrown -> assertThat(thrown).isInstanceOf(StorageFailure.class),
                        thrown -> assertThat(thrown).isInstanceOf(StoreCorruptException.class))
                .hasMessageContaining("restore the data directory");
    }

    @Test
    void refusesADirectoryThatIsAFile() throws Exception {
        Path file = Files.createFile(root.resolve("file"));
        assertThatThrownBy(() -> TestChain.initialise(file))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("no directory");
    }

    @Test
    void keepsItsFilesToItself() throws Exception {
        Path directory = stored();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(SyncedMark.FILE))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(StoreOpening.CHAIN))))
                .isEqualTo("rwx------");
    }
}
