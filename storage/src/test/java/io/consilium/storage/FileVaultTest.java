package io.consilium.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.consilium.crypto.Hash;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileVaultTest {
    private static final int MIB = 1024 * 1024;
    private static final VaultConfig SMALL = new VaultConfig(20L * MIB, 10L * MIB, 3, 1_000, 600_000, 3, 20L * MIB);
    private static final String ME = "st-mary";
    private static final String OTHER = "riverside";
    private static final long REST = 1_000;

    @TempDir
    Path root;

    private FileVault vault;

    /** The time of {@link #bounded} vaults. */
    private long now = 1_000_000;

    @BeforeEach
    void open() throws VaultException {
        vault = FileVault.open(root.resolve("vault"), SMALL);
    }

    private static byte[] payload(int seed, int size) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** Sends a payload in chunks as a client does, resuming where the vault says. */
    private static StageOutcome send(Vault vault, Hash hash, byte[] bytes, int chunk) throws VaultException {
        long offset = 0;
        for (int tries = 0; tries < 100_000; tries++) {
            byte[] data = Arrays.copyOfRange(bytes, (int) offset, (int) Math.min(bytes.length, offset + chunk));
            StageOutcome outcome = vault.stage(ME, hash, bytes.length, offset, data);
            if (!(outcome instanceof StageOutcome.Wanted wanted)) {
                return outcome;
            }
            offset = wanted.nextOffset();
        }
        throw new AssertionError("the upload does not end");
    }

    private static byte[] fetch(Vault vault, Hash hash, int length) throws VaultException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (true) {
            VaultChunk chunk = vault.read(hash, all.size(), length).orElseThrow();
            all.writeBytes(chunk.data());
            if (chunk.last()) {
                return all.toByteArray();
            }
        }
    }

    private Hash stored(int seed, int size) throws VaultException {
        byte[] bytes = payload(seed, size);
        Hash hash = Hash.sha256(bytes);
        assertThat(send(vault, hash, bytes, MIB)).isInstanceOf(StageOutcome.Held.class);
        return hash;
    }

    private Path file(Hash hash) {
        return root.resolve("vault").resolve(hash.hex().substring(0, 2)).resolve(hash.hex());
    }

    private static StageOutcome.Reason reason(StageOutcome outcome) {
        return ((StageOutcome.Refused) outcome).reason();
    }

    @Test
    @DisplayName("REC-2 a payload comes back byte for byte, in chunks of any size")
    void rec2_givesBackWhatItTook() throws Exception {
        for (int size : new int[] {1, 1000, MIB - 1, MIB, MIB + 1, 3 * MIB + 17}) {
            byte[] bytes = payload(size, size);
            Hash hash = Hash.sha256(bytes);
            assertThat(vault.read(hash, 0, 10)).isEmpty();
            assertThat(vault.size(hash)).isEmpty();
            assertThat(send(vault, hash, bytes, 300_001)).isEqualTo(new StageOutcome.Held());
            assertThat(vault.size(hash)).hasValue(size);
            assertThat(fetch(vault, hash, 77_777)).isEqualTo(bytes);
            assertThat(fetch(FileVault.open(root.resolve("vault"), SMALL), hash, MIB))
                    .isEqualTo(bytes);
            assertThat(vault.read(hash, size, 10).orElseThrow().data()).isEmpty();
            assertThat(vault.read(hash, size + 5L, 10).orElseThrow().last()).isTrue();
        }
        assertThat(vault.stage(ME, Hash.ZERO, 5, 0, new byte[0])).isEqualTo(new StageOutcome.Wanted(0));
    }

    @Test
    void resumesAnUploadAfterARestart() throws Exception {
        byte[] bytes = payload(1, 2_500_000);
        Hash hash = Hash.sha256(bytes);
        assertThat(vault.stage(ME, hash, bytes.length, 0, Arrays.copyOf(bytes, MIB)))
                .isEqualTo(new StageOutcome.Wanted(MIB));
        vault.close();
        vault = FileVault.open(root.resolve("vault"), SMALL);
        assertThat(vault.usedBytes()).isEqualTo(MIB);
        assertThat(vault.read(hash, 0, 100)).isEmpty();
        assertThat(vault.stage(ME, hash, bytes.length, 0, Arrays.copyOf(bytes, 10)))
                .isEqualTo(new StageOutcome.Wanted(MIB));
        assertThat(send(vault, hash, bytes, MIB)).isEqualTo(new StageOutcome.Held());
        assertThat(fetch(vault, hash, MIB)).isEqualTo(bytes);
        assertThat(vault.usedBytes()).isEqualTo(bytes.length);
    }

    @Test
    @DisplayName("REC-2 an upload whose bytes are all here, and whose end a crash cut off, is finished by any piece")
    void rec2_finishesWhatACrashCutOff() throws Exception {
        for (int from : new int[] {0, 2 * MIB, 2_500_000}) {
            byte[] bytes = payload(from + 1, 2_500_000);
            Hash hash = Hash.sha256(bytes);
            vault.stage(ME, hash, bytes.length, 0, Arrays.copyOf(bytes, MIB));
            vault.close();
            Files.write(root.resolve("vault/staged").resolve(hash.hex()), bytes);
            vault = FileVault.open(root.resolve("vault"), SMALL);
            byte[] piece = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + MIB));
            assertThat(vault.stage(ME, hash, bytes.length, from, piece)).isEqualTo(new StageOutcome.Held());
            assertThat(fetch(vault, hash, MIB)).isEqualTo(bytes);
            vault.delete(hash);
        }
        assertThat(vault.usedBytes()).isZero();
    }

    @Test
    @DisplayName("REC-2 bytes are hashed while they come, a bounded number for each piece, over a restart too")
    void rec2_hashesWhileBytesCome() throws Exception {
        Path file = Files.write(root.resolve("growing"), payload(7, 40 * MIB + 5));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            GrowingDigest digest = new GrowingDigest();
            digest.advance(channel, MIB - 1);
            assertThat(digest.hashed()).isZero();
            digest.advance(channel, 3L * MIB + 7);
            assertThat(digest.hashed()).isEqualTo(3L * MIB);
            digest.advance(channel, channel.size());
            assertThat(digest.hashed()).isEqualTo((3L + GrowingDigest.CHUNKS_A_PIECE) * MIB);
            ChunkDigests.Digests found = digest.finish(channel, channel.size());
            assertThat(found.whole()).isEqualTo(Hash.sha256(payload(7, 40 * MIB + 5)));
            assertThat(found).isEqualTo(ChunkDigests.of(channel));
        }
    }

    @Test
    void refusesOtherBytesThanAnnounced() throws Exception {
        byte[] bytes = payload(1, 5_000);
        Hash hash = Hash.sha256(payload(2, 5_000));
        assertThat(reason(send(vault, hash, bytes, 1_000))).isEqualTo(StageOutcome.Reason.HASH);
        assertThat(vault.size(hash)).isEmpty();
        assertThat(vault.usedBytes()).isZero();
        assertThat(send(vault, hash, payload(2, 5_000), 1_000)).isEqualTo(new StageOutcome.Held());
        assertThat(reason(vault.stage(ME, hash, 4_999, 0, new byte[1]))).isEqualTo(StageOutcome.Reason.LENGTH);
        assertThat(fetch(vault, hash, MIB)).isEqualTo(payload(2, 5_000));
    }

    @Test
    void refusesSizesAndChunksBeyondItsBounds() throws Exception {
        Hash hash = Hash.ZERO;
        assertThat(reason(vault.stage(ME, hash, 10L * MIB + 1, 0, new byte[1]))).isEqualTo(StageOutcome.Reason.SIZE);
        assertThat(reason(vault.stage(ME, hash, 0, 0, new byte[0]))).isEqualTo(StageOutcome.Reason.SIZE);
        assertThat(reason(vault.stage(ME, hash, 2 * MIB, 0, new byte[MIB + 1]))).isEqualTo(StageOutcome.Reason.SIZE);
        assertThat(reason(vault.stage(ME, hash, 10, -1, new byte[1]))).isEqualTo(StageOutcome.Reason.SIZE);
        assertThat(vault.stage(ME, hash, 10, 0, new byte[4])).isEqualTo(new StageOutcome.Wanted(4));
        assertThat(reason(vault.stage(ME, hash, 10, 4, new byte[7]))).isEqualTo(StageOutcome.Reason.LENGTH);
        assertThat(reason(vault.stage(ME, hash, 11, 4, new byte[7]))).isEqualTo(StageOutcome.Reason.LENGTH);
        assertThat(vault.stage(ME, hash, 10, 9, new byte[1])).isEqualTo(new StageOutcome.Wanted(4));
        assertThatThrownBy(() -> vault.read(hash, -1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> vault.read(hash, 0, MIB + 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whoStartsAnewMayAnnounceAnotherSize() throws Exception {
        byte[] bytes = payload(1, 5_000);
        Hash hash = Hash.sha256(bytes);
        vault.stage(ME, hash, 9_000, 0, new byte[7_000]);
        assertThat(send(vault, hash, bytes, 1_000)).isEqualTo(new StageOutcome.Held());
        assertThat(vault.usedBytes()).isEqualTo(5_000);
    }

    @Test
    void keepsItsQuota() throws Exception {
        Hash first = stored(1, 9 * MIB);
        stored(2, 9 * MIB);
        byte[] third = payload(3, 3 * MIB);
        StageOutcome refused = send(vault, Hash.sha256(third), third, MIB);
        assertThat(reason(refused)).isEqualTo(StageOutcome.Reason.QUOTA);
        assertThat(vault.delete(first)).isTrue();
        assertThat(send(vault, Hash.sha256(third), third, MIB)).isEqualTo(new StageOutcome.Held());
        assertThat(vault.usedBytes()).isEqualTo(12L * MIB);
        assertThat(FileVault.open(root.resolve("vault"), SMALL).usedBytes()).isEqualTo(12L * MIB);
    }

    @Test
    void boundsUploadsUnderWayAndDiscardsOldOnes() throws Exception {
        for (int i = 0; i < 3; i++) {
            vault.stage(ME, Hash.sha256(new byte[] {(byte) i}), 100, 0, new byte[10]);
        }
        Hash fourth = Hash.sha256(new byte[] {4});
        assertThat(reason(vault.stage(ME, fourth, 100, 0, new byte[10]))).isEqualTo(StageOutcome.Reason.QUOTA);
        assertThat(vault.discardStale(System.currentTimeMillis() - 1_000_000)).isZero();
        assertThat(vault.discardStale(System.currentTimeMillis() + 1_000_000)).isEqualTo(3);
        assertThat(vault.usedBytes()).isZero();
        assertThat(vault.stage(ME, fourth, 100, 0, new byte[10])).isEqualTo(new StageOutcome.Wanted(10));
    }

    /** A vault of its own with few and small bounds for each owner. */
    private FileVault bounded(int uploads, int ownersUploads, long ownersBytes) throws VaultException {
        VaultConfig config =
                new VaultConfig(20L * MIB, 10L * MIB, uploads, 1_000_000, REST, ownersUploads, ownersBytes);
        return FileVault.open(root.resolve("bounded"), config, () -> now);
    }

    private static Hash hash(int number) {
        return Hash.sha256(new byte[] {(byte) number});
    }

    private static StageOutcome begin(Vault vault, String owner, int number, long size) throws VaultException {
        return vault.stage(owner, hash(number), size, 0, new byte[10]);
    }

    @Test
    @DisplayName("REC-2 TX-6 nobody takes the uploads or the room of others: each owner has bounds of its own")
    void rec2_ownersHaveBounds() throws Exception {
        FileVault few = bounded(4, 2, 1_000);
        assertThat(begin(few, OTHER, 1, 100)).isEqualTo(new StageOutcome.Wanted(10));
        assertThat(begin(few, OTHER, 2, 100)).isEqualTo(new StageOutcome.Wanted(10));
        assertThat(reason(begin(few, OTHER, 3, 100))).isEqualTo(StageOutcome.Reason.OWNER);
        assertThat(few.stage(OTHER, hash(1), 100, 10, new byte[10])).isEqualTo(new StageOutcome.Wanted(20));
        assertThat(begin(few, ME, 4, 500)).isEqualTo(new StageOutcome.Wanted(10));
        assertThat(reason(begin(few, ME, 5, 501))).isEqualTo(StageOutcome.Reason.OWNER);
        assertThat(begin(few, Vault.OWN, 6, 5_000)).as("the node itself").isEqualTo(new StageOutcome.Wanted(10));
        assertThat(reason(begin(few, ME, 7, 1))).isEqualTo(StageOutcome.Reason.QUOTA);
    }

    @Test
    @DisplayName(
            "REC-2 a whole upload counts against who brought it until it is settled that somebody keeps it, or it goes")
    void rec2_wholeUploadsCountUntilSettled() throws Exception {
        FileVault few = bounded(4, 2, 1_000);
        byte[] first = payload(1, 600);
        byte[] second = payload(2, 600);
        assertThat(send(few, Hash.sha256(first), first, 600)).isEqualTo(new StageOutcome.Held());
        assertThat(reason(send(few, Hash.sha256(second), second, 600))).isEqualTo(StageOutcome.Reason.OWNER);
        assertThat(few.unsettled()).containsExactly(Hash.sha256(first));
        few.settled(Hash.sha256(first));
        assertThat(send(few, Hash.sha256(second), second, 600)).isEqualTo(new StageOutcome.Held());
        assertThat(few.usedBytes()).isEqualTo(1_200);
        assertThat(few.delete(Hash.sha256(second))).isTrue();
        assertThat(few.unsettled()).isEmpty();
        byte[] third = payload(3, 1_000);
        assertThat(send(few, Hash.sha256(third), third, 1_000)).isEqualTo(new StageOutcome.Held());
    }

    @Test
    @DisplayName(
            "REC-2 an upload that rests gives its room to one that finds none: its owner's first, anybody's where all is full")
    void rec2_restingUploadsGiveWay() throws Exception {
        FileVault few = bounded(3, 2, 1_000);
        begin(few, OTHER, 1, 100);
        now += REST / 2;
        begin(few, OTHER, 2, 100);
        begin(few, ME, 3, 100);
        now += REST / 2;
        assertThat(begin(few, OTHER, 4, 100)).as("of its own").isEqualTo(new StageOutcome.Wanted(10));
        assertThat(few.holdsAnyOf(hash(1))).isFalse();
        assertThat(reason(begin(few, ME, 5, 100))).as("nothing rests").isEqualTo(StageOutcome.Reason.QUOTA);
        now += REST / 2;
        assertThat(begin(few, ME, 5, 100)).as("of anybody").isEqualTo(new StageOutcome.Wanted(10));
        assertThat(List.of(few.holdsAnyOf(hash(2)), few.holdsAnyOf(hash(3)))).containsOnlyOnce(false);
        assertThat(few.usedBytes()).isEqualTo(300);
    }

    @Test
    @DisplayName("REC-2 what a restart finds has no owner, rests since its last byte, and is whose who goes on with it")
    void rec2_ownersAfterARestart() throws Exception {
        now = System.currentTimeMillis();
        begin(bounded(2, 1, 1_000), OTHER, 1, 100);
        FileVault again = bounded(2, 1, 1_000);
        assertThat(begin(again, ME, 2, 100)).isEqualTo(new StageOutcome.Wanted(10));
        assertThat(reason(again.stage(ME, hash(1), 100, 10, new byte[10]))).isEqualTo(StageOutcome.Reason.OWNER);
        assertThat(again.stage(OTHER, hash(1), 100, 10, new byte[10])).isEqualTo(new StageOutcome.Wanted(20));
        FileVault later = bounded(1, 1, 1_000);
        now += 10 * REST;
        assertThat(begin(later, ME, 3, 100)).as("in the room of those").isEqualTo(new StageOutcome.Wanted(10));
    }

    @Test
    @DisplayName("REC-2 a file that changed on disk is never served, and can be replaced")
    void rec2_tamperedFilesAreNotServed() throws Exception {
        for (int size : new int[] {1_000, 3 * MIB}) {
            for (boolean warm : new boolean[] {true, false}) {
                byte[] bytes = payload(size, size);
                Hash hash = Hash.sha256(bytes);
                send(vault, hash, bytes, MIB);
                vault = warm ? vault : FileVault.open(root.resolve("vault"), SMALL);
                byte[] tampered = bytes.clone();
                tampered[size - 1] ^= 1;
                Files.write(file(hash), tampered);
                assertThatThrownBy(() -> fetch(vault, hash, MIB))
                        .isInstanceOf(VaultDamagedException.class)
                        .hasMessageContaining(hash.hex())
                        .hasMessageContaining("stage it again");
                assertThat(vault.read(hash, 0, 10)).isEmpty();
                assertThat(send(vault, hash, bytes, MIB)).isEqualTo(new StageOutcome.Held());
                assertThat(fetch(vault, hash, MIB)).isEqualTo(bytes);
                Files.write(file(hash), Arrays.copyOf(bytes, size - 1));
                assertThatThrownBy(() -> vault.read(hash, 0, 10)).isInstanceOf(VaultDamagedException.class);
                vault.delete(hash);
            }
        }
    }

    @Test
    void twoWritersOfOnePayloadBothSucceed() throws Exception {
        byte[] bytes = payload(5, 5 * MIB);
        Hash hash = Hash.sha256(bytes);
        List<CompletableFuture<StageOutcome>> writers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int chunk = 100_000 + 50_000 * i;
            writers.add(CompletableFuture.supplyAsync(() -> {
                try {
                    return send(vault, hash, bytes, chunk);
                } catch (IOException failed) {
                    throw new AssertionError(failed);
                }
            }));
        }
        for (CompletableFuture<StageOutcome> writer : writers) {
            assertThat(writer.get()).isEqualTo(new StageOutcome.Held());
        }
        assertThat(fetch(vault, hash, MIB)).isEqualTo(bytes);
        assertThat(vault.usedBytes()).isEqualTo(5L * MIB);
    }

    @Test
    @DisplayName("PRV-6 deletion removes every copy")
    void prv6_deletesEveryCopy() throws Exception {
        Hash held = stored(1, 1_000);
        Hash staged = Hash.sha256(payload(2, 1_000));
        vault.stage(ME, staged, 1_000, 0, new byte[500]);
        Hash damaged = stored(3, 1_000);
        Files.write(file(damaged), new byte[1_000]);
        assertThatThrownBy(() -> vault.read(damaged, 0, 1)).isInstanceOf(VaultDamagedException.class);
        for (Hash hash : List.of(held, staged, damaged)) {
            assertThat(vault.delete(hash)).isTrue();
            assertThat(vault.delete(hash)).isFalse();
            assertThat(vault.read(hash, 0, 1)).isEmpty();
        }
        assertThat(vault.usedBytes()).isZero();
        try (Stream<Path> files = Files.walk(root)) {
            assertThat(files.filter(Files::isRegularFile)).isEmpty();
        }
    }

    @Test
    void listsInPagesWithoutGapsOrRepeats() throws Exception {
        List<Hash> hashes = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            hashes.add(stored(i, 10));
        }
        Collections.sort(hashes);
        for (int limit : new int[] {1, 7, 30, 31}) {
            List<Hash> listed = new ArrayList<>();
            Optional<Hash> after = Optional.empty();
            for (List<Hash> page = vault.list(after, limit); !page.isEmpty(); page = vault.list(after, limit)) {
                listed.addAll(page);
                after = Optional.of(page.get(page.size() - 1));
            }
            assertThat(listed).isEqualTo(hashes);
        }
        assertThatThrownBy(() -> vault.list(Optional.empty(), 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName("PRV-1 names are hashes only, and files are their owner's alone")
    void prv1_namesAreHashesAndFilesPrivate() throws Exception {
        stored(1, 1_000);
        vault.stage(ME, Hash.ZERO, 10, 0, new byte[1]);
        try (Stream<Path> paths = Files.walk(root.resolve("vault"))) {
            for (Path path : paths.toList()) {
                boolean directory = Files.isDirectory(path);
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                        .isEqualTo(directory ? "rwx------" : "rw-------");
                assertThat(path.getFileName().toString()).matches("vault|staged|damaged|[0-9a-f]{2}|[0-9a-f]{64}");
            }
        }
    }

    @Test
    void digestsOfReadPayloadsAreBounded() {
        ChunkDigests digests = new ChunkDigests();
        List<Hash> many = Collections.nCopies(ChunkDigests.MAX_CHUNKS / 2, Hash.ZERO);
        for (int i = 0; i < 5; i++) {
            Hash hash = Hash.sha256(new byte[] {(byte) i});
            digests.put(hash, new ChunkDigests.Digests(hash, 1, many));
        }
        assertThat(digests.get(Hash.sha256(new byte[] {4}))).isPresent();
        assertThat(digests.get(Hash.sha256(new byte[] {3}))).isPresent();
        assertThat(digests.get(Hash.sha256(new byte[] {2}))).isEmpty();
    }
}
