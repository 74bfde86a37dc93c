package io.consilium.storage;

import static io.consilium.storage.TestChain.vote;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a crash, a torn tail and rot leave of the log, and what the next start makes of it. */
class CrashImageTest {
    private static final int VOTES = 40;

    @TempDir
    Path root;

    /** Votes in a log, and where in the log each of them ends. */
    private record Voted(Path image, Path log, TreeMap<Long, Integer> votesAtOffset, List<VoteEntry> votes) {
        int votesWithin(long offset) {
            Map.Entry<Long, Integer> last = votesAtOffset.floorEntry(offset);
            return last == null ? 0 : last.getValue();
        }
    }

    /** Votes of growing size, so that records lie across the log's blocks, with blocks of the chain between. */
    private Voted voted(int votes) throws Exception {
        Path live = root.resolve("live");
        TreeMap<Long, Integer> offsets = new TreeMap<>();
        List<VoteEntry> written = new ArrayList<>();
        try (RocksChainStore store = TestChain.fresh(live)) {
            Path log = newestLog(live);
            offsets.put(Files.size(log), 0);
            for (int i = 0; i < votes; i++) {
                VoteEntry vote = vote(1_000 + i, 1, "v" + i + "x".repeat(i * 97 % 4_000));
                store.appendVotes(List.of(vote));
                written.add(vote);
                offsets.put(Files.size(log), i + 1);
                if (i % 10 == 9 && i + 1 < votes) {
                    store.commit(TestChain.next(store, 5));
                }
            }
            Path image = TestChain.image(live, root.resolve("image"));
            return new Voted(image, newestLog(image), offsets, written);
        }
    }

    private static Path newestLog(Path directory) throws IOException {
        List<Path> logs = LogScan.logs(directory.resolve(StoreOpening.CHAIN));
        return logs.get(logs.size() - 1);
    }

    private Path copy(Path image) throws IOException {
        return TestChain.image(image, Files.createTempDirectory(root, "copy"));
    }

    private static void flip(Path file, long offset, int bit) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(offset);
            int value = bytes.read();
            bytes.seek(offset);
            bytes.write(value ^ 1 << bit);
        }
    }

    private static void truncate(Path file, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }

    private static void resetMark(Path directory, long sequence) throws IOException {
        try (SyncedMark mark = SyncedMark.open(directory, 0)) {
            mark.reset(sequence);
        }
    }

    @Test
    @DisplayName(
            "BFT-6 every synced vote survives a crash, and so does the unsynced block if its bytes reached the disk")
    void bft6_crashLosesNoSyncedVote() throws Exception {
        Path live = root.resolve("live");
        try (RocksChainStore store = TestChain.fresh(live)) {
            for (int height = 1; height <= 20; height++) {
                store.appendVotes(List.of(vote(height, 1, "prepare"), vote(height, 2, "commit")));
                Path image = copy(live);
                store.commit(TestChain.next(store, 3));
                Path after = copy(live);
                try (RocksChainStore crashed = TestChain.open(image)) {
                    assertThat(crashed.tipHeight()).isEqualTo(height - 1);
                    assertThat(crashed.votes().orElseThrow())
                            .contains(vote(height, 1, "prepare"), vote(height, 2, "commit"));
                }
                try (RocksChainStore crashed = TestChain.open(after)) {
                    assertThat(crashed.tipHeight()).isEqualTo(height);
                    assertThat(crashed.votes().orElseThrow()).contains(vote(height, 2, "commit"));
                    crashed.commit(TestChain.next(crashed, 3));
                }
                TestChain.delete(image);
                TestChain.delete(after);
            }
        }
    }

    @Test
    @DisplayName("BFT-16 a torn tail is cut off: synced votes stay, the unsynced block is there whole or not at all")
    void bft16_tornTailOfAnUnsyncedBlockIsTruncated() throws Exception {
        Path live = root.resolve("live");
        long synced;
        Path image;
        DecidedBatch block;
        try (RocksChainStore store = TestChain.fresh(live)) {
            for (int i = 0; i < 5; i++) {
                store.appendVotes(List.of(vote(1, i, "vote " + i)));
            }
            synced = Files.size(newestLog(live));
            block = TestChain.next(store, 300);
            store.commit(block);
            image = TestChain.image(live, root.resolve("image"));
        }
        long end = Files.size(newestLog(image));
        assertThat(end - synced).isGreaterThan(2 * 32 * 1024); // over several blocks of the log
        for (long size = synced; size <= end; size += Math.max(1, (end - synced) / 60)) {
            Path crashed = copy(image);
            truncate(newestLog(crashed), size);
            try (RocksChainStore store = TestChain.open(crashed)) {
                assertThat(store.votes().orElseThrow()).hasSize(5);
                assertThat(store.tipHeight()).isEqualTo(size == end ? 1 : 0);
                boolean whole = store.tipHeight() == 1;
                assertThat(store.block(1).isPresent()).isEqualTo(whole);
                assertThat(store.transaction(TestChain.txId(1, 299)).isPresent())
                        .isEqualTo(whole);
                assertThat(store.latest().get(TestChain.object(1, 0)).isPresent())
                        .isEqualTo(whole);
                assertThat(store.events(EventCursor.START, 1_000).events()).hasSize(whole ? 300 : 0);
                if (!whole) {
                    store.commit(TestChain.next(store, 300));
                }
                assertThat(store.tip().blockHash()).isEqualTo(block.blockHash());
            }
            try (RocksChainStore again = TestChain.open(crashed)) {
                assertThat(again.tipHeight()).isEqualTo(1);
            }
            TestChain.delete(crashed);
        }
    }

    @Test
    @DisplayName("BFT-16 a tear inside what was synced is refused; before the sync returned it is a torn tail")
    void bft16_truncatedVotesAreNoticed() throws Exception {
        Voted voted = voted(VOTES);
        long end = voted.votesAtOffset().lastKey();
        long first = voted.votesAtOffset().firstKey();
        for (long size = first; size <= end; size += 1 + (end - first) / 150) {
            int expected = voted.votesWithin(size);
            Path refused = copy(voted.image());
            truncate(newestLog(refused), size);
            if (expected < VOTES) {
                assertThatThrownBy(() -> TestChain.open(refused))
                        .isInstanceOfSatisfying(StoreCorruptException.class, corrupt -> assertThat(corrupt.loss())
                                .isEqualTo(StoreCorruptException.Loss.VOTES))
                        .hasMessageContaining("votes of this validator are lost")
                        .hasMessageContaining("start as an observer");
                try (RocksChainStore observer =
                        RocksChainStore.openAsObserver(refused, TestChain.ID, StorageConfig.DEFAULT, "st-mary")) {
                    assertThat(observer.votes()).isEmpty();
                }
                try (RocksChainStore observer = TestChain.open(refused)) {
                    assertThat(observer.votes()).isEmpty();
                }
            }
            TestChain.delete(refused);
            Path torn = copy(voted.image());
            truncate(newestLog(torn), size);
            resetMark(torn, 0);
            try (RocksChainStore store = TestChain.open(torn)) {
                assertThat(store.votes().orElseThrow())
                        .containsExactlyElementsOf(voted.votes().subList(0, expected));
            }
            TestChain.delete(torn);
        }
    }

    @Test
    @DisplayName("BFT-15 a bit flipped in the middle of the log never makes synced votes vanish")
    void bft15_flippedBitIsNoticed() throws Exception {
        Voted voted = voted(VOTES);
        long end = voted.votesAtOffset().lastKey();
        int votesLost = 0;
        int damaged = 0;
        List<Long> offsets = new ArrayList<>();
        for (long record : voted.votesAtOffset().keySet()) {
            offsets.add(record + 4); // length of the next record, low byte
            offsets.add(record + 5); // and high byte
        }
        for (long at = 0; at < end; at += 1 + end / 60) {
            offsets.add(at);
        }
        for (long offset : offsets) {
            if (offset >= end) {
                continue;
            }
            Path rotten = copy(voted.image());
            flip(newestLog(rotten), offset, (int) (offset % 8));
            try (RocksChainStore store = TestChain.open(rotten)) {
                assertThat(store.votes().orElseThrow()).containsExactlyElementsOf(voted.votes());
            } catch (StoreCorruptException corrupt) {
                assertThat(corrupt.getMessage())
                        .contains(voted.log().getFileName().toString())
                        .contains("restore");
                if (corrupt.loss() == StoreCorruptException.Loss.VOTES) {
                    votesLost++;
                } else {
                    damaged++;
                }
            }
            TestChain.delete(rotten);
        }
        // Without the scan and the mark, RocksDB opens these without a word.
        assertThat(votesLost).isGreaterThan(0);
        assertThat(damaged).isGreaterThan(0);
    }

    @Test
    @DisplayName("BFT-15 a record lost at the end of an older log file, with newer ones behind it, is noticed")
    void bft15_holeBetweenLogFilesIsNoticed() throws Exception {
        Path live = root.resolve("live");
        TestChain.initialise(live);
        StorageConfig small = new StorageConfig(1 << 20, 8 << 20, 64 << 20, 0, 64, 8, 1_000);
        Path image;
        try (RocksChainStore store = RocksChainStore.open(live, TestChain.ID, small)) {
            store.commit(TestChain.next(store, 1)); // keeps the first log file alive
            int written = 0;
            while (LogScan.logs(live.resolve(StoreOpening.CHAIN)).size() < 2) {
                store.appendVotes(List.of(vote(1_000 + written, 1, "x".repeat(20_000 + written))));
                written++;
            }
            store.appendVotes(List.of(vote(100_000, 1, "in the second file")));
            image = TestChain.image(live, root.resolve("image"));
        }
        Path older = LogScan.logs(image.resolve(StoreOpening.CHAIN)).get(0);
        assertThat(LogScan.of(image.resolve(StoreOpening.CHAIN), SyncedMark.read(image))
                        .lost())
                .isEmpty();
        long lastBlock = (Files.size(older) - 1) / (32 * 1024) * (32 * 1024);
        flip(older, lastBlock + 5, 7); // length of the first fragment in the last block: it now leaves the file

        LogScan.Findings findings = LogScan.of(image.resolve(StoreOpening.CHAIN), SyncedMark.read(image));
        assertThat(findings.lost()).isPresent();
        assertThatThrownBy(() -> RocksChainStore.open(image, TestChain.ID, small))
                .isInstanceOfSatisfying(StoreCorruptException.class, corrupt -> {
                    assertThat(corrupt.loss()).isEqualTo(StoreCorruptException.Loss.VOTES);
                    assertThat(corrupt.file().getFileName()).isEqualTo(older.getFileName());
                })
                .hasMessageContaining("misses the writes from");
    }

    @Test
    void missingLogFileIsNoticed() throws Exception {
        Voted voted = voted(10);
        Files.delete(newestLog(voted.image()));
        assertThatThrownBy(() -> TestChain.open(voted.image()))
                .isInstanceOf(StoreCorruptException.class)
                .hasMessageContaining("restore");
    }

    @Test
    @DisplayName("BFT-16 an old copy of the chain's files beside the newer mark is noticed")
    void bft16_restoredOldBackupIsNoticed() throws Exception {
        Path live = root.resolve("live");
        Path old;
        try (RocksChainStore store = TestChain.fresh(live)) {
            store.appendVotes(List.of(vote(1, 1, "first")));
            old = TestChain.image(live, root.resolve("old"));
            store.appendVotes(List.of(vote(1, 2, "second")));
        }
        Files.copy(
                live.resolve(SyncedMark.FILE),
                old.resolve(SyncedMark.FILE),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> TestChain.open(old))
                .isInstanceOfSatisfying(StoreCorruptException.class, corrupt -> assertThat(corrupt.loss())
                        .isEqualTo(StoreCorruptException.Loss.VOTES));
    }

    @Test
    void missingOrDamagedMarkIsNoticed() throws Exception {
        Voted voted = voted(3);
        Path missing = copy(voted.image());
        Files.delete(missing.resolve(SyncedMark.FILE));
        assertThatThrownBy(() -> TestChain.open(missing))
                .isInstanceOf(StoreCorruptException.class)
                .hasMessageContaining(SyncedMark.FILE + " is missing or damaged");
        Path oneSlot = copy(voted.image());
        flip(oneSlot.resolve(SyncedMark.FILE), 8, 1);
        try (RocksChainStore store = TestChain.open(oneSlot)) {
            assertThat(store.votes().orElseThrow()).hasSize(3);
        }
        Path bothSlots = copy(voted.image());
        flip(bothSlots.resolve(SyncedMark.FILE), 8, 1);
        flip(bothSlots.resolve(SyncedMark.FILE), 512 + 8, 1);
        assertThatThrownBy(() -> TestChain.open(bothSlots)).isInstanceOf(StoreCorruptException.class);
    }

    @Test
    void scanFindsNothingInAStoreThatWasClosedOrKilledOften() throws Exception {
        Path live = root.resolve("live");
        TestChain.initialise(live);
        Path current = live;
        for (int round = 0; round < 12; round++) {
            Path image = root.resolve("round" + round);
            try (RocksChainStore store = TestChain.open(current)) {
                for (int i = 0; i < 5; i++) {
                    store.appendVotes(List.of(vote(store.tipHeight() + 1, i, "y".repeat(5_000 * round))));
                    store.commit(TestChain.next(store, 40));
                }
                TestChain.image(current, image);
            }
            LogScan.Findings findings = LogScan.of(image.resolve(StoreOpening.CHAIN), SyncedMark.read(image));
            assertThat(findings.lost()).isEmpty();
            assertThat(findings.damaged()).isEmpty();
            current = round % 3 == 0 ? current : image;
        }
    }
}
